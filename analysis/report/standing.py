"""Which things stand for many: one a text family, sites in turn, in the order in which they are given, by arrays.

The rule of `quotes`; a list of a million is not looked through where its beginning decides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.report.ranks import Array

CONSIDERED = 200  # things among which sites take turns where they are in the order of post ids
NEAR = 4096  # things that are looked at before all are


def standing(family: Array, site: Array, post: Array, cap: int) -> list[tuple[int, int]]:
    """The places of the things shown, each with the number of its family's other posts; families and posts are numbers from 0.

    >>> standing(np.array([7, 8, 7, 7]), np.array([0, 0, 1, 1]), np.array([3, 4, 5, 5]), 6)
    [(0, 1), (1, 0)]
    """
    shown = one_a_family(family, site, cap)
    known = np.zeros(int(family.max()) + 1 if len(family) else 0, dtype=bool)
    known[family[shown]] = True
    theirs = known[family]
    sizes = pd.Series(post[theirs]).groupby(family[theirs]).nunique()
    return [(int(place), int(sizes[family[place]]) - 1) for place in shown]


def one_a_family(family: Array, site: Array, cap: int) -> Array:
    """The places shown: the first of each family, sites in turn, each keeping its order.

    Where the first have sites enough, the rest need not be looked at.

    >>> one_a_family(np.array([7, 7, 8, 9]), np.array([0, 0, 0, 1]), 2).tolist()
    [0, 3]
    """
    for size in (NEAR, len(family)):
        firsts = np.flatnonzero(~pd.Series(family[:size]).duplicated().to_numpy())
        sites = pd.Series(site[firsts])
        if size >= len(family) or sites.nunique() >= cap:
            break
    return firsts[in_turn(sites)[:cap]]


def in_turn(sites: pd.Series) -> Array:
    """The places of things when their sites take turns, each keeping its order.

    >>> in_turn(pd.Series(["a", "a", "a", "b"])).tolist()
    [0, 3, 1, 2]
    """
    turn = sites.groupby(sites, sort=False).cumcount().to_numpy()
    return np.lexsort((np.arange(len(sites)), turn))
