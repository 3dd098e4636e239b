"""HTML out of text: every string is escaped unless it is HTML that this room made itself.

There is one way from a page's text into the report, `escaped`, and one way to make a tag, `element`. A string that is not
`Html` can't pass either unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

VOID = frozenset({"img", "meta", "input", "br"})
# What HTML forbids in text: C0 and C1 controls but for tab and newline, lone surrogates, and the two non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Html(str):
    """A string that is HTML already."""

    __slots__ = ()


def escaped(text: object) -> Html:
    """The text as HTML; HTML of ours stays as it is.

    >>> escaped("<b onclick='x'>"), escaped(Html("<b>")), escaped(12)
    ('&lt;b onclick=&#x27;x&#x27;&gt;', '<b>', '12')
    """
    if isinstance(text, Html):
        return text
    return Html(escape(_FORBIDDEN.sub("\ufffd", str(text)), quote=True))


def element(name: str, /, *children: object, **attributes: object) -> Html:
    """One element. A trailing underscore of an attribute's name is dropped, other underscores become hyphens.

    An attribute that is None or False is left out, one that is True has no value; so is a child that is None.

    >>> element("a", "催收 & <i>", href="#q", class_="n", data_v=1, title=None)  # collection
    '<a href="#q" class="n" data-v="1">催收 &amp; &lt;i&gt;</a>'
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = key.rstrip("_").replace("_", "-")
        parts.append(written if value is True else f'{written}="{escaped(value)}"')
    opened = f"<{' '.join(parts)}>"
    if name in VOID:
        return Html(opened)
    return Html(f"{opened}{joined(children)}</{name}>")


def joined(children: Iterable[object], between: str = "") -> Html:
    """The children one after another, each escaped where it is text.

    >>> joined(["a<b", Html("<br>")], " ")
    'a&lt;b <br>'
    """
    return Html(escaped(between).join(escaped(child) for child in children if child is not None))
