"""A text without what leads to a private person: telephone, identity, card and messenger numbers, names, addresses.

Every finding becomes a visible mark (〔电话〕), so that a reader sees that something stood there. What stays: public
hotlines as whole numbers, numbers that are masked already (138****1234), changed names (化名), the city of an address.
Forms: codebook 6.1. Not found: names without a mark beside them, employers, schools, combinations that give one away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analysis.clean.contacts import find_contacts, is_pointer
from analysis.clean.digits import Window, plain, windows
from analysis.clean.documents import find_documents
from analysis.clean.emails import find_emails
from analysis.clean.people import find_addresses, find_names, find_plates, find_tails, may_hold_people
from analysis.clean.phones import find_phones

MARKS = {
    "mobile": "〔电话〕",
    "landline": "〔座机〕",
    "service": "〔座机〕",
    "id_card": "〔身份证〕",
    "document": "〔证件〕",
    "bank_card": "〔银行卡〕",
    "card_tail": "〔尾号〕",
    "email": "〔邮箱〕",
    "plate": "〔车牌〕",
    "address": "〔地址〕",
    "name": "〔姓名〕",
    "wechat": "〔微信〕",
    "qq": "〔QQ〕",
    "other": "〔账号〕",
    "contract": "〔合同号〕",
    "case_number": "〔案号〕",
    "device": "〔设备号〕",
    "sms_port": "〔短信端口〕",
}
_ROUNDS = 16  # a run of some hundred digits takes one for each thirty


class Span(NamedTuple):
    """One finding: where it stands in the text as given, its kind, and how it is written."""

    start: int
    end: int
    kind: str
    surface: str


class Redacted(NamedTuple):
    """A redacted text, and where each mark stands in it and for what."""

    text: str
    marks: tuple[tuple[int, int, Span], ...]

    def at(self, offset: int) -> int:
        """Where an offset of the text as given stands now; inside a finding, where its mark starts.

        >>> redact("打13900001234找他", [Span(1, 12, "mobile", "13900001234")]).at(12)
        5
        """
        shift = 0
        for start, end, span in self.marks:
            if offset < span.end:
                return start if offset >= span.start else offset + shift
            shift = end - span.end
        return offset + shift


def find_people(text: str) -> list[Span]:
    """What leads to a person, left to right and without overlaps; contact ids (see `contacts`) are among it.

    Looks again at the text with marks until nothing more is found, so that a redacted text has no findings.

    >>> [span.surface for span in find_people("本人郝大壮,手机13900001234,已打12378")]      # I, …, mobile …, have called …
    ['郝大壮', '13900001234']
    """
    found: list[Span] = []
    for _ in range(_ROUNDS):
        masked = redact(text, found)
        fresh = _kept(_once(masked.text))
        if not fresh:
            break
        back = [_before(text, masked, span) for span in fresh]
        found = _kept([*found, *back])
    return found


def redact(text: str, spans: Sequence[Span]) -> Redacted:
    """The text with a mark in place of each span (as `find_people` gives them: in order, without overlaps).

    >>> redact("加V:ab123456吧", find_people("加V:ab123456吧")).text            # add WeChat …
    '加V:〔微信〕吧'
    """
    parts: list[str] = []
    marks: list[tuple[int, int, Span]] = []
    at = length = 0
    for span in spans:
        kept, mark = text[at : span.start], MARKS[span.kind]
        marks.append((length + len(kept), length + len(kept) + len(mark), span))
        parts += [kept, mark]
        length += len(kept) + len(mark)
        at = span.end
    parts.append(text[at:])
    return Redacted("".join(parts), tuple(marks))


def hidden(text: str) -> str:
    """The text with a mark in place of all that leads to a person.

    >>> hidden("13900001234.html: no such file")
    '〔电话〕.html: no such file'
    """
    return redact(text, find_people(text)).text


def _before(text: str, masked: Redacted, span: Span) -> Span:
    """A finding of the masked text, in the offsets of the text as given; one across a mark takes what the mark hides."""
    start, end = _origin(masked, span.start, "start"), _origin(masked, span.end, "end")
    return Span(start, end, span.kind, text[start:end])


def _origin(masked: Redacted, offset: int, side: str) -> int:
    shift = 0
    for start, end, span in masked.marks:
        if offset <= start:
            break
        if offset < end:
            return span.start if side == "start" else span.end
        shift = span.end - end
    return offset + shift


def _kept(spans: Sequence[Span]) -> list[Span]:
    """Spans in order; of overlapping ones the longest, grown over what it overlaps only where one holds the other."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s.start - s.end, s.start)):
        if span.end > span.start and all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept)


def _once(text: str) -> list[Span]:
    found = [Span(c.start, c.end, c.kind, c.surface) for c in find_contacts(text) if not is_pointer(c)]
    taken = {span.start for span in found}
    for window in windows(text):
        found += [span for span in _numbers(text, window) if span.start not in taken]
    for start, line in _lines(text):
        found += _of_people(text, start, line)
    return found


def _numbers(text: str, window: Window) -> Iterator[Span]:
    copy = window.copy.text
    found = [(p.start + 3 * (p.kind == "sms_port"), p.end, p.kind) for p in find_phones(copy)]
    found += find_documents(copy)
    found += [(start, end, "email") for start, end in find_emails(copy)]
    for start, end, kind in found:
        first, last = window.span(start, end)
        yield Span(first, last, kind, text[first:last])


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that may hold a name, a plate or an address; most hold none and are not folded."""
    at = 0
    for line in text.split("\n"):
        if may_hold_people(line):
            yield at, line
        at += len(line) + 1


def _of_people(text: str, at: int, line: str) -> Iterator[Span]:
    copy = plain(line)
    finders = (("name", find_names), ("plate", find_plates), ("address", find_addresses), ("card_tail", find_tails))
    names = set()
    for kind, finder in finders:
        for start, end in finder(copy.text):
            first, last = copy.span(start, end)
            yield Span(at + first, at + last, kind, line[first:last])
            names |= {line[first:last]} if kind == "name" else set()
    for name in sorted(names):
        yield from (Span(m.start(), m.end(), "name", name) for m in re.finditer(re.escape(name), text))
