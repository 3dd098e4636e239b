"""What kind of page it is, and on a forum page where each post stands: repeated boxes that each hold text and its own meta line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from analysis.clean.furniture import squeeze
from analysis.clean.html import Line, Lines
from analysis.clean.page import Block
from analysis.lexicon import load_yaml

LIST_LINES = 10  # codebook N62: ten titles with dates make a list page
DOORWAY = 30  # codebook N61: characters of a page that is only its query
_DIGITS = re.compile(r"\d+")
_POST = 400  # characters up to which a text under which people talk is a post rather than an article
_DEPTH = 24  # boxes around a line among which a post is looked for
_LONG_TITLE = 12  # a link of this length that opens a box is a title: teasers, not posts
_LINKED = 0.45  # share of a line in links that makes it a link
_TITLE = 8  # characters of a link that may be a title
_NOTHING = 40.0  # weight below which a page says nothing
_TEASED = 0.7
_MUCH = 0.5  # share of the region's text that the repeated posts must hold
_RUNNING = 8.0  # weight of a line that counts as something said


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of data/lexicon/structure.yml, for folded lines without blanks."""
    return re.compile(load_yaml("lexicon/structure.yml")[name])


def posts_of(page: Lines, weights: Sequence[float], marks: Sequence[bool], inside: Sequence[bool]) -> dict[int, int]:
    """For each line of a thread the number of its post, from 0; empty where the page is no thread.

    A thread is a box whose boxes of one tag and class hold most of the region's text, and each a line that says who or
    when (`marks`: meta and floor lines).
    """
    total = sum(w for w, ok in zip(weights, inside, strict=True) if ok) or 1.0
    groups: dict[tuple[int, str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, line in enumerate(page.lines):
        if not inside[i]:
            continue
        for b in page.ancestors(line.box)[:_DEPTH]:
            box = page.boxes[b]
            if box.tag not in ("p", "tr", "h1", "h2", "h3", "td"):
                groups[box.parent, box.tag, _DIGITS.sub("", box.names)][b].append(i)
    best: dict[int, list[int]] = {}
    best_sum = _MUCH * total
    for boxes in groups.values():
        if len(boxes) < 2 or _are_teasers(page, boxes):
            continue
        with_mark = {
            b: n for b, n in boxes.items() if any(marks[i] for i in n) and sum(weights[i] for i in n) > _RUNNING
        }
        said = sum(weights[i] for n in with_mark.values() for i in n)
        if len(with_mark) >= 2 and len(with_mark) >= 0.5 * len(boxes) and said > best_sum:
            best, best_sum = with_mark, said
    return {i: k for k, numbers in enumerate(best[b] for b in sorted(best)) for i in numbers}


def _are_teasers(page: Lines, boxes: Mapping[int, Sequence[int]]) -> bool:
    openings = [page.lines[numbers[0]] for numbers in boxes.values()]
    linked = sum(line.n_link > _LINKED * len(line.text) and line.n_link >= _LONG_TITLE for line in openings)
    return linked > len(openings) / 2


def is_list(lines: Sequence[Line], kept: Sequence[int], weights: Sequence[float]) -> bool:
    """Whether the page lists other pages (codebook N62): ten titles that link and nothing said, or teasers under such titles.

    `kept` are the numbers of the lines that went into blocks.
    """
    titles = [line.n_link > _LINKED * len(line.text) and line.n_link >= _TITLE for line in lines]
    if sum(titles) < LIST_LINES // 2:
        return False
    said = sum(weights[i] for i in kept)
    if said < _NOTHING:
        return sum(titles) >= LIST_LINES
    teasers = [i for i in kept if weights[i] > 0 and any(titles[max(0, i - 2) : i])]
    return len(teasers) >= LIST_LINES // 2 and sum(weights[i] for i in teasers) >= _TEASED * said


def kind(title: str | None, blocks: Sequence[Block], is_thread: bool) -> str:
    """The kind of page that its blocks make: article, forum, qa, complaint, doorway or empty.

    >>> kind("逾期怎么办", [Block("body", "逾期怎么办")], False)          # the page is its own query: "overdue, what to do"
    'doorway'
    """
    if not blocks:
        return "doorway" if title else "empty"
    lines = [squeeze(b.text) for b in blocks]
    n_fields = sum(len(pattern("complaint_field").findall(line[:60])) for line in lines)
    if n_fields >= 2:
        return "complaint"
    if is_thread:
        return "forum"
    content = [line for b, line in zip(blocks, lines, strict=True) if b.layer not in ("toc", "ad")]
    if sum(map(len, content)) <= DOORWAY and all(b.layer != "comment" for b in blocks):
        return "doorway"
    has_answer = any(
        pattern("answer_heading").fullmatch(line) or line.startswith(("答:", "律师解答:")) for line in lines
    )
    has_question = any(pattern("question_start").match(line) for line in lines)
    if has_answer and (has_question or len(lines) > 1):
        return "qa"
    comments = [line for b, line in zip(blocks, lines, strict=True) if b.layer == "comment"]
    body = [line for b, line in zip(blocks, lines, strict=True) if b.layer == "body"]
    is_talk = len(comments) >= 3 and len(comments) > len(body) and sum(map(len, body)) < _POST
    return "forum" if is_talk else "article"
