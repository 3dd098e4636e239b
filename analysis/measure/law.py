"""The law and rules that posts speak of, as data: instruments, their facts, disputed citations, stale names, events.

Read from `data/law/` and refused whole where one entry is bad: an unknown key, a mark or quantity that is not known, two
facts of one name. Every fact keeps the mark of how far it was confirmed (codebook 7). No legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis.lexicon import data_path, read_yaml
from analysis.problems import DataProblem

FILES = ("rules.yml", "events.yml", "stale.yml")
Mark = Literal["P", "P-", "K", "X"]
Comparator = Literal["at_most", "at_least", "more_than", "equal", "between", "never"]
T = TypeVar("T", bound=BaseModel)
_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Fact(_Entry):
    """One thing that a rule says; `low` and `high` are the ends of its value, one and the same for a single number."""

    id: str
    says: str
    article: str | None = None
    quantity: str | None = None
    comparator: Comparator | None = None
    value: float | tuple[float, float] | None = None
    unit: str | None = None
    when: tuple[str, ...] = ()
    mark: Mark | None = None
    since: str | None = Field(None, alias="from", pattern=_DAY)
    until: str | None = Field(None, pattern=_DAY)

    @model_validator(mode="after")
    def _whole(self) -> Fact:
        given = [self.quantity is not None, self.comparator is not None, self.unit is not None]
        if any(given) and not all(given):
            raise ValueError(f"fact {self.id}: quantity, comparator and unit stand together or not at all")
        if (self.value is None) != (self.comparator in (None, "never")):
            raise ValueError(f"fact {self.id}: a comparator wants a value, but for `never`, and a value a comparator")
        return self

    @property
    def ends(self) -> tuple[float, float] | None:
        if isinstance(self.value, tuple):
            return self.value
        return None if self.value is None else (self.value, self.value)


class Instrument(_Entry):
    """A law, rule, standard or pact, when it is in force, how far that was confirmed, and the names it goes by."""

    id: str
    zh: str
    en: str
    mark: Mark
    source: str
    names: tuple[str, ...]
    facts: tuple[Fact, ...]
    patterns: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    since: str | None = Field(None, alias="from", pattern=_DAY)
    from_mark: Mark | None = None
    until: str | None = Field(None, pattern=_DAY)
    part_of: str | None = None  # the entry that bears the name of the law these articles stand in
    articles: tuple[str, ...] = ()
    known_before: bool = False  # an older version went by the same name: the name is no mistake before `from`


class Disputed(_Entry):
    """A citation that nothing bears out: all words of a row stand in the sentence, or go with a number of `quantities`."""

    id: str
    en: str
    all: tuple[tuple[str, ...], ...]
    quantities: tuple[str, ...] = ()


class StaleName(_Entry):
    """A regulator or law that is no more, its last day, and what came after."""

    name: str
    en: str
    kind: Literal["regulator", "law"]
    until: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    successor: str
    mark: Mark
    source: str
    not_after: str = ""
    not_before: str = ""


class DatedEvent(_Entry):
    """A day on which the rules changed."""

    event_id: str
    on: date
    name_zh: str
    name_en: str
    instrument: str
    confirmed: bool
    source: str


class _Rules(_Entry):
    source: str
    licence: str
    read_on: str
    marks: dict[Mark, str]
    instruments: tuple[Instrument, ...]
    disputed: tuple[Disputed, ...]


class _Stale(_Entry):
    source: str
    licence: str
    excuses: tuple[str, ...]
    names: tuple[StaleName, ...]


class _Events(_Entry):
    source: str
    licence: str
    events: tuple[DatedEvent, ...]


@dataclass(frozen=True, eq=False)
class Law:
    """All of `data/law/` that says what holds; one object is one book, so that what is made from it can be kept."""

    rules: _Rules
    stale: _Stale
    dated: _Events

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return self.rules.instruments

    def instrument(self, fact_id: str) -> Instrument:
        """The instrument of a fact, by the part of its id before the full stop."""
        return next(i for i in self.instruments if i.id == fact_id.partition(".")[0])

    def facts(self, quantity: str) -> list[tuple[Instrument, Fact]]:
        """The facts on a quantity, in the order of the file."""
        return [(i, fact) for i in self.instruments for fact in i.facts if fact.quantity == quantity]


def law(folder: Path | None = None) -> Law:
    """The law as the project holds it, or as another folder of the same three files does.

    >>> [fact.value for _, fact in law().facts("calls_limit")]
    [3.0, 3.0, 6.0]
    >>> law().instrument("L24.attempts").since
    '2026-01-30'
    """
    return _load(folder or data_path("law"))


@cache
def _load(folder: Path) -> Law:
    rules, events, stale = (folder / name for name in FILES)
    found = Law(_read(rules, _Rules), _read(stale, _Stale), _read(events, _Events))
    ids = [i.id for i in found.instruments] + [f.id for i in found.instruments for f in i.facts]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise DataProblem(f"{rules}: {twice[0]!r} stands twice. Give each instrument and fact an id of its own.")
    for instrument in found.instruments:
        for fact in instrument.facts:
            if not fact.id.startswith(f"{instrument.id}."):
                raise DataProblem(f"{rules}: fact {fact.id!r} stands under {instrument.id}. Begin its id with {instrument.id}.")
    known = {i.id for i in found.instruments}
    for event in found.dated.events:
        if event.instrument not in known:
            raise DataProblem(f"{events}: event {event.event_id!r} names instrument {event.instrument!r}, which rules.yml lacks.")
    return found


def _read(path: Path, model: type[T]) -> T:
    if not path.exists():
        raise DataProblem(f"{path}: not found. A folder of law holds {', '.join(FILES)}.")
    data: dict[Any, Any] = read_yaml(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        more = f" ({error.error_count()} problems in all)" if error.error_count() > 1 else ""
        raise DataProblem(f"{path}, {place}: {first['msg']}.{more} Mend the entry; unknown keys are not allowed.") from None


def span(instrument: Instrument, fact: Fact) -> tuple[str | None, str | None]:
    """From when until when a fact holds: its own dates where it states them, else those of its instrument.

    >>> before = next((i, f) for i, f in law().facts("rate_ceiling") if f.id == "L30.void")
    >>> span(*before)
    (None, '2020-08-19')
    """
    since = fact.since if "since" in fact.model_fields_set else instrument.since
    return since, fact.until if "until" in fact.model_fields_set else instrument.until


def in_force(since: str | None, until: str | None, on: date) -> bool:
    """Whether a rule holds on a day; a date of a year or month only counts from its first day, and ends with its last.

    >>> in_force("2025-03", None, date(2025, 3, 1)), in_force(None, "2020-08-19", date(2020, 8, 20))
    (True, False)
    """
    day = on.isoformat()
    return (since is None or day >= since) and (until is None or day[: len(until)] <= until)
