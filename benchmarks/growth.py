"""Cost as the work grows: whole runs over 10^3, 10^4 … pages, with one worker and with two; seconds, pages a second, peak memory.

    .venv/bin/python benchmarks/growth.py [--pages N ...] [--write]

Pages are made of the sample corpus: the frame of one of its pages, and paragraphs drawn from all of them, in a gzipped WARC. A
run is a process of its own; peak memory is that of its largest process and, beside it, of all its processes together. Runs of
different sizes are not interleaved: a run of 10^4 pages takes minutes.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from analysis.scrape import records

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "growth.md"
PARAGRAPH = re.compile(r"<p>[^<]{20,}</p>")


class Ran(NamedTuple):
    """Seconds of a run, and the most megabytes that its largest process and all of them together held."""

    seconds: float
    largest: float
    together: float


def made(n: int, path: Path) -> None:
    """A WARC of n pages."""
    rng = random.Random(n)
    texts = [r.content.decode("utf-8", "ignore") for r in records(ROOT / "data" / "sample" / "sample.warc.gz")]
    pages = [text for text in texts if len(PARAGRAPH.findall(text)) >= 3]
    paragraphs = [p for text in pages for p in PARAGRAPH.findall(text)]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(n):
            page = PARAGRAPH.sub(lambda _: rng.choice(paragraphs), rng.choice(pages)).encode()
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            address = f"http://www.{number % 997}.example/{number}.html"
            writer.write_record(writer.create_warc_record(
                address, "response", payload=io.BytesIO(page), http_headers=head, warc_headers_dict={"WARC-Date": "2026-01-15T00:00:00Z"},
            ))  # fmt: skip


def ran(source: Path, workers: int, out: Path) -> Ran:
    """One run, watched."""
    command = [sys.executable, "-m", "analysis", "run", str(source), "--out", str(out), "--workers", str(workers)]
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        peaks = [0.0, 0.0]
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks, done))
        watcher.start()
        told = process.communicate()[1]
        done.set()
        watcher.join()
    if process.returncode:
        raise SystemExit(told.decode())
    return Ran(time.perf_counter() - begun, *peaks)


def _watch(pid: int, peaks: list[float], done: threading.Event) -> None:
    while not done.wait(0.2):
        held = [_held(each) for each in (pid, *_children(pid))]
        peaks[:] = [max(peaks[0], *held), max(peaks[1], sum(held))]


def _children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def _held(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, nargs="+", default=[1_000, 10_000], metavar="N")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    lines = ["| pages | workers | seconds | pages a second | largest process, MB | all together, MB |", "| --- " * 6 + "|"]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        for n in chosen.pages:
            made(n, source := Path(scratch, f"{n}.warc.gz"))
            for workers in (1, 2):
                found = ran(source, workers, Path(scratch, f"{n}-{workers}"))
                rate, peaks = n / found.seconds, f"{found.largest:,.0f} | {found.together:,.0f}"
                lines.append(f"| {n:,} | {workers} | {found.seconds:,.0f} | {rate:,.0f} | {peaks} |")
                print(lines[-1], file=sys.stderr)
    head = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} at the start."
    text = "\n".join(["# Cost as the work grows", "", f"Made by `python benchmarks/growth.py --write`. {head}", "", *lines, ""])
    print(text)
    if chosen.write:
        RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
