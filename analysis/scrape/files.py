"""Files and folders as sources: which file is read how, addresses from urls.tsv, and what is passed over."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from analysis.problems import DataProblem
from analysis.scrape.archive import head_of, is_archive, read_archive
from analysis.scrape.columns import NoContentColumn
from analysis.scrape.fetched import Fetched, Reading, moment
from analysis.scrape.records import has_own_posts, read_records
from analysis.scrape.response import looks_like_html
from analysis.scrape.rows import SUFFIXES, encoding_of
from analysis.scrape.saved import HTML, MHTML, frames_in, is_of_page, told_by, unpack_mhtml
from analysis.scrape.wacz import SUFFIX as WACZ
from analysis.scrape.wacz import read_wacz
from analysis.storage import at_hand, is_remote, stored

URLS = "urls.tsv"
STDIN = "-"
READABLE = (
    "a folder, .html, .mhtml, .txt, .md, .warc, .warc.gz, .wet.gz, .arc, .wacz, .jsonl, .json, .csv, .tsv, .xlsx, .parquet,"
    " - for a text from standard input"
)
_KINDS = dict.fromkeys(HTML, "html") | dict.fromkeys(MHTML, "mhtml") | dict.fromkeys(SUFFIXES, "records")
_KINDS |= {".txt": "text", ".md": "text", WACZ: "wacz"}
_ARCHIVE = re.compile(r"\.(?:warc|arc|wet|wat)(?:\.gz)?$", re.IGNORECASE)
_ASSETS = re.compile(
    r"\.(?:css|m?js|map|png|jpe?g|gif|webp|avif|bmp|ico|svg|woff2?|ttf|otf|eot|mp[34]|webm|swf)$", re.IGNORECASE
)
_HEADER = frozenset({"file", "path", "name", "filename"})


class Address(NamedTuple):
    """What urls.tsv says of one file."""

    url: str
    fetched_at: datetime | None


class File(NamedTuple):
    """One file that is read: its path or address, its name within the sources, how it is read, what urls.tsv says of it.

    `is_alone`: named as a source itself. `source`: the place of its source among those given. `occurrence`: how many files
    before it have the same name, as in two folders that are called alike.
    """

    path: str
    name: str
    kind: str
    n_bytes: int = 0
    address: Address | None = None
    is_alone: bool = False
    source: int = 0
    occurrence: int = 0


def files_of(source: str | Path, reading: Reading) -> Iterator[File]:
    """The files of a source, in order; `name` begins with the file's or the folder's own name.

    A file of no known type is an error where it is named alone; in a folder it is added to the problems.
    """
    path = Path(source)
    if str(source) == STDIN:
        yield File(STDIN, STDIN, "stdin", is_alone=True)
    elif is_remote(str(source)):
        yield from _remote_files(str(source), reading)
    elif not path.exists():
        raise DataProblem(f"{path}: no such file or folder. Sources: {READABLE}.")
    else:
        with _said(path):
            if path.is_dir():
                yield from _files_in(path, reading)
                return
            kind = kind_of(path)
            if kind is None:
                raise DataProblem(f"{path}: a file of no known type. Sources: {READABLE}.")
            addresses = _addresses(path.parent, problems=None) if kind in ("html", "mhtml") else {}
            yield File(str(path), path.name, kind, path.stat().st_size, addresses.get(path.name), is_alone=True)


def read_file(file: File, reading: Reading) -> Iterator[Fetched]:
    """The records of a file; a table without a column of texts is an error where it is named alone, else a problem."""
    if file.kind == "stdin":
        yield Fetched(STDIN, STDIN, 0, sys.stdin.buffer.read(), "text/plain")
        return
    with _said(Path(file.path)), at_hand(file.path) as path:
        try:
            for record in _read_file(path, file.name, file.kind, reading, file.address):
                yield record if str(path) == file.path else record._replace(archive=file.path)
        except NoContentColumn as error:
            if file.is_alone:
                raise
            reading.problems.append(f"{error} It was left out.")


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataProblem(f"{error.filename or path}: cannot be read ({error.strerror or error}). Look at its rights.") from None


def kind_of(path: Path) -> str | None:
    """How a file is read: html, mhtml, text, archive, wacz, records, asset (not at all); None where nothing tells.

    Its name decides; where the name says nothing, its first bytes do: saved pages are often called x.php or nothing.
    """
    kind = _kind_of_name(path.name)
    if kind is not None:
        return kind
    head = head_of(path)
    if is_archive(head):
        return "archive"
    return "html" if looks_like_html(head) else None


def _kind_of_name(name: str) -> str | None:
    kind = _KINDS.get(Path(name).suffix.lower())
    if kind is not None:
        return kind
    if _ARCHIVE.search(name):
        return "archive"
    return "asset" if _ASSETS.search(name) else None


def _read_file(path: Path, name: str, kind: str, reading: Reading, address: Address | None = None) -> Iterator[Fetched]:
    if kind == "archive":
        yield from read_archive(path, name, reading.problems)
    elif kind == "wacz":
        yield from read_wacz(path, name, reading.problems)
    elif kind == "records":
        yield from read_records(path, name, reading)
    elif kind in ("html", "mhtml", "text"):
        yield from _page(path, name, kind, reading, address)


def _page(path: Path, name: str, kind: str, reading: Reading, address: Address | None) -> Iterator[Fetched]:
    """One file as one page; what urls.tsv says of it comes before what the page says of itself."""
    content = path.read_bytes()
    page = Fetched(name, str(path), 0, content, "text/plain" if kind == "text" else "text/html")
    told = told_by(content) if kind == "html" else None
    if kind == "mhtml":
        inside = unpack_mhtml(content)
        if inside is None:
            reading.problems.append(f"{path}: no page in this MHTML file. It was left out. Save the page again.")
            return
        page = page._replace(content=inside.content, media_type=inside.media_type, charset=inside.charset)
        told = inside.told
    if told is not None:
        page = page._replace(url=told.url, fetched_at=moment(told.saved_at, f"{path}: the time of saving"))
    if address is not None:
        page = page._replace(url=address.url, fetched_at=address.fetched_at or page.fetched_at)
    yield page


def _files_in(folder: Path, reading: Reading) -> Iterator[File]:
    root = folder.resolve().name
    addresses: dict[Path, dict[str, Address]] = {}
    for path in _walk(folder, reading.problems):
        name = f"{root}/{path.relative_to(folder).as_posix()}"
        if path.name == URLS:
            continue
        kind = kind_of(path)
        if kind is None:
            reading.problems.append(f"{name}: a file of no known type. It was left out.")
        elif kind != "asset":
            yield File(str(path), name, kind, path.stat().st_size, _address_of(path, folder, addresses, reading.problems))


def _remote_files(address: str, reading: Reading) -> Iterator[File]:
    """The files below an address of an object store; only their names say what they are."""
    found = list(stored(address))
    for url, name, n_bytes in found:
        kind = _kind_of_name(name)
        if kind is None:
            reading.problems.append(f"{url}: a file of no known type. It was left out.")
        elif kind != "asset":
            yield File(url, name, kind, n_bytes, is_alone=len(found) == 1)


def _walk(folder: Path, problems: list[str]) -> Iterator[Path]:
    """All files below, sorted by their path, without hidden ones, the asset folders that browsers save, and frames."""

    def stop(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for at, folders, files in os.walk(folder, onerror=stop):
        folders[:] = [f for f in folders if not f.startswith(".") and not is_of_page(f, files)]
        frames = frames_in(Path(at), files)
        if frames:
            problems.append(f"{at}: {len(frames)} frames of a saved page ({', '.join(sorted(frames)[:5])}) were left out.")
        kept = [Path(at, f) for f in files if not f.startswith(".") and f not in frames]
        found += [path for path in kept if path.is_file() and has_own_posts(path)]
    return iter(sorted(found, key=lambda path: path.relative_to(folder).as_posix()))


def _address_of(
    path: Path, root: Path, known: dict[Path, dict[str, Address]], problems: list[str]
) -> Address | None:
    """What the nearest urls.tsv that names the file says: of its own folder, else of one above, up to the source."""
    folder = path.parent
    while True:
        if folder not in known:
            known[folder] = _addresses(folder, problems)
        address = known[folder].get(path.relative_to(folder).as_posix())
        if address is not None or folder == root:
            return address
        folder = folder.parent


def _addresses(folder: Path, problems: list[str] | None) -> dict[str, Address]:
    """file -> address of a folder's urls.tsv: file<TAB>url, optionally <TAB>fetched_at; a header line is optional."""
    path = folder / URLS
    if not path.is_file():
        return {}
    found: dict[str, Address] = {}
    lines = path.read_text(encoding=encoding_of(path)).splitlines()
    for number, line in enumerate(lines, start=1):
        fields = [field.strip() for field in line.split("\t")]
        if not line.strip() or (number == 1 and fields[0].lower() in _HEADER):
            continue
        if len(fields) < 2:
            raise DataProblem(f"{path}, line {number}: no tab in {line.strip()!r}. A line is file<TAB>url<TAB>fetched_at.")
        when = moment(fields[2], f"{path}, line {number}: fetched_at") if len(fields) > 2 else None
        file = fields[0].removeprefix("./")
        found[file] = Address(fields[1], when)
        if problems is not None and not (folder / file).is_file():
            problems.append(f"{path}, line {number}: no file {file} in {folder}.")
    return found
