"""A web page as lines: one walk over a lexbor tree, no recursion, so that a page nested 10,000 deep is read like any other.

A line is what a reader sees as one: the text between two block elements or `<br>`. It knows the boxes (block elements)
it stands in, how much of it is link and how much bold; what is article and what is furniture is decided in `layers`.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from analysis.lexicon import load_yaml

_ELEMENTS = load_yaml("lexicon/elements.yml")
BLOCKS = frozenset(_ELEMENTS["blocks"])
SKIPPED = frozenset(_ELEMENTS["skipped"])
SPANS = frozenset(["span", "a", "time", "label", "i", "em"])
BOLD = frozenset(["strong", "b"])
_MEANT = BLOCKS | BOLD | {"a"}  # elements whose end means something
SEAM = "\x01"  # where two inline elements abut: a blank in a short line, nothing in running text
SHORT = 90
_DEEP = 64  # boxes around a box that are remembered: more would cost the square of a page nested 10,000 deep
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)


@dataclass(slots=True)
class Box:
    """One block element: its parent's number, tag, and class and id in lower case, parted by blanks."""

    parent: int
    tag: str
    names: str
    is_hidden: bool = False


@dataclass(slots=True)
class Line:
    """One line of the page: its text, the number of its innermost box, and counts of its characters in links and bold."""

    text: str
    box: int
    n_link: int = 0
    n_bold: int = 0
    n_links: int = 0


@dataclass(slots=True)
class Lines:
    """All lines of a page in reading order, the boxes they stand in, and what the head says (names in lower case)."""

    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    _around: list[tuple[int, ...]] = field(default_factory=list, repr=False)

    def ancestors(self, box: int) -> tuple[int, ...]:
        """The numbers of a box and of the 63 boxes around it, innermost first."""
        if box < 0:
            return ()
        known = self._around
        while len(known) < len(self.boxes):  # a box stands after the box around it
            number = len(known)
            parent = self.boxes[number].parent
            known.append((number, *known[parent][: _DEEP - 1]) if parent >= 0 else (number,))
        return known[box]

    def chain(self, box: int) -> list[int]:
        """The numbers of a box and of all boxes around it, however deep."""
        found = []
        while box >= 0:
            found.append(box)
            box = self.boxes[box].parent
        return found


class _Writer:
    """Gathers inline text until a block element or `<br>` ends the line."""

    def __init__(self, page: Lines) -> None:
        self.page = page
        self.parts: list[str] = []
        self.n_link = self.n_bold = self.n_links = 0

    def text(self, text: str, in_link: bool, in_bold: bool) -> None:
        if not self.parts and text.isspace():
            return
        self.parts.append(text)
        if in_link or in_bold:
            size = len(text.strip())
            self.n_link += size * in_link
            self.n_bold += size * in_bold

    def end(self, box: int, is_pre: bool = False) -> None:
        if not self.parts:
            return
        whole = "".join(self.parts)
        for part in whole.split("\n") if is_pre else (whole,):
            text = tidy(part)
            if text:
                line = Line(text, box, min(self.n_link, len(text)), min(self.n_bold, len(text)), self.n_links)
                self.page.lines.append(line)
        self.parts = []
        self.n_link = self.n_bold = self.n_links = 0


def tidy(text: str) -> str:
    """The text with runs of blanks as one blank, and entities that were escaped twice undone (codebook, appendix A 3).

    >>> tidy("逾期 \\n &amp;nbsp; 3天")          # overdue, 3 days
    '逾期 3天'
    """
    if "&" in text and _ENTITY.search(text):
        text = entities.unescape(entities.unescape(text))
    text = " ".join(text.split()).strip(" \ufeff" + SEAM)
    if SEAM in text:
        is_label = len(text) <= SHORT and "。" not in text
        text = " ".join(text.replace(SEAM, " " if is_label else "").split())
    return text


def read_lines(html_text: str) -> Lines:
    """The page's lines, boxes and head.

    >>> page = read_lines("<title>t</title><div class=post><h1>催收</h1><p>第一段<br>第二段</p></div>")  # collection; paragraphs
    >>> [(line.text, page.boxes[line.box].tag) for line in page.lines]
    [('催收', 'h1'), ('第一段', 'p'), ('第二段', 'p')]
    """
    tree = LexborHTMLParser(html_text)
    page = Lines()
    _read_head(tree, page)
    if tree.body is not None:
        _Walk(page).run(tree.body)
    page.lines = _join_rows(page)
    return page


