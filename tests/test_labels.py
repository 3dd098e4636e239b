"""The labelled sentences are sound, alike to no coded document, and the learned model was learned from them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analysis import codebook
from analysis.clean.text import matching
from analysis.schema import ACTORS, LAYERS, STATUSES

ROOT = Path(__file__).parents[1]
POSTS = ROOT / "data" / "labels" / "posts"
FILES = sorted((ROOT / "data" / "labels" / "sentences").glob("*.jsonl"))


@pytest.fixture(scope="module")
def sentences() -> list[dict[str, Any]]:
    return [json.loads(line) for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_label_is_known_and_every_cue_an_exact_quote(sentences: list[dict[str, Any]]) -> None:
    themes = set(codebook.load().by_slug)
    for item in sentences:
        assert item["layer"] in LAYERS
        for m in item["mentions"]:
            assert m["theme"] in themes, item["id"]
            assert m["status"] in STATUSES, item["id"]
            assert m["actor"] in ACTORS, item["id"]
            assert m["cue"] in item["text"], item["id"]
            assert -1 <= m["polarity"] <= 1, item["id"]


def test_every_coded_post_quotes_itself() -> None:
    posts = [json.loads(line) for path in sorted(POSTS.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len({post["doc_id"] for post in posts}) == len(posts) >= 20
    for post in posts:
        for block in post["blocks"]:
            sentences = block.get("sentences", [])
            assert not sentences or "".join(s["text"] for s in sentences) == block["text"], post["doc_id"]
            assert all(m["cue"] in s["text"] and m["status"] in STATUSES for s in sentences for m in s["mentions"]), post["doc_id"]


def test_no_sentence_stands_twice(sentences: list[dict[str, Any]]) -> None:
    assert len({item["id"] for item in sentences}) == len(sentences)
    assert len({item["text"] for item in sentences}) == len(sentences)


def test_there_are_enough_of_every_theme_and_status_and_of_nothing(sentences: list[dict[str, Any]]) -> None:
    assert len(sentences) >= 6000
    said = [m for item in sentences for m in item["mentions"]]
    for theme in codebook.load().by_slug:
        assert sum(m["theme"] == theme for m in said) >= 100, theme
    for status in STATUSES:
        assert sum(m["status"] == status for m in said) >= 100, status
    assert sum(not item["mentions"] for item in sentences) >= 0.25 * len(sentences)


def test_the_learned_model_is_learned_from_these_sentences() -> None:
    done = subprocess.run([sys.executable, ROOT / "data" / "labels" / "learn.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def shingles(text: str) -> set[str]:
    bare = re.sub(r"\W", "", matching(text).text)
    return {bare[i : i + 4] for i in range(max(1, len(bare) - 3))}


def test_no_sentence_is_near_one_of_the_coded_documents(shared: Path, sentences: list[dict[str, Any]]) -> None:
    lines = (shared / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    coded = [s["text"] for line in lines for b in json.loads(line)["blocks"] for s in b.get("sentences", [])]
    index: dict[str, list[int]] = {}
    sets = [shingles(text) for text in coded]
    for number, found in enumerate(sets):
        for shingle in found:
            index.setdefault(shingle, []).append(number)
    for item in sentences:
        own = shingles(item["text"])
        if len(own) < 8:
            continue  # a few characters that everybody writes
        rivals = {number for shingle in own for number in index.get(shingle, ())}
        for number in rivals:
            assert len(own & sets[number]) < 0.5 * len(own | sets[number]), (item["id"], coded[number])
