# ruff: noqa: E501
"""Kill -9, a full disk, damaged files, two runs at once: the old tables or the new ones, each whole, or a clear message."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from analysis import pipeline, tables
from analysis.cli import main
from analysis.pipeline.run import Run
from analysis.problems import DataProblem

ROOT = Path(__file__).parents[1]
POSTS = ["网贷逾期三个月，催收天天打电话威胁我家里人。", "平台不会威胁借款人，逾期会影响征信。"]  # threats; denied, credit
KILLS = int(os.environ.get("HOLD_KILLS", "3"))  # HOLD_KILLS=50 is the thorough version

# A process that forks before any thread is started; each child runs the pipeline and is killed at a moment of its own.
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from analysis import pipeline, tables
from analysis.pipeline.run import Run
one, two, out, salt, kills = sys.argv[1:6]
def child(source):
    pid = os.fork()
    if pid == 0:
        pipeline.everything(Run(Path(out), salt_folder=Path(salt)), [source], None, lambda line: None)
        os._exit(0)
    return pid
def digest():
    return {n: (Path(out) / f"{n}.parquet").read_bytes() for n in tables.TABLES}
warm = Path(out).with_name("warm")  # lists and rules are loaded once, before any fork
pipeline.everything(Run(warm, salt_folder=Path(salt)), [one], None, lambda line: None)
whole = []
for source in (one, two):
    started = time.monotonic()
    os.waitpid(child(source), 0)
    whole.append(digest())
took = time.monotonic() - started
rng = random.Random(11)
for i in range(int(kills)):
    pid = child((one, two)[i % 2])
    # Half of the moments near the end, where the tables are replaced.
    time.sleep(took * (rng.random() if i % 2 else rng.uniform(0.85, 1.05)))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    now = digest()
    for name in now:
        assert now[name] in (whole[0][name], whole[1][name]), f"{name} is neither the old nor the new table"
    print("whole" if now in whole else "mixed", (Path(out) / ".unfinished").exists())
os.waitpid(child(one), 0)
assert digest() == whole[0], "a run after the kills gives other tables"
print("again whole", (Path(out) / ".unfinished").exists())
"""


# Two runs that are forked from one process, which has loaded lists and rules, and start at the same moment.
AT_ONCE = """
import os, sys
from analysis.cli import main
*sources, out, warm = sys.argv[1:]
main(["run", sources[0], "--out", warm])
children = []
for source in sources:
    children.append(os.fork())
    if children[-1] == 0:
        try:
            status = main(["run", source, "--out", out])
        except BaseException:
            sys.excepthook(*sys.exc_info())
            status = 70
        sys.stderr.flush()
        os._exit(status)
print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def csv_of(path: Path, texts: list[str]) -> Path:
    pd.DataFrame({"text": texts}).to_csv(path, index=False)
    return path


def run_to(out: Path, source: Path, salt: Path) -> None:
    pipeline.everything(Run(out, salt_folder=salt), [str(source)], None, lambda line: None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_kill_9_leaves_each_table_old_or_new_and_a_mixture_is_refused(tmp_path: Path) -> None:
    sources = [csv_of(tmp_path / f"{i}.csv", [f"{text}第{i}{n}次" for n, text in enumerate(POSTS * 3)]) for i in range(2)]
    done = subprocess.run(
        [sys.executable, "-c", KILLER, *sources, tmp_path / "out", tmp_path / "salt", str(KILLS)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=100 + 10 * KILLS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == KILLS + 1
    assert "mixed False" not in lines, "tables of two runs, and nothing says so"
    assert lines[-1] == "again whole False"


def test_a_run_stopped_between_two_tables_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, salt = tmp_path / "out", tmp_path / "salt"
    run_to(out, csv_of(tmp_path / "a.csv", POSTS), salt)
    real, n = tables.install, 0

    def stops(name: str, files: Sequence[Path], folder: Path) -> Path:
        nonlocal n
        n += folder == out
        if n == 4:
            raise KeyboardInterrupt
        return real(name, files, folder)

    monkeypatch.setattr(tables, "install", stops)
    with pytest.raises(KeyboardInterrupt):
        run_to(out, csv_of(tmp_path / "b.csv", POSTS[:1]), salt)
    monkeypatch.undo()
    with pytest.raises(DataProblem, match="stopped while it replaced"):
        tables.read("posts", out)
    run_to(out, tmp_path / "b.csv", salt)
    assert len(tables.read("posts", out)) == 1


@contextmanager
def files_no_longer_than(limit: int) -> Iterator[None]:
    """This process can write so many bytes to a file and no more, as on a full disk."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)


