"""How much of an advert a line or sentence is: straplines, loan offers, calls to action, promises, contact ids.

The lists are in data/lexicon/adverts.yml (codebook 1.4, N51 to N54, and 5.1). A sentence that warns of such offers (别信,
谨防, 声称) has no points. Soft praise of a firm in passing is not seen.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import ahocorasick_rs
import opencc

from analysis.clean.contacts import find_contacts
from analysis.clean.text import fold
from analysis.lexicon import load_yaml

_ID = 3
_JOINT = re.compile("[|｜/、·／，,丨•]")
_STRAP_JOINT = re.compile(r"[|/·•]")
_SHORT, _LINE = 30, 160  # characters of a line in which one word of piecework is enough; and of any line that offers it
_HEAD = re.compile(r"^[^|/,、。:]{2,16}?(?:-{1,3}|—{1,2}|–|:|\|)")


@cache
def lexicon() -> dict[str, Any]:
    """The advert lists."""
    return load_yaml("lexicon/adverts.yml")


def _beginnings(phrase: str) -> list[str]:
    """The plain characters that a phrase starts with, one for each branch of a group right behind them."""
    found = re.match(r"([^\\\[(.?*+{|]+)(?:\(\?:([^()\[\\.?]*)\)(?!\?))?", phrase)
    assert found, phrase
    return [found[1] + branch for branch in (found[2] or "").split("|")]


@cache
def _hints() -> ahocorasick_rs.AhoCorasick:
    """The beginnings of all phrases, as simplified and as traditional text has them."""
    phrases = [phrase for group in lexicon()["groups"].values() for phrase in group["phrases"]]
    words = {word for phrase in phrases for word in _beginnings(phrase)} | {"目录", "导读"}
    traditional = opencc.OpenCC("s2t").convert
    forms = {form for word in words for form in (word, traditional(word), word.upper(), word.replace(":", "："))}
    return ahocorasick_rs.AhoCorasick(sorted(forms))


def may_be_advert(text: str) -> bool:
    """Whether a text is worth a closer look: it holds the beginning of a phrase, a contact id or a strapline."""
    return bool(_hints().find_matches_as_indexes(text)) or bool(find_contacts(text)) or is_strapline(text)


@cache
def _groups() -> list[tuple[str, float, re.Pattern[str]]]:
    return [
        (name, group["points"], re.compile("|".join(group["phrases"]))) for name, group in lexicon()["groups"].items()
    ]


@cache
def any_of(name: str) -> re.Pattern[str]:
    """One expression for all words of a list of the lexicon."""
    return re.compile("|".join(map(re.escape, sorted(lexicon()[name], key=len, reverse=True))))


def is_strapline(text: str) -> bool:
    """Whether a line is a brand's list of services: three or more short items, at least three of them services.

    >>> is_strapline("某某规划:停催、延期、分期、减免"), is_strapline("可以申请延期、分期、减免。")    # a list; a sentence
    (True, False)
    """
    if not 10 <= len(text) <= 160 or len(_JOINT.findall(text)) < 2 or "。" in text:
        return False
    folded = fold(text).replace("丨", "|").strip()
    head = _HEAD.match(folded)
    by_bar = len(_STRAP_JOINT.findall(folded)) >= 2
    if not (by_bar or (head and any_of("brands").search(head[0]) and not folded[:1].isdigit())):
        return False
    items = [item for item in re.split(r"[|/·•,、]|-{1,3}|—+|:", folded) if item.strip()]
    served = sum(bool(any_of("services").search(item)) and len(item) <= 14 for item in items)
    return served >= 3 and served * 2 >= len(items) and sum(map(len, items)) <= 12 * len(items)


def points(folded: str, has_contact: bool = False) -> float:
    """How much of an advert a folded sentence is: 2 and more make it one; a sentence of warning has none.

    >>> points("点我免费评估,不成功全额退"), points("别信免费评估")         # a call and a promise; a warning
    (4.0, 0.0)
    """
    total = sum(worth for _, worth, pattern in _groups() if pattern.search(folded)) + _ID * has_contact
    if any_of("warned").search(folded):
        return max(0.0, float(total - _ID)) if has_contact else 0.0
    if not has_contact and any_of("public").search(folded):
        return 0.0
    return float(total)


def is_loan_line(text: str) -> bool:
    """Whether a line reads like an item of a list of loan products: a name, then at least two terms of a loan offer.

    >>> is_loan_line("①某某易借:额度3万,年化10%起,5分钟到账")        # limit, rate, minutes to pay-out
    True
    """
    return loan_terms(fold(text)) >= 2


def loan_terms(folded: str) -> int:
    """How many terms of a loan offer a folded line has behind a product's name; 0 where it explains or warns."""
    item = re.match(lexicon()["loan_item"], folded)
    if (
        not item
        or any_of("loan").search(item[0])
        or any_of("warned").search(folded)
        or any_of("explains").search(folded)
    ):
        return 0
    return len(set(any_of("loan").findall(folded))) + len(set(_loan_forms().findall(folded)))


@cache
def _loan_forms() -> re.Pattern[str]:
    return re.compile(lexicon()["loan_forms"])


@cache
def _piecework() -> tuple[re.Pattern[str], list[re.Pattern[str]], re.Pattern[str]]:
    rules = lexicon()["piecework"]
    return re.compile("|".join(rules["work"])), [*map(re.compile, rules["work"])], re.compile("|".join(rules["reach"]))


def offers_piecework(folded: str) -> bool:
    """Whether a folded line offers piecework, followers or accounts for pay, in the manner of the grey market.

    >>> offers_piecework("视频代发,一单一结,想做的来"), offers_piecework("我在找兼职还债,白天上班晚上送外卖,实在还不上了怎么办才好呢")
    (True, False)
    """
    hint, work, reach = _piecework()
    if len(folded) > _LINE or not hint.search(folded) or any_of("warned").search(folded):
        return False
    is_short = len(folded) <= _SHORT and not any(word in folded for word in lexicon()["piecework"]["own_debt"])
    return is_short or bool(reach.search(folded)) or sum(bool(word.search(folded)) for word in work) > 1
