"""The counts of README.md, made from truth.jsonl so that none is typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

START, END = "<!-- counts: made by build.py --datasheet -->\n", "<!-- end of counts -->\n"


def with_counts(text: str, rows: list[dict[str, Any]]) -> str:
    """The datasheet with the counts between its two marks; the words around them stay."""
    head, rest = text.split(START)
    _, tail = rest.split(END)
    return head + START + counts(rows) + END + tail


def counts(rows: list[dict[str, Any]]) -> str:
    """The tables of the datasheet in Markdown."""
    posts = [row for row in rows if row["post"]]
    originals = [row for row in posts if not row["copy"]]
    themes = {code for row in posts for block in row["blocks"] for code in block["codes"]}
    facts = [
        ("pages", len(rows)),
        ("hosts", len({urlsplit(row["url"]).hostname for row in rows})),
        ("pages with a post", len(posts)),
        ("distinct posts", len(originals)),
        ("copies", len(posts) - len(originals)),
        ("template families", len({row["family"] for row in posts if row["family"]})),
        ("posts and copies on topic", sum(row["on_topic"] for row in posts)),
        ("that solicit customers", sum(row["solicitation"] for row in posts)),
        ("distinct contact ids", len({c["value"] for row in posts for c in row["contacts"]})),
        ("pieces of planted personal data", sum(len(row["people"]) for row in posts)),
        ("coded mentions", sum(len(block["codes"]) for row in posts for block in row["blocks"])),
        ("coded mentions in distinct posts", sum(len(block["codes"]) for row in originals for block in row["blocks"])),
        ("pairs of theme and status", len(themes)),
    ]
    parts = [_table("what", facts)]
    parts += [_table("kind of page", Counter(row["kind"] for row in rows).most_common())]
    parts += [_table("genre (codebook 1.1), pages", sorted(Counter(row["genre"] for row in posts).items()))]
    parts += [_table("genre, distinct posts", sorted(Counter(row["genre"] for row in originals).items()))]
    parts += [_table("off-topic class", _tally(row["off_topic_class"] for row in posts))]
    parts += [_table("change made to copies", _tally(change for row in posts for change in row["changes"]))]
    parts += [
        _table("month of publication", sorted(Counter(r["published"][:7] for r in posts if r["published"]).items()))
    ]
    parts += [_table("host", _tally(urlsplit(row["url"]).hostname for row in rows))]
    return "\n" + "\n".join(parts) + "\n"


def _tally(values: Iterable[str | None]) -> list[tuple[str, int]]:
    return sorted(Counter(value for value in values if value).items(), key=lambda pair: (-pair[1], pair[0]))


def _table(name: str, rows: Iterable[tuple[str, int]]) -> str:
    return "\n".join([f"| {name} | count |", "| --- | --- |", *(f"| {what} | {n} |" for what, n in rows), ""])
