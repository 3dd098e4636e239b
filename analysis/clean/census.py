"""The distinct texts of all parts of a corpus, numbered by the first post that has them.

Posts stand in the order of their time, then of their id; texts without a word are of no number. What is read of a part for
this is its ids, moments and digests: 40 bytes a post are in memory at once, and no text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute

from analysis.clean.shingles import Places
from analysis.clean.traces import Filed, Texts, Traces, load

Part = Traces | Path


class Census(NamedTuple):
    """All posts, part after part (a post's place there is its row), and the numbers of their texts."""

    ids: pyarrow.Array
    order: Places  # the rows by time, then id
    text: Places  # of each row the number of its text, -1 where it has no word
    rows: Places  # of each text the row of its first post
    bounds: Places  # the rows of part p stand from bounds[p] to bounds[p + 1]


def opened(part: Part) -> Traces:
    """The traces of a part, from its folder where it is one."""
    return load(part) if isinstance(part, Path) else part


def census(parts: Sequence[Part]) -> Census:
    """The census of all parts, which may be none."""
    ids, moments, digests, bounds = [], [np.empty(0, np.int64)], [np.empty((0, 2), np.uint64)], [0]
    for part in parts:
        made = opened(part)
        ids.append(_strings(made.ids))
        moments.append(np.array(made.moments))
        digests.append(np.array(made.digests))
        bounds.append(bounds[-1] + len(made.moments))
    every = pyarrow.concat_arrays(ids) if ids else pyarrow.array([], pyarrow.large_string())
    table = pyarrow.table({"moment": np.concatenate(moments), "id": every})
    keys = [("moment", "ascending"), ("id", "ascending")]
    order = pyarrow.compute.sort_indices(table, sort_keys=keys).to_numpy().astype(np.int64)
    text, rows = _numbered(np.concatenate(digests), order)
    return Census(every, order, text, rows, np.array(bounds))


def _strings(texts: Texts) -> pyarrow.Array:
    if isinstance(texts, Filed):
        bounds, data = texts.whole()
        return pyarrow.Array.from_buffers(pyarrow.large_string(), len(texts), [None, pyarrow.py_buffer(bounds), pyarrow.py_buffer(data)])
    return pyarrow.array([texts[place] for place in range(len(texts))], pyarrow.large_string())


def _numbered(digests: np.ndarray[tuple[int, int], np.dtype[np.uint64]], order: Places) -> tuple[Places, Places]:
    """Of each row the number of its text, and of each number the first row."""
    text = np.full(len(order), -1, dtype=np.int64)
    held = order[digests[order].any(axis=1)]
    by_text = np.lexsort((digests[held, 1], digests[held, 0]))  # stable: the first post of a text stands first
    sorted_digests = digests[held[by_text]]
    new = np.append(True, (sorted_digests[1:] != sorted_digests[:-1]).any(axis=1))[: len(held)]
    firsts = by_text[new]  # where among the held
    number = np.empty(len(firsts), dtype=np.int64)
    number[np.argsort(firsts)] = np.arange(len(firsts))
    text[held[by_text]] = number[np.cumsum(new) - 1]
    return text, held[np.sort(firsts)]


def named(census: Census, groups: Places, *, alone: bool) -> pd.Series[str]:
    """Of each post in order the id of the first of its group; missing on the first itself (`alone`), or in a group of one.

    `groups` has for each text a number that all texts of its group have, and no other.
    """
    n = len(census.order)
    text = census.text[census.order]
    group = np.where(text < 0, len(groups) + np.arange(n), groups[text] if len(groups) else 0)  # without words each is alone
    first = np.full(len(groups) + n, n, dtype=np.int64)
    np.minimum.at(first, group, np.arange(n))
    size = np.bincount(group, minlength=len(first))
    missing = size[group] < 2
    if alone:
        missing |= first[group] == np.arange(n)
    rows = pyarrow.array(census.order[first[group]], mask=missing)
    return pd.Series(pd.array(census.ids.take(rows), dtype="str"))
