"""Before and after dated events: a rule, a campaign, an agreement. Only posts whose page names its day.

Monthly shares are in `groups` (`month:2025-03`). Here each event of `data/law/events.yml` cuts the posts of a year and
a half around it in two. What this does not prove is said in each row: other things changed at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.lexicon import data_path, load_yaml
from analysis.measure.contrasts import difference_over
from analysis.measure.groups import contrast_rows, group_of
from analysis.measure.intervals import Array, Estimate, share_over
from analysis.measure.told import Told, named, told
from analysis.measure.units import ALL, Codes, Row, measures_frame
from analysis.problems import DataProblem
from analysis.tables import ZONE

FILE = "law/events.yml"
WINDOW_DAYS = 270
TO_THE_DAY = ("second", "minute", "hour", "day")
WARNING = (
    "This is no effect of the event: which sites were crawled, what the news was and what else changed went with it, and "
    "posts are no sample of borrowers"
)


class Event(NamedTuple):
    """A dated event, and whether its date was confirmed from the instrument itself."""

    event_id: str
    on: date
    confirmed: bool


def events() -> tuple[Event, ...]:
    """The events of `data/law/events.yml` in order of their dates; none where there is no such file."""
    if not (data_path("measures").parent / FILE).exists():
        return ()
    return events_of(load_yaml(FILE).get("events", ()))


def events_of(rows: Sequence[dict[str, object]]) -> tuple[Event, ...]:
    """The events of a list as read from YAML; a bad date or a repeated name is an error.

    >>> events_of([{"event_id": "rule", "on": date(2025, 3, 1), "confirmed": True}])[0].event_id
    'rule'
    """
    found = []
    for row in rows:
        on = row.get("on")
        if not row.get("event_id") or not isinstance(on, date):
            raise DataProblem(f"{FILE}: event {row.get('event_id')!r} has the date {on!r}. Write event_id and 'on': 2025-03-01.")
        found.append(Event(str(row["event_id"]), on, bool(row.get("confirmed", False))))
    names = [event.event_id for event in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataProblem(f"{FILE}: event {twice[0]!r} stands twice. Give each a name of its own.")
    return tuple(sorted(found, key=lambda event: (event.on, event.event_id)))


def around_events(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, dated: Sequence[Event] | None = None) -> pd.DataFrame:
    """Rows `share_around_event` (groups `before:` and `after:` the event), `difference_after_event` and its `_p`.

    The share of posts of the 270 days before and of the 270 days from the day of the event on, any mention. An event
    without dated posts on both sides has one row, which says so. Holm over the themes of an event.

    >>> from analysis.tables import TABLES
    >>> rule = Event("rule", date(2025, 3, 1), True)
    >>> found = around_events(TABLES["posts"].empty(), TABLES["mentions"].empty(), Codes(("threats",), "1"), [rule])
    >>> found["method"].tolist()
    ['no value: no post dated to the day on both sides of the event']
    """
    return measures_frame(event_rows(told(posts, mentions, codes), events() if dated is None else dated), codes.version)


def days_from(read: Told, on: date) -> Array:
    """Days from the event to each post, NaN where its page does not name the day."""
    posts = read.found.posts
    known = posts["date_precision"].isin(TO_THE_DAY) & posts["published_at"].notna()
    gap = posts["published_at"].where(known) - pd.Timestamp(on, tz=ZONE)
    days: Array = np.floor(gap.dt.total_seconds().to_numpy(dtype="float64") / 86400)
    return days


def event_rows(read: Told, dated: Sequence[Event]) -> Iterator[Row]:
    """The rows of `around_events`."""
    for event in dated:
        days = days_from(read, event.on)
        before = group_of(read.found, f"before:{event.event_id}", (days >= -WINDOW_DAYS) & (days < 0))
        after = group_of(read.found, f"after:{event.event_id}", (days >= 0) & (days < WINDOW_DAYS))
        date_words = f"{event.on}{'' if event.confirmed else ' (a date that is not confirmed)'}"
        words = f"{{theme}}: share of posts of the {WINDOW_DAYS} days from {date_words} on, less that of the days before. {WARNING}"
        if not before.clusters.n or not after.clusters.n:
            n = int(before.posts.sum() + after.posts.sum())
            nothing = Estimate(None, None, None, 0, n, "no value: no post dated to the day on both sides of the event")
            yield Row("difference_after_event", after.name, ALL, nothing, words.format(theme=named(ALL)), "share difference")
            continue
        for group in (before, after):
            for theme in read.themes:
                share = share_over(read.carries(theme)[group.posts], group.clusters)
                said = f"Share of on-topic posts of the {WINDOW_DAYS} days {group.name} in which {named(theme)} is spoken of"
                yield Row("share_around_event", group.name, theme, share, said, "share")
        found = [difference_over(read.carries(t), (after.posts, after.clusters), (before.posts, before.clusters)) for t in read.themes]
        keys = [("difference_after_event", after.name, theme) for theme in read.themes]
        yield from contrast_rows(keys, found, words, "share difference")
