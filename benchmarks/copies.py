"""Near-copies at scale: seconds, memory, recall and precision on planted pairs, beside datasketch and rensa.

    python benchmarks/copies.py [--posts N ...] [--lib FOLDER] [--peers-up-to N] [--write]

Posts are generated: invented words by Zipf's law, 500 to 3,000 characters. One in ten is an altered copy of another; the
pairs that share four fifths of their runs of five characters (counted here, by sets) are to be found and no others. Each
method runs in a process of its own. datasketch and rensa are used where they can be imported, from --lib for one; they
propose pairs by the same runs of characters with 128 permutations in 16 bands, and keep those whose index they estimate at .8 or more.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

RESULT = Path(__file__).parent / "results" / "copies.md"
NEAR = 0.8  # codebook 5.2
MARKS = ("", "，", "。", "。\n")
SOWN = 10  # one post in so many is a copy
Pairs = set[tuple[int, int]]


def generated(n: int) -> list[str]:
    """n posts; those at places 9, 19, 29 … are altered copies of the one before."""
    chance = np.random.default_rng(7)
    characters = np.array([chr(0x4E00 + k) for k in range(3000)], dtype=object)
    words = ["".join(characters[chance.integers(0, 3000, size)]) for size in chance.choice((1, 2, 3), 20_000, p=(0.2, 0.6, 0.2))]
    tokens = np.array([word + mark for mark in MARKS for word in words], dtype=object)
    weights = 1 / np.arange(10, 10 + len(words))
    pool = np.repeat(np.arange(len(words)), np.maximum(1, weights / weights.sum() * (1 << 20)).astype(int))
    posts: list[str] = []
    for k in range(n):
        if k % SOWN == SOWN - 1:
            posts.append(_altered(posts[-1], chance))
            continue
        size = int(chance.integers(250, 1500))
        marks = np.searchsorted((0.82, 0.92, 0.98), chance.random(size)) * len(words)
        posts.append("".join(tokens[pool[chance.integers(0, len(pool), size)] + marks].tolist()))
    return posts


def _altered(post: str, chance: np.random.Generator) -> str:
    """The post with one character in 25 to 400 put in place of another: of a Jaccard index from about .6 to .97."""
    letters = list(post)
    for place in chance.integers(0, len(letters), int(len(letters) * chance.uniform(1 / 400, 1 / 25))).tolist():
        letters[place] = chr(0x4E00 + int(chance.integers(3000)))
    return "".join(letters)


def runs(post: str) -> list[str]:
    """The distinct runs of five of its letters."""
    letters = "".join(filter(str.isalnum, post))
    return list({letters[k : k + 5] for k in range(len(letters) - 4)})


def planted(posts: Sequence[str]) -> Pairs:
    """The planted pairs that are near-copies, counted."""
    found: Pairs = set()
    for place in range(SOWN - 1, len(posts), SOWN):
        one, other = set(runs(posts[place - 1])), set(runs(posts[place]))
        if len(one & other) >= NEAR * len(one | other):
            found.add((place - 1, place))
    return found


def here(posts: Sequence[str]) -> Pairs:
    from analysis.clean.duplicates import near_copies

    return {(first, place) for place, first in enumerate(near_copies(posts).tolist()) if first != place}


def here_with_families(posts: Sequence[str]) -> Pairs:
    from analysis.clean.duplicates import families

    return {(first, place) for place, first in enumerate(families(posts)[0].tolist()) if first != place}


def by_datasketch(posts: Sequence[str]) -> Pairs:
    from datasketch import MinHash, MinHashLSH

    index, sketches = MinHashLSH(num_perm=128, params=(16, 8)), []
    found: Pairs = set()
    for place, post in enumerate(posts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([run.encode() for run in runs(post)])
        found |= {(other, place) for other in index.query(sketch) if sketch.jaccard(sketches[other]) >= NEAR}
        index.insert(place, sketch)
        sketches.append(sketch)
    return found


def by_rensa(posts: Sequence[str]) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=NEAR, num_perm=128, num_bands=16)
    found: Pairs = set()
    sketches: list[Any] = []
    for start in range(0, len(posts), 1000):
        sketches += RMinHash.from_token_sets([runs(post) for post in posts[start : start + 1000]], 128, 1)
        for place in range(start, len(sketches)):
            sketch = sketches[place]
            found |= {(other, place) for other in index.query(sketch) if sketch.jaccard(sketches[other]) >= NEAR}
            index.insert(place, sketch)
    return found


METHODS: dict[str, Callable[[Sequence[str]], Pairs]] = {
    "near-copies, from the text": here,
    "near-copies and families": here_with_families,
    "datasketch, update_batch": by_datasketch,
    "rensa, RMinHash": by_rensa,
}
PEERS = ("datasketch, update_batch", "rensa, RMinHash")


def measured(name: str, n: int) -> dict[str, Any]:
    """One method at n posts, in this process."""
    posts = generated(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        METHODS[name](posts[:50])  # lists are read and libraries loaded outside the clock
    except ImportError:
        return {}
    start, spent = time.perf_counter(), time.process_time()
    found = METHODS[name](posts)
    wall, spent = time.perf_counter() - start, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    true = planted(posts)
    both = len(found & true)
    return {
        "method": name, "posts": n, "wall": wall, "seconds": spent, "peak": peak / 1024, "texts": before / 1024,
        "recall": both / len(true), "precision": both / max(1, len(found)), "pairs": len(true),
    }  # fmt: skip


def apart(name: str, n: int, lib: str | None) -> dict[str, Any]:
    """`measured` in a process of its own, so that peaks are of one method."""
    command = [sys.executable, __file__, "--one", name, "--posts", str(n), *(["--lib", lib] if lib else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "| method | posts | seconds | posts a second | peak memory, MB (of it texts) | recall | precision | pairs |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        yield (
            f"| {row['method']} | {row['posts']:,} | {row['seconds']:,.1f} | {row['posts'] / row['seconds']:,.0f} | "
            f"{row['peak']:,.0f} ({row['texts']:,.0f}) | {row['recall']:.3f} | {row['precision']:.3f} | {row['pairs']:,} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
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
    wanted = [(name, n) for n in chosen.posts for name in METHODS if name not in PEERS or n <= chosen.peers_up_to]
    rows = [row for name, n in wanted if (row := apart(name, n, chosen.lib))]
    lines = [
        "# Near-copies at scale", "",
        f"Made by `python benchmarks/copies.py`; Python {platform.python_version()}, {platform.machine()}, one core "
        "(seconds of processor time). Posts are generated, of 500 to 3,000 characters; see the head of the script.", "",
        *table(rows), "",
    ]  # fmt: skip
    print("\n".join(lines))
    if chosen.write:
        RESULT.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
