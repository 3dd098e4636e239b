"""The words that most distinct texts use, ranked with intervals, and beside them the same words as a cloud."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D
from wordcloud.wordcloud import IntegralOccupancyMap

from analysis.charts.marks import band, cell
from analysis.charts.theme import (
    ACCENT,
    GREY,
    INK,
    SMALL,
    TEXT,
    WIDTH,
    Heading,
    font_path,
    look,
    page,
    rows_axis,
    whisker,
)
from analysis.charts.wording import Words, footer, number, numbers_of, rows_of, speaking

BARS, CLOUD_WORDS = 18, 60
ROW, NAMES, BAR_END = 0.28, 0.95, 2.95  # inches
SEEDS = range(8)
PIXELS = 60  # to an inch, for the packing of the cloud; what is drawn are outlines
LARGEST, GAP = 40, 5  # points of the largest word; pixels between two words


def term_rows(measures: pd.DataFrame, _: str | Words = "zh") -> pd.DataFrame:
    """The rows that the figure draws, most texts first: the first 18 as bars, the first 60 in the cloud."""
    found = rows_of(measures, "term_share")
    return found.sort_values(["value", "group"], ascending=[False, True], ignore_index=True).head(CLOUD_WORDS)


def draw_terms(measures: pd.DataFrame, lang: str | Words = "zh") -> Figure:
    """Ranked terms with intervals, and a word cloud of the same shares."""
    words = speaking(lang)
    rows = term_rows(measures)
    terms = rows["group"].str.removeprefix("term:")
    first = words.percent(rows["value"].iloc[0])
    heading = Heading(
        words.say("terms_title", term=terms.iloc[0], share=first),
        words.say("terms_subtitle", texts=f"{rows['denominator'].iloc[0]:,}"),
        footer(measures, words, "line_interval"),
    )
    n_bars = min(BARS, len(rows))
    with look():
        sheet = page(heading, ROW * max(n_bars, 8))
        plot = sheet.axes(NAMES, BAR_END)
        rows_axis(plot, max(n_bars, 8))
        _bars(plot, rows.head(n_bars), list(terms))
        cloud = sheet.axes(BAR_END + 0.15, WIDTH - 0.12)
        draw_cloud(
            cloud, dict(zip(terms, rows["value"], strict=True)), (WIDTH - BAR_END - 0.27, sheet.top - sheet.bottom)
        )
    facts = "; ".join(f"{term} {words.percent(share)}" for term, share in zip(terms[:10], rows["value"], strict=False))
    sheet.figure.set_label(f"{words.say('terms_alt')}. {heading.title}. {facts}.")
    return sheet.figure


def _bars(plot: Axes, rows: pd.DataFrame, terms: list[str]) -> None:
    plot.set_xlim(0, float(rows["high"].max()))
    plot.set_xticks([])
    plot.axvline(0, color=INK, linewidth=0.8)
    plot.barh(rows.index, rows["value"], height=0.6, color=[ACCENT] + [GREY] * (len(rows) - 1), alpha=0.45, linewidth=0)
    place: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline"}
    for row, (value, low, high) in enumerate(numbers_of(rows)):
        whisker(plot, row, (low, high))
        plot.annotate(terms[row], (0, row), (-7, 0), ha="right", size=TEXT, **place)
        plot.annotate(number(value), (0, row), (4, 0), ha="left", size=SMALL, zorder=5, **place)
        band(plot, ("term_share", f"term:{terms[row]}", "all"), row, (0.0, BAR_END))


def draw_cloud(plot: Axes, shares: Mapping[str, float], size: tuple[float, float]) -> None:
    """The words packed into `size` inches, as outlines of the one font; the same shares give the same places."""
    width, height = (round(PIXELS * side) for side in size)
    plot.set_xlim(0, width)
    plot.set_ylim(height, 0)
    plot.axis("off")
    font = FontProperties(fname=str(font_path()))
    for order, word in enumerate(pack(shares, (width, height))):
        outline = TextPath((0, 0), word.text, size=word.size, prop=font)
        box = outline.get_extents()
        moved = outline.transformed(Affine2D().scale(1, -1).translate(word.left - box.x0, word.top + box.y1))
        plot.add_patch(PathPatch(moved, facecolor=ACCENT if order < 3 else GREY, linewidth=0))
        right, low = word.left + box.width, word.top + box.height
        cell(plot, ("term_share", f"term:{word.text}", "all"), (word.left - 2, right + 2), (low + 2, word.top - 2))


class Word(NamedTuple):
    """A word in the cloud: its type size and the upper left corner of its ink, in pixels from the upper left."""

    text: str
    size: float
    left: int
    top: int


def pack(shares: Mapping[str, float], room: tuple[int, int]) -> list[Word]:
    """Places for the words, type size in proportion to their share, as large as lets all fit; the smallest are dropped.

    Only the package's packing is used: what it draws, it draws lower than the box it has found free, so that words of
    this font stand over each other and past the edge.

    >>> [word.text for word in pack({"催收": 0.9, "逾期": 0.6}, (300, 300))]  # collection, overdue
    ['催收', '逾期']
    """
    largest = max(shares.values())
    font = FontProperties(fname=str(font_path()))
    boxes = {word: TextPath((0, 0), word, size=1, prop=font).get_extents().size for word in shares}
    top = PIXELS * LARGEST / 72
    while True:
        sizes = {word: top * share / largest for word, share in shares.items()}
        shown = {word: (size, *boxes[word]) for word, size in sizes.items() if size >= PIXELS * SMALL / 72}
        for seed in SEEDS:
            placed = _try(shown, room, random.Random(seed))  # noqa: S311 - places of words, no secret
            if len(placed) == len(shown):
                return placed
        top *= 0.93


def _try(words: Mapping[str, tuple[float, float, float]], room: tuple[int, int], dice: random.Random) -> list[Word]:
    free = IntegralOccupancyMap(room[1], room[0], None)
    taken = np.zeros((room[1], room[0]), dtype=np.int64)
    placed: list[Word] = []
    for word, (size, width, height) in words.items():
        wide, tall = math.ceil(size * width) + GAP, math.ceil(size * height) + GAP
        found = free.sample_position(tall, wide, dice)
        if found is None:
            return placed
        y, x = found
        taken[y : y + tall, x : x + wide] = 1
        free.update(taken, y, x)
        placed.append(Word(word, size, x + GAP // 2, y + GAP // 2))
    return placed
