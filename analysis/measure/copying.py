"""What copying does: to the corpus as a whole, and to shares of sites, adverts and comments.

A theme on many sites may be one text that was handed round. Shares of sites stand with copies (a site has the theme if
any of its posts has) and without (only texts that speak for their family count, so that each text is on one site).
Copies tie sites together; intervals over sites do not know that, which their method says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.measure.contrasts import influence_variance
from analysis.measure.intervals import Array, Clusters, Estimate, clusters_of, copies_ratio, wilson
from analysis.measure.told import HOW, UNCLAIMED, Told, named, told
from analysis.measure.units import ALL, Codes, Row, measures_frame, sample
from analysis.tables import FAMILIES


def site_shares(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows `share_of_sites`, `share_of_sites_texts` and `copies_ratio_sites`, by status family as `share_of_posts`.

    >>> from analysis.tables import TABLES
    >>> rows = [{"post_id": p, "on_topic": True, "n_chars": 9, "site": s} for p, s in ("ax", "bx", "cy")]
    >>> one = {"post_id": "a", "start": 0, "end": 2, "theme": "threats", "layer": "body", "status": "asserted"}
    >>> said = TABLES["mentions"].frame([{**one, "codebook_version": "1"}])
    >>> found = site_shares(TABLES["posts"].frame(rows), said, Codes(("threats",), "1"))
    >>> found.set_index(["measure", "group", "theme"]).loc[("share_of_sites", "claimed", "threats"), "value"]
    np.float64(0.5)
    """
    return measures_frame(site_rows(told(posts, mentions, codes)), codes.version)


def copy_sizes(posts: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows `n_effective_texts`, `gini_of_families`, `share_in_largest_family`: how unequal text families are."""
    return measures_frame(size_rows(clusters_of(sample(posts).family)), codes.version)


def size_rows(clusters: Clusters) -> Iterator[Row]:
    """The rows of `copy_sizes`.

    >>> [round(row.estimate.value, 3) for row in size_rows(clusters_of(np.array([0, 0, 0, 1])))]
    [1.6, 0.25, 0.75]
    """
    total = int(clusters.sizes.sum())
    method = "share of the corpus; no interval: copies make the clusters themselves"
    values: list[float | None] = [None, None, None]
    if total:
        values = [clusters.voices, gini(clusters.sizes), float(clusters.sizes.max() / total)]
    else:
        method = "no value: no unit to measure on"
    words = {
        "n_effective_texts": ("Texts that would say as much if all families were of one size (Kish's effective size)", "count"),
        "gini_of_families": ("Gini coefficient of the sizes of text families: 0 all alike, near 1 one has nearly all", "ratio"),
        "share_in_largest_family": ("Share of on-topic posts in the largest text family", "share"),
    }
    for (name, (said, unit)), value in zip(words.items(), values, strict=True):
        n = int(clusters.sizes.max()) if name == "share_in_largest_family" and total else clusters.n
        yield Row(name, ALL, ALL, Estimate(value, None, None, n, total, method), said, unit)


def gini(sizes: Array) -> float:
    """The Gini coefficient of some sizes: half the mean difference over the mean (Gini 1912).

    >>> gini(np.array([2, 2, 2])), gini(np.array([1, 3]))
    (0.0, 0.25)
    """
    ordered = np.sort(sizes).astype(float)
    n = len(ordered)
    return float(2 * (np.arange(1, n + 1) * ordered).sum() / (n * ordered.sum()) - (n + 1) / n)


def site_rows(read: Told) -> Iterator[Row]:
    """The rows of `site_shares`. Posts of an unknown site are in no site."""
    known = read.found.posts["site"].notna().to_numpy()
    sites, names = pd.factorize(read.found.posts["site"].where(known))
    n = len(names)
    firsts = known & read.found.first
    own = np.bincount(sites[firsts], minlength=n) > 0
    for theme in read.themes:
        for family in (ALL, *FAMILIES, UNCLAIMED):
            has = read.carries(theme, family)
            some, alone = (np.bincount(sites[has & here], minlength=n) > 0 for here in (known, firsts))
            words = f"with a post in which {named(theme)} {HOW[family]}, in content layers"
            yield Row("share_of_sites", family, theme, _of_sites(some, n), f"Share of sites {words}", "share")
            texts = _of_sites(alone, int(np.count_nonzero(own)))
            said = f"Share of sites that have a text which speaks for its family, {words}, such texts only"
            yield Row("share_of_sites_texts", family, theme, texts, said, "share")
            ratio = sites_ratio(some, alone, own)
            yield Row("copies_ratio_sites", family, theme, ratio, f"Share of sites over share of sites without copies, {words}", "ratio")


def _of_sites(has: Array, total: int) -> Estimate:
    share = wilson(int(np.count_nonzero(has)), total)
    return share._replace(method=f"{share.method} over sites, as if no text were on two") if total else share


def sites_ratio(some: Array, alone: Array, own: Array) -> Estimate:
    """The share of sites that have something over the share of those in `own` that have it alone.

    >>> found = sites_ratio(*(np.array(x) > 0 for x in ([1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0])))
    >>> found.value, found.n, found.denominator  # 3 of 4 over 1 of 2
    (1.5, 3, 4)
    """
    n, one, base, total = (int(np.count_nonzero(x)) for x in (some, alone, own, np.ones(len(some))))
    if n == 0 or one == 0:
        return Estimate(None, None, None, n, total, "no ratio: a share of 0 on one side")
    value = (n / total) / (one / base)
    if total == 1:
        return Estimate(value, None, None, n, total, "no interval: one site only")
    influence = (some - n / total) / n - (alone - own * (one / base)) / one
    variance, _ = influence_variance(influence, clusters_of(np.arange(total)))
    half = float(clusters_of(np.arange(total)).t) * math.sqrt(variance)
    method = f"ratio of two shares, log t 95 % interval over {total} sites (delta method), as if no text were on two"
    return Estimate(value, value * math.exp(-half), value * math.exp(half), n, total, method)


def layer_rows(read: Told, layer: str) -> Iterator[Row]:
    """Rows `share_of_texts_ad` and `copies_ratio_ad` (or `_comment`) of mentions read from that layer."""
    where = {"ad": "their advert layer", "comment": "their comments"}[layer]
    first = read.found.first
    for theme in read.themes:
        for family in (ALL, *FAMILIES, UNCLAIMED):
            has = read.carries(theme, family)
            words = f"in which {named(theme)} {HOW[family]}, in {where}"
            texts = wilson(int(np.count_nonzero(has & first)), int(np.count_nonzero(first)))
            yield Row(f"share_of_texts_{layer}", family, theme, texts, f"Share of distinct on-topic texts {words}", "share")
            ratio = copies_ratio(has, first, read.found.family)
            yield Row(f"copies_ratio_{layer}", family, theme, ratio, f"Share of posts over share of distinct texts {words}", "ratio")
