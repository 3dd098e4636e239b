"""The stages one after another over a folder of tables: each reads its tables, calls its room's one function, writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis import engine, tables
from analysis.clean import Options, Settings, clean, clean_pages, with_copies
from analysis.clean.contacts import salt
from analysis.clean.site_rules import watch
from analysis.measure import claims, codes_of, measure
from analysis.scrape import Told, batches, read, with_content
from analysis.scrape.removal import load as load_removal
from analysis.scrape.summary import archives_of, copy_beside
from analysis.sentiment import score
from analysis.themes import find_themes

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Run:
    """How to run: where the tables are, the codebook, workers, the salt's folder, contact ids in clear or not."""

    folder: Path
    codebook: Path | None = None
    workers: int = 1
    reveal_contacts: bool = False
    salt_folder: Path = field(default_factory=lambda: Options().salt_folder)
    columns: Mapping[str, str] = field(default_factory=dict)
    removal: Path | None = None

    @property
    def book(self) -> books.Codebook:
        return books.load(self.codebook)


class Done(NamedTuple):
    """A stage's tables, and what it has to say in one line."""

    made: Tables
    line: str


def scrape(run: Run, sources: list[str], fetched_at: str | None = None) -> Done:
    """Sources -> raw, with the bytes in memory."""
    raw = read(*archives_of(sources), fetched_at=fetched_at, columns=run.columns, removal=load_removal(run.removal))
    return Done({"raw": raw}, _scrape_line(raw, len(sources)))


def cleaned(run: Run) -> Done:
    """Raw -> posts, blocks, contacts, dropped."""
    raw = with_content(tables.read("raw", run.folder))
    made = clean(raw, Options(run.salt_folder, run.reveal_contacts, run.workers))._asdict()
    return Done(made, _clean_line(made, raw))


def coded(run: Run) -> Done:
    """Posts, blocks -> mentions, contradictions."""
    posts, blocks = (tables.read(name, run.folder) for name in ("posts", "blocks"))
    made = find_themes(posts, blocks, run.book)._asdict()
    return Done(made, _themes_line(made))


def scored(run: Run) -> Done:
    """Posts, blocks, mentions -> the same with polarity and tone."""
    posts, blocks, mentions = (tables.read(name, run.folder) for name in ("posts", "blocks", "mentions"))
    made = score(posts, blocks, mentions, run.book)._asdict()
    return Done(made, f"sentiment: {len(made['mentions']):,} mentions scored, {len(made['posts']):,} posts toned")


def measured(run: Run) -> Done:
    """All tables -> claims, measures."""
    names = ("posts", "mentions", "dropped", "blocks", "contacts", "contradictions")
    made = {name: tables.read(name, run.folder) for name in names}
    made["claims"] = claims(made["posts"], made["mentions"], made["blocks"])
    return _measure(made, run.book)


def everything(run: Run, sources: list[str], fetched_at: str | None, say: Callable[[str], None]) -> Tables:
    """All stages from sources to measures in one pass over the records, written at its end.

    Each worker takes records to scored mentions without a table in between; near-copies are found once all are there.
    The tables are those that the stages give one by one.
    """
    settings = Settings(salt(run.salt_folder), run.reveal_contacts)
    told = Told()
    pieces = batches(*archives_of(sources), fetched_at=fetched_at, columns=run.columns, removal=load_removal(run.removal), told=told)
    work = partial(_records_to_mentions, settings=settings, codebook=run.codebook)
    parts = list(engine.stream(work, pieces, run.workers, "pages"))
    made: Tables = {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]}
    made["raw"].attrs |= told.attrs()
    say(_scrape_line(made["raw"], len(sources)))
    made["posts"] = with_copies(made["posts"], made["blocks"])
    say(_clean_line(made, made["raw"]))
    say(_themes_line(made))
    last = _measure(made, run.book)
    say(last.line)
    made |= last.made
    write(run, made)
    copy_beside(sources, run.folder)
    return made


def write(run: Run, made: Tables) -> None:
    """Check and write tables into the run's folder."""
    checked = {name: tables.check(name, frame) for name, frame in made.items()}  # all are good before one is replaced
    with tables.replacing(run.folder, checked):
        for name, frame in checked.items():
            tables.put(name, frame, run.folder)
        if "measures" in made:
            books.write_names(run.book, run.folder)


def _records_to_mentions(raw: pd.DataFrame, settings: Settings, codebook: Path | None) -> Tables:
    book = books.load(codebook)
    cleaned_part = clean_pages(raw, settings)
    coded_part = find_themes(cleaned_part.posts, cleaned_part.blocks, book)
    scored_part = score(cleaned_part.posts, cleaned_part.blocks, coded_part.mentions, book)
    bare = {"raw": raw.drop(columns="content")}  # the bytes stay with the worker
    stated = {"claims": claims(scored_part.posts, scored_part.mentions, cleaned_part.blocks)}
    return {**bare, **cleaned_part._asdict(), **coded_part._asdict(), **scored_part._asdict(), **stated}


def _measure(made: Tables, book: books.Codebook) -> Done:
    extras = {name: made[name] for name in ("blocks", "contacts", "contradictions", "claims")}
    measures = measure(made["posts"], made["mentions"], made["dropped"], codes_of(book), extras)
    told = f"measure: {len(measures):,} numbers, {len(made['claims']):,} claims of numbers and laws"
    return Done({"claims": made["claims"], "measures": measures}, told)


def _scrape_line(raw: pd.DataFrame, n_sources: int) -> str:
    problems = raw.attrs.get("problems", [])
    more = "".join(f"\n  {name}: {columns}" for name, columns in raw.attrs["columns"].items())
    more += "".join(f"\n  {problem}" for problem in problems)
    return f"scrape: {len(raw):,} records from {n_sources} sources, {len(problems)} problems{more}"


def _clean_line(made: Tables, raw: pd.DataFrame) -> str:
    reasons = made["dropped"]["reason"].value_counts()
    told = ", ".join(f"{reason} {n:,}" for reason, n in reasons.items())
    line = f"clean: {len(raw):,} in, {len(made['posts']):,} kept, {len(made['dropped']):,} dropped" + (f" ({told})" if told else "")
    return "\n  ".join([line, *watch(raw, made["posts"], made["dropped"])])


def _themes_line(made: Tables) -> str:
    n_posts = made["mentions"]["post_id"].nunique()
    return f"themes: {len(made['mentions']):,} mentions in {n_posts:,} posts, {len(made['contradictions']):,} contradictions"
