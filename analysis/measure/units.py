"""What is measured: the on-topic posts and their text families, what the codebook says, one row of `measures`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.codebook import Codebook
from analysis.measure.intervals import Array, Estimate
from analysis.problems import DataProblem, choices
from analysis.tables import CONTENT_LAYERS, FAMILIES, FAMILY_OF_STATUS, TABLES

ALL = "all"


@dataclass(frozen=True)
class Codes:
    """What measuring needs of the codebook: themes, version, the parent of each sub-theme, words that are cut whole."""

    themes: tuple[str, ...]
    version: str
    parents: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """The on-topic posts in order of post_id; by position: the text family of each, and whether it speaks for it."""

    posts: pd.DataFrame
    family: Array
    first: Array

    def __len__(self) -> int:
        return len(self.posts)

    @property
    def chars(self) -> Array:
        return self.posts["n_chars"].to_numpy(dtype="int64")


def codes_of(codebook: Codebook, words: Iterable[str] = ()) -> Codes:
    """What measuring needs of that codebook; `words` are cut whole when terms are counted."""
    return Codes(tuple(codebook.by_slug), codebook.version, dict(codebook.parents), tuple(words))


class Row(NamedTuple):
    """One number on its way into the table `measures`."""

    measure: str
    group: str
    theme: str
    estimate: Estimate
    estimand: str
    unit: str


def sample(posts: pd.DataFrame) -> Sample:
    """The on-topic posts, each with its text family: what near-copies and template families tie together.

    The post that speaks for a family is its first by post_id, one that is no copy of another before one that is.

    >>> rows = [{"post_id": p, "on_topic": True, "template_id": t, "n_chars": 9} for p, t in ("ax", "bx", "c ")]
    >>> s = sample(TABLES["posts"].frame([{**r, "template_id": r["template_id"].strip() or None} for r in rows]))
    >>> s.family.tolist(), s.first.tolist()
    ([0, 0, 1], [True, False, True])
    """
    kept = posts.loc[posts["on_topic"].to_numpy(dtype=bool)].sort_values("post_id", ignore_index=True)
    family = text_families(kept)
    order = np.lexsort((np.arange(len(kept)), kept["duplicate_of"].notna().to_numpy(), family))
    first = np.zeros(len(kept), dtype=bool)
    first[order[np.unique(family[order], return_index=True)[1]]] = True
    return Sample(kept, family, first)


def text_families(posts: pd.DataFrame) -> Array:
    """The number of the text family of each post: posts are tied by `duplicate_of` and by `template_id`."""
    n = len(posts)
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    place, edges, size = pd.Index(posts["post_id"]), [], n
    for column, known in (("duplicate_of", place), ("template_id", None)):
        names = posts[column].dropna()
        codes, named = pd.factorize(names)
        there = np.full(len(named), -1) if known is None else known.get_indexer(named)  # a name of no post here is a node of its own
        new = np.flatnonzero(there < 0)
        there[new] = size + np.arange(len(new))
        size += len(new)
        edges.append(np.column_stack([np.flatnonzero(posts[column].notna().to_numpy()), there[codes]]))
    ends = np.concatenate(edges).astype(np.int64)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1][:n]
    _, firsts, codes = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(firsts))[codes].astype(np.int64)


def spoken(mentions: pd.DataFrame, found: Sample, codes: Codes, detail: bool = False) -> pd.DataFrame:
    """The mentions in on-topic posts: `at` (place of the post), `theme`, `family` of the status, `layer`, `polarity`.

    `layer` is content, ad or comment. A mention of a sub-theme is there twice, once under its parent (`own` False).
    With `detail` also `start`, `status`, `actor`, `target` and `place`, the layer as it is.
    A theme that the codebook lacks, or mentions of another version, are refused: their rows would be lost unseen.
    """
    strange = sorted(set(mentions["theme"].unique()) - set(codes.themes))
    if strange:
        raise DataProblem(f"mentions: theme {strange[0]!r} is not in the codebook. {choices('Themes', codes.themes)}")
    other = sorted(set(mentions["codebook_version"].unique()) - {codes.version})
    if other:
        raise DataProblem(
            f"mentions: made with codebook {other[0]}, measured with {codes.version}. Run the stage `themes` again."
        )
    at = places_of(mentions["post_id"], found.posts["post_id"])
    layer = mentions["layer"].map(lambda name: "content" if name in CONTENT_LAYERS else name)
    own = pd.DataFrame(
        {
            "at": at,
            "theme": pd.Categorical(mentions["theme"], categories=codes.themes),
            "family": pd.Categorical(mentions["status"].map(FAMILY_OF_STATUS), categories=FAMILIES),
            "layer": layer.astype("category").array,
            "polarity": mentions["polarity"].to_numpy(dtype="float64"),
            "own": True,
        }
    )
    if detail:
        own = own.assign(start=mentions["start"].to_numpy(), place=mentions["layer"].astype("category").array)
        own = own.assign(**{name: mentions[name].astype("category").array for name in ("status", "actor", "target")})
    own = own.loc[own["at"] >= 0]
    below = own.loc[own["theme"].isin(list(codes.parents))]
    parents = pd.Categorical(below["theme"].astype(object).map(dict(codes.parents)), categories=codes.themes)
    return pd.concat([own, below.assign(theme=parents, own=False)], ignore_index=True)


def places_of(ids: pd.Series, among: pd.Series) -> Array:
    """The place of each id among others, -1 where it is not there; of categories each different one is looked up once.

    >>> places_of(pd.Series(["b", "c"]), pd.Series(["a", "b"])).tolist()
    [1, -1]
    """
    coded = ids.astype("category").cat
    return np.append(pd.Index(among).get_indexer(coded.categories), -1)[coded.codes.to_numpy()].astype(np.int64)


def counts_per_post(said: pd.DataFrame, size: int) -> dict[str, Array]:
    """Mentions of each post by status family, and under `all` in any."""
    found = {
        name: np.bincount(said.loc[said["family"] == name, "at"].to_numpy(dtype=np.int64), minlength=size)
        for name in FAMILIES
    }
    return {ALL: np.sum(list(found.values()), axis=0), **found}


def measures_frame(rows: Iterable[Row], version: str) -> pd.DataFrame:
    """The rows as a frame of the table `measures`, in the order given.

    >>> nothing = Estimate(None, None, None, 0, 0, "no value: no unit")
    >>> measures_frame([Row("share_of_posts", "all", "threats", nothing, "Share", "share")], "1").loc[0, "method"]
    'no value: no unit'
    """
    return TABLES["measures"].frame(
        {
            "measure": row.measure,
            "group": row.group,
            "theme": row.theme,
            "value": row.estimate.value,
            "low": row.estimate.low,
            "high": row.estimate.high,
            "n": row.estimate.n,
            "denominator": row.estimate.denominator,
            "estimand": row.estimand,
            "method": row.estimate.method,
            "unit": row.unit,
            "codebook_version": version,
        }
        for row in rows
    )
