"""Learn data/codebook/learned.csv and learned.yml from the labels; with --check tell whether they are up to date.

    .venv/bin/python data/labels/learn.py [--check]

One logistic regression a theme over the presence of character n-grams (1 to 3) of the folded sentence, weighed by their
rarity and normalised to length 1, L2, liblinear, fixed seed. Sentences come from `sentences/` and from the coded layers of
`posts/`. Files are folds: what a sentence scores is said by a model that has not seen its file. A theme's threshold is the
lowest at which the sentences so scored reach the wanted precision with at least a few hits; a theme that never does is left
out.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from analysis.clean.text import matching
from analysis.themes.learned import LONGEST, ngrams

ROOT = Path(__file__).parents[2]
LABELS = ROOT / "data" / "labels"
OUT = ROOT / "data" / "codebook"
FOLDS = 5
STRENGTH = 10.0  # inverse of the L2 penalty
RARE = 2  # n-grams in fewer sentences are left out
PRECISION = .8  # wanted on sentences held out
FEWEST = 8  # hits that a threshold must rest on
SMALL = 0.3  # weights, before rarity, nearer to 0 are not written


def files() -> list[Path]:
    """The files of labelled sentences and of coded posts."""
    return sorted([*(LABELS / "sentences").glob("*.jsonl"), *(LABELS / "posts").glob("*.jsonl")])


def coded(item: dict) -> Iterator[dict]:
    """The coded sentences of a line: the sentence itself, or those of a post's coded layers."""
    if "blocks" not in item:
        yield item
        return
    for block in item["blocks"]:
        if block["layer"] != "toc":
            yield from block.get("sentences", [])


def sentences() -> tuple[list[str], list[set[str]], list[int]]:
    """The folded texts, their themes, and each one's fold."""
    texts, themes, folds = [], [], []
    for number, path in enumerate(files()):
        for line in path.read_text(encoding="utf-8").splitlines():
            for item in coded(json.loads(line)):
                texts.append(matching(item["text"]).text)
                themes.append({m["theme"] for m in item["mentions"]})
                folds.append(number % FOLDS)
    return texts, themes, folds


def digest() -> str:
    """A hash of all labelled sentences and posts and of this file."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    for path in files():
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def fitted(features, labels):
    model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced", max_iter=500, random_state=0)
    return model.fit(features, labels)


def threshold(scores: np.ndarray, labels: np.ndarray) -> float | None:
    """The lowest logit from which on held-out precision is as wanted; None where there is none."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(labels[order])
    precision = right / np.arange(1, len(order) + 1)
    good = np.nonzero((precision >= PRECISION) & (right >= FEWEST))[0]
    return None if not len(good) else float(scores[order][good[-1]])


class Learned(NamedTuple):
    """N-grams with their rarities, weights by theme and n-gram, and bias, threshold and held-out figures of each theme."""

    rarities: dict[str, float]
    weights: dict[str, np.ndarray]
    heads: dict[str, dict[str, float]]


def learn() -> Learned:
    """Fit each theme, and set its threshold on sentences held out."""
    texts, themes, folds = sentences()
    fold = np.array(folds)
    vectorizer = TfidfVectorizer(analyzer=lambda text: sorted(ngrams(text)), min_df=RARE, binary=True)
    features = vectorizer.fit_transform(texts)
    names, rarity = vectorizer.get_feature_names_out(), vectorizer.idf_
    weights, heads = {}, {}
    for theme in sorted(set().union(*themes)):
        labels = np.array([theme in found for found in themes])
        scores = np.zeros(len(texts))
        for k in range(FOLDS):
            held = fold == k
            scores[held] = fitted(features[~held], labels[~held]).decision_function(features[held])
        limit = threshold(scores, labels)
        if limit is None:
            continue
        model = fitted(features, labels)
        hits = scores >= limit
        heads[theme] = {
            "bias": round(float(model.intercept_[0]), 3),
            "threshold": round(limit, 3),
            "held_out_precision": round(float(labels[hits].mean()), 3),
            "held_out_recall": round(float(labels[hits].sum() / labels.sum()), 3),
            "n": int(labels.sum()),
        }
        weights[theme] = np.where(np.abs(model.coef_[0]) >= SMALL, model.coef_[0] * rarity, 0).round(1)
    return Learned(dict(zip(names, rarity.round(3), strict=True)), weights, heads)


def write(found: Learned) -> None:
    """Write the weights, a line an n-gram; a weight of 0 is left empty."""
    with (OUT / "learned.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("ngram", "rarity", *found.weights))
        for (gram, rarity), *row in zip(found.rarities.items(), *found.weights.values(), strict=True):
            writer.writerow((gram, f"{rarity:g}", *(f"{weight:g}" if weight else "" for weight in row)))


def main() -> int:
    """Learn and write, or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        known = yaml.safe_load((OUT / "learned.yml").read_text(encoding="utf-8"))["learned_from"]
        print("up to date" if known == digest() else "stale: run python data/labels/learn.py", file=sys.stderr)
        return int(known != digest())
    found = learn()
    write(found)
    head = {
        "source": "learned from data/labels by data/labels/learn.py",
        "licence": "CC BY 4.0",
        "learned_from": digest(),
        "longest_ngram": LONGEST,
        "themes": found.heads,
    }
    (OUT / "learned.yml").write_text(yaml.safe_dump(head, allow_unicode=True, sort_keys=False), encoding="utf-8")
    print(f"{len(found.rarities):,} n-grams for {len(found.heads)} themes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
