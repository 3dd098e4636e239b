"""Records taken out of web archives for good: each is overwritten by an empty one of the same size.

Nothing after it moves, so that offsets, indexes and the ids of all other records stay true. The new record is a valid WARC
record of type `metadata` that says that something was removed and not what. The file is replaced whole, after it was read
again and found right.
"""

from __future__ import annotations

import contextlib
import itertools
import mmap
import os
import re
import shutil
import struct
import uuid
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from fastwarc.warc import ArchiveIterator

from analysis.problems import DataProblem
from analysis.scrape.archive import FileFrom, head_of, next_start, read_archive
from analysis.scrape.fetched import Fetched
from analysis.scrape.removal import Removal

_GZIP = b"\x1f\x8b\x08"
_HEAD = 1 << 16  # bytes of a record in which its headers are looked for
_ADDRESS = re.compile(rb"^warc-(?:refers-to-)?target-uri:[ \t]*<?([^\r\n>]{1,8000})", re.IGNORECASE | re.MULTILINE)
_WRAPPED = re.compile(r"^urn:[a-z-]{1,40}:(?=https?:)")  # browsers' crawlers write screenshots and texts as urn:view:ADDRESS
_STORED = 0xFFFF  # most bytes of a stored block of deflate (RFC 1951, 3.2.4)


class Span(NamedTuple):
    """A record's place, and the addresses that its headers name."""

    start: int
    end: int
    addresses: tuple[str, ...]


def spans(data: mmap.mmap, path: Path) -> Iterator[Span]:
    """Every record of an archive with its place, damaged ones as well; what stands between two belongs to the first."""
    starts = [*_starts(data, path), len(data)]
    for start, end in itertools.pairwise(starts):
        head = data[start : min(end, start + _HEAD)]
        if head.startswith(_GZIP):
            inflater = zlib.decompressobj(31)
            with contextlib.suppress(zlib.error):
                head = inflater.decompress(head, _HEAD)
        named = (m[1].strip().decode("utf-8", "replace") for m in _ADDRESS.finditer(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]))
        yield Span(start, end, tuple(_WRAPPED.sub("", name) for name in named))


def _starts(data: mmap.mmap, path: Path) -> list[int]:
    zipped = data[:3] == _GZIP
    found: list[int] = []
    begin: int | None = 0
    with path.open("rb") as file:
        while begin is not None:
            file.seek(begin)
            at = begin
            try:
                for record in ArchiveIterator(FileFrom(file, begin), parse_http=False):
                    at = begin + record.stream_pos
                    found.append(at)
                    stated = record.content_length
                    record.freeze()
                    if record.content_length < stated:  # cut off, or a wrong length that swallows the records after it
                        raise OSError
                break
            except OSError:
                if at not in found:
                    found.append(at)
                begin = next_start(data, at + 1, zipped)
    return sorted(set(found))


def strike(path: Path, removal: Removal) -> int:
    """Overwrite the records that are on the list, and return how many; the same call again finds none."""
    if path.stat().st_size == 0:
        return 0
    by_content = {p.offset for p in _pages(path) if sha256(p.content).hexdigest() in removal.digests} if removal.digests else set()
    if head_of(path).startswith(b"filedesc://"):
        if any(removal.covers(p.url) for p in _pages(path)) or by_content:
            raise DataProblem(f"{path}: an ARC file is not rewritten. Make a WARC of it (`warcio recompress`), or delete it.")
        return 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = [s for s in spans(data, path) if s.start in by_content or any(map(removal.covers, s.addresses))]
        zipped = data[:3] == _GZIP
        torn = [s for s in found if zipped and data[s.start : s.start + 3] != _GZIP]
    if torn:
        raise DataProblem(f"{path}: is one gzip stream, not one a record. Write it anew with `warcio recompress`, then forget.")
    if found:
        _overwrite(path, found, zipped, removal)
    return len(found)


def _pages(path: Path) -> Iterator[Fetched]:
    return read_archive(path, path.name, [])


def _overwrite(path: Path, found: list[Span], zipped: bool, removal: Removal) -> None:
    part = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        shutil.copyfile(path, part)
        with part.open("r+b") as file:
            for span in found:
                file.seek(span.start)
                file.write(tombstone(span.end - span.start, span.start, zipped))
            file.flush()
            os.fsync(file.fileno())
        with part.open("rb") as again, mmap.mmap(again.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if any(removal.covers(a) for s in spans(data, part) for a in s.addresses):
                raise DataProblem(f"{path}: a record could not be taken out. The file was left as it is; delete it.")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def tombstone(size: int, number: int, zipped: bool) -> bytes:
    """A WARC record of exactly that many bytes which holds nothing; gzipped it is one member.

    >>> len(tombstone(400, 1, zipped=False)), len(tombstone(300, 1, zipped=True)), len(tombstone(200_000, 1, zipped=True))
    (400, 300, 200000)
    """
    return _member(size, number) if zipped else _record(size, number)


def _record(size: int, number: int) -> bytes:
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"removed {number}")
    for blank in (b"", b" "):  # one length of the number of digits may leave a byte over
        head = b"WARC/1.0\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Date: 1970-01-01T00:00:00Z\r\n" % (
            str(identity).encode()
        )
        for digits in range(1, 16):
            block = size - len(head) - len(b"Content-Length: \r\n\r\n\r\n\r\n") - len(blank) - digits
            if block >= 0 and len(str(block)) == digits:
                return head + b"Content-Length: " + blank + b"%d\r\n\r\n" % block + b" " * block + b"\r\n\r\n"
    raise DataProblem(f"a record of {size} bytes is too small to be overwritten by an empty one. Delete the archive.")


def _member(size: int, number: int) -> bytes:
    """A gzip member (RFC 1952) of an empty record: stored where there is room, the rest filled by an extra field."""
    smallest = _least(number)
    for length in _lengths(size, smallest):
        record = _record(length, number)
        packer = zlib.compressobj(0 if length > smallest + 64 else 9, zlib.DEFLATED, -15)
        body = packer.compress(record) + packer.flush()
        left = size - 18 - len(body)
        if left == 0 or 2 <= left <= 2 + _STORED:
            extra = struct.pack("<H", left - 2) + bytes(left - 2) if left else b""
            head = b"\x1f\x8b\x08" + (b"\x04" if left else b"\0") + b"\0\0\0\0\0\xff"
            return head + extra + body + struct.pack("<II", zlib.crc32(record), len(record) & 0xFFFFFFFF)
    raise DataProblem(f"a record of {size} bytes is too small to be overwritten by an empty one. Delete the archive.")


def _least(number: int) -> int:
    return next(size for size in range(100, 400) if _fits(size, number))


def _fits(size: int, number: int) -> bool:
    with contextlib.suppress(DataProblem):
        return len(_record(size, number)) == size
    return False


def _lengths(size: int, smallest: int) -> Iterator[int]:
    """Lengths of the record to try: nearly all of the room, stored; else the smallest, squeezed."""
    stored = size - 18 - 5 * (size // 16_000 + 2)
    if stored > smallest + 64:
        yield from (stored, stored - 1, stored - 2)
    yield from (smallest, smallest + 1)
