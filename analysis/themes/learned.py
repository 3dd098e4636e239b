"""Themes in sentences that no rule finds: a linear model over character n-grams, learned from the labelled sentences.

Rules stay the floor; this adds a theme to a sentence where no rule of that theme hits and the model is surer than the
theme's threshold, which was set so that its precision on sentences held out from learning is high. An n-gram counts once a
sentence, by its rarity (inverse document frequency), over the length of all of them together (cosine normalisation). The
model is plain data beside the codebook, made by `data/labels/learn.py`: `learned.csv` (n-gram, rarity, and a column a theme for
the weight times rarity, empty where it has none) and `learned.yml` (biases, thresholds, what it was learned from). The
evidence of a decision is the few n-grams that weighed most.
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
    """Rarity of each n-gram, weights by n-gram and theme, and for each theme its bias and threshold (both logits)."""

    def __init__(self, themes: Sequence[str], rarity: dict[str, float], weights: Any, heads: dict[str, tuple[float, float]]) -> None:
        self.themes = tuple(themes)
        self.rows = {gram: row for row, gram in enumerate(rarity)}
        self.squares = np.array(list(rarity.values())) ** 2
        self.weights = weights
        self.bias = np.array([heads[t][0] for t in themes])
        self.threshold = np.array([heads[t][1] for t in themes])

    def themes_in(self, sentence: str) -> list[Found]:
        """The themes of a folded sentence, surest first."""
        if len(sentence) < SHORTEST_SENTENCE:
            return []
        hits = self._rows_of(sentence)
        if not hits:
            return []
        margins = self.weights[hits].sum(axis=0) / np.sqrt(self.squares[hits].sum()) + self.bias - self.threshold
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
        """What a stretch of text adds to a theme's score in its sentence, but for the sentence's own length."""
        return float(self.weights[self._rows_of(text), self.themes.index(theme)].sum())

    def _rows_of(self, text: str) -> list[int]:
        # Sorted, so that a float sum is the same in every process.
        return sorted(self.rows[gram] for gram in ngrams(text) if gram in self.rows)


@cache
def load(folder: Path) -> Model | None:
    """The model of a codebook folder; None where it has none."""
    if not (folder / "learned.csv").exists():
        return None
    try:
        return _read(folder)
    except (ValueError, LookupError, TypeError, OSError, csv.Error) as error:
        raise DataProblem(f"{folder}: learned.csv and learned.yml do not fit together ({error}). Learn them anew.") from None


def _read(folder: Path) -> Model:
    heads = read_yaml(folder / "learned.yml")["themes"]
    with (folder / "learned.csv").open(encoding="utf-8", newline="") as file:
        (_, _, *themes), *rows = csv.reader(file)
    rarity = {gram: float(value) for gram, value, *_ in rows}
    weights = np.zeros((len(rarity), len(themes)))
    for place, (_, _, *row) in enumerate(rows):
        for column, weight in enumerate(row):
            if weight:
                weights[place, column] = float(weight)
    return Model(themes, rarity, weights, {theme: (heads[theme]["bias"], heads[theme]["threshold"]) for theme in themes})
