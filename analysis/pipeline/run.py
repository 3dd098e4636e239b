"""One run's settings and folder: how its tables are made beside the old ones, checked, and put in their place at once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis import codebook as books
from analysis import tables
from analysis.clean import Options, Settings
from analysis.clean.contacts import salt
from analysis.clean.site_rules import watch
from analysis.problems import DataProblem
from analysis.scrape import Reader, Told
from analysis.scrape.fetched import moment
from analysis.scrape.removal import load as load_removal

Tables = dict[str, pd.DataFrame]
MAKING, LOCK = ".making", ".lock"


@dataclass(frozen=True)
class Run:
    """How to run: where the tables are, the codebook, where the work is done, the salt's folder, contact ids in clear or not."""

    folder: Path
    codebook: Path | None = None
    workers: int = 1
    reveal_contacts: bool = False
    salt_folder: Path = field(default_factory=lambda: Options().salt_folder)
    columns: Mapping[str, str] = field(default_factory=dict)
    removal: Path | None = None
    scheduler: str | None = None

    @property
    def book(self) -> books.Codebook:
        return books.load(self.codebook)

    @property
    def settings(self) -> Settings:
        return Settings(salt(self.salt_folder), self.reveal_contacts)

    def reader(self, fetched_at: str | None) -> Reader:
        """How sources are read; `fetched_at` is for records that have no time of their own."""
        return Reader(moment(fetched_at, "fetched_at"), dict(self.columns), load_removal(self.removal))


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder for one run alone; where another run has it, a DataProblem. The lock goes with the process, however it ends."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise DataProblem(f"{folder}: cannot be written to ({error}). Look at its rights and at the space on its disk.") from None
        raise DataProblem(f"{folder}: another run is writing there. Wait for it, or take another folder with --out.") from None
    try:
        yield
    finally:
        lock.close()
        if is_new and [path.name for path in folder.iterdir()] == [LOCK]:  # nothing came of it
            shutil.rmtree(folder)


@contextmanager
def making(run: Run) -> Iterator[Path]:
    """A folder beside the run's tables for new ones; at the end they replace the old ones, all or none."""
    made = run.folder / MAKING
    with held(run.folder):
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        try:
            yield made
            replace(run, made)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def put(made: Path, number: int, frames: Mapping[str, pd.DataFrame]) -> None:
    """Check and keep one part of each of some tables."""
    checked = {name: tables.check(name, frame) for name, frame in frames.items()}
    for name, frame in checked.items():
        tables.save(frame, made / f"{name}-{number:05d}.parquet")


def gather(made: Path, name: str) -> None:
    """The parts of a table that `put` has kept become that table, in the same folder."""
    tables.install(name, sorted(made.glob(f"{name}-*.parquet")), made)


def replace(run: Run, made: Path) -> None:
    """Move all tables that were made into the run's folder, in the place of the old ones."""
    for name in tables.TABLES:
        if any(made.glob(f"{name}-*.parquet")):
            gather(made, name)
    new = [name for name in tables.TABLES if (made / f"{name}.parquet").exists()]
    with tables.replacing(run.folder, new):
        for name in new:
            tables.install(name, tables.parts(name, made), run.folder)
        if "measures" in new:
            books.write_names(run.book, run.folder)


def scrape_line(told: Told, n_records: int, n_sources: int) -> str:
    """What reading the sources gave."""
    problems = told.reading.problems
    more = "".join(f"\n  {name}: {columns}" for name, columns in told.reading.columns.items())
    more += "".join(f"\n  {problem}" for problem in problems)
    return f"scrape: {n_records:,} records from {n_sources} sources, {len(problems)} problems{more}"


def clean_line(raw: Path, made: Path) -> str:
    """What became of the records; `raw` is the folder of that table, `made` that of the others."""
    records = tables.read("raw", raw, ["raw_id", "url"])
    posts = tables.read("posts", made, ["raw_id", "flags", "n_chars", "published_at"])
    dropped = tables.read("dropped", made, ["raw_id", "reason"])
    told = ", ".join(f"{reason} {n:,}" for reason, n in dropped["reason"].value_counts().items())
    line = f"clean: {len(records):,} in, {len(posts):,} kept, {len(dropped):,} dropped" + (f" ({told})" if told else "")
    return "\n  ".join([line, *watch(records, posts, dropped)])


def themes_line(made: Path) -> str:
    """What was found in the posts."""
    found = tables.read("mentions", made, ["post_id"])["post_id"]
    n_against = len(tables.read("contradictions", made, ["post_id"]))
    return f"themes: {len(found):,} mentions in {found.nunique():,} posts, {n_against:,} contradictions"

