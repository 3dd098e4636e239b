"""The share of posts that speak of each theme, and how they say it: one column a status family."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.marks import band
from analysis.charts.theme import (
    ACCENT,
    EDGE,
    GREY,
    INK,
    SMALL,
    TEXT,
    WIDTH,
    Heading,
    Page,
    look,
    page,
    rows_axis,
    whisker,
)
from analysis.charts.wording import Words, footer, names_width, number, numbers_of, rows_of, speaking

COLUMNS = ("all", "claimed", "possible", "rejected", "other")
ROW = 0.25  # inches
INDENT, HEAD, NUMBER = 0.16, 0.28, 0.31  # inches: of sub-themes, above the rows, for a number


def share_rows(measures: pd.DataFrame, lang: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws, in its order: themes by the share that names them, sub-themes below theirs."""
    found = rows_of(measures, "share_of_posts")
    found = found.loc[found["group"].isin(COLUMNS) & (found["theme"] != "all")]
    order = {theme: place for place, theme in enumerate(order_of(found, speaking(lang)))}
    keys = [found["theme"].map(order), found["group"].map({name: i for i, name in enumerate(COLUMNS)})]
    return found.assign(a=keys[0], b=keys[1]).sort_values(["a", "b"], ignore_index=True).drop(columns=["a", "b"])


def order_of(rows: pd.DataFrame, words: Words) -> list[str]:
    """Themes by the share that names them, the largest first; each sub-theme right below its theme."""
    here = rows.loc[rows["group"] == "all"]
    named: dict[str, float] = dict(zip(here["theme"], here["value"], strict=True))
    by_share = sorted(named, key=lambda theme: (-named[theme], theme))
    top = [theme for theme in by_share if words.parent(theme) not in named]
    return [item for theme in top for item in (theme, *(sub for sub in by_share if words.parent(sub) == theme))]


def draw_shares(measures: pd.DataFrame, lang: str | Words = "zh") -> Figure:
    """Bars of the share of posts by theme, with intervals: named in any way, claimed, possible, rejected, other."""
    words = speaking(lang)
    rows = share_rows(measures, words)
    themes = list(dict.fromkeys(rows["theme"]))
    heading = _heading(measures, rows, words)
    with look():
        sheet = page(heading, HEAD + ROW * len(themes))
        left = _names(sheet, themes, words)
        limit = float(rows[["value", "high"]].max().max()) or 1.0
        step = (WIDTH - left - 0.05) / len(COLUMNS)
        for place, family in enumerate(COLUMNS):
            part = rows.loc[rows["group"] == family]
            _column(sheet, part, left + place * step, (step, limit, words.family(family)))
    facts = "; ".join(f"{words.theme(theme)} {_said(rows, theme, words)}" for theme in themes[:5])
    sheet.figure.set_label(f"{words.say('shares_alt')}. {heading.title}. {facts}.")
    return sheet.figure


def _heading(measures: pd.DataFrame, rows: pd.DataFrame, words: Words) -> Heading:
    value = rows.set_index(["theme", "group"])["value"]
    first = rows["theme"].iloc[0]
    title = words.say(
        "shares_title",
        theme=words.quoted(first),
        named=words.percent(value[first, "all"]),
        claimed=words.percent(value[first, "claimed"]),
    )
    subtitle = words.say("shares_subtitle", posts=f"{rows['denominator'].iloc[0]:,}")
    return Heading(title, subtitle, footer(measures, words, "line_clusters"))


def _names(sheet: Page, themes: list[str], words: Words) -> float:
    names = [words.beside(theme) for theme in themes]
    subs = [words.parent(theme) in themes for theme in themes]
    width = names_width(names)
    plot = sheet.axes(0.0, width, top=HEAD)
    rows_axis(plot, len(themes))
    plot.set_xlim(0, width)
    plot.set_xticks([])
    for row, (name, sub) in enumerate(zip(names, subs, strict=True)):
        size, colour = (SMALL, GREY) if sub else (TEXT, INK)
        plot.text(EDGE + INDENT * sub, row, name, size=size, color=colour, va="center_baseline")
    return width


def _column(sheet: Page, part: pd.DataFrame, left: float, made: tuple[float, float, str]) -> None:
    step, limit, name = made
    bar, ink = (ACCENT, ACCENT) if part["group"].iloc[0] == "claimed" else (GREY, INK)
    plot = sheet.axes(left + NUMBER, left + step - 0.07, top=HEAD)
    rows_axis(plot, len(part))
    plot.set_xlim(0, limit)
    plot.set_xticks([])
    plot.barh(range(len(part)), part["value"], height=0.62, color=bar, alpha=0.5, linewidth=0)
    plot.axvline(0, color=INK, linewidth=0.8)
    for row, (value, low, high) in enumerate(numbers_of(part)):
        whisker(plot, row, (low, high))
        place: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline"}
        plot.annotate(number(value), (0, row), (-4, 0), ha="right", size=SMALL, color=ink, **place)
    start = 0.0 if part["group"].iloc[0] == COLUMNS[0] else left  # the first column has the names too
    for row, (group, theme) in enumerate(zip(part["group"], part["theme"], strict=True)):
        band(plot, ("share_of_posts", str(group), str(theme)), row, (start, left + step))
    head = (sheet.top - HEAD + 0.1) / sheet.height
    sheet.figure.text((left + NUMBER - 0.2) / WIDTH, head, name, size=SMALL, color=ink)


def _said(rows: pd.DataFrame, theme: str, words: Words) -> str:
    value = rows.loc[rows["theme"] == theme].set_index("group")["value"]
    return ", ".join(f"{words.family(name)} {words.percent(value[name])}" for name in COLUMNS)
