"""Which posts are copies of which: exact copies, near-copies, and families made from one template.

A near-copy shares four fifths of its runs of five characters with the other text (codebook 5.2: J >= .8). A family is wider:
the brand changed, words replaced by synonyms, paragraphs taken over. Synonym spinning leaves hardly a run of five
characters (J of .05 and .08 in two such pairs), yet about a quarter of the runs of two, where other posts on the same
question share .07 at most; and it leaves the punctuation, so that clauses per sentence find the pairs.
Where it stops: a text rewritten freely is no copy here, and a family of short notes is seen only where half is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

from analysis.clean.census import Census, Part, census, named
from analysis.clean.checks import dealt, near, related
from analysis.clean.columns import Columns, Unit, write_columns
from analysis.clean.pairs import REACHES, Pairs, Truths, distinct, joined, without
from analysis.clean.proposals import proposed
from analysis.clean.traces import save, traces

_MANY = 4000  # posts whose traces are in memory together

Task = TypeVar("Task")
Found = TypeVar("Found")


class Runner(Protocol):
    """Whoever gives out work: the function's result for each item, in order. Functions and items can be pickled."""

    def __call__(self, function: Callable[[Task], Found], items: Iterable[Task], /) -> Iterable[Found]: ...


def in_turn(function: Callable[[Task], Found], items: Iterable[Task], /) -> Iterable[Found]:
    """The results one after another, in this process."""
    return map(function, items)


def duplicates(posts: pd.DataFrame, blocks: pd.DataFrame | None = None) -> pd.DataFrame:
    """post_id, duplicate_of and template_id of each post, in the order of the posts.

    `duplicate_of` is the first post (by published_at, then post_id; undated last) of the near-copies that a post belongs
    to, and missing on that first one; `template_id` is the first post of its family, missing where a post is alone. With
    `blocks`, only the content layers are compared: adverts and comments make no copy. Any order of rows gives the same.

    >>> texts = ["网贷逾期三天，平台打了十几个电话。", "網貸逾期三天,平台打了十幾個電話!", "今天下雨。"]
    >>> frame = pd.DataFrame({"post_id": ["a", "b", "c"], "text": texts, "published_at": pd.NaT})
    >>> duplicates(frame)["duplicate_of"].fillna("-").tolist()      # b: the same in traditional script
    ['-', 'a', '-']
    """
    with TemporaryDirectory(prefix="copies") as name:
        parts = list(_kept(posts, blocks, Path(name)))
        standing = census(parts)
        found = _told(standing, *_groups(parts, standing, in_turn, Path(name)))
    back = np.empty(len(posts), dtype=np.int64)
    back[standing.order] = np.arange(len(posts))
    return found.iloc[back].set_axis(posts.index)


def _kept(posts: pd.DataFrame, blocks: pd.DataFrame | None, folder: Path) -> Iterator[Part]:
    """The traces of the posts; of many, some thousand at a time in folders, since they take as much memory as the texts."""
    if len(posts) <= _MANY:
        yield traces(posts, blocks)
        return
    for start in range(0, len(posts), _MANY):
        some = posts.iloc[start : start + _MANY]
        theirs = None if blocks is None else blocks[blocks["post_id"].astype("str").isin(some["post_id"].astype("str"))]
        yield save(traces(some, theirs), folder / f"{start}")


def copies(parts: Sequence[Part], run: Runner = in_turn, folder: Path | None = None) -> pd.DataFrame:
    """What `duplicates` tells, of the posts of all parts by time and id, from their traces in memory or in folders.

    The result does not depend on how posts are cut into parts, nor on the order of these. `run` gives out pieces of the
    work; `folder` is one that whoever works there can write to, by default that of the first part's folder. Texts are
    read in pairs, so that memory holds some 100 bytes a post; where traces have no families, `template_id` is missing.

    >>> from analysis.clean.traces import save, traces
    >>> days = [pd.DataFrame({"post_id": [post], "text": ["网贷逾期三天，平台打了十几个电话。"]}) for post in "ba"]
    >>> copies([traces(day) for day in days]).loc[1].tolist()       # overdue three days, a dozen calls: twice
    ['b', 'a', 'a']
    """
    standing = census(parts)
    place = folder or next((part.parent for part in parts if isinstance(part, Path)), None)
    return _told(standing, *_groups(parts, standing, run, place))


def _groups(parts: Sequence[Part], standing: Census, run: Runner, place: Path | None) -> tuple[Pairs, Pairs | None]:
    """For each text of the census the least of its near-copies, and of its family where the traces tell of it."""
    with TemporaryDirectory(prefix=".copies", dir=place) as name:
        columns = Columns(Path(name))
        units = write_columns(parts, standing, columns.folder)
        groups = np.arange(len(standing.rows))
        close = [unit for unit in units if unit.kind == "near"]
        wide = [unit for unit in units if unit.kind != "near"]
        groups = _joined(groups, columns, close, run, partial(near, folder=columns.folder, parts=parts))
        if not wide:
            return groups, None
        return groups, _joined(groups, columns, wide, run, partial(related, folder=columns.folder, parts=parts))


def _joined(groups: Pairs, columns: Columns, units: Sequence[Unit], run: Runner, check: Callable[[Pairs], Truths]) -> Pairs:
    """The groups after the good ones of the pairs that the units propose have joined theirs."""

    def are_good(pairs: Pairs) -> Truths:
        found = np.zeros(len(pairs), dtype=bool)
        tasks = dealt(pairs, columns)
        for places, good in zip(tasks, run(check, (pairs[places] for places in tasks)), strict=True):
            found[places] = good
        return found

    tried: Pairs = np.empty((0, 2), dtype=np.int64)
    for reach in REACHES:
        columns.keep_groups(groups)
        pairs = distinct(run(partial(proposed, folder=columns.folder, reach=reach), units))
        groups = joined(without(pairs, tried), groups, are_good)
        tried = pairs
    return groups


def _told(standing: Census, near_groups: Pairs, families: Pairs | None) -> pd.DataFrame:
    ids = pd.Series(pd.array(standing.ids.take(standing.order), dtype="str"))
    found = pd.DataFrame({"post_id": ids, "duplicate_of": named(standing, near_groups, alone=True)})
    none = pd.Series(pd.NA, index=found.index, dtype="str")
    return found.assign(template_id=none if families is None else named(standing, families, alone=False))
