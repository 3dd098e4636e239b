"""In what tone posts are written: bars of all posts with intervals, and the same counted in distinct texts."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.marks import band
from analysis.charts.theme import ACCENT, GREY, INK, SMALL, TEXT, WIDTH, Heading, look, page, rows_axis, whisker
from analysis.charts.wording import Words, footer, names_width, number, numbers_of, rows_of, speaking

POSTS, TEXTS = "tone_share", "tone_share_of_texts"
STYLES = {POSTS: (ACCENT, 0.55), TEXTS: (INK, 0.25)}  # colour and its share of the bar; the rest is white
ROW, HEAD, NUMBERS = 0.42, 0.3, 0.95  # inches
NONE = "tone:none"


def tone_rows(measures: pd.DataFrame, _: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws: both shares of each tone, the most common first. Empty where no post has a tone."""
    found = rows_of(measures, POSTS, TEXTS)
    share = found.loc[found["measure"] == POSTS].set_index("group")["value"].to_dict()
    order = sorted(share, key=lambda group: (group == NONE, -share[group], group))
    found = found.loc[found["group"].isin([group for group in order if share[group] > 0 and group != NONE])]
    place = found["group"].map({group: at for at, group in enumerate(order)})
    return found.assign(place=place).sort_values(["place", "measure"], ignore_index=True).drop(columns="place")


def draw_tone(measures: pd.DataFrame, lang: str | Words = "zh") -> Figure:
    """Two bars a tone, one of posts and one of distinct texts, each with its interval."""
    words = speaking(lang)
    rows = tone_rows(measures)
    tones = list(dict.fromkeys(rows["group"]))
    heading = _heading(measures, rows, words)
    with look():
        sheet = page(heading, HEAD + ROW * len(tones))
        names = [words.tone(group) for group in tones]
        plot = sheet.axes(names_width(names), WIDTH - NUMBERS, top=HEAD)
        rows_axis(plot, len(tones))
        plot.set_xticks([])
        plot.set_xlim(0, float(rows[["value", "high"]].max().max()) or 1.0)
        plot.axvline(0, color=INK, linewidth=0.8)
        place: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline", "annotation_clip": False}
        for row, name in enumerate(names):
            plot.annotate(name, (0, row), (-7, 0), ha="right", size=TEXT, **place)
        for measure, lane, column in ((POSTS, -0.19, 32), (TEXTS, 0.19, 62)):
            style = STYLES[measure]
            _bars(plot, rows.loc[rows["measure"] == measure], (lane, column), style)
            at = (plot.get_xlim()[1] * (0.03 if measure == POSTS else 0.5), -0.5)
            plot.annotate("■", at, (0, 8), color=style[0], alpha=style[1], size=TEXT, **place)
            name = words.say("copies_with" if measure == POSTS else "copies_without")
            plot.annotate(name, at, (14, 8), color=style[0], size=TEXT, **place)
    posts = rows.loc[rows["measure"] == POSTS, "value"].tolist()
    facts = "; ".join(f"{name} {words.percent(share)}" for name, share in zip(names, posts, strict=True))
    sheet.figure.set_label(f"{words.say('tone_alt')}. {heading.title}. {facts}.")
    return sheet.figure


def _heading(measures: pd.DataFrame, rows: pd.DataFrame, words: Words) -> Heading:
    value = rows.set_index(["group", "measure"])["value"]
    first = rows["group"].iloc[0]
    shares = {"posts": words.percent(value[first, POSTS]), "texts": words.percent(value[first, TEXTS])}
    title = words.say("tone_title", tone=words.tone(first), **shares)
    n = {name: f"{rows.loc[rows['measure'] == key, 'denominator'].iloc[0]:,}" for name, key in (("posts", POSTS), ("texts", TEXTS))}
    return Heading(title, words.say("tone_subtitle", **n), footer(measures, words, "line_clusters"))


def _bars(plot: Axes, rows: pd.DataFrame, where: tuple[float, int], style: tuple[str, float]) -> None:
    (lane, column), (colour, alpha) = where, style
    for row, (value, low, high) in enumerate(numbers_of(rows)):
        plot.barh(row + lane, value, height=0.32, color=colour, alpha=alpha, linewidth=0)
        whisker(plot, row + lane, (low, high), colour if colour == INK else GREY)
        place: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline", "annotation_clip": False}
        plot.annotate(number(value), (plot.get_xlim()[1], row), (column, 0), ha="right", size=SMALL, color=colour, **place)
        key = (str(rows["measure"].iloc[row]), str(rows["group"].iloc[row]), "all")
        band(plot, key, row + math.copysign(0.25, lane), (0.0, WIDTH), 0.5)
