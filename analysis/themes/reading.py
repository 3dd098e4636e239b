"""The status of a mention as a careful reader has it: what the rules found, weighed with all that stands around it.

A linear model over the rules' own verdict and plain evidence: layer, theme, the words of the sentence before, in and
after the cue, who tells, and how the rules read the rest of the post. It was learned from whole coded posts
(`data/labels/learn_status.py`), is plain data beside the codebook (`learned_status.csv`: a feature, and a column a status for
its weight), and is used for posts of several sentences only: a sentence alone has no surroundings, and there the rules stand.
Where it overrules them, `status_cue` has `context: ` and the two characters that spoke most for it, and `secondary` has the
status of the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow
from pyarrow import csv

from analysis.problems import DataProblem
from analysis.tables import STATUSES
from analysis.themes.layout import Text

FILE = "learned_status.csv"
FEWEST_SENTENCES = 5  # shorter posts are left to the rules
AROUND, INSIDE = 10, 24  # characters before and after the cue, and of it, that count
FIRST_PERSON = "我"  # I
_BEFORE, _AFTER, _CUE, _ALL = "B", "A", "C", "S"  # where a run of characters stands
_WEIGHT = {_BEFORE: 0.35, _AFTER: 0.35, _CUE: 0.3, _ALL: 0.2}
SCALE = 1000
BIAS = "bias"
CONTEXT = "context: "  # before what decided where the rules were overruled


class Seen(NamedTuple):
    """One mention as the rules have it: its sentence and place there, what they say of it, and where it stands."""

    sentence: str
    start: int
    end: int
    number: int  # of the sentence in the post
    layer: str
    theme: str
    status: str
    secondary: str | None
    cue: str | None
    actor: str
    is_told: bool


class Post(NamedTuple):
    """What the mentions of a post share."""

    is_solicitation: bool
    n_sentences: int
    share_of_i: float  # 我 (I) among a hundred characters


def surroundings(text: Text, is_solicitation: bool) -> Post:
    """What the mentions of a text share."""
    copy = text.copy.text
    return Post(is_solicitation, len(text.sentences), 100 * copy.count(FIRST_PERSON) / max(1, len(copy)))


def features(mentions: Sequence[Seen], post: Post) -> list[dict[str, float]]:
    """The evidence of each mention of a post, by name.

    >>> seen = Seen("催收没有打给我家人", 4, 9, 3, "body", "contact_harassment", "denied", None, "没有", "third_party_collector", True)
    >>> found = features([seen], Post(False, 9, 4.0))[0]      # the collector did not ring my family
    >>> found["rule=denied"], found["B没有"], found["C家人"], "A催收" in found
    (1.0, 0.35, 0.3, False)
    """
    shared = _shared(mentions, post)
    found = []
    for seen in mentions:
        words = {place + run: _WEIGHT[place] for place, runs in _words(seen) for run in runs}
        found.append({**shared, **dict(_grammar(seen, post)), **words})
    return found


def _shared(mentions: Sequence[Seen], post: Post) -> dict[str, float]:
    counts = Counter(seen.status for seen in mentions)
    shared = {f"post={status}": 2.0 * n / len(mentions) for status, n in sorted(counts.items())}
    return {**shared, BIAS: 1.0, "share_of_i": min(post.share_of_i, 4.0) / 2}


def _grammar(seen: Seen, post: Post) -> Iterator[tuple[str, float]]:
    rule = f"rule={seen.status}"
    yield rule, 1.0
    yield f"{rule} layer={seen.layer}", 1.0
    yield f"{rule} theme={seen.theme}", 0.7
    yield f"{rule} told={seen.is_told}", 0.7
    yield f"secondary={seen.secondary}", 0.5
    yield f"cue={(seen.cue or '')[:6]}", 0.7
    yield f"layer={seen.layer}", 1.0
    yield f"theme={seen.theme}", 0.7
    yield f"solicits={post.is_solicitation} layer={seen.layer}", 1.0
    yield f"quarter={4 * seen.number // max(1, post.n_sentences)}", 0.5
    yield f"ends={seen.sentence[-1:]}", 1.0
    yield f"actor={seen.actor}", 0.5


def _words(seen: Seen, has_all: bool = True) -> Iterator[tuple[str, set[str]]]:
    yield _BEFORE, _runs(seen.sentence[max(0, seen.start - AROUND) : seen.start])
    yield _AFTER, _runs(seen.sentence[seen.end : seen.end + AROUND])
    yield _CUE, _runs(seen.sentence[seen.start : seen.end][:INSIDE])
    if has_all:
        yield _ALL, _runs(seen.sentence)


def _runs(text: str) -> set[str]:
    """The runs of one and of two characters."""
    return {*text, *map(add, text, text[1:])}


class Model:
    """The rows of features, and their weights for each status in whole thousandths."""

    def __init__(self, names: Sequence[str], weights: Any) -> None:
        self.rows = {name: row for row, name in enumerate(names)}
        self.runs = {place: {name[1:]: row for name, row in self.rows.items() if name[0] == place} for place in _WEIGHT}
        self.weights = weights

    def settle(self, mentions: Sequence[Seen], post: Post) -> list[tuple[str, str | None, str | None]]:
        """Status, what decided it, and the status that lost, of each mention of a post."""
        if post.n_sentences < FEWEST_SENTENCES or not mentions:
            return [(seen.status, seen.cue, seen.secondary) for seen in mentions]
        rows, values, starts = self._evidence(mentions, post)
        parts = self.weights[rows] * values[:, None]
        best = np.add.reduceat(parts, starts, axis=0).argmax(axis=1)
        return [
            (seen.status, seen.cue, seen.secondary) if STATUSES[chosen] == seen.status
            else (STATUSES[chosen], self._words_for(seen, STATUSES[chosen]), seen.status)
            for seen, chosen in zip(mentions, best.tolist(), strict=True)
        ]  # fmt: skip

    def _evidence(self, mentions: Sequence[Seen], post: Post) -> tuple[Any, Any, list[int]]:
        """`features` of all mentions as rows and thousandths one after another, and where each mention's begin."""
        shared = self._known(_shared(mentions, post).items())
        of_sentence: dict[int, list[int]] = {}
        rows: list[int] = []
        values: list[int] = []
        starts = []
        for seen in mentions:
            starts.append(len(rows))
            told = [*shared, *self._known(_grammar(seen, post))]
            rows += [row for row, _ in told]
            values += [value for _, value in told]
            for place, runs in _words(seen, seen.number not in of_sentence):
                of_run = self.runs[place]
                known = [of_run[run] for run in of_run.keys() & runs]
                if place == _ALL:
                    of_sentence[seen.number] = known
                    continue
                rows += known
                values += [round(_WEIGHT[place] * SCALE)] * len(known)
            rows += of_sentence[seen.number]
            values += [round(_WEIGHT[_ALL] * SCALE)] * len(of_sentence[seen.number])
        return np.array(rows, dtype=np.int64), np.array(values, dtype=np.int64), starts

    def _known(self, named: Iterable[tuple[str, float]]) -> list[tuple[int, int]]:
        return [(row, round(value * SCALE)) for name, value in named if (row := self.rows.get(name)) is not None]

    def _words_for(self, seen: Seen, status: str) -> str:
        """`context: `, and the two characters that spoke most for a status against that of the rules."""
        one, other = STATUSES.index(status), STATUSES.index(seen.status)
        spoke = []
        for place, runs in _words(seen):
            for run in runs:
                row = self.runs[place].get(run) if len(run) > 1 else None
                if row is not None and (gain := float(_WEIGHT[place] * (self.weights[row, one] - self.weights[row, other]))) > 0:
                    spoke.append((-gain, place, run))
        return CONTEXT + (min(spoke)[-1] if spoke else "…")


@cache
def load(folder: Path) -> Model | None:
    """The model of a codebook folder; None where it has none."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        table = csv.read_csv(path, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=csv.ConvertOptions(
            strings_can_be_null=False, quoted_strings_can_be_null=False, column_types={"feature": pyarrow.string()},
        ))  # fmt: skip
        weights = np.column_stack([table.column(name).to_numpy() for name in STATUSES])
        return Model(table.column("feature").to_pylist(), np.rint(weights * SCALE).astype(np.int64))
    except (pyarrow.ArrowInvalid, KeyError, ValueError, OSError) as error:
        raise DataProblem(f"{path}: not the weights of statuses ({error}). Learn them anew: data/labels/learn_status.py.") from None
