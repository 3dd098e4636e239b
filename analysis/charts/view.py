"""A figure inside a notebook: picture, alt text, and links to the quotes of the themes that it draws.

For figures of tables that `measures` of a run does not hold whole (campaigns, human codes). Their numbers have no section of
their own in the report, so that they stand in the picture and its CSV twin and never as text; what the reader opens are the
quotes of each theme drawn.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.save import save
from analysis.charts.wording import Words


@dataclass(frozen=True)
class View:
    """A piece of HTML that a notebook displays."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def view(figure: Figure, rows: pd.DataFrame, where: tuple[str, str | Path], lang: str = "zh") -> View:
    """The figure, saved as `where` (name, folder) with its CSV twin, ready to be displayed.

    Bytes of the picture are those of the saved file. Links lead to `q-THEME-all`, the report's section of a theme.
    """
    stem, folder = where
    saved = save(figure, rows, stem, Path(folder))
    words = Words(lang)
    picture = b64encode(saved.svg.read_bytes()).decode("ascii")
    image = f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(saved.alt)}">'
    note = f'<p>{escape(words.say("csv_note"))}<code>{escape(saved.csv.name)}</code></p>'
    opened = quotes_of(_themes(rows), words)
    return View(f'<figure id="fig-{escape(stem)}">{image}<figcaption>{note}{opened}</figcaption></figure>')


def nothing(lang: str, why: str) -> View:
    """A sentence in the place of a figure: what is missing, by a key of `data/lexicon/charts.yml`."""
    return View(f'<p class="nothing">{escape(Words(lang).say(why))}</p>')


def quotes_of(themes: Sequence[str], words: Words) -> str:
    """Links to the report's quotes of those themes.

    >>> quotes_of(["threats"], Words("en"))
    '<p>Open the quotes: <a href="#q-threats-all"><span class="name">Threats</span></a></p>'
    """
    if not themes:
        return ""
    links = [f'<a href="#q-{escape(t)}-all"><span class="name">{escape(words.theme(t))}</span></a>' for t in themes]
    return f"<p>{escape(words.say('open_quotes'))}{' · '.join(links)}</p>"


def _themes(rows: pd.DataFrame) -> list[str]:
    return [str(theme) for theme in dict.fromkeys(rows["theme"]) if theme != "all"]
