"""Agreement: published worked examples, an independent count, and what must give no number."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measure.agreement import METRICS, agreement, alpha, coincidences, confusion
from analysis.measure.intervals import wilson
from analysis.problems import DataProblem

NAN = float("nan")


def table(*rows: str) -> np.ndarray:
    """Codes written as a row a coder, `.` for none; turned to a row a unit."""
    return np.array([[NAN if c == "." else float(c) for c in row] for row in rows]).T


# Krippendorff 2011, example C: four observers, twelve units, missing codes
FOUR = table("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
# Krippendorff 2011, example A: two observers, ten units, two values
TWO = table("0100000010", "1110010000")


@pytest.mark.parametrize(
    ("codes", "metric", "published"),
    [(FOUR, "nominal", 0.743), (FOUR, "ordinal", 0.815), (FOUR, "interval", 0.849), (TWO, "nominal", 0.095)],
)
def test_alpha_equals_the_published_example(codes: np.ndarray, metric: str, published: float) -> None:
    assert alpha(codes, metric).value == pytest.approx(published, abs=5e-4)


def by_hand(codes: np.ndarray) -> float:
    """Nominal alpha from all ordered pairs, one after the other."""
    seen: list[tuple[float, float, float]] = []
    for row in codes:
        given_codes = [c for c in row if not np.isnan(c)]
        if len(given_codes) > 1:
            seen += [(a, b, 1 / (len(given_codes) - 1)) for a, b in permutations(given_codes, 2)]
    n = sum(w for *_, w in seen)
    observed = sum(w for a, b, w in seen if a != b) / n
    often = {v: sum(w for a, _, w in seen if a == v) for v in {a for a, *_ in seen}}
    expected = sum(often[a] * often[b] for a, b in permutations(often, 2)) / (n * (n - 1))
    return 1 - observed / expected


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([0.0, 1.0, 2.0, NAN])] * 3), min_size=4, max_size=30))
def test_alpha_equals_a_count_of_pairs(rows: list[tuple[float, ...]]) -> None:
    codes = np.array(rows)
    found = alpha(codes)
    if found.value is None:
        assert "no value" in found.method
        assert len(coincidences(codes).values) < 2
    else:
        assert found.value == pytest.approx(by_hand(codes), abs=1e-10)
        assert found.low is None or found.low <= found.value <= found.high


def test_the_bootstrap_draws_families_whole() -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 40)
    codes = np.column_stack([truth, np.where(rng.random(40) < 0.2, 1 - truth, truth)]).astype(float)
    copied, family = np.repeat(codes, 10, axis=0), np.repeat(np.arange(40), 10)
    alone, naive, whole = alpha(codes, seed=1), alpha(copied, seed=1), alpha(copied, families=family, seed=1)
    assert whole.high - whole.low > 2 * (naive.high - naive.low)
    assert whole.high - whole.low == pytest.approx(alone.high - alone.low, rel=0.05)
    assert alpha(copied, families=family, seed=1) == whole
    assert alpha(copied, families=family, seed=2) != whole


@pytest.mark.parametrize(
    ("codes", "reason"),
    [(table("111", "111"), "all codes are the same"), (table("12.", "..1"), "two coders"), (np.empty((0, 2)), "two coders")],
)
def test_no_alpha_without_variation_or_a_second_coder(codes: np.ndarray, reason: str) -> None:
    found = alpha(codes)
    assert found.value is None
    assert reason in found.method


def test_an_unknown_metric_lists_the_choices() -> None:
    with pytest.raises(DataProblem, match=", ".join(METRICS)):
        alpha(FOUR, "ratio")


def test_one_family_gives_no_interval() -> None:
    assert alpha(FOUR, families=np.zeros(12)).method == "no interval: one cluster only"
    assert agreement(FOUR, families=np.zeros(12)).low is None


def test_agreement_counts_pairs() -> None:
    found = agreement(table("112.", "1221", "1.2."))  # units: all agree, 1 and 2 differ, all agree, one code only
    assert (found.value, found.n, found.denominator) == (pytest.approx(2 / 3), 3, 4)


def test_confusion_of_single_units_is_wilson() -> None:
    human, machine = np.array([1, 1, 1, 0, 0, 0, 0]), np.array([1, 1, 0, 0, 0, 1, 0])
    found = confusion(human, machine)
    assert (found.sensitivity, found.specificity, found.precision) == (wilson(2, 3), wilson(3, 4), wilson(2, 3))
    assert found.counts == (2, 1, 1, 3)


def test_weights_undo_a_sample_taken_by_prediction() -> None:
    rng = np.random.default_rng(5)
    human = rng.random(60_000) < 0.1
    machine = np.where(human, rng.random(60_000) < 0.6, rng.random(60_000) < 0.05)
    chance = np.where(machine, 0.5, 0.05)
    drawn = rng.random(60_000) < chance
    plain = confusion(human[drawn], machine[drawn])
    weighted = confusion(human[drawn], machine[drawn], 1 / chance[drawn])
    assert plain.sensitivity.value > 0.9
    assert weighted.sensitivity.value == pytest.approx(0.6, abs=0.03)
    assert weighted.sensitivity.low < 0.6 < weighted.sensitivity.high


def test_a_code_that_nobody_used_has_no_sensitivity() -> None:
    found = confusion(np.zeros(5), np.zeros(5))
    assert found.sensitivity.value is None
    assert found.sensitivity.method == "no value: no unit coded so by the human in the sample"
    assert found.specificity.value == 1
