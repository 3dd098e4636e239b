"""An estimate with its 95 % interval, from plain arrays: shares, ratios, rates, means and quantiles over clusters.

Posts come in families of template copies, and copies say the same thing: a hundred of them are not a hundred witnesses.
Every interval here but `wilson` therefore takes the cluster of each unit and treats clusters as independent, not units.
Where no interval can be given (nothing to measure, one cluster) it is missing and `method` says why.

Sources. Wilson score interval: Wilson 1927, doi:10.1080/01621459.1927.10502953. Linearised variance of a ratio over
clusters: Cochran, Sampling Techniques, 1977, 9.6; here with each cluster left out once. Effective sample size with a t
quantile inside a score interval: Korn and Graubard 1998 (Survey Methodology 24). Design effect from likeness inside
clusters: Kish, Survey Sampling, 1965, 5.4. Quantiles: Woodruff 1952, doi:10.1080/01621459.1952.10483443.
No interval here covers errors of the coder or of the crawl.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

LEVEL = 0.95
Array = NDArray[Any]


class Estimate(NamedTuple):
    """A number, its 95 % interval, the two counts behind it, how it was made, and its design effect if it has one."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    denominator: int
    method: str
    design_effect: float | None = None


class Clusters(NamedTuple):
    """The cluster of each unit (codes from 0), the number of units in each, and the t quantile of clusters - 1."""

    codes: Array
    sizes: Array
    t: float

    @property
    def n(self) -> int:
        return len(self.sizes)

    @property
    def voices(self) -> float:
        """The units that would stay if each cluster spoke with one voice (Kish's effective size)."""
        return float(self.sizes.sum() ** 2 / (self.sizes.astype(float) ** 2).sum())


def clusters_of(labels: Array) -> Clusters:
    """The clusters of some units, by label.

    >>> found = clusters_of(np.array([7, 7, 9, 4]))
    >>> found.n, round(found.voices, 3)
    (3, 2.667)
    """
    if labels.dtype.kind in "iu" and len(labels) and labels.min() >= 0 and labels.max() < 8 * len(labels) + 1024:
        counts = np.bincount(labels)  # small numbers need no sorting
        there = counts > 0
        codes, sizes = (np.cumsum(there) - 1)[labels], counts[there]
    else:
        _, codes = np.unique(labels, return_inverse=True)
        sizes = np.bincount(codes)
    return Clusters(codes, sizes, float(stats.t.ppf((1 + LEVEL) / 2, max(len(sizes) - 1, 1))))


def count(n: int, denominator: int) -> Estimate:
    """A full count: it has no interval, since nothing was sampled.

    >>> count(3, 10).value
    3.0
    """
    return Estimate(float(n), None, None, n, denominator, "count of the corpus; no interval: nothing is sampled")


def wilson(n: int, total: int) -> Estimate:
    """A share with its Wilson 95 % interval, for units that are independent of each other.

    >>> e = wilson(1, 10)
    >>> round(e.value, 3), round(e.low, 3), round(e.high, 3)
    (0.1, 0.018, 0.404)
    >>> wilson(0, 0).method
    'no interval: no unit to measure on'
    """
    if total == 0:
        return Estimate(None, None, None, 0, 0, "no interval: no unit to measure on")
    low, high = score_interval(n / total, total, float(stats.norm.ppf((1 + LEVEL) / 2)))
    return Estimate(n / total, low, high, n, total, "Wilson 95 % interval")


def score_interval(share: float, size: float, quantile: float) -> tuple[float, float]:
    """The ends of the score interval of a share of `size` units; they stay inside 0 to 1 and hold the share.

    >>> [round(x, 3) for x in score_interval(0.5, 4, 1.96)]
    [0.15, 0.85]
    """
    square = quantile**2
    centre = (share + square / (2 * size)) / (1 + square / size)
    half = quantile / (1 + square / size) * math.sqrt(share * (1 - share) / size + square / (4 * size**2))
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def clustered_share(has: Array, labels: Array) -> Estimate:
    """The share of units that have a property, with an interval that holds when units of a cluster say the same.

    A score interval on the effective number of units (units / design effect), with a t quantile.

    >>> e = clustered_share(np.array([1, 1, 1, 0, 0, 1]), np.array([0, 0, 0, 1, 2, 3]))
    >>> e.n, e.denominator, round(e.value, 3), e.low > 0, e.high < 1
    (4, 6, 0.667, True, True)
    >>> clustered_share(np.array([1, 0]), np.array([5, 5])).method
    'no interval: one cluster only'
    """
    return share_over(has, clusters_of(labels))


