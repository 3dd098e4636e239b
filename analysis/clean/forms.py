"""What a family made from one template is known by: long paragraphs, headings, and the punctuation of its paragraphs.

A batch of texts is read as one array of code points; a paragraph or a run of punctuation is kept as a hash of 64 bits.
Paragraphs that quote an article of a law count for nothing: everyone who explains the law quotes the same ones.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analysis.clean.shingles import Hashes, Places, Points, plain, points, word_points

LONG_PARAGRAPH = 20
_HEADING = 30  # characters of a line that can be a heading
_HEADINGS = 4  # from which on they tell of a template
_MARK, _STOP, _OF_LAW = (np.uint8(1 << k) for k in range(3))
_SIGNS = {_MARK: ",。?!;:、.", _STOP: "。!;,:", _OF_LAW: "《第"}  # a line that ends in a stop is no heading
_STATUTE = re.compile(r"^\W{0,3}(?:《[^》]{2,40}》\W{0,3})?第[零一二三四五六七八九十百千\d]{1,8}条")
_LIST_MARK = re.compile(r"^[\s(\[【第]{0,3}(?:\d{1,2}|[一二三四五六七八九十]{1,3})[\s)\]】、.:,章节步]{1,3}")
_BASE = np.uint64(0x9E3779B97F4A7C15)
_PAIRS = 1 << 12  # pairs whose keys are compared in one pass
_COLUMNS = (1 << 63) - 1


class Keyed(NamedTuple):
    """Keys of texts, sorted by text: those of text k stand from bounds[k] to bounds[k + 1]."""

    keys: NDArray[Any]  # of 32 or 64 bits
    bounds: Places

    def of(self, place: int) -> NDArray[Any]:
        """The keys of one text."""
        return self.keys[slice(*self.bounds[place : place + 2].tolist())]


def chosen(keyed: Keyed, places: Places) -> Keyed:
    """The keys of some texts, one behind the other."""
    sizes = keyed.bounds[places + 1] - keyed.bounds[places]
    bounds = np.append(0, np.cumsum(sizes))
    return Keyed(keyed.keys[np.repeat(keyed.bounds[places] - bounds[:-1], sizes) + np.arange(bounds[-1])], bounds)


def common(keyed: Keyed, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many keys the texts of each pair have in common."""
    found = [np.empty(0, dtype=np.int64)]
    for part in range(0, len(pairs), _PAIRS):
        left, right = (_rows(chosen(keyed, side)) for side in pairs[part : part + _PAIRS].T)
        found.append(np.diff(left.multiply(right).indptr).astype(np.int64))
    return np.concatenate(found)


def _rows(keyed: Keyed) -> csr_array:
    """Keys as the filled columns of a row a text; the last bit is left out, as a column has a sign."""
    columns = (keyed.keys >> np.uint64(1)).astype(np.int64)
    return csr_array((np.ones(len(columns), dtype=np.int8), columns, keyed.bounds), shape=(len(keyed.bounds) - 1, _COLUMNS))


