"""What the law in `data/law/` says of a number or of a name: agrees, differs, disputed citation, stale, no rule.

A number is compared with the facts on its quantity that were in force on the post's day. A post whose page names no day is
compared with facts of all times, and is never called stale: nobody knows what held when it was written. Agreement is of the
number named, not of which side of it is free, since 不超过24% and 超过24%的部分 (no more than 24 %, the part above 24 %)
speak of one rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from analysis.clean.text import fold
from analysis.measure.amounts import exact
from analysis.measure.claims_words import HOURS, HOURS_OPEN, Found, words
from analysis.measure.law import Disputed, Fact, Instrument, Law, StaleName, in_force, law, span

AGREES, DIFFERS, DISPUTED, STALE, NO_RULE = "agrees", "differs", "disputed_citation", "stale", "no_rule"
VERDICTS = (AGREES, DIFFERS, DISPUTED, STALE, NO_RULE)
CITATION, OLD_NAME = "citation", "old_name"
NEAR = 1e-6
WITHIN = 40  # characters that the words of a disputed saying may span
_ARTICLE = re.compile(r"[》)]{0,2}(?:\([^)]{1,12}\))?第?(?P<n>[零一二两三四五六七八九十百千\d]{1,8})条(?P<of>之一)?")


class Verdict(NamedTuple):
    """The verdict, and the fact, instrument or disputed citation behind it."""

    verdict: str
    fact_id: str | None


class Named(NamedTuple):
    """A law, rule or regulator that a sentence names; `article` is the number of the article, if one is named."""

    start: int
    end: int
    quantity: str
    article: float | None
    verdict: Verdict


def judge(found: Found, sentence: str, day: date | None, book: Law | None = None) -> Verdict:
    """The verdict on a number of a folded sentence, as of a day; without a day, of any.

    >>> from analysis.measure.claims_words import numbers
    >>> three = numbers("每天拨打不得超过3次")[0]                      # no more than 3 calls a day
    >>> judge(three, "", date(2025, 6, 1)), judge(three, "", date(2019, 6, 1))
    (Verdict(verdict='agrees', fact_id='L23.calls'), Verdict(verdict='no_rule', fact_id=None))
    """
    book = book or law()
    if not found.is_rule:
        return Verdict(NO_RULE, None)
    for entry in book.rules.disputed:
        if found.quantity in entry.quantities and _said(entry, sentence):
            return Verdict(DISPUTED, entry.id)
    quantity = HOURS if found.quantity == HOURS_OPEN else found.quantity
    facts = [(i, f) for i, f in book.facts(quantity) if not f.when or any(word in sentence for word in f.when)]
    facts.sort(key=lambda pair: span(*pair)[0] or "", reverse=True)  # of several that state the number the newest is given,
    facts.sort(key=lambda pair: not _is_named(pair[0], sentence))  # but before it the one that the sentence names
    valid = [(i, f) for i, f in facts if day is None or in_force(*span(i, f), day)]
    for _, fact in valid:
        if _states(fact, found):
            return Verdict(AGREES, fact.id)
    gone = [f for i, f in facts if day is not None and _is_over(span(i, f)[1], day) and _states(f, found)]
    if gone:
        return Verdict(STALE, gone[0].id)
    return Verdict(DIFFERS, valid[0][1].id) if valid else Verdict(NO_RULE, None)


def _is_named(instrument: Instrument, sentence: str) -> bool:
    return any(name in sentence for name in instrument.names)


def _is_over(until: str | None, day: date) -> bool:
    return until is not None and day.isoformat()[: len(until)] > until


def _states(fact: Fact, found: Found) -> bool:
    ends = fact.ends
    if ends is None:
        return False
    if found.quantity == HOURS_OPEN:
        ends = (ends[1], ends[0])
    if found.unit.startswith("working"):
        return False
    given = [(mine, its) for mine, its in zip(found.named, ends, strict=True) if mine is not None]
    return bool(given) and all(abs(mine - its) < NEAR for mine, its in given)


def _said(entry: Disputed, sentence: str) -> bool:
    return any(all(word in sentence for word in row) for row in entry.all)


def names(sentence: str, day: date | None, book: Law | None = None, ways: Sequence[int] = (0, 1, 2)) -> list[Named]:
    """The laws, rules and regulators that a folded sentence names, with what is to be said of each as of a day.

    `ways` are the places in NAMING of what is looked for, where a caller knows that no other can stand there. A name agrees
    if it stood on that day. A title in 《》 that ends like a law and is not in `data/law/` has no rule.

    >>> [(n.quantity, n.verdict) for n in names("根据《合同法》起诉", date(2024, 5, 1))]         # sued under the Contract Law
    [('old_name', Verdict(verdict='stale', fact_id='合同法'))]
    >>> [(n.article, n.verdict.fact_id) for n in names("民法典第一千零三十二条", None)]           # art. 1032 of the Civil Code
    [(1032.0, 'L10')]
    """
    book = book or law()
    found = [named for way in ways for named in NAMING[way](sentence, day, book)]
    kept: list[Named] = []
    taken = bytearray(len(sentence))
    for one in found:
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            kept.append(one)
    return sorted(kept)


def _disputed(sentence: str, _: date | None, book: Law) -> list[Named]:
    found = []
    for entry in book.rules.disputed:
        row = next((row for row in entry.all if all(word in sentence for word in row)), None)
        if row is not None and not entry.quantities:
            starts = [sentence.index(word) for word in row]
            end = max(start + len(word) for start, word in zip(starts, row, strict=True))
            if end - min(starts) <= WITHIN:
                found.append(Named(min(starts), end, CITATION, None, Verdict(DISPUTED, entry.id)))
    return found


def _stale(sentence: str, day: date | None, book: Law) -> list[Named]:
    if any(word in sentence for word in book.stale.excuses):
        return []
    found = []
    for name, whole in _whole_names(book):
        for match in whole.finditer(sentence):
            is_over = day is not None and _is_over(name.until, day)
            if is_over and _tells_of_then(sentence, name.until):
                continue
            verdict = STALE if is_over else AGREES if day else NO_RULE
            found.append(Named(*match.span(), OLD_NAME, None, Verdict(verdict, name.name)))
    return found


@cache
def _whole_names(book: Law) -> list[tuple[StaleName, re.Pattern[str]]]:
    return [(name, _whole(name)) for name in book.stale.names]


def _whole(name: StaleName) -> re.Pattern[str]:
    before = f"(?<![{name.not_after}])" if name.not_after else ""
    return re.compile(before + re.escape(name.name) + (f"(?![{name.not_before}])" if name.not_before else ""))


def _tells_of_then(sentence: str, until: str) -> bool:
    """Whether a sentence names a year in which the name still stood."""
    years = [int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d\d)(?=年|〕|\]|\)|-|\.)", sentence)]
    return any(year <= int(until[:4]) for year in years)


def _cited(sentence: str, day: date | None, book: Law) -> list[Named]:
    found = []
    for match in _citations(book).finditer(sentence):
        title = match.group().strip("《》")
        base = by_name(book).get(title) or next((i for i in book.instruments if _like(i, title)), None)
        if base is None:
            base = next((i for name, i in by_name(book).items() if len(name) > 3 and name in title), None)
        if base is not None and base.when and not any(word in sentence for word in base.when):
            continue
        end, article, key = match.end(), None, None
        if (ahead := _ARTICLE.match(sentence, end)) is not None:
            article = exact(ahead["n"])
            end = ahead.end()
            key = None if article is None else f"{article:g}{ahead['of'] or ''}"
        verdict = Verdict(NO_RULE, None) if base is None else _standing(base, key, day, book)
        found.append(Named(match.start(), end, CITATION, article, verdict))
    return found


@cache
def by_name(book: Law) -> dict[str, Instrument]:
    """Each name of an instrument, folded, and the instrument."""
    return {fold(name): i for i in book.instruments for name in i.names}


def _like(instrument: Instrument, title: str) -> bool:
    return any(re.fullmatch(pattern, title) for pattern in instrument.patterns)


@cache
def _citations(book: Law) -> re.Pattern[str]:
    """《a title that ends like a law》, or the name of an instrument as it stands."""
    ends = "|".join(words().papers)
    patterns = [p for i in book.instruments for p in i.patterns]
    listed = sorted((re.escape(name) for name in by_name(book)), key=len, reverse=True)
    names = "|".join([*patterns, *listed])
    return re.compile(rf"《[^《》\n]{{1,60}}(?:{ends})(?:\([^)《》]{{1,12}}\))?》|《?(?:{names})》?")


def _standing(base: Instrument, article: str | None, day: date | None, book: Law) -> Verdict:
    """The instrument that is meant, by article where one law stands in several entries, and whether it stood that day."""
    parts = [i for i in book.instruments if i is base or i.part_of == base.id]
    meant = [i for i in parts if article is not None and article in i.articles] or [base]
    if day is None:
        return Verdict(AGREES, meant[0].id)
    for one in meant:
        if (one.since is None or one.known_before or day.isoformat() >= one.since) and not _is_over(one.until, day):
            return Verdict(AGREES, one.id)
    over = next((one for one in meant if _is_over(one.until, day)), None)
    return Verdict(STALE, over.id) if over else Verdict(NO_RULE, meant[0].id)


NAMING = (_disputed, _stale, _cited)  # the ways in which a sentence names a law; of two that overlap the earlier way is taken