def share_over(has: Array, clusters: Clusters) -> Estimate:
    """As `clustered_share`, where the clusters are known already.

    >>> share_over(np.array([1, 0]), clusters_of(np.array([0, 1]))).value
    0.5
    """
    units, n = len(has), int(np.count_nonzero(has))
    if units == 0:
        return Estimate(None, None, None, 0, 0, "no interval: no unit to measure on")
    if clusters.n == 1:
        return Estimate(n / units, None, None, n, units, "no interval: one cluster only")
    _, effect = _variance(has.astype(float), np.ones(units), clusters)
    low, high = score_interval(n / units, units / effect, clusters.t)
    method = f"score 95 % interval over {clusters.n} text families, design effect {effect:.2f}"
    return Estimate(n / units, low, high, n, units, method, effect)


def clustered_rate(counts: Array, exposure: Array, labels: Array, per: float) -> Estimate:
    """Events per `per` units of exposure, as one total over the other, with an interval on the log scale.

    With no event the upper end is the exact Poisson one for none seen (3.69 events), on the number of voices.

    >>> e = clustered_rate(np.array([2, 0, 1]), np.array([1000, 500, 1500]), np.array([0, 1, 2]), 1000)
    >>> e.value, e.n, e.denominator
    (1.0, 3, 3000)
    """
    n, total = int(counts.sum()), int(exposure.sum())
    if total == 0:
        return Estimate(None, None, None, n, 0, "no interval: no text to measure on")
    clusters = clusters_of(labels)
    if clusters.n == 1:
        return Estimate(per * n / total, None, None, n, total, "no interval: one cluster only")
    if n == 0:
        top = -math.log((1 - LEVEL) / 2) * per / total * len(counts) / clusters.voices
        return Estimate(0.0, 0.0, top, 0, total, f"exact Poisson upper end over {clusters.n} text families, none seen")
    rate = n / total
    variance, effect = _variance(counts.astype(float), exposure.astype(float), clusters)
    spread = clusters.t * math.sqrt(variance) / rate
    low, high = rate * math.exp(-spread), rate * math.exp(spread)
    method = f"ratio of totals, log 95 % interval over {clusters.n} text families, design effect {effect:.2f}"
    return Estimate(per * rate, per * low, per * high, n, total, method, effect)


def clustered_mean(values: Array, labels: Array, bounds: tuple[float, float]) -> Estimate:
    """The mean of values over units, with a t interval over clusters, kept inside the bounds of the scale.

    >>> e = clustered_mean(np.array([-0.5, -0.5, 0.5, 0.1]), np.array([0, 0, 1, 2]), (-1, 1))
    >>> round(e.value, 3), e.low, e.n
    (-0.1, -1.0, 4)
    """
    if len(values) == 0:
        return Estimate(None, None, None, 0, 0, "no interval: nothing to average")
    n, mean, clusters = len(values), float(np.mean(values)), clusters_of(labels)
    if clusters.n == 1:
        return Estimate(mean, None, None, n, n, "no interval: one cluster only")
    variance, effect = _variance(values, np.ones(n), clusters)
    half = clusters.t * math.sqrt(variance)
    low, high = float(max(bounds[0], mean - half)), float(min(bounds[1], mean + half))
    method = f"mean, t 95 % interval over {clusters.n} text families, design effect {effect:.2f}"
    return Estimate(mean, low, high, n, n, method, effect)


