"""What the posts tell of each theme, read once for all measures that need it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measure.intervals import Array, Clusters, clusters_of
from analysis.measure.units import ALL, Codes, Sample, sample, spoken
from analysis.problems import DataProblem, choices
from analysis.tables import FAMILIES

UNCLAIMED = "unclaimed"
HOW = {
    ALL: "is spoken of in any way",
    "claimed": "is claimed",
    "possible": "is spoken of as possible or asked about",
    "rejected": "is denied or said to be forbidden",
    "other": "is advised on, advertised or only named",
    UNCLAIMED: "is spoken of but nowhere claimed",
}


@dataclass(frozen=True)
class Told:
    """On-topic posts, their mentions, and for each theme, status family and post whether its content carries it."""

    found: Sample
    said: pd.DataFrame
    codes: Codes
    clusters: Clusters
    has: Array

    @property
    def themes(self) -> tuple[str, ...]:
        """`all` (any theme), then the themes of the codebook."""
        return (ALL, *self.codes.themes)

    def carries(self, theme: str, family: str = ALL) -> Array:
        """Whether each post carries the theme in that status family, in any (`all`), or in any but claimed."""
        if theme not in self.themes:
            raise DataProblem(f"theme {theme!r} is not in the codebook. {choices('Themes', self.themes)}")
        rows: Array = self.has[self.themes.index(theme)]
        if family == ALL:
            return np.asarray(rows.any(axis=0))
        if family == UNCLAIMED:
            return np.asarray(rows.any(axis=0) & ~rows[FAMILIES.index("claimed")])
        if family not in FAMILIES:
            raise DataProblem(f"there is no status family {family!r}. {choices('Families', HOW)}")
        return np.asarray(rows[FAMILIES.index(family)])


def told(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, layer: str = "content") -> Told:
    """The posts and what their content layers (or `ad`, `comment`) say; copies stay, each with its family.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 500} for p in "ab"])
    >>> one = {"post_id": "a", "start": 0, "end": 2, "theme": "threats", "layer": "body", "status": "denied"}
    >>> said = TABLES["mentions"].frame([{**one, "codebook_version": "1"}])
    >>> found = told(posts, said, Codes(("threats",), "1"))
    >>> found.carries("threats", "rejected").tolist(), found.carries("threats", "claimed").tolist()
    ([True, False], [False, False])
    """
    found = sample(posts)
    said = spoken(mentions, found, codes, detail=True)
    return _read(found, said, codes, layer)


def of_layer(read: Told, layer: str) -> Told:
    """The same posts and mentions, but what that layer carries: content, ad or comment."""
    return _read(read.found, read.said, read.codes, layer)


def _read(found: Sample, said: pd.DataFrame, codes: Codes, layer: str) -> Told:
    here = said.loc[said["layer"] == layer]
    themes = (ALL, *codes.themes)
    has = np.zeros((len(themes), len(FAMILIES), len(found)), dtype=bool)
    theme = pd.Index(themes).get_indexer(pd.Index(here["theme"]))
    family = pd.Index(FAMILIES).get_indexer(pd.Index(here["family"]))
    at = here["at"].to_numpy(dtype=np.int64)
    has[theme, family, at] = True
    has[0, family, at] = True
    return Told(found, said, codes, clusters_of(found.family), has)


def named(theme: str) -> str:
    """The theme in a sentence."""
    return "any theme" if theme == ALL else theme
