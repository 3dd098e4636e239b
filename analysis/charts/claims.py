"""What posts say of rules against the rules: for each kind of rule the shares that are right, outdated, wrong, or can't be told.

A verdict is on the words, compared with data/law as of the day of the post. What is told of one borrower (a sum owed, days
overdue) is compared with nothing and is not drawn. A post that states two numbers can be in two columns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.marks import band, spot
from analysis.charts.theme import (
    ACCENT,
    GREY,
    INK,
    SECOND,
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
from analysis.measure.claims_rows import TOLD

POSTS, TEXTS = "share_of_verdict", "share_of_verdict_texts"
VERDICTS = ("agrees", "stale", "differs", "disputed_citation", "no_rule")
COLOURS = {"agrees": ACCENT, "stale": SECOND, "differs": SECOND, "disputed_citation": SECOND, "no_rule": GREY}
SHOWN, FEW = 12, 10  # rows; posts from which on a kind of rule may make the title
ROW, HEAD, COUNT, NUMBER = 0.4, 0.42, 0.42, 0.31  # inches
BAR_LANE, DOT_LANE = -0.14, 0.22  # rows


class Column(NamedTuple):
    """One verdict: its name, and its sides in inches."""

    verdict: str
    left: float
    right: float


def claim_numbers(measures: pd.DataFrame, _: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws: the twelve kinds of rule that most posts speak of, with every verdict.

    A verdict that no post of a kind has may have no row: then a dash is drawn. Empty where no post speaks of a rule.
    """
    found = measures.loc[measures["measure"].isin((POSTS, TEXTS)) & (measures["group"].str.count(":") == 1)]
    if found.empty:
        return found
    kind, verdict = found["group"].str.partition(":")[0], found["group"].str.partition(":")[2]
    found = found.assign(kind=kind, verdict=verdict)
    found = found.loc[~found["kind"].isin(["all", *TOLD]) & found["verdict"].isin(VERDICTS)]
    sizes = found.loc[found["measure"] == POSTS].groupby("kind")["denominator"].max().to_dict()
    order = {name: at for at, name in enumerate(sorted(sizes, key=lambda name: (-sizes[name], name))[:SHOWN])}
    found = found.loc[found["kind"].isin(list(order))]
    places = [found["kind"].map(order), found["measure"], found["verdict"].map({v: i for i, v in enumerate(VERDICTS)})]
    keyed = found.assign(a=places[0], b=places[1], c=places[2]).sort_values(["a", "b", "c"], ignore_index=True)
    return keyed.drop(columns=["a", "b", "c", "kind", "verdict"])


def draw_claims(measures: pd.DataFrame, lang: str | Words = "zh") -> Figure:
    """A row a kind of rule, a column a verdict: bars of posts, diamonds of distinct texts, both with intervals."""
    words = speaking(lang)
    rows_of(measures, POSTS)
    rows = claim_numbers(measures)
    rows = rows.assign(kind=rows["group"].str.partition(":")[0], verdict=rows["group"].str.partition(":")[2])
    kinds = [str(kind) for kind in dict.fromkeys(rows["kind"])]
    sizes = rows.loc[rows["measure"] == POSTS].groupby("kind")["denominator"].max()
    heading = _heading(measures, rows, sizes, words)
    with look():
        sheet = page(heading, HEAD + ROW * len(kinds))
        names = [words.quantity(kind) for kind in kinds]
        left = names_width(names)
        step = (WIDTH - left - COUNT) / len(VERDICTS)
        _names(sheet, kinds, sizes, words)  # its marks lie below those of the columns
        for place, verdict in enumerate(VERDICTS):
            part = rows.loc[rows["verdict"] == verdict]
            _column(sheet, part, kinds, Column(verdict, left + place * step, left + (place + 1) * step), words)
        _legend(sheet, left, words)
    facts = "; ".join(f"{words.quantity(kind)} (n={sizes[kind]:,}) {_said(rows, kind, words)}" for kind in kinds[:5])
    sheet.figure.set_label(f"{words.say('claims_alt')}. {heading.title}. {facts}.")
    return sheet.figure


