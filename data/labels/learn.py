"""Learn data/codebook/learned.csv and learned.yml from the labelled sentences; with --check tell whether they are up to date.

    .venv/bin/python data/labels/learn.py [--check]

One logistic regression a theme over the presence of character n-grams (1 to 3) of the folded sentence, L2, liblinear, fixed
seed. Files are folds: what a sentence scores is said by a model that has not seen its file. A theme's threshold is the lowest
at which the sentences so scored reach the wanted precision with at least a few hits; a theme that never does is left out.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import yaml
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from analysis.clean.text import matching
from analysis.themes.learned import LONGEST, ngrams

ROOT = Path(__file__).parents[2]
SENTENCES = ROOT / "data" / "labels" / "sentences"
OUT = ROOT / "data" / "codebook"
FOLDS = 5
STRENGTH = 0.3  # inverse of the L2 penalty
RARE = 3  # n-grams in fewer sentences are left out
PRECISION = 0.8  # wanted on sentences held out
FEWEST = 8  # hits that a threshold must rest on
SMALL = 0.1  # weights nearer to 0 are not written


def sentences() -> tuple[list[str], list[set[str]], list[int]]:
    """The folded texts, their themes, and each one's fold."""
    texts, themes, folds = [], [], []
    for number, path in enumerate(sorted(SENTENCES.glob("*.jsonl"))):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            texts.append(matching(item["text"]).text)
            themes.append({m["theme"] for m in item["mentions"]})
            folds.append(number % FOLDS)
    return texts, themes, folds


def digest() -> str:
    """A hash of all labelled sentences and of this file."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(SENTENCES.glob("*.jsonl")):
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


def learn() -> tuple[list[tuple[str, str, float]], dict[str, dict[str, float]]]:
    """The weights, and bias, threshold and held-out figures of each theme."""
    texts, themes, folds = sentences()
    fold = np.array(folds)
    vectorizer = CountVectorizer(analyzer=lambda text: sorted(ngrams(text)), min_df=RARE, binary=True)
    features = vectorizer.fit_transform(texts).astype(float)
    names = vectorizer.get_feature_names_out()
    rows, heads = [], {}
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
        rows += [(names[i], theme, round(float(w), 2)) for i, w in enumerate(model.coef_[0]) if abs(w) >= SMALL]
    return sorted(rows), heads


def main() -> int:
    """Learn and write, or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        known = yaml.safe_load((OUT / "learned.yml").read_text(encoding="utf-8"))["learned_from"]
        print("up to date" if known == digest() else "stale: run python data/labels/learn.py", file=sys.stderr)
        return int(known != digest())
    rows, heads = learn()
    with (OUT / "learned.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("ngram", "theme", "weight"))
        writer.writerows(rows)
    head = {
        "source": "learned from data/labels/sentences by data/labels/learn.py",
        "licence": "CC BY 4.0",
        "learned_from": digest(),
        "longest_ngram": LONGEST,
        "themes": heads,
    }
    (OUT / "learned.yml").write_text(yaml.safe_dump(head, allow_unicode=True, sort_keys=False), encoding="utf-8")
    print(f"{len(rows):,} weights for {len(heads)} themes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
