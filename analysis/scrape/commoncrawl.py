"""Pages out of Common Crawl: the index is searched, each record fetched by its byte range, and a WARC file written.

The folder holds `captures.jsonl` (what the index named), `records.warc.gz` (the records, as they were crawled) and
`progress.json` with `done.jsonl` (how far it came). The same command goes on where it was stopped, at any moment: what was
written after the last whole step is cut off. A record is checked before it is kept: whole, and of the address asked for.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from analysis.problems import DataProblem
from analysis.scrape.cdx import DATA, INDEX, Capture, Query, captures, fits, parameters, query_of
from analysis.scrape.polite import Polite
from analysis.scrape.removal import Removal, same_address

RECORDS, CAPTURES, PROGRESS, DONE = "records.warc.gz", "captures.jsonl", "progress.json", "done.jsonl"
_LARGEST = 64 << 20  # bytes of a record; Common Crawl itself cuts pages off at 1 MiB, later 5 MiB


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a pattern of addresses, the crawl's id, further index filters, WET texts or not, at most how many."""

    match: str
    crawl: str
    filters: tuple[str, ...] = ()
    wet: bool = False
    limit: int | None = None
    index: str = INDEX
    data: str = DATA

    @property
    def identity(self) -> dict[str, Any]:
        return {"match": self.match, "crawl": self.crawl, "filters": list(self.filters), "wet": self.wet}


@dataclass
class Outcome:
    """What came of it, in counts, with a sentence for each problem."""

    n_captures: int = 0
    n_kept: int = 0
    n_before: int = 0
    n_removed: int = 0
    n_failed: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        before = f" ({self.n_before:,} of them before)" if self.n_before else ""
        return (
            f"commoncrawl: {self.n_captures:,} captures, {self.n_kept:,} records kept{before}, {self.n_failed:,} failed,"
            f" {self.n_removed:,} on the removal list"
        )


def fetch(wanted: Wanted, out: Path, client: Polite, removal: Removal | None = None) -> Outcome:
    """Search the index and fetch the records into `out`; what failed is tried again by the next call."""
    out.mkdir(parents=True, exist_ok=True)
    outcome = Outcome()
    query = query_of(wanted.match)
    _search(wanted, query, out, client, outcome)
    listed = removal or Removal()
    found: dict[tuple[str, str], Capture] = {}
    for capture in _captures_in(out / CAPTURES):
        if listed.covers(capture.url):
            outcome.n_removed += 1
        else:
            found.setdefault((same_address(capture.url), capture.digest or capture.timestamp), capture)
    chosen = list(islice(found.values(), wanted.limit))
    outcome.n_captures = len(chosen)
    if wanted.wet:
        from analysis.scrape.wet import fetch_texts

        fetch_texts(wanted.data, chosen, Store(out), client, outcome)
    else:
        _fetch_records(wanted.data, chosen, Store(out), client, outcome)
    return outcome


def _search(wanted: Wanted, query: Query, out: Path, client: Polite, outcome: Outcome) -> None:
    """All pages of the index's answer into captures.jsonl, a page a step."""
    address = f"{wanted.index.rstrip('/')}/{wanted.crawl}-index"
    asked = parameters(query, wanted.filters)
    progress = _progress(out / PROGRESS, wanted)
    if progress["pages"] is None:
        progress["pages"] = _n_pages(client, address, asked, wanted.crawl)
        _save(out / PROGRESS, progress)
    path = out / CAPTURES
    path.touch()
    os.truncate(path, progress["size"])
    with path.open("ab") as file:
        for page in tqdm(range(progress["page"], progress["pages"]), unit=" index pages", disable=None, leave=False):
            status, body = client.body(address, [*asked, ("page", str(page))])
            if status not in (200, 404):
                raise DataProblem(f"{address}, page {page}: status {status}. {_text(body)[:200]} Run the same command later.")
            where = f"{address}, page {page}"
            rows = captures(_text(body), where, outcome.problems) if status == 200 else iter(())
            for capture in rows:
                if fits(query, capture.url):
                    file.write(json.dumps(capture._asdict(), ensure_ascii=False).encode() + b"\n")
            file.flush()
            progress |= {"page": page + 1, "size": file.tell()}
            _save(out / PROGRESS, progress)


def _progress(path: Path, wanted: Wanted) -> dict[str, Any]:
    if not path.exists():
        return {**wanted.identity, "pages": None, "page": 0, "size": 0}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if any(found.get(name) != value for name, value in wanted.identity.items()):
        other = f"{found.get('match')}, {found.get('crawl')}"
        raise DataProblem(f"{path.parent}: holds the records of another search ({other}). Name another --out.")
    return found


