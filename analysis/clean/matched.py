"""The matching copies of many texts in one pass, for those texts in which nothing needs repair.

`matching` looks at each text for what is put between characters, spelt or masked, character by character. Here tables over
code points, and over the two characters that words of the lists begin with, tell which texts have a sign of any of that;
these go to `matching`, the others are only folded. A sign says nothing for sure, so that the result is that of `matching` for every text.
Where it stops: without the way back to the text as written, which who looks for copies does not need.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from analysis.clean.repairs import INVISIBLE
from analysis.clean.shingles import Points, bare, points, unmarked, word_points
from analysis.clean.text import HAN, fold
from analysis.lexicon import load_yaml

_SAFE = "\n,。?!;:、\"%《》<>【】[]〔〕{}“”‘’…"  # marks that stand before a Han character and hide nothing
_SIGNS = ((0x2600, 0x27BF), (0x1F300, 0x1FAFF))  # of which some count as digits
_ODD, _GONE, _BRACKET, _IS_HAN, _BEGINS, _ALONE = (np.uint8(1 << k) for k in range(6))


def unmarked_all(texts: Sequence[str]) -> list[str]:
    """`unmarked` of each text.

    >>> unmarked_all(["網貸逾期，怎麼辦？", "催*收"])          # online loan overdue, what now? and "coll*ection"
    ['网贷逾期,怎么办?', '催收']
    """
    folded = fold("\n".join(map(bare, texts)))
    starts = np.cumsum([0, *(len(bare(text)) + 1 for text in texts)])
    wanting = np.zeros(len(texts), dtype=bool)
    wanting[np.searchsorted(starts, _signs(folded), side="right") - 1] = True
    bounds = zip(texts, starts[:-1].tolist(), (starts[1:] - 1).tolist(), wanting.tolist(), strict=True)
    return [unmarked(text) if wants else folded[start:end] for text, start, end, wants in bounds]


def _signs(folded: str) -> NDArray[np.int64]:
    """Where something stands that may need repair."""
    every = points(folded)
    kinds = _kinds()[every]
    here, after = kinds[:-1], kinds[1:]
    found = ((here & _ODD) > 0) & ((after & _IS_HAN) > 0) | ((here & _IS_HAN) > 0) & ((after & _BRACKET) > 0)
    begins = np.flatnonzero(here & _BEGINS)
    found[begins] |= _begun()[_place(every[begins], every[begins + 1])]
    return np.concatenate((np.flatnonzero(found), np.flatnonzero(kinds & (_GONE | _ALONE))))


def _place(one: Points, other: Points) -> NDArray[np.int64]:
    """The place of two characters in the table of those that words of the lists begin with; few pairs share one."""
    return ((one * np.uint32(0x9E3779B1) + other) * np.uint32(0x85EBCA77) >> np.uint32(10)).astype(np.int64)


@cache
def _begun() -> NDArray[np.bool_]:
    """Which places of the table are of two characters that begin what `edits` may read in another way."""
    table = np.zeros(1 << 22, dtype=bool)
    pairs = points("".join(word[:2] for word in _written() if len(word) > 1))
    table[_place(pairs[::2], pairs[1::2])] = True
    return table


@cache
def _kinds() -> NDArray[np.uint8]:
    """For each code point what it can be a sign of."""
    kinds = np.where(word_points(), np.uint8(0), _ODD)
    kinds[[ord(mark) for mark in _SAFE]] = 0
    for first, last in _SIGNS:
        kinds[first : last + 1] = _ODD
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    for kind, letters in ((_GONE, INVISIBLE), (_IS_HAN, HAN), (_BRACKET, "(")):
        kinds[[found.start() for found in re.finditer(f"[{letters}]", every)]] |= kind
    for word in _written():
        kinds[ord(word[0])] |= _ALONE if len(word) == 1 else _BEGINS
    return kinds


def _written() -> Iterator[str]:
    """All of which one must stand in a text in which `edits` reads a word in place of another; glosses stand in brackets."""
    lexicon = load_yaml("lexicon/repairs.yml")
    yield from lexicon["written"]
    yield from (rule["hint"] for kind in ("masks", "holes") for rule in lexicon[kind])
    for word, pinyin in lexicon["words"].items():
        yield from (word[:k] + syllable + word[k + 1 :] for k, syllable in enumerate(pinyin.split()))
