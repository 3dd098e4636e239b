"""The mentions of a run as arrays, in the order of posts and places: what counts and choices are made of, without a word of them.

The rule of `quotes` over twenty million mentions: which stand for a theme and a way of saying it, and how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.measure.sentiment import nearest_step
from analysis.measure.units import ALL, Sample, places_of
from analysis.report.ranks import Array, ranks
from analysis.report.standing import CONSIDERED, in_turn, standing
from analysis.tables import CONTENT_LAYERS, FAMILIES, FAMILY_OF_STATUS

APART = ("ad", "comment")
UNCLAIMED, STEP = "unclaimed", "step"
CLAIMED = FAMILIES.index("claimed")
ELSEWHERE = len(FAMILIES) + len(APART)  # the way of a mention in any other layer
NO_STEP = np.int8(100)

MentionKey = tuple[str, int, str]


class Found(NamedTuple):
    """Mentions of one kind: how many, in how many posts, and those shown, each with the number of its family's other posts."""

    n: int
    n_posts: int
    shown: tuple[tuple[MentionKey, int], ...]


@dataclass(frozen=True, eq=False)
class Said:
    """The mentions in on-topic posts: place of the post, start, end, rule, theme, way of saying (family or layer apart), step."""

    posts: Sample
    at: Array
    start: Array
    end: Array
    rule: pd.Categorical
    theme: pd.Categorical
    way: Array
    step: Array

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def ids(self) -> Array:
        return self.posts.posts["post_id"].to_numpy(dtype=object)

    @cached_property
    def sites(self) -> Array:
        """A number for the site of each post; posts without one have one together."""
        return np.asarray(pd.factorize(self.posts.posts["site"].fillna(""))[0])

    @cached_property
    def rank(self) -> Array:
        """The hash that orders each mention."""
        ids = pd.Series(pd.Categorical.from_codes(self.at, categories=pd.Index(self.ids, dtype="str"), validate=False))
        return ranks(ids, self.start, pd.Series(self.rule))

    @cached_property
    def by_rank(self) -> Array:
        """The places of all mentions, ordered by theme and within it by hash."""
        order = np.argsort(self.rank, kind="stable").astype(np.int32)
        return order[np.argsort(self.theme.codes[order], kind="stable")]

    @cached_property
    def ends(self) -> Array:
        """Where the mentions of each theme end in `by_rank`."""
        return np.cumsum(np.bincount(self.theme.codes, minlength=len(self.theme.categories)))

    def of(self, theme: str) -> Array:
        """The places of the mentions of a theme in the order of their hashes."""
        code = self.theme.categories.get_indexer(pd.Index([theme]))[0]
        return self.by_rank[:0] if code < 0 else self.by_rank[self.ends[code - 1] if code else 0 : self.ends[code]]

    def ranked(self, themes: list[str]) -> Array:
        """The places of the mentions of those themes, or of all (`all`), in the order of their hashes."""
        if themes == [ALL]:
            return np.argsort(self.rank, kind="stable").astype(np.int32)
        parts = [self.of(theme) for theme in themes]
        if len(parts) == 1:
            return parts[0]
        joined = np.concatenate(parts)
        return joined[np.argsort(self.rank[joined], kind="stable")]

    def key(self, place: Any) -> MentionKey:
        return str(self.ids[self.at[place]]), int(self.start[place]), str(self.rule[place])

    def chosen(self, places: Array, cap: int) -> Found:
        """Counts of the mentions at those places (in order of their hashes), and those that stand for them by the rule."""
        at = self.at[places]
        here = np.zeros(len(self.posts), dtype=bool)
        here[at] = True
        pairs = standing(self.posts.family[at], self.sites[at], at, cap)
        return Found(len(places), int(np.count_nonzero(here)), tuple((self.key(places[i]), copies) for i, copies in pairs))

    def first_places(self, places: Array, cap: int) -> list[tuple[int, int]]:
        """Those that stand for the mentions at those places by the rule of `pick`: the first of each post, then of each family."""
        one = places[~pd.Series(self.at[places]).duplicated().to_numpy()]
        family = self.posts.family[self.at[one]]
        firsts = np.flatnonzero(~pd.Series(family).duplicated().to_numpy())[:CONSIDERED]
        shown = firsts[in_turn(pd.Series(self.sites[self.at[one[firsts]]]))[:cap]]
        return [(int(one[i]), int(np.count_nonzero(family == family[i])) - 1) for i in shown]

    def first(self, places: Array, cap: int) -> list[tuple[MentionKey, int]]:
        """The same by the keys of the mentions."""
        return [(self.key(place), copies) for place, copies in self.first_places(places, cap)]

    def find(self, at: Array, start: Array, rule: list[str]) -> Array:
        """The places of the mentions at those posts, starts and rules; -1 where there is none."""
        keys = (self.at.astype(np.int64) << 32) + self.start
        place = np.searchsorted(keys, (at.astype(np.int64) << 32) + start)
        code = self.rule.categories.get_indexer(pd.Index(rule, dtype="str"))
        found = np.full(len(at), -1, dtype=np.int64)
        open_ones = np.flatnonzero(place < len(keys))
        while len(open_ones):  # several rules may find words at one place
            here = place[open_ones]
            same = (self.at[here] == at[open_ones]) & (self.start[here] == start[open_ones])
            right = same & (self.rule.codes[here] == code[open_ones])
            found[open_ones[right]] = here[right]
            open_ones = open_ones[same & ~right & (here + 1 < len(keys))]
            place[open_ones] += 1
        return found

    def groups(self, themes: list[str], ways: Iterable[str]) -> Iterator[tuple[str, Array]]:
        """For each way of saying the places of the mentions of those themes, in the order of their hashes."""
        places = self.ranked(themes)
        way, step = self.way[places], self.step[places]
        content = way < len(FAMILIES)
        for name in ways:
            if name == ALL:
                mask = content
            elif name in FAMILIES:
                mask = way == FAMILIES.index(name)
            elif name in APART:
                mask = way == len(FAMILIES) + APART.index(name)
            elif name == UNCLAIMED:
                claims = np.zeros(len(self.posts), dtype=bool)
                claims[self.at[places[way == CLAIMED]]] = True
                mask = content & ~claims[self.at[places]]
            else:
                mask = content & (step == round(float(name.removeprefix(STEP)) * 4))
            yield name, places[mask]


