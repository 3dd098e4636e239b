"""What a run depends on, as one digest: a stopped run goes on only where sources, rules and code are what they were."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from analysis.lexicon import DATA
from analysis.pipeline.run import Run
from analysis.scrape import Reader, Unit
from analysis.scrape.files import STDIN

CODE = Path(__file__).parents[1]
RULES = ("codebook", "lexicon", "law", "sites", "measures")


def key_of(run: Run, units: Sequence[Unit], reader: Reader) -> str:
    """The digest of a run; never the same twice where a source is standard input, which cannot be read again."""
    files = [file for unit in units for file in unit.files]
    once = uuid4().hex if any(file.path == STDIN for file in files) else ""
    told = [
        once, str(reader.fetched_at), sorted(reader.columns.items()), run.reveal_contacts,
        [sorted(part) for part in astuple(reader.removal)],
        hmac.digest(run.settings.salt, b"a run", "sha256").hex(), [_state(file.path, file.name) for file in files],
        [digest(folder) for folder in (CODE, run.codebook, *(DATA / name for name in RULES)) if folder is not None],
    ]  # fmt: skip
    return sha256(json.dumps(told, default=str).encode()).hexdigest()


def _state(path: str, name: str) -> tuple[str, ...]:
    try:
        found = os.stat(path)
    except OSError:  # an address of a store
        return path, name
    return path, name, str(found.st_size), str(found.st_mtime_ns)


def digest(folder: Path) -> str:
    """One digest of all code and rules below a folder."""
    found = sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".py", ".yml", ".csv", ".txt"} and p.is_file()):
        found.update(f"{path.relative_to(folder).as_posix()}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()
