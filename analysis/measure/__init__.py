"""Tables in, numbers out: every number with its interval, its two counts, and words for what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from analysis.measure.association import given_rows, shares_given, together, together_rows
from analysis.measure.campaigns import Campaigns, campaign_rows, campaigns
from analysis.measure.claims import claims
from analysis.measure.claims_rows import claim_rows, first_days
from analysis.measure.copying import copy_sizes, layer_rows, site_rows, site_shares, size_rows
from analysis.measure.corpus import contact_counts, contradiction_shares, corpus_counts
from analysis.measure.dispersion import term_dispersion, term_dispersion_rows, theme_dispersion, theme_dispersion_rows
from analysis.measure.frequency import theme_shares
from analysis.measure.groups import difference_rows, group_differences, group_rows, group_shares
from analysis.measure.keyness import (
    claim_groups,
    keyness,
    keyness_rows,
    site_groups,
    solicitation_groups,
)
from analysis.measure.order import order_in_posts, order_rows, theme_order
from analysis.measure.sentiment import polarity
from analysis.measure.terms import cut_texts, ranked_terms, term_posts, term_rows
from analysis.measure.ties import ties
from analysis.measure.time import around_events, event_rows, events
from analysis.measure.told import Told, of_layer, told
from analysis.measure.units import Codes, Row, codes_of, measures_frame
from analysis.measure.wording import (
    layer_shares,
    mask_shares,
    mention_rows,
    mention_shares,
    rule_shares,
    title_shares,
)
from analysis.problems import DataProblem, choices
from analysis.tables import FAMILIES, check

__all__ = [
    "Campaigns",
    "Codes",
    "around_events",
    "campaigns",
    "claim_groups",
    "claim_rows",
    "claims",
    "codes_of",
    "contact_counts",
    "contradiction_shares",
    "copy_sizes",
    "corpus_counts",
    "first_days",
    "group_differences",
    "group_shares",
    "keyness",
    "layer_shares",
    "mask_shares",
    "measure",
    "mention_shares",
    "order_in_posts",
    "polarity",
    "ranked_terms",
    "rule_shares",
    "shares_given",
    "site_groups",
    "site_shares",
    "solicitation_groups",
    "term_dispersion",
    "term_posts",
    "theme_dispersion",
    "theme_order",
    "theme_shares",
    "ties",
    "title_shares",
    "together",
    "told",
]


def term_measures(posts: pd.DataFrame, blocks: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Ranked terms, their dispersion, and words key to solicitation, from texts that are cut once."""
    cut = cut_texts(posts, blocks, codes)
    rows = [*term_rows(cut), *term_dispersion_rows(cut), *keyness_rows(cut, solicitation_groups(posts))]
    return measures_frame(rows, codes.version)


Extra = Callable[[pd.DataFrame, pd.DataFrame, Codes], pd.DataFrame]
_EXTRAS: dict[str, Extra] = {
    "blocks": term_measures,
    "contacts": contact_counts,
    "contradictions": contradiction_shares,
    "claims": claim_rows,
}
_WITH_MENTIONS = ("ties", "sentences")
# From what the posts tell, read once.
_FROM_TOLD: tuple[Callable[[Told], Iterable[Row]], ...] = (
    site_rows,
    group_rows,
    difference_rows,
    together_rows,
    given_rows,
    order_rows,
    mention_rows,
    theme_dispersion_rows,
)


