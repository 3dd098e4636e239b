"""How far coders agree, and what their codes make of the machine's shares: two panels, one row a theme.

Reads the rows of `human_measures` on claims: `alpha`, `prevalence_ppi` and `prevalence_naive`. A figure of simulated coders says
so in its title, its subtitle and its alt text.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.marks import band, spot
from analysis.charts.theme import ACCENT, GREY, INK, LIGHT, SMALL, TEXT, WIDTH, Heading, look, page, rows_axis, whisker
from analysis.charts.wording import Words, footer, in_order, names_width, numbers_of, rows_of, speaking
from analysis.measure import Codes
from analysis.measure.simulated import simulated_measures

ALPHA, CORRECTED, NAIVE, GROUP = "alpha", "prevalence_ppi", "prevalence_naive", "claimed"
SIMULATED = "simulated"  # the word in `method` of every row that no person coded
SHOWN, RELIABLE = 14, 0.8  # alpha from 0.8 up is Krippendorff's bound for firm conclusions (2004, p. 241)
ROW, HEAD, AXIS, GAP = 0.32, 0.5, 0.25, 0.3  # inches
_PLACE: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False}


def with_simulated(
    measures: pd.DataFrame, posts: pd.DataFrame, mentions: pd.DataFrame, lang: str | Words = "zh"
) -> pd.DataFrame:
    """The measures, and where nobody coded those of simulated coders; they exist for the sample corpus only."""
    if measures["measure"].eq(ALPHA).any():
        return measures
    here = measures.loc[(measures["measure"] == "share_of_posts") & (measures["theme"] != "all"), "theme"]
    codes = Codes(tuple(dict.fromkeys(map(str, here))), str(measures["codebook_version"].iloc[0]), speaking(lang).known_parents)
    made = simulated_measures(posts, mentions, codes)
    return pd.concat([measures, made], ignore_index=True) if len(made) else measures


def validation_rows(measures: pd.DataFrame, lang: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws, the theme with the largest corrected share first. Empty where nobody coded."""
    coded = measures.loc[measures["measure"].isin((ALPHA, CORRECTED, NAIVE)) & (measures["group"] == GROUP)]
    share = coded.loc[(coded["measure"] == CORRECTED) & coded["value"].notna()].set_index("theme")["value"].to_dict()
    words, named = speaking(lang), [str(theme) for theme in share if theme != "all"]
    themes = sorted((t for t in named if words.parent(t) not in share), key=lambda t: (-share[t], t))[:SHOWN]
    return in_order(coded.loc[coded["theme"].isin(themes)], themes)


def draw_validation(measures: pd.DataFrame, lang: str | Words = "zh") -> Figure:
    """Left: alpha of each theme; right: the machine's share (hollow) and the corrected one (filled), with intervals."""
    words = speaking(lang)
    rows_of(measures, CORRECTED)
    rows = validation_rows(measures, words)
    parts = {name: rows.loc[rows["measure"] == name].set_index("theme") for name in (ALPHA, CORRECTED, NAIVE)}
    themes = [str(theme) for theme in parts[CORRECTED].index]
    heading = _heading(measures, rows, parts, words)
    names = [words.beside(theme) for theme in themes]
    with look():
        sheet = page(heading, HEAD + ROW * len(themes) + AXIS)
        left = names_width(names)
        middle = left + (WIDTH - left - GAP - 0.15) * 0.4
        agree = sheet.axes(left, middle, bottom=AXIS, top=HEAD)
        share = sheet.axes(middle + GAP, WIDTH - 0.25, bottom=AXIS, top=HEAD)
        for plot, key in ((agree, "validation_alpha"), (share, "validation_share")):
            rows_axis(plot, len(themes))
            plot.annotate(words.say(key), (0, 1), (0, 22), xycoords="axes fraction", size=SMALL, color=INK, **_PLACE)
        for row, name in enumerate(names):
            band(agree, (NAIVE, GROUP, themes[row]), row, (0.0, WIDTH))
            agree.annotate(name, (0, row), (-7, 0), ha="right", size=TEXT, va="center_baseline", **_PLACE)
        _alphas(agree, parts[ALPHA].reindex(themes))
        _shares(share, parts, themes, words)
    facts = "; ".join(f"{name} {_pair(parts, theme, words)}" for name, theme in zip(names[:5], themes, strict=False))
    sheet.figure.set_label(f"{words.say('validation_alt')}. {heading.title}. {facts}.")
    return sheet.figure


