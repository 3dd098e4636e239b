"""How common a code is, from machine codes on all posts and human codes on a sample of them.

The machine alone errs by an amount that more posts don't make smaller; the sample alone gives a wide interval. Both together:
the machine's share, mended by its error in the sample. Two estimators, with k chosen so that the variance is least:

* `ppi`, PPI++ (Angelopoulos, Duchi and Zrnic 2023, arXiv:2311.01453): mean of human - k machine over the sample, plus k times
  the machine's share of the posts not sampled. For a sample in which each post had the same chance, or the same within
  its stratum: then one k a stratum, and strata weigh by their posts (Fisch et al. 2024, arXiv:2406.04291).
* `dsl`, design-based (Egami, Hinck, Stewart and Wei 2023, arXiv:2306.04746; AIPW, Robins, Rotnitzky and Zhao 1994): mean over all
  posts of k machine + (sampled / chance) (human - k machine), with the known chance of each post to be sampled.

Independent units get the published interval (normal quantile). Posts of text families get ours, since leaving out each family
(jackknife) held the truth in 79 to 92 of 100 planted corpora: few large families make that variance too small too often. Ours
has two parts: what the families would say anew, p (1 - p) times the design effect from their likeness (as every share here,
Kish 1965, 5.4), and what another sample of the same posts would say, the published variance. A t quantile of the families in
the sample; a score interval, which stays in 0 to 1. benchmarks/coverage.py shows that it holds what it says. It asks for a
sample drawn post by post, not family by family. The estimand is the share of posts, not the mean over families; the
interval speaks of the source that the families come from, like every other here.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from analysis.measure.intervals import LEVEL, Array, Clusters, Estimate, clusters_of, likeness, score_interval
from analysis.problems import DataProblem

_NORMAL = float(stats.norm.ppf((1 + LEVEL) / 2))


def ppi(
    machine: Array, human: Array, strata: Array | None = None, families: Array | None = None, tuned: bool = True
) -> Estimate:
    """The share by PPI++; `human` is NaN for posts that were not sampled. Not tuned means k = 1.

    >>> machine = np.array([1, 1, 0, 0, 1, 0, 0, 0])
    >>> human = np.array([1, 0, 0, 0, np.nan, np.nan, np.nan, np.nan])
    >>> found = ppi(machine, human, tuned=False)  # machine elsewhere 0.25, less its mean error 0.25
    >>> found.value, found.n, found.denominator
    (0.0, 4, 8)
    """
    known = ~np.isnan(human)
    stratum = np.unique(np.zeros(len(human)) if strata is None else strata, return_inverse=True)[1]
    clusters = clusters_of(np.arange(len(human)) if families is None else families)
    reason = _reason(machine, human) or _thin(known, stratum, clusters, families is not None)
    if reason:
        return Estimate(None, None, None, int(known.sum()), len(human), f"no value: {reason}")
    sums = _ppi_sums(machine, human, stratum)
    name = "PPI++" + ("" if tuned else " with k = 1") + ("" if strata is None else f" over {stratum.max() + 1} strata")
    value, variance = _ppi_value(sums, tuned)
    if families is None:
        return _published(value, variance, human, name)
    chance = (np.bincount(stratum[known]) / np.bincount(stratum))[stratum]
    return _clustered(_Corrected(value, variance, name), machine, human, chance, clusters)


def dsl(machine: Array, human: Array, chance: Array, families: Array | None = None, tuned: bool = True) -> Estimate:
    """The share by the design-based estimator; `chance` is each post's probability to be sampled, in (0, 1].

    >>> machine, chance = np.array([1, 1, 0, 0]), np.array([0.5, 0.5, 0.5, 0.5])
    >>> human = np.array([1, np.nan, 1, np.nan])
    >>> dsl(machine, human, chance, tuned=False).value  # machine's 0.5, plus a missed post that stands for two of four
    1.0
    """
    known = ~np.isnan(human)
    if not bool(((chance > 0) & (chance <= 1)).all()):
        raise DataProblem("inclusion probabilities must be above 0 and at most 1. Take them from the file design.csv.")
    reason = _reason(machine, human)
    if reason:
        return Estimate(None, None, None, int(known.sum()), len(human), f"no value: {reason}")
    weight = known / chance
    coded, rest = weight * np.where(known, human, 0.0), (weight - 1) * machine
    k = float(np.cov(coded, rest)[0, 1] / np.var(rest, ddof=1)) if tuned and np.ptp(rest) > 0 else 1.0
    values = coded - k * rest
    value, variance = float(values.mean()), float(np.var(values, ddof=1)) / len(values)
    name = "DSL" + ("" if tuned else " with k = 1")
    if families is None:
        return _published(value, variance, human, name)
    return _clustered(_Corrected(value, variance, name), machine, human, chance, clusters_of(families))


class _Corrected(NamedTuple):
    """A corrected share, its variance over samples of the same posts, and the estimator's name."""

    value: float
    variance: float
    name: str


