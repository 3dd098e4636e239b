"""Which blocks of a post are adverts: straplines, contact lines, calls to action, loan lists, offers of a service.

Adverts stand between the article's paragraphs and use its words (减免, 上岸, 停催), so they must be told apart before
anything is counted (codebook 1.2, N51 to N54). A warning that quotes an advert is no advert: sentences that speak of such
offers (别信, 谨防, 声称) stay in their layer. Soft adverts that praise a firm in passing are not found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.clean.contacts import find_contacts
from analysis.clean.offers import any_of, is_strapline, lexicon, loan_terms, may_be_advert, points
from analysis.clean.page import Block
from analysis.clean.text import fold

_LAYERS = {"body", "summary", "heading", "toc"}
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+[”」』\"')）]*|[^。！？!?；;\n]+$")
_REST = 25
_AD = 2.0
_STRAP = 3.0  # what a strapline within a paragraph is worth


def mark_adverts(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with adverts in the layer "ad"; a block that is part advert, part article or contents label is split.

    >>> mark_adverts([Block("body", "某某法务--停息挂账|减免|只还本金本文目录导读:")])     # strapline, contents label
    [Block(layer='ad', text='某某法务--停息挂账|减免|只还本金'), Block(layer='toc', text='本文目录导读:')]
    """
    marked: list[Block] = []
    loans = _loan_lines(blocks)
    for number, block in enumerate(blocks):
        if block.layer not in _LAYERS:
            marked.append(block)
        elif number in loans:
            marked.append(block._replace(layer="ad"))
        else:
            marked.extend(_split(block) if may_be_advert(block.text) else [block])
    return marked


def _loan_lines(blocks: Sequence[Block]) -> set[int]:
    """Numbers of the blocks that are items of a list of loan products."""
    signals = {
        number: found
        for number, block in enumerate(blocks)
        if block.layer == "body" and 8 <= len(block.text) <= 90 and (found := loan_terms(fold(block.text)))
    }
    strong = {number for number, n in signals.items() if n >= 2}
    lines = {n for n in strong if signals[n] >= 3 or {n - 1, n + 1, n - 2, n + 2} & strong}
    grown = True
    while grown:
        near = {n for n in signals if n not in lines and {n - 1, n + 1} & lines}
        grown = bool(near)
        lines |= near
    return lines


def _split(block: Block) -> list[Block]:
    text, folded = block.text, fold(block.text)
    ids = [contact.start for contact in find_contacts(text)]
    label = re.search(lexicon()["toc_label"], folded)
    if (
        label
        and label.start() > 6
        and (is_strapline(text[: label.start()]) or points(folded[: label.start()], bool(ids)) >= _AD)
    ):
        return [
            block._replace(layer="ad", text=text[: label.start()].rstrip()),
            block._replace(layer="toc", text=text[label.start() :]),
        ]
    if is_strapline(text):
        return [block._replace(layer="ad")]
    sentences = [m.span() for m in _SENTENCE.finditer(text)]
    worth = [
        max(points(folded[a:b], any(a <= i < b for i in ids)), _STRAP * is_strapline(text[a:b].rstrip("。；;\n")))
        for a, b in sentences
    ]
    if block.layer in ("heading", "toc"):
        is_ad = any(w >= 3 for w in worth) and bool(ids) or sum(worth) >= 4
        return [block._replace(layer="ad")] if is_ad else [block]
    size = sum(b - a for (a, b), w in zip(sentences, worth, strict=True) if w >= _AD)
    if not size:
        return [block]
    rest = sum(b - a for (a, b), w in zip(sentences, worth, strict=True) if not w)
    if size * 2 >= len(text) or (rest <= _REST and not any_of("warned").search(folded) and max(worth) >= 3):
        return [block._replace(layer="ad")]
    return _cut_ends(block, sentences, worth)


def _cut_ends(block: Block, sentences: list[tuple[int, int]], worth: list[float]) -> list[Block]:
    """Cuts off a run of advert sentences at either end; what stands in the middle of a paragraph stays there."""
    first, last = 0, len(worth)
    while last > first and worth[last - 1] > 0:
        last -= 1
    while last < len(worth) and worth[last] < 1:
        last += 1
    if max(worth[last:], default=0) < 3:
        last = len(worth)
    while first < last and worth[first] >= 3:
        first += 1
    spans = [("ad", 0, first), (block.layer, first, last), ("ad", last, len(worth))]
    return [
        block._replace(layer=layer, text=block.text[sentences[a][0] : sentences[b - 1][1]].strip())
        for layer, a, b in spans
        if b > a and block.text[sentences[a][0] : sentences[b - 1][1]].strip()
    ]
