"""The map: every stage's name, what it reads, what it writes, and the function that does it.

The command line, the `make` targets and the README's diagram are made from this list.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One stage of the way from pages to report."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    function: str
    does: str


STAGES = (
    Stage("scrape", ("sources",), ("raw",), "analysis.scrape.read", "reads pages and records"),
    Stage(
        "clean", ("raw",), ("posts", "blocks", "contacts", "dropped"), "analysis.clean.clean",
        "makes layered, dated, redacted posts",
    ),
    Stage(
        "themes", ("posts", "blocks"), ("mentions", "contradictions"), "analysis.themes.find_themes",
        "codes what is said, how, and of whom",
    ),
    Stage(
        "sentiment", ("posts", "blocks", "mentions"), ("posts", "mentions"), "analysis.sentiment.score",
        "adds polarity and tone",
    ),
    Stage(
        "measure", ("posts", "blocks", "mentions", "contradictions", "contacts", "dropped"), ("claims", "ties", "measures"),
        "analysis.measure.measure",
        "counts, with intervals, with and without copies",
    ),
    Stage("charts", ("measures", "posts", "mentions"), ("figures",), "analysis.charts.draw_all", "draws figures with CSV twins"),
    Stage(
        "report", ("measures", "mentions", "posts", "figures"), ("report",), "analysis.report.build",
        "puts notebooks, figures and quotes into one offline page",
    ),
)


def stage(name: str) -> Stage:
    """The stage of that name."""
    return next(s for s in STAGES if s.name == name)


def diagram() -> str:
    """The stages as lines of text, for the README and `--help`.

    >>> print(diagram().splitlines()[1])
    clean      raw -> posts, blocks, contacts, dropped
    """
    return "\n".join(f"{s.name:<10} {', '.join(s.reads)} -> {', '.join(s.writes)}" for s in STAGES)
