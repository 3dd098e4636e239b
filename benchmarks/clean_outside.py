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
from analysis.clean.adverts import mark_adverts
from analysis.clean.contacts import find_contacts
from analysis.clean.page import Block
from analysis.clean.solicitation import solicitation
from analysis.scrape import read

SHARED = ROOT.parent / "shared"
FETCHED = "2025-11-20"  # any day: relative dates of the gold documents are scored from it
ADVERTS = "ads_fraud_abuse_normal.tsv"
SUSPECT = 3  # points from which on a post is suspect (codebook 5.1)
# What a reader of such posts would write down in a minute: words of messengers and of getting in touch, and mobiles.
PLAIN = re.compile(
    r"微信|vx|wx|v信|薇信|威信|qq|扣扣|企鹅|加v|加微|加q|加群|进群|加我|联系|私信|私聊|私我|找我|戳我|➕|电话|手机号|1[3-9]\d{9}",
    re.IGNORECASE,
)
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
    if (SHARED / "real" / ADVERTS).exists():
        yield "Short posts: grey-market adverts told from harmless ones", short_posts(SHARED / "real" / ADVERTS)


def short_posts(path: Path) -> list[Figure]:
    """Adverts (黑产广告) against harmless posts (不违规): a contact regex, and this room's signals each and together."""
    rows = [line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    rows = [row for row in rows if row[0] in ("黑产广告", "不违规")]
    truth = [label == "黑产广告" for label, _ in rows]
    verdicts: dict[str, list[bool]] = {}
    for _, text in rows:
        contacts, blocks = find_contacts(text), mark_adverts([Block("body", text)])
        found = {
            "a plain contact regex": bool(PLAIN.search(text)),
            "contact ids": bool(contacts),
            "advert layer": any(block.layer == "ad" for block in blocks),
            "solicitation score of 3 or more": solicitation(blocks, contacts, None).score >= SUSPECT,
        }
        found["any of our signals"] = any(seen for name, seen in found.items() if name != "a plain contact regex")
        for name, seen in found.items():
            verdicts.setdefault(name, []).append(seen)
    return [Figure(f"{name} (F1)", _f1(seen, truth), len(rows)) for name, seen in verdicts.items()]


def _f1(seen: list[bool], truth: list[bool]) -> float:
    return 2 * sum(map(lambda a, b: a and b, seen, truth)) / max(1, sum(seen) + sum(truth))


def _clean(source: Path, folder: Path, fetched_at: str | None) -> None:
    folder.mkdir()
    made = clean(read(str(source), fetched_at=fetched_at), Options(folder, reveal_contacts=True))
    for name, frame in made._asdict().items():
        tables.write(name, frame, folder)


def _run(tool: Path, *arguments: object) -> str:
    done = subprocess.run([sys.executable, str(tool), *map(str, arguments)], check=True, capture_output=True, text=True)
    return done.stdout
