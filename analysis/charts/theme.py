"""One look for all figures: the Chinese font, the colours, and a page with title, subtitle, plot and footer.

Figures are 6 inches wide with type of 10 points and more, so that they can be read at 380 pixels and are not crude at
1,280. Colours are Okabe and Ito's (2008, Color Universal Design), which stay apart for colour-blind readers; one is the
accent, the rest is grey. Figures are made without pyplot: nothing global is set, and a notebook's own look stays.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import ImageFont

from analysis.charts.bold import bold
from analysis.problems import DataProblem

FONTS = "pylopdf_fonts_zh_cn"
WIDTH = 6.0
EDGE = 0.12
TITLE, TEXT, SMALL = 15, 11, 10  # points
LINE = 1.38  # line height in font sizes
INK, GREY, LIGHT = "#222222", "#6b6b6b", "#d9d9d9"
ACCENT = "#0072B2"  # Okabe-Ito blue
SECOND = "#D55E00"  # Okabe-Ito vermilion
# A Han character with the marks that may not part from it at a line's end; a blank; a word (no-break blanks included).
_PIECE = re.compile(
    r"[“《（(]{0,2}[\u2e80-\u9fff\uff00-\uffef][，。、；：）”》%,.;:)!?]{0,3}"
    r"|[ \n]+"
    r"|[^ \n\u2e80-\u9fff\uff00-\uffef“《（]+"
    r"|."
)


class Heading(NamedTuple):
    """What stands around a plot: the finding, what it is a finding of, and where it comes from."""

    title: str
    subtitle: str
    footer: str


class Page(NamedTuple):
    """A figure with its texts in place; `bottom` and `top` bound the room for the plot, in inches."""

    figure: Figure
    height: float
    bottom: float
    top: float

    def axes(self, left: float, right: float, bottom: float = 0.0, top: float = 0.0) -> Axes:
        """A plot from `left` to `right` inches, `bottom` and `top` inches inside the room."""
        low, high = self.bottom + bottom, self.top - top
        box = (left / WIDTH, low / self.height, (right - left) / WIDTH, (high - low) / self.height)
        plot: Axes = self.figure.add_axes(box)
        for side in plot.spines.values():
            side.set_visible(False)
        plot.tick_params(length=0)
        return plot


def font_path() -> Path:
    """The file of Noto Sans SC, out of the package pylopdf-fonts-zh-cn; without it no figure is drawn."""
    if find_spec(FONTS) is not None:
        path = Path(import_module(FONTS).sans_path())
        if path.exists():
            return path
    raise DataProblem("charts: no Chinese font. Install the package pylopdf-fonts-zh-cn (`make env` does).")


@cache
def _registered(path: Path) -> str:
    font_manager.fontManager.addfont(str(path))
    return font_manager.FontProperties(fname=str(path)).get_name()


def look() -> AbstractContextManager[None]:
    """The settings under which figures are drawn and saved, for `with`: the one font, no mathematics, fixed ids.

    The package has one weight; titles are bold where `bold` finds a face for it. No weight is faked.
    """
    return mpl.rc_context(
        {
            "font.family": [_registered(font_path())],
            "font.size": TEXT,
            "text.color": INK,
            "text.parse_math": False,
            "axes.unicode_minus": True,
            "svg.hashsalt": "analysis.charts",
            "svg.fonttype": "path",
            "path.simplify": False,
        }
    )


def page(heading: Heading, body: float) -> Page:
    """A new figure with the texts of the heading around a room of `body` inches for the plot."""
    face = bold(heading.title) or font_path()
    blocks = [
        (wrap(heading.title, TITLE, face=face), TITLE, INK),
        (wrap(heading.subtitle, TEXT), TEXT, GREY),
        (wrap(heading.footer, SMALL), SMALL, GREY),
    ]
    title, subtitle, footer = (len(lines) * size * LINE / 72 for lines, size, _ in blocks)
    height = EDGE + title + 0.04 + subtitle + 0.12 + body + 0.1 + footer + EDGE
    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    FigureCanvasAgg(figure)
    tops = (height - EDGE, height - EDGE - title - 0.04, EDGE + footer)
    for (lines, size, colour), top, path in zip(blocks, tops, (face, font_path(), font_path()), strict=True):
        look_of = font_manager.FontProperties(fname=str(path), size=size)
        for number, line in enumerate(lines):
            place = (top - number * size * LINE / 72) / height
            figure.text(EDGE / WIDTH, place, line, fontproperties=look_of, color=colour, va="top", ha="left")
    bottom = EDGE + footer + 0.1
    return Page(figure, height, bottom, bottom + body)


def wrap(text: str, size: float, width: float = WIDTH - 2 * EDGE, face: Path | None = None) -> list[str]:
    """The text in lines that fit the width (inches) at that size (points); Chinese breaks at any character.

    >>> wrap("逾期 means overdue", 11, 1.0)
    ['逾期 means', 'overdue']
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        if length(lines[-1] + piece.rstrip(), size, face) > width and lines[-1].strip():
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def length(text: str, size: float, face: Path | None = None) -> float:
    """The length of a line in inches, at that size in points; `face` is a font's file."""
    return float(_measure(face or font_path()).getlength(text)) / 100 * size / 72


@cache
def _measure(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), 100, layout_engine=ImageFont.Layout.BASIC)


def rows_axis(plot: Axes, n: int) -> None:
    """An axis of n rows from the top down, without marks of its own."""
    plot.set_ylim(n - 0.5, -0.5)
    plot.set_yticks([])


def whisker(plot: Axes, row: float, ends: Sequence[float], colour: str = INK) -> None:
    """The interval of one number: a thin line; nothing where an end is missing."""
    low, high = ends
    if not math.isnan(low) and not math.isnan(high):
        plot.plot([low, high], [row, row], color=colour, linewidth=1.2, solid_capstyle="butt", zorder=3)
