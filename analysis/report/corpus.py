"""The tables of one run as the report needs them: numbers by key, posts by id, text families, mentions with both at hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis.measure.units import ALL, Sample, sample
from analysis.problems import DataProblem
from analysis.report.words import Words
from analysis.tables import CONTENT_LAYERS, FAMILY_OF_STATUS, read

NAMES = ("raw", "posts", "blocks", "dropped", "contacts", "mentions", "contradictions", "measures")


class Key(NamedTuple):
    """What names one number of `measures`."""

    measure: str
    group: str = ALL
    theme: str = ALL


class Number(NamedTuple):
    """One number of `measures`, with missing parts as None."""

    key: Key
    value: float | None
    low: float | None
    high: float | None
    n: int
    denominator: int
    estimand: str
    method: str
    unit: str


class Mention(NamedTuple):
    """One mention, with what the report shows of its post."""

    post_id: str
    start: int
    end: int
    cue: str
    theme: str
    layer: str
    sentence: str
    status: str
    status_cue: str | None
    actor: str
    polarity: float | None
    rule_id: str

    @property
    def family(self) -> str:
        return FAMILY_OF_STATUS[self.status]

    @property
    def place(self) -> str:
        """Where it counts: content, ad or comment."""
        return "content" if self.layer in CONTENT_LAYERS else self.layer


class Post(NamedTuple):
    """What the report shows of a post."""

    post_id: str
    title: str
    text: str
    site: str
    date: str
    source: str
    digest: str
    text_family: int | None


@dataclass(frozen=True, eq=False)
class Corpus:
    """All tables of a run's folder, and the language they are reported in. Nothing in it is changed."""

    tables: dict[str, pd.DataFrame]
    words: Words

    @cached_property
    def sample(self) -> Sample:
        """The on-topic posts with their text families, as the measures count them."""
        return sample(self.tables["posts"])

    @cached_property
    def numbers(self) -> dict[Key, Number]:
        """Every number of `measures` by its key."""
        found = {}
        for row in rows_of(self.tables["measures"]):
            key = Key(row.measure, row.group, row.theme)
            value, low, high = (None if pd.isna(x) else float(x) for x in (row.value, row.low, row.high))
            counts = (int(row.n), int(row.denominator))
            found[key] = Number(key, value, low, high, *counts, row.estimand, row.method, row.unit)
        return found

    @cached_property
    def themes(self) -> list[str]:
        """The themes of the codebook, in the order of the measures."""
        return [key.theme for key in self.numbers if key.measure == "share_of_posts" and key.group == ALL != key.theme]

    @cached_property
    def parents(self) -> dict[str, str]:
        """Sub-theme -> theme, for those that were measured."""
        here = set(self.themes)
        return {sub: theme for sub, theme in books.load().parents.items() if {sub, theme} <= here}

    @cached_property
    def version(self) -> str:
        return str(self.tables["measures"]["codebook_version"].iloc[0])

    @cached_property
    def posts(self) -> dict[str, Post]:
        """Every kept post by its id; the text family of those on the topic."""
        families = dict(zip(self.sample.posts["post_id"], self.sample.family.tolist(), strict=True))
        digests = dict(zip(self.tables["raw"]["raw_id"], self.tables["raw"]["digest"], strict=True))
        found = {}
        for row in rows_of(self.tables["posts"]):
            title = _text(row.title) or row.text[:40]
            digest = str(digests.get(row.raw_id, ""))[:12]
            day = _day(row.published_at, row.date_precision)
            found[row.post_id] = Post(
                row.post_id, title, row.text, _text(row.site), day, row.source, digest, families.get(row.post_id)
            )
        return found

    @cached_property
    def mentions(self) -> list[Mention]:
        """The mentions in on-topic posts."""
        here = self.tables["mentions"]
        here = here.loc[here["post_id"].isin(self.sample.posts["post_id"])]
        columns = list(Mention._fields)
        here = here[columns].astype(object).where(here[columns].notna(), None)
        return [Mention(*row) for row in here.itertuples(index=False, name=None)]


def read_corpus(folder: Path, lang: str = "zh") -> Corpus:
    """The tables of that folder, checked; they must have been made by one run."""
    words = Words(lang)
    found = {name: read(name, folder) for name in NAMES}
    if found["measures"].empty:
        raise DataProblem(f"{folder}: measures.parquet holds no number. Run `python -m analysis measure {folder}`.")
    lost = set(found["mentions"]["post_id"]) - set(found["posts"]["post_id"])
    if lost:
        raise DataProblem(
            f"{folder}: mentions of post {min(lost)!r}, which is not in posts. Run `themes` and `measure` again."
        )
    return Corpus(found, words)


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """The rows as named tuples: `row.post_id`."""
    return list(frame.itertuples(index=False))


def mark_of(*parts: object) -> str:
    """A fixed, arbitrary order for things: the hash of what names them.

    >>> mark_of("a", 1) == mark_of("a", 1), mark_of("a", 1) == mark_of("a", 2)
    (True, False)
    """
    return sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _day(at: pd.Timestamp, precision: str) -> str:
    """The date as far as the page tells it; what was worked out from "3 days ago" is marked with a tilde."""
    if pd.isna(at):
        return ""
    if precision in ("year", "month"):
        return at.strftime("%Y" if precision == "year" else "%Y-%m")
    return ("~" if precision == "relative" else "") + at.strftime("%Y-%m-%d")
