"""Sources to the table `raw`: any mix of pages, folders, archives and tables of posts, and the way back to the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pandas as pd
from tqdm import tqdm

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
    default = moment(fetched_at, "fetched_at")
    listed = load() if removal is None else removal
    reading = Reading(chosen=dict(columns or {}))
    rows: list[dict[str, object]] = []
    contents: list[bytes] = []
    seen: set[str] = set()
    n_removed = 0
    for record in tqdm(records(*sources, reading=reading), unit=" records", disable=None, leave=False):
        digest = sha256(record.content).hexdigest()
        raw_id = _raw_id(record, digest, seen)
        if listed.covers_record(record.url, digest, raw_id):
            n_removed += 1
            continue
        row = record._asdict()
        contents.append(row.pop("content"))
        row["fetched_at"] = record.fetched_at or default
        rows.append(row | {"raw_id": raw_id, "digest": digest, "n_bytes": len(record.content)})
    if n_removed:
        reading.problems.append(f"{n_removed} records are on the removal list and were not read ({REASON}).")
    if not rows:
        raise DataProblem("nothing to read.\n" + "\n".join(reading.problems[:5]) + "\nName a source that holds pages or posts.")
    raw = table("raw").frame(rows)
    raw["content"] = pd.Series(contents, dtype=object)
    raw.attrs |= {"problems": reading.problems, "columns": reading.columns, "chosen": dict(reading.chosen), "n_removed": n_removed}
    return raw


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
