"""A sample of posts for people to code, with the known chance of each post to be in it.

Drawn post by post, all with the same chance (simple) or with the same chance inside a stratum. Strata rest on what the machine
said, so that rare themes are coded at all; the chances then undo it (see `correction`). Strata weigh by the square root of their
posts: between equal shares, good for rare strata, and proportional ones, good for the whole (Bankier 1988, doi:10.2307/2288957).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measure.intervals import Array
from analysis.measure.told import Told
from analysis.measure.units import ALL
from analysis.problems import DataProblem, choices
from analysis.tables import FAMILIES

NONE = "none"
LEAST = 8  # posts of a stratum; smaller ones are laid together
DESIGN_COLUMNS = ("post_id", "unit", "stratum", "n_stratum", "inclusion")


@dataclass(frozen=True)
class Plan:
    """How many posts, by which strata (none: simple), the seed, and for strata by campaign the posts that belong to one."""

    n: int
    strata: tuple[str, ...] = ()
    seed: int = 0
    in_campaign: frozenset[str] = frozenset()


def draw(read: Told, plan: Plan) -> pd.DataFrame:
    """The design: every on-topic post with its stratum, its chance, and a unit's name where it was drawn.

    A unit's name is a hash and tells a coder nothing. The same tables and seed give the same design. A stratum has two drawn posts
    at least, and one left over.

    >>> from analysis.measure.told import told
    >>> from analysis.measure.units import Codes
    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": f"p{n}", "on_topic": True, "n_chars": 9} for n in range(10)])
    >>> design = draw(told(posts, TABLES["mentions"].empty(), Codes(("threats",), "1")), Plan(4))
    >>> int((design["unit"] != "").sum()), design["inclusion"].unique().tolist()
    (4, [0.4])
    """
    posts = read.found.posts
    if not 2 <= plan.n < len(posts):
        raise DataProblem(f"a sample of {plan.n} posts out of {len(posts)} on-topic ones cannot be drawn. Choose 2 to {len(posts) - 1}.")
    stratum = _merged(_strata(read, plan))
    names, codes, sizes = np.unique(stratum, return_inverse=True, return_counts=True)
    if plan.n < 2 * len(names):
        raise DataProblem(f"{len(names)} strata need {2 * len(names)} posts at least, not {plan.n}. Raise --n, or name fewer strata.")
    wanted = allocate(sizes, plan.n)
    rng = np.random.default_rng(plan.seed)
    drawn = np.zeros(len(posts), dtype=bool)
    for place, n in enumerate(wanted):
        drawn[rng.choice(np.flatnonzero(codes == place), n, replace=False)] = True
    units = [unit_name(post, plan.seed) if d else "" for post, d in zip(posts["post_id"], drawn, strict=True)]
    return pd.DataFrame(
        {
            "post_id": posts["post_id"].to_numpy(),
            "unit": units,
            "stratum": stratum,
            "n_stratum": sizes[codes],
            "inclusion": (wanted / sizes)[codes],
        }
    )


def unit_name(post_id: str, seed: int) -> str:
    """The name under which coders see a post.

    >>> unit_name("a", 0) == unit_name("a", 0) != unit_name("a", 1)
    True
    """
    return "u" + hashlib.sha256(f"{seed}:{post_id}".encode()).hexdigest()[:10]


def allocate(sizes: Array, n: int) -> Array:
    """How many of n each stratum gets: by the square root of its size, 2 at least, one post left over in each.

    >>> allocate(np.array([100, 25, 9]), 18).tolist()
    [10, 5, 3]
    """
    roots = np.sqrt(sizes)
    given = np.clip(np.floor(n * roots / roots.sum()).astype(int), np.minimum(2, sizes - 1), sizes - 1)
    while given.sum() != n:  # one by one, where it is furthest from its root share
        step = 1 if given.sum() < n else -1
        free = given < sizes - 1 if step == 1 else given > 2
        short = np.where(free, step * (n * roots / roots.sum() - given), -np.inf)
        if not free.any():
            raise DataProblem(f"the strata cannot give a sample of {n} and leave one post each. Name fewer strata, or lower --n.")
        given[int(np.argmax(short))] += step
    return np.asarray(given)


def _merged(stratum: Array) -> Array:
    """Strata below the least size become one, `small`; if that is small too, it joins the smallest that is not."""
    names, sizes = np.unique(stratum, return_counts=True)
    small = np.isin(stratum, names[sizes < LEAST])
    if len(names) == 1 or not small.any():
        return stratum
    if small.all():
        return np.full(len(stratum), ALL, dtype=object)
    joined = "small"
    if small.sum() < LEAST:
        big = sizes >= LEAST
        joined = names[big][int(np.argmin(sizes[big]))]
    return np.asarray(np.where(small, joined, stratum))


def _strata(read: Told, plan: Plan) -> Array:
    """The stratum of each post, its parts joined by ` / `; `all` where there are none."""
    columns = [_part(read, name, plan) for name in plan.strata]
    if not columns:
        return np.full(len(read.found), ALL, dtype=object)
    return np.array([" / ".join(parts) for parts in zip(*columns, strict=True)], dtype=object)


def _part(read: Told, name: str, plan: Plan) -> Array:
    kind, _, theme = name.partition("=")
    if kind == "campaign":
        return np.where(read.found.posts["post_id"].isin(plan.in_campaign), "campaign", NONE).astype(object)
    if kind not in STRATA:
        raise DataProblem(f"there are no strata by {name!r}. {choices('Strata', [*STRATA, 'campaign', 'theme=NAME', 'family=NAME'])}")
    return STRATA[kind](read, theme)


def _by_theme(read: Told, theme: str) -> Array:
    """Whether the machine found that theme; with no theme named, the rarest that it found in the post."""
    if theme:
        return np.where(read.carries(theme), theme, NONE).astype(object)
    found = np.full(len(read.found), NONE, dtype=object)
    for slug in sorted(read.codes.themes, key=lambda t: (-int(read.carries(t).sum()), t)):
        found[read.carries(slug)] = slug
    return found


def _by_family(read: Told, theme: str) -> Array:
    """The first status family, in their order, in which the machine found that theme, or any."""
    found = np.full(len(read.found), NONE, dtype=object)
    for family in reversed(FAMILIES):
        found[read.carries(theme or ALL, family)] = family
    return found


def _by_solicitation(read: Told, theme: str) -> Array:
    solicits = read.found.posts["solicitation"].to_numpy(dtype=bool)
    return np.where(solicits, "solicits", "does not").astype(object)


STRATA: dict[str, Callable[[Told, str], Array]] = {
    "theme": _by_theme,
    "family": _by_family,
    "solicitation": _by_solicitation,
}
