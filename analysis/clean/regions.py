"""Where the post stands on a page: the box that holds most running text, less the boxes in it that are furniture.

Text density, punctuation, links and place decide; class and id names only help, and never against most of the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.clean import furniture
from analysis.clean.html import Line, Lines

HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_LEAVES = HEADINGS | {"p", "pre", "tr", "blockquote", "dt", "dd", "figcaption"}
_STOPS = re.compile(r"[。！？；，、：,!?;…]")
MARKS = frozenset(["meta", "floor", "floor_number"])
NUMBER = "floor_number"
_FURNITURE_TAGS = frozenset(["nav", "footer", "aside"])
_DIGITS = re.compile(r"\d+")
_LONG = 25  # characters that make a line running text without any stop
_DESCEND = 0.8  # share of a box's text that a box in it must hold to be taken in its stead
_SMALL = 0.3  # a box with a furniture name and less than this share of the text is cut
_LINKED = 0.5  # share of characters in links from which a box is a list of links
_CORE = 0.35  # share that a box must hold to be the core, beside which boxes of another make are cut if they link
_BOXES = frozenset(["div", "section", "aside", "ul", "ol", "dl", "table", "article", "form"])
_TITLE_WEIGHT = 2.0  # the box that holds the title counts this much more
_COMMENT_WEIGHT = 0.4
_FEW = 8.0  # weight that a list of comments must have to be one


class Region(NamedTuple):
    """Numbers of the first and last line of the post's box, and for each line whether it stands in it, why its own box is
    cut (None = it is not), and its role."""

    first: int
    last: int
    inside: list[bool]
    cut: list[str | None]
    role: list[str]


class Sums(NamedTuple):
    """What each box holds with all boxes in it: weight of running text, characters, those in links, links, lines,
    lines that say who or when, and numbers of posts in a thread."""

    weight: list[float]
    chars: list[int]
    linked: list[int]
    links: list[int]
    lines: list[int]
    marks: list[int]
    numbers: list[int]


class Held(NamedTuple):
    """What the boxes hold: the page, the sums, the boxes around the title, and for each box those in it with some text."""

    page: Lines
    sums: Sums
    titled: set[int]
    children: list[list[int]]


def find(page: Lines, reasons: list[str | None], weights: list[float], title_line: int) -> Region:
    """The region of the post; `reasons` says of each line what furniture it is by its own words, `weights` its weight."""
    named = _kinds(page)
    sums = _sum(page, reasons, weights, named)
    titled = set(page.chain(page.lines[title_line].box)) if title_line >= 0 else set()
    children: list[list[int]] = [[] for _ in page.boxes]
    for b in range(1, len(page.boxes)):
        if sums.weight[b] > 0:
            children[page.boxes[b].parent].append(b)
    held = Held(page, sums, titled, children)
    box = _main(held, 0, _DESCEND)
    core = _main(held, box, _CORE)
    inside = _inside(page, box)
    numbers = [i for i, line in enumerate(page.lines) if inside[line.box]]
    first, last = (numbers[0], numbers[-1]) if numbers else (0, -1)
    fates = _fates(page, (box, core, titled), sums, named)
    per_line = [fates[line.box] for line in page.lines]
    return Region(
        first, last, [inside[line.box] for line in page.lines], [f[0] for f in per_line], [f[1] for f in per_line]
    )


def weight(line: Line, reason: str | None) -> float:
    """How much a line speaks for being the post: its characters out of links, more with stops, little when short.

    >>> weight(Line("催收打了三个电话，我没有接。", 0), None) > weight(Line("热门文章", 0), None)  # a sentence; a label
    True
    """
    size = len(line.text)
    if reason is not None or line.n_link > _LINKED * size:
        return 0.0
    stops = len(_STOPS.findall(line.text))
    free = size - line.n_link
    if stops or free >= _LONG:
        return free + 4.0 * stops
    return 0.3 * free


def _kinds(page: Lines) -> list[frozenset[str]]:
    """What the name and tag of each box say of it."""
    strong = frozenset(["strong"])
    return [
        furniture.kinds_of(box.names) | strong if box.tag in _FURNITURE_TAGS else furniture.kinds_of(box.names)
        for box in page.boxes
    ]


def _sum(
    page: Lines, reasons: list[str | None], weights: list[float], named: list[frozenset[str]]
) -> Sums:
    n = len(page.boxes)
    sums = Sums([0.0] * n, *([0] * n for _ in range(6)))
    for line, reason, own in zip(page.lines, reasons, weights, strict=True):
        b = line.box
        sums.weight[b] += own
        sums.chars[b] += len(line.text)
        sums.linked[b] += line.n_link
        sums.links[b] += line.n_links
        sums.lines[b] += 1
        sums.marks[b] += reason in MARKS
        sums.numbers[b] += reason == NUMBER
    counts = (sums.chars, sums.linked, sums.links, sums.lines, sums.marks, sums.numbers)
    for b in range(n - 1, 0, -1):  # a box stands after the box around it
        if not sums.lines[b]:
            continue
        p = page.boxes[b].parent
        if page.boxes[b].is_hidden:
            sums.weight[b] *= 0.1
        elif named[b]:
            sums.weight[b] *= _COMMENT_WEIGHT if "comment" in named[b] else 0.5 if "strong" in named[b] else 1.0
        sums.weight[p] += sums.weight[b]
        for count in counts:
            count[p] += count[b]
    return sums


def _main(held: Held, start: int, share: float) -> int:
    """The innermost box that holds that share of the text of the box around it, from `start` on; more for the title's box.

    It stops where boxes of one make stand side by side, sections or the posts of a thread, and where a box beside the
    best has a post's number: the answers to the post.
    """
    page, sums, titled, children = held
    box = start
    while children[box]:
        worth = {b: sums.weight[b] * (_TITLE_WEIGHT if b in titled else 1.0) for b in children[box]}
        best = max(worth, key=lambda b: worth[b])
        own = sums.weight[box] - sum(sums.weight[b] for b in children[box])
        if page.boxes[best].tag in _LEAVES or worth[best] < share * (sum(worth.values()) + own):
            break
        alike = [b for b in children[box] if b != best and _alike(page, b, best)]
        if (share < 0.5 and alike) or (sums.marks[best] and any(_is_post(page, sums, b) for b in alike)):
            break
        if any(sums.numbers[b] and b > best for b in children[box]):
            break
        box = best
    return box


def _is_post(page: Lines, sums: Sums, b: int) -> bool:
    """Whether a box looks like one post of a thread: it has a name, says something, and says who or when."""
    return bool(page.boxes[b].names) and sums.marks[b] > 0 and sums.weight[b] >= _FEW


def _alike(page: Lines, a: int, b: int) -> bool:
    one, other = page.boxes[a], page.boxes[b]
    return one.tag == other.tag and _DIGITS.sub("", one.names) == _DIGITS.sub("", other.names)


def _inside(page: Lines, box: int) -> list[bool]:
    found = [False] * len(page.boxes)
    for b, each in enumerate(page.boxes):
        found[b] = b == box or (each.parent >= 0 and found[each.parent])
    return found


def _fates(
    page: Lines, where: tuple[int, int, set[int]], sums: Sums, named: list[frozenset[str]]
) -> list[tuple[str | None, str]]:
    """For each box why it is cut (None = kept) and the role of its lines; both pass to the boxes in it."""
    main, core, titled = where
    total = sums.weight[main] or 1.0
    fates: list[tuple[str | None, str]] = []
    around = set(page.chain(core))
    chain = {page.boxes[b].parent: b for b in around if b > main}
    for b, box in enumerate(page.boxes):
        why, role = fates[box.parent] if box.parent >= 0 else (None, "body")
        if why is None and b not in around:
            role = _role(named[b], role, sums, b)
            is_small = sums.weight[b] < _SMALL * total
            why = ("hidden" if box.is_hidden else _why(b, sums, role, named[b])) if is_small else None
            if why is None and role == "body" and core < b and box.parent in chain and box.tag in _BOXES:
                why = _beside(b, chain[box.parent], sums, titled)
        fates.append((why, role))
    return fates


def _beside(b: int, post: int, sums: Sums, titled: set[int]) -> str | None:
    """Why a box after the box of the post is cut: it links elsewhere. Less is asked where the title stands in the post's."""
    linked, most, links = (0.1, 3.0, 3) if post in titled else (0.2, 1.0, 2)
    if sums.numbers[b] or sums.links[b] < links or sums.weight[b] > most * sums.weight[post]:
        return None
    return "beside" if sums.linked[b] > linked * sums.chars[b] else None


def _why(b: int, sums: Sums, role: str, names: frozenset[str]) -> str | None:
    """Why the box is cut, by its name, its links and the length of its lines."""
    chars = sums.chars[b] or 1
    linked = sums.linked[b] / chars
    if role in ("toc", "comment"):
        return (
            "links" if role == "comment" and linked > _LINKED and sums.weight[b] < _FEW and sums.links[b] > 3 else None
        )
    if "strong" in names:
        return "furniture"
    if linked > _LINKED and sums.links[b] >= 2 and sums.weight[b] < 60:
        return "links"
    if "weak" in names and (linked > 0.3 or (sums.lines[b] > 2 and chars / sums.lines[b] < 8)):
        return "furniture"
    return None


def _role(names: frozenset[str], role: str, sums: Sums, b: int) -> str:
    """The role of the lines of a box: its own name's, else that of the box around it."""
    if "comment" in names and "strong" not in names:
        return "comment"
    if role != "body":
        return role
    if "ad" in names and sums.weight[b] > 0:
        return "ad"
    for kind in ("toc", "summary", "statute"):
        if kind in names:
            return kind
    return role
