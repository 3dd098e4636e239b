"""Lines that only say who speaks next: heads of the replies in a complaint's record, names above answers to a question.

They are no sentence of the post and their dates are not its date. A complaint's record is known by its line of labelled
fields, a page of questions by the heading of its answers; elsewhere a short line with a name may be a heading and stays.
Words: data/lexicon/structure.yml. Where it stops: a head that holds a sentence of its own is taken for that sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import cache

from analysis.clean.dates import DATE_PATTERN
from analysis.clean.firsts import Characters, firsts
from analysis.clean.furniture import squeeze, start
from analysis.clean.shapes import pattern
from analysis.clean.text import fold
from analysis.lexicon import load_yaml

_FIELDS = 3  # labelled fields that make a line a complaint's record
_RECORD = 240  # characters of the longest such line
_HEAD = 60  # and of the longest head
_STEP = 90  # and of what the site itself notes in a record
_LEFT = 18  # characters of a head besides its date and its word: an office, a score
_PART = 14  # characters of the longest part of a name and its credentials
_PARTS = 7
_SAID = 8  # characters of a line that may be what the one named says
_STOPS = re.compile(r"[。!?;,…:]")
_APART = re.compile(r"[\s|/·•,]+")
_TIME = re.compile(DATE_PATTERN)


def is_record(text: str) -> bool:
    """Whether a line is a complaint's record: three labelled fields or more, or a number and two fields, and no sentence.

    >>> is_record("编号：BY01 ｜ 对象：某平台 ｜ 诉求：停止催收"), is_record("编号：BY01")    # number, against whom, demand; number
    (True, False)
    """
    if len(text) > _RECORD or "。" in text or ("：" not in text and ":" not in text):
        return False
    folded = fold(text)
    if pattern("record_start").match(folded) and len(pattern("record_part").findall(folded)) >= _FIELDS - 1:
        return True
    return len(pattern("record_field").findall(folded)) >= _FIELDS


def heads(texts: Sequence[str], tags: Sequence[str], records: Set[int]) -> frozenset[int]:
    """The numbers of the lines of a page that only say who speaks next; `tags` are those of their boxes.

    `records` are the numbers of the lines that are complaints' records.

    >>> lines = ["编号：1 ｜ 对象：甲 ｜ 诉求：道歉", "他们骂人。", "商家回复 2024-05-01", "已经核实，向您道歉。"]   # … reply of the firm …
    >>> sorted(heads(lines, ["p"] * 4, {0}))
    [2]
    """
    found: set[int] = set()
    n = len(texts)
    first_record = min(records, default=n)
    first_answer = next((i for i, text in enumerate(texts) if len(text) <= _HEAD and _heads_answers(text)), n)
    for i in range(min(first_record, first_answer) + 1, n):
        text = texts[i]
        is_named = i > first_answer and tags[i][:1] != "h" and i + 1 < n and len(texts[i + 1]) >= _SAID
        if (is_named and _is_answerer(text)) or (i > first_record and (_is_reply_head(text) or _is_step(text))):
            found.add(i)
    return frozenset(found)


@cache
def _answers_begin() -> Characters:
    return firsts(load_yaml("lexicon/structure.yml")["answer_heading"])


def _heads_answers(text: str) -> bool:
    words, begins = start(text), _answers_begin()
    return (begins is None or words[:1] in begins) and pattern("answer_heading").fullmatch(words) is not None


def _is_reply_head(text: str) -> bool:
    """Whether a line of a record only says who replied or what was done, and when."""
    words = squeeze(text)
    if len(words) > _HEAD:
        return False
    if pattern("complaint_label").fullmatch(words):
        return True
    left, n_times = _TIME.subn("", fold(text))
    has_word = n_times and pattern("record_step").search(left) and not _STOPS.search(left)
    return bool(has_word) and len(squeeze(left)) <= _LEFT


def _is_step(text: str) -> bool:
    return len(text) <= _STEP and pattern("record_note").match(squeeze(text)) is not None


def _is_answerer(text: str) -> bool:
    """Whether a line is a name of who answers, alone or with credentials beside it.

    >>> _is_answerer("甄律师　某地某律所　从业6年"), _is_answerer("请律师要花多少钱")      # lawyer, firm, years; what a lawyer costs
    (True, False)
    """
    if len(text) > _HEAD:
        return False
    folded = _TIME.sub(" ", fold(text))
    parts = [part for part in _APART.split(folded) if part]
    if not parts or len(parts) > _PARTS or _STOPS.search(folded) or any(len(part) > _PART for part in parts):
        return False
    return pattern("answerer").fullmatch(parts[0]) is not None
