"""Marks of a text that tell how it was made or damaged: spun, masked, digits stripped, machine-written, cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from analysis.clean.screens import Screen
from analysis.clean.text import fold
from analysis.lexicon import load_yaml

_SLICES = 3  # two-character clauses out of the title by which a text is seen to be scrambled (codebook N30)
_CLAUSE = re.compile(r"(?<=[,。;:!?\n])([\u4e00-\u9fff]{2})(?=[,。;:!?])")
_CUT_OFF = re.compile(r"[\u4e00-\u9fff]{8}$")


@cache
def _rules() -> list[tuple[dict[str, Any], re.Pattern[str]]]:
    rules = load_yaml("lexicon/flags.yml")["flags"]
    return [(rule, re.compile(rule.get("pattern") or "|".join(map(re.escape, rule["words"])))) for rule in rules]


@cache
def _screen(is_raw: bool) -> Screen:
    """What tells that a rule for folded texts, or for those as written, may match; rules go by their numbers."""
    return Screen({str(i): p.pattern for i, (rule, p) in enumerate(_rules()) if bool(rule.get("raw")) is is_raw})


def text_flags(folded: str, written: str = "") -> frozenset[str]:
    """The marks of a folded text, and of the same as written; rules for masked wording run only on texts so marked.

    >>> sorted(text_flags("逾期会作用征信,也会被列为失信被施行人。"))      # spun: will "act on" the credit record …
    ['spun']
    >>> sorted(text_flags("逾期会影响征信。"))
    []
    """
    found = set()
    may_match = _screen(is_raw=False).of(folded) | (_screen(is_raw=True).of(written) if written else set())
    for number, (rule, pattern) in enumerate(_rules()):
        if rule["flag"] not in found and str(number) in may_match:
            hits = pattern.findall(written if rule.get("raw") else folded)
            if len(set(hits) if rule.get("distinct") else hits) >= rule["least"]:
                found.add(rule["flag"])
    return frozenset(found)


def page_flags(title: str | None, folded: str, cut: Iterable[str]) -> frozenset[str]:
    """The marks that lie in how a page's parts go together: a folded text, its title, and the lines that were cut.

    >>> sorted(page_flags("网贷催收", "录音,网贷,取证,催收,投诉,网贷,还可以向公安机关报案或者向监管", ["阅读全文"]))     # read on
    ['scrambled', 'truncated']
    """
    found = set()
    whole = fold(title or "")
    if sum(clause in whole for clause in _CLAUSE.findall(folded)) >= _SLICES:
        found.add("scrambled")
    hints = load_yaml("lexicon/flags.yml")["goes_on"]
    breaks_off = bool(_CUT_OFF.search(folded[-9:]))  # eight characters and a line break
    for line in cut:
        if breaks_off and len(line) < 60 and any(word in line for word in hints):
            found.add("truncated")
        if "AI" in line or "人工智能" in line:
            found |= text_flags(fold(line)) & {"ai_generated"}
    return frozenset(found)
