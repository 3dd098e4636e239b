"""Common Crawl's WET texts of chosen captures: each WET file is read as a stream, and the wanted records are kept.

The index knows no place of a text in a WET file, so that the file that goes with a capture's archive is read through
(some 100 MB each); it never stands on disk, and its text is never whole in memory.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator

import httpx
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from tqdm import tqdm

from analysis.problems import DataProblem
from analysis.scrape.cdx import Capture
from analysis.scrape.commoncrawl import Outcome, Store
from analysis.scrape.polite import Polite
from analysis.scrape.removal import same_address

_TRIES = 3


def wet_name(filename: str) -> str:
    """The WET file that goes with an archive.

    >>> wet_name("crawl-data/CC-MAIN-2025-30/segments/1/warc/CC-MAIN-x-00001.warc.gz")
    'crawl-data/CC-MAIN-2025-30/segments/1/wet/CC-MAIN-x-00001.warc.wet.gz'
    """
    return filename.replace("/warc/", "/wet/").removesuffix(".warc.gz") + ".warc.wet.gz"


def fetch_texts(data: str, chosen: Iterable[Capture], store: Store, client: Polite, outcome: Outcome) -> None:
    """The texts of the captures, a WET file a step; a capture without a text there is counted as failed and said."""
    files: dict[str, dict[str, Capture]] = {}
    for capture in chosen:
        files.setdefault(wet_name(capture.filename), {})[same_address(capture.url)] = capture
    for name, wanted in tqdm(sorted(files.items()), unit=" WET files", disable=None, leave=False):
        address = f"{data.rstrip('/')}/{name}"
        if name in store.done:
            outcome.n_before += store.done[name]
            outcome.n_kept += store.done[name]
            outcome.n_failed += len(wanted) - store.done[name]
            continue
        try:
            found = _texts(address, wanted, client)
        except DataProblem as problem:
            outcome.n_failed += len(wanted)
            outcome.problems.append(str(problem))
            continue
        store.add(name, b"".join(found.values()), len(found))
        outcome.n_kept += len(found)
        for key in wanted.keys() - found.keys():
            outcome.n_failed += 1
            outcome.problems.append(f"{wanted[key].url}: no text of it in {address}.")


def _texts(address: str, wanted: dict[str, Capture], client: Polite) -> dict[str, bytes]:
    for attempt in range(_TRIES):
        found: dict[str, bytes] = {}
        try:
            with client.get(address) as response:
                if response.status_code != 200:
                    raise DataProblem(f"{address}: status {response.status_code}. Its {len(wanted)} texts were left out.")
                stream = _Stream(response.iter_raw())
                for record in ArchiveIterator(stream, record_types=WarcRecordType.conversion, parse_http=False):
                    key = same_address((record.headers.get("WARC-Target-URI") or "").strip("<>"))
                    if key in wanted and key not in found:
                        found[key] = gzip.compress(_bytes_of(record), mtime=0)
                        if len(found) == len(wanted):
                            return found
                if stream.broken is None:
                    return found
                raise stream.broken
        except (httpx.HTTPError, OSError) as error:
            if attempt + 1 == _TRIES:
                raise DataProblem(f"{address}: broke off or is damaged ({error}). Its {len(wanted)} texts were left out.") from None
    return {}


def _bytes_of(record: WarcRecord) -> bytes:
    """The record as it is written; fastwarc's own `write` wants a stream that can go back."""
    body: bytes = record.reader.read()
    if len(body) < int(record.headers.get("Content-Length") or 0):
        raise OSError(f"{len(body)} bytes of a record")
    lines = "".join(f"{name}: {value}\r\n" for name, value in record.headers.items())
    return b"WARC/1.0\r\n" + lines.encode() + b"\r\n" + body + b"\r\n\r\n"


class _Stream(io.RawIOBase):
    """The parts of a response as a file that is read forwards."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self._parts = parts
        self._left = b""
        self._at = 0
        self.broken: httpx.HTTPError | None = None

    def read(self, size: int = -1) -> bytes:
        while not self._left:
            try:
                self._left = next(self._parts, b"")
            except httpx.HTTPError as error:  # kept for the caller: fastwarc takes no error of its input
                self.broken = error
            if not self._left:
                return b""
        found = self._left if size < 0 else self._left[:size]
        self._left = self._left[len(found) :]
        self._at += len(found)
        return found

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at
