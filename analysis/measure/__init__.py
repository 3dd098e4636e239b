"""Tables in, numbers out: every number with its interval, its two counts, and words for what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.measure.corpus import contact_counts, contradiction_shares, corpus_counts
from analysis.measure.frequency import theme_shares
from analysis.measure.sentiment import polarity
from analysis.measure.terms import ranked_terms
from analysis.measure.units import Codes, codes_of
from analysis.problems import DataProblem, choices
from analysis.tables import FAMILIES, check

__all__ = [
    "Codes",
    "codes_of",
    "contact_counts",
    "contradiction_shares",
    "corpus_counts",
    "measure",
    "polarity",
    "ranked_terms",
    "theme_shares",
]

Extra = Callable[[pd.DataFrame, pd.DataFrame, Codes], pd.DataFrame]
_EXTRAS: dict[str, Extra] = {
    "blocks": ranked_terms,
    "contacts": contact_counts,
    "contradictions": contradiction_shares,
}


def measure(
    posts: pd.DataFrame,
    mentions: pd.DataFrame,
    dropped: pd.DataFrame,
    codes: Codes,
    extras: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """The table `measures`: what the corpus is, how often each theme is spoken of, what it means for the borrower.

    `extras` are the tables `blocks` (ranked terms), `contacts` and `contradictions`; what is not given is not measured.
    The totals are checked before anything is returned.

    >>> from analysis.tables import TABLES
    >>> found = measure(*(TABLES[name].empty() for name in ("posts", "mentions", "dropped")), Codes(("threats",), "1"))
    >>> found.loc[found["measure"] == "share_of_posts", "method"].unique().tolist()
    ['no interval: no unit to measure on']
    """
    extras = extras or {}
    unknown = [name for name in extras if name not in _EXTRAS]
    if unknown:
        raise DataProblem(f"measure: table {unknown[0]!r} has no measures. {choices('Extra tables', _EXTRAS)}")
    both = sorted(set(posts["raw_id"]) & set(dropped["raw_id"]))
    if both:
        raise DataProblem(
            f"record {both[0]} is both kept and dropped, {len(both)} in all. Run the stage `clean` again."
        )
    parts = [
        corpus_counts(posts, dropped, codes),
        theme_shares(posts, mentions, codes),
        polarity(posts, mentions, codes),
        *(make(posts, extras[name], codes) for name, make in _EXTRAS.items() if name in extras),
    ]
    measures = pd.concat(parts, ignore_index=True)
    check_totals(measures)
    return check("measures", measures)


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
