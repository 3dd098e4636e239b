"""The sample: known chances, strata by what the machine said, the same draw for the same seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_posts import CODES, corpus

from analysis.cli import main
from analysis.measure.sampling import Plan, allocate, draw, unit_name
from analysis.measure.told import Told, told
from analysis.pipeline.run import Run
from analysis.problems import DataProblem


@pytest.fixture(scope="module")
def read() -> Told:
    made = corpus()
    return told(made["posts"], made["mentions"], CODES)


def test_a_simple_sample_gives_each_post_the_same_chance(read: Told) -> None:
    design = draw(read, Plan(60, seed=3))
    assert list(design["post_id"]) == list(read.found.posts["post_id"])
    assert (design["unit"] != "").sum() == 60
    assert design["inclusion"].unique().tolist() == [60 / len(design)]
    pd.testing.assert_frame_equal(design, draw(read, Plan(60, seed=3)))
    assert list(design["unit"]) != list(draw(read, Plan(60, seed=4))["unit"])


def test_over_many_seeds_posts_are_drawn_as_often_as_their_chance_says(read: Told) -> None:
    designs = [draw(read, Plan(80, ("theme=threats", "solicitation"), seed)) for seed in range(300)]
    often = np.mean([(d["unit"] != "").to_numpy() for d in designs], axis=0)
    chance = designs[0]["inclusion"].to_numpy()
    assert len(np.unique(chance)) > 2
    assert np.abs(often - chance).max() < 0.15  # 5 standard errors of 300 draws
    assert (often - chance).mean() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("strata", [("theme",), ("theme=threats",), ("family",), ("family=threats",), ("solicitation", "family")])
def test_strata_have_two_drawn_posts_and_one_left(read: Told, strata: tuple[str, ...]) -> None:
    design = draw(read, Plan(100, strata))
    each = design.assign(drawn=design["unit"] != "").groupby("stratum")["drawn"].agg(["sum", "size"])
    assert each["sum"].sum() == 100
    assert (each["sum"] >= 2).all()
    assert (each["sum"] < each["size"]).all()
    first = design.groupby("stratum").first()
    assert np.allclose(first["inclusion"], each["sum"] / each["size"])
    assert (first["n_stratum"] == each["size"]).all()


def test_strata_follow_the_machine(read: Told) -> None:
    design = draw(read, Plan(60, ("theme=threats",)))
    assert ((design["stratum"] == "threats").to_numpy() == read.carries("threats")).all()


def test_small_strata_are_laid_together(read: Told) -> None:
    design = draw(read, Plan(100, ("theme", "family", "solicitation")))
    assert (design["stratum"].value_counts() >= 8).all()


@pytest.mark.parametrize(
    ("plan", "match"),
    [
        (Plan(1), "cannot be drawn"),
        (Plan(10_000), "cannot be drawn"),
        (Plan(2, ("solicitation",)), "strata need"),
        (Plan(20, ("site",)), "there are no strata by 'site'"),
        (Plan(20, ("theme=nothing",)), "not in the codebook"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(read: Told, plan: Plan, match: str) -> None:
    with pytest.raises(DataProblem, match=match):
        draw(read, plan)


def test_allocation_adds_up() -> None:
    for n in range(10, 150):
        given = allocate(np.array([100, 8, 9, 60]), n)
        assert given.sum() == n
        assert (given >= 2).all()
        assert (given < [100, 8, 9, 60]).all()
    with pytest.raises(DataProblem, match="leave one post each"):
        allocate(np.array([8, 8]), 15)


def test_a_name_tells_nothing_of_the_post() -> None:
    assert "abc" not in unit_name("abc", 0)
    assert len({unit_name(f"p{n}", 0) for n in range(5000)}) == 5000


def test_strata_by_campaign_take_posts_of_both_kinds(sample_run: Run, tmp_path: Path) -> None:
    out = tmp_path / "coding"
    assert main(["sheet", str(sample_run.folder), "--out", str(out), "--n", "40", "--strata", "campaign"]) == 0
    design = pd.read_csv(next((out / "design").glob("*.csv")))
    drawn = design[design["unit"].notna()]
    assert set(drawn["stratum"]) == {"campaign", "none"}
