"""Telephone numbers in a matching copy: mobile, landline, 400 and 95 service lines, SMS ports, Hong Kong and Taiwan.

Forms: codebook 6.1; lines that stay because the public needs them: codebook 6.2 (data/lexicon/hotlines.csv). What a
number means (offered to the reader, or told of) is for contacts.py.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from analysis.clean.digits import HAN_DIGITS, RUN, SEPARATOR, real_digits, undone, whole_number
from analysis.lexicon import data_path, load_yaml

_KINDS = (
    ("mobile", re.compile(r"(?:00|0)?(?:86)?(?P<number>1[3-9]\d{9})")),
    ("landline", re.compile(r"(?:86)?(?P<number>0(?:10|2\d)\d{8}|0(?:[3-9]\d{2}|000)\d{7,8})")),  # 0000: no place's, made up
    ("service", re.compile(r"(?P<number>[48]00\d{7})")),
)
_FROM_ABROAD = re.compile(r"(?:00)?86(?P<number>(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8})")  # +86 and the area code without its 0
_ABROAD = re.compile(r"(?:852)?[235-9]\d{7}|0[2-8]\d{7,8}|8860?[2-9]\d{7,8}")
_TAIWAN_MOBILE = re.compile(r"(?:8860?|0)9\d{8}")
_SERVICE_LINE = re.compile(r"(?<![\d.,-])(?:95\d{4,6}|1010\d{4})(?!\d)")
_SMS_PORT = re.compile(r"(?<![\d.])106\d{5,17}(?!\d)")
_HONG_KONG = re.compile(r"[5679]\d{3} \d{4}")
_EXTENSION = re.compile(r"(?:转|-|ext\.?|分机)\s?\d{1,5}(?!\d)")
_DATE = re.compile(r"(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d")
# How many digits the parts of a number have, where other numbers stand beside it.
_GROUPS = {
    (11,),
    (3, 4, 4),
    (3, 8),
    (7, 4),
    (3, 3, 5),
    (4, 7),
    (4, 8),
    (4, 4, 4),
    (4, 3, 4),
    (3, 7),
    (3, 3, 4),
    (4, 6),
    (10,),
    (12,),
    (2, 11),
    (2, 3, 4, 4),
    (2, 3, 8),
}
_MOBILE = 11  # digits of a mobile
_PIECE = re.compile(rf"[^{SEPARATOR[1:-1]}]+")
_BETWEEN = SEPARATOR[1:-1].replace("\\", "")


class Phone(NamedTuple):
    """A number in the copy: where, of what kind, and its digits."""

    start: int
    end: int
    kind: str
    digits: str

    def readable(self) -> str:
        """The digits; a landline's with a hyphen after its area code where it has as many as a mobile."""
        if self.kind != "landline" or not re.match(r"0[1-9]", self.digits) or len(self.digits) != _MOBILE:
            return self.digits
        area = 3 if self.digits[1] in "12" else 4
        return f"{self.digits[:area]}-{self.digits[area:]}"


@cache
def hotlines() -> frozenset[str]:
    """The numbers of public bodies, banks and carriers that stay in the text (codebook 6.2)."""
    with data_path("lexicon/hotlines.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["number"] for row in csv.DictReader(line for line in file if not line.startswith("#")))


@cache
def _call_before() -> re.Pattern[str]:
    words = load_yaml("lexicon/contacts.yml")["phones"]["call"]
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})[^\d\n。]{{0,10}}$")


@cache
def unit_after() -> re.Pattern[str]:
    """What after a number says that it is an amount, a date or a count; twice (天天, daily) it says no such thing."""
    units = load_yaml("lexicon/contacts.yml")["units"]
    return re.compile(rf"\s?(?:多|余|几)?(?P<unit>{'|'.join(map(re.escape, units))})(?!(?P=unit))")


