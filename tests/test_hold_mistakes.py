"""Users' mistakes and corpora that hold nothing: a clear message that says what to do, and no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from analysis import tables
from analysis.cli import EXIT_INTERRUPTED, main

ROOT = Path(__file__).parents[1]
POST = "网贷逾期三个月，催收天天打电话威胁我家里人，我快崩溃了。"  # overdue; collectors threaten my family
OTHER = "平台不会威胁借款人，逾期会影响征信，可以协商分期还款。"  # platforms don't threaten; credit; instalments


def csv_of(path: Path, texts: list[str]) -> Path:
    pd.DataFrame({"text": texts}).to_csv(path, index=False)
    return path


def command(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "analysis", *map(str, arguments)],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "n_posts"),
    [
        ([POST], 1),  # one post
        (["The weather is fine today.", "Nothing to see here at all."], 2),  # no Chinese
        ([POST + OTHER] * 6, 6),  # all copies
        (["1234567890", "！！！！", "？"], None),  # no words
    ],
    ids=["one post", "no Chinese", "all copies", "no words"],
)
def test_a_corpus_that_says_little_is_measured_all_the_same(texts: list[str], n_posts: int | None, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["run", str(csv_of(tmp_path / "posts.csv", texts)), "--out", str(out)]) == 0
    made = {name: tables.read(name, out) for name in tables.TABLES}
    assert len(made["posts"]) + len(made["dropped"]) == len(made["raw"]) == len(texts)
    assert n_posts is None or len(made["posts"]) == n_posts
    assert made["posts"]["published_at"].isna().all()  # no date at all, and none invented
    assert (made["measures"]["denominator"] >= made["measures"]["n"]).mean() > 0
    assert main(["charts", str(out)]) == 0


@pytest.mark.parametrize("content", ["", "text\n", "\n\n"], ids=["no byte", "a header alone", "blank lines"])
def test_an_empty_corpus_says_so(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(content, encoding="utf-8")
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "posts.csv" in said
    assert "Traceback" not in said


def test_an_empty_folder_and_a_folder_of_other_things_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["run", str(tmp_path / "empty"), "--out", str(tmp_path / "out")]) == 1
    assert "nothing to read" in capsys.readouterr().err
    (tmp_path / "empty" / "thing.bin").write_bytes(bytes(range(256)))
    assert main(["run", str(tmp_path / "empty"), "--out", str(tmp_path / "out")]) == 1
    assert "thing.bin" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["report", "charts", "measure", "themes", "sentiment", "clean"])
def test_a_folder_that_holds_no_tables_is_named(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_tables_of_an_older_form_say_which_column_is_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["run", str(csv_of(tmp_path / "posts.csv", [POST, OTHER])), "--out", str(out)]) == 0
    pd.read_parquet(out / "posts.parquet").drop(columns=["template_id"]).to_parquet(out / "posts.parquet")
    capsys.readouterr()
    for stage in ("themes", "measure", "charts"):
        assert main([stage, str(out)]) == 1
        assert "no column template_id" in capsys.readouterr().err


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = csv_of(tmp_path / "posts.csv", [POST])
    assert main(["run", str(path), "--out", str(path)]) == 1
    assert str(path) in capsys.readouterr().err


def test_a_path_with_blanks_and_chinese(tmp_path: Path) -> None:
    inside = tmp_path / "我的 语料 (1)"
    inside.mkdir()
    csv_of(inside / "帖子 一.csv", [POST, OTHER])
    assert main(["run", str(inside), "--out", str(inside / "结果 表")]) == 0
    assert len(tables.read("posts", inside / "结果 表")) == 2


def test_a_locale_that_is_not_utf8_gives_the_same_tables_and_no_traceback(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "帖子.csv", [POST, OTHER])
    other = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    done = command("run", path, "--out", tmp_path / "c", **other)
    assert done.returncode == 0, done.stderr
    assert main(["run", str(path), "--out", str(tmp_path / "utf8")]) == 0
    for table in tables.TABLES:
        assert (tmp_path / "c" / f"{table}.parquet").read_bytes() == (tmp_path / "utf8" / f"{table}.parquet").read_bytes(), table
    shown = command("sources", **other)  # of the quick commands the one that prints Chinese
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert "编号" in shown.stdout.decode()  # number


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere: no such mistake to make")
def test_a_folder_without_write_access_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert main(["run", str(csv_of(tmp_path / "posts.csv", [POST])), "--out", str(closed / "out")]) == 1
    assert str(closed) in capsys.readouterr().err


def test_no_write_access_is_said_for_the_superuser_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proc = Path("/proc/self/out")  # nobody can make a folder there
    if not proc.parent.exists():
        pytest.skip("no folder here that even the superuser cannot write")
    assert main(["run", str(csv_of(tmp_path / "posts.csv", [POST])), "--out", str(proc)]) == 1
    assert "/proc/self/out" in capsys.readouterr().err


def test_ctrl_c_stops_with_a_line_and_leaves_no_half_table(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "posts.csv", [f"{POST}{i}" for i in range(4000)])
    run = subprocess.Popen(
        [sys.executable, "-m", "analysis", "run", str(path), "--out", str(tmp_path / "out")],
        cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    time.sleep(3)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode in (EXIT_INTERRUPTED, -signal.SIGINT)
    assert not list((tmp_path / "out").glob("*.parquet"))  # what is kept to go on from lies in a folder below
    if run.returncode == EXIT_INTERRUPTED:
        assert b"stopped" in said
