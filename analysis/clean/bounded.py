"""Markup that a parser can read in time: what costs the square of its length is cut down before it is parsed.

lexbor looks through all open elements at most tags, through all options of a list at each option, and through all
attributes of an element at each attribute. The sum of these steps is counted here on the way; an honest page has a
million, and from `_MOST_STEPS` on, about a second, tags are left out and their text stays. Not covered: attributes
in great number whose values hold > signs.
"""

from __future__ import annotations

import re

_MOST_STEPS = 300_000_000
_FEW_TAGS = 6_000  # cannot make so many steps
_MANY_ATTRIBUTES = 2_000
_OPTION = 4  # steps for each option before it
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^>]*)>?")
# Elements that a page closes by writing their end, so that open ones can be counted.
_NESTING = frozenset({
    "a", "address", "article", "aside", "b", "blockquote", "button", "center", "details", "dir", "div", "dl", "em", "fieldset", "figure",
    "font", "footer", "form", "header", "i", "main", "menu", "nav", "ol", "optgroup", "pre", "rt", "section", "select", "small", "span",
    "strong", "table", "template", "u", "ul",
})  # fmt: skip


def bounded(html: str) -> str:
    """The page, without the tags that would take too long; nearly every page is given back as it is.

    >>> bounded("<p>逾期</p>"), len(bounded("<div>" * 100_000 + "逾期"))        # overdue
    ('<p>逾期</p>', 122472)
    """
    if html.count("<") < _FEW_TAGS and html.count("=") < _MANY_ATTRIBUTES:
        return html
    depth = n_options = steps = 0
    parts: list[str] = []
    at = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _NESTING:
            depth = max(0, depth - 1) if tag[1] else depth + 1
        n_options += name == "option"
        n_attributes = tag[3].count("=") if len(tag[3]) > _MANY_ATTRIBUTES else 0
        own = depth + (_OPTION * n_options if name == "option" else 0) + (n_attributes**2 if n_attributes > _MANY_ATTRIBUTES else 0)
        if steps + own > _MOST_STEPS:
            parts.append(html[at : tag.start()])
            at = tag.end()
            depth -= name in _NESTING and not tag[1]
        else:
            steps += own
    return "".join([*parts, html[at:]]) if parts else html
