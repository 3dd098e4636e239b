"""Addresses of pages and names of files without the numbers and ids in them: https://a.example/?tel=13900001234.

What is hidden: a mobile, an identity number whose check digit fits and a mail address anywhere; the value of a key that
names a person (tel=, wx=); whatever `redact` finds in a part that holds Chinese. A mark carries the salted key of what it
hides, so that two pages stay two. Numbers of cards have no sign of their own among the ids of pages and stay.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote

from analysis.clean.contacts import key
from analysis.clean.documents import id_check
from analysis.clean.redact import MARKS, Span, find_people
from analysis.lexicon import load_yaml

_KEY_CHARACTERS = 8
_PART = re.compile(r"[^/?&#=;]+")
_MOBILE = r"(?<!\d)(?:\+?86)?1[3-9]\d(?:[-. ]?\d{4}){2}(?!\d)"
_NUMBERS = re.compile(
    rf"(?P<mobile>{_MOBILE})|(?<!\d)(?P<id_card>[1-8]\d{{5}}(?:19|20)\d{{9}}[\dXx])(?!\d)"
    r"|(?P<email>[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{2,20}){1,3})"
)
_STEM = re.compile(r"(.*?)(?:\.[A-Za-z0-9]{2,7})?(?::\d+)?$", re.S)  # a name of a file without its ending and the row's number
_USER = re.compile(r"(?<=//)[^/?#@]{1,80}@")
_HAN = re.compile("[\u4e00-\u9fff]")


def hidden_address(address: str, salt: bytes | None = None) -> str:
    """The address with a mark in place of what leads to a person; most hold nothing and are left as they are.

    >>> hidden_address("https://a.example/t/5"), hidden_address("tel/139-0000-1234.html")
    ('https://a.example/t/5', 'tel/〔电话〕.html')
    >>> hidden_address("https://a.example/?wx=ab_12345&page=2", b"salt")
    'https://a.example/?wx=〔账号·83076d12〕&page=2'
    """
    user = _USER.search(address)
    address = _USER.sub("", address, count=1) if user else address
    out, at, before = [], 0, ""
    for part in _PART.finditer(address):
        said = unquote(part[0])
        is_named = address[part.start() - 1 : part.start()] == "=" and before.lower() in _keys()
        is_named = is_named and len(said) > 4 and said[0] != "〔"
        spans = [Span(0, len(said), "other", said)] if is_named else _found(said)
        out += [address[at : part.start()], _marked(said, spans, salt) if spans else part[0]]
        at, before = part.end(), said
    return "".join([*out, address[at:]])


@cache
def _keys() -> frozenset[str]:
    return frozenset(load_yaml("lexicon/contacts.yml")["address_keys"])


def _found(part: str) -> list[Span]:
    if _HAN.search(part) and (stem := _STEM.match(part)):
        return find_people(stem[1])
    numbers = ((m, str(m.lastgroup)) for m in _NUMBERS.finditer(part))
    return [Span(*m.span(), kind, m[0]) for m, kind in numbers if kind != "id_card" or id_check(m[0])]


def _marked(part: str, spans: list[Span], salt: bytes | None) -> str:
    out, at = [], 0
    for span in spans:
        mark = MARKS[span.kind]
        mark = mark if salt is None else f"{mark[:-1]}·{key(span.surface, salt)[:_KEY_CHARACTERS]}〕"
        out += [part[at : span.start], mark]
        at = span.end
    return "".join([*out, part[at:]])
