"""Whole pages of different kinds, each beside a text that says what becomes of every line of it.

tests/pages/NAME.html is a page, invented; NAME.txt its kind and its lines in order: layer or fate, a bar, the text. A line of
the head that no reader sees is not among them. Where a change of the rules is meant to change a page, change its text by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.clean.adverts import mark_adverts
from analysis.clean.decode import decode
from analysis.clean.layers import read_page

PAGES = Path(__file__).parent / "pages"


def told(content: bytes) -> str:
    """The kind of a page, and its lines: the post in order, then what was said about it, then what was cut and why."""
    page = read_page(decode(content).text)
    lines = [f"kind|{page.kind}", f"title|{page.title}"]
    lines += [f"{block.layer}|{block.text}" for block in mark_adverts(page.blocks)]
    lines += [f"meta|{line}" for line in page.meta]
    lines += [f"cut {cut.reason}|{cut.text}" for cut in page.cut]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_page(path: Path) -> None:
    assert told(path.read_bytes()) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_are_pages_of_every_kind() -> None:
    kinds = {path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("kind|") for path in PAGES.glob("*.txt")}
    assert kinds >= {"article", "forum", "qa", "complaint", "list", "doorway"}
