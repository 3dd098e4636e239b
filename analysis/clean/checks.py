"""Whether proposed pairs are near-copies, or of one family: counted on the texts themselves, which are read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from analysis.clean.census import Part
from analysis.clean.columns import Columns
from analysis.clean.forms import LONG_PARAGRAPH, share_half
from analysis.clean.overlaps import Marked
from analysis.clean.pairs import Pairs, Truths
from analysis.clean.proposals import NEAR, SPUN, SPUN_ALIKE, like_formed
from analysis.clean.shelf import Shelf
from analysis.clean.shingles import Hashes, jaccard, shingles
from analysis.clean.traces import NEAR_SIZE

SHORT = 0.5  # what texts of fewer than LONG_TEXT characters must share, where chance is larger
LONG_TEXT = 120
_PAIRS = 1 << 12  # pairs of a task, about
_FILES = 64  # parts of a run at most, as a task keeps their files open
_HELD = 1024  # texts of which a task has the runs at hand; those of all would take a gigabyte


def near(pairs: Pairs, folder: Path, parts: Sequence[Part]) -> Truths:
    """Which pairs are near-copies."""
    with Shelf(Columns(folder), parts) as shelf:

        @lru_cache(maxsize=_HELD)
        def runs(text: int) -> Hashes:
            return shingles(shelf.words(text), NEAR_SIZE)

        return np.array([jaccard(runs(a), runs(b)) >= NEAR for a, b in pairs.tolist()], dtype=bool)


def related(pairs: Pairs, folder: Path, parts: Sequence[Part]) -> Truths:
    """Which pairs come of one template: by shared paragraphs, or by enough common runs of two characters."""
    columns = Columns(folder)
    found = share_half(columns.keyed("paragraphs"), columns.slots[pairs])
    length = columns.sizes[:, 1][pairs].min(axis=1)
    least = np.where(length < LONG_TEXT, SHORT, np.where(like_formed(columns, pairs), SPUN_ALIKE, SPUN)).tolist()
    marked, last = Marked(), -1
    with Shelf(columns, parts) as shelf:
        for place in np.flatnonzero(~found & (length >= LONG_PARAGRAPH)).tolist():
            one, other = pairs[place].tolist()
            if one != last:
                marked.mark(shelf.runs(one))
                last = one
            found[place] = marked.shares(shelf.runs(other), least[place])
    return found


def dealt(pairs: Pairs, columns: Columns) -> list[Pairs]:
    """Where in the pairs those of each task stand: a task is of two runs of parts, as long as gives it some thousand pairs."""
    n_parts = len(columns.bounds) - 1
    part = np.searchsorted(columns.bounds, columns.rows[pairs], side="right") - 1
    runs = max(1, min(n_parts, max(int((2 * len(pairs) / _PAIRS) ** 0.5), n_parts // _FILES)))
    run = np.sort(part * runs // max(1, n_parts), axis=1)
    task = run[:, 0] * runs + run[:, 1]
    order = np.lexsort((pairs[:, 1], pairs[:, 0], task))
    return [some for some in np.split(order, np.flatnonzero(np.diff(task[order])) + 1) if len(some)]
