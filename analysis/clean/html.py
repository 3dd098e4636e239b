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

from analysis.clean.bounded import bounded
from analysis.lexicon import load_yaml

_ELEMENTS = load_yaml("lexicon/elements.yml")
# Kinds of nodes, by what they do to the line that is gathered.
_TEXT, _SKIPPED, _PLAIN, _SPAN, _BOLD, _LINK, _NEAR, _BREAK, _BLOCK = range(9)
_KINDS = (
    dict.fromkeys(_ELEMENTS["blocks"], _BLOCK) | dict.fromkeys(["span", "time", "label", "i", "em"], _SPAN)
    | {"strong": _BOLD, "b": _BOLD, "a": _LINK, "br": _BREAK, "-text": _TEXT} | dict.fromkeys(_ELEMENTS["skipped"], _SKIPPED)
)  # fmt: skip
SEAM = "\x01"  # where two inline elements abut: a blank in a short line, nothing in running text
SHORT = 90
_DEEP = 64  # boxes around a box that are remembered: more would cost the square of a page nested 10,000 deep
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
# Markup that a text was pasted with: tags as text, pictures of Markdown (codebook N36).
_RESIDUE = re.compile(
    r"</?(?:p|br|div|span|strong|b|em|font|a|img|h[1-6]|ul|ol|li|table|tr|td|section)(?:\s[^<>]{0,200})?/?>"
    r"|!\[[^\]]{0,80}\]\([^()\s]{1,300}\)",
    re.IGNORECASE,
)
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
    """One line of the page: its text, the number of its innermost box, counts of its characters in links and bold, of its
    links, and whether it is a link to a place in the same page, which counts as none."""

    text: str
    box: int
    n_link: int = 0
    n_bold: int = 0
    n_links: int = 0
    is_entry: bool = False


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


def tidy(text: str) -> str:
    """The text with runs of blanks as one blank, and entities that were escaped twice undone (codebook, appendix A 3).

    >>> tidy("逾期 \\n &amp;nbsp; 3天")          # overdue, 3 days
    '逾期 3天'
    """
    if "&" in text and _ENTITY.search(text):
        text = entities.unescape(entities.unescape(text))
    if "<" in text or "![" in text:
        text = _RESIDUE.sub("", text)
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
    tree = LexborHTMLParser(bounded(html_text))
    page = Lines()
    _read_head(tree, page)
    if tree.body is not None:
        # Links to places in the page itself: a contents list has them, a menu has none.
        near = {node.mem_id for node in tree.css("a[href^='#']") if len(node.attributes["href"] or "") > 1} if "#" in html_text else set()
        _Walk(page, near).run(tree.body)
    page.lines = _join_rows(page)
    return page


class _Walk:
    """The walk over the tree: down to the first child, along the siblings, up again, without recursion.

    Inline text is gathered in `parts` until a block element or `<br>` ends the line.
    """

    def __init__(self, page: Lines, near: set[int]) -> None:
        self.page = page
        self.near = near
        self.parts: list[str] = []
        self.box = self.n_links = self.n_bolds = 0  # the innermost box, and how many links and bold elements are open
        self.in_link = self.in_bold = self.links = 0  # of the line that is gathered: characters, and links
        self.is_entry = False

    def run(self, root: LexborNode) -> None:
        self.page.boxes.append(Box(-1, "body", _names(root.attributes)))
        parts, kinds = self.parts, _KINDS
        opened: list[tuple[LexborNode, int]] = []
        node: LexborNode | None = root.child
        while node is not None:
            tag = node.tag or ""
            kind = kinds.get(tag, _PLAIN)
            if kind == _TEXT:
                text = node.text_content or ""
                if parts or not text.isspace():
                    parts.append(text)
                    if self.n_links or self.n_bolds:
                        size = len(text.strip())
                        self.in_link += size * (self.n_links > 0)
                        self.in_bold += size * (self.n_bolds > 0)
            elif kind != _SKIPPED and tag[:1] not in "!-_":  # no comment, no declaration
                child = node.child
                if child is not None and kind == _LINK and node.mem_id in self.near:
                    kind = _NEAR
                if kind >= _SPAN:
                    self._enter(node, kind, child is not None)
                if child is not None:
                    opened.append((node, kind))
                    node = child
                    continue
            after = node.next
            while after is None and opened:
                node, kind = opened.pop()
                if kind > _SPAN:
                    self._leave(kind)
                after = node.next
            node = after
        self._end()

    def _enter(self, node: LexborNode, kind: int, has_inside: bool) -> None:
        if kind >= _BREAK:
            if self.parts:
                self._end()
            if kind == _BLOCK and has_inside:
                self.page.boxes.append(_box(self.box, node.tag or "", node.attributes))
                self.box = len(self.page.boxes) - 1
        elif has_inside:
            if kind == _LINK:
                self.n_links += 1
                self.links += 1
            elif kind == _BOLD:
                self.n_bolds += 1
            elif kind == _NEAR:
                self.is_entry = True
            if kind != _BOLD and self.parts:
                self.parts.append(SEAM)

    def _leave(self, kind: int) -> None:
        if kind == _BLOCK:
            if self.parts:
                self._end()
            self.box = self.page.boxes[self.box].parent
        elif kind == _LINK:
            self.n_links -= 1
        elif kind == _BOLD:
            self.n_bolds -= 1

    def _end(self) -> None:
        """End the line that is gathered; in `<pre>` each of its lines is one."""
        whole = "".join(self.parts)
        is_pre = "\n" in whole and self.page.boxes[self.box].tag == "pre"
        is_entry = self.is_entry and not self.links
        for part in whole.split("\n") if is_pre else (whole,):
            text = tidy(part)
            if text:
                size = len(text)
                line = Line(text, self.box, min(self.in_link, size), min(self.in_bold, size), self.links, is_entry)
                self.page.lines.append(line)
        self.parts.clear()
        self.in_link = self.in_bold = self.links = 0
        self.is_entry = False


def _names(attributes: dict[str, Any]) -> str:
    if not attributes:
        return ""
    name, number = attributes.get("class") or "", attributes.get("id") or ""
    return (f"{name} {number}" if number else name).strip().lower()


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