def clustered_quantile(values: Array, labels: Array, at: float) -> Estimate:
    """The quantile of values over units, with Woodruff's interval: the quantiles at the ends of the share's interval.

    >>> e = clustered_quantile(np.arange(101) / 100, np.arange(101), 0.5)
    >>> e.value, round(e.low, 2), round(e.high, 2)
    (0.5, 0.4, 0.6)
    """
    if len(values) == 0:
        return Estimate(None, None, None, 0, 0, "no interval: nothing to rank")
    n, point, clusters = len(values), float(np.quantile(values, at)), clusters_of(labels)
    if clusters.n == 1:
        return Estimate(point, None, None, n, n, "no interval: one cluster only")
    below = clustered_share(values <= point, labels)
    size = n / (below.design_effect or 1.0)
    low, high = score_interval(at, size, clusters.t)
    ends = np.quantile(values, [low, high])
    method = f"quantile, Woodruff 95 % interval over {clusters.n} text families"
    return Estimate(point, float(min(ends[0], point)), float(max(ends[1], point)), n, n, method)


def copies_ratio(has: Array, first: Array, labels: Array) -> Estimate:
    """How many times larger a share is over all units than over one unit a cluster (`first` marks it).

    1 says that copies change nothing. Both shares rest on the same clusters, so that their errors are linearised
    together (delta method), and taken no smaller than the likeness inside clusters makes them (as in `_variance`):
    (1 - p) / p times what copies add to 1 / clusters, with p the share of distinct texts. Where copies had nothing to
    do with a theme, the interval held 1 in 92 to 100 of 100 invented corpora; one on the log scale held it in fewer.

    >>> e = copies_ratio(np.array([1, 1, 1, 0]), np.array([1, 0, 0, 1]), np.array([0, 0, 0, 1]))
    >>> e.value, e.n, e.denominator
    (1.5, 3, 4)
    """
    units, n = len(has), int(np.count_nonzero(has))
    one = int(np.count_nonzero(has & first))
    if n == 0 or one == 0:
        return Estimate(None, None, None, n, units, "no ratio: a share of 0 on one side")
    clusters = clusters_of(labels)
    share, alone = n / units, one / clusters.n
    if clusters.n == 1:
        return Estimate(share / alone, None, None, n, units, "no interval: one cluster only")
    influence = (has - share) / n - np.where(first, (has - alone) / one, 0.0)
    totals = np.bincount(clusters.codes, weights=influence, minlength=clusters.n)
    linearised = clusters.n / (clusters.n - 1) * float((totals**2).sum())
    effect = 1 + likeness(has - share, clusters) * (units / clusters.voices - 1)
    agreed = (1 - alone) / alone * (effect / units - 1 / clusters.n)
    half = clusters.t * math.sqrt(max(linearised * (share / alone) ** 2, agreed))
    value = share / alone
    method = f"ratio of two shares, t 95 % interval over {clusters.n} text families (delta method)"
    return Estimate(value, max(0.0, value - half), value + half, n, units, method)


def _variance(upper: Array, lower: Array, clusters: Clusters) -> tuple[float, float]:
    """The variance of sum(upper) / sum(lower) over clusters, and its design effect, which is 1 or more.

    The linearised variance alone is far too small where the few large families happen to agree: for a share of 5 % in
    simulated corpora of unequal families its 95 % interval held the truth in 65 to 85 runs of 100. So the variance is
    never taken below the one that follows from the likeness inside clusters, where each family counts by its size.
    """
    rest = lower.sum() - np.bincount(clusters.codes, weights=lower)
    off = upper - upper.sum() / lower.sum() * lower
    totals = np.bincount(clusters.codes, weights=off)
    moves = np.divide(totals, rest, out=np.zeros(clusters.n), where=rest > 0)
    linearised = float((clusters.n - 1) / clusters.n * (moves**2).sum())
    alone = float((off**2).sum() / lower.sum() ** 2)
    effect = 1 + likeness(off, clusters) * (len(off) / clusters.voices - 1)
    effect = max(effect, linearised / alone) if alone > 0 else effect
    return effect * alone, effect


def likeness(off: Array, clusters: Clusters) -> float:
    """How alike the units of a cluster are, 0 to 1: 1 less the pooled variance inside clusters over the whole."""
    pairs = len(off) - clusters.n
    whole = float(np.var(off))
    if pairs == 0 or whole == 0:
        return 1.0
    means = np.bincount(clusters.codes, weights=off) / clusters.sizes
    within = float(((off - means[clusters.codes]) ** 2).sum()) / pairs
    return min(1.0, max(0.0, 1 - within / whole))
