"""Learn data/codebook/learned_status.csv from the whole coded posts; with --check tell whether it is up to date.

    .venv/bin/python data/labels/learn_status.py [--check]

One multinomial logistic regression (L2, lbfgs) over what `analysis.themes.reading` makes of each coded mention: a mention stands
where a rule finds its theme in its sentence, else at its coded cue. The rules' verdict is part of the evidence, so learn anew
after a change of the codebook's modifiers.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from analysis import codebook as books
from analysis.tables import STATUSES
from analysis.themes import LEARNED, Post, judged, reading
from analysis.themes.layout import Block, Text, read
from analysis.themes.match import Hit, matcher

ROOT = Path(__file__).parents[2]
POSTS = ROOT / "data" / "labels" / "posts"
OUT = ROOT / "data" / "codebook"
HEAD = OUT / "learned_status.yml"
STRENGTH = 1.0  # inverse of the L2 penalty
FEWEST = 3  # features of fewer mentions are left out
SMALL = 0.02  # weights nearer to 0 are not written


def posts() -> Iterator[dict[str, Any]]:
    """The coded posts."""
    for path in sorted(POSTS.glob("*.jsonl")):
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def laid_out(post: dict[str, Any]) -> tuple[Text, list[tuple[int, dict[str, Any]]]]:
    """A post's coded layers as a text with its blocks, and the place of each coded mention in it."""
    text, blocks, mentions = "", [], []
    for block in post["blocks"]:
        if not block.get("sentences") or not block["text"]:
            continue
        start = len(text) + bool(text)
        text += ("\n" if text else "") + block["text"]
        blocks.append(Block(block["layer"], start, len(text)))
        at = start
        for sentence in block["sentences"]:
            at = max(at, text.find(sentence["text"], at))
            mentions += [(at + max(0, sentence["text"].find(m["cue"])), m) for m in sentence["mentions"]]
    return read(text, tuple(blocks)), mentions


def hits(text: Text, mentions: list[tuple[int, dict[str, Any]]], book: books.Codebook) -> list[tuple[Hit, dict[str, Any]]]:
    """Where each coded mention stands: a rule's own place where one finds it."""
    by_rule: dict[tuple[int, str], Hit] = {}
    for hit in matcher(book).hits(text.copy.text, text.sentences):
        by_rule.setdefault((hit.sentence, hit.theme.slug), hit)
    found = []
    for at, mention in mentions:
        start = text.copy.at(at)
        number = next((n for n, span in enumerate(text.sentences) if span.start <= start < span.end), None)
        if number is None:  # in the contents list
            continue
        end = min(start + len(mention["cue"]), text.sentences[number].end)
        own = Hit(start, max(end, start + 1), number, book.theme(mention["theme"]), LEARNED, "coded")
        found.append((by_rule.get((number, mention["theme"]), own), mention))
    return found


def cases() -> tuple[list[dict[str, float]], list[str]]:
    """The features and the coded status of each mention."""
    book = books.load()
    found: list[dict[str, float]] = []
    statuses: list[str] = []
    for post in posts():
        text, mentions = laid_out(post)
        placed = hits(text, mentions, book)
        about = Post(post["genre"], post["solicitation"])
        (_, seen), = judged([(text, about)], [[hit for hit, _ in placed]], book)
        found += reading.features(seen, reading.surroundings(text, about.is_solicitation))
        statuses += [mention["status"] for _, mention in placed]
    return found, statuses


def digest() -> str:
    """A hash of all coded posts, of this file and of what it rests on."""
    found = hashlib.sha256()
    for path in (Path(__file__), ROOT / "analysis" / "themes" / "reading.py", OUT / "modifiers.yml", *sorted(POSTS.glob("*.jsonl"))):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def main() -> int:
    """Learn and write, or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        known = yaml.safe_load(HEAD.read_text(encoding="utf-8"))["learned_from"]
        print("up to date" if known == digest() else "stale: run python data/labels/learn_status.py", file=sys.stderr)
        return int(known != digest())
    found, statuses = cases()
    counts = Counter(name for features in found for name in features)
    kept = [{name: value for name, value in features.items() if counts[name] >= FEWEST and name != reading.BIAS} for features in found]
    vectorizer = DictVectorizer()
    model = LogisticRegression(C=STRENGTH, max_iter=500, tol=1e-4).fit(vectorizer.fit_transform(kept), statuses)
    weights = dict(zip(model.classes_, model.coef_, strict=True))
    table = np.column_stack([weights[status] for status in STATUSES])
    with (OUT / reading.FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("feature", *STATUSES))
        bias = dict(zip(model.classes_, model.intercept_, strict=True))
        writer.writerow((reading.BIAS, *(f"{bias[status]:.2f}" for status in STATUSES)))
        for name, row in zip(vectorizer.get_feature_names_out(), table, strict=True):
            if np.abs(row).max() >= SMALL:
                writer.writerow((name, *(f"{value:.2f}" for value in row)))
    head = {
        "source": "learned from data/labels/posts by data/labels/learn_status.py", "licence": "CC BY 4.0", "learned_from": digest(),
        "n_mentions": len(statuses), "n_of_status": {status: statuses.count(status) for status in STATUSES},
    }  # fmt: skip
    HEAD.write_text(yaml.safe_dump(head, sort_keys=False, allow_unicode=True), encoding="utf-8")
    print(f"{len(statuses):,} mentions of {sum(1 for _ in posts()):,} posts", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
