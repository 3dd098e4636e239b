"""The crawl against a misbehaving server on this machine: killed twice, nothing lost, delays kept, memory flat.

    python benchmarks/crawl.py           1,500 pages, writes results/crawl.md
    python benchmarks/crawl.py --pages 200 --out FILE
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from warcio.archiveiterator import ArchiveIterator

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from misbehaving_server import Server  # noqa: E402

MANNERS = ["--contact", "keeper@uni.example", "--allow-loopback", "--timeout", "3"]
DELAYS = (0.1, 0.3, 0.5, 1.0)


class Killed(NamedTuple):
    """What came of the crawl that was killed."""

    n_pages: int
    n_lost: int
    n_twice: int
    n_forbidden: int
    seconds: float
    memory: list[tuple[int, float]]
    reasons: list[tuple[str, str, str]]
    is_valid: bool
    n_records: int


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "analysis", "crawl", *more, "--out", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def megabytes(process: subprocess.Popen[bytes]) -> float | None:
    """The process's memory (resident) now; None where the system does not tell."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    found = [line for line in lines if line.startswith("VmRSS")]
    return int(found[0].split()[1]) / 1024 if found else None


def killed(pages: int, folder: Path, seed: int = 7) -> Killed:
    """Crawl so many pages and what is bad beside them, with two kill -9 at places drawn by chance."""
    dice = random.Random(seed)
    stops = sorted(dice.sample(range(pages // 20, pages // 2), 2))
    memory: list[tuple[int, float]] = []
    began = time.monotonic()
    with Server(pages, delay=0.02, bad=True, slow_seconds=8.0) as server:
        more = [f"{server.address}/list/1.html", *MANNERS, "--delay", "0"]
        for stop in [*stops, None]:
            process = start(folder, *more)
            more = ["--resume"]
            while process.poll() is None:
                n = len(server.requests)
                if stop is not None and n >= stop:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    break
                if stop is None and n // 100 > (memory[-1][0] // 100 if memory else -1) and (now := megabytes(process) or 0.0) > 100:
                    memory.append((n, now))
                time.sleep(0.001)
        counts = server.counts()
    asked = {path: n for path, n in counts.items() if path in server.expected}
    got = archived(folder / "archives", server.address)
    with (folder / "crawl_summary.csv").open(encoding="utf-8") as file:
        reasons = [(row["reason"], row["n"], row["detail"]) for row in csv.DictReader(file)]
    files = [str(path) for path in sorted(folder.rglob("*.warc.gz"))]
    check = subprocess.run([sys.executable, "-m", "warcio.cli", "check", *files], check=False, capture_output=True)
    twice = sum(n - 1 for n in asked.values())
    return Killed(
        len(server.expected), len(server.expected - set(got)), twice, len(server.forbidden & set(counts)),
        time.monotonic() - began, memory, reasons, check.returncode == 0, sum(got.values()),
    )  # fmt: skip


def archived(folder: Path, address: str) -> dict[str, int]:
    """How many responses with status 200 the archives hold of each path."""
    found: dict[str, int] = {}
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response" and record.http_headers.get_statuscode() == "200":
                    url = record.rec_headers.get_header("WARC-Target-URI").removeprefix(address)
                    found[url] = found.get(url, 0) + 1
    return found


def delays(folder: Path) -> list[tuple[str, float, float]]:
    """What was asked for, seconds asked and the shortest gap that the server saw."""
    found = []
    for delay in DELAYS:
        with Server(10, delay=delay) as server:
            start(folder / str(delay), f"{server.address}/list/1.html", *MANNERS, "--delay", "0").wait()
            gaps = [b - a for (a, _, _), (b, _, _) in pairwise(server.requests)]
        found.append(("Crawl-delay", delay, min(gaps)))
    with Server(10) as server:
        start(folder / "own", f"{server.address}/list/1.html", *MANNERS, "--delay", "0.4").wait()
        found.append(("--delay", 0.4, min(b - a for (a, _, _), (b, _, _) in pairwise(server.requests))))
    with Server(1, bad=True, slow_seconds=1.0) as server:
        start(folder / "busy", f"{server.address}/bad/429", *MANNERS, "--delay", "0").wait()
        found.append(("Retry-After on 429", 1.0, min(b - a for (a, p, _), (b, _, _) in pairwise(server.requests) if p == "/bad/429")))
    return found


def table(kept: list[tuple[str, float, float]], k: Killed) -> str:
    """The page of results."""
    rows = "\n".join(f"| {what} | {asked:g} | {gap:.3f} |" for what, asked, gap in kept)
    memory = ", ".join(f"{n:,}: {mb:.0f}" for n, mb in k.memory[:: max(1, len(k.memory) // 8)])
    reasons = "\n".join(f"| {reason} | {n} | {detail} |" for reason, n, detail in k.reasons)
    return f"""# The crawl against a misbehaving server

`python benchmarks/crawl.py`: a server on the same machine with {k.n_pages:,} good pages and what is bad beside them.

Killed with `kill -9` twice and gone on with `--resume`:

| figure | value |
| --- | --- |
| good pages | {k.n_pages:,} |
| not in the archives at the end | {k.n_lost} |
| in the archives more than once | {k.n_records - len_of(k)} |
| asked for more than once | {k.n_twice} ({k.n_twice / k.n_pages:.2%}) |
| forbidden pages asked for | {k.n_forbidden} |
| archives valid (`warcio check`) | {"yes" if k.is_valid else "no"} |
| seconds in all | {k.seconds:.0f} |

Memory of the last process in MB, by requests the server had seen: {memory}.

| delay | seconds asked | shortest gap kept |
| --- | --- | --- |
{rows}

What became of each address:

| reason | n | meaning |
| --- | --- | --- |
{reasons}
"""


def len_of(k: Killed) -> int:
    """How many different addresses with status 200 the summary counts, sitemaps and feeds among them."""
    return sum(int(n) for reason, n, _ in k.reasons if reason in {"fetched", "fetched_short", "sitemap", "feed"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "crawl.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = killed(chosen.pages, Path(name) / "killed")
        kept = delays(Path(name))
    chosen.out.write_text(table(kept, found), encoding="utf-8")
    print(json.dumps(found._replace(reasons=[], memory=found.memory[-1:])._asdict()))


if __name__ == "__main__":
    main()
