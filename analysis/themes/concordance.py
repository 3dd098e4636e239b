"""Key words in context: every mention of a theme with the words around it, by status."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pandas as pd

from analysis.problems import DataProblem, choices
from analysis.tables import STATUSES

WIDTH = 28  # columns of a terminal on each side of the cue; a Han character takes two


def concordance(mentions: pd.DataFrame, theme: str, width: int = WIDTH) -> str:
    """The mentions of a theme as lines with the cue in one column, under a line for each status, in order of the texts.

    Equal sentences, as copies have them, stand once with their number. A theme that no mention carries is refused.

    >>> rows = pd.DataFrame({"theme": ["threats"] * 2, "status": ["denied"] * 2, "cue": ["威胁"] * 2, "status_cue": ["不会"] * 2,
    ...                      "sentence": ["平台不会威胁借款人"] * 2})
    >>> print(concordance(rows, "threats", width=12))          # platforms do not threaten borrowers, twice
    denied: 2
          平台不会【威胁】借款人        ×2  by 不会
    """
    known = sorted(mentions["theme"].unique())
    if theme not in known:
        raise DataProblem(f"concordance: no mention of {theme!r}. {choices('Themes found', known)}")
    own = mentions[mentions["theme"] == theme]
    return "\n".join(line for status in STATUSES for line in _of_status(own[own["status"] == status], status, width))


def _of_status(rows: pd.DataFrame, status: str, width: int) -> Iterator[str]:
    if rows.empty:
        return
    yield f"{status}: {len(rows)}"
    for (sentence, cue), same in rows.groupby(["sentence", "cue"], sort=False):
        before, _, after = str(sentence).replace("\n", " ").partition(str(cue))
        by = same["status_cue"].iloc[0]
        times = f"  ×{len(same)}" if len(same) > 1 else ""
        yield f"{_fit(before, width, at_end=True)}【{cue}】{_fit(after, width)}{times}" + (f"  by {by}" if isinstance(by, str) else "")


def _fit(text: str, width: int, *, at_end: bool = False) -> str:
    """The text cut or filled to so many columns; its end is what stays where it stands before the cue."""
    kept: list[str] = []
    used = 0
    for character in reversed(text) if at_end else text:
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > width:
            used -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
            break
        kept.append(character)
    return " " * (width - used) + "".join(reversed(kept)) if at_end else "".join(kept) + " " * (width - used)
