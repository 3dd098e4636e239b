# ruff: noqa: E501
"""No regular expression of the package, or of its lists and rules, takes more than its length on a string made against it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.scrape.seeds import from_feed, from_sitemap

ROOT = Path(__file__).parents[1]


def test_no_expression_is_super_linear() -> None:
    # A process of its own: expressions are noted as they are compiled, and here they are compiled already.
    command = [sys.executable, str(ROOT / "benchmarks" / "fuzz_regexes.py"), "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=170)
    assert done.returncode == 0, done.stderr[-500:]
    told = json.loads(done.stdout)
    assert told["n"] > 3_000  # the rules of the codebook alone are more
    assert told["unbounded"] > 20
    assert not [(row["where"], row["pattern"][:60], row["attack"], row["full"]) for row in told["slow"]]


@pytest.mark.parametrize("piece", [b"<loc>" + b" " * 100_000, b"<loc>" * 20_000, b"<item><link>" + b" " * 100_000, b"<item>" + b"<link " * 20_000])
def test_a_hostile_sitemap_is_read_at_once(piece: bytes) -> None:
    # Each took minutes with the blanks in two places of one expression; pytest's own patience is the limit.
    assert from_sitemap(piece).pages == []
    assert from_feed(piece) == []
