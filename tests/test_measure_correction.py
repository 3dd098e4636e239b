"""Correction: against reference values, by hand, and what must give no number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.measure.correction import dsl, ppi
from analysis.problems import DataProblem

REFERENCE = Path(__file__).parents[2] / "shared" / "real" / "ppi_reference.json"
NAN = float("nan")


def cases(prefix: str) -> list[dict[str, Any]]:
    if not REFERENCE.exists():
        pytest.skip("the reference values stand in ../shared, which is absent")
    return [case for case in json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"] if case["name"].startswith(prefix)]


def array(values: list[float | None]) -> np.ndarray:
    return np.array([NAN if v is None else v for v in values], dtype=float)


def same(found: Any, wanted: dict[str, float]) -> None:
    assert (found.value, found.low, found.high) == pytest.approx((wanted["mean"], wanted["low"], wanted["high"]), abs=1e-8)


def test_independent_posts_give_the_reference_values() -> None:
    for case in cases("iid"):
        machine, human = array(case["y_proxy"]), array(case["y_true"])
        same(ppi(machine, human), case["glide_ppi_tuned"])
        same(ppi(machine, human, tuned=False), case["glide_ppi_lambda1"])


def test_strata_give_the_reference_values() -> None:
    for case in cases("iid"):
        strata = np.array(case["strata"]["groups"])
        same(ppi(array(case["y_proxy"]), array(case["y_true"]), strata), case["strata"]["glide_stratified_tuned"])


def test_known_unequal_chances_give_the_reference_values() -> None:
    for case in cases("iid"):
        other = case["unequal"]
        machine, human, chance = array(case["y_proxy"]), array(other["y_true"]), array(other["pi"])
        same(dsl(machine, human, chance), other["glide_asi_tuned"])
        same(dsl(machine, human, chance, tuned=False), other["glide_asi_lambda1"])
        same(dsl(np.zeros(len(machine)), human, chance), other["glide_ipw"])


def test_the_other_implementation_divides_by_n() -> None:
    """ppi-python divides variances by n, ours by n - 1 (unbiased): the estimate at k = 1 is the same, the half width nearly."""
    for case in cases("iid"):
        found, other = ppi(array(case["y_proxy"]), array(case["y_true"]), tuned=False), case["ppi_python_lambda1"]
        assert found.value == pytest.approx(other["mean"], abs=1e-8)
        assert 1 < (found.high - found.low) / (other["high"] - other["low"]) < 1.01
        tuned, theirs = ppi(array(case["y_proxy"]), array(case["y_true"])), case["ppi_python_tuned"]
        assert tuned.value == pytest.approx(theirs["mean"], abs=2e-3)


def means(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Machine and human mean of each cluster; there, clusters are sampled whole."""
    machine, human, cluster = array(case["y_proxy"]), array(case["y_true"]), np.array(case["clusters"])
    each = [cluster == c for c in np.unique(cluster)]
    return np.array([machine[c].mean() for c in each]), np.array([human[c].mean() for c in each])


def test_cluster_means_as_units_give_the_clustered_reference() -> None:
    """GLIDE's clustered number is the mean of cluster means; ours is the share of posts. Fed with means, ours equals it."""
    for case in cases("clustered"):
        same(ppi(*means(case)), case["glide_clustered_tuned"])
        same(ppi(*means(case), tuned=False), case["glide_clustered_lambda1"])
        ours = ppi(array(case["y_proxy"]), array(case["y_true"]), families=np.array(case["clusters"]))
        assert abs(ours.value - case["glide_clustered_tuned"]["mean"]) > 1e-4  # another estimand


def invented(seed: int, copies: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.random(300) < 0.3
    machine = np.where(rng.random(300) < 0.15, ~truth, truth).astype(float)
    human = np.where(np.arange(300) < 100, truth, NAN)
    return np.repeat(machine, copies), np.repeat(human, copies), np.repeat(np.arange(300), copies)


def test_a_family_each_is_nearly_the_published_interval() -> None:
    machine, human, families = invented(1)
    for alone, whole in (
        (ppi(machine, human), ppi(machine, human, families=families)),
        (dsl(machine, human, np.full(300, 1 / 3)), dsl(machine, human, np.full(300, 1 / 3), families)),
    ):
        assert whole.value == pytest.approx(alone.value)
        assert whole.high - whole.low == pytest.approx(alone.high - alone.low, rel=0.05)


def test_copies_add_little_certainty() -> None:
    """Twenty copies each: another sample of the same posts says the same, another 300 families do not."""
    rng = np.random.default_rng(2)
    machine, human, families = invented(1, copies=20)
    truth = np.repeat(np.random.default_rng(1).random(300) < 0.3, 20)
    human = np.where(rng.random(6000) < 0.1, truth, NAN)
    found, naive = ppi(machine, human, families=families), ppi(machine, human)
    least = 2 * 1.96 * (found.value * (1 - found.value) / 300) ** 0.5
    assert found.high - found.low > least > 1.2 * (naive.high - naive.low)


def test_the_variance_has_two_parts() -> None:
    """By hand: four families of five posts, all alike inside, so that the likeness is 1."""
    machine, families = np.repeat([1.0, 1, 0, 0], 5), np.repeat(np.arange(4), 5)
    human = np.where(np.arange(20) % 5 < 2, np.repeat([1.0, 0, 0, 1], 5), NAN)
    alone = ppi(machine, human)  # k is 0, as the machine knows nothing: 0.5, variance (8/7 of 1/4) / 8
    assert alone.value == 0.5
    variance = 0.5 * 0.5 * (1 / 4 - 1 / 20) + 0.25 * 8 / 7 / 8
    t, size = 3.182446305284263, max(0.25 / variance, 4)
    found = ppi(machine, human, families=families)
    half = t / (1 + t**2 / size) * (0.25 / size + t**2 / (4 * size**2)) ** 0.5
    assert (found.low, found.high) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-9)


@pytest.mark.parametrize(
    ("human", "reason"),
    [([NAN] * 4, "fewer than two"), ([1, NAN, NAN, NAN], "fewer than two"), ([1, 0, 1, 0], "nothing to predict")],
)
def test_no_value_without_a_sample_or_a_rest(human: list[float], reason: str) -> None:
    machine = np.array([1.0, 0, 1, 0])
    for found in (ppi(machine, np.array(human)), dsl(machine, np.array(human), np.full(4, 0.5))):
        assert found.value is None
        assert found.method.startswith("no value: ")
        assert reason in found.method


def test_a_stratum_in_one_family_gives_no_value() -> None:
    human = np.array([1, 0, NAN, NAN, 1, 0, NAN, NAN])
    strata, families = np.array([0, 0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 3, 2, 3])
    assert "of one text family" in ppi(np.ones(8), human, strata, families).method


def test_wrong_input_is_refused() -> None:
    with pytest.raises(DataProblem, match=r"design\.csv"):
        dsl(np.ones(4), np.array([1, NAN, 1, NAN]), np.array([0.5, 0, 0.5, 0.5]))
    with pytest.raises(DataProblem, match="machine codes are missing"):
        ppi(np.array([1, NAN, 1, 1]), np.array([1, NAN, 1, NAN]))


def test_one_family_and_a_code_never_seen() -> None:
    machine, human = np.zeros(40), np.where(np.arange(40) < 20, 0.0, NAN)
    assert ppi(machine, human, families=np.zeros(40)).low is None
    never = ppi(machine, human, families=np.arange(40))
    assert (never.value, never.low) == (0, 0)
    assert never.high > 0.15  # about 3 in 20: none seen is not none there
