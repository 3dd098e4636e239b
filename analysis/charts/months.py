"""Themes by month: one small plot a theme on one scale, with intervals, posts a month below, and dated events."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.marks import cell
from analysis.charts.theme import ACCENT, EDGE, GREY, INK, LIGHT, SMALL, TEXT, WIDTH, Heading, Page, look, page
from analysis.charts.wording import Words, footer, numbers_of, rows_of, speaking
from analysis.measure.time import Event, events

NAMED, CLAIMED, N = "share_in_group", "share_in_group_claimed", "n_posts_of_month"
PANELS, FEWEST_MONTHS, FEWEST_POSTS, MOST_EVENTS = 6, 3, 10, 6
DOT = 0.08  # half the height of a dot's place, as a share
PANEL, GAP, NAME, AXIS, STRIP, KEY = 0.95, 0.28, 0.26, 0.24, 0.5, 0.3  # inches


class Swing(NamedTuple):
    """The largest difference between two months of one theme, and whether their intervals stay apart."""

    theme: str
    low: tuple[str, float]
    high: tuple[str, float]
    apart: bool


def month_rows(measures: pd.DataFrame, lang: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws: posts of each month, and six themes' shares in it. Empty under three months."""
    found = measures.loc[measures["group"].str.startswith("month:") & (measures["group"] != "month:unknown")]
    found = found.loc[found["measure"].isin((NAMED, CLAIMED, N))]
    if found.loc[found["measure"] == NAMED, "group"].nunique() < FEWEST_MONTHS:
        return found.iloc[:0]
    themes = _themes(measures, speaking(lang))
    found = found.loc[found["theme"].isin(themes) | (found["measure"] == N)]
    order = {theme: at for at, theme in enumerate(themes)}
    placed = found.assign(place=found["theme"].map(order).fillna(len(themes)))
    return placed.sort_values(["place", "measure", "group"], ignore_index=True).drop(columns="place")


