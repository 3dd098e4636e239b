"""All stages from sources to measures: parts of the records to scored mentions, then what is asked of the corpus as a whole.

A worker takes a batch of records to scored mentions without a table in between; parts are kept on disk as they are made
(`draft`), so that memory does not grow with the corpus and a run that was stopped goes on. Near-copies are found once all
parts are there; then the parts become the tables, and these are measured.
"""

from __future__ import annotations

import gc
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pyarrow

from analysis import codebook as books
from analysis import engine, tables
from analysis.clean import Settings, clean_pages, with_found
from analysis.clean.duplicates import copies
from analysis.clean.traces import traces
from analysis.measure import claims, ties
from analysis.pipeline import progress
from analysis.pipeline.counting import measure_run
from analysis.pipeline.draft import TRACES, Draft, Made, begun, table_of
from analysis.pipeline.keys import key_of
from analysis.pipeline.run import (
    MAKING,
    Run,
    clean_line,
    gather,
    held,
    put,
    replace,
    scrape_line,
    themes_line,
)
from analysis.problems import DataProblem
from analysis.scrape import Reader, Told, Unit, plan
from analysis.scrape.summary import archives_of, copy_beside
from analysis.sentiment import score
from analysis.themes import find_themes

Say = Callable[[str], None]
BY_PART = ("raw", "posts", "blocks", "contacts", "dropped", "mentions", "contradictions", "claims", "ties")


def everything(run: Run, sources: Sequence[str], fetched_at: str | None, say: Say) -> None:
    """From sources to measures. What an earlier, stopped run of the same sources with the same rules has done is kept."""
    listed, told = archives_of(sources), Told()
    reader = run.reader(fetched_at)
    units = plan(listed, told.reading)
    with held(run.folder), engine.opened(run.workers, run.scheduler) as runner:
        draft = begun(run.folder, key_of(run, units, reader))
        if known := draft.parts():
            say(f"run: goes on where it was stopped; {len(known):,} parts were done")
        _code_all(draft, units, reader, Coding(run.settings, run.codebook), runner)
        for unit in units:
            told.add(draft.told(unit.number) or Told())
        if not draft.parts():
            draft.clear()
        told.close(listed)
        made = draft.folder / MAKING
        n = _settle(draft, made, run, runner)
        say(scrape_line(told, n["raw"], len(sources)))
        say(clean_line(made, made))
        say(themes_line(made))
        say(measure_run(run, made))
        replace(run, made)
        draft.clear()
    copy_beside(sources, run.folder)


@dataclass(frozen=True)
class Coding:
    """The way of a batch of records to scored mentions."""

    settings: Settings
    codebook: Path | None

    def __call__(self, raw: pd.DataFrame) -> Made:
        book = books.load(self.codebook)
        clean = clean_pages(raw, self.settings)
        coded = find_themes(clean.posts, clean.blocks, book)
        scored = score(clean.posts, clean.blocks, coded.mentions, book)
        frames = {
            "raw": raw.drop(columns="content"), **clean._asdict(), **coded._asdict(), **scored._asdict(),
            "claims": claims(scored.posts, scored.mentions, clean.blocks), "ties": ties(clean.posts, clean.blocks, clean.contacts),
        }  # fmt: skip
        found = {name: pyarrow.Table.from_pandas(frames[name], preserve_index=False) for name in BY_PART}
        _keep_out_of_collections()
        return found, traces(clean.posts, clean.blocks)


@cache
def _keep_out_of_collections() -> None:
    """Rules and lists, loaded with the first batch, stay: the collector need not go through them again and again."""
    gc.collect()
    gc.freeze()


def _code_all(draft: Draft, units: Sequence[Unit], reader: Reader, code: Coding, runner: engine.Engine) -> None:
    todo = [unit for unit in units if draft.told(unit.number) is None]
    if runner.is_elsewhere:
        done = runner.map(partial(_code_unit, draft, reader, code), todo)
        for _ in progress.counted(done, "units", len(todo)):
            pass
    else:
        _code_units(draft, reader, code, runner, todo)


def _code_unit(draft: Draft, reader: Reader, code: Coding, unit: Unit) -> None:
    """One unit, on the machine that calls this."""
    _code_units(draft, reader, code, engine.Here(), [unit])


def _code_units(draft: Draft, reader: Reader, code: Coding, runner: engine.Engine, units: Sequence[Unit]) -> None:
    """Units whose batches go to the engine one after another, so that it is busy across parts and files."""
    tolds = {unit.number: Told() for unit in units}
    places: deque[tuple[int, int]] = deque()
    shown = progress.Pages(units)

    def pieces() -> Iterator[pd.DataFrame]:
        for unit in units:
            for part, frame in reader.batches(unit, tolds[unit.number], done=draft.done(unit.number)):
                places.append((unit.number, part))
                shown.read(unit, frame)
                yield frame

    at: tuple[int, int] | None = None
    waiting: list[Made] = []
    for made in runner.map(code, pieces()):
        place = places.popleft()
        if at is not None and place != at:
            draft.put(*at, waiting)
            waiting = []
            _finish(draft, tolds, before=place[0])
        at = place
        waiting.append(made)
        shown.done(made[0]["raw"].num_rows)
    if at is not None:
        draft.put(*at, waiting)
    _finish(draft, tolds, before=None)
    shown.close()


def _finish(draft: Draft, tolds: dict[int, Told], before: int | None) -> None:
    """The units before that one are done: all that they hold has been read, and is written."""
    for number in [number for number in tolds if before is None or number < before]:
        draft.finish(number, tolds.pop(number))


def _settle(draft: Draft, made: Path, run: Run, runner: engine.Engine) -> Counter[str]:
    """Copies among all parts; then each part's tables, checked. How many rows each table has."""
    parts = draft.parts()
    found = copies([part / TRACES for part in parts], runner.map).set_index("post_id")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()

    def pieces() -> Iterator[tuple[int, Path, pd.DataFrame]]:
        for number, part in enumerate(parts):
            yield number, part, found.loc[table_of(part, "posts", ["post_id"])["post_id"]].reset_index()

    n: Counter[str] = Counter()
    for rows in progress.counted(runner.map(partial(_settle_part, made, dict(run.columns)), pieces()), "parts", len(parts)):
        n += rows
    for name in BY_PART:
        gather(made, name)
    ids = tables.read("raw", made, ["raw_id"])["raw_id"]
    if not ids.is_unique:
        raise DataProblem(f"two records have the id {ids[ids.duplicated()].iloc[0]}. Run their sources apart, and please report this.")
    return n


def _settle_part(made: Path, columns: dict[str, str], piece: tuple[int, Path, pd.DataFrame]) -> Counter[str]:
    number, part, found = piece
    frames = {name: table_of(part, name) for name in BY_PART}
    frames["posts"] = with_found(frames["posts"], found)
    frames["raw"].attrs = {"chosen": columns}  # by which `clean` reads the record again
    put(made, number, frames)
    return Counter({name: len(frame) for name, frame in frames.items()})
