"""Sentences and clauses of a text, with exact offsets.

A sentence ends at 。！？； or a line end, closing quotation marks and brackets included; a clause ends at a comma, a colon or
a dash (codebook 3.3, rule 1). 、 joins words into one list and ends nothing. Text without punctuation, as spun pages
have it, is cut before conjunctions.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONG_CLAUSE = 60  # codebook N38: clauses glued for more than 60 characters

# A stop inside a quotation that the sentence goes on after (「…。」的) ends nothing.
_SENTENCE_END = re.compile(r"""[。!?;！？；]+["'”’」』)）\]】]*(?![的之等,，、地])|\n+|……(?=[\u4e00-\u9fff])""")
_CLAUSE_END = re.compile(r"[,，:：]|——|--")
_CONJUNCTION = re.compile(r"(?<=.{8})(?=但是|然而|不过|而且|并且|所以|因此|此外|另外|同时|如果|一旦|甚至|于是|结果)")


class Span(NamedTuple):
    """A stretch of text, in code points."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """Where each sentence stands, without the blanks around it.

    >>> [text[a:b] for text in ["别怕。他说：“今晚就上门！”我没理。"] for a, b in sentences(text)]
    ['别怕。', '他说：“今晚就上门！”', '我没理。']
    """
    return _pieces(text, 0, len(text), _SENTENCE_END)


def clauses(text: str, sentence: Span) -> list[Span]:
    """Where each clause of a sentence stands.

    >>> text = "不会上门，也不会骚扰家人"     # they will not visit, nor harass the family
    >>> [text[a:b] for a, b in clauses(text, Span(0, len(text)))]
    ['不会上门，', '也不会骚扰家人']
    """
    found: list[Span] = []
    for piece in _pieces(text, sentence.start, sentence.end, _CLAUSE_END):
        if piece.end - piece.start > LONG_CLAUSE:
            found.extend(_pieces(text, piece.start, piece.end, _CONJUNCTION))
        else:
            found.append(piece)
    return found


def _pieces(text: str, start: int, end: int, mark: re.Pattern[str]) -> list[Span]:
    """The stretches that end with a mark, without the blanks around them."""
    found = []
    at = start
    for stop in (*(match.end() for match in mark.finditer(text, start, end)), end):
        first, last = at, stop
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            found.append(Span(first, last))
        at = stop
    return found