def draw_months(
    measures: pd.DataFrame, lang: str | Words = "zh", dated: Sequence[Event] | None = None
) -> Figure:
    """Up to six small plots, the share that names a theme and the share that claims it; `dated` are the events on them."""
    words = speaking(lang)
    rows_of(measures, NAMED)
    rows = month_rows(measures, words)
    n = rows.loc[rows["measure"] == N].set_index("group")["n"]
    months = _calendar(list(n.index))
    themes = [str(t) for t in rows.loc[rows["measure"] == NAMED, "theme"].unique()]
    here = _events_within(events() if dated is None else dated, months)
    lines = (len(themes) + 1) // 2
    heading = _heading(measures, rows, words, here)
    with look():
        sheet = page(heading, KEY + lines * (NAME + PANEL + GAP) + NAME + 0.16 + STRIP + AXIS)
        _key(sheet, words)
        half = (WIDTH - 2 * EDGE - 0.42) / 2
        for place, theme in enumerate(themes):
            left = EDGE + 0.36 + (place % 2) * (half + 0.2)
            top = KEY + (place // 2) * (NAME + PANEL + GAP) + NAME
            bottom = sheet.top - sheet.bottom - top - PANEL
            plot = sheet.axes(left, left + half - 0.14, bottom=bottom, top=top)
            _panel(plot, rows.loc[rows["theme"] == theme], months, words.theme(theme))
            cell(plot, ("share_of_posts", "all", theme), (-0.5, len(months) - 0.5), (1.0, 1.0 + NAME / PANEL))
            _shares_axis(plot, words if place % 2 == 0 else None)
            _marks(plot, here, months)
        plot = sheet.axes(EDGE + 0.36, WIDTH - EDGE - 0.14, bottom=AXIS, top=sheet.top - sheet.bottom - AXIS - STRIP)
        _strip(plot, [int(n.get(f"month:{month}", 0)) for month in months], months, words)
        _marks(plot, here, months, named=True)
    facts = "; ".join(f"{words.theme(t)} {_ends(rows, t, words)}" for t in themes)
    sheet.figure.set_label(f"{words.say('months_alt')}. {heading.title}. {facts}.")
    return sheet.figure


def largest_swing(measures: pd.DataFrame, lang: str | Words = "zh") -> Swing | None:
    """The theme of the figure that differs most between two months of ten posts or more; None where no two are."""
    rows = month_rows(measures, lang)
    rows = rows.loc[(rows["measure"] == NAMED) & (rows["denominator"] >= FEWEST_POSTS) & rows["low"].notna()]
    found = []
    for theme, part in rows.groupby("theme"):
        if len(part) < 2:
            continue
        ordered = part.sort_values(["value", "group"]).iloc[[0, -1]]
        named = ordered["group"].str.removeprefix("month:").tolist()
        (low, _, top), (high, bottom, _) = numbers_of(ordered)
        found.append(Swing(str(theme), (named[0], low), (named[1], high), top < bottom))
    return max(found, key=lambda swing: (swing.apart, swing.high[1] - swing.low[1], swing.theme), default=None)


def _themes(measures: pd.DataFrame, words: Words) -> list[str]:
    whole = measures.loc[(measures["measure"] == "share_of_posts") & (measures["group"] == "all") & (measures["theme"] != "all")]
    whole = whole.loc[~words.is_below(whole["theme"], whole["theme"]) & (whole["value"] > 0)]
    return [str(t) for t in whole.sort_values(["value", "theme"], ascending=[False, True])["theme"].head(PANELS)]


def _calendar(groups: Sequence[str]) -> list[str]:
    """Every month from the first to the last, those without a post as well."""
    named = sorted(group.removeprefix("month:") for group in groups)
    return [str(month) for month in pd.period_range(named[0], named[-1], freq="M")]


def _events_within(dated: Sequence[Event], months: Sequence[str]) -> list[Event]:
    """The events in the window, the first six; their months are where they stand on the axis."""
    return [event for event in dated if months[0] <= f"{event.on:%Y-%m}" <= months[-1]][:MOST_EVENTS]


def _heading(measures: pd.DataFrame, rows: pd.DataFrame, words: Words, here: Sequence[Event]) -> Heading:
    swing = largest_swing(measures, words)
    title = words.say("months_title_few")
    if swing is not None:
        key = "months_title_apart" if swing.apart else "months_title"
        low, high = words.percent(swing.low[1]), words.percent(swing.high[1])
        said = {"low": low, "high": high, "low_month": swing.low[0], "high_month": swing.high[0]}
        title = words.say(key, theme=words.quoted(swing.theme), **said)
    n = rows.loc[rows["measure"] == N, "n"]
    subtitle = words.say("months_subtitle", posts=f"{n.sum():,}", months=str(len(n)))
    for number, event in enumerate(here, 1):
        subtitle += words.say("months_event", number=str(number), on=str(event.on), name=words.event(event.event_id))
        subtitle += "" if event.confirmed else words.say("months_unconfirmed")
    return Heading(title, subtitle, footer(measures, words, "line_bands"))


def _key(sheet: Page, words: Words) -> None:
    layer = sheet.axes(0, WIDTH, bottom=sheet.top - sheet.bottom - KEY)
    layer.set_xlim(0, WIDTH)
    layer.set_ylim(0, KEY)
    layer.axis("off")
    place: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline", "size": TEXT}
    for left, name, colour, style in ((EDGE, "all", INK, "-"), (EDGE + 1.6, "claimed", ACCENT, "--")):
        layer.plot([left, left + 0.35], [0.17, 0.17], color=colour, linestyle=style, linewidth=1.8)
        layer.annotate(words.family(name), (left + 0.35, 0.17), (6, 0), color=colour, **place)


def _panel(plot: Axes, rows: pd.DataFrame, months: Sequence[str], name: str) -> None:
    at = [f"month:{month}" for month in months]
    for measure, colour, style in ((NAMED, INK, "-"), (CLAIMED, ACCENT, "--")):
        part = rows.loc[rows["measure"] == measure].set_index("group").reindex(at)
        x, numbers = range(len(months)), part[["value", "low", "high"]].astype("float64")
        plot.plot(x, numbers["value"], color=colour, linestyle=style, linewidth=1.6, zorder=4, marker=".", markersize=3.5)
        _places(plot, part, measure)
        if measure == NAMED:
            plot.vlines(x, numbers["low"], numbers["high"], color=GREY, alpha=0.45, linewidth=2.2, zorder=2)
    plot.set_xlim(-0.5, len(months) - 0.5)
    plot.set_ylim(0, 1)
    plot.set_xticks([])
    plot.axhline(0, color=INK, linewidth=0.8)
    plot.annotate(name, (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", size=TEXT, ha="left")


def _places(plot: Axes, part: pd.DataFrame, measure: str) -> None:
    """The share that names the theme has the whole month, the one that claims it what is around its dot."""
    for month, (group, theme, value) in enumerate(zip(part.index, part["theme"], part["value"].astype("float64"), strict=True)):
        if not math.isnan(value):
            sides = (0.0, 1.0) if measure == NAMED else (value - DOT, value + DOT)
            cell(plot, (measure, str(group), str(theme)), (month - 0.5, month + 0.5), sides)


def _shares_axis(plot: Axes, words: Words | None) -> None:
    ticks = (0, 0.5, 1)
    plot.set_yticks(ticks, [words.percent(t) if words else "" for t in ticks])
    plot.tick_params(axis="y", labelsize=SMALL, colors=GREY, pad=2)
    plot.grid(axis="y", color=LIGHT, linewidth=0.6)
    plot.set_axisbelow(True)


def _strip(plot: Axes, counts: Sequence[int], months: Sequence[str], words: Words) -> None:
    plot.bar(range(len(months)), counts, color=GREY, alpha=0.5, width=0.8, linewidth=0)
    plot.set_xlim(-0.5, len(months) - 0.5)
    plot.set_yticks([0, max(counts)], ["0", f"{max(counts):,}"])
    for at, month in enumerate(months):
        if counts[at]:
            cell(plot, (N, f"month:{month}", "all"), (at - 0.5, at + 0.5), (0, max(counts)))
    shown = sorted({0, len(months) // 2, len(months) - 1})
    plot.set_xticks(shown, [months[at] for at in shown])
    labels = plot.get_xticklabels()
    labels[0].set_horizontalalignment("left")
    labels[-1].set_horizontalalignment("right")
    plot.tick_params(labelsize=SMALL, colors=GREY, pad=2)
    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    plot.annotate(words.say("months_posts"), (0, 1), (0, 17), size=SMALL, color=GREY, **place)


def _marks(plot: Axes, here: Sequence[Event], months: Sequence[str], named: bool = False) -> None:
    """Events as thin dotted lines at their day; their numbers stand over the strip of posts."""
    place: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "ha": "center", "size": SMALL}
    free = -1.0
    for number, event in enumerate(here, 1):
        day = months.index(f"{event.on:%Y-%m}") - 0.5 + (event.on.day - 1) / 31
        plot.axvline(day, color=INK, linewidth=1, linestyle=":", zorder=1)
        if named:  # two events within a few days: the later number moves to the right
            at = max(day, free)
            free = at + len(months) / 40
            plot.annotate(str(number), (at, 1), (0, 3), **place)


def _ends(rows: pd.DataFrame, theme: str, words: Words) -> str:
    part = rows.loc[(rows["measure"] == NAMED) & (rows["theme"] == theme)]
    return f"{words.percent(float(part['value'].min()))}–{words.percent(float(part['value'].max()))}"
