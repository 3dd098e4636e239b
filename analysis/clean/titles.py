"""The title of a page: the heading that the browser's title repeats, else that title without the site's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from analysis.clean.html import Lines
from analysis.clean.text import HAN, TONED, fold

_SEAMS = re.compile(r"\s{0,3}[_|｜»]+\s{0,3}|\s{1,8}[-–—·•]{1,8}\s{1,8}|-{2,}|—{2,}|\s{0,2}[-–—](?=[^-–—_|]{1,16}$)")
_SITE = re.compile(
    r"(网|站|吧|论坛|博客|社区|频道|资讯|首页|平台|律师|律所|知道|问答|百科|头条|新闻|在线|[a-z0-9]+\.(com|cn|net|org))$",
    re.IGNORECASE,
)
_GLOSS = re.compile(rf"(?<=[{HAN}])\([a-z{TONED}]{{1,7}}\)")
_NOT_WORDS = re.compile(r"[\W_]+")
LONGEST = 120
_SHARE = 0.4  # of the browser's title that a line must hold to be it


class _Title(NamedTuple):
    """The browser's title as written and bare, and the bare title that the page gives for sharing."""

    shown: str
    whole: str
    told: str


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """The folded text without stops, blanks and pinyin glosses: what two writings of one title share.

    >>> bare("逾期了，怎么办？") == bare("逾期了 怎么办")          # overdue, what to do
    True
    """
    folded = fold(text)
    return _NOT_WORDS.sub("", _GLOSS.sub("", folded) if "(" in folded else folded)


def without_site(title: str, site_name: str = "") -> str:
    """The title without the site's and the column's name after it.

    >>> without_site("逾期三天怎么办_逾期知识_某某网")          # three days overdue, what to do
    '逾期三天怎么办'
    >>> without_site("--某某网")                             # a frame without a post
    ''
    """
    parts = [part.strip() for part in _SEAMS.split(title) if part and part.strip()]
    parts = [part for part in parts if bare(part) != bare(site_name)] or parts
    if len(parts) < 2:
        return "" if _SEAMS.match(title.strip()) else title.strip()
    first = parts[0]
    if len(first) >= 5 and not (_SITE.search(first) and len(first) < 9):
        kept = first
    else:
        kept = max(parts, key=len)
    return kept


def choose(page: Lines) -> tuple[str | None, int]:
    """The title and the number of the line that holds it, -1 where no line does."""
    told = page.head.get("og:title") or page.head.get("title") or ""
    shown = page.head.get("title") or told
    title = _Title(shown, bare(shown), bare(told))
    named = [box.tag == "h2" or "title" in box.names for box in page.boxes]
    for b, box in enumerate(page.boxes):
        if box.tag == "h1":
            named[b] = True
        elif box.parent >= 0:  # a heading's inner boxes, two deep, stand for it
            outer = page.boxes[box.parent]
            named[b] = named[b] or outer.tag == "h1" or (outer.parent >= 0 and page.boxes[outer.parent].tag == "h1")
    best, best_points = -1, 0.0
    start = shown[:4]
    least = _SHARE * len(title.whole)  # a shorter line without a heading's box is no title
    for i, line in enumerate(page.lines):
        is_like = start and least <= len(line.text) and (line.text[:2] in shown or start in line.text)
        if len(line.text) > LONGEST or not (is_like or named[line.box]):
            continue
        points = _points(page, i, title)
        if points > best_points:
            best, best_points = i, points
    if best >= 0:
        return page.lines[best].text, best
    name = without_site(told, page.head.get("og:site_name", ""))
    return (name or None), -1


def _points(page: Lines, i: int, title: _Title) -> float:
    line = page.lines[i]
    _, whole, told = title
    boxes = page.ancestors(line.box)[:3]
    tags = [page.boxes[b].tag for b in boxes]
    names = page.boxes[line.box].names
    is_h1, is_h2 = "h1" in tags, tags[0] == "h2"
    if not (is_h1 or is_h2 or "title" in names or whole):
        return 0.0
    is_named = is_h1 or is_h2 or "title" in names
    words = bare(line.text)
    if not words:
        return 0.0
    share = len(words) / max(len(whole), 1)
    is_told = (len(words) >= 5 or words == whole) and (
        (words in whole or words in told)
        and (share >= _SHARE or is_named)
        or (bool(whole) and share < 2 and (whole in words or (is_h1 and _shares(words, whole) > 0.75)))
    )
    if is_told:
        near = 0.2 if any(page.boxes[b].is_hidden for b in page.ancestors(line.box)) else 1.0
        linked = 0.3 if line.n_link > 0.5 * len(line.text) else 1.0
        return (
            (3.0 + min(share, 1.0 / share) + is_h1 + 0.3 * is_h2 + 0.3 * ("title" in names) - i / 10_000)
            * near
            * linked
        )
    if whole and len(whole) >= 5 and _shares(words, whole) < 0.5:
        return 0.0 if not is_h1 or line.n_link else 0.4 if len(words) >= 6 else 0.0
    if is_h1 and len(words) >= 4 and not line.n_link:
        return 2.0 - i / 10_000
    return 1.0 - i / 10_000 if is_h2 and not whole and len(words) >= 6 else 0.0


def _shares(words: str, whole: str) -> float:
    pairs = {words[k : k + 2] for k in range(len(words) - 1)}
    return sum(pair in whole for pair in pairs) / max(len(pairs), 1)


def of_text(lines: Mapping[int, str]) -> int:
    """The number of the line that is the title of a plain text: the first, if it is short and no sentence; else -1."""
    for i, text in lines.items():
        return i if len(text) <= 60 and not text.endswith(("。", "；", ";", "：", ":", "，", ",")) else -1
    return -1
