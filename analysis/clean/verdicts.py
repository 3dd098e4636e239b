"""What each line is by its own words, asked once: furniture and why, said about the post, a field, a record.

Short lines are the same on every page of a site (menus, labels, counters), so that what they are is remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from analysis.clean import furniture
from analysis.clean.shapes import is_field
from analysis.clean.speakers import is_record

_MIXED = frozenset(["breadcrumb", "size_controls", "share", "tags", "reading_time"])  # such lines may hold time and counts too
_REPEATED = 32  # lines up to this long are remembered
_FIELD = 80  # characters of the longest field of a complaint's record


class Verdict(NamedTuple):
    """Why the line is no part of an article (None: it may be one), whether it is said about the post, is a field or a record."""

    reason: str | None
    is_meta: bool
    is_field: bool
    is_record: bool


def verdict(text: str) -> Verdict:
    """The verdict on a line.

    >>> verdict("阅读:65 评论:0"), verdict("投诉对象：某平台").is_field           # reads, comments; complaint against
    (Verdict(reason=None, is_meta=True, is_field=False, is_record=False), True)
    """
    return _remembered(text) if len(text) <= _REPEATED else _verdict(text)


@lru_cache(maxsize=8192)
def _remembered(text: str) -> Verdict:
    return _verdict(text)


def _verdict(text: str) -> Verdict:
    why = furniture.reason(text)
    is_meta = furniture.is_meta(text) if why is None else why in _MIXED and furniture.has_time_or_count(text)
    return Verdict(why, is_meta, len(text) < _FIELD and is_field(text), is_record(text))
