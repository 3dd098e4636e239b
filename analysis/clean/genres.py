"""What genre a post is of (codebook 1.1): by script and marks, by form, then by words, then by the page's shape alone.

Where it stops: a content farm that carries an agent's id is taken for the agent's own page, and a reporter's story told
from inside a firm for an insider's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import ahocorasick_rs
import numpy as np

from analysis.clean.relevance import GLOSS, HAN, Relevance, is_latin, shared_copy
from analysis.clean.text import fold
from analysis.lexicon import load_yaml

_ENTRIES = 3  # lines that begin with a day make a diary
_MESSAGES = 2  # lines that begin with a sender make a collection of messages


class Shape(NamedTuple):
    """What is known besides the post's own words: the page's kind, what its words are about, what stood above its title."""

    kind: str
    about: Relevance = Relevance(True, None, "")
    above: str = ""


def genre(title: str | None, text: str, shape: Shape) -> str | None:
    """The genre of codebook 1.1, or None where the page is empty or speaks of nothing the genres are of.

    Script and foreign words go before the page's kind, then form, then words, then the kind alone.

    >>> genre("求助", "本人欠了三家网贷，催收打我爸电话。", Shape("forum"))       # help: collectors ring my father
    'G10'
    """
    rules = load_yaml("lexicon/genres.yml")
    kinds: dict[str, str] = rules["kinds"]
    if shape.kind == "empty" or not text.strip():
        return None
    if shape.kind in ("doorway", "list"):
        return kinds[shape.kind]
    copy = f"{fold(title or '')}\n{shared_copy(text)}"
    found = _place(text, copy, shape.above, rules)
    if found is not None:
        return found
    if shape.kind in ("complaint", "qa"):
        return kinds[shape.kind]
    machine, words = _words()
    held = {words[number] for number, _, _ in machine.find_matches_as_indexes(copy, overlapping=True)}
    found = _by_form(copy) or _by_words(held, len(copy), shape.kind)
    if found is not None:
        return found
    if shape.kind == "forum" or len(held.intersection(rules["first_person"])) >= 2:
        return kinds["forum"]
    if shape.about.off_topic_class == "foreign_mt":
        return "G21"
    return str(rules["default"]) if shape.about.on_topic else None


@cache
def _form(name: str) -> re.Pattern[str]:
    return re.compile(load_yaml("lexicon/genres.yml")[name])


def _by_form(copy: str) -> str | None:
    """A diary by its dated entries, messages of collectors by their senders."""
    if copy.count("【") >= _MESSAGES and len(_form("messages").findall(copy)) >= _MESSAGES:
        return "G14"
    return "G11" if len(_form("diary").findall(copy)) >= _ENTRIES and "我" in copy else None


@cache
def _words() -> tuple[ahocorasick_rs.AhoCorasick, list[str]]:
    rules = load_yaml("lexicon/genres.yml")
    lists = [rule.get(part, ()) for rule in rules["genres"] for part in ("words", "sure", "all")]
    words = sorted({str(word) for some in [*lists, rules["reaches"], rules["first_person"]] for word in some})
    return ahocorasick_rs.AhoCorasick(words), words


def _by_words(held: set[str], length: int, kind: str) -> str | None:
    rules = load_yaml("lexicon/genres.yml")
    for rule in rules["genres"]:
        if kind == "forum" and rule["id"] not in rules["in_threads"]:
            continue
        if kind == "forum" and rule["id"] == "G02" and held.isdisjoint(rules["reaches"]):
            continue
        marked = not rule.get("all") or not held.isdisjoint(rule["all"])
        enough = len(held.intersection(map(str, rule["words"]))) >= rule["least"]
        enough = enough or not held.isdisjoint(rule.get("sure", ()))
        if enough and marked and length <= rule.get("longest", length):
            return str(rule["id"])
    return None


@cache
def _is_traditional() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each unit of UTF-16 whether it is a Han character that is folded to another: a traditional one."""
    table = np.zeros(0x10000, dtype=bool)
    table[[point for point in range(0x3400, 0xA000) if fold(chr(point)) != chr(point)]] = True
    return table


def _place(text: str, copy: str, above: str, rules: Mapping[str, Any]) -> str | None:
    """Hacked copies, Hong Kong, Taiwan and English, which script and words give away."""
    folded = fold(text)
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    changed = int(np.count_nonzero(_is_traditional()[units]))
    han = sum(map(len, HAN.findall(folded))) if changed else 1
    top = fold(above) + folded[:400]
    is_glossed = 20 * changed >= han > 0 and len(GLOSS.findall(folded)) >= 2
    if is_glossed or sum(word in top for word in rules["hacked"]) >= 2:
        return "G23"
    if is_latin(folded):
        return "G21"
    if 20 * changed < han:
        return None
    hong_kong, taiwan = (sum(word in copy for word in rules[name]) for name in ("hong_kong", "taiwan"))
    if max(hong_kong, taiwan) == 0:
        return None
    return "G20" if hong_kong > taiwan else "G19"