def measure(
    posts: pd.DataFrame,
    mentions: pd.DataFrame,
    dropped: pd.DataFrame,
    codes: Codes,
    extras: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """The table `measures`: what the corpus is, how often each theme is spoken of, what it means for the borrower.

    `extras` are the tables `blocks` (ranked terms), `contacts`, `contradictions`, `claims` and `ties` (campaigns); what is
    not given is not measured. Of `posts`, the text is wanted for `term_posts` alone where a column `n_text` has the length
    of each; `mentions` may do without their sentences where `sentences` has them for posts that tell how long a debt is overdue.
    The totals are checked before anything is returned.

    >>> from analysis.tables import TABLES
    >>> found = measure(*(TABLES[name].empty() for name in ("posts", "mentions", "dropped")), Codes(("threats",), "1"))
    >>> found.loc[found["measure"] == "share_of_posts", "method"].unique().tolist()
    ['no interval: no unit to measure on']
    """
    extras = extras or {}
    known = (*_EXTRAS, *_WITH_MENTIONS)
    unknown = [name for name in extras if name not in known]
    if unknown:
        raise DataProblem(f"measure: table {unknown[0]!r} has no measures. {choices('Extra tables', known)}")
    both = sorted(set(posts["raw_id"]) & set(dropped["raw_id"]))
    if both:
        raise DataProblem(
            f"record {both[0]} is both kept and dropped, {len(both)} in all. Run the stage `clean` again."
        )
    parts = [
        corpus_counts(posts, dropped, codes),
        theme_shares(posts, mentions, codes),
        polarity(posts, mentions, codes),
        measures_frame(_of_told(posts, mentions, codes), codes.version),
        *(make(posts, extras[name], codes) for name, make in _EXTRAS.items() if name in extras),
    ]
    if "claims" in extras:
        parts.append(first_days(posts, extras["claims"], extras.get("sentences", mentions), codes))
    if "ties" in extras:
        parts.append(campaign_rows(posts, campaigns(posts, extras["ties"], mentions), codes))
    measures = pd.concat(parts, ignore_index=True)
    check_totals(measures)
    return check("measures", measures)


def _of_told(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes) -> list[Row]:
    read = told(posts, mentions, codes)
    rows = [*size_rows(read.clusters), *event_rows(read, events())]
    for make in _FROM_TOLD:
        rows += make(read)
    for layer in ("ad", "comment"):
        rows += layer_rows(of_layer(read, layer), layer)
    return rows


def check_totals(measures: pd.DataFrame) -> None:
    """Stops with a DataProblem where counts that must add up do not, or a number has neither interval nor reason.

    Kept and dropped make up what was read, reasons and classes their totals. For each theme, claimed and unclaimed
    posts make up all that speak of it, and the mentions of the status families all mentions.
    """
    n = measures.set_index(["measure", "group", "theme"])["n"]
    sums = [(("n_raw", "all", "all"), n["n_kept", "all", "all"] + n["n_dropped", "all", "all"])]
    for name in ("n_dropped", "n_off_topic", "n_posts_of_genre", "n_posts_of_month"):
        part = measures.loc[(measures["measure"] == name) & (measures["group"] != "all"), "n"]
        sums.append(((name, "all", "all"), part.sum()))
    for theme in measures.loc[measures["measure"] == "mentions", "theme"].unique():
        by_status = measures["measure"].eq("share_of_mentions") & measures["group"].str.startswith("status:")
        sums.append((("mentions", "all", theme), measures.loc[by_status & measures["theme"].eq(theme), "n"].sum()))
        sums.append((("mentions", "all", theme), sum(n["mentions", family, theme] for family in FAMILIES)))
        for name in ("share_of_posts", "share_of_posts_ad", "share_of_posts_comment"):
            sums.append(((name, "all", theme), n[name, "claimed", theme] + n[name, "unclaimed", theme]))
    for key, total in sums:
        if n[key] != total:
            raise DataProblem(
                f"measures, {' '.join(key)}: {n[key]}, but its parts add up to {total}. Please report this."
            )
    silent = measures["low"].isna() & ~measures["method"].str.contains(r"\bno (?:interval|value|ratio)\b")
    if silent.any():
        row = measures.loc[silent].iloc[0]
        raise DataProblem(
            f"measures, {row['measure']} {row['group']} {row['theme']}: no interval and no reason for it."
        )
