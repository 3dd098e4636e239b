"""What copies do to the shares: each theme counted in all posts, and in distinct texts."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.charts.marks import band, spot
from analysis.charts.theme import (
    ACCENT,
    GREY,
    INK,
    LIGHT,
    SMALL,
    TEXT,
    WIDTH,
    Heading,
    Page,
    length,
    look,
    page,
    rows_axis,
    whisker,
)
from analysis.charts.wording import Words, footer, in_order, names_width, number, numbers_of, rows_of, span, speaking
from analysis.problems import DataProblem

ROW, HEAD, AXIS, NUMBERS = 0.32, 0.3, 0.25, 0.95  # inches
WITH, WITHOUT, RATIO = "share_of_posts", "share_of_texts", "copies_ratio"
_PLACE: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline", "annotation_clip": False}


class Series(NamedTuple):
    """One end of the dumbbells: measure, name, look, lane of its intervals (rows), place of its numbers (points)."""

    measure: str
    words: str
    colour: str
    mark: str
    face: str
    lane: float
    number: float


SERIES = (
    Series(WITH, "copies_with", ACCENT, "o", ACCENT, -0.16, 30),
    Series(WITHOUT, "copies_without", INK, "D", "white", 0.16, 58),
)


def copies_rows(measures: pd.DataFrame, lang: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws: both shares and their ratio, for each theme that is no sub-theme and is named."""
    found = rows_of(measures, WITH, WITHOUT, RATIO)
    found = found.loc[(found["group"] == "all") & (found["theme"] != "all")]
    found = found.loc[~speaking(lang).is_below(found["theme"], found["theme"])]
    named = found.loc[found["measure"] == WITH].set_index("theme")["value"].to_dict()
    shown = sorted((t for t, share in named.items() if share > 0), key=lambda theme: (-named[theme], theme))
    if not shown:
        raise DataProblem("measures: no post names a theme, so that there is nothing to draw. Were the themes coded?")
    found = found.loc[found["theme"].isin(shown)]
    return in_order(found, [str(theme) for theme in shown])


def draw_copies(measures: pd.DataFrame, lang: str | Words = "zh") -> Figure:
    """A dumbbell a theme: the share of all posts that name it, and of distinct texts, each with its interval."""
    words = speaking(lang)
    rows = copies_rows(measures, words)
    both = {name: rows.loc[rows["measure"] == name].set_index("theme") for name in (WITH, WITHOUT, RATIO)}
    themes = [str(theme) for theme in both[WITH].index]
    heading = _heading(measures, both, words)
    with look():
        sheet = page(heading, HEAD + ROW * len(themes) + AXIS)
        plot = sheet.axes(names_width(map(words.beside, themes)), WIDTH - NUMBERS, bottom=AXIS, top=HEAD)
        rows_axis(plot, len(themes))
        plot.set_xlim(0, float(rows.loc[rows["unit"] == "share", ["value", "high"]].max().max()))
        plot.xaxis.set_major_formatter(lambda share, _: words.percent(round(share, 6)))
        plot.xaxis.set_major_locator(MaxNLocator(5))
        plot.tick_params(axis="x", labelsize=SMALL, colors=GREY)
        plot.grid(axis="x", color=LIGHT, linewidth=0.6)
        plot.axvline(0, color=INK, linewidth=0.8)
        for row, theme in enumerate(themes):
            plot.annotate(words.beside(theme), (0, row), (-7, 0), ha="right", size=TEXT, **_PLACE)
            band(plot, (RATIO, "all", theme), row, (0.0, WIDTH))  # what no dot and no column of figures takes
        for series in SERIES:
            _series(plot, both[series.measure], series)
        values = zip(both[WITH]["value"], both[WITHOUT]["value"], strict=True)
        for row, ends in enumerate(values):
            plot.plot(ends, [row, row], color=GREY, linewidth=2, zorder=2, alpha=0.6)
        _legend(sheet, words)
    shares = {t: [words.percent(both[name]["value"][t]) for name in (WITH, WITHOUT)] for t in themes[:5]}
    facts = "; ".join(f"{words.theme(theme)} {' / '.join(pair)}" for theme, pair in shares.items())
    names = " / ".join(words.say(series.words) for series in SERIES)
    sheet.figure.set_label(f"{words.say('copies_alt')}. {heading.title}. {names}: {facts}.")
    return sheet.figure


def _heading(measures: pd.DataFrame, both: dict[str, pd.DataFrame], words: Words) -> Heading:
    gap = both[WITH]["value"] - both[WITHOUT]["value"]
    theme = str(gap.abs().idxmax())
    posts, texts = both[WITH]["denominator"].iloc[0], both[WITHOUT]["denominator"].iloc[0]
    key = "none" if posts == texts else "up" if gap[theme] >= 0 else "down"
    values = {
        name: words.percent(both[which]["value"][theme]) for name, which in (("with", WITH), ("without", WITHOUT))
    }
    title = words.say(f"copies_title_{key}", theme=words.quoted(theme), **values)
    subtitle = words.say(
        "copies_subtitle",
        posts=f"{posts:,}",
        texts=f"{texts:,}",
        theme=words.quoted(theme),
        ratio=span(numbers_of(both[RATIO].loc[[theme]])[0]),
    )
    return Heading(title, subtitle, footer(measures, words, "line_clusters"))


def _series(plot: Axes, rows: pd.DataFrame, series: Series) -> None:
    for row, (value, low, high) in enumerate(numbers_of(rows)):
        whisker(plot, row + series.lane, (low, high), series.colour)
        plot.plot(value, row, series.mark, color=series.colour, markerfacecolor=series.face, markersize=6.5, zorder=4)
        edge = (plot.get_xlim()[1], row)
        plot.annotate(number(value), edge, (series.number, 0), ha="right", size=SMALL, color=series.colour, **_PLACE)
        key, right = (series.measure, "all", str(rows.index[row])), WIDTH - NUMBERS + series.number / 72
        band(plot, key, row, (right - 0.34, right + 0.04))
        spot(plot, key, value, row)


def _legend(sheet: Page, words: Words) -> None:
    """Both series by name over the plot, and by mark over their column of numbers."""
    layer = sheet.axes(0, WIDTH, bottom=sheet.top - sheet.bottom - HEAD)
    layer.set_xlim(0, WIDTH)
    layer.set_ylim(0, HEAD)
    layer.axis("off")
    left = WIDTH - NUMBERS
    for series in reversed(SERIES):
        name = words.say(series.words)
        left -= length(name, TEXT) + 0.3
        for place in (left, WIDTH - NUMBERS + series.number / 72 - 0.08):
            layer.plot(place, 0.14, series.mark, color=series.colour, markerfacecolor=series.face, markersize=6.5)
        layer.annotate(name, (left, 0.14), (7, 0), size=TEXT, color=series.colour, **_PLACE)
