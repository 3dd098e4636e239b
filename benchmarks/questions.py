"""Write docs/questions.md from data/measures/questions.yml; with --check only tell whether it is up to date.

    .venv/bin/python benchmarks/questions.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.measure.questions import questions_page

PAGE = Path(__file__).parents[1] / "docs" / "questions.md"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the page is out of date")
    there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if parser.parse_args().check:
        if there != questions_page():
            print("docs/questions.md is out of date: run benchmarks/questions.py", file=sys.stderr)
            return 1
        return 0
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(questions_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
