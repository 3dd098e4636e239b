"""Lines of page furniture: what a line is when it is no part of the article, told by its own words.

Only short lines are furniture by their words: a paragraph that speaks of sharing or of a disclaimer stays where it is.
What stands around a line (its box, its links, its place) is judged in `regions`; here it is the text alone.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

import ahocorasick_rs

from analysis.clean.dates import DATE_PATTERN
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
_SAID = re.compile(r"[。，！？；、,!?;]")
_LONGEST = 400
_REPEATED = 24  # lines up to this long are remembered
_LONGEST_META = 110
_MAYBE_META = re.compile(r"[\d\s今昨前刚月年:：|/丨]")  # what every meta line holds one of
_EVIDENCE = re.compile(r"[\d今昨前刚年]")  # what every time and every count holds one of
_REST = (
    14  # characters that may be left of a meta line when dates, counters and labels are taken out: an author, a column
)
_REST_SHARE = 0.45


class _Group(NamedTuple):
    reason: str
    longest: int
    match: re.Pattern[str]
    is_anywhere: bool


@cache
def _groups() -> tuple[_Group, ...]:
    made = []
    for entry in load_yaml("lexicon/furniture.yml")["lines"]:
        # Groups are made non-capturing: CPython 3.11 fails on some long alternations of capturing ones.
        body = "|".join(f"(?:{_CAPTURE.sub('(?:', p)})" for p in entry["patterns"])
        pattern = rf"(?:{body})\Z" if entry["at"] == "whole" else rf"(?:{body})"
        made.append(_Group(entry["reason"], entry["max"], re.compile(pattern), entry["at"] == "anywhere"))
    return tuple(made)


@cache
def _any_start() -> re.Pattern[str]:
    """One expression for all groups that stand at the start: most lines are of none of them."""
    return re.compile("|".join(f"(?:{g.match.pattern})" for g in _groups() if not g.is_anywhere))


@cache
def _hints() -> ahocorasick_rs.AhoCorasick:
    """What a line of a group that may stand anywhere must hold."""
    return ahocorasick_rs.AhoCorasick(load_yaml("lexicon/furniture.yml")["hints"])


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


def reason(text: str) -> str | None:
    """Why the line is no part of an article, as one word; None if its words do not say so.

    >>> reason("上一篇：催收的边界"), reason("分享到：微信 微博")          # previous: …; share to: …
    ('neighbours', 'share')
    >>> reason("逾期三天会上征信吗") is None          # a question, not furniture
    True
    """
    return _short_reason(text) if len(text) <= _REPEATED else _reason(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _short_reason(text: str) -> str | None:
    """`reason`, remembered: menus and labels are the same on every page of a site."""
    return _reason(text)


def _reason(text: str) -> str | None:
    line = squeeze(text)
    size = len(line)
    if not any(map(str.isalnum, line[:40])):
        return "no_words"
    # A sentence that names a licence is no footer; a footer ends without a stop, or holds a number.
    is_said = text.endswith(("。", "？", "！")) and "，" in text and _LONG_NUMBER.search(text) is None
    if not (_any_start().match(line) or (not is_said and _hints().find_matches_as_indexes(line))):
        return None
    for group in _groups():
        if group.is_anywhere and is_said:
            continue
        if size <= group.longest and (group.match.search(line) if group.is_anywhere else group.match.match(line)):
            return group.reason
    return None


def is_meta(text: str) -> bool:
    """Whether the line says when, by whom or how often seen, and nothing else.

    >>> is_meta("信用卡逾期 5天前 阅读：482 评论：0"), is_meta("逾期三个月会被起诉吗")  # column, 5 days ago, reads; a title
    (True, False)
    """
    if len(text) > _LONGEST_META or _MAYBE_META.search(text) is None:
        return False
    return _short_is_meta(text) if len(text) <= _REPEATED else _is_meta(text)


@lru_cache(maxsize=8192)
def _short_is_meta(text: str) -> bool:
    return _is_meta(text)


def _is_meta(text: str) -> bool:
    line = fold(text)
    tokens, starts, evidence = _meta()
    if "。" in line:
        return False
    is_labelled = starts.match(line.strip()) is not None
    if not is_labelled and _EVIDENCE.search(line) is None:
        return False
    rest = sum(map(str.isalnum, tokens.sub("", line)))
    taken = len(line) - rest
    if is_labelled:
        return rest <= 2 * _REST
    is_short = taken >= 3 and rest <= _REST and rest <= _REST_SHARE * len(line)
    return is_short and evidence.search(line) is not None


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
