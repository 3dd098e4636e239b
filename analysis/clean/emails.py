"""Mail addresses in a matching copy, also those written so that a machine should not see them.

Forms: codebook 6.1: blanks between the characters, (at) or # for @. A # counts only before the name of a mail service.
"""

from __future__ import annotations

import re

_SERVICES = r"(?:qq|163|126|139|189|sina|sohu|gmail|foxmail|hotmail|outlook|yeah|aliyun|yahoo|icloud)"
_DOMAIN = r"[a-z0-9][a-z0-9-]{0,40}(?:\s?\.\s?[a-z][a-z0-9-]{1,20}){1,3}"
_AT = re.compile(
    rf"[ ]{{0,2}}(?:@|\(at\)|\[at\]|\(a\)|艾特)[ ]{{0,2}}(?:{_DOMAIN})|[ ]{{0,2}}#[ ]{{0,2}}{_SERVICES}\s?\.\s?(?:com|net|cn)"
)
_LOCAL = re.compile(r"(?:(?<![a-z0-9])(?:[a-z0-9]{1,2} ){2,20}[a-z0-9]{1,2}|(?<![a-z0-9])[a-z]{1,12} \d{2,8}|[a-z0-9][a-z0-9._+-]{0,40})$")


def find_emails(copy: str) -> list[tuple[int, int]]:
    """Where mail addresses stand in a copy.

    >>> copy = "发到 1 2 3 4 5 @ qq . com 即可"               # send to …
    >>> [copy[a:b] for a, b in find_emails(copy)]
    ['1 2 3 4 5 @ qq . com']
    """
    if "@" not in copy and "at" not in copy and "#" not in copy and "艾特" not in copy:
        return []
    spans = []
    for at in _AT.finditer(copy):
        first = max(0, at.start() - 60)
        if local := _LOCAL.search(copy[first : at.start()]):
            spans.append((first + local.start(), at.end()))
    return spans
