"""Texts as sets of hashed shingles, and the MinHash signatures of whole batches of texts.

One-permutation hashing: one hash a shingle, the least of each of 128 ranges is the signature, an empty range borrows from
its neighbour (Shrivastava and Li, 2014). A batch is one array of code points: the hash rolls over all texts at once.
Signatures rest on 32 bits, which is enough to propose pairs by; the exact count of a pair rests on 64.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.clean.text import matching

Hashes = NDArray[np.uint64]
Points = NDArray[np.uint32]
Places = NDArray[np.int64]

BINS = 128
_RANGE = np.uint32(25)  # the bits of a hash below those that name its range: 32 - 7
_EMPTY = np.uint32(0xFFFFFFFF)
_MARKS = re.compile(r"〔[^〔〕\n]{1,20}〕")
_NO_WORD = re.compile(r"[\W_]+")
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_ROLL = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D))


class Signed(NamedTuple):
    """Signatures as they are kept, a row a text: a byte of each value to estimate by, and one key a band to meet by."""

    bytes: NDArray[np.uint8]
    bands: NDArray[np.uint32]


def bare(text: str) -> str:
    """The text without redaction marks, which say nothing of the words around them."""
    return _MARKS.sub("", text) if "〔" in text else text


def unmarked(text: str) -> str:
    """The matching copy of the text without redaction marks."""
    return matching(bare(text)).text


def plain(copy: str) -> str:
    """The words alone of a matching copy, without punctuation and blanks.

    >>> plain(unmarked("網貸 逾期，加〔微信〕！"))      # online loan overdue, add (WeChat id redacted)
    '网贷逾期加'
    """
    return _NO_WORD.sub("", copy)


@cache
def word_points() -> NDArray[np.bool_]:
    """For each code point whether it is of a word, as `plain` keeps it."""
    return np.array([chr(point).isalnum() for point in range(sys.maxunicode + 1)])


def points(text: str) -> Points:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def words(copies: Sequence[str]) -> list[str]:
    """`plain` of each of a batch of matching copies, in one pass.

    >>> words(["网贷逾期,加", "", "12 天!"])      # online loan overdue, add; twelve days
    ['网贷逾期加', '', '12天']
    """
    every = points("".join(copies))
    wanted = word_points()[every]
    kept = np.append(0, np.cumsum(wanted))
    bounds = kept[np.cumsum([0, *map(len, copies)])].tolist()
    whole = every[wanted].tobytes().decode("utf-32-le", "surrogatepass")
    return [whole[start:end] for start, end in pairwise(bounds)]


def shingles(text: str, size: int) -> Hashes:
    """The distinct runs of `size` characters, as sorted hashes; none where the text is shorter.

    >>> len(shingles("逾期逾期逾", 2))        # 逾期 and 期逾
    2
    """
    every = points(text).astype(np.uint64)
    n = len(every) - size + 1
    if n < 1:
        return np.empty(0, dtype=np.uint64)
    mixed = np.zeros(n, dtype=np.uint64)
    for k in range(size):
        mixed = mixed * _MIX[0] + every[k : k + n]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[1]
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[2]
    mixed ^= mixed >> np.uint64(31)
    mixed.sort()
    found: Hashes = mixed[np.append(True, mixed[1:] != mixed[:-1])]
    return found


def jaccard(a: Hashes, b: Hashes) -> float:
    """The share of common shingles among all of both; 0 where there are none."""
    if not len(a) or not len(b):
        return 0.0
    both = np.concatenate((a, b))
    both.sort(kind="stable")  # which merges two sorted runs, where another kind would start anew
    common = int(np.count_nonzero(both[1:] == both[:-1]))
    return common / (len(both) - common)


def signatures(texts: Sequence[str], size: int) -> Points:
    """The signatures of a batch of texts by runs of `size` characters (2 or 5), a row each; zeros for a shorter text.

    >>> one, other = signatures(["欠款三千元可以协商分期", "欠款三千元可以协商分期吧"], 2)     # 3,000 owed can be paid in parts
    >>> float((one == other).mean()) > 0.7
    True
    """
    every = points("".join(texts))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    hashes = _rolled(every, size)
    row = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    inside = row[: len(hashes)] == row[len(every) - len(hashes) :]  # the others straddle two texts
    least = np.full(len(texts) * BINS, _EMPTY, dtype=np.uint32)
    np.minimum.at(least, (row[: len(hashes)] * BINS + (hashes >> _RANGE))[inside], hashes[inside])
    return _filled(least.reshape(-1, BINS))


def _rolled(every: Points, size: int) -> Points:
    """The hash of each run of 2 or 5 code points, over the borders of texts too."""
    if len(every) < size:
        return np.empty(0, dtype=np.uint32)
    mixed = every[:-1] * _ROLL[0] + every[1:]
    if size == 5:
        four = mixed[:-2] * _ROLL[1] + mixed[2:]
        mixed = four[:-1] * _ROLL[2] + every[4:]
    mixed ^= mixed >> np.uint32(16)
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def _filled(least: Points) -> Points:
    """Each empty range with its next filled neighbour's value, marked by the distance; a row without any is of zeros."""
    columns = np.arange(2 * BINS)
    filled = np.tile(least != _EMPTY, 2)
    donors = np.where(filled, columns, 2 * BINS)
    donors = np.minimum.accumulate(donors[:, ::-1], axis=1)[:, ::-1][:, :BINS]
    distance = (donors - columns[:BINS]).astype(np.uint32)
    found: Points = np.take_along_axis(least, donors % BINS, axis=1) + distance * _ROLL[0]
    found[~filled.any(axis=1)] = 0
    return found


def signed(texts: Sequence[str], size: int, rows: int) -> Signed:
    """The signatures of a batch of texts as they are kept, with bands of `rows` values each."""
    values = signatures(texts, size)
    bands = np.zeros((len(texts), BINS // rows), dtype=np.uint32)
    for row in range(rows):
        bands = (bands ^ values[:, row : row + rows * (BINS // rows) : rows]) * _ROLL[1]
        bands ^= bands >> np.uint32(15)
    return Signed((values & np.uint32(0xFF)).astype(np.uint8), bands)
