"""Measures in, figures out: one function a figure, one way to save it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.browse import browser
from analysis.charts.campaigns import campaign_numbers, draw_campaigns
from analysis.charts.claims import claim_numbers, draw_claims
from analysis.charts.copies import copies_rows, draw_copies
from analysis.charts.marks import Mark
from analysis.charts.months import draw_months, largest_swing, month_rows
from analysis.charts.naming import of_run
from analysis.charts.picker import Picker
from analysis.charts.save import Saved, save
from analysis.charts.sentiment import draw_sentiment, sentiment_rows
from analysis.charts.shares import draw_shares, share_rows
from analysis.charts.terms import draw_terms, term_rows
from analysis.charts.together import draw_together, together_rows
from analysis.charts.tone import draw_tone, tone_rows
from analysis.charts.validation import draw_validation, validation_rows, with_simulated
from analysis.charts.view import view
from analysis.charts.wording import Words, speaking
from analysis.problems import DataProblem
from analysis.tables import CONTENT_LAYERS

__all__ = [
    "Mark",
    "Picker",
    "Saved",
    "Words",
    "browser",
    "campaign_numbers",
    "claim_numbers",
    "copies_rows",
    "draw_all",
    "draw_campaigns",
    "draw_claims",
    "draw_copies",
    "draw_months",
    "draw_sentiment",
    "draw_shares",
    "draw_terms",
    "draw_these",
    "draw_together",
    "draw_tone",
    "draw_validation",
    "largest_swing",
    "month_rows",
    "of_run",
    "same_run",
    "save",
    "sentiment_rows",
    "share_rows",
    "term_rows",
    "together_rows",
    "tone_rows",
    "validation_rows",
    "view",
    "with_simulated",
]

Rows = Callable[[pd.DataFrame, str | Words], pd.DataFrame]
FIGURES: dict[str, tuple[str, Callable[..., Figure], Rows]] = {
    "1-themes": ("share_of_posts", draw_shares, share_rows),
    "2-copies": ("copies_ratio", draw_copies, copies_rows),
    "3-sentiment": ("polarity_median", draw_sentiment, sentiment_rows),
    "4-terms": ("term_share", draw_terms, term_rows),
    "5-tone": ("tone_share", draw_tone, tone_rows),
    "6-together": ("log_odds_together", draw_together, together_rows),
    "7-months": ("share_in_group", draw_months, month_rows),
    "8-campaigns": ("campaign_n_posts", draw_campaigns, campaign_numbers),
    "9-validation": ("prevalence_ppi", draw_validation, validation_rows),
    "10-claims": ("share_of_verdict", draw_claims, claim_numbers),
}


Figures = Mapping[str, tuple[str, Callable[..., Figure], Rows]]


def draw_all(
    measures: pd.DataFrame, mentions: pd.DataFrame, posts: pd.DataFrame, folder: Path, lang: str | Words = "zh"
) -> list[Saved]:
    """Every figure that the measures hold a number for, saved in the folder under its own name.

    A figure whose rows come out empty is left out: too few months, no pair of themes, no campaign.
    `mentions` and `posts` are not drawn: they prove that the measures were made from them, since a figure's number must
    open its quotes. Measures of other tables are refused.
    """
    same_run(measures, mentions, posts)
    return draw_these(FIGURES, measures, folder, lang)


def draw_these(figures: Figures, measures: pd.DataFrame, folder: Path, lang: str | Words = "zh") -> list[Saved]:
    """Those figures, as far as the measures hold numbers for them; `figures` has the form of `FIGURES`."""
    words, saved = speaking(lang), []
    for stem, (name, draw, rows) in figures.items():
        if measures.loc[measures["measure"] == name, "value"].notna().any():
            drawn = rows(measures, words)
            if len(drawn):
                saved.append(save(draw(measures, words), drawn, stem, folder))
    return saved


def same_run(measures: pd.DataFrame, mentions: pd.DataFrame, posts: pd.DataFrame) -> None:
    """Stops where the measures were made from other posts or mentions than these."""
    n = measures.loc[measures["theme"] == "all"].set_index(["measure", "group"])["n"]
    on_topic = set(posts.loc[posts["on_topic"].to_numpy(dtype=bool), "post_id"])
    content = mentions.loc[mentions["post_id"].isin(on_topic) & mentions["layer"].isin(CONTENT_LAYERS)]
    for what, key, there in (("on-topic posts", "n_on_topic", len(on_topic)), ("mentions", "mentions", len(content))):
        if n[key, "all"] != there:
            raise DataProblem(
                f"measures: made from {n[key, 'all']} {what}, but there are {there}. Run `measure` again."
            )
