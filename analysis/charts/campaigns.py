"""Who posts together: the largest campaigns by posts, texts and sites, and what ties the posts of each."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.marks import band, cell, spot
from analysis.charts.theme import (
    ACCENT,
    EDGE,
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
)
from analysis.charts.wording import Words, footer, rows_of, speaking

COUNTS = {"campaign_n_posts": "campaigns_posts", "campaign_n_texts": "campaigns_texts", "campaign_n_sites": "campaigns_sites"}
WHOLE = ("n_campaigns", "share_in_campaign")
SHOWN, DRAWN, MOST_POSTS = 12, 9, 40
ROW, HEAD, NAMES, BARS_END = 0.3, 0.34, 0.56, 3.2  # inches
EDGES = "#b5b5b5"
_PLACE: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline", "annotation_clip": False}


def campaign_numbers(measures: pd.DataFrame, _: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws: how many campaigns there are, and the largest twelve. Empty where there is none."""
    found = measures.loc[measures["measure"].isin(COUNTS)]
    sizes = found.loc[found["measure"] == "campaign_n_posts"].set_index("group")["n"].to_dict()
    order = sorted(sizes, key=lambda group: (-sizes[group], group))[:SHOWN]
    place = {group: at for at, group in enumerate(order)}
    found = found.loc[found["group"].isin(order)]
    found = found.assign(place=found["group"].map(place)).sort_values(["place", "measure"], kind="stable").drop(columns="place")
    return pd.concat([measures.loc[measures["measure"].isin(WHOLE)], found], ignore_index=True) if order else found


def draw_campaigns(measures: pd.DataFrame, lang: str | Words = "zh", ties: pd.DataFrame | None = None) -> Figure:
    """A bar of posts a campaign, its distinct texts and sites as marks; with `ties` the nine largest as networks."""
    words = speaking(lang)
    rows_of(measures, "campaign_n_posts")
    rows = campaign_numbers(measures)
    counts = {name: rows.loc[rows["measure"] == name].set_index("group")["n"] for name in COUNTS}
    groups = [str(group) for group in counts["campaign_n_posts"].index]
    heading = _heading(measures, counts, words, ties is not None)
    right = WIDTH - 0.4 if ties is None else BARS_END
    with look():
        sheet = page(heading, HEAD + ROW * max(len(groups), 8 if ties is not None else 1))
        plot = sheet.axes(NAMES, right, bottom=sheet.top - sheet.bottom - HEAD - ROW * len(groups), top=HEAD)
        rows_axis(plot, len(groups))
        plot.set_xticks([])
        plot.set_xlim(0, float(counts["campaign_n_posts"].max()))
        _bars(plot, [counts[name].tolist() for name in COUNTS])
        for row, group in enumerate(groups):
            band(plot, ("campaign_n_posts", group, "all"), row, (0.0, right))
            for name in list(COUNTS)[1:]:
                spot(plot, (name, group, "all"), float(counts[name][group]), row)
        _legend(sheet, words)
        if ties is not None:
            _networks(sheet, ties, [group.removeprefix("campaign:") for group in groups[:DRAWN]])
    said = "; ".join(f"{at}: {_said(counts, group, words)}" for at, group in enumerate(groups[:5], 1))
    sheet.figure.set_label(f"{words.say('campaigns_alt')}. {heading.title}. {said}.")
    return sheet.figure


def _heading(measures: pd.DataFrame, counts: dict[str, pd.Series], words: Words, network: bool) -> Heading:
    first = counts["campaign_n_posts"].index[0]
    sizes = {"posts": f"{counts['campaign_n_posts'][first]:,}", "sites": f"{counts['campaign_n_sites'][first]:,}"}
    whole = measures.loc[measures["measure"].isin(WHOLE)].set_index("measure")
    said = {"n": f"{whole['n'][WHOLE[0]]:,}", "share": words.percent(whole["value"][WHOLE[1]])}
    subtitle = words.say("campaigns_subtitle", shown=str(len(counts["campaign_n_posts"])), **said)
    if network:
        subtitle += (" " if words.lang == "en" else "") + words.say("campaigns_network", most=str(MOST_POSTS))
    return Heading(words.say("campaigns_title", **sizes), subtitle, footer(measures, words, "line_none"))


def _said(counts: dict[str, pd.Series], group: str, words: Words) -> str:
    return ", ".join(f"{words.say(key)} {counts[name][group]:,}" for name, key in COUNTS.items())


