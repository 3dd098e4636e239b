"""The last look at what was made: prose without a typed number, and a page that runs, loads and links to nothing.

What a rule here refuses would be an error of this project, not of the data; the build stops all the same, since a reader
can't tell the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key
from analysis.report.markup import VOID
from analysis.report.notebooks import Executed
from analysis.report.numbers import number_of, text_of

_DIGIT = re.compile(r"[0-9０-９]")
_FREE_TAGS = frozenset({"code", "time", "blockquote", "pre"})  # names of files, dates, quotes
_FREE_CLASSES = frozenset({"name", "k", "meta"})  # names, the level of intervals, a quote's source
_TAG = re.compile(
    "html|head|meta|title|style|script|body|header|nav|main|section|footer|dialog|div|a|bdi|blockquote|br|button|code|dd|details"
    "|dl|dt|em|figcaption|figure|h[1-4]|img|li|mark|ol|p|pre|rect|span|strong|summary|svg|table|tbody|td|th|thead|time|tr|ul"
)
_ADDRESSES = frozenset(
    {"href", "src", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href", "ping"}
)


class Inside(NamedTuple):
    """An element that a text stands in: its tag, its classes, and the number it is a link of."""

    tag: str
    classes: frozenset[str]
    number: str | None


class _Page(HTMLParser):
    """Reads HTML as a list of events: opened elements with attributes, and texts with what they stand in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[Inside] = []
        self.opened: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, list[Inside]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.opened.append((tag, found))
        if tag not in VOID:
            self.stack.append(Inside(tag, frozenset((found.get("class") or "").split()), found.get("data-m")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack[-1].tag != tag:
            raise DataProblem(
                f"report: </{tag}> closes {self.stack[-1].tag if self.stack else 'nothing'}. Please report this."
            )
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((data, list(self.stack)))


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    return page


def check_prose(corpus: Corpus, notebooks: list[Executed]) -> None:
    """Stops where prose or a table holds a figure that is not a number out of `measures`, written as it is there."""
    for notebook in notebooks:
        wrong = list(_typed(corpus, notebook.html))
        if wrong:
            raise DataProblem(
                f"notebook {notebook.name}: {wrong[0]}, {len(wrong)} in all. Write numbers with show.finding or show.say, "
                "so that they come from measures."
            )


def _typed(corpus: Corpus, html: str) -> Iterator[str]:
    for text, inside in _read(html).texts:
        mark = next((element.number for element in inside if element.number is not None), None)
        if mark is not None:
            *key, part = mark.split("|")
            right = text_of(number_of(corpus, Key(*key)), part, corpus)
            if text != right:
                yield f"{mark}: {text!r} stands where measures say {right!r}"
        elif _DIGIT.search(text) and not any(e.tag in _FREE_TAGS or e.classes & _FREE_CLASSES for e in inside):
            yield f"{text.strip()[:60]!r} holds a typed number"


def check_page(html: str) -> None:
    """Stops where the page could run, load or reach something, or a link leads nowhere in it.

    >>> check_page('<p id="a"><a href="#a">x</a></p>')
    >>> check_page('<img src="//example.org/x.png">')
    Traceback (most recent call last):
    analysis.problems.DataProblem: report: <img src="//example.org/x.png"> leads out of the page. Please report this.
    """
    page = _read(html)
    if page.stack:
        raise DataProblem(f"report: <{page.stack[-1].tag}> is never closed. Please report this.")
    ids = [str(found["id"]) for _, found in page.opened if "id" in found]
    twice = sorted({name for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise DataProblem(f"report: the anchor {twice[0]!r} stands more than once. Please report this.")
    known = set(ids)
    for tag, found in page.opened:
        problem = _problem(tag, found, known)
        if problem:
            raise DataProblem(f"report: {problem} Please report this.")


def _problem(tag: str, found: dict[str, str | None], known: set[str]) -> str | None:
    if not _TAG.fullmatch(tag):
        return f"<{tag}> is no element of the report."
    for name, value in found.items():
        shown = f'<{tag} {name}="{(value or "")[:60]}">'
        if name.startswith("on") or name == "style":
            return f"{shown} could run or restyle something."
        if name in _ADDRESSES and not (value or "").startswith(("data:image/svg+xml,", "#")):
            return f"{shown} leads out of the page."
        if name == "href" and (value or "")[1:] not in known:
            return f"{shown} leads nowhere."
    return None
