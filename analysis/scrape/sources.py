"""Sources to the table `raw`: any mix of pages, folders, archives and tables of posts, and the way back to the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from analysis.engine import BATCH_ROWS
from analysis.problems import DataProblem
from analysis.scrape.fetched import Fetched, Reading, moment
from analysis.scrape.files import STDIN, read_path
from analysis.scrape.removal import REASON, Removal, load
from analysis.tables import table


def records(*sources: str | Path, problems: list[str] | None = None, reading: Reading | None = None) -> Iterator[Fetched]:
    """The records of the sources, one after another, never more than one in memory; what is passed over: `problems`."""
    told = reading or Reading([] if problems is None else problems)
    for source in sources:
        n = 0
        for record in read_path(Path(source), told):
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
    if not sources:
        raise DataProblem("no source was given. Name at least one file or folder.")
    told = Told()
    parts = list(batches(*sources, fetched_at=fetched_at, columns=columns, removal=removal, told=told))
    raw = pd.concat(parts, ignore_index=True)
    raw.attrs |= told.attrs()
    return raw


@dataclass
class Told:
    """What reading has to say once it is done: problems, columns taken and chosen, records that the removal list kept out."""

    reading: Reading = field(default_factory=Reading)
    n_removed: int = 0

    def attrs(self) -> dict[str, object]:
        """The same as attributes of the table."""
        return {
            "problems": self.reading.problems, "columns": self.reading.columns, "chosen": dict(self.reading.chosen),
            "n_removed": self.n_removed,
        }


def batches(
    *sources: str | Path,
    fetched_at: str | datetime | None = None,
    columns: Mapping[str, str] | None = None,
    removal: Removal | None = None,
    told: Told | None = None,
    rows: int = BATCH_ROWS,
) -> Iterator[pd.DataFrame]:
    """The table that `read` gives, in pieces of so many rows, so that the bytes of all pages are never in memory at once.

    What there is to tell is added to `told`, and is whole once the last piece has been taken.
    """
    if not sources:
        raise DataProblem("no source was given. Name at least one file or folder.")
    default = moment(fetched_at, "fetched_at")
    listed = load() if removal is None else removal
    told = told or Told()
    told.reading.chosen = dict(columns or {})
    found: list[dict[str, object]] = []
    seen: set[str] = set()
    for record in tqdm(records(*sources, reading=told.reading), unit=" records", disable=None, leave=False):
        digest = sha256(record.content).hexdigest()
        raw_id = _raw_id(record, digest, seen)
        if listed.covers_record(record.url, digest, raw_id):
            told.n_removed += 1
            continue
        row = record._asdict() | {"fetched_at": record.fetched_at or default, "raw_id": raw_id, "digest": digest}
        found.append(row | {"n_bytes": len(record.content)})
        if len(found) == rows:
            yield _frame(found)
            found = []
    if told.n_removed:
        told.reading.problems.append(f"{told.n_removed} records are on the removal list and were not read ({REASON}).")
    if found:
        yield _frame(found)
    elif len(seen) == told.n_removed:
        problems = "\n".join(told.reading.problems[:5])
        raise DataProblem(f"nothing to read.\n{problems}\nName a source that holds pages or posts.")


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = table("raw").frame(rows)
    frame["content"] = pd.Series([row["content"] for row in rows], dtype=object)
    return frame


def _raw_id(record: Fetched, digest: str, seen: set[str]) -> str:
    """16 hexadecimal digits of source, offset and digest; of equal ones each later one counts on."""
    identity = f"{record.source}\n{record.offset}\n{digest}"
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
        path = Path(str(archive))
        if str(path) == STDIN:
            raise DataProblem(
                "what came from standard input is not kept. Use `run`, which needs it once, or save it to a file first."
            )
        if not path.exists():
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
