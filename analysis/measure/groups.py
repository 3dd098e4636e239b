"""Shares by genre, month, solicitation and site, and what sets one group of posts apart from the rest.

A theme's share over all posts hides that a content farm and a plea share nothing (codebook 0.7). Each group has the
share of its posts and of its distinct texts (one a family inside the group), for any mention and for claims. Groups are
what pages and rules say they are: an error of genre or date is in these numbers and in no interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.measure.contrasts import Contrast, difference_over, holm, p_estimate
from analysis.measure.corpus import UNKNOWN, months
from analysis.measure.intervals import Array, Clusters, clusters_of, copies_ratio, share_over, wilson
from analysis.measure.told import HOW, Told, named, told
from analysis.measure.units import ALL, Codes, Row, Sample, measures_frame
from analysis.problems import DataProblem, choices

KINDS = ("solicitation", "genre", "month", "site")
COMPARED = ("solicitation", "genre")
FEWEST_POSTS = 10  # a site with fewer on-topic posts has no rows of its own
MOST_SITES = 20  # the largest; any other by `group_shares(..., kinds=("site",))` on its posts
_SHOWN = {ALL: "", "claimed": "_claimed"}


class Group(NamedTuple):
    """A group of posts: its name, such as genre:G01, its posts, their clusters, the one that speaks for each family."""

    name: str
    posts: Array
    clusters: Clusters
    first: Array


def group_shares(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, kinds: Sequence[str] = KINDS) -> pd.DataFrame:
    """Rows `share_in_group`, `share_in_group_texts`, `copies_ratio_in_group`, and the first two with `_claimed`.

    The group is `genre:G01`, `month:2025-03`, `solicitation:yes` or `site:name`.

    >>> from analysis.tables import TABLES
    >>> rows = [{"post_id": p, "on_topic": True, "n_chars": 9, "genre": "G01"} for p in "abc"]
    >>> one = {"post_id": "a", "start": 0, "end": 2, "theme": "threats", "layer": "body", "status": "asserted"}
    >>> said = TABLES["mentions"].frame([{**one, "codebook_version": "1"}])
    >>> found = group_shares(TABLES["posts"].frame(rows), said, Codes(("threats",), "1"), ("genre",))
    >>> found.set_index(["measure", "group", "theme"]).loc[("share_in_group", "genre:G01", "threats"), "n"]
    np.int64(1)
    """
    return measures_frame(group_rows(told(posts, mentions, codes), kinds), codes.version)


def group_differences(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, kinds: Sequence[str] = COMPARED) -> pd.DataFrame:
    """Rows `difference` and `difference_p`, and both with `_claimed`: the share in a group less that in all other posts.

    The p-value is Holm's over all themes and groups of a kind; sub-themes are in it as themes are.
    """
    return measures_frame(difference_rows(told(posts, mentions, codes), kinds), codes.version)


def groups_of_kind(found: Sample, kind: str) -> list[Group]:
    """The groups of that kind, in order of their names; posts that have none are in no group."""
    if kind not in KINDS:
        raise DataProblem(f"posts are not grouped by {kind!r}. {choices('Kinds', KINDS)}")
    if kind == "solicitation":
        values = found.posts[kind].map({True: "yes", False: "no"})
    else:
        values = months(found.posts) if kind == "month" else found.posts[kind]
    values = values.where(values != UNKNOWN)
    names = values.value_counts()
    if kind == "site":
        names = names[names >= FEWEST_POSTS].sort_index().sort_values(ascending=False, kind="stable").head(MOST_SITES)
    return [group_of(found, f"{kind}:{name}", (values == name).fillna(False).to_numpy(dtype=bool)) for name in sorted(names.index)]


def group_of(found: Sample, name: str, posts: Array) -> Group:
    """A group of that name out of the posts that are True."""
    at = np.flatnonzero(posts)
    clusters = clusters_of(found.family[at])
    order = np.lexsort((~found.first[at], clusters.codes))
    first = np.zeros(len(at), dtype=bool)
    first[order[np.unique(clusters.codes[order], return_index=True)[1]]] = True
    return Group(name, posts, clusters, first)


def group_rows(read: Told, kinds: Sequence[str] = KINDS) -> Iterator[Row]:
    """The rows of `group_shares`."""
    for kind in kinds:
        for group in groups_of_kind(read.found, kind):
            for theme in read.themes:
                yield from _shares(read, group, theme, with_ratio=kind != "month")


def _shares(read: Told, group: Group, theme: str, with_ratio: bool) -> Iterator[Row]:
    for family, suffix in _SHOWN.items():
        has = read.carries(theme, family)[group.posts]
        words = f"of {group.name} in which {named(theme)} {HOW[family]}, in content layers"
        share = share_over(has, group.clusters)
        yield Row(f"share_in_group{suffix}", group.name, theme, share, f"Share of on-topic posts, copies included, {words}", "share")
        texts = wilson(int(np.count_nonzero(has & group.first)), group.clusters.n)
        yield Row(f"share_in_group_texts{suffix}", group.name, theme, texts, f"Share of distinct texts {words}", "share")
        if with_ratio and family == ALL:
            ratio = copies_ratio(has, group.first, group.clusters.codes)
            said = f"Share of posts over share of distinct texts {words}"
            yield Row("copies_ratio_in_group", group.name, theme, ratio, said, "ratio")


def difference_rows(read: Told, kinds: Sequence[str] = COMPARED) -> Iterator[Row]:
    """The rows of `group_differences`. Of two groups only one is compared: the other is its mirror."""
    for kind in kinds:
        groups = groups_of_kind(read.found, kind)
        for family, suffix in _SHOWN.items():
            pairs = [(group, theme) for group in (groups[-1:] if len(groups) == 2 else groups) for theme in read.themes]
            rest = {group.name: (~group.posts, clusters_of(read.found.family[~group.posts])) for group, _ in pairs}
            found = [
                difference_over(read.carries(theme, family), (group.posts, group.clusters), rest[group.name])
                for group, theme in pairs
            ]
            keys = [(f"difference{suffix}", group.name, theme) for group, theme in pairs]
            words = f"{{theme}} {HOW[family]}: share of posts in {{group}} less that in all others"
            yield from contrast_rows(keys, found, words, "share difference")


def contrast_rows(keys: Sequence[tuple[str, str, str]], found: Iterable[Contrast], words: str, unit: str) -> Iterator[Row]:
    """Two rows a contrast: its estimate, and its p-value by Holm over all contrasts given."""
    contrasts = list(found)
    adjusted = holm([contrast.p for contrast in contrasts])
    tested = sum(p is not None for p in adjusted)
    for (measure, group, theme), contrast, p in zip(keys, contrasts, adjusted, strict=True):
        said = words.format(theme=named(theme), group=group)
        yield Row(measure, group, theme, contrast.estimate, said, unit)
        p_words = f"p-value of no difference. {said}"
        yield Row(f"{measure}_p", group, theme, p_estimate(contrast, p, tested), p_words, "p")
