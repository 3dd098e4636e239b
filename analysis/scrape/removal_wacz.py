"""Records taken out of a WACZ: struck in its archives, their lines left out of its index and page list, its hashes renewed."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis.problems import DataProblem
from analysis.scrape.removal import Removal
from analysis.scrape.removal_archives import strike
from analysis.scrape.wacz import is_member

_PACKAGE, _DIGEST = "datapackage.json", "datapackage-digest.json"


def strike_wacz(path: Path, removal: Removal) -> int:
    """Take the records on the list out of a WACZ, and return how many; the file is replaced whole, or left as it is.

    Records keep their places, so that the index stays true for all others. A signature over the package no longer fits
    what it signed and is left out.
    """
    part = path.with_name(f".{os.getpid()}.{path.name}")
    n = 0
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(part, "w") as new, tempfile.TemporaryDirectory() as folder:
            hashes: dict[str, tuple[str, int]] = {}
            for member in old.infolist():
                content = old.read(member)
                if is_member(member.filename):
                    content, struck = _archive(content, Path(folder, Path(member.filename).name), removal)
                    n += struck
                elif member.filename.startswith(("indexes/", "pages/")):
                    content = _lines(content, member.filename, removal)
                if member.filename in (_PACKAGE, _DIGEST) or _is_block_index(member.filename):
                    continue
                hashes[member.filename] = (sha256(content).hexdigest(), len(content))
                new.writestr(member, content)
            if _PACKAGE in old.namelist():
                new.writestr(old.getinfo(_PACKAGE), _package(old.read(_PACKAGE), hashes))
        if n:
            os.replace(part, path)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataProblem(f"{path}: not a readable WACZ file ({error}). It was left as it is; delete it.") from None
    finally:
        part.unlink(missing_ok=True)
    return n


def _archive(content: bytes, at: Path, removal: Removal) -> tuple[bytes, int]:
    at.write_bytes(content)
    struck = strike(at, removal)
    return at.read_bytes(), struck


def _is_block_index(name: str) -> bool:
    """An index of places in a compressed index: it is wrong once a line is gone, and tools do without it."""
    return name.startswith("indexes/") and name.endswith(".idx")


def _lines(content: bytes, name: str, removal: Removal) -> bytes:
    zipped = name.endswith(".gz")
    lines = (gzip.decompress(content) if zipped else content).splitlines(keepends=True)
    kept = b"".join(line for line in lines if not removal.covers(_address(line)))
    return gzip.compress(kept, mtime=0) if zipped else kept


def _address(line: bytes) -> str | None:
    """The address in a line of a page list or index: its JSON's url."""
    try:
        found: Any = json.loads(line[line.index(b"{") :])
    except ValueError:
        return None
    url = found.get("url") if isinstance(found, dict) else None
    return url if isinstance(url, str) else None


def _package(content: bytes, hashes: dict[str, tuple[str, int]]) -> bytes:
    package: dict[str, Any] = json.loads(content)
    kept = []
    for resource in package.get("resources", []):
        if resource.get("path") in hashes:
            digest, size = hashes[resource["path"]]
            kept.append(resource | {"hash": f"sha256:{digest}", "bytes": size})
    return json.dumps(package | {"resources": kept}, ensure_ascii=False, indent=2).encode()
