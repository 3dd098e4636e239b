"""Themes in sentences that no rule finds: a linear model over character n-grams, learned from the labelled sentences.

Rules stay the floor; this adds a theme to a sentence where no rule of that theme hits and the model is surer than the
theme's threshold, which was set so that its precision on sentences held out from learning is high. The model is plain
data beside the codebook (`learned.csv`: n-gram, theme, weight; `learned.yml`: biases, thresholds, what it was learned from),
made by `data/labels/learn.py`. The evidence of a decision is the few n-grams that weighed most.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from analysis.lexicon import read_yaml
from analysis.problems import DataProblem

LONGEST = 3  # characters of an n-gram
SHORTEST_SENTENCE = 5  # below this a sentence has too little in it to weigh


class Found(NamedTuple):
    """A theme in a sentence, with the logit by which it passed its threshold."""

    theme: str
    margin: float


class Weighed(NamedTuple):
    """One n-gram of the evidence."""

    text: str
    weight: float


def ngrams(text: str) -> set[str]:
    """All n-grams of 1 to 3 characters.

    >>> sorted(ngrams("催收"))
    ['催', '催收', '收']
    """
    return {text[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(text) - n + 1)}


class Model:
    """Weights by n-gram and theme, and for each theme its bias and threshold (both logits)."""

    def __init__(self, themes: Sequence[str], rows: dict[str, int], weights: Any, heads: dict[str, tuple[float, float]]) -> None:
        self.themes = tuple(themes)
        self.rows = rows
        self.weights = weights
        self.bias = np.array([heads[t][0] for t in themes])
        self.threshold = np.array([heads[t][1] for t in themes])

    def themes_in(self, sentence: str) -> list[Found]:
        """The themes of a folded sentence, surest first."""
        if len(sentence) < SHORTEST_SENTENCE:
            return []
        # Sorted, so that a float sum is the same in every process.
        hits = sorted(self.rows[gram] for gram in ngrams(sentence) if gram in self.rows)
        margins = self.weights[hits].sum(axis=0) + self.bias - self.threshold
        found = [Found(self.themes[i], float(margins[i])) for i in np.nonzero(margins > 0)[0]]
        return sorted(found, key=lambda f: (-f.margin, f.theme))

    def evidence(self, text: str, theme: str, most: int = 4) -> list[Weighed]:
        """The n-grams of a folded text that weigh most for a theme; one inside a longer one that weighs more is left out."""
        column = self.themes.index(theme)
        weighed = [Weighed(g, float(self.weights[self.rows[g], column])) for g in ngrams(text) if g in self.rows]
        chosen: list[Weighed] = []
        for item in sorted(weighed, key=lambda w: (-w.weight, w.text)):
            if item.weight <= 0 or len(chosen) == most:
                break
            if not any(item.text in other.text or other.text in item.text for other in chosen):
                chosen.append(item)
        return chosen

    def weight_of(self, text: str, theme: str) -> float:
        """What a stretch of text weighs for a theme."""
        column = self.themes.index(theme)
        hits = sorted(self.rows[gram] for gram in ngrams(text) if gram in self.rows)
        return float(self.weights[hits, column].sum())


@cache
def load(folder: Path) -> Model | None:
    """The model of a codebook folder; None where it has none."""
    if not (folder / "learned.csv").exists():
        return None
    head = read_yaml(folder / "learned.yml")["themes"]
    themes = sorted(head)
    places = {theme: i for i, theme in enumerate(themes)}
    rows: dict[str, int] = {}
    entries: list[tuple[int, int, str]] = []
    with (folder / "learned.csv").open(encoding="utf-8", newline="") as file:
        for number, (gram, theme, weight) in enumerate(csv.reader(file)):
            if number == 0:
                continue
            if theme not in places:
                raise DataProblem(f"{folder / 'learned.csv'}, row {number + 1}: theme {theme!r} is not in learned.yml. Learn it anew.")
            entries.append((rows.setdefault(gram, len(rows)), places[theme], weight))
    weights = np.zeros((len(rows), len(themes)))
    for row, column, weight in entries:
        weights[row, column] = float(weight)
    return Model(themes, rows, weights, {t: (head[t]["bias"], head[t]["threshold"]) for t in themes})
