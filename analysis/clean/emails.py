"""Mail addresses in a matching copy, also those written so that a machine should not see them.

Forms: codebook 6.1: blanks or another sign between the characters, (at) or # for @, 点 for the dot. A # without blanks
around it counts before any host, unless an address of a page goes before it; elsewhere only before a mail service.
"""

from __future__ import annotations

import re

_SERVICES = r"(?:qq|163|126|139|189|sina|sohu|gmail|foxmail|hotmail|outlook|yeah|aliyun|yahoo|icloud)"
_LABEL = r"[a-z0-9][a-z0-9-]{0,40}"
_DOMAIN = rf"{_LABEL}(?:\s?\.\s?[a-z][a-z0-9-]{{1,20}}){{1,3}}"
_SAID = rf"{_LABEL}\s?(?:点|。|\(dot\)|\[dot\]| dot )\s?[a-z]{{2,10}}(?![a-z])"
_SIGN = r"(?:@|\(at\)|\[at\]|\(a\)|艾特)"
_AT = re.compile(
    rf"[ ]{{0,2}}{_SIGN}[ ]{{0,2}}(?:{_SAID}|{_DOMAIN})"
    rf"|[ ]{{0,2}}(?:\(?#\)?|(?<= )at)[ ]{{0,2}}(?:{_SERVICES}\s?\.\s?(?:com|net|cn)|{_SERVICES}(?:点|\(dot\)| dot )(?:com|net|cn))"
)
_HASH = re.compile(rf"[ ]{{0,2}}#[ ]{{0,2}}{_LABEL}(?:\.[a-z]{{2,12}}){{1,3}}(?![a-z0-9./?=])")
_PARTED = re.compile(
    rf"(?P<by>[ .\-·~*/|_]{{1,2}})(?:{_SIGN}|#)(?P=by)[a-z0-9](?:(?P=by)[a-z0-9-]){{0,30}}(?P=by)\.(?:(?P=by)[a-z]){{2,12}}(?![a-z0-9])"
)
_LOCAL = re.compile(r"(?:(?<![a-z0-9])(?:[a-z0-9]{1,2} ){2,20}[a-z0-9]{1,2}|(?<![a-z0-9])[a-z]{1,12} \d{2,8}|[a-z0-9][a-z0-9._+-]{0,40})$")
_NAMED = re.compile(r"(?<![a-z0-9./=&?%-])(?=[a-z0-9._+-]{0,40}\d)[a-z0-9][a-z0-9._+-]{3,40}$")
_LOOK_BACK = 60


def find_emails(copy: str) -> list[tuple[int, int]]:
    """Where mail addresses stand in a copy.

    >>> copy = "发到 1 2 3 4 5 @ qq . com 或 ab123#mail.example 即可"        # send to … or …
    >>> [copy[a:b] for a, b in find_emails(copy)]
    ['1 2 3 4 5 @ qq . com', 'ab123#mail.example']
    """
    if "@" not in copy and "at" not in copy and "#" not in copy and "艾特" not in copy:
        return []
    spans = [span for at in _PARTED.finditer(copy) if (span := _parted(copy, at))]
    for pattern, local in ((_AT, _LOCAL), (_HASH, _NAMED)):
        for at in pattern.finditer(copy):
            first = max(0, at.start() - _LOOK_BACK)
            found = local.search(copy[first : at.start()])
            if found and all(at.end() <= start or at.start() >= end for start, end in spans):
                spans.append((first + found.start(), at.end()))
    return sorted(spans)


def _parted(copy: str, at: re.Match[str]) -> tuple[int, int] | None:
    """The whole of an address whose characters all have the same sign between them: a-b-1-2-@-q-q-.-c-o-m."""
    start, by = at.start(), at["by"]
    step = 1 + len(by)
    begin = start - 1
    while begin - step >= 0 and copy[begin - len(by) : begin] == by and re.match(r"[a-z0-9._+-]", copy[begin - step]):
        begin -= step
    return (begin, at.end()) if start - begin >= 3 * step and copy[begin : begin + 1].isalnum() else None
