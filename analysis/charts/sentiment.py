"""What mentions of each theme mean for the borrower: nine steps, the middle half, the median with its interval."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.marks import band, spot
from analysis.charts.theme import (
    ACCENT,
    GREY,
    INK,
    LIGHT,
    SECOND,
    SMALL,
    TEXT,
    WIDTH,
    Heading,
    look,
    page,
    rows_axis,
    whisker,
)
from analysis.charts.wording import Words, footer, in_order, names_width, numbers_of, rows_of, signed, speaking

ROW, HEAD, AXIS, COUNT = 0.36, 0.3, 0.25, 0.62  # inches
BAR_LANE, DOT_LANE = -0.16, 0.24  # rows
QUARTILES = ("polarity_q25", "polarity_median", "polarity_q75")
STEP = "polarity_step"
_PLACE: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False}
FEW = 10  # a median of fewer mentions is drawn, but makes no title


def sentiment_rows(measures: pd.DataFrame, lang: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws, from the most harmful median up: quartiles and steps of each theme."""
    found = rows_of(measures, *QUARTILES, STEP)
    found = found.loc[((found["group"] == "all") | (found["measure"] == STEP)) & (found["theme"] != "all")]
    found = found.loc[found["value"].notna() & ~speaking(lang).is_below(found["theme"], found["theme"])]
    wide = found.loc[found["measure"] != STEP].pivot(index="theme", columns="measure", values="value")
    return in_order(found, [str(theme) for theme in wide.sort_values([QUARTILES[1], QUARTILES[0], "theme"]).index])


def draw_sentiment(measures: pd.DataFrame, lang: str | Words = "zh") -> Figure:
    """The distribution of polarity by theme, from the most harmful median to the least."""
    words = speaking(lang)
    rows = sentiment_rows(measures, words)
    medians = rows.loc[rows["measure"] == "polarity_median"].set_index("theme")
    heading = _heading(measures, medians, words)
    themes = [str(theme) for theme in medians.index]
    with look():
        sheet = page(heading, HEAD + ROW * len(themes) + AXIS)
        plot = sheet.axes(names_width(map(words.beside, themes)), WIDTH - COUNT, bottom=AXIS, top=HEAD)
        rows_axis(plot, len(themes))
        _scale(plot, words)
        for row, theme in enumerate(themes):
            band(plot, (QUARTILES[1], "all", theme), row, (0.0, WIDTH))
            _row(plot, row, rows.loc[rows["theme"] == theme])
            plot.annotate(
                words.beside(theme), (-1.1, row), (-4, 0), ha="right", size=TEXT, va="center_baseline", **_PLACE
            )
            count = f"{medians['n'][theme]:,}"
            plot.annotate(
                count, (1.1, row), (36, 0), ha="right", size=SMALL, color=GREY, va="center_baseline", **_PLACE
            )
    facts = "; ".join(f"{words.theme(theme)} {signed(medians['value'][theme])}" for theme in themes)
    sheet.figure.set_label(f"{words.say('sentiment_alt')}. {heading.title}. {facts}.")
    return sheet.figure


def _heading(measures: pd.DataFrame, medians: pd.DataFrame, words: Words) -> Heading:
    sure = medians.loc[medians["n"] >= FEW] if (medians["n"] >= FEW).any() else medians
    worst, best = str(sure.index[0]), str(sure.index[-1])
    key = "sentiment_title" if worst != best else "sentiment_title_one"
    title = words.say(
        key,
        worst=words.quoted(worst),
        low=signed(sure["value"].iloc[0]),
        best=words.quoted(best),
        high=signed(sure["value"].iloc[-1]),
    )
    subtitle = words.say("sentiment_subtitle", mentions=f"{medians['n'].sum():,}")
    return Heading(title, subtitle, footer(measures, words, "line_clusters"))


def _scale(plot: Axes, words: Words) -> None:
    plot.set_xlim(-1.1, 1.1)
    plot.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "+0.5", "+1"])
    plot.tick_params(axis="x", labelsize=SMALL, colors=GREY)
    plot.grid(axis="x", color=LIGHT, linewidth=0.6)
    plot.set_axisbelow(True)
    plot.axvline(0, color=INK, linewidth=0.8)
    place: dict[str, Any] = {"xycoords": ("data", "axes fraction"), **_PLACE}
    plot.annotate(words.say("sentiment_harm"), (-1.0, 1), (-6, 6), size=TEXT, color=SECOND, ha="left", **place)
    plot.annotate(words.say("sentiment_relief"), (1.0, 1), (6, 6), size=TEXT, color=ACCENT, ha="right", **place)
    plot.annotate(words.say("sentiment_n"), (1.1, 1), (36, 6), size=SMALL, color=GREY, ha="right", **place)


def _row(plot: Axes, row: int, part: pd.DataFrame) -> None:
    steps = part.loc[(part["measure"] == STEP) & (part["value"] > 0)]
    places = steps["group"].str.removeprefix("step:").astype(float)
    plot.scatter(places, [row + DOT_LANE] * len(steps), s=120 * steps["value"], color="#9a9a9a", linewidth=0, zorder=2)
    for place, group, theme in zip(places, steps["group"], steps["theme"], strict=True):
        spot(plot, (STEP, str(group), str(theme)), float(place), row + DOT_LANE)
    (low, *_), (median, *ends), (high, *_) = (numbers_of(part.loc[part["measure"] == name])[0] for name in QUARTILES)
    colour, lane = SECOND if median < 0 else ACCENT, row + BAR_LANE
    plot.plot([low, high], [lane, lane], color=colour, alpha=0.45, linewidth=8, solid_capstyle="butt", zorder=3)
    whisker(plot, lane, ends)
    plot.plot(median, lane, "D", color=colour, markeredgecolor="white", markersize=6, zorder=4)
