"""Which rows stand for many: one a text family, sites in turn, in the order of post ids, which are hashes.

The rule of `quotes`, for rows of a table that are too many to be made into quotes one by one.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.report.corpus import Corpus, rows_of
from analysis.report.quotes import spread
from analysis.report.standing import CONSIDERED


def placed(corpus: Corpus, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that are in on-topic posts, with the text family and the site of each, in order of post and place."""
    posts = corpus.sample.posts
    known = pd.DataFrame({"post_id": posts["post_id"], "family": corpus.sample.family, "post_site": posts["site"].fillna("")})
    found = rows.merge(known, on="post_id", how="inner")
    return found.sort_values(["post_id", *(["start"] if "start" in found else [])], kind="stable", ignore_index=True)


def picked(rows: pd.DataFrame, cap: int) -> list[tuple[Any, int]]:
    """The rows shown, each with the number of its family's other posts; `rows` are `placed`.

    >>> rows = pd.DataFrame({"post_id": list("abcc"), "family": [1, 1, 2, 2], "post_site": list("xxyy"), "start": [0, 0, 0, 5]})
    >>> [(row.post_id, row.start, copies) for row, copies in picked(rows, 5)]
    [('a', 0, 1), ('c', 0, 0)]
    """
    one = rows.drop_duplicates("post_id")
    sizes = one["family"].value_counts()
    shown = spread(rows_of(one.drop_duplicates("family").head(CONSIDERED)), lambda row: str(row.post_site), cap)
    return [(row, int(sizes[row.family]) - 1) for row in shown]
