"""Which themes come together in a post: log odds ratios of every pair, and shares given another theme.

A post that says much says many themes, so two themes may go together for no other reason than length; and a template
that carries both counts once as evidence, since the interval is over text families. Content layers, any status.
Conditional shares of fewer than five posts are withheld (codebook 8, Q21).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.measure.contrasts import log_odds
from analysis.measure.groups import contrast_rows
from analysis.measure.intervals import Estimate, clusters_of, share_over
from analysis.measure.told import Told, named, told
from analysis.measure.units import Codes, Row, measures_frame

FEWEST = 5
GIVEN = ("distress", "family_work_impact")  # what conduct does to people: Q21 and Q22


def together(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows `log_odds_together` and `log_odds_together_p` of each pair of themes, group `with:` the second of the pair.

    0: they have nothing to do with each other; log 2 = 0.69: the odds of one are twice as large where the other is. A
    sub-theme and its own parent are no pair. p-values are Holm's over all pairs.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 9} for p in "abc"])
    >>> found = together(posts, TABLES["mentions"].empty(), Codes(("threats", "scams"), "1"))
    >>> found["group"].tolist(), found["method"].iloc[0]
    (['with:scams', 'with:scams'], 'no value: one of the two is in no post or in every post')
    """
    return measures_frame(together_rows(told(posts, mentions, codes)), codes.version)


def shares_given(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, themes: Sequence[str] = GIVEN) -> pd.DataFrame:
    """Rows `share_given`: of the posts that speak of the theme behind `with:`, the share that also speak of `theme`."""
    return measures_frame(given_rows(told(posts, mentions, codes), themes), codes.version)


def pairs_of(codes: Codes) -> list[tuple[str, str]]:
    """Every pair of themes but a sub-theme and its parent.

    >>> pairs_of(Codes(("impact", "distress", "scams"), "1", {"distress": "impact"}))
    [('impact', 'scams'), ('distress', 'scams')]
    """
    return [(a, b) for a, b in combinations(codes.themes, 2) if codes.parents.get(a) != b and codes.parents.get(b) != a]


def together_rows(read: Told) -> Iterator[Row]:
    """The rows of `together`."""
    pairs = pairs_of(read.codes)
    carried = {theme: read.carries(theme) for theme in read.codes.themes}
    found = [log_odds(carried[a], carried[b], read.clusters) for a, b in pairs]
    keys = [("log_odds_together", f"with:{b}", a) for a, b in pairs]
    words = "Log odds ratio of {theme} and the theme {group} being spoken of in the same on-topic post, copies included"
    yield from contrast_rows(keys, found, words, "log odds")


def given_rows(read: Told, themes: Sequence[str] = GIVEN) -> Iterator[Row]:
    """The rows of `shares_given`."""
    for theme in (name for name in themes if name in read.codes.themes):
        has = read.carries(theme)
        for other in read.codes.themes:
            if other == theme or other == read.codes.parents.get(theme):
                continue
            where = read.carries(other)
            n = int(np.count_nonzero(where))
            if n < FEWEST:
                share = Estimate(None, None, None, 0, n, f"no value: fewer than {FEWEST} posts speak of {other}")
            else:
                share = share_over(has[where], clusters_of(read.found.family[where]))
            words = f"Share of on-topic posts that speak of {other} which also speak of {named(theme)}, in content layers"
            yield Row("share_given", f"with:{other}", theme, share, words, "share")
