"""What became of a page, for a person to look at: its layers in colour, and what was cut with the reason for each line."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

from analysis.clean.adverts import mark_adverts
from analysis.clean.decode import decode
from analysis.clean.layers import read_page, read_text
from analysis.clean.redact import find_people, redact
from analysis.problems import printable

# One colour a layer, told apart by name as well: ANSI number for terminals, a tint for the page.
COLOURS = {
    "title": (33, "#dbe8f6"), "summary": (36, "#dff1ee"), "heading": (34, "#e6e9f7"), "body": (37, "#ffffff"),
    "statute": (32, "#e7f2e1"), "toc": (90, "#eeeeee"), "ad": (35, "#fbe3d6"), "comment": (94, "#f5f0dc"),
    "meta": (90, "#eeeeee"), "cut": (90, "#f4f4f4"),
}
_STYLE = """body{font:16px/1.8 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222}
p{margin:.2rem 0;padding:.2rem .6rem;overflow-wrap:anywhere}b{font:600 .75rem/1 monospace;color:#555;margin-right:.6rem}
.cut{color:#777;text-decoration:line-through}"""


class Shown(NamedTuple):
    """One line of a page: its layer, or "meta", or "cut" with the reason; and its text, redacted."""

    layer: str
    reason: str | None
    text: str


def layers_of(content: bytes, is_page: bool = True) -> list[Shown]:
    """The lines of a page or of a plain text as `clean` sees them: the post in order, then meta lines, then what was cut.

    >>> [(s.layer, s.text) for s in layers_of("网贷逾期怎么办\\n\\n先别慌，和平台协商。".encode(), is_page=False)]
    [('title', '网贷逾期怎么办'), ('body', '先别慌，和平台协商。')]
    """
    text = decode(content).text
    page = read_page(text) if is_page else read_text(text)
    shown = [Shown("title", None, page.title)] if page.title else []
    shown += [Shown(block.layer, None, block.text) for block in mark_adverts(page.blocks)]
    shown += [Shown("meta", None, line) for line in page.meta]
    shown += [Shown("cut", cut.reason, cut.text) for cut in page.cut]
    return [line._replace(text=redact(line.text, find_people(line.text)).text) for line in shown]


def in_terminal(shown: Sequence[Shown], has_colour: bool) -> str:
    """The lines for a terminal; control characters of the page are left out, so that a page cannot drive it."""
    lines = []
    for line in shown:
        label = line.layer if line.reason is None else f"cut: {line.reason}"
        text = f"{label:<16} {printable(line.text)}"
        lines.append(f"\x1b[{COLOURS[line.layer][0]}m{text}\x1b[0m" if has_colour else text)
    return "\n".join(lines)


def as_html(shown: Sequence[Shown], name: str) -> str:
    """The lines as one HTML page that asks for nothing from anywhere."""
    rows = []
    for line in shown:
        label = line.layer if line.reason is None else f"cut: {line.reason}"
        kind = " class='cut'" if line.layer == "cut" else ""
        tint = COLOURS[line.layer][1]
        rows.append(f"<p{kind} style='background:{tint}'><b>{html.escape(label)}</b>{html.escape(line.text)}</p>")
    head = (
        "<!DOCTYPE html><html lang='zh'><meta charset='utf-8'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<meta name='viewport' content='width=device-width'><title>{html.escape(name)}</title><style>{_STYLE}</style>"
    )
    return head + f"<h1>{html.escape(name)}</h1>" + "\n".join(rows) + "</html>\n"
