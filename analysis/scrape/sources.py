"""Sources to the table `raw`: any mix of pages, folders, archives and tables of posts, and the way back to the bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.engine import BATCH_ROWS
from analysis.problems import DataProblem
from analysis.scrape.fetched import Fetched, Reading, moment
from analysis.scrape.files import STDIN, files_of, read_file
from analysis.scrape.removal import REASON, Removal, load
from analysis.scrape.units import PART_RECORDS, Unit, plan
from analysis.storage import is_remote
from analysis.tables import table


def records(*sources: str | Path, problems: list[str] | None = None, reading: Reading | None = None) -> Iterator[Fetched]:
    """The records of the sources, one after another, never more than one in memory; what is passed over: `problems`."""
    told = reading or Reading([] if problems is None else problems)
    for source in sources:
        n = 0
        for file in files_of(source, told):
            for record in read_file(file, told):
                n += 1
                yield record
        if n == 0:
            told.problems.append(f"{source}: no page or post in it.")


def read(
    *sources: str | Path,
    fetched_at: str | datetime | None = None,
    columns: Mapping[str, str] | None = None,
    removal: Removal | None = None,
) -> pd.DataFrame:
    """The table `raw` of the sources, with the bytes of each record in a further column `content`.

    A record's own time of fetching (WARC-Date, urls.tsv, a column) comes first, then `fetched_at`; else it is missing: the
    clock is never asked. What was damaged or of no known type stands in `.attrs["problems"]`, a sentence each; what the
    columns of tables were taken for in `.attrs["columns"]`; how many records the removal list (the project's own, unless
    one is given) kept out in `.attrs["n_removed"]`. The same sources give the same ids, wherever their folder stands.

    >>> read("no-such-file.html")
    Traceback (most recent call last):
    analysis.problems.DataProblem: no-such-file.html: no such file or folder. Sources: a folder, ...
    """
    told = Told()
    how = Reader(moment(fetched_at, "fetched_at"), dict(columns or {}), load() if removal is None else removal)
    frames = [frame for unit in plan(sources, told.reading) for _, frame in how.batches(unit, told)]
    told.close(sources)
    raw = pd.concat(frames, ignore_index=True) if frames else _frame([])
    raw.attrs |= told.attrs()
    return raw


@dataclass
class Told:
    """What reading has to say: problems, columns taken, records of each source, and how many the removal list kept out."""

    reading: Reading = field(default_factory=Reading)
    n_removed: int = 0
    n_records: Counter[int] = field(default_factory=Counter)

    def attrs(self) -> dict[str, object]:
        """The same as attributes of the table."""
        return {
            "problems": self.reading.problems, "columns": self.reading.columns, "chosen": dict(self.reading.chosen),
            "n_removed": self.n_removed,
        }

    def add(self, other: Told) -> None:
        """Take over what reading another unit had to say."""
        self.reading.problems += other.reading.problems
        self.reading.columns |= other.reading.columns
        self.n_removed += other.n_removed
        self.n_records += other.n_records

    def close(self, sources: Sequence[str | Path]) -> None:
        """Once all units are read: say which sources held nothing; nothing at all is a DataProblem."""
        problems = self.reading.problems
        problems += [f"{source}: no page or post in it." for place, source in enumerate(sources) if not self.n_records[place]]
        if self.n_removed:
            problems.append(f"{self.n_removed} records are on the removal list and were not read ({REASON}).")
        if self.n_records.total() == self.n_removed:
            told = "\n".join(problems[:5])
            raise DataProblem(f"nothing to read.\n{told}\nName a source that holds pages or posts.")


class Reader(NamedTuple):
    """How units are read: the time of fetching where a record has none, columns that were chosen, the removal list."""

    fetched_at: datetime | None
    columns: Mapping[str, str]
    removal: Removal

    def batches(self, unit: Unit, told: Told, rows: int = BATCH_ROWS, done: Container[int] = ()) -> Iterator[tuple[int, pd.DataFrame]]:
        """The number of the part, and rows of `raw` with their content: at most `rows` of one part; parts that are `done` are not given.

        What there is to tell is added to `told`, and is whole once the last piece has been taken.
        """
        told.reading.chosen = dict(self.columns)
        found: list[dict[str, object]] = []
        part = 0
        for n, row in enumerate(self._rows(unit, told)):
            part = n // PART_RECORDS
            if part not in done:
                found.append(row)
            if found and (len(found) == rows or (n + 1) % PART_RECORDS == 0):
                yield part, _frame(found)
                found = []
        if found:
            yield part, _frame(found)

    def _rows(self, unit: Unit, told: Told) -> Iterator[dict[str, object]]:
        seen: set[str] = set()
        for file in unit.files:
            for record in read_file(file, told.reading):
                told.n_records[file.source] += 1
                digest = sha256(record.content).hexdigest()
                raw_id = _raw_id(record, digest, seen, file.occurrence)
                if self.removal.covers_record(record.url, digest, raw_id):
                    told.n_removed += 1
                    continue
                yield record._asdict() | {
                    "fetched_at": record.fetched_at or self.fetched_at, "raw_id": raw_id, "digest": digest,
                    "n_bytes": len(record.content),
                }


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = table("raw").frame(rows)
    frame["content"] = pd.Series([row["content"] for row in rows], dtype=object)
    return frame


def _raw_id(record: Fetched, digest: str, seen: set[str], occurrence: int) -> str:
    """16 hexadecimal digits of source, offset and digest; of equal ones each later one counts on."""
    identity = f"{record.source}\n{record.offset}\n{digest}" + (f"\nfile {occurrence}" if occurrence else "")
    found = sha256(identity.encode()).hexdigest()[:16]
    n = 1
    while found in seen:
        n += 1
        found = sha256(f"{identity}\n{n}".encode()).hexdigest()[:16]
    seen.add(found)
    return found


def with_content(raw: pd.DataFrame) -> pd.DataFrame:
    """The table with its `content` column, read again from `archive`.

    A record is known by its digest: what has the digest has the content. A file that is gone, or that no longer holds
    the record, is a DataProblem. Columns that were chosen for a table are remembered in `raw.attrs["chosen"]`.
    """
    chosen = raw.attrs.get("chosen", {})
    found: dict[str, bytes] = {}
    for archive, rows in raw.groupby("archive", sort=False):
        wanted = set(rows["digest"]) - found.keys()
        path = str(archive)
        if path == STDIN:
            raise DataProblem(
                "what came from standard input is not kept. Use `run`, which needs it once, or save it to a file first."
            )
        if not is_remote(path) and not Path(path).exists():
            raise DataProblem(
                f"{path}: the file that {len(rows)} records came from is gone. Bring it back, or run from the folder"
                " where it was read, or read the sources again."
            )
        if not wanted:
            continue
        for record in records(path, reading=Reading(chosen=chosen)):
            digest = sha256(record.content).hexdigest()
            if digest in wanted:
                found[digest] = record.content
    lost = raw[~raw["digest"].isin(list(found))]
    if len(lost):
        names = ", ".join(lost["source"].head(5))
        raise DataProblem(f"{len(lost)} records have changed since they were read: {names}. Read the sources again.")
    return raw.assign(content=pd.Series([found[d] for d in raw["digest"]], index=raw.index, dtype=object))
