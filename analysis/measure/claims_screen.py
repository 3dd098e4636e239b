"""Which sentences can state a number or name a law at all, told by their words, so that few are read by regular expressions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from analysis.measure.claims_verdict import by_name
from analysis.measure.claims_words import COUNTS, words
from analysis.measure.law import Law
from analysis.pattern import Pattern
from analysis.themes.screen import Screen

# What a raw regular expression begins with: characters that stand for themselves, the last of them not counted.
_LEAD = re.compile(r"[^\\.?*+()\[\]{}|^$]+(?![?*{\\.?*+()\[\]|^$])")


class Possible(NamedTuple):
    """The places of the kinds of `claims.yml` that a sentence can state, and of NAMING the ways in which it can name a law."""

    kinds: Sequence[int]
    names: Sequence[int]


def possible(sentences: Sequence[str], book: Law) -> list[Possible]:
    """What each of some folded sentences can claim.

    >>> from analysis.measure.law import law
    >>> found = possible(["每天拨打不得超过3次", "根据民法典", "别怕"], law())      # at most 3 calls a day; under the Civil Code; fear not
    >>> "calls_limit" in [words().kinds[place].quantity for place in found[0].kinds]
    True
    >>> [(bool(each.kinds), each.names) for each in found]
    [(True, []), (False, [2]), (False, [])]
    """
    kinds = len(words().kinds)
    found = []
    for numbers in _screen(book).possible(sentences):
        end = bisect_left(numbers, kinds)
        found.append(Possible(numbers[:end], [number - kinds for number in numbers[end:]]))
    return found


@cache
def _screen(book: Law) -> Screen:
    kinds = words().kinds
    counts = frozenset(COUNTS)
    stated = [(place, _needing(frozenset(kind.near), counts)) for place, kind in enumerate(kinds)]
    return Screen([*stated, *((len(kinds) + way, pattern) for way, pattern in _names(book))])


def _names(book: Law) -> Iterator[tuple[int, Pattern]]:
    """What each way of NAMING needs, in its order."""
    for entry in book.rules.disputed:
        for row in () if entry.quantities else entry.all:
            yield 0, _needing(*(frozenset({word}) for word in row))
    for stale in book.stale.names:
        yield 1, _needing(frozenset({stale.name}))
    for name in ("《", *by_name(book)):
        yield 2, _needing(frozenset({name}))
    for written in (written for instrument in book.instruments for written in instrument.patterns):
        lead = None if "|" in written else _LEAD.match(written)
        yield 2, _needing(*([frozenset({lead.group()})] if lead else []))


def _needing(*needs: frozenset[str]) -> Pattern:
    return Pattern("", "", needs, is_wide=True)
