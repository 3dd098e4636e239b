"""A run over the sample corpus beside its planted truth, page by page."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.clean import Cleaned

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"


class Figure(NamedTuple):
    """One figure: its name, its value from 0 to 1, and out of how many."""

    name: str
    value: float
    n: int


class Pages(NamedTuple):
    """The run and the truth side by side: posts and blocks by address, and everything said of each page."""

    posts: dict[str, Any]
    blocks: dict[str, list[tuple[str, str]]]
    contacts: dict[str, set[tuple[str, str]]]
    dropped: dict[str, str]
    truth: list[dict[str, Any]]


def truth() -> list[dict[str, Any]]:
    """The planted truth, a page each."""
    return [json.loads(line) for line in (SAMPLE / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


def side_by_side(raw: pd.DataFrame, made: Cleaned) -> Pages:
    """The tables of a run by the address of the page."""
    posts = {row.url: row for row in made.posts.itertuples()}
    by_id = {row.post_id: row for row in posts.values()}
    blocks: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for b in made.blocks.sort_values(["post_id", "block"]).itertuples():
        post = by_id[b.post_id]
        blocks[post.url].append((b.layer, post.text[b.start : b.end]))
    contacts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for c in made.contacts.itertuples():
        contacts[by_id[c.post_id].url].add((c.kind, str(c.value).lower()))
    urls = dict(zip(raw["raw_id"], raw["url"], strict=True))
    dropped = {urls[row.raw_id]: row.reason for row in made.dropped.itertuples()}
    return Pages(posts, blocks, contacts, dropped, truth())
