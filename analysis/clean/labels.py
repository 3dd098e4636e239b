"""Layers of the lines that were kept: contents list, headings, statutes, summary; what is said again is dropped."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from analysis.clean import repeats
from analysis.clean.furniture import squeeze, start
from analysis.clean.page import Block, Cut, Kept
from analysis.clean.shapes import pattern
from analysis.clean.titles import bare

LONGEST_ENTRY = 45
LONGEST_HEADING = 50
PLAIN_HEADING = 28  # a heading without markup is shorter than this
LONG = 40  # and the paragraph after it longer than this
_NUMBER = re.compile(
    r"^\s{0,3}(?:第?[一二三四五六七八九十]{1,3}[、.．,，:：章节]|[((（][一二三四五六七八九十\d]{1,3}[))）]|\d{1,2}(?:\.\d{1,2}){0,2}[、.．:：)）]?|[①-⑳]|[•·●■◆▪-])\s{0,3}"
)
_ENDS = ("。", "；", ";", "，", ",", "、")
_PAUSES = re.compile(r"[。；;，,]")
_ENTRIES = 60  # lines within which a contents list ends
_SKIP = 6  # lines of adverts that may stand between the label of a contents list and its entries


def label(kept: Sequence[Kept], title: str | None, is_plain: bool = False) -> tuple[list[Block], list[Cut]]:
    """The blocks of kept lines in order, and the lines dropped as repetitions.

    >>> lines = [Kept("目录"), Kept("1. 何为催收"), Kept("何为催收", tag="h2"), Kept("催收指催讨欠款，有其边界。")]
    >>> [b.layer for b in label(lines, None)[0]]      # contents; what is collection; the same as heading; a sentence
    ['toc', 'toc', 'heading', 'body']
    """
    lines = [part for line in kept for part in _unglue(line)]
    lines, cut = repeats.drop(lines, title)
    _mark_toc(lines)
    _mark_statutes(lines)
    _mark_headings(lines, bare(title or ""), is_plain)
    _mark_summary(lines)
    return [Block(line.role, line.text) for line in lines], cut


@lru_cache(maxsize=4096)
def core(text: str) -> str:
    """The line without its number and stops: what a contents entry and its heading share.

    >>> core("1. 如何应对网贷逾期") == core("一、如何应对网贷逾期？")          # how to deal with overdue loans
    True
    """
    return bare(_NUMBER.sub("", text, count=1))


def _unglue(line: Kept) -> list[Kept]:
    """A line that ends in the label of a contents list, as two (codebook 1.2: a strapline glued to it)."""
    found = re.search(r"(本文目录导读|本文目录|文章目录|目录导读|本文导读|文章导读|内容导航)\s{0,2}[:：]?$", line.text)
    if not found or found.start() < 2 or line.role != "body":
        return [line]
    return [
        replace(line, text=line.text[: found.start()].rstrip()),
        replace(line, text=found.group(), role="toc", bold=0.0),
    ]


def _mark_toc(lines: list[Kept]) -> None:
    places: dict[str, list[int]] = defaultdict(list)
    for k, line in enumerate(lines):
        if len(line.text) <= LONGEST_ENTRY + 10 and line.role != "comment":
            places[core(line.text)].append(k)
    k = 0
    while k < len(lines):
        line = lines[k]
        if line.role in ("body", "toc") and _is_toc_label(line):
            line.role = "toc"
            k = _entries(lines, k + 1, places)
        elif line.role == "body" and _again(lines, k, places) and _repeats_later(lines, k, places) >= 3:
            k = max(_entries(lines, k, places), k + 1)
        else:
            k += 1


def _is_toc_label(line: Kept) -> bool:
    return len(line.text) <= 16 and pattern("toc_label").fullmatch(squeeze(line.text)) is not None


def _again(lines: list[Kept], k: int, places: dict[str, list[int]]) -> bool:
    found = places.get(core(lines[k].text))
    return found is not None and found[-1] > k


def _repeats_later(lines: list[Kept], k: int, places: dict[str, list[int]]) -> int:
    """How many lines on end from here are short, unlike each other, and said again further down, apart from each other.

    Where they stand on end there as well, a part of the page is printed twice and neither is a contents list.
    """
    seen: set[str] = set()
    last = n_together = 0
    for line in lines[k : k + _ENTRIES]:
        words = core(line.text)
        found = places.get(words)
        is_entry = len(line.text) <= LONGEST_ENTRY and line.role == "body" and len(words) >= 3 and words not in seen
        if not is_entry or found is None or found[-1] <= k + len(seen) + 1:
            break
        seen.add(words)
        n_together += found[-1] == last + 1
        last = found[-1]
    return 0 if 2 * n_together >= len(seen) else len(seen)


def _entries(lines: list[Kept], start: int, places: dict[str, list[int]]) -> int:
    """Mark the entries of a contents list from here on; the number of the line after the last of them."""
    seen: set[str] = set()
    end = start
    skipped = 0
    for k in range(start, min(start + _ENTRIES, len(lines))):
        line = lines[k]
        words = core(line.text)
        is_short = len(line.text) <= LONGEST_ENTRY and not line.text.endswith("。")
        if words in seen or line.role == "comment":
            break
        numbered = is_short and _NUMBER.match(line.text) is not None
        is_entry = (
            is_short and words and (_again(lines, k, places) or line.role == "toc" or (numbered and line.tag != "h2"))
        )
        if is_entry:
            line.role = "toc"
            seen.add(words)
            end, skipped = k + 1, 0
        else:
            skipped += 1
            if skipped > _SKIP or (seen and len(line.text) > 90) or line.tag in ("h1", "h2", "h3"):
                break
    return end if seen else start


def _mark_statutes(lines: list[Kept]) -> None:
    in_statute = False
    for line in lines:
        if line.role not in ("body", "statute"):
            in_statute = False
            continue
        words = start(line.text)
        if line.tag in ("h1", "h2", "h3", "h4") and not pattern("statute_label").fullmatch(words):
            in_statute = False
            continue
        article = pattern("article").match(words)
        quotes = article is not None and pattern("told").match(words, article.end()) is None
        if pattern("statute_label").fullmatch(words):
            in_statute = True
            line.role = "statute" if line.tag == "p" else line.role
        elif _quotes_law(line, words):
            in_statute = True
            line.role = "statute"
        elif (in_statute and (quotes or words.startswith(("《", "(一", "(二", "(三", "(四", "(五")))) or (
            quotes and (line.tag == "blockquote" or len(line.text) > 30)
        ):
            line.role = "statute"
        elif in_statute:
            in_statute = False


def _quotes_law(line: Kept, words: str) -> bool:
    """Whether a line says itself that it quotes the law: by a label, or as a quotation that begins with a law's name."""
    if pattern("statute_start").match(words):
        start = squeeze(line.text[:160])
        return pattern("article").search(start) is not None or pattern("law").search(start) is not None
    return line.tag == "blockquote" and pattern("law").match(words) is not None


