"""Lines that say again what the post has said, and words that were put into it by who copied it: out, each with its reason.

The title as a first line (codebook N01), a summary that is the first paragraph (N81), a quotation of an earlier post (N28),
the English copy of an abstract (N85), the seam of two texts (N80), a firm's name before a stolen lead (N23). Only what
stands elsewhere in the post is dropped whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from analysis.clean.furniture import squeeze
from analysis.clean.offers import any_of
from analysis.clean.page import Cut, Kept
from analysis.clean.shapes import pattern
from analysis.clean.text import fold
from analysis.clean.titles import bare

_TITLE_LINES, _TITLE_LONGEST = 12, 100  # where and how long a title said again may be
_NEAR = 8  # lines after a summary among which the first paragraph stands
_LEAST = 12  # characters that a repetition has at least
_LEAD = 3  # lines among which a stolen lead stands
_HEADING = 30

Found = tuple[list[Kept], list[Cut]]


def drop(lines: Sequence[Kept], title: str | None) -> Found:
    """The lines without repetitions and insertions, and what was cut.

    >>> said = "欠债应当要还，但是讨债有边界。"                            # debts are to be paid, but …
    >>> kept, cut = drop([Kept("摘要：" + said), Kept(said + "报警吧。")], None)    # summary; the same, call the police
    >>> [line.text for line in kept], [c.reason for c in cut]
    (['欠债应当要还，但是讨债有边界。报警吧。'], ['summary_repeat'])
    """
    kept, cut = list(lines), []
    for step in (_titles(title), _summaries, _quotes, _copies, _seams, _insertions):
        kept, more = step(kept)
        cut += more
    return kept, cut


def _titles(title: str | None) -> Callable[[list[Kept]], Found]:
    name = bare(title or "")

    def is_again(k: int, line: Kept) -> bool:
        is_near = k < _TITLE_LINES and line.role in ("body", "summary") and len(name) <= len(line.text) < _TITLE_LONGEST
        return is_near and bare(line.text) == name

    return lambda lines: _parted(lines, is_again, "title_repeat") if name else (lines, [])


def _parted(lines: list[Kept], is_out: Callable[[int, Kept], bool], reason: str) -> Found:
    out = {k for k, line in enumerate(lines) if is_out(k, line)}
    if not out:
        return lines, []
    return [line for k, line in enumerate(lines) if k not in out], [Cut(lines[k].text, reason) for k in sorted(out)]


def _summaries(lines: list[Kept]) -> Found:
    def is_again(k: int, line: Kept) -> bool:
        label = pattern("summary_start").match(squeeze(line.text[:20])) if k < _NEAR else None
        if label is None and line.role != "summary":
            return False
        words = bare(squeeze(line.text)[label.end() if label else 0 :])
        after = lines[k + 1 : k + 1 + _NEAR]
        return len(words) >= _LEAST and any(bare(other.text).startswith(words) for other in after)

    return _parted(lines, is_again, "summary_repeat")


def _quotes(lines: list[Kept]) -> Found:
    said: set[str] = set()

    def is_again(_: int, line: Kept) -> bool:
        found = pattern("quoted").match(fold(line.text)) if line.text[:2] in ("引用", "回复", "回覆", "原帖") else None
        rest = line.text[found.end() :].strip() if found else ""
        said.add(line.text)
        return len(rest) >= _LEAST and rest in said

    return _parted(lines, is_again, "quote")


def _copies(lines: list[Kept]) -> Found:
    is_told = any(line.text[:3] in ("摘要：", "摘要:", "【摘要", "[摘要", "摘 要") for line in lines[:_TITLE_LINES])
    if not is_told:
        return lines, []
    return _parted(lines, lambda _, line: pattern("english_copy").match(line.text[:20].lower()) is not None, "english_copy")


def _seams(lines: list[Kept]) -> Found:
    kept, cut = [], []
    for line in lines:
        found = pattern("seam").match(line.text) if line.text[:4].lower() == "part" else None
        if found is None:
            kept.append(line)
            continue
        cut.append(Cut(found[0].strip(), "seam"))
        rest = line.text[found.end() :]
        if rest:
            is_heading = len(rest) <= _HEADING and not rest.endswith(("。", "！", "？"))
            kept.append(replace(line, text=rest, tag="h3" if is_heading else line.tag))
    return kept, cut


def _insertions(lines: list[Kept]) -> Found:
    for k, line in enumerate(lines[:_LEAD]):
        found = pattern("learnt").match(fold(line.text[:40])) if line.role in ("body", "summary") else None
        if found and any_of("brands").search(found["who"]):
            cut = Cut(line.text[: found.end()], "insertion")
            return [*lines[:k], replace(line, text=line.text[found.end() :]), *lines[k + 1 :]], [cut]
    return lines, []
