"""A figure on disk: the picture as SVG and PNG, its numbers as CSV, its words for those who cannot see it."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.marks import Mark, marks_of
from analysis.charts.theme import look
from analysis.measure.sheet import unrun
from analysis.problems import DataProblem

PNG_DPI = 214  # 6 inches make 1,284 pixels
_PATH = re.compile(r' d="[^"]*"')
_DECIMALS = re.compile(r"(\.\d\d)\d+")
_COMMAND = re.compile(r" *([A-Za-z]) *")
_UNSEEN = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)


class Saved(NamedTuple):
    """The files of one figure, its alt text, its size in points, and where each of its numbers stands."""

    svg: Path
    png: Path
    csv: Path
    alt: str
    size: tuple[float, float]
    marks: tuple[Mark, ...]


def save(figure: Figure, table: pd.DataFrame, stem: str, folder: Path) -> Saved:
    """The files `stem.svg`, `.png` and `.csv` in the folder. The same figure gives the same bytes.

    Stops with a DataProblem where the Chinese font is missing, where a character has no picture in it (it would be
    drawn as a box), and where a figure has no alt text (`figure.set_label`).
    """
    alt = str(figure.get_label())
    if not alt:
        raise DataProblem(f"figure {stem}: no alt text. Set it with figure.set_label(...).")
    folder.mkdir(parents=True, exist_ok=True)
    svg, png, csv = (folder / f"{stem}.{kind}" for kind in ("svg", "png", "csv"))
    with look(), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing from")
        try:
            figure.savefig(svg, metadata={"Date": None, "Title": alt})
            svg.write_text(short(svg.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
            figure.savefig(png, dpi=PNG_DPI, metadata={"Software": None})
        except UserWarning as warning:
            raise DataProblem(f"figure {stem}: {warning}. Leave the character out of the labels.") from None
    safe(table).to_csv(csv, index=False, lineterminator="\n", encoding="utf-8-sig")  # the mark tells Excel it is UTF-8
    width, height = (round(72 * float(side), 1) for side in figure.get_size_inches())
    return Saved(svg, png, csv, alt, (width, height), marks_of(figure))


def short(svg: str) -> str:
    """The SVG with two decimals in its outlines: 0.01 points are finer than any screen or print. No blanks, no comments.

    >>> short('<!-- a --><path d="M 12.345678 0.5\\nL 3 4 \\nz"/>\\n <g transform="scale(0.015625)"/>')
    '<path d="M12.34 0.5L3 4z"/><g transform="scale(0.015625)"/>'
    """
    svg = re.sub(r">\n *<", "><", _UNSEEN.sub("", svg))
    return _PATH.sub(lambda found: f' d="{_outline(found[0][4:-1])}"', svg)


def _outline(path: str) -> str:
    return _COMMAND.sub(r"\1", _DECIMALS.sub(r"\1", path.replace("\n", " "))).strip()


def safe(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before every text that a spreadsheet would run as a formula, and no return in any.

    >>> safe(pd.DataFrame({"group": ["=1+1", "claimed"]}))["group"].tolist()
    ["'=1+1", 'claimed']
    """
    texts = table.select_dtypes(exclude="number").columns
    return table.assign(**{name: table[name].map(lambda cell: unrun(cell) if isinstance(cell, str) else cell) for name in texts})
