"""Which posts are copies of which: exact copies, near-copies, and families made from one template.

A near-copy shares four fifths of its runs of five characters with the other text (codebook 5.2: J >= .8). A family is wider:
the brand changed, words replaced by synonyms, paragraphs taken over. Synonym spinning leaves hardly a run of five
characters (J of .05 and .08 in two such pairs), yet about a quarter of the runs of two, where other posts on the same
question share .07 at most; and it leaves the punctuation, so that clauses per sentence find the pairs.
Where it stops: a text rewritten freely is no copy here, and a family of short notes is seen only where half is the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.clean.shingles import Pairs, Shelf, alike, banded, distinct, plain, sharing, signature, unmarked
from analysis.tables import CONTENT_LAYERS

NEAR = 0.8  # codebook 5.2, last paragraph: the same article, on runs of five characters
SPUN = 0.2  # on runs of two characters; between what spun copies share and what other posts do
SPUN_ALIKE = 0.12  # the same where headings or punctuation run alike
ERROR = 0.035  # of a Jaccard index of .2 that is estimated by 128 values: (.2 * .8 / 128) ** .5
SHORT = 0.5  # the same for texts of fewer than LONG_TEXT characters, where chance is larger
LONG_TEXT = 120
LONG_PARAGRAPH = 20
_PUNCTUATION = re.compile(r"[^,。?!;:、.]")
_STATUTE = re.compile(r"^\W{0,3}(?:《[^》]{2,40}》\W{0,3})?第[零一二三四五六七八九十百千\d]{1,8}条")
_LIST_MARK = re.compile(r"^[\s(\[【第]{0,3}(?:\d{1,2}|[一二三四五六七八九十]{1,3})[\s)\]】、.:,章节步]{1,3}")


class Form(NamedTuple):
    """What a family is known by: the words beside quoted law, long paragraphs, headings, punctuation by paragraph."""

    words: str
    paragraphs: frozenset[str]
    headings: str
    rhythm: frozenset[str]


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
    texts = [unmarked(bodies[place]) for place in order]
    words = [plain(text) for text in texts]
    same = pd.factorize(pd.Series(words, dtype=object))[0]
    near, family = _families(texts, words, same)
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


def _families(
    texts: Sequence[str], words: Sequence[str], same: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> tuple[Pairs, Pairs]:
    """Component numbers of near-copies and of families, for texts in their order; equal texts are compared once."""
    _, firsts = np.unique(same, return_index=True)
    firsts = np.array([place for place in firsts if words[place]], dtype=np.int64)  # a text with no word is no copy
    some = [words[place] for place in firsts]
    near = _near_pairs(Shelf(some), len(some))
    family = distinct([near, _family_pairs([_form(texts[place]) for place in firsts])])
    exact = np.array([(first, p) for p, first in _exact(same, words)], dtype=np.int64).reshape(-1, 2)
    parts = [_components(distinct([exact, firsts[pairs]]), len(texts)) for pairs in (near, family)]
    return parts[0], parts[1]


def _exact(same: np.ndarray[tuple[int], np.dtype[np.int64]], words: Sequence[str]) -> list[tuple[int, int]]:
    first: dict[int, int] = {}
    return [(p, first.setdefault(int(key), p)) for p, key in enumerate(same) if words[p]]


def _near_pairs(shelf: Shelf, n: int) -> Pairs:
    signatures = np.array([signature(shelf.shingles(p, 5)) for p in range(n)], dtype=np.uint64)
    pairs = banded(signatures, 6, NEAR - 4 * ERROR) if n else np.empty((0, 2), dtype=np.int64)
    return _kept(pairs, [shelf.jaccard(a, b, 5) >= NEAR for a, b in pairs])


def _family_pairs(forms: Sequence[Form]) -> Pairs:
    if not forms:
        return np.empty((0, 2), dtype=np.int64)
    shelf = Shelf([form.words for form in forms])
    signatures = np.array([signature(shelf.shingles(p, 2)) for p in range(len(forms))], dtype=np.uint64)
    like_formed = distinct([
        sharing([form.rhythm for form in forms]),
        sharing([[form.headings] if form.headings else [] for form in forms]),
    ])
    pairs = distinct([
        banded(signatures, 2, SPUN - 2 * ERROR),
        alike(signatures, like_formed, SPUN_ALIKE - ERROR),
        sharing([form.paragraphs for form in forms]),
    ])
    return _kept(pairs, [_of_one_family(forms[a], forms[b], shelf.jaccard(a, b, 2)) for a, b in pairs])


def _kept(pairs: Pairs, good: Sequence[bool]) -> Pairs:
    found: Pairs = pairs[np.array(good, dtype=bool)]
    return found


def _of_one_family(one: Form, other: Form, common: float) -> bool:
    """Whether two texts come of one template: shared paragraphs, or enough `common` runs of two characters."""
    shared = len(one.paragraphs & other.paragraphs)
    if shared >= 2 and 2 * shared >= min(len(one.paragraphs), len(other.paragraphs)):
        return True
    length = min(len(one.words), len(other.words))
    if length < LONG_TEXT:
        return length >= LONG_PARAGRAPH and common >= SHORT
    beats = len(one.rhythm & other.rhythm)
    same_form = one.headings == other.headings != "" or (
        beats >= 2 and 2 * beats >= min(len(one.rhythm), len(other.rhythm))
    )
    return common >= (SPUN_ALIKE if same_form else SPUN)


def _form(text: str) -> Form:
    """The form of a text (its matching copy) by its lines.

    Paragraphs that quote an article of a law count for nothing: everyone who explains the law quotes the same ones.
    """
    lines = [line for line in text.split("\n") if line.strip() and not _STATUTE.match(line)]
    headings = [plain(_LIST_MARK.sub("", line)) for line in lines[1:] if len(line) <= 30 and line[-1] not in "。!;,:"]
    paragraphs = frozenset(words for line in lines if len(words := plain(line)) >= LONG_PARAGRAPH)
    marks = [_PUNCTUATION.sub("", line) for line in lines]
    marks = [run for run in marks if len(run) >= 3]
    beats = {run for run in marks if len(run) >= 7}
    beats |= {f"{a}|{b}" for a, b in pairwise(marks) if len(a) + len(b) >= 8}
    return Form(plain("".join(lines)), paragraphs, "\n".join(headings) if len(headings) >= 4 else "", frozenset(beats))


def _components(pairs: Pairs, n: int) -> Pairs:
    """For each place the least place of its connected component."""
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    labels = connected_components(graph, directed=False)[1] if n else np.empty(0, dtype=np.int32)
    least: Pairs = np.full(n, n, dtype=np.int64)
    np.minimum.at(least, labels, np.arange(n))
    found: Pairs = least[labels]
    return found


def _named(component: Pairs, ids: np.ndarray[tuple[int], np.dtype[np.object_]], *, alone: bool) -> list[str | None]:
    """The id of each place's first; missing on the first itself (`alone`), or where the component is one place."""
    sizes = np.bincount(component, minlength=len(component))
    return [
        None if sizes[first] < 2 or (alone and first == place) else str(ids[first])
        for place, first in enumerate(component)
    ]
