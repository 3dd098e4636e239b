"""The tables of one run as the report needs them: numbers by key, posts by id, text families, mentions with both at hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis.lexicon import load_yaml
from analysis.measure.units import ALL, Sample, sample
from analysis.problems import DataProblem
from analysis.report.words import Words
from analysis.tables import CONTENT_LAYERS, FAMILY_OF_STATUS, read

NAMES = ("raw", "posts", "blocks", "dropped", "contacts", "mentions", "contradictions", "measures")

CRAWL = "crawl_summary.csv"  # beside the tables, where the pages were crawled: reason, n
CODEBOOK = "codebook.json"  # beside the tables: the themes of the codebook that the run was made with


class Told(NamedTuple):
    """What a run keeps of a theme: its names, and the theme that it is a part of."""

    zh: str
    en: str
    parent: str | None

    def in_language(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


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
    told: dict[str, Told] = field(default_factory=dict)
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
        known = {slug: theme.parent for slug, theme in self.told.items()} if self.told else books.load().parents
        return {sub: theme for sub, theme in known.items() if theme is not None and {sub, theme} <= here}

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

    @cached_property
    def ranks(self) -> dict[tuple[str, int, str], str]:
        """The hash that orders each mention, worked out once for all the lists that it stands in."""
        return {(m.post_id, m.start, m.rule_id): mark_of(m.post_id, m.start, m.rule_id) for m in self.mentions}


def _told(folder: Path) -> dict[str, Told]:
    """The themes of the codebook that the run was made with, from `codebook.json`; none where the run keeps no such file."""
    path = folder / CODEBOOK
    if not path.exists():
        return {}
    try:
        themes = json.loads(path.read_text(encoding="utf-8"))["themes"]
        return {theme["slug"]: Told(theme["zh"], theme["en"], theme.get("parent")) for theme in themes}
    except (ValueError, KeyError, TypeError) as error:
        raise DataProblem(f"{path}: not the themes of a codebook ({error!r}). Run `measure` again.") from None


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
    """The tables of that folder, checked; they must have been made by one run."""
    told = _told(folder)
    short = load_yaml("lexicon/charts.yml")["themes"]  # forms made to fit beside a bar go first
    words = Words(lang, {slug: theme.in_language(lang) for slug, theme in told.items() if slug not in short})
    found = {name: read(name, folder) for name in NAMES}
    if found["measures"].empty:
        raise DataProblem(f"{folder}: measures.parquet holds no number. Run `python -m analysis measure {folder}`.")
    lost = set(found["mentions"]["post_id"]) - set(found["posts"]["post_id"])
    if lost:
        raise DataProblem(
            f"{folder}: mentions of post {min(lost)!r}, which is not in posts. Run `themes` and `measure` again."
        )
    return Corpus(found, words, told, _crawl(folder))


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
