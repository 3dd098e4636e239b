"""What is found in one piece of text: each mention with its quote, its status and the words that decided it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from analysis import codebook as books
from analysis.sentiment.polarity import of_mention
from analysis.tables import FAMILY_OF_STATUS
from analysis.themes import Block, Post, code_text

_HALVES = re.compile("[\ud800-\udfff]")  # halves of a sign, as broken JSON holds them: no encoding has them
_COLOURS = {"claimed": "#b3541e", "possible": "#8a6d00", "rejected": "#1f6f54", "other": "#5b5f66"}


@dataclass(frozen=True)
class Mention:
    """One mention, as `explain` shows it."""

    theme: str
    theme_zh: str
    theme_en: str
    cue: str
    status: str
    status_cue: str | None
    secondary: str | None
    actor: str
    target: str
    polarity: float
    sentence: str
    start: int
    end: int
    rule_id: str

    @property
    def family(self) -> str:
        """claimed, possible, rejected or other."""
        return FAMILY_OF_STATUS[self.status]


@dataclass(frozen=True)
class Explanation:
    """All mentions of a text. Printed, it is readable in a terminal; in a notebook it is a table with colours."""

    text: str
    mentions: tuple[Mention, ...] = field(default=())

    def __iter__(self) -> Any:
        return iter(self.mentions)

    def __len__(self) -> int:
        return len(self.mentions)

    def __str__(self) -> str:
        if not self.mentions:
            return "no mention of any theme"
        return "\n".join(_lines(self.mentions))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(_row(m) for m in self.mentions)
        if not rows:
            return "<p>no mention of any theme</p>"
        head = "".join(f"<th style='text-align:left'>{h}</th>" for h in ("quote", "theme", "status", "decided by", "actor", "polarity"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def explain(text: str, codebook: books.Codebook | None = None, layer: str = "body") -> Explanation:
    """What the codebook finds in a text, and why.

    The text is taken as it stands, as one block; nothing is cleaned or redacted.

    >>> print(explain("正规平台不会威胁借款人"))      # regular platforms do not threaten borrowers
    threats 威胁恐吓: 正规平台不会【威胁】借款人
      denied (rejected), by 不会; actor licensed_platform; polarity +0.28
    """
    text = _HALVES.sub("\ufffd", text)
    book = codebook or books.load()
    found = []
    for row in code_text(text, [Block(layer, 0, len(text))], Post(), book):
        theme = book.theme(row["theme"])
        found.append(Mention(
            theme.slug, theme.zh, theme.en, row["cue"], row["status"], row["status_cue"], row["secondary"], row["actor"],
            row["target"], of_mention(row, book), row["sentence"], row["start"], row["end"], row["rule_id"],
        ))
    return Explanation(text, tuple(found))


def _marked(mention: Mention) -> tuple[str, str, str]:
    before, _, after = mention.sentence.partition(mention.cue)
    return before, mention.cue, after


def _lines(mentions: tuple[Mention, ...]) -> list[str]:
    lines = []
    for m in mentions:
        before, cue, after = _marked(m)
        lines.append(f"{m.theme} {m.theme_zh}: {before}【{cue}】{after}")
        why = f", by {m.status_cue}" if m.status_cue else ""
        lines.append(f"  {m.status} ({m.family}){why}; actor {m.actor}; polarity {m.polarity:+.2f}")
    return lines


def _row(mention: Mention) -> str:
    before, cue, after = map(html.escape, _marked(mention))
    colour = _COLOURS[mention.family]
    cells = (
        f"{before}<mark>{cue}</mark>{after}",
        f"{html.escape(mention.theme_zh)} {html.escape(mention.theme)}",
        f"<span style='color:{colour};font-weight:bold'>{mention.status}</span>",
        html.escape(mention.status_cue or "nothing: the plain statement"),
        mention.actor,
        f"{mention.polarity:+.2f}",
    )
    return "<tr>" + "".join(f"<td style='text-align:left'>{c}</td>" for c in cells) + "</tr>"
