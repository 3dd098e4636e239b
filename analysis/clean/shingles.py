"""Texts as sets of hashed shingles, their MinHash signatures, and the pairs of texts worth comparing.

One-permutation hashing: one hash a shingle, the least of each of 128 ranges is the signature, an empty range borrows from
its neighbour (Shrivastava and Li, 2014). Pairs come from bands of the signature, and in a crowded band each text is paired
with the few before it only, so that the work grows with the number of texts and not with its square.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.clean.text import matching

Hashes = NDArray[np.uint64]
Pairs = NDArray[np.int64]

BINS = 128
NEIGHBOURS = 24  # texts of a band that a text is paired with: the first, and those just before it
_MARKS = re.compile(r"〔[^〔〕\n]{1,20}〕")
_NO_WORD = re.compile(r"[\W_]+")
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def unmarked(text: str) -> str:
    """The matching copy without redaction marks, which say nothing of the words around them."""
    return matching(_MARKS.sub("", text)).text


def plain(copy: str) -> str:
    """The words alone of a matching copy, without punctuation and blanks.

    >>> plain(unmarked("網貸 逾期，加〔微信〕！"))      # online loan overdue, add (WeChat id redacted)
    '网贷逾期加'
    """
    return _NO_WORD.sub("", copy)


def shingles(words: str, size: int) -> Hashes:
    """The distinct runs of `size` characters, as sorted hashes; none where the text is shorter.

    >>> len(shingles("逾期逾期逾", 2))        # 逾期 and 期逾
    2
    """
    points = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    n = len(points) - size + 1
    if n < 1:
        return np.empty(0, dtype=np.uint64)
    mixed = np.zeros(n, dtype=np.uint64)
    for k in range(size):
        mixed = mixed * _MIX[0] + points[k : k + n]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[1]
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[2]
    mixed ^= mixed >> np.uint64(31)
    mixed.sort()
    found: Hashes = mixed[np.append(True, mixed[1:] != mixed[:-1])]
    return found


def signature(hashes: Hashes) -> Hashes:
    """The least hash of each of 128 ranges; an empty range takes its right neighbour's, marked by the distance."""
    starts = np.arange(BINS, dtype=np.uint64) << np.uint64(57)
    at = np.searchsorted(hashes, starts)
    ends = np.append(at[1:], len(hashes))
    filled = np.flatnonzero(at < ends)
    if not len(filled):
        return np.zeros(BINS, dtype=np.uint64)
    places = np.searchsorted(filled, np.arange(BINS))
    donors = filled[places % len(filled)]
    distance = (donors - np.arange(BINS)) % BINS
    found: Hashes = (hashes[at[donors]] + distance.astype(np.uint64) * _MIX[0]).astype(np.uint64)
    return found


def jaccard(a: Hashes, b: Hashes) -> float:
    """The share of common shingles among all of both; 0 where there are none."""
    if not len(a) or not len(b):
        return 0.0
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / (len(a) + len(b) - common)


def alike(signatures: NDArray[np.uint64], pairs: Pairs, least: float) -> Pairs:
    """Those of the pairs whose signatures agree in a share of `least` of their values: an estimate of their Jaccard index.

    The last byte of a value is enough to estimate by: a chance match is 1 in 256, and eight times less memory is read.
    """
    short = (signatures & np.uint64(0xFF)).astype(np.uint8)
    found = np.empty(len(pairs), dtype=bool)
    for part in range(0, len(pairs), 1 << 14):
        left, right = pairs[part : part + (1 << 14)].T
        found[part : part + (1 << 14)] = np.count_nonzero(short[left] == short[right], axis=1) >= least * BINS
    return pairs[found]


def banded(signatures: NDArray[np.uint64], rows: int, least: float) -> Pairs:
    """Pairs of texts that agree in at least one band of `rows` values, and in a share of `least` of all values."""
    found: list[Pairs] = []
    for start in range(0, BINS - rows + 1, rows):
        band = np.zeros(len(signatures), dtype=np.uint64)
        for column in range(start, start + rows):
            band = (band ^ signatures[:, column]) * _MIX[1]
        found.append(alike(signatures, neighbours(band), least))
    return distinct(found)


def neighbours(keys: NDArray[Any]) -> Pairs:
    """Pairs (earlier, later) of places with equal keys: each with the first of its key and the few just before it."""
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    firsts = np.flatnonzero(np.append(True, sorted_keys[1:] != sorted_keys[:-1])) if len(keys) else np.empty(0, np.int64)
    group = np.repeat(firsts, np.diff(np.append(firsts, len(keys))))
    found: list[Pairs] = []
    for back in range(1, NEIGHBOURS + 1):
        later = np.flatnonzero(np.arange(len(keys)) - back >= group)
        if not len(later):
            break
        found.append(np.column_stack((order[later - back], order[later])))
    later = np.flatnonzero(np.arange(len(keys)) - NEIGHBOURS > group)
    found.append(np.column_stack((order[group[later]], order[later])))
    return np.concatenate(found)


def sharing(keys: Sequence[Iterable[str]]) -> Pairs:
    """Pairs of places that have a key in common, as `neighbours` makes them."""
    flat = [(key, place) for place, some in enumerate(keys) for key in some]
    if not flat:
        return np.empty((0, 2), dtype=np.int64)
    codes = {key: n for n, key in enumerate(dict.fromkeys(key for key, _ in flat))}
    places = np.array([place for _, place in flat], dtype=np.int64)
    pairs = neighbours(np.array([codes[key] for key, _ in flat], dtype=np.int64))
    return distinct([places[pairs]])


def distinct(parts: Sequence[Pairs]) -> Pairs:
    """The pairs of all parts once each, in order."""
    whole = np.concatenate([np.empty((0, 2), dtype=np.int64), *parts]).astype(np.int64)
    return np.unique(whole, axis=0) if len(whole) else whole


class Shelf:
    """The texts with their shingles at hand, made again when asked for: all at once would take a gigabyte."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self.shingles = lru_cache(maxsize=4096)(self._shingles)

    def _shingles(self, place: int, size: int) -> Hashes:
        return shingles(self._texts[place], size)

    def jaccard(self, a: int, b: int, size: int) -> float:
        """The Jaccard index of two texts, counted and not estimated."""
        return jaccard(self.shingles(a, size), self.shingles(b, size))