def _heading(measures: pd.DataFrame, rows: pd.DataFrame, parts: dict[str, pd.DataFrame], words: Words) -> Heading:
    gap = (parts[NAIVE]["value"] - parts[CORRECTED]["value"]).dropna()
    theme = str(gap.abs().idxmax())
    both = {key: words.percent(parts[name]["value"][theme]) for key, name in (("naive", NAIVE), ("corrected", CORRECTED))}
    title = words.say("validation_title", theme=words.quoted(theme), **both)
    subtitle = words.say("validation_subtitle", n=f"{parts[CORRECTED]['n'].max():,}", posts=f"{parts[CORRECTED]['denominator'].max():,}")
    if rows["method"].str.contains(SIMULATED).any():
        title, subtitle = words.say("validation_simulated") + title, subtitle + words.say("validation_made")
    return Heading(title, subtitle, footer(measures, words, "line_clusters"))


def _alphas(plot: Axes, rows: pd.DataFrame) -> None:
    values = numbers_of(rows)
    lowest = min([0.0, *(low for _, low, _ in values if not math.isnan(low))])
    plot.set_xlim(lowest, 1)
    _scale(plot, [0, RELIABLE, 1], ["0", f"{RELIABLE}", "1"])
    plot.axvline(RELIABLE, color=GREY, linewidth=1, linestyle=":")
    for row, (value, low, high) in enumerate(values):
        whisker(plot, row, (low, high), GREY)
        plot.plot(value, row, "s", color=INK, markersize=5.5, zorder=4, clip_on=False)
        if not math.isnan(value):
            spot(plot, (ALPHA, GROUP, str(rows.index[row])), value, row)


def _shares(plot: Axes, parts: dict[str, pd.DataFrame], themes: list[str], words: Words) -> None:
    both = pd.concat([parts[CORRECTED].reindex(themes), parts[NAIVE].reindex(themes)])
    limit = min(1.0, float(both[["value", "high"]].max().max()) * 1.03) or 1.0
    plot.set_xlim(0, limit)
    step = 0.25 if limit > 0.5 else 0.1 if limit > 0.2 else 0.05
    ticks = [step * i for i in range(int(limit / step) + 1)]
    _scale(plot, ticks, [words.percent(round(tick, 6)) for tick in ticks])
    for name, lane, colour, mark, face in ((NAIVE, -0.16, GREY, "o", "white"), (CORRECTED, 0.16, ACCENT, "D", ACCENT)):
        for row, (value, low, high) in enumerate(numbers_of(parts[name].reindex(themes))):
            whisker(plot, row + lane, (low, high), colour)
            plot.plot(value, row + lane, mark, color=colour, markerfacecolor=face, markersize=5.5, zorder=4, clip_on=False)
            if not math.isnan(value):
                spot(plot, (name, GROUP, themes[row]), value, row + lane)
    for key, x, colour, mark, face in (("validation_naive", 0.0, GREY, "o", "white"), ("validation_corrected", 0.5, ACCENT, "D", ACCENT)):
        at = (x + 0.03, 1 + 0.4 / len(themes))
        over: dict[str, Any] = {"transform": plot.transAxes, "clip_on": False, "markersize": 5.5}
        plot.plot(*at, mark, color=colour, markerfacecolor=face, **over)
        plot.annotate(words.say(key), at, (7, 0), xycoords="axes fraction", size=SMALL, color=colour, va="center_baseline", **_PLACE)


def _scale(plot: Axes, ticks: list[float], names: list[str]) -> None:
    plot.set_xticks(ticks, names)
    plot.tick_params(axis="x", labelsize=SMALL, colors=GREY)
    plot.grid(axis="x", color=LIGHT, linewidth=0.6)
    plot.set_axisbelow(True)
    plot.axvline(0, color=INK, linewidth=0.8)


def _pair(parts: dict[str, pd.DataFrame], theme: str, words: Words) -> str:
    return f"{words.percent(parts[NAIVE]['value'][theme])} / {words.percent(parts[CORRECTED]['value'][theme])}"
