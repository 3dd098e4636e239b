"""Text without HTML to mentions: megabytes a second, and how that compares with the automaton alone over the same words.

    python benchmarks/text.py [--posts N] [--passes N] [--write]

The text is that of the labelled sentences (data/labels/sentences), in an order by chance, 20 to a post. "To mentions" is all
of themes and sentiment: the matching copy, sentences, rules, the learned model, status, actor, target, polarity, tone and the
tables. "The automaton alone" finds every occurrence of every word that a pattern of rules, modifiers or actors needs, and does
nothing with it. All take turns, one pass each, in one process; the figures are medians over the passes.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ahocorasick_rs
import pandas as pd

from analysis import codebook as books
from analysis import pattern
from analysis.clean.text import matching
from analysis.engine import BATCH_ROWS
from analysis.lexicon import data_path, read_yaml
from analysis.sentiment import score
from analysis.tables import TABLES
from analysis.themes import find_themes, layout, learned
from analysis.themes.match import matcher

RESULT = Path(__file__).parent / "results" / "text.md"
LINES = 20  # sentences of a post
BOOK = books.load()


def written(n: int) -> list[str]:
    """n posts of labelled sentences, each sentence used again when all were used."""
    files = sorted(data_path("labels/sentences").glob("*.jsonl"))
    sentences = [json.loads(line)["text"].replace("\n", " ") for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    chance = random.Random(8)
    chance.shuffle(sentences)
    return ["\n".join(sentences[(LINES * k + i) % len(sentences)] for i in range(LINES)) for k in range(n)]


def tables(texts: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The texts as posts of one block each."""
    named = {f"{k:08d}": text for k, text in enumerate(texts)}
    posts = [{"post_id": i, "text": text, "n_chars": len(text), "on_topic": True, "solicitation": False} for i, text in named.items()]
    blocks = [{"post_id": i, "block": 0, "start": 0, "end": len(text), "layer": "body"} for i, text in named.items()]
    return TABLES["posts"].frame(posts), TABLES["blocks"].frame(blocks)


def needed() -> list[str]:
    """Every word that a pattern of a rule, a modifier or an actor needs."""
    modifiers, actors = (read_yaml(BOOK.folder / f"{name}.yml") for name in ("modifiers", "actors"))
    lists = [entry["any"] for places in modifiers["statuses"].values() for entries in places.values() for entry in entries]
    lists += [modifiers["pseudo"], modifiers["terminators"], *actors["actors"].values(), *actors["targets"].values()]
    patterns = [each for _, rule, _ in BOOK.rules() for each in rule.any] + [str(each) for words in lists for each in words]
    return sorted({word for each in patterns for words in pattern.loose(each, BOOK.classes).needs for word in words})


def steps(texts: list[str]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is timed, by name."""
    posts, blocks = tables(texts)
    by_post = dict(list(blocks.groupby("post_id")))
    batches = [posts.iloc[at : at + BATCH_ROWS] for at in range(0, len(posts), BATCH_ROWS)]
    parts = [(batch, pd.concat([by_post[i] for i in batch["post_id"]], ignore_index=True)) for batch in batches]

    def to_mentions() -> None:
        layout.read.cache_clear()
        for batch, its in parts:
            score(batch, its, find_themes(batch, its, BOOK).mentions, BOOK)

    yield "text to mentions", to_mentions
    yield "of it: matching copy and sentences", lambda: [layout.read.__wrapped__(t, (layout.Block("body", 0, len(t)),)) for t in texts]
    read = [layout.read(text, (layout.Block("body", 0, len(text)),)) for text in texts]
    sentences = [text.copy.text[start:end] for text in read for start, end in text.sentences]
    model = learned.load(BOOK.folder)
    yield "of it: which rules are possible", lambda: matcher(BOOK).screen.possible(sentences)
    if model is not None:
        yield "of it: the learned model", lambda: model.themes_of(sentences)
    automaton = ahocorasick_rs.AhoCorasick(needed())
    copies = [matching(text).text for text in texts]
    yield "the automaton alone", lambda: [automaton.find_matches_as_indexes(text, overlapping=True) for text in copies]


def measured(texts: list[str], passes: int) -> dict[str, float]:
    """Median seconds of processor time of each step."""
    listed = list(steps(texts))
    for _, step in listed:  # lists and patterns are read once, outside the clock
        step()
    gc.collect()
    spent: dict[str, list[float]] = {name: [] for name, _ in listed}
    for _ in range(passes):
        for name, step in listed:
            start = time.process_time()
            step()
            spent[name].append(time.process_time() - start)
    return {name: statistics.median(seconds) for name, seconds in spent.items()}


def table(texts: list[str], seconds: dict[str, float], passes: int) -> str:
    """The result in Markdown."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    alone = seconds["the automaton alone"]
    lines = [
        "# Text to mentions",
        "",
        f"Made by `python benchmarks/text.py`; Python {platform.python_version()}, {platform.machine()}, one of {os.cpu_count()} cores "
        f"(seconds of processor time, medians of {passes} passes in turns; load of the machine {os.getloadavg()[0]:.1f}). "
        f"{len(texts):,} posts, {size:.2f} MB of UTF-8, {sum(map(len, texts)) / len(texts):.0f} characters a post; "
        f"{len(needed()):,} words.",
        "",
        "| step | MB a second | ms a post | times the automaton alone |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {size / spent:.2f} | {1000 * spent / len(texts):.3f} | {spent / alone:.1f} |" for name, spent in seconds.items()
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and with --write keep the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=640)
    parser.add_argument("--passes", type=int, default=7)
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    given = parser.parse_args()
    texts = written(given.posts)
    result = table(texts, measured(texts, given.passes), given.passes)
    if given.write:
        RESULT.write_text(result, encoding="utf-8")
    print(result)


if __name__ == "__main__":
    main()
