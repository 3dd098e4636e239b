"""Who sent the collection messages and made the calls that a post tells of: numbers and signatures, as evidence.

A collector's number or the signature of a message (【某某平台】) links posts that met the same collector (codebook 6.1:
"collectors' 106/95 numbers are evidence"). It is no contact that the post offers, so it has a column of its own and leaves
this room only as a salted key; in the text a number is a mark (〔电话〕), a signature, being a firm's name, stays. Where it
stops: a number counts by the words beside it in its sentence, a signature by the words of such messages behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from analysis.clean.digits import plain, undone
from analysis.clean.redact import Span
from analysis.clean.text import fold
from analysis.lexicon import load_yaml

_NUMBERS = ("mobile", "landline", "service", "sms_port")
_BEFORE, _AFTER, _MESSAGE = 24, 14, 80  # characters around a number, and behind a signature
_STOP = re.compile(r"[。!?;\n]")
_SIGNATURE = re.compile(r"[【\[]([^【】\[\]〔〕\n]{2,16})[】\]]")


class Sender(NamedTuple):
    """One sender: where it stands in the text as given, its kind, and its number or signature in one form."""

    start: int
    kind: str
    value: str


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load_yaml("lexicon/contacts.yml")["senders"][name])))


def find_senders(text: str, people: Sequence[Span], offered: Collection[int] = ()) -> list[Sender]:
    """The senders in a text, given its findings (see `redact.find_people`) and where the contacts it offers stand.

    >>> text = "催收用13900001234打来,短信写着【某某金融】尊敬的客户,您已逾期"      # a collector called; the message is signed
    >>> [(s.kind, s.value) for s in find_senders(text, [Span(3, 14, "mobile", "13900001234")])]
    [('mobile', '13900001234'), ('signature', '某某金融')]
    """
    numbers = (span for span in people if span.kind in _NUMBERS and span.start not in offered)
    return sorted([*_of_numbers(text, numbers), *(_of_signatures(text) if "】" in text or "]" in text else ())])


def _of_numbers(text: str, numbers: Iterator[Span]) -> Iterator[Sender]:
    for span in numbers:
        before = _STOP.split(fold(text[max(0, span.start - _BEFORE) : span.start]))[-1]
        after = _STOP.split(fold(text[span.end : span.end + _AFTER]))[0]
        told = _words("before").search(before) or _words("after").search(after)
        if span.kind == "sms_port" or (told and not _words("own").search(before)):
            digits = undone(plain(span.surface).text)
            yield Sender(span.start, span.kind, f"106{digits}" if span.kind == "sms_port" else digits)


def _of_signatures(text: str) -> Iterator[Sender]:
    for found in _SIGNATURE.finditer(text):
        name = fold(found[1]).strip()
        message = fold(text[found.end() : found.end() + _MESSAGE]).split("\n")[0]
        if _words("message").search(message) and not _words("no_signature").search(name):
            yield Sender(found.start(1), "signature", name)
