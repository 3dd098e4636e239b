"""How well and how fast the clean room works, as one table.

    python benchmarks/clean.py [--errors N] [--peers] [--write]

The sample corpus is scored against its planted truth. Gold documents and real pages are scored by their own tools where
they stand beside the project (../shared), and left out where they do not. --peers times the room against trafilatura on
the same pages, pass by pass, if it can be imported. --write keeps the table in benchmarks/results/clean.md.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from pathlib import Path

import clean_outside
import clean_speed
from clean_sample import figures
from planted import SAMPLE, Figure, side_by_side

from analysis.clean import Options, clean
from analysis.scrape import read

RESULT = Path(__file__).parent / "results" / "clean.md"


def table(title: str, found: list[Figure]) -> list[str]:
    """A Markdown table of figures; a share has three decimals, a rate none."""
    rows = [f"| {f.name} | {f.value:,.{3 if f.value <= 1 else 1 if f.value < 10 else 0}f} | {f.n:,} |" for f in found]
    return [f"## {title}", "", "| figure | value | n |", "| --- | --- | --- |", *rows, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="the first N misses of each figure")
    parser.add_argument("--peers", action="store_true", help="beside trafilatura, if it can be imported")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {RESULT.parent.name}/{RESULT.name}")
    chosen = parser.parse_args()
    raw = read(str(SAMPLE / "sample.warc.gz"))
    with tempfile.TemporaryDirectory() as folder:
        made = clean(raw, Options(Path(folder), reveal_contacts=True))
    found, misses = figures(side_by_side(raw, made))
    lines = ["# The clean room, measured", "", f"Made by `python benchmarks/clean.py`; Python {platform.python_version()}.", ""]
    lines += table("The sample corpus against its planted truth", found)
    lines += table("Speed, one core, by stage (records a second)", clean_speed.stages(raw))
    for title, outside in clean_outside.measured():
        lines += table(title, outside)
    if chosen.peers:
        lines += table("Beside trafilatura (pages a second, one core)", clean_speed.beside_trafilatura())
    print("\n".join(lines))
    for name, some in misses.items() if chosen.errors else ():
        print(f"\n## {name}: {len(some)}", *some[: chosen.errors], sep="\n")
    if chosen.write:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
