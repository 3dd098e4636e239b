"""The distinct runs of two characters of texts, and which texts share enough of them: counted, and not estimated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.clean.forms import Keyed, keyed
from analysis.clean.shingles import Hashes, Places, Points, points

_TABLE = 1 << 18  # places; of 2,000 runs some seven are lost to others
_SPREAD, _SHIFT = np.uint32(0x9E3779B1), np.uint32(32 - 18)
_HALF = np.uint64(32)


class Runs(NamedTuple):
    """The distinct runs of a text: those of two characters of 16 bits, mixed but no two alike, and the few others."""

    short: Points
    far: Hashes

    @property
    def many(self) -> int:
        return len(self.short) + len(self.far)


def two_by_two(texts: Sequence[str]) -> tuple[Keyed, Keyed]:
    """The runs of each text, in order: those of 16-bit characters in 32 bits, the others in 64.

    >>> [some.bounds.tolist() for some in two_by_two(["逾期逾期", "逾𠀀"])]          # overdue; the last letter has 17 bits
    [[0, 2, 2], [0, 0, 1]]
    """
    every = points("".join(texts))
    row = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    left, right = every[:-1], every[1:]
    inside = row[:-1] == row[1:]  # the others straddle two texts
    far = inside & ((left | right) > 0xFFFF)
    inside &= ~far
    mixed = (left[inside] << np.uint32(16) | right[inside]) * _SPREAD  # by an odd number, which takes each to another
    both = row[:-1][inside].astype(np.uint64) << _HALF | mixed
    both.sort()
    both = both[np.append(True, both[1:] != both[:-1])[: len(both)]]
    bounds = np.searchsorted(both, np.arange(len(texts) + 1, dtype=np.uint64) << _HALF)
    wide = left[far].astype(np.uint64) << _HALF | right[far]
    return Keyed(both.astype(np.uint32), bounds), keyed(row[:-1][far], wide, len(texts))


class Marked:
    """A text whose runs are marked in a table, so that what many others share with it is counted fast.

    A place of the table holds one run; where two runs of the text have the same place, one is lost. What is common is
    then known within the number of lost ones, and counted anew only where that leaves the answer open.
    """

    def __init__(self) -> None:
        self._table = np.zeros(_TABLE, dtype=np.uint32)  # 0 is no run: words have no NUL
        self._text = Runs(np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint64))
        self._far: frozenset[int] = frozenset()
        self._lost = 0

    def mark(self, text: Runs) -> None:
        """Put this text in place of the one before."""
        self._table[_slots(self._text.short)] = 0
        at = _slots(text.short)
        self._table[at] = text.short
        self._lost = int(np.count_nonzero(self._table[at] != text.short))
        self._text, self._far = text, frozenset(text.far.tolist())

    def shares(self, other: Runs, least: float) -> bool:
        """Whether the Jaccard index of the marked text and the other is `least` or more; never where one has no run."""
        text, both = self._text, self._text.many + other.many
        if not text.many or not other.many:
            return False
        far = len(self._far.intersection(other.far.tolist())) if self._far else 0
        found = far + int(np.count_nonzero(self._table[_slots(other.short)] == other.short))
        if found / (both - found) >= least:
            return True
        if (found + self._lost) / (both - found - self._lost) < least:
            return False
        common = far + len(np.intersect1d(text.short, other.short, assume_unique=True))
        return common / (both - common) >= least


def _slots(runs: Points) -> Places:
    return (runs >> _SHIFT).astype(np.int64)
