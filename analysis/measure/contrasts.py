"""Two groups against each other: difference of shares, log odds ratio, and p-values that allow for many comparisons.

Sources. Difference of two shares by combining their score intervals: Newcombe 1998, Statistics in Medicine 17, 873-890,
method 10; here on effective sizes with t quantiles, as in `intervals`. Log odds ratio: Woolf 1955; a half added to each
cell where one is empty: Haldane 1956, Anscombe 1956; variance over clusters by summing the influence of the units
(Liang and Zeger 1986). Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.measure.intervals import (
    LEVEL,
    Array,
    Clusters,
    Estimate,
    clusters_of,
    likeness,
    score_interval,
    share_over,
)

_STEPS = 45  # halvings of 0 to 1: a p-value to 13 digits


class Contrast(NamedTuple):
    """An estimate and the p-value of no difference (None where there is none)."""

    estimate: Estimate
    p: float | None


class Side(NamedTuple):
    """One side of a difference: the share, its effective number of units, its clusters less one."""

    share: float
    size: float
    freedom: int


def difference(has: Array, labels: Array, inside: Array, outside: Array) -> Contrast:
    """The share inside less the share outside; n and denominator are those of the inside.

    Each side has its own score interval over clusters; the two are combined. A cluster on both sides makes the interval
    wider than it need be, not narrower. The p-value is the level at which the interval just reaches 0.

    >>> has = np.array([1, 1, 1, 0, 0, 0, 0, 1])
    >>> first = np.arange(8) < 4
    >>> found = difference(has, np.arange(8), first, ~first)
    >>> found.estimate.value, found.estimate.low < 0 < found.estimate.high, found.p > 0.05
    (0.5, True, True)
    >>> difference(has, np.arange(8), first, first & ~first).estimate.method
    'no value: one of the two groups is empty'
    """
    return difference_over(has, (inside, clusters_of(labels[inside])), (outside, clusters_of(labels[outside])))


def difference_over(has: Array, one: tuple[Array, Clusters], two: tuple[Array, Clusters]) -> Contrast:
    """As `difference`, where the clusters of each side are known already."""
    a, b = share_over(has[one[0]], one[1]), share_over(has[two[0]], two[1])
    if a.value is None or b.value is None:
        return Contrast(Estimate(None, None, None, a.n, a.denominator, "no value: one of the two groups is empty"), None)
    gap = a.value - b.value
    if a.design_effect is None or b.design_effect is None:
        return Contrast(Estimate(gap, None, None, a.n, a.denominator, "no interval: one cluster only in a group"), None)
    sides = (
        Side(a.value, a.denominator / a.design_effect, one[1].n - 1),
        Side(b.value, b.denominator / b.design_effect, two[1].n - 1),
    )
    low, high = newcombe(*sides, 1 - LEVEL)
    method = (
        f"difference of two shares, Newcombe 95 % interval over {one[1].n} and {two[1].n} text families, "
        f"design effects {a.design_effect:.2f} and {b.design_effect:.2f}; {b.n} of {b.denominator} on the other side"
    )
    return Contrast(Estimate(gap, low, high, a.n, a.denominator, method), _p_of(*sides))


def newcombe(one: Side, two: Side, alpha: float) -> tuple[float, float]:
    """The ends of the interval of one share less the other, at 1 - alpha.

    >>> [round(x, 4) for x in newcombe(Side(56 / 70, 70, 10**9), Side(48 / 80, 80, 10**9), 0.05)]  # Newcombe, table II a
    [0.0524, 0.3339]
    """
    ends = [score_interval(s.share, s.size, float(-special.stdtrit(s.freedom, alpha / 2))) for s in (one, two)]
    gap = one.share - two.share
    low = gap - math.hypot(one.share - ends[0][0], ends[1][1] - two.share)
    return low, gap + math.hypot(ends[0][1] - one.share, two.share - ends[1][0])


def _p_of(one: Side, two: Side) -> float:
    if one.share == two.share:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        ends = newcombe(one, two, middle)
        if ends[0] > 0 or ends[1] < 0:
            high = middle
        else:
            low = middle
    return high


def log_odds(one: Array, two: Array, clusters: Clusters) -> Contrast:
    """The log odds ratio of two properties of the units: 0 where they have nothing to do with each other.

    n is the number of units that have both. Where a cell is empty a half is added to all four, and the method says so.

    >>> one, two = np.array([1, 1, 1, 0, 0, 0, 1, 0]) > 0, np.array([1, 1, 0, 0, 0, 1, 1, 0]) > 0
    >>> found = log_odds(one, two, clusters_of(np.arange(8))).estimate
    >>> round(found.value, 4), found.n  # log(3 * 3 / (1 * 1))
    (2.1972, 3)
    >>> log_odds(one, one & ~one, clusters_of(np.arange(8))).estimate.method
    'no value: one of the two is in no post or in every post'
    """
    units = len(one)
    cells = [one & two, one & ~two, ~one & two, ~one & ~two]
    n = [int(np.count_nonzero(cell)) for cell in cells]
    if not (n[0] + n[1] and n[2] + n[3] and n[0] + n[2] and n[1] + n[3]):
        return Contrast(Estimate(None, None, None, n[0], units, "no value: one of the two is in no post or in every post"), None)
    added = 0.5 if min(n) == 0 else 0.0
    sizes = np.array(n) + added
    signs = np.array([1.0, -1.0, -1.0, 1.0])
    value = float((signs * np.log(sizes)).sum())
    note = "; a half added to each cell, since one is empty (Haldane-Anscombe)" if added else ""
    if clusters.n == 1:
        return Contrast(Estimate(value, None, None, n[0], units, f"no interval: one cluster only{note}"), None)
    influence = sum(sign / size * cell for sign, size, cell in zip(signs, sizes, cells, strict=True))
    variance, effect = influence_variance(np.asarray(influence), clusters)
    variance = max(variance, effect * float((1 / sizes).sum()))
    half = clusters.t * math.sqrt(variance)
    method = f"log odds ratio, t 95 % interval over {clusters.n} text families, design effect {effect:.2f}{note}"
    p = float(2 * special.stdtr(clusters.n - 1, -abs(value) / math.sqrt(variance)))
    return Contrast(Estimate(value, value - half, value + half, n[0], units, method), p)


def influence_variance(influence: Array, clusters: Clusters) -> tuple[float, float]:
    """The variance of a sum of influences over clusters, and its design effect, which is 1 or more.

    Never below what the likeness inside clusters makes it, as with the other intervals (Kish 1965, 5.4).

    >>> influence_variance(np.array([1.0, -1.0]), clusters_of(np.array([0, 1])))
    (4.0, 2.0)
    """
    alone = float((influence**2).sum())
    if alone == 0:
        return 0.0, 1.0
    totals = np.bincount(clusters.codes, weights=influence, minlength=clusters.n)
    summed = clusters.n / (clusters.n - 1) * float((totals**2).sum())
    effect = 1 + likeness(influence, clusters) * (len(influence) / clusters.voices - 1)
    effect = max(effect, summed / alone)
    return effect * alone, effect


def holm(p: Sequence[float | None]) -> list[float | None]:
    """The p-values adjusted for being looked at together (Holm); a missing one stays missing and counts for nothing.

    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = [value for value in p if value is not None]
    from statsmodels.stats.multitest import (
        multipletests,  # takes half a second to load, and most commands count nothing
    )

    adjusted = iter(multipletests(known, method="holm")[1].tolist() if known else ())
    return [None if value is None else float(next(adjusted)) for value in p]


def p_estimate(contrast: Contrast, adjusted: float | None, family: int) -> Estimate:
    """The adjusted p-value as an estimate of its own, with the plain one in its method.

    >>> p_estimate(Contrast(Estimate(0.5, 0.1, 0.9, 3, 4, ""), 0.01), 0.03, 3).method
    'Holm over 3 comparisons, unadjusted p 0.01; no interval: a probability'
    """
    found = contrast.estimate
    if contrast.p is None:
        return Estimate(None, None, None, found.n, found.denominator, f"no value: no test was possible ({found.method})")
    method = f"Holm over {family} comparisons, unadjusted p {contrast.p:.2g}; no interval: a probability"
    return Estimate(adjusted, None, None, found.n, found.denominator, method)
