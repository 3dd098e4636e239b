"""Floors of quality on documents that others coded, and on the seed article; a floor goes down only with a reason."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import pipeline, tables
from analysis.pipeline.run import Run

ROOT = Path(__file__).parents[1]
BASELINE = json.loads((ROOT / "tests" / "baseline.json").read_text(encoding="utf-8"))["gold_dev"]


@pytest.fixture(scope="module")
def gold_figures(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    gold = shared / "gold" / "dev.jsonl"
    folder = tmp_path_factory.mktemp("gold")
    tools = shared / "tools"
    subprocess.run([sys.executable, tools / "render_gold.py", gold, folder / "pages"], check=True, capture_output=True)
    run = Run(folder / "tables", reveal_contacts=True, salt_folder=folder)
    pipeline.everything(run, [str(folder / "pages")], "2026-01-15", lambda line: None)
    scored = subprocess.run(
        [sys.executable, tools / "score.py", run.folder, gold, "--fetched-on", "2026-01-15"],
        check=True, capture_output=True, text=True, encoding="utf-8",
    )
    lines = [line.split() for line in scored.stdout.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_the_labels_are_those_the_floors_were_set_on(shared: Path) -> None:
    found = hashlib.sha256((shared / "gold" / "dev.jsonl").read_bytes()).hexdigest()
    assert found == BASELINE["digest"], "the gold changed: measure anew, and set floors with a reason in the commit"


@pytest.mark.parametrize("figure", sorted(BASELINE["floors"]))
def test_no_figure_falls_below_its_floor(figure: str, gold_figures: dict[str, float]) -> None:
    assert gold_figures[figure] >= BASELINE["floors"][figure]


@pytest.fixture(scope="module")
def seed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The article that a keyword count takes for one about threats."""
    folder = tmp_path_factory.mktemp("seed")
    run = Run(folder / "tables", reveal_contacts=True, salt_folder=folder)
    pipeline.everything(run, [str(shared / "real" / "seed_article.txt")], "2024-05-01", lambda line: None)
    return {name: tables.read(name, run.folder) for name in tables.TABLES}


def test_nobody_was_threatened_in_the_seed_article(seed: dict[str, object]) -> None:
    mentions = seed["mentions"]
    threats = mentions[(mentions["theme"] == "threats") & (mentions["layer"] != "toc")]
    statuses = threats["status"].value_counts()
    assert "reported" not in statuses
    assert statuses.get("denied", 0) >= 3
    assert statuses.get("question", 0) >= 3
    assert statuses.get("prohibited", 0) >= 1


def test_the_seed_article_contradicts_itself_and_advertises(seed: dict[str, object]) -> None:
    posts, contacts = seed["posts"], seed["contacts"]
    assert "threats" in set(seed["contradictions"]["theme"])
    assert bool(posts.loc[0, "solicitation"])
    assert int(posts.loc[0, "n_views"]) == 65111
    assert set(contacts["kind"]) == {"wechat"}
    assert contacts.loc[0, "value"] not in posts.loc[0, "text"]
    assert "ad" in set(seed["blocks"]["layer"])


def test_the_real_pages_and_archives_go_through(shared: Path, tmp_path: Path) -> None:
    run = Run(tmp_path / "tables", salt_folder=tmp_path)
    pipeline.everything(run, [str(shared / "real" / "pages"), str(shared / "real" / "warc")], "2026-01-15", lambda line: None)
    made = {name: tables.read(name, run.folder) for name in tables.TABLES}
    assert len(made["posts"]) + len(made["dropped"]) == len(made["raw"]) >= 29
    assert made["posts"]["on_topic"].mean() < 0.2  # pages of all the world, hardly one on collection
