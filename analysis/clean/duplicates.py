"""Which posts are copies of which: exact copies, near-copies, and families made from one template.

A near-copy shares four fifths of its runs of five characters with the other text (codebook 5.2: J >= .8). A family is wider:
the brand changed, words replaced by synonyms, paragraphs taken over. Synonym spinning leaves hardly a run of five
characters (J of .05 and .08 in two such pairs), yet about a quarter of the runs of two, where other posts on the same
question share .07 at most; and it leaves the punctuation, so that clauses per sentence find the pairs.
Where it stops: a text rewritten freely is no copy here, and a family of short notes is seen only where half is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.clean.forms import LONG_PARAGRAPH, Forms, forms, gathered, sharing
from analysis.clean.pairs import REACHES, alike, banded, distinct, joined
from analysis.clean.shingles import Places, Shelf, Signed, signed, unmarked, words
from analysis.tables import CONTENT_LAYERS

NEAR = 0.8  # codebook 5.2, last paragraph: the same article, on runs of five characters
NEAR_ROWS = 6  # values of a band: of 21 bands two texts of J = .8 share one with a chance of .998
SPUN = 0.2  # on runs of two characters; between what spun copies share and what other posts do
SPUN_ROWS = 2
SPUN_ALIKE = 0.12  # the same where headings or punctuation run alike
ERROR = 0.035  # of a Jaccard index of .2 that is estimated by 128 values: (.2 * .8 / 128) ** .5
SHORT = 0.5  # the same for texts of fewer than LONG_TEXT characters, where chance is larger
LONG_TEXT = 120
_BATCH = 1 << 17  # characters that are hashed in one pass: what they need stays near the processor


class _Read(NamedTuple):
    """The distinct texts: at which place each stands first, its words and signatures, and its form where asked for."""

    same: Places  # of every place the number of its text, -1 where it has no word
    words: list[str]
    near: Signed
    spun: Signed | None
    forms: Forms | None


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
    ids = posts["post_id"].astype("str")
    order = np.lexsort((ids.to_numpy(dtype=object), _time(posts)))
    bodies = _content(posts, blocks)
    near, family = families([bodies[place] for place in order])
    first_ids = ids.to_numpy(dtype=object)[order]
    found = pd.DataFrame({"post_id": first_ids, "duplicate_of": _named(near, first_ids, alone=True)})
    found["template_id"] = _named(family, first_ids, alone=False)
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return found.iloc[back].set_axis(posts.index).astype("str").where(found.iloc[back].set_axis(posts.index).notna())


def _time(posts: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if "published_at" not in posts:
        return np.zeros(len(posts), dtype=np.int64)
    times = pd.to_datetime(posts["published_at"], utc=True)
    moments = times.to_numpy(dtype="datetime64[us]").astype(np.int64)
    return np.where(times.isna(), np.iinfo(np.int64).max, moments)


def _content(posts: pd.DataFrame, blocks: pd.DataFrame | None) -> list[str]:
    texts = posts["text"].fillna("").astype("str").tolist()
    if blocks is None:
        return texts
    wanted = blocks[blocks["layer"].isin(CONTENT_LAYERS)].sort_values(["post_id", "block"])
    spans: dict[str, list[tuple[int, int]]] = {}
    for post_id, start, end in zip(wanted["post_id"], wanted["start"], wanted["end"], strict=True):
        spans.setdefault(str(post_id), []).append((start, end))
    ids = posts["post_id"].astype("str")
    return ["\n".join(text[a:b] for a, b in spans.get(i, [])) for i, text in zip(ids, texts, strict=True)]


def near_copies(texts: Sequence[str]) -> Places:
    """For each text the least place of its near-copies, its own where it has none before it.

    >>> near_copies(["网贷逾期三天，平台打了十几个电话。", "今天下雨。", "網貸逾期三天,平台打了十幾個電話!"]).tolist()
    [0, 1, 0]
    """
    read = _read(texts, has_forms=False)
    return _spread(_near(read), read.same)


def families(texts: Sequence[str]) -> tuple[Places, Places]:
    """For each text the least place of its near-copies, and of its family; equal texts are compared once."""
    read = _read(texts, has_forms=True)
    near = _near(read)
    return _spread(near, read.same), _spread(_family(read, near), read.same)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(unmarked(text))
        size += len(text)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read(texts: Sequence[str], *, has_forms: bool) -> _Read:
    known: dict[str, int] = {"": -1}  # a text with no word is no copy
    same: list[int] = []
    near, spun, formed = [signed([], 5, NEAR_ROWS)], [signed([], 2, SPUN_ROWS)], []
    for batch in _batches(texts):
        new: dict[str, str] = {}
        for copy, plain in zip(batch, words(batch), strict=True):
            if plain not in known:
                known[plain] = len(known) - 1
                new[plain] = copy
            same.append(known[plain])
        near.append(signed(list(new), 5, NEAR_ROWS))
        if has_forms:
            formed.append(forms(list(new.values()), list(new)))
            spun.append(signed(formed[-1].words, 2, SPUN_ROWS))
    del known[""]
    both = (_stacked(near), _stacked(spun), gathered(formed)) if has_forms else (_stacked(near), None, None)
    return _Read(np.array(same, dtype=np.int64), list(known), *both)


def _stacked(parts: Sequence[Signed]) -> Signed:
    return Signed(*(np.concatenate(some) for some in zip(*parts, strict=True)))


def _spread(groups: Places, same: Places) -> Places:
    """The groups of the distinct texts as those of all places; a place without words is alone."""
    places = np.arange(len(same))
    held = np.flatnonzero(same >= 0)
    firsts = np.full(len(groups), len(same), dtype=np.int64)
    np.minimum.at(firsts, same[held], held)
    found: Places = places.copy()
    found[held] = firsts[groups[same[held]]]
    return found


def _near(read: _Read) -> Places:
    shelf = Shelf(read.words)
    groups: Places = np.arange(len(read.words))
    for reach in REACHES:
        pairs = banded(read.near, NEAR - 4 * ERROR, groups, reach)
        groups = joined(pairs, groups, lambda a, b: shelf.jaccard(a, b, 5) >= NEAR)
    return groups


def _family(read: _Read, groups: Places) -> Places:
    """The groups of near-copies joined to families."""
    if read.forms is None or read.spun is None:
        return groups
    made = read.forms
    shelf = Shelf(made.words)
    for reach in REACHES:
        like_formed = alike(
            read.spun,
            distinct([sharing(keyed, groups, reach) for keyed in (made.rhythm, made.headings)]),
            SPUN_ALIKE - ERROR,
        )
        pairs = distinct([
            banded(read.spun, SPUN - 2 * ERROR, groups, reach),
            like_formed[np.array([_is_like_formed(made, a, b) for a, b in like_formed.tolist()], dtype=bool)],
            sharing(made.paragraphs, groups, reach),
        ])
        groups = joined(pairs, groups, lambda a, b: _of_one_family(made, shelf, a, b))
    return groups


def _of_one_family(made: Forms, shelf: Shelf, a: int, b: int) -> bool:
    """Whether two texts come of one template: shared paragraphs, or enough common runs of two characters."""
    if _share_half(made.paragraphs.of(a), made.paragraphs.of(b)):
        return True
    length = min(len(made.words[a]), len(made.words[b]))
    if length < LONG_TEXT:
        return length >= LONG_PARAGRAPH and shelf.jaccard(a, b, 2) >= SHORT
    return shelf.jaccard(a, b, 2) >= (SPUN_ALIKE if _is_like_formed(made, a, b) else SPUN)


def _is_like_formed(made: Forms, a: int, b: int) -> bool:
    headings = made.headings.of(a)
    return bool(headings and headings & made.headings.of(b)) or _share_half(made.rhythm.of(a), made.rhythm.of(b))


def _share_half(one: set[int], other: set[int]) -> bool:
    """Whether two things or more are common, and half of what the one with fewer has."""
    common = len(one & other)
    return common >= 2 and 2 * common >= min(len(one), len(other))


def _named(component: Places, ids: np.ndarray[tuple[int], np.dtype[np.object_]], *, alone: bool) -> list[str | None]:
    """The id of each place's first; missing on the first itself (`alone`), or where the component is one place."""
    sizes = np.bincount(component, minlength=len(component))
    return [
        None if sizes[first] < 2 or (alone and first == place) else str(ids[first])
        for place, first in enumerate(component)
    ]
