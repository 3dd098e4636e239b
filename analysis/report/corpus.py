"""One run as the report needs it: numbers by key, posts by id, text families, mentions to choose from and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.dataset as ds

from analysis import codebook as books
from analysis.charts.naming import naming
from analysis.measure.campaigns import campaigns
from analysis.measure.units import ALL, Sample, sample
from analysis.problems import DataProblem
from analysis.report.posts import Posts
from analysis.report.said import MentionKey, Said, said_of
from analysis.report.shelf import Shelf
from analysis.report.words import Words
from analysis.tables import FAMILY_OF_STATUS, TABLES

CRAWL = "crawl_summary.csv"  # beside the tables, where the pages were crawled: reason, n


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


@dataclass(frozen=True, eq=False)
class Corpus:
    """The tables of a run's folder, and the language they are reported in. Nothing in it is changed."""

    tables: Shelf
    words: Words
    crawl: tuple[tuple[str, int], ...] = ()

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
        """Sub-theme -> theme, for those that were measured; by the run's own codebook where the run keeps it."""
        here = set(self.themes)
        known = books.load().parents if self.words.parents is None else self.words.parents
        return {sub: theme for sub, theme in known.items() if {sub, theme} <= here}

    @cached_property
    def version(self) -> str:
        return str(self.tables["measures"]["codebook_version"].iloc[0])

    @cached_property
    def posts(self) -> Posts:
        """Every kept post by its id."""
        return Posts(self.tables)

    @cached_property
    def said(self) -> Said:
        """The mentions in on-topic posts, without their words."""
        frame = self.tables.light("mentions") if "mentions" not in self.tables else self.tables["mentions"]
        lost = pd.Index(frame["post_id"].unique()).difference(pd.Index(self.tables["posts"]["post_id"]))
        if len(lost):
            raise DataProblem(
                f"{self.tables.folder}: mentions of post {min(lost)!r}, which is not in posts. Run `themes` and `measure` again."
            )
        return said_of(frame, self.sample)

    def said_of(self, theme: str) -> Said:
        """The mentions of one theme and its sub-themes."""
        where = ds.field("theme").isin(self.with_parts(theme))
        return said_of(self.tables.light("mentions", where), self.sample)

    def with_parts(self, theme: str) -> list[str]:
        """The theme and its sub-themes."""
        return [theme, *(sub for sub, parent in self.parents.items() if parent == theme)]

    def mention(self, key: MentionKey) -> Mention:
        """The mention of that post, start and rule, with its words."""
        row = self.tables.row("mentions", key)
        if row is None:
            raise DataProblem(f"mentions: none of post {key[0]}, start {key[1]}, rule {key[2]}. Run `themes` again.")
        return Mention(*(getattr(row, name) for name in Mention._fields))

    def want(self, keys: Iterable[MentionKey]) -> None:
        """Say which mentions will be shown, so that they and their posts are read at once."""
        found = list(keys)
        self.tables.want("mentions", found)
        self.posts.want(key[0] for key in found)

    @cached_property
    def campaign_ties(self) -> pd.DataFrame:
        """What ties the posts of campaigns; the words of a tie are not there but for titles."""
        return campaigns(self.tables["posts"], self.tables["ties"], TABLES["mentions"].empty()).ties


def _crawl(folder: Path) -> tuple[tuple[str, int], ...]:
    """What a crawl asked for and what became of it, as (reason, n); none where nothing was crawled."""
    path = folder / CRAWL
    if not path.exists():
        return ()
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    if not {"reason", "n"} <= set(rows.columns):
        raise DataProblem(f"{path}: its columns are {', '.join(rows.columns)}; reason and n are needed.")
    wrong = rows.loc[~rows["n"].str.fullmatch(r"[0-9]{1,15}")]
    if not wrong.empty:
        raise DataProblem(f"{path}, row {wrong.index[0] + 2}: n is {wrong['n'].iloc[0]!r}, not a count.")
    return tuple(zip(rows["reason"], rows["n"].astype(int).tolist(), strict=True))


def read_corpus(folder: Path, lang: str = "zh") -> Corpus:
    """The tables of that folder; they must have been made by one run."""
    named = naming(folder, lang)
    found = Shelf(folder)
    if found["measures"].empty:
        raise DataProblem(f"{folder}: measures.parquet holds no number. Run `python -m analysis measure {folder}`.")
    return Corpus(found, Words(lang) if named is None else Words(lang, *named), _crawl(folder))


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """The rows as named tuples: `row.post_id`."""
    return list(frame.itertuples(index=False))
