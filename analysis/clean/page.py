"""What a page is once read: its blocks in reading order, what was said about it, and what was cut and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Block(NamedTuple):
    """One block of what a reader reads: a layer of `analysis.tables.LAYERS`, and its text."""

    layer: str
    text: str


class Cut(NamedTuple):
    """One line that is no part of the post, and why, as one word."""

    text: str
    reason: str


@dataclass(frozen=True)
class Page:
    """A page read: title, blocks (the title is not among them), meta lines, what the head says, what was cut, its kind.

    `kind` is one of article, forum, qa, complaint, list, doorway, empty.
    """

    title: str | None = None
    blocks: list[Block] = field(default_factory=list)
    meta: list[str] = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)
    cut: list[Cut] = field(default_factory=list)
    kind: str = "article"


@dataclass(slots=True)
class Kept:
    """One line on its way to a block: its text, tag and role (body, comment, toc, ad, summary, statute), share in bold."""

    text: str
    tag: str = "p"
    role: str = "body"
    bold: float = 0.0
    order: int = 0
    links: float = 0.0
    box: int = 0
