"""Pairs of texts worth comparing, and the groups that the good ones of them join.

In a crowded band each text is paired with the first and then with the few before it only, and a pair whose texts stand
in one group already is not looked at: the work grows with the number of texts and not with its square, however many
copies a family has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.clean.shingles import BINS, Signed

Keys = NDArray[np.uint64] | NDArray[np.uint32]
Pairs = NDArray[np.int64]

NEIGHBOURS = 24  # texts of a band just before it that a text is paired with, beside the first
REACHES = (0, NEIGHBOURS)  # the first alone joins most of a large family, of which nothing is left to look at then
_PART = 1 << 14


def alike(signed: Signed, pairs: Pairs, least: float) -> Pairs:
    """Those of the pairs whose signatures agree in a share of `least` of their values: an estimate of their Jaccard index.

    The last byte of a value is enough to estimate by: a chance match is 1 in 256, and less memory is read.
    """
    found = np.empty(len(pairs), dtype=bool)
    for part in range(0, len(pairs), _PART):
        left, right = pairs[part : part + _PART].T
        agree = signed.bytes[left] == signed.bytes[right]
        found[part : part + _PART] = np.count_nonzero(agree, axis=1) >= least * BINS
    return pairs[found]


def banded(signed: Signed, least: float, groups: Pairs, reach: int) -> Pairs:
    """Pairs of texts of two groups that agree in at least one band, and in a share of `least` of all values."""
    return distinct([alike(signed, apart(neighbours(band, reach), groups), least) for band in signed.bands.T])


def apart(pairs: Pairs, groups: Pairs) -> Pairs:
    """Those of the pairs that lie in two groups."""
    found: Pairs = pairs[groups[pairs[:, 0]] != groups[pairs[:, 1]]]
    return found


def neighbours(keys: Keys, reach: int = NEIGHBOURS) -> Pairs:
    """Pairs (earlier, later) of places with equal keys: each with the first of its key and the `reach` just before it."""
    order = np.argsort(keys, kind="stable") if keys.dtype.itemsize > 4 else _order(keys)
    same = keys[order][1:] == keys[order][:-1]
    order = order[np.append(False, same) | np.append(same, False)] if len(keys) else order  # a key met once makes no pair
    sorted_keys = keys[order]
    firsts = np.flatnonzero(np.append(True, sorted_keys[1:] != sorted_keys[:-1])) if len(order) else np.empty(0, np.int64)
    group = np.repeat(firsts, np.diff(np.append(firsts, len(order))))
    found: list[Pairs] = [np.empty((0, 2), dtype=np.int64)]
    for back in range(1, reach + 1):
        later = np.flatnonzero(np.arange(len(order)) - back >= group)
        if not len(later):
            break
        found.append(np.column_stack((order[later - back], order[later])))
    later = np.flatnonzero(np.arange(len(order)) - reach > group)
    found.append(np.column_stack((order[group[later]], order[later])))
    return np.concatenate(found)


def _order(keys: Keys) -> Pairs:
    """The stable order of keys of 32 bits: one sort of keys with their places, which is faster than a sort of places."""
    both = np.sort(keys.astype(np.uint64) << np.uint64(32) | np.arange(len(keys), dtype=np.uint64))
    return (both & np.uint64(0xFFFFFFFF)).astype(np.int64)


def distinct(parts: Sequence[Pairs]) -> Pairs:
    """The pairs of all parts once each, in order."""
    whole = np.concatenate([np.empty((0, 2), dtype=np.int64), *parts]).astype(np.uint64)
    once = np.unique(whole[:, 0] << np.uint64(32) | whole[:, 1])
    return np.column_stack((once >> np.uint64(32), once & np.uint64(0xFFFFFFFF))).astype(np.int64)


def joined(pairs: Pairs, groups: Pairs, is_good: Callable[[int, int], bool]) -> Pairs:
    """The groups (for each place the least place of its group) after the good ones of the pairs have joined theirs.

    Pairs are tried in rounds, of each place the first one, the next one, the next two, the next four and so on; those that lie within a
    group by then are left out, which changes no group.
    """
    pairs = apart(pairs, groups)
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    turn = np.arange(len(pairs)) - np.searchsorted(pairs[:, 1], pairs[:, 1])
    done = 0
    while len(pairs):
        many = done + max(1, done)
        now = pairs[turn < many]
        now = now[np.lexsort((now[:, 1], now[:, 0]))]
        good = np.array([is_good(a, b) for a, b in now.tolist()], dtype=bool)
        groups = components(np.concatenate((now[good], np.column_stack((groups, np.arange(len(groups)))))), len(groups))
        left = (turn >= many) & (groups[pairs[:, 0]] != groups[pairs[:, 1]])
        pairs, turn, done = pairs[left], turn[left], many
    return groups


def components(pairs: Pairs, n: int) -> Pairs:
    """For each place the least place of its connected component."""
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    labels = connected_components(graph, directed=False)[1] if n else np.empty(0, dtype=np.int32)
    least: Pairs = np.full(n, n, dtype=np.int64)
    np.minimum.at(least, labels, np.arange(n))
    found: Pairs = least[labels]
    return found
