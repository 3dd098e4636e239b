"""Numbers of papers and cards in a matching copy: identity cards, bank cards, contracts, cases, tails of cards.

Forms and checks: codebook 6.1. An 18-digit identity number is known by its check digit (ISO 7064 MOD 11-2), or by its
name beside it; a card by the Luhn sum and its first digit. Amounts, dates and order numbers are none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from analysis.clean.digits import DIGIT, HAN_DIGITS, SEPARATOR, undone, whole_number
from analysis.lexicon import load_yaml

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LONG = re.compile(rf"(?<![a-z0-9.]){DIGIT}(?:{SEPARATOR}{{0,2}}{DIGIT}){{12,18}}(?:{SEPARATOR}?x)?(?![a-z0-9])")
_ABROAD = re.compile(r"(?<![a-z0-9])(?:[a-z]{1,2}\d{6}\(?[0-9a]\)?|[a-z][1289]\d{8}|[egdsp][a-z]?\d{7,8})(?![a-z0-9])")


def id_check(number: str) -> bool:
    """Whether the check digit of an 18-character identity number fits (ISO 7064 MOD 11-2, GB 11643).

    >>> id_check("11010519491231002X"), id_check("110105194912310021")
    (True, False)
    """
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def luhn(number: str) -> bool:
    """Whether the digits of a card number add up (ISO/IEC 7812).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    digits = [int(c) for c in reversed(number)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0


@cache
def _people() -> dict[str, Any]:
    return load_yaml("lexicon/people.yml")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_people()[name])


@cache
def _before(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(_people()[name])})[^\d\n]{{0,10}}$")


def find_documents(copy: str) -> list[tuple[int, int, str]]:
    """Where numbers of papers stand in a copy, with their kind.

    >>> find_documents("身份证110105194912310021, 见(2023)粤0101民初12345号")      # identity card …, see case …
    [(3, 21, 'id_card'), (37, 42, 'case_number')]
    """
    found = [*_long_numbers(copy), *_abroad(copy)]
    if "号" in copy:
        found += [(m.end() - _id_length(m[0]), m.end(), "contract") for m in _pattern("contracts").finditer(copy)]
        found += [(*m.span(1), "case_number") for m in _pattern("cases").finditer(copy)]
    if "ip" in copy or "imei" in copy or "gps" in copy:
        found += [(*m.span(1), "device") for m in _pattern("devices").finditer(copy)]
    return sorted(found)


def _id_length(labelled: str) -> int:
    found = re.search(r"[a-z0-9-]+$", labelled)
    return len(found[0]) if found else 0


def _long_numbers(copy: str) -> Iterator[tuple[int, int, str]]:
    for found in _LONG.finditer(copy):
        run = _own(found[0])
        number = undone(run.rstrip("x")) + ("X" if run.endswith("x") else "")
        start, end = found.start(), found.start() + len(run)
        before = copy[max(0, start - 20) : start]
        has_id_word = bool(re.search("|".join(_people()["documents"]), before[-14:]))
        if (len(number) == 18 and id_check(number)) or (has_id_word and 15 <= len(number) <= 19):
            yield start, end, "id_card"
        elif number.isdigit() and number[:3] != "106" and not _before("orders").search(before):
            is_card = len(number) >= 15 and number[0] in "34569" and luhn(number)
            if is_card or _before("cards").search(before):
                yield start, end, "bank_card"


def _own(run: str) -> str:
    """The run without a Han digit at its end that begins the next word (一直), where the rest adds up and the whole does not."""
    run = whole_number(run)
    if run[-1] not in HAN_DIGITS or _adds_up(undone(run)):
        return run
    return run[:-1] if _adds_up(undone(run[:-1])) else run


def _adds_up(number: str) -> bool:
    return (len(number) == 18 and id_check(number)) or (len(number) >= 15 and number[0] in "3456" and luhn(number))


def _abroad(copy: str) -> Iterator[tuple[int, int, str]]:
    words = re.compile("|".join(_people()["documents"]))
    if not words.search(copy):
        return
    for found in _ABROAD.finditer(copy):
        if words.search(copy[max(0, found.start() - 14) : found.start()]) or words.search(copy[found.end() : found.end() + 6]):
            yield found.start(), found.end(), "document"
