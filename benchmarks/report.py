"""What a report of many posts takes: seconds, memory and bytes, from the tables of 10^4 to 10^6 posts; writes results/report.md.

    .venv/bin/python benchmarks/report.py [--posts 10000 100000] [--folder DIR] [--write]

The tables are those of the sample corpus over and over, in parts of 4,096 posts: each time with other post ids, sites, addresses,
dates and contact ids, so that texts are copies within a repeat and sellers work through four of them. Nothing of a text is new:
the length of the tables is measured here, not the variety of a language. `measure` and `report` each run in a process of their own.
Memory is the largest resident set of one process, and the sum over the report and its notebooks, looked at twice a second.
Tables that are in the folder already are taken as they are.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import psutil

from analysis import pipeline, tables
from analysis.pipeline.run import Run

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample" / "sample.warc.gz"
PART = 4096  # posts
IDS = ("post_id", "raw_id", "duplicate_of", "template_id")
KEYS = ("key", "value_key")  # of contacts and advert lines
NAMES = ("raw", "posts", "blocks", "dropped", "contacts", "mentions", "contradictions", "claims", "ties")
MEASURE = """
import sys
from pathlib import Path
from analysis.pipeline.counting import measure_run
from analysis.pipeline.run import Run
measure_run(Run(Path(sys.argv[1])), Path(sys.argv[1]))
"""
HEAD = ("posts", "mentions", "measure, s", "its memory, MB", "report, s", "largest process, MB", "all together, MB", "report.html, MB")


class Cost(NamedTuple):
    """What a process took: seconds, MB of its largest process, MB of all of them together."""

    seconds: float
    largest: float
    together: float


class Rows(NamedTuple):
    """A table of the sample: its rows by post, how many each post has, and where they begin."""

    frame: pd.DataFrame
    count: np.ndarray[Any, Any]
    first: np.ndarray[Any, Any]


def sampled(folder: Path) -> tuple[dict[str, Rows], int]:
    """The tables of the sample corpus by post, and how many posts it has; what was dropped goes with the first post."""
    if not (folder / "measures.parquet").exists():
        pipeline.everything(Run(folder, salt_folder=folder / "salt"), [str(SAMPLE)], None, lambda line: None)
    ids = pd.Index(tables.read("posts", folder)["post_id"])
    found = {}
    for name in NAMES:
        frame = tables.read(name, folder)
        place = ids.get_indexer(frame["post_id" if "post_id" in frame else "raw_id"]).clip(0)
        order = np.argsort(place, kind="stable")
        count = np.bincount(place, minlength=len(ids))
        found[name] = Rows(frame.iloc[order].reset_index(drop=True), count, np.cumsum(count) - count)
    return found, len(ids)


def repeated(rows: Rows, first: int, last: int, n: int) -> pd.DataFrame:
    """The rows of the posts from `first` up to `last` of the endless repetition of the sample's `n` posts."""
    posts = np.arange(first, last)
    count = rows.count[posts % n]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    frame = rows.frame.take(np.repeat(rows.first[posts % n], count) + within).reset_index(drop=True)
    repeat = np.repeat(posts // n, count)
    new = {name: renamed(frame[name], repeat) for name in IDS if name in frame}
    new |= {name: frame[name] + "." + pd.Series(repeat // 4).astype("str") for name in KEYS if name in frame}
    if "site" in frame:
        new["site"] = "s" + pd.Series(repeat % 40).astype("str") + "." + frame["site"]
        new["published_at"] = frame["published_at"] - pd.to_timedelta(repeat % 24 * 15, unit="D")
    if "url" in frame:
        new["url"] = "https://made.example/" + new["raw_id"]
    return frame.assign(**new)


def renamed(ids: pd.Series, repeat: np.ndarray[Any, Any]) -> pd.Series:
    """Other ids of the same form, equal where the old ones are equal in one repeat; no two of a repeat become one."""
    known = ids.notna().to_numpy()
    old = np.array([int(name, 16) for name in ids[known]], dtype=np.uint64)
    mixed = repeat[known].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    names = (old ^ mixed ^ (mixed >> np.uint64(27))).astype(">u8").tobytes().hex()
    found = pd.Series(pd.NA, index=ids.index, dtype="str")
    found[known] = [names[at : at + 16] for at in range(0, len(names), 16)]
    return found


def make(folder: Path, n_posts: int, sample_folder: Path) -> None:
    """The tables of that many posts, but for `measures`."""
    found, n = sampled(sample_folder)
    made = folder / ".made"
    made.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[Path]] = {name: [] for name in NAMES}
    for first in range(0, n_posts, PART):
        for name in NAMES:
            frame = repeated(found[name], first, min(first + PART, n_posts), n)
            files[name].append(made / f"{name}-{first:08d}")
            tables.save(frame.astype({c.name: c.type for c in tables.table(name).columns}), files[name][-1])
    for name in NAMES:
        tables.install(name, files[name], folder)
    shutil.rmtree(made)
    shutil.copy(sample_folder / "codebook.json", folder)


def cost(*command: str) -> Cost:
    """Run a command of this Python and see what it takes."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, env=environment)
    most, done = [0.0], threading.Event()
    watcher = threading.Thread(target=lambda: most.extend(_watched(process.pid, done)))
    watcher.start()
    _, code, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if code:
        raise SystemExit(f"{' '.join(command)[:60]}: stopped with {code}")
    return Cost(seconds, used.ru_maxrss / 1024, max(most))


def _watched(pid: int, done: threading.Event) -> Iterator[float]:
    while not done.wait(0.5):
        try:
            process = psutil.Process(pid)
            here = [process, *process.children(recursive=True)]
            yield sum(one.memory_info().rss for one in here) / 2**20
        except psutil.Error:  # a process that ends in between
            continue


def line(folder: Path, n_posts: int, sample_folder: Path) -> str:
    """One row of the table of results."""
    here = folder / str(n_posts)
    if not (here / "ties.parquet").exists():
        make(here, n_posts, sample_folder)
    n_mentions = sum(len(tables.read_part(path, ["start"])) for path in tables.parts("mentions", here))
    measured = None if (here / "measures.parquet").exists() else cost("-c", MEASURE, str(here))
    built = cost("-m", "analysis", "report", str(here))
    size = (here / "report.html").stat().st_size / 1e6
    first = ["as found", ""] if measured is None else [f"{measured.seconds:.0f}", f"{measured.largest:,.0f}"]
    taken = [f"{built.seconds:.0f}", f"{built.largest:,.0f}", f"{built.together:,.0f}"]
    return _row(f"{n_posts:,}", f"{n_mentions:,}", *first, *taken, f"{size:.1f}")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where the tables are made and kept (a temporary folder)")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    memory = psutil.virtual_memory().total / 2**30
    lines = ["# Report of many posts", "", *__doc__.strip().splitlines()[4:], ""]
    load = os.getloadavg()[0]
    lines += [f"Machine: {os.cpu_count()} cores, {memory:.0f} GiB; other work on it (load average) {load:.1f} at the start.", ""]
    lines += [_row(*HEAD), _row(*["---"] * len(HEAD))]
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        for n_posts in chosen.posts:
            lines.append(line(folder, n_posts, folder / "sample"))
            print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print(text)
    if chosen.write:
        (ROOT / "benchmarks" / "results" / "report.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
