"""Which themes come together in a post: the pairs with the surest odds ratios, each with its interval."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.marks import band
from analysis.charts.theme import ACCENT, GREY, INK, LIGHT, SMALL, TEXT, WIDTH, Heading, look, page, rows_axis, whisker
from analysis.charts.wording import Words, footer, names_width, numbers_of, rows_of, speaking

ODDS, P = "log_odds_together", "log_odds_together_p"
PAIRS, SURE = 14, 0.05
ROW, HEAD, AXIS, COUNT, EACH = 0.3, 0.3, 0.25, 0.5, 1.36  # inches; the last of each name of a pair
TICKS = (1 / 1000, 1 / 100, 1 / 10, 1, 10, 100, 1000)


def together_rows(measures: pd.DataFrame, lang: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws: the pairs of themes (no sub-theme) whose odds ratio is furthest from 1 in units of
    its interval, the positive ones first; with each its p-value. Empty where no pair could be compared.
    """
    found = _of_themes(measures.loc[measures["measure"].isin((ODDS, P))], speaking(lang))
    odds = found.loc[(found["measure"] == ODDS) & found["low"].notna()]
    width = (odds["high"] - odds["low"]).astype("float64")
    odds = odds.assign(strength=(odds["value"] / width.where(width > 0)).astype("float64"))
    kept = odds.assign(size=odds["strength"].abs()).nlargest(PAIRS, "size").sort_values("value", ascending=False)
    place = {(theme, group): at for at, (theme, group) in enumerate(zip(kept["theme"], kept["group"], strict=True))}
    found = found.loc[[pair in place for pair in zip(found["theme"], found["group"], strict=True)]]
    at = [place[pair] for pair in zip(found["theme"], found["group"], strict=True)]
    return found.assign(place=at).sort_values(["place", "measure"], ignore_index=True).drop(columns="place")


def draw_together(measures: pd.DataFrame, lang: str | Words = "zh") -> Figure:
    """A dot and an interval a pair, on a scale of odds ratios; filled and blue where Holm's p is below 0.05."""
    words = speaking(lang)
    rows_of(measures, ODDS)
    rows = together_rows(measures, words)
    odds = rows.loc[rows["measure"] == ODDS].reset_index(drop=True)
    sure = (rows.loc[rows["measure"] == P, "value"].reset_index(drop=True) < SURE).fillna(False).tolist()
    both = zip(odds["theme"], odds["group"].str.removeprefix("with:"), strict=True)
    names = [f"{words.beside(one, EACH)} + {words.beside(other, EACH)}" for one, other in both]
    title = words.say("together_title_none" if not any(sure) else "together_title", n=str(sum(sure)), pair=names[0])
    values = numbers_of(odds)
    subtitle = words.say("together_subtitle", shown=str(len(odds)), pairs=_pairs(measures, words), posts=f"{odds['denominator'].iloc[0]:,}")
    heading = Heading(title, subtitle, footer(measures, words, "line_clusters"))
    with look():
        sheet = page(heading, HEAD + ROW * len(names) + AXIS)
        plot = sheet.axes(names_width(names), WIDTH - COUNT, bottom=AXIS, top=HEAD)
        _scale(plot, values, words)
        place: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline", "annotation_clip": False}
        for row, (value, low, high) in enumerate(values):
            colour = ACCENT if sure[row] else GREY
            whisker(plot, row, (low, high), colour)
            plot.plot(value, row, "o", color=colour, markerfacecolor=colour if sure[row] else "white", markersize=6.5, zorder=4)
            left, right = plot.get_xlim()
            plot.annotate(names[row], (left, row), (-7, 0), ha="right", size=TEXT, **place)
            plot.annotate(f"{odds['n'][row]:,}", (right, row), (30, 0), ha="right", size=SMALL, color=GREY, **place)
            band(plot, (ODDS, str(odds["group"][row]), str(odds["theme"][row])), row, (0.0, WIDTH))
    said = [f"{name} {times(value)} ({times(low)}–{times(high)})" for name, (value, low, high) in zip(names, values, strict=True)]
    facts = "; ".join(said[:5])
    sheet.figure.set_label(f"{words.say('together_alt')}. {heading.title}. {facts}.")
    return sheet.figure


def times(log_odds: float) -> str:
    """A log odds ratio as a ratio, with two figures.

    >>> times(0.0), times(math.log(2.5)), times(math.log(0.031)), times(math.log(121.0))
    ('1.0', '2.5', '0.031', '120')
    """
    ratio = math.exp(min(log_odds, 700.0))
    if ratio >= 100:
        return f"{float(f'{ratio:.2g}'):.0f}"
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2g}"


def _of_themes(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    return rows.loc[~words.is_below(rows["theme"]) & ~words.is_below(rows["group"].str.removeprefix("with:"))]


def _pairs(measures: pd.DataFrame, words: Words) -> str:
    here = measures.loc[(measures["measure"] == ODDS) & measures["low"].notna()]
    return f"{len(_of_themes(here, words)):,}"


def _scale(plot: Axes, values: list[tuple[float, float, float]], words: Words) -> None:
    rows_axis(plot, len(values))
    ends = [min(0.0, *(low for _, low, _ in values)) - 0.2, max(0.0, *(high for *_, high in values)) + 0.2]
    plot.set_xlim(*ends)
    ticks = [tick for tick in TICKS if ends[0] <= math.log(tick) <= ends[1]]
    plot.set_xticks([math.log(tick) for tick in ticks], [f"{tick:g}×" for tick in ticks])
    plot.tick_params(axis="x", labelsize=SMALL, colors=GREY)
    plot.grid(axis="x", color=LIGHT, linewidth=0.6)
    plot.set_axisbelow(True)
    plot.axvline(0, color=INK, linewidth=0.8)
    place: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "annotation_clip": False, "size": SMALL}
    plot.annotate(words.say("together_apart"), (0, 1), (-6, 6), ha="right", color=GREY, **place)
    plot.annotate(words.say("together_more"), (0, 1), (6, 6), ha="left", color=GREY, **place)
    plot.annotate(words.say("together_n"), (ends[1], 1), (30, 6), ha="right", color=GREY, **place)