def _heading(measures: pd.DataFrame, rows: pd.DataFrame, sizes: pd.Series, words: Words) -> Heading:
    """The kind of rule that fewest posts get right, of those that ten or more speak of; else the most common kind."""
    known = sizes.loc[sizes >= FEW] if (sizes >= FEW).any() else sizes.nlargest(1)
    right = rows.loc[rows["verdict"].eq(VERDICTS[0]) & rows["kind"].isin(known.index)].set_index(["measure", "kind"])["value"]
    kind = min(known.index, key=lambda name: (right[POSTS, name], -sizes[name], name))
    shares = {"right": words.percent(right[POSTS, kind]), "texts": words.percent(right[TEXTS, kind])}
    key = "claims_title" if (right < 1).any() else "claims_title_all"
    title = words.say(key, kind=words.quantity(str(kind)), n=f"{sizes[kind]:,}", **shares)
    return Heading(title, words.say("claims_subtitle"), footer(measures, words, "line_clusters"))


def _column(sheet: Page, part: pd.DataFrame, kinds: list[str], column: Column, words: Words) -> None:
    colour = COLOURS[column.verdict]
    plot = sheet.axes(column.left + NUMBER, column.right - 0.09, top=HEAD)
    rows_axis(plot, len(kinds))
    plot.set_xlim(0, 1)
    plot.set_xticks([])
    plot.axvline(0, color=INK, linewidth=0.8)
    place: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline", "annotation_clip": False}
    posts, texts = (part.loc[part["measure"] == name].set_index("kind") for name in (POSTS, TEXTS))
    for row, kind in enumerate(kinds):
        if kind not in posts.index:
            plot.annotate("–", (0, row + BAR_LANE), (-4, 0), ha="right", size=SMALL, color=GREY, **place)
            continue
        key = f"{kind}:{column.verdict}"
        value, low, high = numbers_of(posts.loc[[kind]])[0]
        plot.barh(row + BAR_LANE, value, height=0.42, color=colour, alpha=0.5, linewidth=0)
        whisker(plot, row + BAR_LANE, (low, high), INK if value else GREY)
        plot.annotate(number(value), (0, row + BAR_LANE), (-4, 0), ha="right", size=SMALL, color=colour if value else GREY, **place)
        band(plot, (POSTS, key, "all"), row, (column.left, column.right))
        value, low, high = numbers_of(texts.loc[[kind]])[0]
        whisker(plot, row + DOT_LANE, (low, high), GREY)
        plot.plot(value, row + DOT_LANE, "D", color=INK, markerfacecolor="white", markersize=4.5, zorder=5, clip_on=False)
        spot(plot, (TEXTS, key, "all"), value, row + DOT_LANE)
    head = (sheet.top - HEAD + 0.07) / sheet.height
    sheet.figure.text((column.left + NUMBER - 0.02) / WIDTH, head, words.verdict(column.verdict), size=SMALL, color=colour)


def _names(sheet: Page, kinds: list[str], sizes: pd.Series, words: Words) -> None:
    plot = sheet.axes(0.0, WIDTH, top=HEAD)
    rows_axis(plot, len(kinds))
    plot.set_xlim(0, WIDTH)
    plot.set_xticks([])
    plot.patch.set_visible(False)
    for row, kind in enumerate(kinds):
        plot.text(0.12, row, words.quantity(kind), size=TEXT, va="center_baseline")
        plot.text(WIDTH - 0.12, row, f"{sizes[kind]:,}", size=SMALL, color=GREY, ha="right", va="center_baseline")
        band(plot, ("share_claiming", f"quantity:{kind}", "all"), row, (0.0, WIDTH))
    head = (sheet.top - HEAD + 0.07) / sheet.height
    sheet.figure.text((WIDTH - 0.12) / WIDTH, head, words.say("claims_n"), size=SMALL, color=GREY, ha="right")


def _legend(sheet: Page, left: float, words: Words) -> None:
    layer = sheet.axes(0, WIDTH, bottom=sheet.top - sheet.bottom - 0.2)
    layer.set_xlim(0, WIDTH)
    layer.set_ylim(0, 0.2)
    layer.axis("off")
    place: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline", "size": SMALL, "color": INK}
    for x, mark, face, key in ((left + NUMBER, "s", "#b0b0b0", "copies_with"), (left + NUMBER + 1.4, "D", "white", "copies_without")):
        layer.plot(x + 0.05, 0.12, mark, color=INK if mark == "D" else face, markerfacecolor=face, markersize=5.5)
        layer.annotate(words.say(key), (x + 0.05, 0.12), (7, 0), **place)


def _said(rows: pd.DataFrame, kind: str, words: Words) -> str:
    shares = rows.loc[(rows["measure"] == POSTS) & (rows["kind"] == kind) & (rows["value"] > 0)]
    return ", ".join(f"{words.verdict(v)} {words.percent(s)}" for v, s in zip(shares["verdict"], shares["value"], strict=True))
