"""Tables in parts: the same rows as in one, a stopped run that goes on, one run at a time, tables from and to a store."""

from __future__ import annotations

import json
from pathlib import Path

import fsspec
import pandas as pd
import pytest

from analysis import pipeline, tables
from analysis.cli import main
from analysis.pipeline import steps, whole
from analysis.pipeline.draft import Draft
from analysis.pipeline.run import Run, held
from analysis.problems import DataProblem
from analysis.scrape import sources
from analysis.scrape import units as planned
from analysis.scrape.fetched import Reading
from analysis.scrape.removal_tables import forget

# Overdue for n months, the collectors rang the whole address book and said that they would come; and an advert.
TEXTS = [
    f"逾期第{n}个月。" + "我在一家平台借了三千元，到期没有还上，催收把我通讯录里的人打了个遍，还说要上门来找我家里人，我只好换了号码。\n"
    "停息挂账找专业法务老师，一对一规划，帮你早日上岸。"
    for n in range(2, 12)
]


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.jsonl"
    rows = [{"text": text, "url": f"https://bbs.example/{n}"} for n, text in enumerate(TEXTS)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (planned, sources):
        monkeypatch.setattr(module, "PART_RECORDS", 4)


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs without measures, which take longer than all else on ten posts."""
    for module in (whole, steps):
        monkeypatch.setattr(module, "measure_run", lambda *_: "")


def run_of(folder: Path, posts: Path) -> Run:
    run = Run(folder, salt_folder=posts.parent / "salt")
    pipeline.everything(run, [str(posts)], "2026-01-31", lambda line: None)
    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet")) if path.is_file()}


def test_parts_hold_the_rows_of_the_whole(
    posts: Path, tmp_path: Path, unmeasured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = run_of(tmp_path / "whole", posts)
    for module in (planned, sources):
        monkeypatch.setattr(module, "PART_RECORDS", 4)
    parted = run_of(tmp_path / "parted", posts)
    assert len(list((parted.folder / "posts.parquet").iterdir())) == 3
    steps.scrape(run := Run(tmp_path / "steps", salt_folder=posts.parent / "salt"), [str(posts)], "2026-01-31")
    for stage in (steps.cleaned, steps.coded, steps.scored, steps.measured):
        stage(run)
    assert contents(run.folder) == contents(parted.folder)
    for name in whole.BY_PART:
        pd.testing.assert_frame_equal(tables.read(name, parted.folder), tables.read(name, single.folder))
    assert (single.folder / "posts.parquet").is_file()
    assert tables.read("posts", parted.folder)["duplicate_of"].notna().sum() == len(TEXTS) - 1  # across parts


def test_a_stopped_run_goes_on_and_gives_the_same(
    posts: Path, tmp_path: Path, small_parts: None, unmeasured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = run_of(tmp_path / "whole", posts)
    put, coded = Draft.put, []

    def stops(self: Draft, unit: int, part: int, made: object) -> None:
        if part == 2:
            raise KeyboardInterrupt
        put(self, unit, part, made)  # type: ignore[arg-type]

    monkeypatch.setattr(Draft, "put", stops)
    with pytest.raises(KeyboardInterrupt):
        run_of(tmp_path / "stopped", posts)
    monkeypatch.setattr(Draft, "put", put)
    call = whole.Coding.__call__
    monkeypatch.setattr(whole.Coding, "__call__", lambda self, raw: coded.append(len(raw)) or call(self, raw))
    again = run_of(tmp_path / "stopped", posts)
    assert coded == [2]  # of ten records the last two
    assert contents(again.folder) == contents(single.folder)
    assert sorted(path.name for path in again.folder.iterdir() if path.is_dir() and path.name.startswith(".")) == []


def test_what_a_stopped_run_made_is_not_taken_for_other_sources(
    posts: Path, tmp_path: Path, small_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "measure_run", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_of(tmp_path / "out", posts)
    monkeypatch.setattr(whole, "measure_run", lambda *_: "")
    posts.write_text(posts.read_text(encoding="utf-8").replace("逾期", "欠款"), encoding="utf-8")
    assert not tables.read("posts", run_of(tmp_path / "out", posts).folder)["text"].str.contains("逾期").any()


def test_forget_takes_rows_out_of_every_part(posts: Path, tmp_path: Path, small_parts: None, unmeasured: None) -> None:
    run = run_of(tmp_path / "out", posts)
    told = forget(["https://bbs.example/5"], run.folder, [], tmp_path / "removal.txt")
    assert told.rows["posts"] == 1
    assert len(tables.read("posts", run.folder)) == len(TEXTS) - 1
    steps.compared(run)
    assert tables.read("posts", run.folder)["duplicate_of"].notna().sum() == len(TEXTS) - 2


def test_one_run_at_a_time_has_a_folder(posts: Path, tmp_path: Path, unmeasured: None) -> None:
    with held(tmp_path / "out"), pytest.raises(DataProblem, match="another run is writing there"):
        run_of(tmp_path / "out", posts)
    run_of(tmp_path / "out", posts)


def test_some_columns_and_rows_are_read_alone(posts: Path, tmp_path: Path, small_parts: None, unmeasured: None) -> None:
    run = run_of(tmp_path / "out", posts)
    whole = tables.read("mentions", run.folder)
    some = tables.read("mentions", run.folder, ["post_id", "theme"])
    assert some.astype("str").equals(whole[["post_id", "theme"]].astype("str"))
    assert some["theme"].cat.categories.tolist() == sorted(whole["theme"].unique())
    with pytest.raises(DataProblem, match="no column 'thema'"):
        tables.read("mentions", run.folder, ["thema"])


def test_folders_of_one_name_have_ids_of_their_own(tmp_path: Path) -> None:
    for at in ("a", "b"):
        (tmp_path / at / "pages").mkdir(parents=True)
        (tmp_path / at / "pages" / "x.txt").write_text(TEXTS[0], encoding="utf-8")
    units = planned.plan([tmp_path / "a" / "pages", tmp_path / "b" / "pages"], Reading())
    assert [[file.occurrence for file in unit.files] for unit in units] == [[0, 1]]
    raw = sources.read(tmp_path / "a" / "pages", tmp_path / "b" / "pages")
    assert raw["raw_id"].is_unique


def test_a_store_gives_and_takes(posts: Path, tmp_path: Path, unmeasured: None, monkeypatch: pytest.MonkeyPatch) -> None:
    store = fsspec.filesystem("memory")
    store.pipe("/pages/posts.jsonl", posts.read_bytes())
    assert main(["run", "memory://pages", "--out", "memory://tables", "--fetched-at", "2026-01-31"]) == 0
    store.get("/tables", str(tmp_path / "got"), recursive=True)
    assert tables.read("raw", tmp_path / "got")["archive"].unique().tolist() == ["memory:///pages/posts.jsonl"]
    assert main(["run", f"file://{posts}", "--out", str(tmp_path / "here"), "--fetched-at", "2026-01-31"]) == 0
    assert tables.read("posts", tmp_path / "here")["text"].tolist() == tables.read("posts", tmp_path / "got")["text"].tolist()
    with pytest.raises(DataProblem, match="no file there"):
        sources.read("memory://nothing")
