"""How far coders agree: Krippendorff's alpha, percent agreement, and the machine's confusion with a human code.

Sources. Alpha, its coincidences and its metrics: Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011. The
bootstrap: clusters (text families) are drawn whole with replacement, 1,000 times, seeded, and the interval runs from the
2.5 % to the 97.5 % quantile; a unit that stands alone is a cluster of its own. This is not Krippendorff's own bootstrap, which
draws pairs as if they were independent. Effective size under weights: Kish, Survey Sampling, 1965, 11.7.
Agreement says that coders read alike, not that they read right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from analysis.measure.intervals import (
    LEVEL,
    Array,
    Estimate,
    clustered_mean,
    clusters_of,
    likeness,
    score_interval,
    wilson,
)
from analysis.problems import DataProblem, choices

METRICS = ("nominal", "ordinal", "interval")
DRAWS = 1000


class Coincidences(NamedTuple):
    """The values in order, the places of units with two codes or more, and the coincidence matrix of each."""

    values: Array
    units: Array
    matrices: Array  # units x values x values


def coincidences(codes: Array) -> Coincidences:
    """What was coded beside what, unit by unit; `codes` has a row a unit and a column a coder, NaN where none.

    Each pair of codes of a unit counts 1 / (codes of the unit - 1), so that every code counts once.

    >>> found = coincidences(np.array([[1, 1], [1, 2], [2, np.nan]]))
    >>> found.matrices.sum(axis=0).tolist(), found.units.tolist()
    ([[2.0, 1.0], [1.0, 0.0]], [0, 1])
    """
    given = ~np.isnan(codes)
    units = np.flatnonzero(given.sum(axis=1) >= 2)
    values = np.unique(codes[units][given[units]])
    counts = (codes[units, :, None] == values).sum(axis=1).astype(float)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    return Coincidences(values, units, pairs / np.maximum(counts.sum(axis=1) - 1, 1)[:, None, None])


def alpha(codes: Array, metric: str = "nominal", families: Array | None = None, seed: int = 0) -> Estimate:
    """Krippendorff's alpha with its bootstrap 95 % interval; 1 is full agreement, 0 that of chance, less is possible.

    `families` is the cluster of each unit. `n` counts the units with two codes or more, `denominator` all units.
    Where nobody used a second code alpha is missing: nothing shows that the code can be told from others.
    The worked example of Krippendorff 2011, four observers and twelve units:

    >>> rows = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    >>> data = np.array([[float(c) if c != "." else np.nan for c in row] for row in rows]).T
    >>> [round(alpha(data, metric).value, 3) for metric in METRICS]
    [0.743, 0.815, 0.849]
    """
    if metric not in METRICS:
        raise DataProblem(f"there is no metric {metric!r} of alpha. {choices('Metrics', METRICS)}")
    found = coincidences(codes)
    n, total = len(found.units), len(codes)
    if n == 0:
        return Estimate(None, None, None, 0, total, "no value: no unit with codes of two coders")
    if len(found.values) == 1:
        return Estimate(None, None, None, n, total, "no value: alpha needs two different codes, all codes are the same")
    point = float(_alphas(found, np.ones((1, n)), metric)[0])
    clusters = clusters_of(found.units if families is None else families[found.units])
    if clusters.n == 1:
        return Estimate(point, None, None, n, total, "no interval: one cluster only")
    drawn = np.random.default_rng(seed).multinomial(clusters.n, np.full(clusters.n, 1 / clusters.n), size=DRAWS)
    draws = _alphas(found, drawn[:, clusters.codes].astype(float), metric)
    draws = draws[~np.isnan(draws)]
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    lost = f", {DRAWS - len(draws)} of them without variation left out" if len(draws) < DRAWS else ""
    method = (
        f"Krippendorff's alpha ({metric}), percentile 95 % interval of {DRAWS:,} bootstrap draws of {clusters.n} "
        f"text families, seed {seed}{lost}"
    )
    return Estimate(point, float(min(low, point)), float(max(high, point)), n, total, method)


def _alphas(found: Coincidences, weights: Array, metric: str) -> Array:
    """Alpha for each row of weights of the units; NaN where a row leaves no variation."""
    size = len(found.values)
    observed = (weights @ found.matrices.reshape(len(found.units), -1)).reshape(-1, size, size)
    margins = observed.sum(axis=2)
    totals = margins.sum(axis=1)
    distance = _distance(found.values, margins, metric)
    seen = (observed * distance).sum(axis=(1, 2))
    by_chance = (margins[:, :, None] * margins[:, None, :] * distance).sum(axis=(1, 2))
    ratio = np.divide(seen * (totals - 1), by_chance, out=np.full(len(weights), np.nan), where=by_chance > 0)
    return np.asarray(1 - ratio)


def _distance(values: Array, margins: Array, metric: str) -> Array:
    """The squared difference of each two values; an ordinal one depends on how often the values between were used."""
    if metric == "nominal":
        return np.broadcast_to(1 - np.eye(len(values)), (len(margins), len(values), len(values)))
    if metric == "interval":
        return np.broadcast_to((values[:, None] - values) ** 2, (len(margins), len(values), len(values)))
    middle = np.cumsum(margins, axis=1) - margins / 2  # mean rank of each value
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)


def agreement(codes: Array, families: Array | None = None) -> Estimate:
    """The share of pairs of coders that agree on a unit, averaged over the units with two codes or more.

    Not corrected for chance: two coders who never find a rare code agree nearly always. Read alpha beside it.

    >>> found = agreement(np.array([[1, 1], [1, 2], [2, 2], [2, np.nan]]))
    >>> round(found.value, 3), found.n, found.denominator
    (0.667, 3, 4)
    """
    found = coincidences(codes)
    if len(found.units) == 0:
        return Estimate(None, None, None, 0, len(codes), "no value: no unit with codes of two coders")
    same = np.einsum("uvv->u", found.matrices) / found.matrices.sum(axis=(1, 2))
    rated = clustered_mean(same, found.units if families is None else families[found.units], (0, 1))
    return rated._replace(denominator=len(codes))


class Confusion(NamedTuple):
    """How a machine code stands to a human one: three shares, and the four counts of units."""

    sensitivity: Estimate
    specificity: Estimate
    precision: Estimate
    counts: tuple[int, int, int, int]  # both, machine only, human only, neither


def confusion(human: Array, machine: Array, weights: Array | None = None, families: Array | None = None) -> Confusion:
    """Sensitivity, specificity and precision of the machine, the human code taken as true.

    `weights` are 1 / inclusion probability: without them a sample stratified by what the machine predicted shows a
    sensitivity that is not the corpus's. Wilson intervals where all weights are equal and units stand alone, else score
    intervals on the effective number of units with a t quantile.

    >>> found = confusion(np.array([1, 1, 0, 0, 1]), np.array([1, 0, 0, 1, 1]))
    >>> round(found.sensitivity.value, 3), found.specificity.value, found.counts
    (0.667, 0.5, (2, 1, 1, 1))
    """
    yes, coded = human.astype(bool), machine.astype(bool)
    weight = np.ones(len(yes)) if weights is None else weights.astype(float)
    label = np.arange(len(yes)) if families is None else families
    parts = ((yes, coded, "coded so by the human"), (~yes, ~coded, "coded not so by the human"), (coded, yes, "coded so by the machine"))
    shares = [_weighted(hit[among], weight[among], label[among], words) for among, hit, words in parts]
    tally = [int(np.count_nonzero(k)) for k in (yes & coded, ~yes & coded, yes & ~coded, ~yes & ~coded)]
    return Confusion(shares[0], shares[1], shares[2], (tally[0], tally[1], tally[2], tally[3]))


def _weighted(hit: Array, weights: Array, labels: Array, words: str) -> Estimate:
    units, n = len(hit), int(np.count_nonzero(hit))
    if units == 0:
        return Estimate(None, None, None, 0, 0, f"no value: no unit {words} in the sample")
    clusters = clusters_of(labels)
    if np.ptp(weights) == 0 and clusters.n == units:
        return wilson(n, units)
    share = float((weights * hit).sum() / weights.sum())
    if clusters.n == 1:
        return Estimate(share, None, None, n, units, "no interval: one cluster only")
    by_weight = weights.sum() ** 2 / (weights**2).sum()
    whole = np.bincount(clusters.codes, weights=weights)
    effect = 1 + likeness(hit - share, clusters) * max(0.0, by_weight / (whole.sum() ** 2 / (whole**2).sum()) - 1)
    quantile = float(stats.t.ppf((1 + LEVEL) / 2, clusters.n - 1))
    low, high = score_interval(share, by_weight / effect, quantile)
    method = f"weighted by 1 / inclusion probability, score 95 % interval over {clusters.n} text families"
    return Estimate(share, low, high, n, units, method)
