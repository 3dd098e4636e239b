"""Web archives: pages out of WARC, WET and ARC files, also damaged ones, and pages into a WARC file.

fastwarc reads WARC (of the damaged files tried it gives more than warcio, which stops at a gzip file of one member and at
a record split over members); warcio reads ARC, which fastwarc does not, and writes. At damage fastwarc stops; here the
next record is looked for and reading goes on, so that one bad record costs one record.
"""

from __future__ import annotations

import contextlib
import io
import logging
import mmap
import os
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as ArcIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from analysis.problems import DataProblem
from analysis.scrape.fetched import Fetched, moment
from analysis.scrape.response import MOST_BYTES, content_type, looks_like_html, parse_response

PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
_GZIP = b"\x1f\x8b\x08"
_WARC_START = re.compile(rb"(?:^|(?<=\n))WARC/\d")
_CHUNK = 1 << 16
_HEAD_BYTES = 4096
_GZIP_START = re.compile(re.escape(_GZIP))
_WANTED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
logging.getLogger("warcio").setLevel(logging.ERROR)  # it tells of addresses with blanks, which it mends
_ARC_FAULTS = (ArchiveLoadFailed, OSError, EOFError, ValueError, zlib.error)


class WarcPage(NamedTuple):
    """A page to be written: the body is stored as it is, with no content encoding."""

    url: str
    content: bytes
    fetched_at: datetime
    content_type: str = "text/html"
    status: str = "200 OK"