def _bars(plot: Axes, counts: list[list[int]]) -> None:
    posts, texts, sites = counts
    plot.barh(range(len(posts)), posts, height=0.6, color=GREY, alpha=0.4, linewidth=0)
    plot.axvline(0, color=INK, linewidth=0.8)
    plot.plot(texts, range(len(texts)), "D", color=INK, markerfacecolor="white", markersize=6, zorder=4, clip_on=False)
    plot.plot(sites, range(len(sites)), "o", color=ACCENT, markersize=5, zorder=5, clip_on=False)
    for row, n in enumerate(posts):
        plot.annotate(str(row + 1), (0, row), (-24, 0), ha="right", size=TEXT, **_PLACE)
        plot.annotate(f"{n:,}", (0, row), (-4, 0), ha="right", size=SMALL, color=GREY, **_PLACE)


def _legend(sheet: Page, words: Words) -> None:
    layer = sheet.axes(0, WIDTH, bottom=sheet.top - sheet.bottom - HEAD)
    layer.set_xlim(0, WIDTH)
    layer.set_ylim(0, HEAD)
    layer.axis("off")
    marks = (("s", GREY, "#c4c4c4"), ("D", INK, "white"), ("o", ACCENT, ACCENT))
    for left, (key, (mark, colour, face)) in zip((NAMES, NAMES + 0.72, NAMES + 2.0), zip(COUNTS.values(), marks, strict=True), strict=True):
        layer.plot(left + 0.06, 0.2, mark, color=colour, markerfacecolor=face, markersize=6.5)
        layer.annotate(words.say(key), (left + 0.06, 0.2), (8, 0), size=SMALL, color=colour, **_PLACE)


def _networks(sheet: Page, ties: pd.DataFrame, names: list[str]) -> None:
    """A small network for each of the largest campaigns, numbered as in the ranking."""
    left, across = BARS_END + 0.15, 3
    room = sheet.top - sheet.bottom - HEAD
    step, lines = (WIDTH - EDGE - left) / across, math.ceil(len(names) / across)
    height = min(room / lines, step + 0.2)
    for place, name in enumerate(names):
        x, top = left + place % across * step, HEAD + place // across * height
        plot = sheet.axes(x, x + step - 0.04, bottom=room + HEAD - top - height + 0.1, top=top)
        plot.set_xlim(-1.3, 1.3)
        plot.set_ylim(-1.3, 1.3)
        plot.set_aspect("equal")
        plot.set_xticks([])
        plot.set_yticks([])
        plot.annotate(str(place + 1), (0, 1), (0, -6), xycoords="axes fraction", size=TEXT, **_PLACE)
        cell(plot, ("campaign_n_posts", f"campaign:{name}", "all"), (-1.3, 1.3), (-1.3, 1.3))
        _network(plot, ties.loc[(ties["campaign_id"] == name) & ~ties["is_shared"].astype(bool)])


def _network(plot: Axes, ties: pd.DataFrame) -> None:
    """Posts on a circle, keys that two or more of them share inside it: places by order, so that they never move."""
    posts = sorted(ties["post_id"].unique())[:MOST_POSTS]
    ties = ties.loc[ties["post_id"].isin(posts)].drop_duplicates(["post_id", "key"])
    shared = ties.groupby("key")["post_id"].nunique()
    ties = ties.loc[ties["key"].isin(shared[shared > 1].index)]
    around = {post: (math.sin(2 * math.pi * i / len(posts)), math.cos(2 * math.pi * i / len(posts))) for i, post in enumerate(posts)}
    keys = list(dict.fromkeys(ties.sort_values(["kind", "key"])["key"]))
    inside = {}
    for i, key in enumerate(keys):
        radius, turn = (0.0 if len(keys) == 1 else 0.45), 2 * math.pi * (i + 0.5) / len(keys)
        inside[key] = (radius * math.sin(turn), radius * math.cos(turn))
    for post, key in zip(ties["post_id"], ties["key"], strict=True):
        plot.plot(*zip(around[post], inside[key], strict=True), color=EDGES, linewidth=0.9, zorder=1)
    x, y = zip(*around.values(), strict=True)
    plot.scatter(x, y, s=11, color=INK, linewidth=0, zorder=3)
    for kind, mark, colour in (("contact", "s", ACCENT), ("strapline", "^", SECOND), ("template", "v", GREY)):
        here = [inside[key] for key in keys if key.startswith(f"{kind}:")]
        if here:
            x, y = zip(*here, strict=True)
            plot.scatter(x, y, s=26, marker=mark, color=colour, linewidth=0, zorder=4)
