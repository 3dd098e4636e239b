"""Digits as they were meant: circled, boxed, full width, in Han, as letters, broken by blanks and hyphens.

An id is written so that filters do not see it and a reader does (codebook 1.3 and 5.1). `plain` gives the matching copy
with every single-character disguise of an ASCII letter or digit undone; `undone` reads a run as digits.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from analysis.clean.text import Matching, fold, matching
from analysis.lexicon import load_yaml

# Enclosed and mathematical letters and digits that are no single character under NFKC, or lie beyond the basic plane.
_RANGES = ((0x2460, 0x2500), (0x2776, 0x2794), (0x1D400, 0x1D800), (0x1F100, 0x1F190), (0x1FBF0, 0x1FBFA))
_AROUND = 120
_LABEL_LINE = 16
_SEPARATORS = " \t\u3000\\-._·•—–~/|\u20e3()"

_HAN: dict[str, int] = load_yaml("lexicon/contacts.yml")["digits"]["han"]
_LETTERS: dict[str, int] = load_yaml("lexicon/contacts.yml")["digits"]["letters"]
HAN_DIGITS = "".join(_HAN)
_UNDO = {ord(c): str(d) for c, d in (_HAN | _LETTERS).items()}
DIGIT = f"[0-9{HAN_DIGITS}{''.join(_LETTERS)}]"
SEPARATOR = f"[{_SEPARATORS}]"

# A run that may be a number: at least five digits in any disguise, with at most three separators between two of them.
NUMBER = re.compile(rf"{DIGIT}(?:{SEPARATOR}{{0,3}}{DIGIT}){{4,30}}(?![a-z0-9_])")
RUN = re.compile(rf"(?<![a-z0-9_]){NUMBER.pattern}")
_DISGUISED = re.compile("[\u2460-\u24ff\u2776-\u2793\U0001d400-\U0001d7ff\U0001f100-\U0001f18f\U0001fbf0-\U0001fbf9]")
_ID_LIKE = rf"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ¹²³⁰⁴-⁹₀-₉㊀-㊉貳參陸壹{HAN_DIGITS}{_DISGUISED.pattern[1:-1]}]"
_CANDIDATE = re.compile(
    rf"{_ID_LIKE}(?:[{_SEPARATORS}*－．＿_@#（）\u200b-\u200f\u2060\ufe0f\ufeff]{{0,4}}{_ID_LIKE}){{4,40}}"
    r"|[（(〔](?:19|20)[0-9]{2}[）)〕]\s?[\u4e00-\u9fff][0-9]"  # a case number, whose serial may be short
)
_VERTICAL = re.compile(rf"(?:{_ID_LIKE[:-1]}_@.\-]\n){{5,40}}{_ID_LIKE}(?![0-9A-Za-z.])")  # a sign a line
_ASCII_NUMBER = re.compile(rf"[0-9](?:{SEPARATOR}{{0,3}}[0-9]){{6,}}(?={SEPARATOR}{{0,3}}[{HAN_DIGITS}]{{1,3}}$)")
_REAL = re.compile(rf"[0-9{HAN_DIGITS}]")


@cache
def _table() -> dict[int, str]:
    found: dict[int, str] = {}
    for start, end in _RANGES:
        for point in range(start, end):
            digit = unicodedata.digit(chr(point), None)
            folded = unicodedata.normalize("NFKC", chr(point))
            named = re.search(r"LETTER ([A-Z])$", unicodedata.name(chr(point), ""))
            if digit is not None:
                found[point] = str(digit)
            elif len(folded) == 1 and folded.isascii():
                found[point] = folded
            elif named:
                found[point] = named[1]
    return found


@cache
def _lower_table() -> dict[int, str]:
    return {point: letter.lower() for point, letter in _table().items()}


class Window(NamedTuple):
    """A part of a text that may hold an id or a number: where it starts, and its matching copy."""

    at: int
    copy: Matching

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the copy stands in the whole text as written."""
        first, last = self.copy.span(start, end)
        return self.at + first, self.at + last


def plain(text: str) -> Matching:
    """The matching copy with enclosed, boxed and mathematical letters and digits as ASCII.

    >>> plain("加Ｖ❶③八").text                  # add V 138
    '加v13八'
    """
    copy = matching(text)
    if not _DISGUISED.search(text):
        return copy
    return copy._replace(text=copy.text.translate(_lower_table()))


@lru_cache(maxsize=4)
def windows(text: str) -> tuple[Window, ...]:
    """The surroundings of every run of five id-like characters, as matching copies; most posts have none or few.

    Folding costs ten times as much as this look for runs, so only what may matter is folded. A window ends at the line,
    at most 120 characters from the run; a short line before it (a label such as 微信号) belongs to it. What is written
    from top to bottom, one sign a line, is read as one line of signs with blanks between them.
    """
    text = _VERTICAL.sub(lambda found: found[0].replace("\n", " "), text)
    spans: list[list[int]] = []
    for found in _CANDIDATE.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        if start > 1:
            before = text.rfind("\n", 0, start - 1) + 1
            start = before if start - before <= _LABEL_LINE else start
        end = text.find("\n", found.end())
        start = max(start, found.start() - _AROUND)
        end = min(end if end >= 0 else len(text), found.end() + _AROUND)
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(end, spans[-1][1])
        else:
            spans.append([start, end])
    return tuple(Window(start, plain(text[start:end])) for start, end in spans)


def as_written(surface: str) -> str:
    """A token in ASCII where it can be, its case kept, without what is invisible.

    >>> as_written("ｑｉＡｎ_⓿0\u200b7")
    'qiAn_007'
    """
    folded = unicodedata.normalize("NFKC", surface.translate(_table()))
    kept = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Mn", "Me"))
    return kept if kept.isascii() else "".join(c if c.isascii() else fold(c) for c in kept)


def undone(run: str) -> str:
    """The digits of a run in the copy: Han digits and look-alike letters read, separators dropped.

    >>> undone("1三8-零零l 3")                   # "138-001 3", three of the digits in Han, one a letter
    '1380013'
    """
    return re.sub(r"\D", "", run.translate(_UNDO))


def whole_number(run: str) -> str:
    """A run without the Han digits behind an ASCII number, which belong to the next word.

    >>> whole_number("13900001234 一")           # … one (hour)
    '13900001234'
    """
    return found[0] if (found := _ASCII_NUMBER.match(run)) else run


def real_digits(run: str) -> int:
    """How many characters of a run are digits and no look-alike letters."""
    return len(_REAL.findall(run))
