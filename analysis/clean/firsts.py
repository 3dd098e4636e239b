"""What a regular expression can begin with and must hold, read off the expression itself: what spares running it.

Most lines of a page match none of some hundred expressions. Which of them can match is told by the line's first character,
or, where an expression may begin with anything, by words one of which every match holds. The answer is never too narrow:
what cannot be told is None, and such an expression is always run.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any

Characters = frozenset[str] | None
Words = frozenset[str] | None
_MANY = 4000  # characters of a set beyond which it is taken for any
_CLASSES = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s"}
_ANY_NUMBER = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_NO_WIDTH = {"ASSERT", "ASSERT_NOT", "AT"}


def firsts(pattern: str) -> Characters:
    """The characters that a match can begin with; None for any.

    >>> sorted(firsts("(?:上|下)?一篇|#[0-3]"))          # previous, next
    ['#', '一', '上', '下']
    """
    found, may_be_empty = _begin(_parser.parse(pattern))
    return None if may_be_empty else found


def needs(pattern: str) -> Words:
    """Words of which every match holds one at least, as long and as few as can be; None where there are none.

    >>> sorted(needs(".{1,40}(?:jpg|png)"))
    ['jpg', 'png']
    """
    return _held(_parser.parse(pattern))


def _begin(parsed: Any) -> tuple[Characters, bool]:
    """What a sequence begins with, and whether it may match nothing."""
    found: set[str] = set()
    for op, argument in parsed:
        some, may_be_empty = _begin_of(str(op), argument)
        if some is None:
            return None, False
        found |= some
        if not may_be_empty:
            return frozenset(found), False
    return frozenset(found), True


def _begin_of(op: str, argument: Any) -> tuple[Characters, bool]:
    if op == "LITERAL":
        return frozenset(chr(argument)), False
    if op == "IN":
        return _set(argument), False
    if op in _NO_WIDTH:
        return frozenset(), True
    if op in _ANY_NUMBER:
        some, may_be_empty = _begin(argument[2])
        return some, may_be_empty or argument[0] == 0
    if op in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _begin(argument[-1] if op == "SUBPATTERN" else argument)
    if op == "BRANCH":
        parts = [_begin(part) for part in argument[1]]
        if any(some is None for some, _ in parts):
            return None, False
        return frozenset().union(*(some or () for some, _ in parts)), any(empty for _, empty in parts)
    return None, False


def _held(parsed: Any) -> Words:
    """The best of what the parts of a sequence need; characters that stand side by side are one word."""
    best: Words = None
    run = ""
    for op, argument in [*parsed, ("END", None)]:
        if str(op) == "LITERAL":
            run += chr(argument)
            continue
        for some in (frozenset([run]) if run else None, _held_by(str(op), argument)):
            if some is not None and (best is None or _worth(some) > _worth(best)):
                best = some
        run = ""
    return best


def _worth(words: frozenset[str]) -> tuple[int, int]:
    return min(map(len, words)), -len(words)


def _held_by(op: str, argument: Any) -> Words:
    if op == "IN":
        return _set(argument)
    if op in _ANY_NUMBER:
        return _held(argument[2]) if argument[0] else None
    if op in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _held(argument[-1] if op == "SUBPATTERN" else argument)
    if op == "BRANCH":
        parts = [_held(part) for part in argument[1]]
        return None if any(some is None for some in parts) else frozenset().union(*(some or () for some in parts))
    return None


def _set(items: Any) -> Characters:
    found: set[str] = set()
    for op, argument in items:
        if str(op) == "LITERAL":
            found.add(chr(argument))
        elif str(op) == "RANGE" and argument[1] - argument[0] < _MANY:
            found.update(map(chr, range(argument[0], argument[1] + 1)))
        elif str(op) == "CATEGORY" and str(argument) in _CLASSES:
            found |= _class(str(argument))
        else:
            return None
    return frozenset(found)


@cache
def _class(name: str) -> frozenset[str]:
    whole = "".join(map(chr, range(sys.maxunicode + 1)))
    return frozenset(re.findall(_CLASSES[name], whole))
