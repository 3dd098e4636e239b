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
import sys
import tempfile
from pathlib import Path

from report import cost
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from analysis.scrape import records

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "growth.md"
PARAGRAPH = re.compile(r"<p>[^<]{20,}</p>")


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
                out = Path(scratch, f"{n}-{workers}")
                found = cost("-m", "analysis", "run", str(source), "--out", str(out), "--workers", str(workers))
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