def said_of(frame: pd.DataFrame, posts: Sample) -> Said:
    """The mentions of a frame as arrays: those in on-topic posts, in the order of posts and places."""
    at = places_of(frame["post_id"], posts.posts["post_id"])
    start = frame["start"].to_numpy()
    order = np.argsort(np.where(at < 0, np.iinfo(np.int64).max, (at << 32) + start), kind="stable")
    order = order[: np.count_nonzero(at >= 0)]
    status, layer = (frame[name].astype("category").cat for name in ("status", "layer"))
    family = np.array([FAMILIES.index(FAMILY_OF_STATUS[name]) for name in status.categories], dtype=np.int8)
    apart = np.array([_apart(name) for name in layer.categories], dtype=np.int8)
    way, other = family[status.codes.to_numpy()], apart[layer.codes.to_numpy()]
    steps = nearest_step(frame["polarity"].to_numpy(dtype="float64")) * 4
    step = np.where(np.isnan(steps), NO_STEP, np.nan_to_num(steps)).astype(np.int8)
    return Said(
        posts,
        at[order].astype(np.int32),
        start[order].astype(np.int32),
        frame["end"].to_numpy()[order].astype(np.int32),
        _coded(frame["rule_id"], order),
        _coded(frame["theme"], order),
        np.where(other < 0, way, other)[order].astype(np.int8),
        step[order],
    )


def _apart(layer: str) -> int:
    if layer in CONTENT_LAYERS:
        return -1
    return len(FAMILIES) + APART.index(layer) if layer in APART else ELSEWHERE


def _coded(column: pd.Series, order: Array) -> pd.Categorical:
    coded: Any = column.astype("category").array
    return pd.Categorical.from_codes(coded.codes[order], dtype=coded.dtype)
