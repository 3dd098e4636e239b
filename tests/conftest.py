"""What many tests stand on: one run over the sample corpus, its truth, and where outside material is."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

from analysis import pipeline, tables
from analysis.pipeline.run import Run

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
SHARED = ROOT.parent / "shared"
PATIENCE = 300  # seconds to wait for what another worker makes

# The same examples on every run, and no time limit for one: a busy machine is no failure.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The tables of the whole sample corpus, contact ids in clear so that they can be compared with the truth."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample"
    run = Run(folder / "tables", reveal_contacts=True, salt_folder=folder / "salt")
    try:
        folder.mkdir()
    except FileExistsError:  # another worker makes it, and says so when it is done
        end = time.monotonic() + PATIENCE
        while not (folder / "done").exists():
            assert time.monotonic() < end, "the worker that makes the tables of the sample did not come to an end"
            time.sleep(0.2)
        return run
    pipeline.everything(run, [str(SAMPLE / "sample.warc.gz")], None, lambda line: None)
    (folder / "done").touch()
    return run


@pytest.fixture(scope="session")
def sample_tables(sample_run: Run) -> dict[str, pd.DataFrame]:
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
