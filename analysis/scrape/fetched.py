"""What every reader of a source gives: one page or record as fetched, and times in the one zone of the tables."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd

from analysis.problems import DataProblem
from analysis.tables import ZONE

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")  # the form of nearly all: read ten times faster


class Fetched(NamedTuple):
    """One page or record: where it stands, its bytes, and what the transport said of it."""

    source: str
    archive: str
    offset: int
    content: bytes
    media_type: str
    charset: str | None = None
    url: str | None = None
    fetched_at: datetime | None = None


@dataclass
class Reading:
    """What a reader is told and what it tells: problems and the columns taken, a sentence and an entry as they are met.

    `chosen` is a mapping of roles to columns that the user gave; `columns` says for each table which column was read as
    what ("posts.csv" -> "text=正文, url=链接").
    """

    problems: list[str] = field(default_factory=list)
    chosen: Mapping[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)


def moment(value: object, where: str) -> datetime | None:
    """A time of fetching with the tables' zone; None where there is none; what is no time is a DataProblem.

    A time without a zone is taken as China's. A bare number is refused: it could be seconds, milliseconds or a year.

    >>> moment("2025-08-14T02:22:00Z", "posts.csv, row 1: fetched_at").isoformat()
    '2025-08-14T10:22:00+08:00'
    """
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    text = value.strip() if isinstance(value, str) else value
    if text == "":
        return None
    problem = DataProblem(f'{where} is "{value}", not a time. Write it as 2025-08-14 10:22 or 2025-08-14T10:22:00+08:00.')
    if not isinstance(text, (str, date)) or (isinstance(text, str) and text.isdigit()):
        raise problem
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) and _ISO.match(text) else pd.to_datetime(text)
        found = pd.Timestamp(found)
        found = (found.tz_localize(ZONE) if found.tzinfo is None else found.tz_convert(ZONE)).floor("us")
    except (ValueError, TypeError, OverflowError):
        raise problem from None
    if not isinstance(found, pd.Timestamp):
        raise problem
    return found.to_pydatetime(warn=False)
