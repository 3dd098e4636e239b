"""The matching copy of a text: one form for what is written in many ways, with the way back to the text as written.

Two steps. `fold` maps character to character (widths, case, traditional to simplified), so that offsets stay as they are.
`matching` also leaves characters out (zero-width marks, blanks between Han characters, pinyin glosses), reads broken and
masked words (see `repairs`), and keeps, for each of its characters, where that stood. Text is shown as written; only
rules see the copy.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import opencc

from analysis.clean.repairs import INVISIBLE, Edit, edits
from analysis.lexicon import load_yaml

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ"
_LINE = 200  # characters of a text that is remembered
_TWO_UNITS = 0xFFFF  # no character
_MANY = 4096  # lines that are remembered
_KNOWN: dict[str, str] = {}  # lines and their folded form; what stands in it changes nothing but the speed
MANY_GLOSSES = 5  # codebook, appendix A step 4: toneless glosses count only on a page with at least five toned ones

_GLOSS = rf"\((?<=[{HAN}]\()(?=[^)]{{0,24}}[{TONED}])[a-z{TONED}' ]{{1,24}}\)"
# Zero-width and directional marks, soft hyphen, variation selectors (codebook N71), and the key around a keycap digit.
# Each branch begins with its first character, and looks back behind it, so that the search can skip what is none of these.
_LEFT_OUT = re.compile(
    rf"[{INVISIBLE}]+|[ \t\u3000](?<=[{HAN}][ \t\u3000])[ \t\u3000]{{0,3}}(?=[{HAN}])|{_GLOSS}"
)
_MAY_LEAVE_OUT = re.compile(rf"[{INVISIBLE} \t\u3000(]")
_TONED_GLOSS = re.compile(_GLOSS)
_TONELESS_GLOSS = re.compile(rf"(?<=[{HAN}])\([a-z]{{1,5}}\)")


class Matching(NamedTuple):
    """The matching copy and, for each of its characters and its end, the offset in the text as written.

    `ends` is there only where words were read in place of others: for each character the offset behind what it stands for.
    """

    text: str
    offsets: Sequence[int]
    ends: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the copy stands in the text as written."""
        return self.offsets[start], self.ends[end - 1] if self.ends else self.offsets[end - 1] + 1

    def at(self, offset: int) -> int:
        """The first place in the copy that stands at or after an offset of the text as written."""
        return bisect_left(self.offsets, offset)


class _Folding(dict[int, str]):
    """What each code point is folded to; one that stays as it is is noted when it is met, since a miss costs ten hits."""

    def __missing__(self, point: int) -> str:
        self[point] = character = chr(point)
        return character


@cache
def _folding() -> _Folding:
    return _Folding(_table())


@cache
def _table() -> dict[int, str]:
    converter = opencc.OpenCC("t2s")
    points = [p for a, b in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)) for p in range(a, b + 1)]
    simplified = converter.convert("\n".join(map(chr, points))).split("\n")
    found = {p: s for p, s in zip(points, simplified, strict=True) if len(s) == 1 and s != chr(p)}
    for p in [*range(0x80, 0x3400), *range(0xF900, 0x10000)]:
        folded = unicodedata.normalize("NFKC", chr(p)).lower()
        if len(folded) == 1 and folded != chr(p):
            found[p] = folded
    found |= {p: chr(p).lower() for p in range(0x41, 0x5B)}
    found |= {ord(k): v for k, v in load_yaml("lexicon/folding.yml")["fold"].items()}
    return {p: found.get(ord(s), s) for p, s in found.items()}


@cache
def _points() -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """For each code point the one it is folded to."""
    points = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    table = _table()
    points[list(table)] = [ord(character) for character in table.values()]
    return points


@cache
def _units() -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    """The same for units of UTF-16, a table that fits the cache; what is folded to a character of two units has the mark."""
    points = _points()[:0x10000]
    units = np.where(points < 0x10000, points, _TWO_UNITS).astype(np.uint16)
    units[0xD800:0xDC00] = np.arange(0xD800, 0xDC00)
    return units


def fold(text: str) -> str:
    """The text in the one form that rules are written in, of the same length.

    `casefold` and NFKC can change the length, and every offset with it; here a character that would not stay one
    character stays as it is. Lines are remembered, since many rules ask for the same one; long texts go by a table.

    >>> fold("網貸逾期，ＶＸ：Abc")          # online loan overdue, WX: abc
    '网贷逾期,vx:abc'
    """
    if len(text) > _LINE:
        return _by_points(text)
    found = _KNOWN.get(text)
    return _remember([text], [text.translate(_folding())])[0] if found is None else found


def fold_lines(lines: Sequence[str]) -> None:
    """Fold the lines of a page in one pass, for those who will ask for them one by one."""
    whole = "\n".join(lines)
    folded = _by_points(whole).split("\n")
    if len(folded) == len(lines):  # a line holds no line break
        _remember(lines, folded)


def _by_points(text: str) -> str:
    units = _units()[np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")]
    if not (units == _TWO_UNITS).any():
        return str(units.tobytes(), "utf-16-le", "surrogatepass")
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _points()[points].tobytes().decode("utf-32-le", "surrogatepass")


def _remember(lines: Sequence[str], folded: Sequence[str]) -> Sequence[str]:
    if len(_KNOWN) > _MANY:
        _KNOWN.clear()
    _KNOWN.update(zip(lines, folded, strict=True))
    return folded


def forget_lines() -> None:
    """Forget the folded lines, so that a measurement of speed starts from none."""
    _KNOWN.clear()


def matching(text: str, is_unspun: bool = False) -> Matching:
    """The folded text without what is put between characters to hide them, with the way back.

    `is_unspun` also reads the phrases of spinning software as those they stand for, where two of them stand (codebook N42).

    >>> copy = matching("微 信的網(wǎng)貸")      # WeChat's online loan, with a blank and a gloss
    >>> copy.text, copy.span(0, 2)
    ('微信的网贷', (0, 3))
    """
    folded = fold(text)
    wanted = [Edit(*m.span(), "") for m in _LEFT_OUT.finditer(folded)] if _MAY_LEAVE_OUT.search(folded) else []
    if "(" in folded and len(_TONED_GLOSS.findall(folded)) >= MANY_GLOSSES:
        neutral = load_yaml("lexicon/folding.yml")["neutral_syllables"]
        wanted += [Edit(*m.span(), "") for m in _TONELESS_GLOSS.finditer(folded) if m.group()[1:-1] in neutral]
    wanted += edits(folded, is_unspun)
    return _edited(folded, _apart(wanted)) if wanted else Matching(folded, range(len(folded) + 1))


def _apart(wanted: list[Edit]) -> list[Edit]:
    """The edits from left to right; of two that overlap the first, or the longer one where both start at one place."""
    kept: list[Edit] = []
    for edit in sorted(wanted, key=lambda e: (e.start, -e.end, not e.text)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def _edited(folded: str, changes: list[Edit]) -> Matching:
    parts: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end, read in changes:
        parts += [folded[at:start], read]
        offsets += [*range(at, start), *[start] * len(read)]
        ends += [*range(at + 1, start + 1), *[end] * len(read)]
        at = end
    parts.append(folded[at:])
    offsets += range(at, len(folded) + 1)
    ends += range(at + 1, len(folded) + 1)
    return Matching("".join(parts), offsets, ends if any(edit.text for edit in changes) else None)
