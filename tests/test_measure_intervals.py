"""Intervals: against another implementation, by hand, and against the truth of invented corpora."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from analysis.measure.intervals import (
    clustered_mean,
    clustered_quantile,
    clustered_rate,
    clustered_share,
    clusters_of,
    copies_ratio,
    wilson,
)


@pytest.mark.parametrize(("n", "total"), [(0, 7), (3, 7), (7, 7), (120, 1000)])
def test_wilson_agrees_with_statsmodels(n: int, total: int) -> None:
    found = wilson(n, total)
    assert (found.low, found.high) == pytest.approx(proportion_confint(n, total, method="wilson"), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=60))
def test_a_share_lies_in_its_interval_and_the_interval_in_0_to_1(units: list[tuple[bool, int]]) -> None:
    found = clustered_share(np.array([u[0] for u in units]), np.array([u[1] for u in units]))
    if found.low is None:
        assert found.method == "no interval: one cluster only"
    else:
        assert 0 <= found.low <= found.value <= found.high <= 1


def test_a_hundred_copies_are_one_witness() -> None:
    has = np.array([1, 0, 0, 1, 0, 0, 0, 1, 0, 0], dtype=bool)
    alone = clustered_share(has, np.arange(10))
    copied = clustered_share(np.repeat(has, 100), np.repeat(np.arange(10), 100))
    assert (copied.value, copied.low, copied.high) == pytest.approx((alone.value, alone.low, alone.high), abs=1e-9)
    assert copied.design_effect == pytest.approx(100 * 10 / 9)  # clusters / (clusters - 1)
    naive = wilson(300, 1000)
    assert copied.high - copied.low > 5 * (naive.high - naive.low)


def test_without_copies_the_design_effect_is_about_1() -> None:
    has = np.arange(400) % 4 == 0
    found, plain = clustered_share(has, np.arange(400)), wilson(100, 400)
    assert found.design_effect == pytest.approx(1, abs=0.01)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=1e-3)


def test_the_variance_is_that_of_leaving_out_each_cluster() -> None:
    has, labels = np.array([1, 1, 0, 1, 0, 0, 0, 1.0]), np.array([0, 0, 0, 1, 1, 2, 3, 3])
    shares = np.array([has[labels != c].mean() for c in range(4)])
    variance = 3 / 4 * ((shares - has.mean()) ** 2).sum()
    effect = variance / (has.mean() * (1 - has.mean()) / 8)
    assert clustered_share(has, labels).design_effect == pytest.approx(max(effect, 1.0), rel=0.3)
    assert clusters_of(labels).n == 4


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_the_interval_holds_the_truth_where_a_naive_one_does_not(share: float) -> None:
    dice = np.random.default_rng(5)
    robust, naive, runs = 0, 0, 300
    for _ in range(runs):
        sizes = np.minimum(np.ceil(dice.pareto(1.1, 60)), 80).astype(int).clip(1)
        has, labels = np.repeat(dice.random(60) < share, sizes), np.repeat(np.arange(60), sizes)
        found, plain = clustered_share(has, labels), wilson(int(has.sum()), len(has))
        robust += found.low <= share <= found.high
        naive += plain.low <= share <= plain.high
    assert robust / runs >= 0.93
    assert naive / runs < 0.6


def test_nothing_to_measure_and_one_cluster_give_a_reason_not_a_number() -> None:
    none, one = np.zeros(0), np.zeros(3, dtype=int)
    bounds = (-1.0, 1.0)
    for found in (
        wilson(0, 0),
        clustered_share(none, none),
        clustered_mean(none, none, bounds),
        clustered_rate(none, none, none, 1),
    ):
        assert (found.value, found.low, found.high) == (None, None, None)
        assert found.method.startswith("no interval: ")
    values = np.array([0.1, 0.2, 0.6])
    for found in (
        clustered_share(values > 0.5, one),
        clustered_mean(values, one, bounds),
        clustered_quantile(values, one, 0.5),
        clustered_rate(values > 0.5, np.ones(3), one, 1),
        copies_ratio(values > 0.05, np.array([True, False, False]), one),
    ):
        assert found.value is not None
        assert (found.low, found.high, found.method) == (None, None, "no interval: one cluster only")


def test_a_theme_never_seen_has_0_and_an_upper_end_that_falls_with_the_number_of_families() -> None:
    few, many = (clustered_share(np.zeros(n, dtype=bool), np.arange(n)) for n in (10, 100))
    assert (few.value, few.low) == (0, 0)
    assert 0 < many.high < few.high < 1
    rate = clustered_rate(np.zeros(4, dtype=int), np.full(4, 250), np.arange(4), 1000)
    assert (rate.value, rate.low) == (0, 0)
    assert rate.high == pytest.approx(-math.log(0.025))


def test_the_ratio_of_shares_is_1_without_copies_and_its_interval_holds_it() -> None:
    has = np.array([1, 0, 1, 0], dtype=bool)
    found = copies_ratio(has, np.ones(4, dtype=bool), np.arange(4))
    assert (found.value, found.low, found.high) == pytest.approx((1, 1, 1))
    assert copies_ratio(np.zeros(4, dtype=bool), has, np.arange(4)).method.startswith("no ratio")


def test_quantiles_and_means_stay_on_their_scale() -> None:
    values, labels = np.array([-1.0, -1.0, -0.9, 0.2]), np.arange(4)
    mean, middle = clustered_mean(values, labels, (-1, 1)), clustered_quantile(values, labels, 0.5)
    assert mean.low == -1
    assert -1 <= middle.low <= middle.value <= middle.high <= 0.2


def test_the_interval_of_the_ratio_holds_1_where_copies_have_nothing_to_do_with_the_theme() -> None:
    dice = np.random.default_rng(6)
    sizes = np.where(np.arange(100) < 5, 30, 1)  # five large families, and the rest alone
    labels = np.repeat(np.arange(100), sizes)
    first = np.zeros(len(labels), dtype=bool)
    first[np.r_[0, np.cumsum(sizes)[:-1]]] = True
    found = [copies_ratio(np.repeat(dice.random(100) < 0.3, sizes), first, labels) for _ in range(200)]
    assert np.mean([ratio.low <= 1 <= ratio.high for ratio in found]) >= 0.93
