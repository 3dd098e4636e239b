"""Before and after an event: which posts are on which side, what is said of it, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from made_posts import CODES, corpus

from analysis.measure import around_events, group_shares, told
from analysis.measure.contrasts import difference
from analysis.measure.time import WINDOW_DAYS, Event, days_from, events, events_of
from analysis.problems import DataProblem
from analysis.tables import TABLES

EVENT = Event("rule", date(2025, 3, 3), True)


def test_the_sides_are_those_of_a_plain_count_and_the_day_itself_is_after() -> None:
    tables = corpus()
    found = around_events(tables["posts"], tables["mentions"], CODES, [EVENT]).set_index(["measure", "group", "theme"])
    dated = tables["posts"].loc[lambda p: p["on_topic"] & p["date_precision"].eq("day")]
    after = dated["published_at"] >= pd.Timestamp("2025-03-03", tz="Asia/Shanghai")
    assert found.loc[("share_around_event", "after:rule", "threats"), "denominator"] == after.sum()
    assert found.loc[("share_around_event", "before:rule", "threats"), "denominator"] == (~after).sum()


def test_the_difference_is_that_of_the_two_sides_with_its_warning() -> None:
    tables = corpus()
    found = around_events(tables["posts"], tables["mentions"], CODES, [EVENT]).set_index(["measure", "group", "theme"])
    row = found.loc[("difference_after_event", "after:rule", "lawsuits")]
    read = told(tables["posts"], tables["mentions"], CODES)
    days = days_from(read, EVENT.on)
    after, before = (days >= 0) & (days < WINDOW_DAYS), (days < 0) & (days >= -WINDOW_DAYS)
    expected = difference(read.carries("lawsuits"), read.found.family, after, before)
    assert (row["value"], row["low"]) == pytest.approx((expected.estimate.value, expected.estimate.low))
    assert "no effect of the event" in row["estimand"]
    assert "Holm over" in found.loc[("difference_after_event_p", "after:rule", "lawsuits"), "method"]


def test_only_days_count_and_an_event_out_of_range_has_a_reason() -> None:
    late = pd.Timestamp("2025-03-02 23:59", tz="Asia/Shanghai")
    rows = [
        {"post_id": p, "on_topic": True, "n_chars": 1, "published_at": late, "date_precision": p}
        for p in ("minute", "month", "relative")
    ]
    read = told(TABLES["posts"].frame(rows), TABLES["mentions"].empty(), CODES)
    assert days_from(read, EVENT.on)[0] == -1
    assert np.isnan(days_from(read, EVENT.on)[1:]).all()
    tables = corpus()
    long_ago = around_events(tables["posts"], tables["mentions"], CODES, [Event("old", date(2018, 3, 1), False)])
    assert len(long_ago) == 1
    assert long_ago["method"].item().startswith("no value: no post dated to the day on both sides")
    assert "not confirmed" in long_ago["estimand"].item()


def test_bad_events_are_refused_and_those_of_the_project_are_in_order() -> None:
    with pytest.raises(DataProblem, match="has the date 'soon'"):
        events_of([{"event_id": "rule", "on": "soon"}])
    with pytest.raises(DataProblem, match="stands twice"):
        events_of([{"event_id": "rule", "on": EVENT.on}] * 2)
    found = events()
    assert [event.on for event in found] == sorted(event.on for event in found)


def test_months_have_intervals() -> None:
    tables = corpus()
    found = group_shares(tables["posts"], tables["mentions"], CODES, ("month",))
    assert set(found["group"]) == {f"month:2025-{month:02d}" for month in range(1, 7)}
    shown = found.loc[found["measure"] == "share_in_group"]
    assert (shown["low"].notna() | shown["method"].str.startswith("no ")).all()