def head_of(path: Path) -> bytes:
    """The first bytes of a file, uncompressed where they are gzip."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_GZIP):
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(31).decompress(head, 4096)
    return head


def is_archive(head: bytes) -> bool:
    """Whether the first bytes are those of a WARC or ARC file."""
    return head.startswith((b"WARC/", b"filedesc://"))


def read_archive(path: Path, name: str, problems: list[str]) -> Iterator[Fetched]:
    """The pages of an archive: responses with status 200 of HTML or plain text, resources, WET texts.

    What is damaged is added to `problems` and passed over. A file with no archive record at all is a DataProblem.
    `source` is the name and the record's byte offset: "crawl.warc.gz:1023".
    """
    if path.stat().st_size == 0:
        raise DataProblem(f"{path}: the file is empty. Fetch it again, or leave it out.")
    head = head_of(path)
    arc = head.startswith(b"filedesc://")
    if not arc and b"WARC/" not in head:
        raise DataProblem(f"{path}: not a WARC or ARC archive, though its name says so. Fetch it again, or leave it out.")
    found = _arc_pages(path, name, problems) if arc else _warc_pages(path, name, problems)
    for page in found:
        kind = page.media_type or ("text/html" if looks_like_html(page.content) else "")
        if kind in PAGE_TYPES:
            yield page._replace(source=f"{name}:{page.offset}", archive=str(path), media_type=kind)


def _warc_pages(path: Path, name: str, problems: list[str]) -> Iterator[Fetched]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for record, start in _warc_records(file, data, name, problems):
            where = f"{name}, record at byte {start}"
            if record.headers.get("WARC-Block-Digest") and not record.verify_block_digest():
                problems.append(f"{where}: its digest differs from its content. The record was kept.")
            page = _page(record, start)
            if page is not None:
                yield page._replace(fetched_at=_when(record.headers.get("WARC-Date"), where, problems))


def _warc_records(
    file: BinaryIO, data: mmap.mmap, name: str, problems: list[str]
) -> Iterator[tuple[WarcRecord, int]]:
    """The whole records of wanted types with their offsets; after damage, on from where the next record begins.

    A record that ends before its stated length has either been cut off or states a wrong one, so that it swallowed the
    records after it: these are looked for inside it.
    """
    zipped = data[:3] == _GZIP
    begin: int | None = 0
    while begin is not None:
        file.seek(begin)
        start, where, end = begin, "record", begin
        try:
            for record in ArchiveIterator(FileFrom(file, begin), parse_http=False):
                start, where = begin + record.stream_pos, "record"
                stated = record.content_length
                end = data.find(b"\r\n\r\n", start) + 4 + stated
                if int(record.record_type) & int(_WANTED) and stated > MOST_BYTES:
                    if parse_response(record.reader.read(_HEAD_BYTES)).media_type in {None, *PAGE_TYPES}:  # a film is no problem
                        problems.append(f"{name}, record at byte {start}: {stated:,} bytes, more than a page has. It was left out.")
                elif int(record.record_type) & int(_WANTED):
                    record.freeze()
                    if record.content_length < stated:
                        raise OSError(f"{record.content_length} of {stated} bytes")
                    yield record, start
                where = "what follows the record"
            # fastwarc takes half a head for the end of the file.
            if _is_cut(data, start) if zipped else data[end : end + 64].strip(b"\0\r\n "):
                problems.append(f"{name}: cut off after the record at byte {start}. What followed was left out.")
            return
        except OSError as error:
            reason = str(error).removesuffix(".")
            problems.append(f"{name}, {where} at byte {start}: damaged ({reason}). It was left out.")
            begin = next_start(data, start + 1, zipped)


def _is_cut(data: mmap.mmap, at: int) -> bool:
    """Whether the last of the gzip members from a byte on lacks its end."""
    while at < len(data) and data[at : at + 1] != b"\0":  # zeros fill up the blocks of a tape
        inflating = zlib.decompressobj(31)
        try:
            while not inflating.eof and at < len(data):
                inflating.decompress(data[at : at + _CHUNK])
                at = min(at + _CHUNK, len(data))
        except zlib.error:
            return True
        if not inflating.eof:
            return True
        at -= len(inflating.unused_data)
    return False


class FileFrom(io.RawIOBase):
    """A file from a byte on, so that fastwarc takes this byte as the beginning."""

    def __init__(self, file: BinaryIO, begin: int) -> None:
        super().__init__()
        self._file = file
        self._begin = begin

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell() - self._begin


def next_start(data: mmap.mmap, at: int, zipped: bool) -> int | None:
    """Where the next record begins from a byte on: what can be read as one after damage."""
    for found in (_GZIP_START if zipped else _WARC_START).finditer(data, at):
        if not zipped:
            return found.start()
        with contextlib.suppress(zlib.error):
            if zlib.decompressobj(31).decompress(data[found.start() : found.start() + 512], 5) == b"WARC/":
                return found.start()
    return None


def _page(record: WarcRecord, start: int) -> Fetched | None:
    block = record.reader.read()
    url = record.headers.get("WARC-Target-URI")
    url = url.strip("<>") if url else None
    stated = record.headers.get("Content-Type")
    if record.record_type == WarcRecordType.conversion:
        return Fetched("", "", start, block, "text/plain", "utf-8", url)
    if record.record_type == WarcRecordType.resource:
        kind, charset = content_type(stated)
        return Fetched("", "", start, block, kind or "", charset, url)
    response = parse_response(block)
    if response.status != 200:
        return None
    return Fetched("", "", start, response.body, response.media_type or "", response.charset, url)


def _when(stated: str | None, where: str, problems: list[str]) -> datetime | None:
    try:
        return moment(stated, f"{where}: WARC-Date")
    except DataProblem as error:
        problems.append(f"{error} The record was kept without a time.")
        return None


def _arc_pages(path: Path, name: str, problems: list[str]) -> Iterator[Fetched]:
    with path.open("rb") as file:
        records = ArcIterator(file, arc2warc=True)
        start = 0
        while True:
            try:
                record: Any = next(records, None)
                if record is None:
                    return
                body = record.content_stream().read()
                start = records.get_record_offset()  # warcio moves to the record's end to know where it began
            except _ARC_FAULTS as error:
                reason = str(error).strip().split("\n")[0].removesuffix(".")
                problems.append(f"{name}, after the record at byte {start}: damaged ({reason}). The rest was left out.")
                return
            if record.rec_type != "response" or record.http_headers is None:
                continue
            if record.http_headers.get_statuscode() == "200":
                kind, charset = content_type(record.http_headers.get_header("Content-Type"))
                url = record.rec_headers.get_header("WARC-Target-URI")
                when = _when(record.rec_headers.get_header("WARC-Date"), f"{name}, record at byte {start}", problems)
                yield Fetched("", "", start, body, kind or "", charset, url, when)


def write_warc(path: Path, pages: Iterable[WarcPage]) -> int:
    """Write the pages as response records and return how many; the same pages give the same bytes.

    Dates are those given and record ids are hashes of the record, where warcio alone would take the clock and chance.
    A name that ends in .gz is written gzipped, a member a record. The file is replaced whole.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    n = 0
    try:
        with part.open("wb") as file:
            writer = WARCWriter(file, gzip=path.suffix == ".gz")
            for n, page in enumerate(pages, start=1):
                writer.write_record(_response_record(writer, page, n))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return n


def _response_record(writer: WARCWriter, page: WarcPage, n: int) -> Any:
    if page.fetched_at.tzinfo is None:
        raise DataProblem(f"{page.url}: fetched_at has no zone. Give a time with its zone.")
    when = page.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    identity = f"{n} {page.url} {when} {sha256(page.content).hexdigest()}"
    http = [("Content-Type", page.content_type), ("Content-Length", str(len(page.content)))]
    return writer.create_warc_record(
        page.url,
        "response",
        payload=io.BytesIO(page.content),
        http_headers=StatusAndHeaders(page.status, http, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Date": when,
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity)}>",
        },
    )
