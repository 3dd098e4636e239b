"""On a thread where each post stands, and which lines of it say who wrote: told by boxes that repeat, not by their names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from analysis.clean.html import Lines

_DIGITS = re.compile(r"\d+")
_STOPS = re.compile(r"[。，！？；、,!?;]")
_LEAVES = frozenset(["p", "tr", "h1", "h2", "h3", "td"])  # boxes that are no post
_DEPTH = 24  # boxes around a line among which a post is looked for
_LONG_TITLE = 12  # a link of this length that opens a box is a title: teasers, not posts
_LINKED = 0.45  # share of a line in links that makes it a link
_MUCH = 0.5  # share of the region's text that the repeated posts must hold
_RUNNING = 8.0  # weight of a line that counts as something said
_NEAR_START = 6  # lines of a post within which its number stands
_NAME = 12  # characters that the names and ranks in one place of the posts have on average at most
_AFTER = 4  # lines after a name within which its words begin
_SAID = 16  # characters of a line that says something


class Marks(NamedTuple):
    """For each line its weight, whether it says who or when, whether it is a post's number, whether it may be of a post."""

    weights: Sequence[float]
    meta: Sequence[bool]
    numbers: Sequence[bool]
    inside: Sequence[bool]


Boxes = dict[int, list[int]]


def posts_of(page: Lines, marks: Marks) -> dict[int, int]:
    """For each line of a thread the number of its post, from 0; empty where the page is no thread.

    A thread is a box whose boxes of one tag and class hold most of the region's text, and each a line that says who or
    when. Boxes that begin with a post's number (2楼, #3) are posts however little they say, and even if there is but one.
    """
    total = sum(w for w, ok in zip(marks.weights, marks.inside, strict=True) if ok) or 1.0
    best: Boxes = {}
    best_sum = 0.0
    for boxes in _groups(page, marks.inside):
        numbered = {b: n for b, n in boxes.items() if _is_numbered(n, marks)}
        if numbered and 2 * len(numbered) >= len(boxes) and not _are_teasers(page, boxes):
            posts, least = boxes, 0.0
        else:
            posts, least = _dated(page, boxes, marks), _MUCH * total
        said = sum(marks.weights[i] for n in posts.values() for i in n)
        if posts and said > max(best_sum, least):
            best, best_sum = posts, said
    return {i: k for k, numbers in enumerate(best[b] for b in sorted(best)) for i in numbers}


def _groups(page: Lines, inside: Sequence[bool]) -> list[Boxes]:
    """Boxes of one tag and class in one box, each with its lines, the outer ones first."""
    groups: dict[tuple[int, str, str], Boxes] = defaultdict(lambda: defaultdict(list))
    keys = [
        None if box.tag in _LEAVES else (box.parent, box.tag, _DIGITS.sub("", box.names) if box.names else "")
        for box in page.boxes
    ]
    for i, line in enumerate(page.lines):
        if inside[i]:
            for b in page.ancestors(line.box)[:_DEPTH]:
                key = keys[b]
                if key is not None:
                    groups[key][b].append(i)
    return [groups[key] for key in sorted(groups)]


def _is_numbered(lines: Sequence[int], marks: Marks) -> bool:
    """Whether a box is one post by its number: it stands near the box's start, alone, with nothing said before it."""
    numbers = [k for k, i in enumerate(lines) if marks.numbers[i]]
    if len(numbers) != 1 or numbers[0] >= _NEAR_START:
        return False
    return all(marks.weights[i] <= _RUNNING for i in lines[: numbers[0]])


def _dated(page: Lines, boxes: Boxes, marks: Marks) -> Boxes:
    """The boxes that say who or when, if most of the boxes do and say something; then a post of a word or two is one too."""
    if len(boxes) < 2 or _are_teasers(page, boxes):
        return {}
    marked = {b: n for b, n in boxes.items() if any(marks.meta[i] for i in n)}
    n_saying = sum(sum(marks.weights[i] for i in n) > _RUNNING for n in marked.values())
    return marked if n_saying >= 2 and n_saying >= 0.5 * len(boxes) else {}


def _are_teasers(page: Lines, boxes: Mapping[int, Sequence[int]]) -> bool:
    openings = [page.lines[numbers[0]] for numbers in boxes.values()]
    linked = sum(line.n_link > _LINKED * len(line.text) and line.n_link >= _LONG_TITLE for line in openings)
    return linked > len(openings) / 2


def bylines(page: Lines, replies: Sequence[int]) -> frozenset[int]:
    """The lines of comments that hold a name or a rank: they stand in a place of their own, where never a word is said.

    `replies` are the numbers of the comments' lines that are no furniture by their words. A place is a kind of box in a
    kind of box. What is said comes right after the name, in another place that holds more text.
    """
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in replies:
        places[_place(page, page.lines[i].box)].append(i)
    size = {place: sum(len(page.lines[i].text) for i in lines) for place, lines in places.items()}
    of = {i: place for place, lines in places.items() for i in lines}
    found: set[int] = set()
    for place, lines in places.items():
        texts = [page.lines[i].text for i in lines]
        is_short = size[place] <= _NAME * len(texts)
        if not is_short or any(len(text) >= _SAID or _STOPS.search(text) for text in texts):
            continue
        after = [[of[j] for j in range(i + 1, i + 1 + _AFTER) if j in of] for i in lines]
        if all(any(size[other] > size[place] for other in some) for some in after):
            found.update(lines)
    return frozenset(found)


def _place(page: Lines, box: int) -> tuple[str, ...]:
    """A box's tag and names, and those of the boxes around it, without numbers."""
    around = page.ancestors(box)[:3]
    return tuple(f"{page.boxes[b].tag} {_DIGITS.sub('', page.boxes[b].names)}" for b in around)
