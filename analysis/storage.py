"""Files that are not on this machine's disks: addresses such as s3://bucket/pages, by fsspec.

A file is copied to a temporary one for as long as it is read; tables are written here and then sent. What an address may
begin with, and how one is allowed in, is for fsspec and its parts (s3fs, gcsfs, adlfs): the extra `cluster` brings fsspec.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from analysis.problems import DataProblem

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://")


def is_remote(name: str) -> bool:
    """Whether a name is an address of a store.

    >>> is_remote("s3://bucket/pages"), is_remote("pages/a.html"), is_remote("-")
    (True, False, False)
    """
    return _SCHEME.match(name) is not None


def _store(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # an extra, wanted by few
    except ImportError:
        raise DataProblem(f"{address}: reading an address wants the extra cluster: pip install '.[cluster]'.") from None
    try:
        return url_to_fs(address)  # type: ignore[no-any-return]
    except (ValueError, ImportError) as error:
        raise DataProblem(f"{address}: no store can be reached by this address ({error}).") from None


def stored(address: str) -> Iterator[tuple[str, str, int]]:
    """Address, name and bytes of every file below an address, in order of their names; hidden ones are left out."""
    store, root = _store(address)
    try:
        found = store.find(root, detail=True)
    except OSError as error:
        raise DataProblem(f"{address}: cannot be listed ({error}).") from None
    if not found:
        raise DataProblem(f"{address}: no file there.")
    above = PurePosixPath(root).parent
    for path in sorted(found):
        name = PurePosixPath(path).relative_to(above).as_posix()
        if not any(part.startswith(".") for part in name.split("/")):
            yield store.unstrip_protocol(path), name, int(found[path].get("size") or 0)


@contextmanager
def at_hand(name: str) -> Iterator[Path]:
    """The file on a disk of this machine: itself, or a copy that is deleted afterwards."""
    if not is_remote(name):
        yield Path(name)
        return
    store, path = _store(name)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, PurePosixPath(path).name)
        store.get_file(path, str(copy))
        yield copy


def send(folder: Path, address: str) -> None:
    """Put all files of a folder under an address; hidden ones stay here."""
    store, root = _store(address)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder)
        if not any(part.startswith(".") for part in name.parts):
            target = f"{root.rstrip('/')}/{name.as_posix()}"
            store.makedirs(target.rpartition("/")[0], exist_ok=True)
            store.put_file(str(path), target)
