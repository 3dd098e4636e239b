"""Pairs of texts that may be near-copies or of one family: proposed by one band, or one file of keys, at a time.

What is proposed rests on signatures and hashed keys alone; each function looks at one piece of the columns, and no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analysis.clean.columns import Columns, Unit
from analysis.clean.forms import common, share_half
from analysis.clean.pairs import Pairs, Sight, Truths, agreeing, apart, crowds, distinct, meeting
from analysis.clean.traces import NEAR_SIZE, SPUN_SIZE

NEAR = 0.8  # codebook 5.2, last paragraph: the same article, on runs of five characters
SPUN = 0.2  # on runs of two characters; between what spun copies share and what other posts do
SPUN_ALIKE = 0.12  # the same where headings or punctuation run alike
ERROR = 0.035  # of a Jaccard index of .2 that is estimated by 128 values: (.2 * .8 / 128) ** .5
_SIZES = {"near": (0, NEAR_SIZE), "spun": (1, SPUN_SIZE)}  # the column of sizes, and what a text needs to have a run
_LEAST = {"near": NEAR - 4 * ERROR, "spun": SPUN - 2 * ERROR}


def proposed(unit: Unit, folder: Path, reach: int) -> Pairs:
    """The pairs (earlier, later) of texts in different groups that a unit proposes, each once."""
    columns = Columns(folder)
    if unit.kind in _LEAST:
        return distinct(_banded(columns, unit, reach))
    if unit.kind == "paragraphs":
        return distinct(_sharing(columns, unit, reach))
    pairs = distinct(_like(columns, unit, reach))
    return pairs[like_formed(columns, pairs)]


def _banded(columns: Columns, unit: Unit, reach: int) -> Iterator[Pairs]:
    """Pairs that meet in a band and agree in enough of all values."""
    column, size = _SIZES[unit.kind]
    held = np.flatnonzero(columns.sizes[:, column] >= size)  # the others share no run with anyone
    sight = Sight(columns.signatures(unit.kind), columns.slots, columns.groups, _LEAST[unit.kind])
    for number in range(unit.first, unit.end):
        order, behind = crowds(columns.band(unit.kind, number)[held])
        yield from agreeing(held[order], behind, reach, sight)


def _sharing(columns: Columns, unit: Unit, reach: int) -> Iterator[Pairs]:
    """Pairs that share a key."""
    for number in range(unit.first, unit.end):
        keys, text = columns.met(unit.kind, number)
        yield from (apart(text[some], columns.groups) for some in meeting(keys, reach))


def _like(columns: Columns, unit: Unit, reach: int) -> Iterator[Pairs]:
    """Pairs that share a key, and agree in enough of all values."""
    sight = Sight(columns.signatures("spun"), columns.slots, columns.groups, SPUN_ALIKE - ERROR)
    for number in range(unit.first, unit.end):
        keys, text = columns.met(unit.kind, number)
        order, behind = crowds(keys)
        yield from agreeing(text[order], behind, reach, sight)


def like_formed(columns: Columns, pairs: Pairs) -> Truths:
    """Which pairs have a heading in common, or half of the punctuation of their paragraphs."""
    slots = columns.slots[pairs]
    found: Truths = (common(columns.keyed("headings"), slots) > 0) | share_half(columns.keyed("rhythm"), slots)
    return found