def _mark_headings(lines: list[Kept], title: str, is_plain: bool) -> None:
    entries = {core(line.text) for line in lines if line.role == "toc"}
    for k, line in enumerate(lines):
        if line.role != "body" or len(line.text) > LONGEST_HEADING + 30:
            continue
        if line.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            line.role = "heading" if len(line.text) <= 80 and not line.text.endswith("。") else "body"
        elif (
            title
            and bare(line.text).startswith(title)
            and len(line.text) <= LONGEST_HEADING
            and not line.text.endswith(_ENDS)
        ):
            line.role = "heading"  # the title said again with a tail (codebook N01)
        elif (
            core(line.text) in entries
            and len(line.text) <= LONGEST_HEADING
            or len(line.text) <= LONGEST_HEADING
            and _is_heading(lines, k, is_plain)
        ):
            line.role = "heading"


def _is_heading(lines: list[Kept], k: int, is_plain: bool) -> bool:
    line = lines[k]
    text = line.text
    words = squeeze(text)
    if text.endswith(_ENDS) or not words:
        return False
    after = lines[k + 1] if k + 1 < len(lines) else None
    if after is None or after.role == "comment":
        return False
    if line.bold >= 0.9 and len(words) >= 2 and "。" not in text:
        return True
    if pattern("answer_heading").fullmatch(words) and len(words) >= 2:
        return True
    is_numbered = pattern("numbered").match(words) is not None
    if (
        is_numbered
        and not words[0].isdigit()
        and len(words) <= 30
        and not _PAUSES.search(text)
        and ":" not in words[4:]
    ):
        return len(after.text) > len(text)
    if len(words) > PLAIN_HEADING or len(words) < 3 or _PAUSES.search(text) or text.endswith(("：", ":", "！", "”")):
        return False
    is_followed = len(after.text) >= LONG or (
        _NUMBER.match(after.text) is not None and len(after.text) >= PLAIN_HEADING
    )
    before = lines[k - 1] if k else None
    if not is_followed or (before is not None and len(before.text) < LONG and before.role == "body" and not is_plain):
        return False
    return is_plain or (after.tag == line.tag and k > 0) or is_numbered


def _mark_summary(lines: list[Kept]) -> None:
    """The one or two paragraphs before the contents list, or a paragraph that calls itself a summary."""
    first_toc = next((k for k, line in enumerate(lines) if line.role == "toc"), None)
    for k, line in enumerate(lines[:8]):
        if line.role != "body":
            continue
        if (
            pattern("summary_start").match(squeeze(line.text[:20]))
            or first_toc is not None
            and k < first_toc <= 4
            and len(line.text) >= LONG
            and k == 0
        ):
            line.role = "summary"