def _save(path: Path, progress: dict[str, Any]) -> None:
    part = path.with_name(f".{path.name}")
    part.write_text(json.dumps(progress, ensure_ascii=False), encoding="utf-8")
    os.replace(part, path)


def _n_pages(client: Polite, address: str, asked: list[tuple[str, str]], crawl: str) -> int:
    status, body = client.body(address, [*asked, ("showNumPages", "true")])
    text = _text(body)
    if status == 404 and "aptures" in text:  # "No Captures found for: …" is an answer, and a 404
        return 0
    try:
        found = json.loads(text)
        return int(found["pages"] if isinstance(found, dict) else found)
    except (ValueError, KeyError, TypeError):
        pass
    raise DataProblem(f"{address}: no index there (status {status}). Is {crawl!r} the id of a crawl, as CC-MAIN-2025-30?")


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _captures_in(path: Path) -> Iterator[Capture]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Capture(**json.loads(line))


class Store:
    """The WARC file that grows, and the list of what is done; both are cut back to the last whole step when opened."""

    def __init__(self, out: Path) -> None:
        self.path, self._list = out / RECORDS, out / DONE
        self.done: dict[str, int] = {}
        end = 0
        whole = 0
        if self._list.exists():
            for line in self._list.read_bytes().splitlines(keepends=True):
                if not line.endswith(b"\n"):
                    break
                row = json.loads(line)
                self.done[row["key"]] = row["n"]
                end, whole = row["end"], whole + len(line)
        for path, size in ((self.path, end), (self._list, whole)):
            path.touch()
            os.truncate(path, size)

    def add(self, key: str, records: bytes, n: int = 1) -> None:
        """Append whole gzip members, and say that this step is done."""
        with self.path.open("ab") as file:
            file.write(records)
            file.flush()
            end = file.tell()
        with self._list.open("ab") as file:
            file.write(json.dumps({"key": key, "n": n, "end": end}).encode() + b"\n")
        self.done[key] = n


def _fetch_records(data: str, chosen: list[Capture], store: Store, client: Polite, outcome: Outcome) -> None:
    for capture in tqdm(chosen, unit=" records", disable=None, leave=False):
        key = f"{capture.filename}:{capture.offset}"
        if key in store.done:
            outcome.n_before += 1
            outcome.n_kept += 1
            continue
        try:
            store.add(key, _record(data, capture, client))
            outcome.n_kept += 1
        except DataProblem as problem:
            outcome.n_failed += 1
            outcome.problems.append(str(problem))


def _record(data: str, capture: Capture, client: Polite) -> bytes:
    """The record's gzip member, fetched by its range and checked."""
    address = f"{data.rstrip('/')}/{capture.filename}"
    where = f"{capture.url} ({address}, byte {capture.offset})"
    if not 0 < capture.length <= _LARGEST:
        raise DataProblem(f"{where}: a record of {capture.length:,} bytes is not fetched.")
    asked = {"Range": f"bytes={capture.offset}-{capture.offset + capture.length - 1}"}
    status, member = client.body(address, headers=asked, limit=capture.length)
    if status != 206:
        raise DataProblem(f"{where}: status {status} where 206, a part of the file, was asked for. It was left out.")
    if len(member) != capture.length:
        raise DataProblem(f"{where}: {len(member):,} of {capture.length:,} bytes came. It was left out.")
    check_member(member, capture.url, where)
    return member


def check_member(member: bytes, url: str, where: str) -> None:
    """Nothing where the bytes are one whole WARC record of the address, else a DataProblem."""
    inflater = zlib.decompressobj(31)
    try:
        head = inflater.decompress(member, 1 << 16).split(b"\r\n\r\n", 1)[0]
        while inflater.unconsumed_tail:
            inflater.decompress(inflater.unconsumed_tail, 1 << 20)
    except zlib.error as error:
        raise DataProblem(f"{where}: not a gzip record ({error}). It was left out.") from None
    if not inflater.eof or inflater.unused_data:
        raise DataProblem(f"{where}: not one whole record. It was left out.")
    names = [line[16:].strip(b" <>") for line in head.split(b"\r\n") if line.lower().startswith(b"warc-target-uri:")]
    if not head.startswith(b"WARC/") or not names or same_address(names[0].decode("utf-8", "replace")) != same_address(url):
        raise DataProblem(f"{where}: the record there is of another address. It was left out.")
