"""What kind of page it is: an article, a thread, questions and answers, a complaint; or a list, a doorway, no page at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from analysis.clean.furniture import squeeze, start
from analysis.clean.html import Line, Lines
from analysis.clean.page import Block
from analysis.lexicon import load_yaml

LIST_LINES = 10  # codebook N62: ten titles with dates make a list page
DOORWAY = 30  # codebook N61: characters of a page that is only its query
_POST = 400  # characters up to which a text under which people talk is a post rather than an article
_LINKED = 0.45  # share of a line in links that makes it a link
_TITLE = 8  # characters of a link that may be a title
_NOTHING = 40.0  # weight below which a page says nothing
_TEASED = 0.7
_NO_PAGE = 120  # characters of a page that only says that it is none
_SENTENCE = 6  # characters that make a post of a page with a date
_DATED = re.compile(r"\d{1,4}[-/.年月]\d{1,2}")


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of data/lexicon/structure.yml, for folded lines without blanks."""
    return re.compile(load_yaml("lexicon/structure.yml")[name])


def is_field(text: str) -> bool:
    """Whether a line is one field of a complaint's record.

    >>> is_field("投诉编号：BY01"), is_field("投诉编号：BY01　投诉对象：某平台")     # number; number and whom
    (True, False)
    """
    words = squeeze(text)
    return pattern("complaint_field").match(words) is not None and len(pattern("complaint_field").findall(words)) == 1


def related(page: Lines, reasons: Sequence[str | None], cut: Sequence[str | None]) -> list[bool]:
    """For each line whether it stands in a list of other pages beside the post: in one box with such a list's label."""
    scopes = set()
    for line, why in zip(page.lines, reasons, strict=True):
        if why == "related":
            around = page.ancestors(line.box)[1:]
            scopes.update([b for b in around if page.boxes[b].tag not in ("tr", "tbody")][:1])
    scopes.discard(0)
    return [
        fate == "furniture" or not scopes.isdisjoint(page.ancestors(line.box))
        for line, fate in zip(page.lines, cut, strict=True)
    ]


def is_list(lines: Sequence[Line], kept: Sequence[int], weights: Sequence[float], elsewhere: Sequence[bool]) -> bool:
    """Whether the page lists other pages (codebook N62): ten titles that link and nothing said, or teasers under such titles.

    `kept` are the numbers of the lines that went into blocks; titles in lists beside a post (`elsewhere`) count only with
    their dates.
    """
    titles = [line.n_link > _LINKED * len(line.text) and line.n_link >= _TITLE for line in lines]
    counted = [
        is_title and (not beside or _DATED.search(line.text) is not None)
        for line, is_title, beside in zip(lines, titles, elsewhere, strict=True)
    ]
    if sum(titles) < LIST_LINES // 2:
        return False
    said = sum(weights[i] for i in kept)
    if said < _NOTHING or _are_titles(lines, kept):
        return sum(counted) >= LIST_LINES
    teasers = [i for i in kept if weights[i] > 0 and any(titles[max(0, i - 2) : i])]
    return len(teasers) >= LIST_LINES // 2 and sum(weights[i] for i in teasers) >= _TEASED * said


def _are_titles(lines: Sequence[Line], kept: Sequence[int]) -> bool:
    """Whether most of what was kept are titles that link, with a date."""
    linked = [i for i in kept if lines[i].n_links and _DATED.search(lines[i].text)]
    return len(linked) >= LIST_LINES and 2 * len(linked) > len(kept)


def is_no_page(title: str | None, blocks: Sequence[Block]) -> bool:
    """Whether a page says that it is none: gone, broken, or behind a login."""
    if sum(len("".join(block.text.split())) for block in blocks) > _NO_PAGE:
        return False
    text = squeeze("".join(block.text for block in blocks))
    return pattern("no_page").search(text) is not None or pattern("no_page").match(squeeze(title or "")) is not None


def is_doorway(title: str | None, blocks: Sequence[Block], is_dated: bool) -> bool:
    """Whether a page is only its query (codebook N61): hardly a word besides the title; a dated page with a sentence is none."""
    if not title or any(block.layer == "comment" for block in blocks):
        return False
    lines = [squeeze(block.text) for block in blocks if block.layer not in ("toc", "ad")]
    left = sum(len(line.replace(squeeze(title), "")) for line in lines)
    return left <= DOORWAY and not (is_dated and left >= _SENTENCE)


def kind(title: str | None, blocks: Sequence[Block], is_thread: bool, is_dated: bool = False) -> str:
    """The kind of page that its blocks make: article, forum, qa, complaint, doorway or empty.

    >>> kind("逾期怎么办", [Block("body", "展开 逾期怎么办")], False)          # the page is its own query: "overdue, what to do"
    'doorway'
    """
    if is_no_page(title, blocks) or not (blocks or title):
        return "empty"
    lines = [start(b.text) for b in blocks]
    n_fields = sum(len(pattern("complaint_field").findall(line[:60])) for line in lines)
    if n_fields >= 2:
        return "complaint"
    if is_thread:
        return "forum"
    if is_doorway(title, blocks, is_dated):
        return "doorway"
    if title is None and not is_dated and sum(len(squeeze(b.text)) for b in blocks) <= DOORWAY:
        return "empty"
    has_answer = any(
        pattern("answer_heading").fullmatch(line) or line.startswith(("答:", "律师解答:")) for line in lines
    )
    has_question = any(pattern("question_start").match(line) for line in lines)
    if has_answer and (has_question or len(lines) > 1):
        return "qa"
    n_comments = sum(b.layer == "comment" for b in blocks)
    body = [b.text for b in blocks if b.layer == "body"]
    is_talk = n_comments >= 3 and n_comments > len(body) and sum(len(squeeze(text)) for text in body) < _POST
    return "forum" if is_talk else "article"
