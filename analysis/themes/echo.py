"""Whether a post's first sentence only repeats its title as a statement (codebook 3.3, rule 14)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.themes.clauses import Span

# Question-and-answer mills and lead generation, which open so (codebook 1.1).
ECHOING_GENRES = frozenset({"G01", "G02"})
LIKE = 0.7  # codebook 3.3, rule 14: similarity with the title from which a first sentence is its echo

_QUESTION = re.compile(r"[吗么呢嘛?!。,.、:;\s]|怎么办|怎么处理|会不会|是否|有没有|能不能|是不是")


def echo_of_title(text: str, sentences: Sequence[tuple[Span, str]]) -> int | None:
    r"""The number of the sentence that echoes the title, among sentences with their layers; None where none does.

    Only the first sentence behind the title can be one. Likeness is the share of the title's and the sentence's character
    pairs that both have (Dice), question words aside: an answer that adds a predicate is less like it.

    >>> text = "网贷逾期会被起诉吗\n网贷逾期会被起诉。\n银行一般先打电话。"       # will a late loan be sued for? / It will. / …
    >>> echo_of_title(text, [(Span(0, 9), "title"), (Span(10, 19), "body"), (Span(20, 29), "body")])
    1
    >>> text = "网贷逾期会被起诉吗\n平台通常先协商,再谈别的。"
    >>> echo_of_title(text, [(Span(0, 9), "title"), (Span(10, 23), "body")]) is None
    True
    """
    title = next((span for span, layer in sentences if layer == "title"), None)
    first = next((number for number, (_, layer) in enumerate(sentences) if layer in {"summary", "body"}), None)
    if title is None or first is None:
        return None
    span = sentences[first][0]
    pairs = [_pairs(text[s.start : s.end]) for s in (title, span)]
    total = len(pairs[0]) + len(pairs[1])
    return first if total and 2 * len(pairs[0] & pairs[1]) / total >= LIKE else None


def _pairs(sentence: str) -> set[str]:
    bare = _QUESTION.sub("", sentence)
    return {bare[i : i + 2] for i in range(len(bare) - 1)}
