"""WACZ files (a zip of WARC archives with their index): the pages of the archives inside, each read like any other."""

from __future__ import annotations

import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from analysis.problems import DataProblem
from analysis.scrape.archive import read_archive
from analysis.scrape.fetched import Fetched

SUFFIX = ".wacz"
_LARGE, _RATIO = 64 << 20, 200  # bytes unpacked, and how many times the packed ones
_FAULTS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)


def is_member(name: str) -> bool:
    """Whether a file of a WACZ is one of its archives.

    >>> is_member("archive/data.warc.gz"), is_member("indexes/index.cdx.gz")
    (True, False)
    """
    return name.startswith("archive/") and name.endswith((".warc", ".warc.gz"))


def read_wacz(path: Path, name: str, problems: list[str]) -> Iterator[Fetched]:
    """The pages of a WACZ; `source` is "saved.wacz/archive/data.warc.gz:1023", `offset` the place in that archive.

    An archive is unpacked into a temporary file, read and deleted. One that is damaged gives what can be unpacked of it.
    """
    try:
        with zipfile.ZipFile(path) as package:
            members = [m for m in package.namelist() if is_member(m)]
            if not members:
                problems.append(f"{path}: no archive in it. A WACZ holds them as archive/….warc.gz.")
            for member in members:
                with tempfile.TemporaryDirectory() as folder:
                    archive = Path(folder, Path(member).name)
                    _unpack(package, member, archive, f"{path}/{member}", problems)
                    for page in _pages(archive, f"{name}/{member}", problems):
                        yield page._replace(archive=str(path))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DataProblem(f"{path}: not a readable WACZ file ({error}). Fetch or save it again, or leave it out.") from None


def _pages(archive: Path, name: str, problems: list[str]) -> Iterator[Fetched]:
    try:
        yield from read_archive(archive, name, problems)
    except DataProblem:
        problems.append(f"{name}: no WARC archive, though its name says so. It was left out.")


def _unpack(package: zipfile.ZipFile, member: str, to: Path, where: str, problems: list[str]) -> None:
    info = package.getinfo(member)
    if info.file_size > _LARGE and info.file_size > _RATIO * info.compress_size:
        to.touch()
        problems.append(f"{where}: {info.file_size:,} bytes packed in {info.compress_size:,}, as no honest archive is. It was left out.")
        return
    try:
        with package.open(member) as source, to.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except _FAULTS as error:
        _as_stored(package, member, to)
        problems.append(f"{where}: damaged ({str(error).removesuffix('.')}). What could be unpacked was read.")


def _as_stored(package: zipfile.ZipFile, member: str, to: Path) -> None:
    """The bytes of a member that is stored uncompressed, whatever its checksum; of another what was unpacked already."""
    info = package.getinfo(member)
    to.touch()
    if info.compress_type != zipfile.ZIP_STORED or package.filename is None:
        return
    with open(package.filename, "rb") as file, to.open("wb") as target:
        file.seek(info.header_offset)
        n_name, n_extra = struct.unpack("<HH", file.read(30)[26:30])  # the local header (APPNOTE 4.3.7)
        file.seek(n_name + n_extra, 1)
        target.write(file.read(info.compress_size))
