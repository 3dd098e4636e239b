"""Pairs of texts worth comparing, and the groups that the good ones of them join.

In a crowded band each text is paired with the first and then with the few before it only, and a pair whose texts stand
in one group already is not looked at: the work grows with the number of texts and not with its square, however many
copies a family has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.clean.shingles import BINS

Keys = NDArray[np.uint64] | NDArray[np.uint32]
Pairs = NDArray[np.int64]
Truths = NDArray[np.bool_]

NEIGHBOURS = 24  # texts of a band just before it that a text is paired with, beside the first
REACHES = (0, NEIGHBOURS)  # the first alone joins most of a large family, of which nothing is left to look at then
_PART = 1 << 12  # texts whose signatures are compared in one pass: what they need stays near the processor
_WAITING = 1 << 20  # pairs that wait before they are put among the distinct ones
_ONES = np.uint64(0x0101010101010101)


class Sight(NamedTuple):
    """What is seen of the texts without reading them: signatures with the row of each text, groups, and the share to agree in."""

    signatures: NDArray[np.uint8]
    rows: Pairs
    groups: Pairs
    least: float

    def of(self, texts: Pairs) -> NDArray[np.uint8]:
        """The signatures of some texts."""
        return self.signatures.take(self.rows[texts], axis=0)

    def alike(self, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Truths:
        """Which signatures agree in a share of `least` of their values: an estimate of their Jaccard index.

        The last byte of a value is enough to estimate by: a chance match is 1 in 256, and less memory is read.
        """
        eights = np.einsum("ij->i", np.equal(one, other).view(np.uint64))  # no byte of the sum passes BINS / 8
        found: Truths = (eights * _ONES) >> np.uint64(56) >= self.least * BINS
        return found


def apart(pairs: Pairs, groups: Pairs) -> Pairs:
    """Those of the pairs that lie in two groups."""
    found: Pairs = pairs[groups[pairs[:, 0]] != groups[pairs[:, 1]]]
    return found


def crowds(keys: Keys) -> tuple[Pairs, Pairs]:
    """The places whose key others have too, key by key and from first to last, and how far behind the first of its key each is."""
    order = np.argsort(keys, kind="stable") if keys.dtype.itemsize > 4 else _order(keys)
    same = keys[order][1:] == keys[order][:-1]
    order = order[np.append(False, same) | np.append(same, False)] if len(keys) else order  # a key met once makes no pair
    sorted_keys = keys[order]
    firsts = np.flatnonzero(np.append(True, sorted_keys[1:] != sorted_keys[:-1])) if len(order) else np.empty(0, np.int64)
    return order, np.arange(len(order)) - np.repeat(firsts, np.diff(np.append(firsts, len(order))))


def meeting(keys: Keys, reach: int = NEIGHBOURS) -> Iterator[Pairs]:
    """Pairs (earlier, later) of places with equal keys, a few at a time: with the first of its key and the `reach` just before."""
    order, behind = crowds(keys)
    for back in range(1, min(reach, int(behind.max(initial=0))) + 1):
        later = np.flatnonzero(behind >= back)
        yield np.column_stack((order[later - back], order[later]))
    later = np.flatnonzero(behind > reach)
    yield np.column_stack((order[later - behind[later]], order[later]))


def agreeing(texts: Pairs, behind: Pairs, reach: int, sight: Sight) -> Iterator[Pairs]:
    """The pairs of `meeting` that lie in two groups and have signatures that agree, of texts that stand as `crowds` puts them.

    The signatures of a run of such texts are fetched once, and each is laid beside those just before it.
    """
    groups = sight.groups[texts]
    for start in range(0, len(texts), _PART):
        low, end = max(0, start - reach), min(start + _PART, len(texts))
        held, most = sight.of(texts[low:end]), int(behind[start:end].max())
        for back in range(1, min(reach, most) + 1):
            later = np.arange(max(start, low + back), end)
            later = later[(behind[later] >= back) & (groups[later] != groups[later - back])]
            later = later[sight.alike(held.take(later - low, axis=0), held.take(later - low - back, axis=0))]
            yield np.column_stack((texts[later - back], texts[later]))
        if most <= reach:
            continue
        later = np.arange(start, end)
        first = later - behind[start:end]
        far = (behind[start:end] > reach) & (groups[later] != groups[first])
        later, first = later[far], first[far]
        good = sight.alike(held.take(later - low, axis=0), sight.of(texts[first]))
        yield np.column_stack((texts[first], texts[later]))[good]


def _order(keys: Keys) -> Pairs:
    """The stable order of keys of 32 bits: one sort of keys with their places, which is faster than a sort of places."""
    both = np.sort(keys.astype(np.uint64) << np.uint64(32) | np.arange(len(keys), dtype=np.uint64))
    return (both & np.uint64(0xFFFFFFFF)).astype(np.int64)


def distinct(parts: Iterable[Pairs]) -> Pairs:
    """The pairs of all parts once each, in order; no more of them wait than twice what is kept."""
    whole = np.empty(0, dtype=np.uint64)
    waiting: list[NDArray[np.uint64]] = []
    many = 0
    for pairs in parts:
        waiting.append(_packed(pairs))
        many += len(pairs)
        if many > _WAITING + len(whole):
            whole, waiting, many = _once([whole, *waiting]), [], 0
    whole = _once([whole, *waiting])
    return np.column_stack((whole >> np.uint64(32), whole & np.uint64(0xFFFFFFFF))).astype(np.int64)


def without(pairs: Pairs, others: Pairs) -> Pairs:
    """Those of the pairs that are not among the others; both are in order."""
    one, other = _packed(pairs), np.append(_packed(others), np.uint64(1 << 63))  # which is no pair
    found: Pairs = pairs[other[np.searchsorted(other, one)] != one]
    return found


def _packed(pairs: Pairs) -> NDArray[np.uint64]:
    wide = pairs.astype(np.uint64)
    return wide[:, 0] << np.uint64(32) | wide[:, 1]


def _once(parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    whole = np.concatenate(parts)
    whole.sort()
    found: NDArray[np.uint64] = whole[np.append(True, whole[1:] != whole[:-1])[: len(whole)]]
    return found


def joined(pairs: Pairs, groups: Pairs, are_good: Callable[[Pairs], Truths]) -> Pairs:
    """The groups (for each place the least place of its group) after the good ones of the pairs have joined theirs.

    Pairs are tried in rounds, of each place the first one, the next one, the next two, the next four and so on; those
    that lie within a group by then are left out, which changes no group.
    """
    pairs = apart(pairs, groups)
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    turn = np.arange(len(pairs)) - np.searchsorted(pairs[:, 1], pairs[:, 1])
    done = 0
    while len(pairs):
        many = done + max(1, done)
        now = pairs[turn < many]
        groups = components(np.concatenate((now[are_good(now)], np.column_stack((groups, np.arange(len(groups)))))), len(groups))
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
