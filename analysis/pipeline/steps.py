"""The stages one by one over a run's folder, part by part; together they give the tables that `run` gives at once.

Each reads its tables, calls its room's one function, writes, and gives back what it has to say in a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from analysis import engine, tables
from analysis.clean import Settings, clean_pages, with_found
from analysis.clean.duplicates import copies
from analysis.clean.traces import Traces, gathered, save, traces
from analysis.measure import claims, ties
from analysis.pipeline.counting import measure_run
from analysis.pipeline.run import Run, Tables, clean_line, gather, making, put, scrape_line, themes_line
from analysis.scrape import Told, plan, with_content
from analysis.scrape.summary import archives_of
from analysis.sentiment import score
from analysis.themes import find_themes


def scrape(run: Run, sources: Sequence[str], fetched_at: str | None = None) -> str:
    """Sources -> raw."""
    listed, told = archives_of(sources), Told()
    n_records = 0
    with making(run) as made:
        for number, raw in enumerate(_raw_parts(run, listed, fetched_at, told)):
            raw.attrs = {"chosen": dict(run.columns)}  # by which `clean` reads the record again
            put(made, number, {"raw": raw})
            n_records += len(raw)
        told.close(listed)
    return scrape_line(told, n_records, len(sources))


def _raw_parts(run: Run, sources: Sequence[str], fetched_at: str | None, told: Told) -> Iterator[pd.DataFrame]:
    reader = run.reader(fetched_at)
    for unit in plan(sources, told.reading):
        at = 0
        waiting: list[pd.DataFrame] = []
        for part, frame in reader.batches(unit, told):
            if part != at:
                yield pd.concat(waiting, ignore_index=True)
                at, waiting = part, []
            waiting.append(frame.drop(columns="content"))
        if waiting:
            yield pd.concat(waiting, ignore_index=True)


def cleaned(run: Run) -> str:
    """Raw -> posts, blocks, contacts, dropped."""
    with making(run) as made, engine.opened(run.workers) as runner:
        found = []
        for number, path in enumerate(tables.parts("raw", run.folder)):
            raw = with_content(tables.check("raw", tables.read_part(path)))
            pieces = list(runner.map(partial(_clean, settings=run.settings), engine.batches(raw)))
            names = list(pieces[0][0])
            put(made, number, {name: pd.concat([piece[name] for piece, _ in pieces], ignore_index=True) for name in names})
            found.append(made / f"traces-{number:05d}")
            save(gathered([trace for _, trace in pieces]), found[-1])
        _compare(made, found, runner)
        for name in ("posts", "dropped"):
            gather(made, name)
        return clean_line(run.folder, made)


def _clean(raw: pd.DataFrame, settings: Settings) -> tuple[Tables, Traces]:
    found = clean_pages(raw, settings)
    return found._asdict(), traces(found.posts, found.blocks)


def compared(run: Run) -> None:
    """Posts, blocks -> posts, with their copies found anew."""
    with making(run) as made, engine.opened(run.workers) as runner:
        found = []
        pairs = zip(tables.parts("posts", run.folder), tables.parts("blocks", run.folder), strict=True)
        for number, (posts, blocks) in enumerate(pairs):
            frame = tables.check("posts", tables.read_part(posts))
            put(made, number, {"posts": frame})
            found.append(made / f"traces-{number:05d}")
            save(traces(frame, tables.read_part(blocks)), found[-1])
        _compare(made, found, runner)


def _compare(made: Path, found: Sequence[Path], runner: engine.Engine) -> None:
    """Find the copies among all parts, and write them into the posts of each."""
    same = copies(found, runner.map)
    for path in sorted(made.glob("posts-*")):
        tables.save(with_found(tables.read_part(path), same), path)


def coded(run: Run) -> str:
    """Posts, blocks -> mentions, contradictions."""
    book = run.book
    with making(run) as made:
        _by_part(run, made, ("posts", "blocks"), lambda posts, blocks: find_themes(posts, blocks, book)._asdict())
        for name in ("mentions", "contradictions"):
            gather(made, name)
        return themes_line(made)


def scored(run: Run) -> str:
    """Posts, blocks, mentions -> the same with polarity and tone."""
    book = run.book
    with making(run) as made:
        n = _by_part(run, made, ("posts", "blocks", "mentions"), lambda posts, blocks, said: score(posts, blocks, said, book)._asdict())
    return f"sentiment: {n['mentions']:,} mentions scored, {n['posts']:,} posts toned"


def measured(run: Run) -> str:
    """All tables -> claims, ties, measures."""
    with making(run) as made:
        _by_part(run, made, ("posts", "mentions", "blocks", "contacts"), lambda posts, mentions, blocks, contacts: {
            "claims": claims(posts, mentions, blocks), "ties": ties(posts, blocks, contacts),
        })  # fmt: skip
        for name in ("claims", "ties"):
            gather(made, name)
        return measure_run(run, made)


def _by_part(run: Run, made: Path, reads: Sequence[str], function: Callable[..., Tables]) -> Counter[str]:
    """The function over each part of the tables that it reads, checked and kept; how many rows each new table has."""
    n: Counter[str] = Counter()
    for number, paths in enumerate(zip(*(tables.parts(name, run.folder) for name in reads), strict=True)):
        found = function(*(tables.check(name, tables.read_part(path)) for name, path in zip(reads, paths, strict=True)))
        put(made, number, found)
        n.update({name: len(frame) for name, frame in found.items()})
    return n
