"""Counts that a page states about a post: views and comments. A page that states none has none, never 0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from analysis.clean.dates import DATE_PATTERN
from analysis.clean.text import fold
from analysis.lexicon import load_yaml

_NUMBER = r"(?P<{0}>\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,9}}(?:\.\d{{1,3}})?)\s?(?P<{0}_unit>万|千|亿|w|k)?\+?"
_NUMBER_BEFORE = re.compile(r"\d\s?[万千亿wk]?\+?\s?[次人条个]?\s?$")
_CLOCKS = re.compile(DATE_PATTERN)


class _Patterns(NamedTuple):
    before: re.Pattern[str]
    after: re.Pattern[str]


@cache
def _patterns(name: str) -> _Patterns:
    words = load_yaml("lexicon/counters.yml")[name]
    between = r"\s{0,3}[(\[:·]?\s{0,3}"
    return _Patterns(
        re.compile(
            rf"(?:{words['before']})\s{{0,2}}(?:数|量)?{between}{_NUMBER.format('n')}(?!\s?[年月天小分秒:岁]|\d)"
        ),
        re.compile(rf"(?<![\d.:]){_NUMBER.format('n')}\s?(?:次|人次)?\s?(?:{words['after']})"),
    )


def _count(meta: Sequence[str], name: str) -> int | None:
    units = load_yaml("lexicon/counters.yml")["units"]
    patterns = _patterns(name)
    for line in meta:
        text = _CLOCKS.sub(" | ", fold(line))
        found = _first(patterns, text)
        if found is not None:
            number = float(found["n"].replace(",", ""))
            return round(number * int(units.get(found["n_unit"] or "", 1)))
    return None


@cache
def _first_word() -> re.Pattern[str]:
    words = load_yaml("lexicon/counters.yml")
    return re.compile("|".join([words["views"]["before"], words["comments"]["before"], words["others"]]))


def _first(patterns: _Patterns, text: str) -> re.Match[str] | None:
    """The count that the line states. Where "word number" and "number word" both fit, a colon or the line's first word decides.

    A line keeps to one order: "905 次浏览 11 条评论" begins with a number, "阅读 65 评论 0" with a word.
    """
    before, after = patterns.before.search(text), patterns.after.search(text)
    if before is None or after is None:
        return before or after
    is_tied = re.search(r"[:(\[]", text[before.start() : before.start("n")]) is not None
    word = _first_word().search(text)
    is_number_first = word is not None and _NUMBER_BEFORE.search(text[: word.start()]) is not None
    return after if is_number_first and not is_tied else before


def views(meta: Sequence[str]) -> int | None:
    """How often the post was read, as its meta lines state it.

    >>> views(["征信 | 1个月前 | 阅读 1.54万"]), views(["298人看过"]), views(["3天前 评论:0"])  # reads; seen by; comments
    (15400, 298, None)
    """
    return _count(meta, "views")


def comments(meta: Sequence[str]) -> int | None:
    """How many comments the post has, as its meta lines state it.

    >>> comments(["阅读:65111 评论:0"]), comments(["5.37万次浏览 12评论"]), comments(["阅读:3"])  # reads, comments
    (0, 12, None)
    """
    return _count(meta, "comments")
