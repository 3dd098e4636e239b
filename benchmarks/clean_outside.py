"""The clean room on material that is not part of the project: gold documents and real pages, scored by their own tools."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from planted import ROOT, Figure

from analysis import tables
from analysis.clean import Options, clean
from analysis.scrape import read

SHARED = ROOT.parent / "shared"
FETCHED = "2025-11-20"  # any day: relative dates of the gold documents are scored from it
# Of what the gold scorer prints, what this room decides.
OURS = (
    "posts_found", "content_char_f1", "layer_macro_f1", "on_topic_accuracy", "solicitation_f1", "contact_f1",
    "pii_removed", "hotlines_kept", "date_accuracy", "views_accuracy",
)  # fmt: skip


def measured() -> Iterator[tuple[str, list[Figure]]]:
    """A title and figures for each kind of outside material that is there."""
    tools = SHARED / "tools"
    if not tools.exists():
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        gold = SHARED / "gold" / "dev.jsonl"
        _run(tools / "render_gold.py", gold, folder / "gold")
        _clean(folder / "gold", folder / "gold-tables", f"{FETCHED}T12:00:00+08:00")
        told = _run(tools / "score.py", folder / "gold-tables", gold, "--fetched-on", FETCHED)
        n = sum(1 for line in gold.read_text(encoding="utf-8").splitlines() if line.strip())
        found = dict(re.findall(r"^(\w+)\s+([\d.]+)$", told, re.MULTILINE))
        yield "Gold documents", [Figure(key, float(found[key]), n) for key in OURS if key in found]
        _clean(SHARED / "real" / "pages", folder / "real-tables", None)
        told = _run(tools / "score_pages.py", folder / "real-tables", SHARED / "real" / "pages.jsonl")
        kinds = re.findall(r"^(\w+)\s+n=\s*(\d+)\s+ours ([\d.]+)", told, re.MULTILINE)
        yield "Real pages, 4-grams of the text (F1)", [Figure(kind, float(value), int(n)) for kind, n, value in kinds]


def _clean(source: Path, folder: Path, fetched_at: str | None) -> None:
    folder.mkdir()
    made = clean(read(str(source), fetched_at=fetched_at), Options(folder, reveal_contacts=True))
    for name, frame in made._asdict().items():
        tables.write(name, frame, folder)


def _run(tool: Path, *arguments: object) -> str:
    done = subprocess.run([sys.executable, str(tool), *map(str, arguments)], check=True, capture_output=True, text=True)
    return done.stdout
