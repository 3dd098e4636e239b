"""The posts that a report shows: a title, a text, where and when it was published, and the record in the archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from analysis.problems import DataProblem
from analysis.report.shelf import Shelf


class Post(NamedTuple):
    """What the report shows of a post."""

    post_id: str
    title: str
    text: str
    site: str
    date: str
    source: str
    digest: str


class Posts:
    """Every kept post by its id, read when it is shown; those that were asked for with `want` all at once."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: dict[str, Post] = {}

    def want(self, ids: Iterable[str]) -> None:
        """Say which posts will be shown."""
        found = list(ids)
        self._shelf.want("posts", found)
        self._shelf.want("raw", found)  # the id of a post is that of its record

    def __getitem__(self, post_id: str) -> Post:
        if post_id not in self._known:
            self._known[post_id] = self._made(post_id)
        return self._known[post_id]

    def _made(self, post_id: str) -> Post:
        row = self._shelf.row("posts", post_id)
        if row is None:
            raise DataProblem(f"posts: no post {post_id}. Run the stage `clean` again.")
        raw = self._shelf.row("raw", row.raw_id)
        day = day_of(row.published_at, row.date_precision)
        digest = "" if raw is None else str(raw.digest)[:12]
        return Post(post_id, row.title or row.text[:40], row.text, row.site or "", day, row.source, digest)


def day_of(at: pd.Timestamp | None, precision: str) -> str:
    """The date as far as the page tells it; what was worked out from "3 days ago" is marked with a tilde."""
    if at is None or pd.isna(at):
        return ""
    if precision in ("year", "month"):
        return at.strftime("%Y" if precision == "year" else "%Y-%m")
    return ("~" if precision == "relative" else "") + at.strftime("%Y-%m-%d")
