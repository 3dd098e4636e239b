"""A real Dask cluster of two workers on this machine: the same bytes, also where a worker is killed in mid-run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import pipeline
from analysis.pipeline.draft import Draft
from analysis.pipeline.run import Run
from analysis.problems import DataProblem

pytest.importorskip("distributed", reason="the extra cluster is not installed")
LIMIT = 60  # seconds for a part of the cluster to come up
PAGE = "我在第{n}家平台逾期{n}个月了，催收把我通讯录里的人打了个遍，还说要上门。"  # overdue, the address book was rung


class Scheduler:
    """A scheduler and its workers, each a process that is ended by its id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told = folder / "scheduler.json"
        here = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self._told))
        self.processes = [self._start("dask_scheduler", *here)]
        self._wait(self._told.exists)
        self.address = json.loads(self._told.read_text(encoding="utf-8"))["address"]
        for _ in range(2):
            self.add_worker()

    def add_worker(self) -> None:
        self.processes.append(self._start(
            "dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1",
            "--local-directory", str(self._folder),
        ))  # fmt: skip

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        with (self._folder / f"{module}.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)

    def _wait(self, is_there: object) -> None:
        end = time.monotonic() + LIMIT
        while not is_there():  # type: ignore[operator]
            assert time.monotonic() < end, "the scheduler did not come up"
            time.sleep(0.1)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Scheduler]:
    (tmp_path / "dask").mkdir()
    started = Scheduler(tmp_path / "dask")
    yield started
    started.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet")) if path.is_file()}


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(
    scheduler: Scheduler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.scrape.units.UNIT_BYTES", 1)  # each file a unit
    monkeypatch.setattr("analysis.pipeline.whole.measure_run", lambda *_: "")  # is done here, not on the cluster
    for file in range(6):
        rows = [{"text": PAGE.format(n=file * 10 + n % 7), "url": f"https://bbs.example/{file}/{n}"} for n in range(10)]
        (tmp_path / f"{file}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    sources = [str(tmp_path / f"{file}.jsonl") for file in range(6)]
    alone = Run(tmp_path / "alone", salt_folder=tmp_path / "salt")
    pipeline.everything(alone, sources, None, lambda line: None)
    put = Draft.told
    victim = scheduler.processes[1]

    def told(self: Draft, unit: int) -> object:
        if victim.poll() is None and unit == 0:
            os.kill(victim.pid, signal.SIGKILL)  # as the work is given out
        return put(self, unit)

    monkeypatch.setattr(Draft, "told", told)
    shared = Run(tmp_path / "cluster", salt_folder=tmp_path / "salt", scheduler=scheduler.address)
    pipeline.everything(shared, sources, None, lambda line: None)
    assert victim.poll() is not None
    assert contents(shared.folder) == contents(alone.folder)


def test_no_scheduler_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.cluster.PATIENCE", 0.5)
    (tmp_path / "a.txt").write_text(PAGE.format(n=3), encoding="utf-8")
    run = Run(tmp_path / "out", salt_folder=tmp_path / "salt", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(DataProblem, match="no Dask scheduler answers"):
        pipeline.everything(run, [str(tmp_path / "a.txt")], None, lambda line: None)
