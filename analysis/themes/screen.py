"""Which of many patterns can match a sentence at all, told by the words that stand in it.

A pattern says which sets of words it needs (see pattern.py). All words are looked for in one pass over all sentences, words of
more than three characters by three of theirs; a pattern is possible where each of its sets is served, and, unless it may cross
a comma, by one clause. It is looked up by its rarest set, so that most patterns are never touched. What is possible need not
match; what is not possible cannot.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from analysis.pattern import CLAUSE_ENDS, Pattern, Words
from analysis.themes.grams import LONGEST, Array, Grams, points_of

AT_ONCE = 512  # sentences that are read in one go: few enough that what is noted of them stays small
_PIECE = re.compile(f"[^{re.escape(''.join(sorted(CLAUSE_ENDS)))}]+")
_ENDS = np.array(sorted(map(ord, CLAUSE_ENDS)), dtype=np.uint32)
# A set of words that the sample does not know is taken for the rarer the longer its words are.
_UNSEEN = 0.01


class Screen:
    """Many patterns, numbered; several may have one number, of which any is enough."""

    def __init__(self, patterns: Iterable[tuple[int, Pattern]], sample: str = "") -> None:
        """`sample` is folded text that shows which words are frequent."""
        often = Counter(sample[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(sample) - n + 1))
        grams: dict[Words, Words | None] = {}
        read = []
        for number, found in patterns:
            grams |= {words: _grams(words, often) for words in found.needs if words not in grams}
            read.append((number, {told for words in found.needs if (told := grams[words])}, found.is_wide))
        sets = {words for _, needs, _ in read for words in needs}
        cost = {words: (sum(often[w] + _UNSEEN / len(w) for w in words), sorted(words)) for words in sets}
        listed = sorted({word for words in sets for word in words})
        self.grams = Grams(listed)
        self.always = np.array(sorted({number for number, needs, _ in read if not needs}), dtype=np.int64)
        self.n_numbers = max((number for number, *_ in read), default=0) + 1
        columns: dict[tuple[Words, bool], int] = {}
        keyed = [(number, sorted(needs, key=cost.__getitem__), is_wide) for number, needs, is_wide in read if needs]
        self.numbers = np.array([number for number, _, _ in keyed], dtype=np.int64)
        self.is_wide = np.array([is_wide for _, _, is_wide in keyed], dtype=bool)
        self.most = max((len(needs) for _, needs, _ in keyed), default=1) - 1
        # For each pattern the columns of the sets that it needs beside its key; column 0 stands for none, and is always served.
        self.rest = np.zeros((len(keyed), self.most), dtype=np.int64)
        patterns_of: dict[str, list[int]] = defaultdict(list)
        for row, (_, (key, *rest), is_wide) in enumerate(keyed):
            for word in key:
                patterns_of[word].append(row)
            self.rest[row, : len(rest)] = [columns.setdefault((words, is_wide), len(columns) + 1) for words in rest]
        columns_of: dict[tuple[str, bool], list[int]] = defaultdict(list)
        for (words, is_wide), column in columns.items():
            for word in words:
                columns_of[word, is_wide].append(column)
        self.patterns_of = _Lists([patterns_of[word] for word in listed])
        self.columns_of = [_Lists([columns_of[word, is_wide] for word in listed]) for is_wide in (False, True)]
        self.n_columns = len(columns) + 1
        self.table = np.zeros(0, dtype=bool)  # which sets are served where; kept, as to make it anew takes long

    def possible(self, sentences: Sequence[str]) -> list[list[int]]:
        """For each folded sentence the numbers of the patterns that are possible in it, in order."""
        return [found for at in range(0, len(sentences), AT_ONCE) for found in self._possible(sentences[at : at + AT_ONCE])]

    def _possible(self, sentences: Sequence[str]) -> list[list[int]]:
        points = points_of(sentences)
        places, grams = self.grams.found(points)
        clause_of = np.cumsum(np.isin(points, _ENDS))
        sentence_of = np.repeat(np.arange(len(sentences)), [len(sentence) + 1 for sentence in sentences])
        n_clauses = int(clause_of[-1]) + 1
        # A pattern is looked for in clauses, or, where it may cross a comma, in sentences; both are rows of one table.
        units = np.stack([clause_of[places], n_clauses + sentence_of[places]]) * self.n_columns
        served = self._served((n_clauses + len(sentences)) * self.n_columns)
        for unit, lists in zip(units, self.columns_of, strict=True):
            at, columns = lists.each(grams)
            served[unit[at] + columns] = True
        at, rows = self.patterns_of.each(grams)
        unit = units[self.is_wide[rows].astype(np.int8), at]
        for level in range(self.most):
            kept = np.flatnonzero(served[unit + self.rest[rows, level]])
            unit, rows, at = unit[kept], rows[kept], at[kept]
        pairs = sentence_of[places[at]] * self.n_numbers + self.numbers[rows]
        always = np.add.outer(np.arange(len(sentences)) * self.n_numbers, self.always).ravel()
        sentence, number = np.divmod(np.unique(np.concatenate([pairs, always])), self.n_numbers)
        ends = np.searchsorted(sentence, np.arange(len(sentences)), side="right").tolist()
        numbers = number.tolist()
        return [numbers[start:end] for start, end in zip([0, *ends], ends, strict=False)]


    def _served(self, size: int) -> Array:
        if len(self.table) < size:
            self.table = np.zeros(size, dtype=bool)
        self.table[:size] = False
        self.table[: size : self.n_columns] = True
        return self.table


class _Lists:
    """A list of integers for each of some numbers."""

    def __init__(self, lists: Sequence[Sequence[int]]) -> None:
        self.sizes = np.array([len(each) for each in lists], dtype=np.int64)
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.items = np.array([item for each in lists for item in each], dtype=np.int64)

    def each(self, numbers: Array) -> tuple[Array, Array]:
        """The items of all the lists of some numbers, one list behind the other, and for each item the place of its number."""
        sizes = self.sizes[numbers]
        at = np.repeat(np.arange(len(numbers)), sizes)
        shift = self.starts[numbers] - np.cumsum(sizes) + sizes
        return at, self.items[np.arange(len(at)) + shift[at]]


def _grams(words: Words, often: Counter[str]) -> Words | None:
    """One n-gram of each word, inside one clause and as rare as may be; None where a word has none, as such a set tells nothing.

    >>> _grams(Words({"没有,真的"}), Counter()), _grams(Words({",", "没有"}), Counter())      # none, really
    (frozenset({'没有'}), None)
    """
    pieces = [max(_PIECE.findall(word), key=len, default="") for word in words]
    if not all(pieces):
        return None
    return Words(min((p[i : i + LONGEST] for i in range(max(1, len(p) - LONGEST + 1))), key=lambda gram: often[gram]) for p in pieces)
