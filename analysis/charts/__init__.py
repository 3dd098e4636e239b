"""Measures in, figures out: one function a figure, one way to save it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.copies import copies_rows, draw_copies
from analysis.charts.save import Saved, save
from analysis.charts.sentiment import draw_sentiment, sentiment_rows
from analysis.charts.shares import draw_shares, share_rows
from analysis.charts.terms import draw_terms, term_rows
from analysis.problems import DataProblem
from analysis.tables import CONTENT_LAYERS

__all__ = [
    "Saved",
    "copies_rows",
    "draw_all",
    "draw_copies",
    "draw_sentiment",
    "draw_shares",
    "draw_terms",
    "save",
    "sentiment_rows",
    "share_rows",
    "term_rows",
]

Rows = Callable[[pd.DataFrame], pd.DataFrame]
FIGURES: dict[str, tuple[str, Callable[..., Figure], Rows]] = {
    "1-themes": ("share_of_posts", draw_shares, share_rows),
    "2-copies": ("copies_ratio", draw_copies, copies_rows),
    "3-sentiment": ("polarity_median", draw_sentiment, sentiment_rows),
    "4-terms": ("term_share", draw_terms, term_rows),
}


def draw_all(
    measures: pd.DataFrame, mentions: pd.DataFrame, posts: pd.DataFrame, folder: Path, lang: str = "zh"
) -> list[Saved]:
    """Every figure that the measures hold a number for, saved in the folder under its own name.

    `mentions` and `posts` are not drawn: they prove that the measures were made from them, since a figure's number must
    open its quotes. Measures of other tables are refused.
    """
    n = measures.loc[measures["theme"] == "all"].set_index(["measure", "group"])["n"]
    on_topic = set(posts.loc[posts["on_topic"].to_numpy(dtype=bool), "post_id"])
    content = mentions.loc[mentions["post_id"].isin(on_topic) & mentions["layer"].isin(CONTENT_LAYERS)]
    for what, key, there in (("on-topic posts", "n_on_topic", len(on_topic)), ("mentions", "mentions", len(content))):
        if n[key, "all"] != there:
            raise DataProblem(
                f"measures: made from {n[key, 'all']} {what}, but there are {there}. Run `measure` again."
            )
    saved = []
    for stem, (name, draw, rows) in FIGURES.items():
        if measures.loc[measures["measure"] == name, "value"].notna().any():
            saved.append(save(draw(measures, lang), rows(measures), stem, folder))
    return saved
