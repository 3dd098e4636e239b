"""What the corpus is made of: what was read, kept and dropped, where from, when, how much advert and how much copy.

These numbers stand in front of every other (codebook 8, reporting duties): they say what a share is a share of.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.measure.intervals import Array, Estimate, clustered_share, copies_ratio, count, wilson
from analysis.measure.units import ALL, Codes, Row, Sample, measures_frame, sample

ABSOLUTE = ("second", "minute", "hour", "day", "month")  # a date that names its month by itself
UNKNOWN = "unknown"


def corpus_counts(posts: pd.DataFrame, dropped: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """The rows of `measures` that describe the corpus; every group is listed, and each list adds up to its `all`.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": "a", "on_topic": False, "off_topic_class": "fiction", "n_chars": 9}])
    >>> dropped = TABLES["dropped"].frame([{"raw_id": "b", "step": "clean", "reason": "no_text"}])
    >>> found = corpus_counts(posts, dropped, Codes((), "1")).set_index(["measure", "group"])["value"]
    >>> found["n_raw"]["all"], found["n_dropped"]["reason:no_text"], found["n_off_topic"]["class:fiction"]
    (np.float64(2.0), np.float64(1.0), np.float64(1.0))
    """
    found = sample(posts)
    rows = [*_flow(posts, dropped), *_make_up(found), *_shares(found)]
    return measures_frame(rows, codes.version)


def contact_counts(posts: pd.DataFrame, contacts: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows on contact ids in on-topic posts: how many different ones, and the share of posts that carry one."""
    found = sample(posts)
    here = contacts.loc[contacts["post_id"].isin(found.posts["post_id"])]
    ids = count(here["value_key"].nunique(), len(here))
    has = found.posts["post_id"].isin(here["post_id"]).to_numpy(dtype=bool)
    share = clustered_share(has, found.family)
    rows = [
        Row("n_contact_ids", ALL, ALL, ids, "Different contact ids in on-topic posts", "count"),
        Row("share_with_contact", ALL, ALL, share, "Share of on-topic posts with a contact id", "share"),
        *without_copies("{}_with_contact", ALL, has, found, "with a contact id"),
    ]
    return measures_frame(rows, codes.version)


def contradiction_shares(posts: pd.DataFrame, contradictions: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows on the share of on-topic posts that both claim and deny a theme: each theme, and any (codebook 5.3)."""
    found = sample(posts)
    rows = []
    for theme in (ALL, *codes.themes):
        here = contradictions if theme == ALL else contradictions.loc[contradictions["theme"] == theme]
        has = found.posts["post_id"].isin(here["post_id"]).to_numpy(dtype=bool)
        words = f"Share of on-topic posts that claim and deny {'one and the same theme' if theme == ALL else theme}"
        rows.append(Row("share_contradictory", ALL, theme, clustered_share(has, found.family), words, "share"))
        rows += without_copies("{}_contradictory", theme, has, found, f"that claim and deny {theme}")
    return measures_frame(rows, codes.version)


def without_copies(name: str, theme: str, has: Array, found: Sample, words: str) -> Iterator[Row]:
    """Beside a share of posts: that of distinct texts (`share…_texts`), and the ratio of the two (`copies_ratio…`)."""
    texts = wilson(int(np.count_nonzero(has & found.first)), int(np.count_nonzero(found.first)))
    yield Row(name.format("share") + "_texts", ALL, theme, texts, f"Share of distinct on-topic texts {words}", "share")
    ratio = copies_ratio(has, found.first, found.family)
    said = f"Share of posts over share of distinct texts {words}"
    yield Row(name.format("copies_ratio"), ALL, theme, ratio, said, "ratio")


def _flow(posts: pd.DataFrame, dropped: pd.DataFrame) -> Iterator[Row]:
    total = len(posts) + len(dropped)
    on_topic = posts["on_topic"].to_numpy(dtype=bool)
    off = posts.loc[~on_topic, "off_topic_class"].fillna(UNKNOWN)
    yield Row("n_raw", ALL, ALL, count(total, total), "Records read", "count")
    yield Row("n_kept", ALL, ALL, count(len(posts), total), "Records kept as posts", "count")
    yield from _tally("n_dropped", dropped["reason"], "reason", ("Records dropped", total))
    yield Row("n_on_topic", ALL, ALL, count(int(on_topic.sum()), len(posts)), "Posts on the topic", "count")
    yield from _tally("n_off_topic", off, "class", ("Posts off the topic", len(posts)))


def _make_up(found: Sample) -> Iterator[Row]:
    posts, total = found.posts, len(found)
    sites = posts["site"].nunique()
    yield Row("n_sites", ALL, ALL, count(sites, total), "Sites with an on-topic post", "count")
    yield Row("n_chars", ALL, ALL, count(int(found.chars.sum()), total), "Characters of their content layers", "count")
    texts = count(int(np.count_nonzero(found.first)), total)
    yield Row("n_texts", ALL, ALL, texts, "Distinct on-topic texts: families of copies count once", "count")
    yield from _tally("n_posts_of_genre", posts["genre"].fillna(UNKNOWN), "genre", ("On-topic posts", total))
    yield from _tally("n_posts_of_month", months(posts), "month", ("On-topic posts by month of a dated page", total))


def months(posts: pd.DataFrame) -> pd.Series:
    """The month of each post whose page names it, such as 2025-03, and `unknown` for all others.

    A relative date ("3天前", three days ago) rests on the time of fetching, a year on no month: both are unknown here
    (codebook 8, Q16: only absolute dates).
    """
    dated = posts["date_precision"].isin(ABSOLUTE) & posts["published_at"].notna()
    named: pd.Series = posts["published_at"].dt.strftime("%Y-%m").where(dated, UNKNOWN)
    return named


def _shares(found: Sample) -> Iterator[Row]:
    posts = found.posts
    solicits = posts["solicitation"].to_numpy(dtype=bool)
    adverts = clustered_share(solicits, found.family)
    yield Row("share_solicitation", ALL, ALL, adverts, "Share of on-topic posts that solicit customers", "share")
    yield from without_copies("{}_solicitation", ALL, solicits, found, "that solicit customers")
    n_copies = int(np.count_nonzero(~found.first))
    if len(found):
        method = "share of the corpus; no interval: copies make the clusters themselves"
        copies = Estimate(n_copies / len(found), None, None, n_copies, len(found), method)
    else:
        copies = Estimate(None, None, None, 0, 0, "no value: no unit to measure on")
    yield Row(
        "share_copies", ALL, ALL, copies, "Share of on-topic posts beyond the first of their text family", "share"
    )


def _tally(measure: str, values: pd.Series, kind: str, words: tuple[str, int]) -> Iterator[Row]:
    what, total = words
    yield Row(measure, ALL, ALL, count(len(values), total), what, "count")
    for name, n in sorted(values.value_counts().items()):
        yield Row(measure, f"{kind}:{name}", ALL, count(int(n), total), f"{what}, {kind} {name}", "count")
