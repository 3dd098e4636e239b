"""`forget`: what somebody asked to be without, taken out of the tables of a run and out of archives, and kept out from then on."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.compute
import pyarrow.parquet

from analysis.problems import DataProblem
from analysis.scrape.files import kind_of
from analysis.scrape.removal import Removal, add, load
from analysis.scrape.removal_archives import strike
from analysis.scrape.removal_wacz import strike_wacz
from analysis.scrape.sources import records

_ID = re.compile(r"[0-9a-f]{16}")
_KEYS = ("raw_id", "post_id")
_POINTERS = ("template_id", "duplicate_of")  # columns that name another post
_MADE = ("report.html", "figures", "notebooks")  # what is made of the tables and quotes them


@dataclass
class Forgotten:
    """What was taken out: rows of each table, records of each archive, files made of them; and what is left to do by hand."""

    rows: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    n_listed: int = 0

    def __str__(self) -> str:
        rows = ", ".join(f"{name} {n}" for name, n in self.rows.items() if n) or "none"
        archives = ", ".join(f"{name} {n}" for name, n in self.records.items() if n) or "none"
        lines = [f"forget: rows taken out: {rows}; records taken out: {archives}; {self.n_listed} new on the removal list"]
        lines += [f"  deleted, because it quotes the tables: {name}" for name in self.made]
        lines += [f"  NOT deleted, do it by hand: {name}" for name in self.left]
        lines += [f"  a near-copy of it is still kept: {name}" for name in self.copies]
        return "\n".join(lines)


def forget(wanted: Sequence[str], tables: Path | None, archives: Sequence[Path], listed: Path | None = None) -> Forgotten:
    """Take addresses, hosts (`host NAME`) and ids out of the tables of a run and out of archives, and list them for good.

    An id is a raw_id or post_id of `tables`; it is listed by the address and the hash of the content behind it, so that it
    is known again under any id. The list is written first: what is stopped half-way is kept out all the same, and the same
    command takes the rest.
    """
    told = Forgotten()
    entries = list(_entries(wanted, tables))
    told.n_listed = add(entries, listed)
    removal = _of_entries(entries, load(listed))
    for path in archives:
        _strike_path(path, removal, told)
    if tables is not None:
        _tables(tables, removal, told)
    return told


def _entries(wanted: Iterable[str], tables: Path | None) -> Iterator[str]:
    raw = pd.read_parquet(tables / "raw.parquet") if tables is not None and (tables / "raw.parquet").exists() else None
    for each in wanted:
        if "://" in each or " " in each:
            yield each
        elif _ID.fullmatch(each):
            rows = raw[raw["raw_id"] == each] if raw is not None else None
            if rows is None or rows.empty:
                raise DataProblem(f"{each}: no such id in raw. Give --tables DIR of the run it stands in, or the address.")
            yield from (f"id {each}", f"sha256 {rows['digest'].iloc[0]}")
            if pd.notna(rows["url"].iloc[0]):
                yield str(rows["url"].iloc[0])
        else:
            raise DataProblem(f"{each!r}: an address with http://, 'host NAME' or an id of 16 hexadecimal digits is wanted.")


def _of_entries(entries: Sequence[str], all_listed: Removal) -> Removal:
    """The list without ids and contents of earlier calls, which were dealt with then; all addresses, which cost nothing."""
    ids = frozenset(e.removeprefix("id ") for e in entries if e.startswith("id "))
    digests = frozenset(e.removeprefix("sha256 ") for e in entries if e.startswith("sha256 "))
    return Removal(all_listed.addresses, all_listed.hosts, digests, ids)


def _strike_path(path: Path, removal: Removal, told: Forgotten) -> None:
    if not path.exists():
        raise DataProblem(f"{path}: no such file or folder. The removal list has the entries; nothing else was done for it.")
    for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
        kind = kind_of(file)
        if kind == "archive":
            told.records[str(file)] = strike(file, removal)
        elif kind == "wacz":
            told.records[str(file)] = strike_wacz(file, removal)
        elif kind in ("html", "mhtml", "text", "records") and _holds(file, removal):
            told.left.append(f"{file} holds it, and only web archives are rewritten")


def _holds(path: Path, removal: Removal) -> bool:
    try:
        return any(removal.covers(r.url) or sha256(r.content).hexdigest() in removal.digests for r in records(path))
    except DataProblem:
        return False


def _tables(folder: Path, removal: Removal, told: Forgotten) -> None:
    """Take the rows out of every table of the folder that knows raw_id or post_id, then what was made of the tables."""
    raw = folder / "raw.parquet"
    if not raw.exists():
        raise DataProblem(f"{folder}: no raw.parquet in it. Name the folder of a run's tables.")
    gone = _ids(raw, removal)
    posts = folder / "posts.parquet"
    if posts.exists():
        told.copies = _copies(pd.read_parquet(posts, columns=["post_id", "url", "duplicate_of", "template_id"]), gone)
    paths = sorted(folder.glob("*.parquet"), key=lambda path: path.name == raw.name)  # raw last: it says what is to be done
    for path in paths:
        told.rows[path.stem] = sum(_take_out(part, gone) for part in (sorted(path.glob("*.parquet")) if path.is_dir() else [path]))
    if any(told.rows.values()):
        for name in _MADE:
            made = folder / name
            if made.exists():
                shutil.rmtree(made) if made.is_dir() else made.unlink()
                told.made.append(str(made))


def _ids(raw: Path, removal: Removal) -> set[str]:
    rows = pyarrow.parquet.read_table(raw, columns=["raw_id", "url", "digest"]).to_pylist()
    return {r["raw_id"] for r in rows if removal.covers_record(r["url"], r["digest"], r["raw_id"])}


def _copies(posts: pd.DataFrame, gone: set[str]) -> list[str]:
    """The posts that hold nearly the same text as one that goes, by address."""
    family = set(posts.loc[posts["post_id"].isin(gone), "duplicate_of"].dropna()) | gone
    kept = posts[~posts["post_id"].isin(gone) & (posts["duplicate_of"].isin(family) | posts["post_id"].isin(family))]
    return [str(url) if pd.notna(url) else str(post) for post, url in zip(kept["post_id"], kept["url"], strict=True)]


def _take_out(path: Path, gone: set[str]) -> int:
    table = pyarrow.parquet.read_table(path)
    key = next((k for k in _KEYS if k in table.column_names), None)
    if key is None or not gone:
        return 0
    kept = table.filter(pyarrow.compute.invert(pyarrow.compute.is_in(table[key], value_set=pyarrow.array(sorted(gone)))))
    n = table.num_rows - kept.num_rows
    for column in (c for c in _POINTERS if c in kept.column_names):
        dangling = pyarrow.compute.is_in(kept[column], value_set=pyarrow.array(sorted(gone)))
        if pyarrow.compute.any(dangling).as_py():
            index = kept.column_names.index(column)
            empty = pyarrow.scalar(None, kept[column].type)
            kept = kept.set_column(index, kept.field(index), pyarrow.compute.if_else(dangling, empty, kept[column]))
            n = n or -1
    if n:
        part = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            pyarrow.parquet.write_table(kept, part, compression="zstd", write_statistics=True)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    return max(int(n), 0)
