"""Files and folders as sources: which file is read how, addresses from urls.tsv, and what is passed over."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from analysis.problems import DataProblem
from analysis.scrape.archive import head_of, is_archive, read_archive
from analysis.scrape.fetched import Fetched, moment
from analysis.scrape.records import SUFFIXES, NoContentColumn, encoding_of, read_records
from analysis.scrape.response import looks_like_html

URLS = "urls.tsv"
READABLE = "a folder, .html, .txt, .warc, .warc.gz, .wet.gz, .arc, .jsonl, .csv, .parquet"
_HTML = (".html", ".htm", ".xhtml", ".shtml")
_ARCHIVE = re.compile(r"\.(?:warc|arc|wet|wat)(?:\.gz)?$", re.IGNORECASE)
_ASSETS = re.compile(
    r"\.(?:css|m?js|map|png|jpe?g|gif|webp|avif|bmp|ico|svg|woff2?|ttf|otf|eot|mp[34]|webm|swf)$", re.IGNORECASE
)
_HEADER = frozenset({"file", "path", "name", "filename"})


class Address(NamedTuple):
    """What urls.tsv says of one file."""

    url: str
    fetched_at: datetime | None


def read_path(path: Path, problems: list[str]) -> Iterator[Fetched]:
    """The records of a file or a folder; `source` begins with the file's or the folder's own name.

    A file of no known type is an error where it is named alone; in a folder it is added to `problems`.
    """
    if not path.exists():
        raise DataProblem(f"{path}: no such file or folder. Sources: {READABLE}.")
    try:
        if path.is_dir():
            yield from _read_folder(path, problems)
            return
        kind = kind_of(path)
        if kind is None:
            raise DataProblem(f"{path}: a file of no known type. Sources: {READABLE}.")
        addresses = _addresses(path.parent, problems=None) if kind == "html" else {}
        yield from _read_file(path, path.name, kind, problems, addresses.get(path.name))
    except OSError as error:
        raise DataProblem(f"{error.filename or path}: cannot be read ({error.strerror or error}). Look at its rights.") from None


def kind_of(path: Path) -> str | None:
    """How a file is read: html, text, archive, records, asset (not at all); None where nothing tells.

    Its name decides; where the name says nothing, its first bytes do: saved pages are often called x.php or nothing.
    """
    suffix = path.suffix.lower()
    if suffix in _HTML:
        return "html"
    if suffix == ".txt":
        return "text"
    if suffix in SUFFIXES:
        return "records"
    if _ARCHIVE.search(path.name):
        return "archive"
    if _ASSETS.search(path.name):
        return "asset"
    head = head_of(path)
    if is_archive(head):
        return "archive"
    return "html" if looks_like_html(head) else None


def _read_file(
    path: Path, name: str, kind: str, problems: list[str], address: Address | None = None
) -> Iterator[Fetched]:
    if kind == "archive":
        yield from read_archive(path, name, problems)
    elif kind == "records":
        yield from read_records(path, name)
    elif kind in ("html", "text"):
        yield Fetched(
            source=name,
            archive=str(path),
            offset=0,
            content=path.read_bytes(),
            media_type="text/html" if kind == "html" else "text/plain",
            url=address.url if address else None,
            fetched_at=address.fetched_at if address else None,
        )


def _read_folder(folder: Path, problems: list[str]) -> Iterator[Fetched]:
    root = folder.resolve().name
    addresses: dict[Path, dict[str, Address]] = {}
    for path in _walk(folder):
        name = f"{root}/{path.relative_to(folder).as_posix()}"
        if path.name == URLS:
            continue
        try:
            kind = kind_of(path)
            if kind is None:
                problems.append(f"{name}: a file of no known type. It was left out.")
            elif kind != "asset":
                yield from _read_file(path, name, kind, problems, _address_of(path, folder, addresses, problems))
        except NoContentColumn as error:
            problems.append(f"{error} It was left out.")


def _walk(folder: Path) -> Iterator[Path]:
    """All files below, sorted by their path, without hidden ones and the asset folders that browsers save with a page."""

    def stop(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for at, folders, files in os.walk(folder, onerror=stop):
        pages = {Path(f).stem for f in files if f.lower().endswith(_HTML)}
        folders[:] = [f for f in folders if not f.startswith(".") and f.removesuffix("_files") not in pages]
        found += [Path(at, f) for f in files if not f.startswith(".") and Path(at, f).is_file()]
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