def _reason(machine: Array, human: Array) -> str | None:
    if np.isnan(machine).any():
        raise DataProblem("machine codes are missing for some posts. Code all posts, then correct.")
    n = int(np.count_nonzero(~np.isnan(human)))
    if n < 2:
        return "fewer than two posts with a human code"
    return "every post has a human code, there is nothing to predict" if n == len(human) else None


def _thin(known: Array, stratum: Array, clusters: Clusters, clustered: bool) -> str | None:
    """Why a stratum is too thin for a mean of its own, if one is."""
    whole = np.bincount(stratum)
    n = np.bincount(stratum[known], minlength=len(whole))
    if ((n < 2) | (n == whole)).any():
        return "a stratum with fewer than two sampled posts, or with none left unsampled"
    pairs = np.unique(np.column_stack([stratum[known], clusters.codes[known]]), axis=0)
    if clustered and (np.bincount(pairs[:, 0]) < 2).any():
        return "a stratum whose sampled posts are all of one text family"
    return None


def _ppi_sums(machine: Array, human: Array, stratum: Array) -> Array:
    """Sums by stratum: sampled 1, y, f, yf, yy, ff; not sampled 1, f, ff."""
    known = ~np.isnan(human)
    y, f, one = np.where(known, human, 0.0), machine.astype(float), known.astype(float)
    other = 1 - one
    columns = (one, y, one * f, y * f, y * y, one * f * f, other, other * f, other * f * f)
    return np.stack([np.bincount(stratum, weights=column) for column in columns])


def _ppi_value(sums: Array, tuned: bool) -> tuple[float, float]:
    """The share and its variance; k is cov(y, f) in the sample over (1 + n / N) times the variance of f in all posts."""
    n, y, f, yf, yy, ff, rest, u, uu = sums
    whole = n + rest
    variance = (ff + uu - (f + u) ** 2 / whole) / (whole - 1)
    covariance = (yf - y * f / n) / (n - 1)
    best = np.divide(covariance, (1 + n / rest) * variance, out=np.zeros(n.shape), where=variance > 1e-15)
    k = best if tuned else np.ones(n.shape)
    share = whole / whole.sum()
    errors = (yy - 2 * k * yf + k * k * ff - (y - k * f) ** 2 / n) / (n - 1)
    predicted = k * k * (uu - u * u / rest) / np.maximum(rest - 1, 1)
    value = (share * (y / n - k * (f / n - u / rest))).sum()
    return float(value), float((share**2 * (errors / n + predicted / rest)).sum())


def _published(value: float, variance: float, human: Array, name: str) -> Estimate:
    n, half = int(np.count_nonzero(~np.isnan(human))), _NORMAL * math.sqrt(variance)
    method = f"{name}, normal 95 % interval, units taken as independent"
    return Estimate(value, value - half, value + half, n, len(human), method)


def _clustered(found: _Corrected, machine: Array, human: Array, chance: Array, clusters: Clusters) -> Estimate:
    known = ~np.isnan(human)
    n, total, share = int(known.sum()), len(human), min(1.0, max(0.0, found.value))
    coded = clusters_of(clusters.codes[known])
    if coded.n == 1:
        return Estimate(share, None, None, n, total, "no interval: one cluster only")
    y = human[known]
    # human codes are few, the machine's blurred by its errors: either alone held the truth too seldom or too often
    alike = (likeness(y - y.mean(), coded) + likeness(machine - machine.mean(), clusters)) / 2
    anew = share * (1 - share) * alike * (1 / clusters.voices - 1 / total)
    sampled = max(found.variance, 1 / n**2)  # no error seen in n posts is not none there: one is the least
    by_family = np.bincount(coded.codes, weights=1 / chance[known])
    alone = float(by_family.sum() ** 2 / (by_family**2).sum())  # voices of the sample, were there no machine
    size = max(share * (1 - share) / (anew + sampled), alone)
    low, high = score_interval(share, size, coded.t)
    cut = "" if share == found.value else f"; the estimate {found.value:.3f} is cut at {share:.0f}"
    method = (
        f"{found.name}, score 95 % interval over {clusters.n} text families, {coded.n} of them in the sample, "
        f"effective number of posts {size:.0f}{cut}"
    )
    return Estimate(share, low, high, n, total, method)
