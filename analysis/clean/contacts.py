"""Ids that a post gives its reader to get in touch: WeChat, QQ, telephone, mail, and pointers to where an id stands.

Such an id is the one hard fact of most lead-generation posts, links a campaign's copies, and must not leave the project
in clear. Tricks of writing: codebook 1.3; grammar of ids: codebook 5.1. A number that is told of, not offered (a
collector's, a victim's), is no contact; `redact` removes it all the same. Ids inside pictures are out of reach.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import opencc

from analysis.clean.digits import Window, as_written, plain, windows
from analysis.clean.emails import find_emails
from analysis.clean.messengers import Id, find_ids
from analysis.clean.phones import find_phones
from analysis.lexicon import load_yaml
from analysis.problems import DataProblem

_LONG_OFFER = 4
_SPREAD = 9  # characters from which an id with a sign at every second place is one that was pulled apart
_BETWEEN = re.compile(r".(?P<by>[-._·~*/|]{1,2}).(?:(?P=by).)+")
_BESIDE = 24  # characters between an id and an address that the reader is given as well
_AT = re.compile(r"\(at\)|\[at\]|\(a\)|艾特|#", re.I)
_DOT = re.compile(r"(?<=[a-z0-9])(?:点|。|\(dot\)|\[dot\])(?=[a-z])", re.I)
_SENTENCE_END = re.compile(r"[。!?;\n〔〕]")


class Contact(NamedTuple):
    """A contact id: where it stands in the text as given, its kind, how it is written, and what it is."""

    start: int
    end: int
    kind: str
    surface: str
    value: str


def find_contacts(text: str) -> list[Contact]:
    """The contact ids of a text, left to right, each occurrence by itself.

    >>> find_contacts("加薇❤：Ab_12345，热线12378")        # add WeChat …; the regulator's line is none
    [Contact(start=4, end=12, kind='wechat', surface='Ab_12345', value='Ab_12345')]
    """
    found = {c.start: c for window in windows(text) for c in _in_window(text, window)}
    found |= {c.start: c for c in _pointers(text)}
    if not found:
        return []
    found |= {c.start: c for c in _repeated(text, found.values()) if c.start not in found}
    kept: list[Contact] = []
    for contact in sorted(found.values()):
        if not kept or contact.start >= kept[-1].end:
            kept.append(contact)
    return kept


def _in_window(text: str, window: Window) -> Iterator[Contact]:
    copy = window.copy.text
    ids = find_ids(copy)
    taken = {i for found in ids for i in range(found.start, found.end)}
    mails = [Id(start, end, "email", "") for start, end in find_emails(copy) if offered(copy, start, end) or _mailed(copy, start, end, ids)]
    phones = [
        Id(p.start, p.end, "mobile" if p.kind == "mobile" else "landline", p.readable())
        for p in find_phones(copy)
        if p.start not in taken and p.kind != "sms_port" and offered(copy, p.start, p.end)
    ]
    for found in [*ids, *phones, *mails]:
        start, end = window.span(found.start, found.end)
        surface = text[start:end]
        value = found.digits or _unspaced(as_written(surface))
        value = _DOT.sub(".", _AT.sub("@", value)) if found.kind == "email" else value
        yield Contact(start, end, found.kind, surface, value)


def _unspaced(written: str) -> str:
    """An id without the blanks in it, or without the sign that stands between all of its characters.

    >>> _unspaced("a b - 0 7"), _unspaced("a-b---0-7"), _unspaced("ab-07")
    ('ab-07', 'ab-07', 'ab-07')
    """
    tight = re.sub(r"\s", "", written)
    parted = _BETWEEN.fullmatch(tight) if len(tight) >= _SPREAD else None
    return tight[:: 1 + len(parted["by"])] if parted else tight


@cache
def _phone_words() -> dict[str, re.Pattern[str]]:
    words = load_yaml("lexicon/contacts.yml")["phones"]
    any_of = {name: "|".join(map(re.escape, sorted(words[name], key=len, reverse=True))) for name in words}
    joint = rf"(?:{any_of['joint']})?[\s:;,./|+()\-是为到至\u2600-\u27bf\U0001f300-\U0001faff]{{0,4}}$"
    return {
        "offers": re.compile(rf"(?P<word>{any_of['offers']}){joint}"),
        "names": re.compile(rf"(?:{any_of['names']}){joint}"),
        "offer_lines": re.compile(any_of["offer_lines"]),
        "owned": re.compile(any_of["owned"]),
        "reported": re.compile(any_of["reported"]),
        "reported_after": re.compile(rf"[\s,]?(?:{any_of['reported_after']})"),
        "same_number": re.compile(
            rf"[\s(,:/]{{0,3}}(?:[\u4e00-\u9fff]{{1,6}}[,、\s/])?(?:{any_of['same_before']}){{0,3}}[\s/:]?(?:{any_of['same_number']})"
        ),
        "same_ahead": re.compile(rf"(?:{any_of['same_before']})(?:{any_of['same_number']})[\s:(]{{0,3}}$"),
        "addressed": re.compile(any_of["addressed"]),
        "public": re.compile(any_of["public"]),
        "sent_to": re.compile(rf"(?:{any_of['sent_to']})[\s:]{{0,3}}$"),
        "mail_lines": re.compile(any_of["mail_lines"]),
        "not_mail": re.compile(any_of["not_mail"]),
    }


def offered(copy: str, start: int, end: int) -> bool:
    """Whether a number or address in a copy is offered to the reader, by the words right before and after it."""
    words = _phone_words()
    before = _SENTENCE_END.split(copy[max(0, start - 24) : start])[-1]
    if words["reported_after"].match(copy, end) or words["owned"].search(before[-14:]) or words["public"].search(before):
        return False
    offer = words["offers"].search(before)
    is_shared = words["same_number"].match(copy, end) or words["same_ahead"].search(before)
    if is_shared or (offer and len(offer["word"]) >= _LONG_OFFER):
        return True
    if words["reported"].search(words["addressed"].sub("", before[-14:])):
        return False
    around = copy[max(0, start - 60) : end + 40]
    return bool(offer or (words["names"].search(before) and words["offer_lines"].search(around)))


def _mailed(copy: str, start: int, end: int, ids: Iterable[Id]) -> bool:
    """Whether a reader is told to write to a mail address for a service that the line offers, or as well as to an id."""
    words = _phone_words()
    around = copy[max(0, start - 60) : end + 40]
    return (
        bool(words["sent_to"].search(copy[max(0, start - 24) : start]))
        and (bool(words["mail_lines"].search(around)) or any(0 <= start - found.end <= _BESIDE for found in ids))
        and not words["not_mail"].search(around)
        and not words["public"].search(around)
    )


@cache
def _pointer_rules() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rule["pattern"]), rule["value"]) for rule in load_yaml("lexicon/contacts.yml")["pointers"]]


@cache
def _pointer_hint() -> re.Pattern[str]:
    words = load_yaml("lexicon/contacts.yml")["pointer_hints"]
    return re.compile("|".join({*words, *map(opencc.OpenCC("s2t").convert, words)}))


def _pointers(text: str) -> Iterator[Contact]:
    for hint in _pointer_hint().finditer(text):
        start = max(0, hint.start() - 6, text.rfind("\n", 0, hint.start()) + 1)
        copy = plain(text[start : hint.end() + 16])
        for rule, value in _pointer_rules():
            if found := rule.search(copy.text):
                first, last = copy.span(*found.span())
                yield Contact(start + first, start + last, "other", text[start + first : start + last], value)
                break


def is_pointer(contact: Contact) -> bool:
    """Whether a contact only says where the id stands (a pinned comment, a profile): nothing to redact."""
    return contact.kind == "other" and any(contact.value == value for _, value in _pointer_rules())


def _repeated(text: str, contacts: Iterable[Contact]) -> Iterator[Contact]:
    for contact in list(contacts):
        if len(contact.surface) < 6 or is_pointer(contact):
            continue
        at = text.find(contact.surface)
        while at >= 0:
            end = at + len(contact.surface)
            if not _id_character(text[at - 1 : at]) and not _id_character(text[end : end + 1]):
                yield contact._replace(start=at, end=end)
            at = text.find(contact.surface, end)


def _id_character(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def key(value: str, salt: bytes) -> str:
    """An id's salted key: the same id has the same key in one project and no one else can tell the id.

    >>> key("Ab_12345", b"salt") == key("ab_12345", b"salt")
    True
    """
    return hmac.new(salt, value.lower().encode(), hashlib.sha256).hexdigest()[:20]


def masked(value: str) -> str:
    """An id as it may be shown: first and last character, the rest stars (codebook 5.1).

    >>> masked("qc2026ab")
    'q******b'
    """
    return value[0] + "*" * (len(value) - 2) + value[-1] if len(value) > 2 else "*" * len(value)


def salt(folder: Path) -> bytes:
    """The project's salt, 32 random bytes in a file that only its owner reads; made on first use.

    Delete the file and keys no longer match those of earlier runs.
    """
    path = folder / "salt.bin"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        path.chmod(0o600)  # a copy or an unpacked backup may be open to others
        found = path.read_bytes()
        if len(found) != 32:
            raise DataProblem(f"{path}: {len(found)} bytes, 32 are wanted. Delete it; a new one is made.") from None
        return found
    with os.fdopen(descriptor, "wb") as file:
        made = secrets.token_bytes(32)
        file.write(made)
    return made