def share_half(keyed: Keyed, pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For which pairs two keys or more are common, and half of what the text with fewer has."""
    sizes = np.diff(keyed.bounds)
    many = common(keyed, pairs)
    found: NDArray[np.bool_] = (many >= 2) & (2 * many >= np.minimum(sizes[pairs[:, 0]], sizes[pairs[:, 1]]))
    return found


class Forms(NamedTuple):
    """Of a number of texts: the words beside quoted law, long paragraphs, headings, punctuation by paragraph."""

    words: list[str]
    paragraphs: Keyed
    headings: Keyed
    rhythm: Keyed


class _Lines(NamedTuple):
    """The lines of a batch that hold something and quote no law: where they start and end, and of which text each is."""

    points: Points
    signs: NDArray[np.uint8]
    start: Places
    end: Places
    text: Places


def forms(copies: Sequence[str], words: Sequence[str]) -> Forms:
    """The forms of a batch of texts, from their matching copies and the `words` of these.

    >>> law = "《民法典》第一百条 民事主体从事民事活动应当遵循诚信原则"     # an article of a law
    >>> found = forms([f"逾期怎么办\\n{law}"], [f"逾期怎么办{plain(law)}"])       # what to do when overdue
    >>> found.words, len(found.paragraphs.keys)
    (['逾期怎么办'], 0)
    """
    whole = "\n".join(copies) + "\n"
    every = points(whole)
    ends = np.flatnonzero(every == 10)
    starts = np.append(0, ends[:-1] + 1) if len(ends) else ends
    sizes = np.cumsum([0, *(len(copy) + 1 for copy in copies)])
    text = np.searchsorted(sizes, starts, side="right") - 1
    signs = _signs()[every]
    law = _law(whole, signs, starts)
    held = np.append(0, np.cumsum(every > 32))  # a line of other blanks than ASCII ones has no word and no mark either
    wanted = (held[ends] > held[starts]) & ~law
    lines = _Lines(every, signs, starts[wanted], ends[wanted], text[wanted])
    n = len(copies)
    return Forms(
        _without(words, whole, (starts[law], ends[law], text[law]), sizes),
        _paragraphs(lines, n),
        _headings(lines, whole, n),
        _rhythm(lines, n),
    )


@cache
def _signs() -> NDArray[np.uint8]:
    """For each code point the kinds of sign that it is."""
    table = np.zeros(sys.maxunicode + 1, dtype=np.uint8)
    for kind, signs in _SIGNS.items():
        table[[ord(sign) for sign in signs]] |= kind
    return table


def _law(whole: str, signs: NDArray[np.uint8], starts: Places) -> NDArray[np.bool_]:
    """Which lines quote an article of a law; only those are read that have a sign of it in their first four characters."""
    at = np.flatnonzero(signs & _OF_LAW)
    line = np.searchsorted(starts, at, side="right") - 1
    law = np.zeros(len(starts), dtype=bool)
    for number in np.unique(line[at - starts[line] <= 3]).tolist():
        law[number] = bool(_STATUTE.match(whole[starts[number] : starts[number] + 80]))
    return law


def _without(words: Sequence[str], whole: str, law: tuple[Places, Places, Places], sizes: Places) -> list[str]:
    found = list(words)
    quotes: dict[int, list[tuple[int, int]]] = {}
    for start, end, text in zip(*(some.tolist() for some in law), strict=True):
        quotes.setdefault(text, []).append((start, end))
    for text, spans in quotes.items():
        at, parts = int(sizes[text]), []
        for start, end in spans:
            parts.append(whole[at:start])
            at = end
        found[text] = plain("".join(parts) + whole[at : int(sizes[text + 1])])
    return found


@cache
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """The powers of the base and of its inverse, modulo 2 ** 64."""
    bases = np.array([_BASE, pow(int(_BASE), -1, 1 << 64)], dtype=np.uint64)
    table = np.repeat(bases[:, None], size, axis=1)
    table[:, 0] = 1
    np.multiply.accumulate(table, axis=1, out=table)
    return table[0], table[1]


def _hashes(symbols: Points, starts: Places, ends: Places) -> Hashes:
    """A hash of each part of an array, the same for the same symbols wherever they stand."""
    up, down = _powers(1 << len(symbols).bit_length())
    sums = np.append(np.uint64(0), np.cumsum(symbols * up[: len(symbols)], dtype=np.uint64))
    found = (sums[ends] - sums[starts]) * down[starts] + (ends - starts).astype(np.uint64)
    found ^= found >> np.uint64(31)
    return found * _BASE


def _paragraphs(lines: _Lines, n: int) -> Keyed:
    wanted = word_points()[lines.points]
    before = np.append(0, np.cumsum(wanted))
    starts, ends = before[lines.start], before[lines.end]
    long = ends - starts >= LONG_PARAGRAPH
    return keyed(lines.text[long], _hashes(lines.points[wanted], starts[long], ends[long]), n)


def _rhythm(lines: _Lines, n: int) -> Keyed:
    """Paragraphs with seven marks of punctuation, and neighbours with eight in both."""
    wanted = (lines.signs & _MARK) > 0
    before = np.append(0, np.cumsum(wanted))
    starts, ends = before[lines.start], before[lines.end]
    some = ends - starts >= 3
    text, size = lines.text[some], (ends - starts)[some]
    keys = _hashes(lines.points[wanted], starts[some], ends[some])
    next_to = (text[1:] == text[:-1]) & (size[1:] + size[:-1] >= 8)
    both = (keys[:-1] * _BASE + keys[1:])[next_to]
    many = size >= 7
    return keyed(np.concatenate((text[many], text[:-1][next_to])), np.concatenate((keys[many], both)), n)


def _headings(lines: _Lines, whole: str, n: int) -> Keyed:
    short = (lines.end - lines.start <= _HEADING) & ((lines.signs[lines.end - 1] & _STOP) == 0)
    short &= np.append(False, lines.text[1:] == lines.text[:-1])[: len(short)]  # the first line is the title
    counts = np.bincount(lines.text[short], minlength=n)
    short &= counts[lines.text] >= _HEADINGS
    found: dict[int, list[str]] = {}
    for text, start, end in zip(lines.text[short].tolist(), lines.start[short].tolist(), lines.end[short].tolist(), strict=True):
        found.setdefault(text, []).append(plain(_LIST_MARK.sub("", whole[start:end])))
    made = ["\n".join(some) for some in found.values()]
    joints = np.cumsum([0, *map(len, made)])
    return keyed(np.array(list(found), dtype=np.int64), _hashes(points("".join(made)), joints[:-1], joints[1:]), n)


def keyed(text: Places, keys: Hashes, n: int) -> Keyed:
    """The distinct keys of each text."""
    order = np.lexsort((keys, text))
    text, keys = text[order], keys[order]
    once = np.append(True, (text[1:] != text[:-1]) | (keys[1:] != keys[:-1]))[: len(keys)]
    return Keyed(keys[once], np.append(0, np.cumsum(np.bincount(text[once], minlength=n))))


def one_behind_the_other(parts: Sequence[Keyed]) -> Keyed:
    """The keys of the texts of all parts."""
    sizes = np.concatenate([np.diff(part.bounds) for part in parts])
    return Keyed(np.concatenate([part.keys for part in parts]), np.append(0, np.cumsum(sizes)))
