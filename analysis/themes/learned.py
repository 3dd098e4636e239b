"""Themes in sentences that no rule finds: a linear model over character n-grams, learned from the labelled sentences.

Rules stay the floor; this adds a theme to a sentence where no rule of that theme hits and the model is surer than the
theme's threshold, which was set so that its precision on sentences held out from learning is high. An n-gram counts once a
sentence, by its rarity (inverse document frequency), over the length of all of them together (cosine normalisation). The
model is plain data beside the codebook, made by `data/labels/learn.py`: `learned.csv` (n-gram, rarity, and a column a theme for
the weight times rarity, empty where it has none) and `learned.yml` (biases, thresholds, what it was learned from). The
evidence of a decision is the few n-grams that weighed most.

All sentences of a text are weighed at once: each n-gram as one number, looked up in one table. Weights are summed as whole
thousandths, so that a sum is the same in whatever order and company it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow
from pyarrow import csv

from analysis.lexicon import read_yaml
from analysis.problems import DataProblem
from analysis.themes.grams import LONGEST, Grams, points_of

SHORTEST_SENTENCE = 5  # below this a sentence has too little in it to weigh
SCALE = 1000  # numbers are kept in thousandths; the model is written in tenths (weights) and thousandths (rarities)
AT_ONCE = 1024  # sentences that are weighed in one go, so that memory stays small
GREATEST = 10_000.0  # no number of a model is near it, and sums stay far below what an integer holds


LINES = csv.ParseOptions(newlines_in_values=True)


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
        self.squares = _thousandths(list(rarity.values())) ** 2
        self.weights = _thousandths(weights).astype(np.int32)
        self.bias = np.array([heads[t][0] for t in themes])
        self.threshold = np.array([heads[t][1] for t in themes])
        self.grams = Grams(list(rarity))

    def themes_of(self, sentences: Sequence[str]) -> list[list[Found]]:
        """The themes of each of some folded sentences, surest first."""
        return [themes for at in range(0, len(sentences), AT_ONCE) for themes in self._themes_of(sentences[at : at + AT_ONCE])]

    def _themes_of(self, sentences: Sequence[str]) -> list[list[Found]]:
        found: list[list[Found]] = [[] for _ in sentences]
        pairs = self._pairs(sentences)
        if not len(pairs):
            return found
        places, rows = np.divmod(pairs, len(self.grams))
        starts = np.flatnonzero(np.diff(places, prepend=-1))
        totals = np.add.reduceat(self.weights.take(rows, axis=0), starts, axis=0, dtype=np.int64)
        lengths = np.sqrt(np.add.reduceat(self.squares[rows], starts))
        margins = totals / lengths[:, None] + self.bias - self.threshold
        for at, theme in np.argwhere(margins > 0).tolist():
            place = places[starts[at]]
            if len(sentences[place]) >= SHORTEST_SENTENCE:
                found[place].append(Found(self.themes[theme], float(margins[at, theme])))
        return [sorted(each, key=lambda f: (-f.margin, f.theme)) for each in found]

    def _pairs(self, sentences: Sequence[str]) -> Any:
        """Each sentence with each known n-gram in it, once, as one number; those of one sentence stand together."""
        places, rows = self.grams.found(points_of(sentences))
        number = np.repeat(np.arange(len(sentences)), [len(sentence) + 1 for sentence in sentences])
        return pd.unique(number[places] * len(self.grams) + rows)

    def evidence(self, text: str, theme: str, most: int = 4) -> list[Weighed]:
        """The n-grams of a folded text that weigh most for a theme; one inside a longer one that weighs more is left out."""
        column = self.themes.index(theme)
        weighed = [Weighed(g, float(self.weights[self.rows[g], column] / SCALE)) for g in ngrams(text) if g in self.rows]
        chosen: list[Weighed] = []
        for item in sorted(weighed, key=lambda w: (-w.weight, w.text)):
            if item.weight <= 0 or len(chosen) == most:
                break
            if not any(item.text in other.text or other.text in item.text for other in chosen):
                chosen.append(item)
        return chosen

    def weight_of(self, text: str, theme: str) -> float:
        """What a stretch of text adds to a theme's score in its sentence, but for the sentence's own length."""
        rows = [self.rows[gram] for gram in ngrams(text) if gram in self.rows]
        return float(self.weights[rows, self.themes.index(theme)].sum() / SCALE)


def _thousandths(values: Any) -> Any:
    found = np.asarray(values, dtype=np.float64)
    if not (np.abs(found) < GREATEST).all():
        raise ValueError("a number is missing or out of all measure")
    return np.rint(found * SCALE).astype(np.int64)


@cache
def load(folder: Path) -> Model | None:
    """The model of a codebook folder; None where it has none."""
    if not (folder / "learned.csv").exists():
        return None
    try:
        return _read(folder)
    except (ValueError, LookupError, TypeError, OSError, pyarrow.ArrowException) as error:
        raise DataProblem(f"{folder}: learned.csv and learned.yml do not fit together ({error}). Learn them anew.") from None


def _read(folder: Path) -> Model:
    heads = read_yaml(folder / "learned.yml")["themes"]
    path = folder / "learned.csv"
    with path.open("rb") as file:
        gram, rarity, *themes = csv.open_csv(file, parse_options=LINES).schema.names
    numbers = dict.fromkeys((rarity, *themes), pyarrow.float64())
    options = csv.ConvertOptions(column_types={gram: pyarrow.string(), **numbers}, null_values=[""], strings_can_be_null=False)
    table = csv.read_csv(path, csv.ReadOptions(use_threads=False), LINES, options)
    rarities = dict(zip(table[gram].to_pylist(), table[rarity].to_pylist(), strict=True))
    weights = np.column_stack([np.nan_to_num(table[theme].to_numpy()) for theme in themes])
    if len(rarities) < len(weights):
        raise ValueError("an n-gram stands twice")
    return Model(themes, rarities, weights, {theme: (heads[theme]["bias"], heads[theme]["threshold"]) for theme in themes})
