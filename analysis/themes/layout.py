"""A post's text made ready for its rules: the matching copy, its blocks, and its sentences with the layer of each."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from analysis.clean.text import Matching, matching
from analysis.themes.clauses import Span, sentences

SILENT_LAYERS = ("toc",)  # codebook 0, rule 2: contents lists repeat headings and are no mentions
REMEMBERED = 256  # texts that are remembered: themes and claims read those of one batch, one after the other


class Block(NamedTuple):
    """A block of a post, as the tables hold it."""

    layer: str
    start: int
    end: int


class Text(NamedTuple):
    """A text as written, its matching copy, its blocks, and the sentences of the copy with the layer of each."""

    written: str
    copy: Matching
    layout: tuple[Block, ...]
    sentences: tuple[Span, ...]
    layers: tuple[str, ...]


@lru_cache(maxsize=REMEMBERED)
def read(text: str, layout: tuple[Block, ...]) -> Text:
    """A text with its blocks; blocks of a silent layer have no sentences.

    >>> found = read("会上征信吗\\n会。不会上门。", (Block("title", 0, 5), Block("body", 6, 14)))      # is it reported? It is. No visits.
    >>> [(found.copy.text[a:b], layer) for (a, b), layer in zip(found.sentences, found.layers)]
    [('会上征信吗', 'title'), ('会。', 'body'), ('不会上门。', 'body')]
    """
    copy = matching(text)
    spans, layers = [], []
    for block in layout:
        if block.layer not in SILENT_LAYERS:
            start, end = copy.at(block.start), copy.at(block.end)
            found = [Span(start + a, start + b) for a, b in sentences(copy.text[start:end])]
            spans += found
            layers += [block.layer] * len(found)
    return Text(text, copy, layout, tuple(spans), tuple(layers))


def layouts(blocks: pd.DataFrame) -> dict[str, tuple[Block, ...]]:
    """Post id -> its blocks, in the order of the table."""
    found: dict[str, list[Block]] = defaultdict(list)
    for post_id, layer, start, end in zip(*(blocks[name].tolist() for name in ("post_id", *Block._fields)), strict=True):
        found[post_id].append(Block(layer, start, end))
    return {post_id: tuple(listed) for post_id, listed in found.items()}
