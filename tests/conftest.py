"""What many tests stand on: one run over the sample corpus, its truth, and where outside material is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

from analysis import pipeline, tables

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
SHARED = ROOT.parent / "shared"

# The same examples on every run, and no time limit for one: a busy machine is no failure.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> pipeline.Run:
    """The tables of the whole sample corpus, contact ids in clear so that they can be compared with the truth."""
    folder = tmp_path_factory.mktemp("sample")
    run = pipeline.Run(folder / "tables", reveal_contacts=True, salt_folder=folder / "salt")
    pipeline.everything(run, [str(SAMPLE / "sample.warc.gz")], None, lambda line: None)
    return run


@pytest.fixture(scope="session")
def sample_tables(sample_run: pipeline.Run) -> dict[str, pd.DataFrame]:
    return {name: tables.read(name, sample_run.folder) for name in tables.TABLES}


@pytest.fixture(scope="session")
def truth() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Outside material (real pages, gold documents), which is not part of the project."""
    if not SHARED.exists():
        pytest.skip("no outside material beside the project: its gold documents and real pages are not part of it")
    return SHARED
