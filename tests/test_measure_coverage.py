"""The benchmark of coverage, small: recommended intervals hold the truth, naive ones do not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from coverage import DESIGNS, WORLDS, planted, simulate


def test_the_planted_truth_is_the_share_of_its_corpora() -> None:
    for world in WORLDS:
        drawn = [planted(world, np.random.default_rng([1, k])) for k in range(600)]
        share = sum(c.truth.sum() for c in drawn) / sum(len(c.truth) for c in drawn)
        assert share == pytest.approx(world.truth, abs=0.02)


@pytest.mark.parametrize("design", sorted(DESIGNS))
def test_recommended_intervals_hold_the_truth_and_naive_ones_do_not(design: str) -> None:
    for world in WORLDS[:2]:
        for name, found in simulate(world, design, times=150, seed=7).items():
            if name.startswith("**"):
                assert 0.89 <= found.covered <= 0.99, (world.name, name)  # 150 corpora: within 3 standard errors of 93 to 97
                assert abs(found.bias) < 0.02
                assert found.n_none == 0
            elif "independent" in name:
                assert found.covered < 0.7, (world.name, name)


def test_the_machine_alone_is_off_by_its_own_error() -> None:
    found = simulate(WORLDS[1], "equal chance", times=100, seed=7)
    assert found["machine alone, text families (`prevalence_naive`)"].bias > 0.05


def test_the_same_seed_gives_the_same_figures() -> None:
    assert simulate(WORLDS[0], "stratified", 5) == simulate(WORLDS[0], "stratified", 5)