class _Walk:
    """The walk over the tree: down to the first child, along the siblings, up again, without recursion."""

    def __init__(self, page: Lines) -> None:
        self.page = page
        self.writer = _Writer(page)
        self.box = self.n_links = self.n_bolds = 0

    def run(self, root: LexborNode) -> None:
        self.page.boxes.append(Box(-1, "body", _names(root.attributes)))
        writer = self.writer
        open_tags: list[str] = []
        node: LexborNode | None = root.child
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                writer.text(node.text_content or "", self.n_links > 0, self.n_bolds > 0)
            elif tag not in SKIPPED and tag[:1] not in "!-_":  # no comment, no declaration
                child = self._enter(node, tag)
                if child is not None:
                    open_tags.append(tag)
                    node = child
                    continue
            after = node.next
            while after is None and open_tags and node is not None:
                node = node.parent
                closed = open_tags.pop()
                if closed in _MEANT:
                    self._leave(closed)
                after = node.next if node is not None else None
            node = after
        writer.end(self.box)

    def _enter(self, node: LexborNode, tag: str) -> LexborNode | None:
        """Take an element, and give its first child if its inside is to be read."""
        child = node.child
        if tag in BLOCKS:
            if self.writer.parts:
                self.writer.end(self.box, self.page.boxes[self.box].tag == "pre")
            if child is not None:
                self.page.boxes.append(_box(self.box, tag, node.attributes))
                self.box = len(self.page.boxes) - 1
        elif tag == "br":
            self.writer.end(self.box, self.page.boxes[self.box].tag == "pre")
        elif child is not None:
            if tag == "a":
                self.n_links += 1
                self.writer.n_links += 1
            elif tag in BOLD:
                self.n_bolds += 1
            if tag in SPANS and self.writer.parts:
                self.writer.parts.append(SEAM)
        return child

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self.n_links -= 1
        elif tag in BOLD:
            self.n_bolds -= 1
        else:
            if self.writer.parts:
                self.writer.end(self.box, tag == "pre")
            self.box = self.page.boxes[self.box].parent


def _names(attributes: dict[str, Any]) -> str:
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip().lower() if attributes else ""


def _box(parent: int, tag: str, attributes: dict[str, Any]) -> Box:
    if not attributes:
        return Box(parent, tag, "")
    style = attributes.get("style")
    is_hidden = "hidden" in attributes or bool(style and _HIDDEN.search(style))
    names = _names(attributes)
    if attributes.get("itemprop"):
        names += f" {attributes['itemprop']}".lower()
    return Box(parent, tag, names, is_hidden)


def _read_head(tree: LexborHTMLParser, page: Lines) -> None:
    for node in tree.css("title, meta[content], time[datetime], script[type='application/ld+json']"):
        if node.tag == "title":
            page.head.setdefault("title", tidy(node.text()))
        elif node.tag == "script":
            page.scripts.append(node.text())
        elif node.tag == "time":
            page.head.setdefault("time", node.attributes.get("datetime") or "")
        else:
            a = node.attributes
            name = (a.get("property") or a.get("name") or a.get("itemprop") or "").lower()
            if name:
                page.head.setdefault(name, tidy(a.get("content") or ""))


def _join_rows(page: Lines) -> list[Line]:
    """The lines with the cells of a data row joined by a blank: where each cell holds one line, short and free of links."""
    if not any(box.tag == "tr" for box in page.boxes):
        return page.lines
    cells = [_cell(page, line.box) for line in page.lines]
    held = Counter(cells)
    out: list[Line] = []
    row = size = -1
    for line, cell in zip(page.lines, cells, strict=True):
        is_single = cell >= 0 and held[cell] == 1 and not line.n_links and len(line.text) < SHORT
        if is_single and page.boxes[cell].parent == row and size + len(line.text) < 2 * SHORT:
            last = out[-1]
            out[-1] = Line(f"{last.text} {line.text}", last.box, 0, last.n_bold + line.n_bold)
        else:
            out.append(line)
        row = page.boxes[cell].parent if is_single else -1
        size = len(out[-1].text)
    return out


def _cell(page: Lines, box: int) -> int:
    """The table cell that a line's box is, or is the one paragraph of; -1 for none."""
    for b in (box, page.boxes[box].parent):
        if b >= 0 and page.boxes[b].tag in ("td", "th"):
            return b
    return -1
