"""Lines of page furniture: what a line is when it is no part of the article, told by its own words.

Only short lines are furniture by their words: a paragraph that speaks of sharing or of a disclaimer stays where it is.
What stands around a line (its box, its links, its place) is judged in `regions`; here it is the text alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache
from typing import NamedTuple

import ahocorasick_rs

from analysis.clean.dates import DATE_PATTERN
from analysis.clean.firsts import firsts, needs
from analysis.clean.text import fold
from analysis.lexicon import load_yaml

LABELS = frozenset(["comment_label", "answers_label", "related"])  # these say what the lines after them are
_BYLINE = 50
_TIME = re.compile(DATE_PATTERN)
_JAMMER = re.compile(r"(?:\s[!-~]{1,3}){6,40}$")
_STRANGE = re.compile(r"[%&@\[\]{}~+!;^|<>#*]")
_LONG_JAMMER = 8  # tokens of a run in which one strange sign is enough
_CLAUSE = re.compile(r"[\W_]+")
_LONG_NUMBER = re.compile(r"\d{5}|©")
_PARTS = re.compile(r"[:：|丨·\s]+")
_CAPTURE = re.compile(r"(?<!\\)\((?!\?)")
_SAID = re.compile(r"[。，！？；、!?;]|,(?!\d)")
_LONGEST = 400
_START = 80
_LONGEST_META = 110
_MAYBE_META = re.compile(r"[\d\s今昨前刚月年:：|/丨]")  # what every meta line holds one of
_EVIDENCE = re.compile(r"[\d今昨前刚年]")  # what every time and every count holds one of
_REST = (
    14  # characters that may be left of a meta line when dates, counters and labels are taken out: an author, a column
)
_REST_SHARE = 0.45


class _Rule(NamedTuple):
    """One pattern of a group: the reason it gives, the longest line it may cut, and whether it may stand anywhere in it."""

    reason: str
    longest: int
    match: re.Pattern[str]
    is_anywhere: bool


class _Rules(NamedTuple):
    """All patterns in their order, and the numbers of those that a line may match.

    Told by its first character, by a word that it holds (where a pattern may begin with anything), or by a hint.
    """

    patterns: list[_Rule]
    by_first: dict[str, list[int]]
    words: ahocorasick_rs.AhoCorasick
    by_word: list[list[int]]
    anywhere: frozenset[int]
    always: list[int]


@cache
def _rules() -> _Rules:
    made: list[_Rule] = []
    by_first: dict[str, list[int]] = defaultdict(list)
    by_word: dict[str, list[int]] = defaultdict(list)
    anywhere, always = [], []
    lexicon = load_yaml("lexicon/furniture.yml")
    for entry in lexicon["lines"]:
        # Groups are made non-capturing: CPython 3.11 fails on some long alternations of capturing ones.
        patterns = [_CAPTURE.sub("(?:", p) for p in entry["patterns"]]
        if entry["at"] == "anywhere":
            anywhere.append(len(made))
            made.append(_Rule(entry["reason"], entry["max"], re.compile("|".join(f"(?:{p})" for p in patterns)), True))
            continue
        for pattern in patterns:
            begins, holds = firsts(pattern), needs(pattern)
            for some, place in ((begins, by_first), (holds if begins is None else None, by_word)):
                for word in some or ():
                    place[word].append(len(made))
            if begins is None and holds is None:
                always.append(len(made))
            end = r"\Z" if entry["at"] == "whole" else ""
            made.append(_Rule(entry["reason"], entry["max"], re.compile(f"(?:{pattern}){end}"), False))
    for hint in lexicon["hints"]:  # what a line of a group that may stand anywhere must hold
        by_word[hint] += anywhere
    words = ahocorasick_rs.AhoCorasick(list(by_word), implementation=ahocorasick_rs.Implementation.DFA)
    return _Rules(made, by_first, words, list(by_word.values()), frozenset(anywhere), always)


@cache
def _meta() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = load_yaml("lexicon/furniture.yml")["meta"]
    names = sorted(words["labels"].split("|"), key=len, reverse=True)
    # Looking at the first character spares the search the list at every other one.
    labels = f"(?=[{''.join(sorted({name[0] for name in names}))}])(?:{'|'.join(names)})"
    tokens = re.compile(
        rf"{DATE_PATTERN}|(?:{labels})|\d[\d.,]{{0,10}}[kw万千]?(?:次|人|条|个|天|字|分钟|元|楼)?|[\W_]"
    )
    starts = re.compile(rf"(?:{words['starts']})\s{{0,2}}[:丨|/ ]")
    return tokens, starts, re.compile(rf"{DATE_PATTERN}|(?:{labels})\s{{0,2}}[:(]?\s{{0,2}}\d|\d\s?(?:{labels})")


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(p)) for kind, p in load_yaml("lexicon/furniture.yml")["names"].items())


@lru_cache(maxsize=8192)
def kinds_of(names: str) -> frozenset[str]:
    """What class and id names say of a box: strong or weak furniture, comment, toc, ad, summary, statute.

    >>> sorted(kinds_of("post-footer")), sorted(kinds_of("article-content"))
    (['strong', 'weak'], [])
    """
    return frozenset(kind for kind, pattern in _kinds() if pattern.search(names)) if names else frozenset()


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """The folded text without blanks, as the patterns want it."""
    return "".join(fold(text).split())


@lru_cache(maxsize=4096)
def start(text: str) -> str:
    """The first 80 characters of a line, folded and without blanks."""
    folded = fold(text)[:_START] if len(text) <= _LONGEST else fold(text[:_START])
    return "".join(folded.split())


def reason(text: str) -> str | None:
    """Why the line is no part of an article, as one word; None if its words do not say so.

    >>> reason("上一篇：催收的边界"), reason("分享到：微信 微博")          # previous: …; share to: …
    ('neighbours', 'share')
    >>> reason("逾期三天会上征信吗") is None          # a question, not furniture
    True
    """
    if len(text) > _LONGEST:
        return None
    line = squeeze(text)
    size = len(line)
    if not line[:1].isalnum() and not any(map(str.isalnum, line[:40])):
        return "no_words"
    rules = _rules()
    numbers = {*rules.by_first.get(line[0], ()), *rules.always}
    for word, _, _ in rules.words.find_matches_as_indexes(line, overlapping=True):
        numbers.update(rules.by_word[word])
    # A sentence that names a licence is no footer; a footer ends without a stop, or holds a number.
    if numbers and text.endswith(("。", "？", "！")) and "，" in text and _LONG_NUMBER.search(text) is None:
        numbers -= rules.anywhere
    for number in sorted(numbers):
        rule = rules.patterns[number]
        if size <= rule.longest and (rule.match.search(line) if rule.is_anywhere else rule.match.match(line)):
            return str(rule.reason)
    return None


def is_meta(text: str) -> bool:
    """Whether the line says when, by whom or how often seen, and nothing else.

    >>> is_meta("信用卡逾期 5天前 阅读：482 评论：0"), is_meta("逾期三个月会被起诉吗")  # column, 5 days ago, reads; a title
    (True, False)
    """
    if len(text) > _LONGEST_META or _MAYBE_META.search(text) is None:
        return False
    line = fold(text)
    tokens, starts, evidence = _meta()
    if "。" in line:
        return False
    is_labelled = starts.match(line.strip()) is not None
    if not is_labelled and _EVIDENCE.search(line) is None:
        return False
    if not is_labelled and evidence.search(line) is None:  # neither a time nor a count: most lines with a digit
        return False
    rest = sum(map(str.isalnum, tokens.sub("", line)))
    taken = len(line) - rest
    if is_labelled:
        return rest <= 2 * _REST
    is_short = taken >= 3 and rest <= _REST and rest <= _REST_SHARE * len(line)
    return is_short or _signed().search(line) is not None


@cache
def _signed() -> re.Pattern[str]:
    """The end of a line by which an office says that it made this public, and when."""
    return re.compile(rf"(?:发布|印发|供稿|公布)[\s:]{{0,2}}(?:{DATE_PATTERN})\s?$")


def has_time_or_count(text: str) -> bool:
    """Whether a short line states a time or a count somewhere.

    >>> has_time_or_count("首页 > 资讯 昨天 阅读:3"), has_time_or_count("首页 > 资讯")  # home > news, yesterday, reads
    (True, False)
    """
    return len(text) <= _LONGEST_META and _meta()[2].search(fold(text)) is not None


def is_loose_meta(text: str) -> bool:
    """Whether a line right under a title is of labelled parts, a time or a count among them, and no sentence.

    >>> is_loose_meta("某地某某局消费者权益保护科 | 发布日期 2025-08-14")          # an office with a long name | date
    True
    >>> is_loose_meta("3天前接到电话说要起诉我")                                  # three days ago they called, …
    False
    """
    has_digit = any(map(str.isdigit, text))
    return has_digit and has_time_or_count(text) and _SAID.search(text) is None and len(_PARTS.findall(text)) >= 2


def is_byline(text: str) -> bool:
    """Whether a short line of a thread holds a time and says nothing: who wrote, and when.

    >>> is_byline("某网友 3楼 11天前"), is_byline("3天前打来电话，说要上门")    # a user, floor 3; they called 3 days ago, …
    (True, False)
    """
    return len(text) <= _BYLINE and _TIME.search(fold(text)) is not None and _SAID.search(text) is None


def starts_as_meta(text: str) -> bool:
    """Whether the line begins with a label of meta lines: author, source, editor, time."""
    return _meta()[1].match(fold(text).strip()) is not None


def jammer_at(text: str) -> int:
    """Where a run of noise at the end of a Chinese line begins; the line's length where there is none (codebook N29).

    >>> text = "他们天天打电话。 ; K@ ]: T% &+ w3 {5 M"                # they call every day
    >>> text[: jammer_at(text)]
    '他们天天打电话。'
    """
    if not text[-1:].isascii() or (found := _JAMMER.search(text)) is None or text[: found.start()].isascii():
        return len(text)
    tokens = found.group().split()
    strange = sum(map(bool, map(_STRANGE.search, tokens)))
    return found.start() if strange >= 2 or (strange and len(tokens) >= _LONG_JAMMER) else len(text)


def is_fake_comment(text: str) -> bool:
    """Whether a comment is praise that stands under any article (codebook N55).

    >>> is_fake_comment("写得很好，收藏了"), is_fake_comment("收藏了，昨天又打给我妈")  # well written, saved; saved, they rang my mum
    (True, False)
    """
    if len(text) > 40:
        return False
    clauses = [clause for clause in _CLAUSE.split(squeeze(text)) if clause]
    return bool(clauses) and all(map(_fake().fullmatch, clauses))


@cache
def _fake() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in load_yaml("lexicon/furniture.yml")["fake_comments"]))