@pytest.mark.skipif(os.name != "posix", reason="no limit on the size of files here")
@pytest.mark.parametrize("limit", [0, 2_000, 20_000])
def test_a_full_disk_is_said_and_keeps_the_old_tables(limit: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, salt = tmp_path / "out", tmp_path / "salt"
    run_to(out, csv_of(tmp_path / "a.csv", POSTS), salt)
    old = {path.name: path.read_bytes() for path in out.iterdir() if not path.name.startswith(".")}
    csv_of(tmp_path / "b.csv", [f"{text}{i}" for i in range(60) for text in POSTS])
    with files_no_longer_than(limit):
        status = main(["run", str(tmp_path / "b.csv"), "--out", str(out)])
    now = {path.name: path.read_bytes() for path in out.iterdir() if not path.name.startswith(".")}
    assert status == 1
    assert "collection-practices: " in capsys.readouterr().err
    assert all(len(content) for content in now.values())
    if now != old:  # some tables were small enough to be replaced: then reading says so
        with pytest.raises(DataProblem, match="stopped while it replaced"):
            tables.read("raw", out)


@pytest.mark.parametrize("keep", [0, 3, 0.5, -1])
def test_a_truncated_table_is_named(keep: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    run_to(out, csv_of(tmp_path / "a.csv", POSTS), tmp_path / "salt")
    path = out / "posts.parquet"
    content = path.read_bytes()
    path.write_bytes(content[: int(keep if keep != 0.5 else len(content) / 2)])
    for stage in ("themes", "measure", "charts", "report"):
        assert main([stage, str(out)]) == 1
        assert "posts.parquet" in capsys.readouterr().err


@pytest.mark.parametrize("share", [0.3, 0.7, 0.999])
def test_a_truncated_archive_gives_what_is_whole_and_says_the_rest(share: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (ROOT / "data" / "sample" / "sample.warc.gz").read_bytes()[:24_000]
    for name, content in (("cut.warc.gz", whole), ("cut.warc", gzip.decompress(_members(whole)))):
        path = tmp_path / name
        path.write_bytes(content[: int(len(content) * share)])
        assert main(["run", str(path), "--out", str(tmp_path / name[4:])]) == 0
        said = capsys.readouterr().err
        made = {table: tables.read(table, tmp_path / name[4:]) for table in ("raw", "posts", "dropped")}
        assert len(made["posts"]) + len(made["dropped"]) == len(made["raw"]) > 0
        assert "0 problems" not in said, "a cut archive is no problem?"


def _members(content: bytes) -> bytes:
    """The whole gzip members of a cut archive."""
    ends = [i for i in range(len(content) - 2) if content[i : i + 3] == b"\x1f\x8b\x08"]
    return content[: ends[-1]]


def test_two_runs_into_one_folder_end_with_the_tables_of_one(tmp_path: Path) -> None:
    sources = [csv_of(tmp_path / f"{i}.csv", [f"{text}第{i}{n}次" for n, text in enumerate(POSTS * (i + 1))]) for i in range(2)]
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, *sources, tmp_path / "out", tmp_path / "warm"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert "0" in done.stdout.split()
    for name in tables.TABLES:
        tables.read(name, tmp_path / "out")  # each is whole; those of one run lie beside those of the other at worst for equal times
    assert not list((tmp_path / "out").glob(".*.parquet.*"))
