"""What genre a post is of (codebook 1.1): by script and marks, by form, then by words, then by the page's shape alone.

Where it stops: a content farm that carries an agent's id is taken for the agent's own page, and a reporter's story told
from inside a firm for an insider's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from analysis.clean.relevance import GLOSS, HAN, LATIN, relevance, shared_copy
from analysis.clean.text import fold
from analysis.lexicon import load_yaml

_ENTRIES = 3  # lines that begin with a day make a diary
_MESSAGES = 2  # lines that begin with a sender make a collection of messages


class Shape(NamedTuple):
    """What the page says besides the post's own words: its address, its kind, and what stood above its title."""

    url: str | None
    kind: str
    above: str = ""


def genre(title: str | None, text: str, shape: Shape) -> str | None:
    """The genre of codebook 1.1, or None where the page is empty or speaks of nothing the genres are of.

    Script and foreign words go before the page's kind, then form, then words, then the kind alone.

    >>> genre("求助", "本人欠了三家网贷，催收打我爸电话。", Shape(None, "forum"))       # help: collectors ring my father
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
    found = _by_form(copy) or _by_words(copy, shape.kind, rules)
    if found is not None:
        return found
    if shape.kind == "forum" or sum(word in copy for word in rules["first_person"]) >= 2:
        return kinds["forum"]
    about = relevance(title, text, shape.url)
    if about.off_topic_class == "foreign_mt":
        return "G21"
    return str(rules["default"]) if about.on_topic else None


@cache
def _form(name: str) -> re.Pattern[str]:
    return re.compile(load_yaml("lexicon/genres.yml")[name])


def _by_form(copy: str) -> str | None:
    """A diary by its dated entries, messages of collectors by their senders."""
    if len(_form("messages").findall(copy)) >= _MESSAGES:
        return "G14"
    return "G11" if len(_form("diary").findall(copy)) >= _ENTRIES and "我" in copy else None


def _by_words(copy: str, kind: str, rules: Mapping[str, Any]) -> str | None:
    for rule in rules["genres"]:
        if kind == "forum" and rule["id"] not in rules["in_threads"]:
            continue
        if kind == "forum" and rule["id"] == "G02" and not any(word in copy for word in rules["reaches"]):
            continue
        found = [word for word in rule["words"] if word in copy]
        marked = not rule.get("all") or any(word in copy for word in rule["all"])
        enough = len(found) >= rule["least"] or any(word in copy for word in rule.get("sure", ()))
        if enough and marked and len(copy) <= rule.get("longest", len(copy)):
            return str(rule["id"])
    return None


def _place(text: str, copy: str, above: str, rules: Mapping[str, Any]) -> str | None:
    """Hacked copies, Hong Kong, Taiwan and English, which script and words give away."""
    folded = fold(text)
    changed = sum(a != b for a, b in zip(text, folded, strict=True) if "\u3400" <= a <= "\u9fff")
    han, latin = len(HAN.findall(folded)), sum(map(len, LATIN.findall(folded)))
    top = fold(above) + folded[:400]
    is_glossed = len(GLOSS.findall(folded)) >= 2 and 20 * changed >= han > 0
    if is_glossed or sum(word in top for word in rules["hacked"]) >= 2:
        return "G23"
    if latin > 3 * han and latin > 200:
        return "G21"
    if 20 * changed < han:
        return None
    hong_kong, taiwan = (sum(word in copy for word in rules[name]) for name in ("hong_kong", "taiwan"))
    if max(hong_kong, taiwan) == 0:
        return None
    return "G20" if hong_kong > taiwan else "G19"
