"""A figure inside a notebook: picture, alt text, and the name of its CSV twin; for figures that a reader draws to taste.

The report's own figures are shown by `show.figure`, with their numbers and links.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.save import save
from analysis.charts.wording import Words, speaking


@dataclass(frozen=True)
class View:
    """A piece of HTML that a notebook displays."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def view(figure: Figure, rows: pd.DataFrame, where: tuple[str, str | Path], lang: str | Words = "zh") -> View:
    """The figure, saved as `where` (name, folder) with its CSV twin, ready to be displayed.

    Bytes of the picture are those of the saved file.
    """
    stem, folder = where
    saved = save(figure, rows, stem, Path(folder))
    picture = b64encode(saved.svg.read_bytes()).decode("ascii")
    image = f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(saved.alt)}">'
    note = f'<p>{escape(speaking(lang).say("csv_note"))}<code>{escape(saved.csv.name)}</code></p>'
    return View(f'<figure id="fig-{escape(stem)}">{image}<figcaption>{note}</figcaption></figure>')
