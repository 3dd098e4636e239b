"""The law as data: what is refused, what holds when, and that the page and the events are those of the files."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.lexicon import data_path
from analysis.measure.claims_words import words
from analysis.measure.law import FILES, Fact, in_force, law, span
from analysis.measure.lawpage import law_page
from analysis.measure.time import events
from analysis.problems import DataProblem

ROOT = Path(__file__).parents[1]
CODEBOOK = ROOT.parent / "shared" / "codebook.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(data_path(f"law/{name}"), tmp_path / name)
    return tmp_path


def changed(folder: Path, name: str, change: Any) -> Path:
    data = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    change(data)
    (folder / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "law.md").read_text(encoding="utf-8") == law_page(), "write docs/law.md anew from law_page()"


def test_every_entry_is_on_the_page() -> None:
    page = law_page()
    for instrument in law().instruments:
        assert all(f"| {fact.id} |" in page for fact in instrument.facts)
    assert all(f"| {entry.id} |" in page for entry in law().rules.disputed)
    assert all(f"| {name.name} |" in page for name in law().stale.names)


def test_every_row_of_the_codebook_is_there_with_its_mark() -> None:
    if not CODEBOOK.exists():
        pytest.skip("needs the codebook in ../shared")
    rows = re.findall(r"^\| (L\d\d) \|.*\| ([^|]+) \|$", CODEBOOK.read_text(encoding="utf-8"), re.MULTILINE)
    marks = {name: mark.split()[0].rstrip(",") for name, mark in reversed(rows)}  # section 7.1 names one of them again
    found = {i.id: i.mark for i in law().instruments}
    assert len(marks) == 40
    assert found == marks


def test_the_events_are_read_by_the_room_that_measures_them() -> None:
    dated = events()
    assert [event.event_id for event in dated] == [e.event_id for e in sorted(law().dated.events, key=lambda e: (e.on, e.event_id))]
    days = {event.event_id: event.on for event in dated}
    assert days["pact-2018"] == date(2018, 3, 28)
    assert days["national-standard"] == date(2025, 2, 28)
    assert not next(event for event in dated if event.event_id == "crime-of-collecting").confirmed


def test_an_event_is_on_the_day_its_instrument_is_dated() -> None:
    since = {i.id: i.since for i in law().instruments}
    assert all(event.on.isoformat() == since[event.instrument] for event in law().dated.events)


def test_every_quantity_that_is_compared_is_one_that_is_read() -> None:
    read = {kind.quantity for kind in words().kinds}
    unread = {f.quantity for i in law().instruments for f in i.facts if f.quantity} - read
    assert unread == {"lending_times"}  # ten loans in two years: a fact for reading, no post was seen to state it


@pytest.mark.parametrize(
    ("since", "until", "day", "expected"),
    [
        ("2025-10-01", None, date(2025, 9, 30), False),
        ("2025-10-01", None, date(2025, 10, 1), True),
        ("2013", None, date(2013, 1, 1), True),
        ("2013", None, date(2012, 12, 31), False),
        (None, "2025-12-31", date(2025, 12, 31), True),
        (None, "2025-12-31", date(2026, 1, 1), False),
        (None, "2020", date(2020, 12, 31), True),
        (None, None, date(1990, 1, 1), True),
    ],
)
def test_a_rule_holds_from_its_first_day_to_its_last(since: str | None, until: str | None, day: date, expected: bool) -> None:
    assert in_force(since, until, day) is expected


def test_a_fact_has_its_own_dates_where_it_states_them() -> None:
    by_id = {f.id: (i, f) for i, f in law().facts("rate_ceiling")}
    assert span(*by_id["L30.void"]) == (None, "2020-08-19")
    assert span(*by_id["L29.rate"]) == ("2025-10-01", None)


def test_an_unknown_key_is_refused_with_its_place(folder: Path) -> None:
    changed(folder, "rules.yml", lambda data: data["instruments"][3]["facts"][0].update(colour="red"))
    with pytest.raises(DataProblem, match=r"rules\.yml, instruments\.3\.facts\.0\.colour: .*unknown keys are not allowed"):
        law(folder)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("rules.yml", lambda d: d["instruments"][0].update(mark="Q"), "instruments.0.mark"),
        ("rules.yml", lambda d: d["instruments"][0].update({"from": "March 2021"}), "instruments.0.from"),
        ("rules.yml", lambda d: d["instruments"][1].update(id="L01"), "'L01' stands twice"),
        ("rules.yml", lambda d: d["instruments"][0]["facts"][0].update(id="L02.prison"), "stands twice"),
        ("rules.yml", lambda d: d["instruments"][0]["facts"][0].update(id="L99.prison"), "stands under L01"),
        ("rules.yml", lambda d: d["instruments"][0]["facts"][0].pop("unit"), "stand together or not at all"),
        ("rules.yml", lambda d: d["instruments"][0]["facts"][0].pop("value"), "a comparator wants a value"),
        ("rules.yml", lambda d: d.pop("licence"), "licence"),
        ("events.yml", lambda d: d["events"][0].update(instrument="L99"), "names instrument 'L99'"),
        ("events.yml", lambda d: d["events"][0].update(on="soon"), "events.0.on"),
        ("stale.yml", lambda d: d["names"][0].update(until="2018"), "names.0.until"),
        ("stale.yml", lambda d: d["names"][0].update(kind="bank"), "names.0.kind"),
    ],
)
def test_a_bad_entry_is_refused(folder: Path, name: str, change: Any, message: str) -> None:
    with pytest.raises(DataProblem, match=message):
        law(changed(folder, name, change))


def test_a_missing_file_says_which_are_wanted(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match=r"rules\.yml: not found. A folder of law holds rules\.yml, events\.yml, stale\.yml"):
        law(tmp_path)


def test_a_number_of_a_fact_has_two_ends() -> None:
    assert Fact(id="x", says="", quantity="q", comparator="equal", value=[22, 8], unit="hour").ends == (22, 8)
    assert Fact(id="x", says="", quantity="q", comparator="at_most", value=3, unit="call").ends == (3, 3)
    assert Fact(id="x", says="").ends is None
