"""Near-copies at scale: seconds, memory, recall and precision on planted pairs, beside datasketch and rensa.

    python benchmarks/copies.py [--posts N ...] [--methods NAME ...] [--lib FOLDER] [--peers-up-to N] [--write]

Posts are made in a stream: invented words by Zipf's law, 500 to 3,000 characters. One in ten is an altered copy of the one
before; the pairs that share four fifths of their runs of five characters (counted here, by sets) are to be found and no others.
Each method runs in a process of its own and sees 4,000 posts at a time; the clock stands still while they are made. Ours
keeps traces in folders and reads them again, which is on the clock. datasketch and rensa are used where they can be
imported, from --lib for one; they propose pairs by the same runs of characters with 128 permutations in 16 bands, and keep
those whose index they estimate at .8 or more. `--write` keeps the rows beside those of earlier runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

RESULT = Path(__file__).parent / "results" / "copies.md"
NEAR = 0.8  # codebook 5.2
MARKS = ("", "，", "。", "。\n")
SOWN = 10  # one post in so many is a copy
BATCH = 4000
Pairs = set[tuple[int, int]]
Batches = Iterable[list[str]]


def generated(n: int) -> Iterator[str]:
    """n posts; those at places 9, 19, 29 … are altered copies of the one before."""
    chance = np.random.default_rng(7)
    characters = np.array([chr(0x4E00 + k) for k in range(3000)], dtype=object)
    words = ["".join(characters[chance.integers(0, 3000, size)]) for size in chance.choice((1, 2, 3), 20_000, p=(0.2, 0.6, 0.2))]
    tokens = np.array([word + mark for mark in MARKS for word in words], dtype=object)
    weights = 1 / np.arange(10, 10 + len(words))
    pool = np.repeat(np.arange(len(words)), np.maximum(1, weights / weights.sum() * (1 << 20)).astype(int))
    post = ""
    for k in range(n):
        if k % SOWN == SOWN - 1:
            post = _altered(post, chance)
        else:
            size = int(chance.integers(250, 1500))
            marks = np.searchsorted((0.82, 0.92, 0.98), chance.random(size)) * len(words)
            post = "".join(tokens[pool[chance.integers(0, len(pool), size)] + marks].tolist())
        yield post


def _altered(post: str, chance: np.random.Generator) -> str:
    """The post with one character in 25 to 400 put in place of another: of a Jaccard index from about .6 to .97."""
    letters = list(post)
    for place in chance.integers(0, len(letters), int(len(letters) * chance.uniform(1 / 400, 1 / 25))).tolist():
        letters[place] = chr(0x4E00 + int(chance.integers(3000)))
    return "".join(letters)


class Stream:
    """The posts in batches, with the processor time that the making of them took."""

    def __init__(self, n: int) -> None:
        self._n, self.spent = n, 0.0

    def __iter__(self) -> Iterator[list[str]]:
        posts = generated(self._n)
        while True:
            start = time.process_time()
            batch = list(islice(posts, BATCH))
            self.spent += time.process_time() - start
            if not batch:
                return
            yield batch


def runs(post: str) -> list[str]:
    """The distinct runs of five of its letters."""
    letters = "".join(filter(str.isalnum, post))
    return list({letters[k : k + 5] for k in range(len(letters) - 4)})


def planted(n: int) -> Pairs:
    """The planted pairs that are near-copies, counted."""
    found: Pairs = set()
    for place, (before, post) in enumerate(pairwise(generated(n)), start=1):
        if place % SOWN == SOWN - 1:
            one, other = set(runs(before)), set(runs(post))
            if len(one & other) >= NEAR * len(one | other):
                found.add((place - 1, place))
    return found


def here(batches: Batches, *, has_families: bool) -> Pairs:
    """The first post of each near-copy, by the traces of all batches, which are kept on the disk in between."""
    import pandas as pd

    from analysis.clean.duplicates import copies
    from analysis.clean.traces import save, traces

    with TemporaryDirectory() as folder:
        parts, at = [], 0
        for batch in batches:
            posts = pd.DataFrame({"post_id": [f"{k:09}" for k in range(at, at + len(batch))], "text": batch})
            parts.append(save(traces(posts, has_families=has_families), Path(folder) / f"{at:09}"))
            at += len(batch)
        found = copies(parts).dropna(subset="duplicate_of")
    return set(zip(found["duplicate_of"].astype(int).tolist(), found["post_id"].astype(int).tolist(), strict=True))


def by_datasketch(batches: Batches) -> Pairs:
    from datasketch import MinHash, MinHashLSH

    index, sketches = MinHashLSH(num_perm=128, params=(16, 8)), []
    found: Pairs = set()
    for post in (post for batch in batches for post in batch):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([run.encode() for run in runs(post)])
        found |= {(other, len(sketches)) for other in index.query(sketch) if sketch.jaccard(sketches[other]) >= NEAR}
        index.insert(len(sketches), sketch)
        sketches.append(sketch)
    return found


def by_rensa(batches: Batches) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=NEAR, num_perm=128, num_bands=16)
    found: Pairs = set()
    sketches: list[Any] = []
    for batch in batches:
        start = len(sketches)
        sketches += RMinHash.from_token_sets([runs(post) for post in batch], 128, 1)
        for place in range(start, len(sketches)):
            sketch = sketches[place]
            found |= {(other, place) for other in index.query(sketch) if sketch.jaccard(sketches[other]) >= NEAR}
            index.insert(place, sketch)
    return found


METHODS: dict[str, Callable[[Batches], Pairs]] = {
    "near-copies": lambda batches: here(batches, has_families=False),
    "near-copies and families": lambda batches: here(batches, has_families=True),
    "rensa": by_rensa,
    "datasketch": by_datasketch,
}
PEERS = ("rensa", "datasketch")


def measured(name: str, n: int) -> dict[str, Any]:
    """One method at n posts, in this process."""
    try:
        METHODS[name]([list(generated(50))])  # lists are read and libraries loaded outside the clock
    except ImportError:
        return {}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stream, wall, start = Stream(n), time.perf_counter(), time.process_time()
    found = METHODS[name](stream)
    seconds, wall = time.process_time() - start - stream.spent, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    true = planted(n)
    both = len(found & true)
    return {
        "method": name, "posts": n, "seconds": seconds, "wall": wall, "peak": peak / 1024, "more": (peak - before) / 1024,
        "recall": both / len(true), "precision": both / max(1, len(found)), "pairs": len(true), "load": os.getloadavg()[1],
    }  # fmt: skip


def apart(name: str, n: int, lib: str | None) -> dict[str, Any]:
    """`measured` in a process of its own, so that peaks are of one method."""
    command = [sys.executable, __file__, "--one", name, "--posts", str(n), *(["--lib", lib] if lib else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "| method | posts | seconds | posts a second | peak memory, MB (more than at the start) | recall | precision | pairs | load |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in sorted(rows, key=lambda row: (row["posts"], list(METHODS).index(row["method"]))):
        yield (
            f"| {row['method']} | {row['posts']:,} | {row['seconds']:,.1f} | {row['posts'] / row['seconds']:,.0f} | {row['peak']:,.0f} "
            f"({row['more']:,.0f}) | {row['recall']:.3f} | {row['precision']:.3f} | {row['pairs']:,} | {row['load']:.1f} |"
        )


def merged(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with those of earlier runs that they do not replace."""
    kept = RESULT.with_suffix(".json")
    old = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else []
    every = {(row["method"], row["posts"]): row for row in [*old, *rows]}
    kept.write_text(json.dumps(list(every.values()), indent=1), encoding="utf-8")
    return list(every.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), metavar="NAME", help=", ".join(METHODS))
    parser.add_argument("--lib", metavar="FOLDER", help="where datasketch and rensa stand, if not installed")
    parser.add_argument("--peers-up-to", type=int, default=100_000, metavar="N", help="no peers for more posts")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {RESULT.parent.name}/{RESULT.name}")
    parser.add_argument("--one", choices=METHODS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.lib:
        sys.path.append(chosen.lib)
    if chosen.one:
        print(json.dumps(measured(chosen.one, chosen.posts[0])))
        return
    wanted = [(name, n) for n in chosen.posts for name in chosen.methods if name not in PEERS or n <= chosen.peers_up_to]
    rows = [row for name, n in wanted if (row := apart(name, n, chosen.lib))]
    lines = [
        "# Near-copies at scale", "",
        f"Made by `python benchmarks/copies.py`; Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores of which "
        "each method has one (seconds of processor time; the load is of the whole machine, meanwhile). Posts are made in a stream, "
        "of 500 to 3,000 characters; see the head of the script.", "",
        *table(merged(rows) if chosen.write else rows), "",
    ]  # fmt: skip
    print("\n".join(lines))
    if chosen.write:
        RESULT.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