def kind_of(digits: str) -> tuple[str, str] | None:
    """The kind of a whole number and the number without its country prefix; None where it is no number to call.

    >>> kind_of("8613900001234"), kind_of("20250618")
    (('mobile', '13900001234'), None)
    """
    for kind, form in _KINDS:
        if found := form.fullmatch(digits):
            return kind, found["number"]
    return None


def ended(run: str) -> str:
    """A run without the Han digits at its end that begin the next word, where the rest is a number to call.

    >>> ended("一三九零零零零一二三四一")           # mobile, then "one (day)"
    '一三九零零零零一二三四'
    """
    run = whole_number(run)
    if run[-1] in HAN_DIGITS and not kind_of(undone(run)):
        for whole in (run[:-1], run[:-2]):
            if run[len(whole)] in HAN_DIGITS and kind_of(undone(whole)):
                return whole.rstrip(_BETWEEN)
    return run


def find_phones(copy: str) -> list[Phone]:
    """Numbers to call in a copy (see `digits.windows`), left to right; hotlines of the list are left out.

    >>> find_phones("拨 1 5 5-0000-2 3 4 5, 或12378")     # dial …, or the regulator's line
    [Phone(start=2, end=20, kind='mobile', digits='15500002345')]
    """
    found = [phone for run in RUN.finditer(copy) for phone in _in_run(copy, run.start(), run.end())]
    found += [Phone(*m.span(), "sms_port", m[0]) for m in _SMS_PORT.finditer(copy)] if "106" in copy else []
    taken = {i for phone in found for i in range(phone.start, phone.end)}
    if "95" in copy or "1010" in copy:
        found += [
            Phone(*m.span(), "service", m[0])
            for m in _SERVICE_LINE.finditer(copy)
            if m.start() not in taken
            and m[0] not in hotlines()
            and _call_before().search(copy[max(0, m.start() - 20) : m.start()])
            and not unit_after().match(copy, m.end())
        ]
    return sorted(found)


def _in_run(copy: str, start: int, end: int) -> Iterator[Phone]:
    run = ended(copy[start:end])
    end = start + len(run)
    digits = undone(run)
    if len(digits) < 7 or digits in hotlines() or unit_after().match(copy, end):
        return
    whole = kind_of(digits)
    if whole and real_digits(run) >= len(digits) - 4:
        yield _phone(copy, start, end, whole)
        return
    before = copy[max(0, start - 20) : start]
    if _TAIWAN_MOBILE.fullmatch(digits):
        yield _phone(copy, start, end, ("mobile", digits))
        return
    is_told = _call_before().search(before) or _HONG_KONG.fullmatch(run)
    if _ABROAD.fullmatch(digits) and is_told and not _DATE.fullmatch(digits):
        yield _phone(copy, start, end, ("mobile" if digits[0] in "5679" else "landline", digits))
        return
    if copy[start - 1 : start] == "+" and (abroad := _FROM_ABROAD.fullmatch(digits)):
        yield _phone(copy, start, end, ("landline", f"0{abroad['number']}"))
        return
    if len(digits) > 11:
        yield from _beside_others(copy, start, run)


def _beside_others(copy: str, at: int, run: str) -> Iterator[Phone]:
    pieces = [(m.start(), m.end(), undone(m[0])) for m in _PIECE.finditer(run)]
    i = 0
    while i < len(pieces):
        for j in range(min(len(pieces), i + 4), i, -1):
            part = pieces[i:j]
            found = kind_of("".join(p[2] for p in part)) if tuple(len(p[2]) for p in part) in _GROUPS else None
            if found and found[1] not in hotlines():
                yield _phone(copy, at + part[0][0], at + part[-1][1], found)
                i = j - 1
                break
        i += 1


def _phone(copy: str, start: int, end: int, found: tuple[str, str]) -> Phone:
    kind, digits = found
    if ")" in copy[start:end] and "(" not in copy[start:end] and copy[start - 1 : start] == "(":
        start -= 1
    if copy[start - 1 : start] == "+":
        start -= 1
    if kind == "landline" and (extension := _EXTENSION.match(copy, end)):
        end = extension.end()
    return Phone(start, end, kind, digits)
