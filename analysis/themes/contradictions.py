"""What one post both claims and denies of a theme, as a pair of mentions; never as "false".

Patterns of codebook 5.3 that can be read off statuses and places: X01 (the opening warns, the end denies), X02 (a class of
lenders is said never to do it and is said to do it), and for consequences X03, X04, X06 (denied and asserted in one post).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

OPENING = 0.2  # codebook X01: the first fifth of the content
ENDING = 0.75  # and its last quarter


class Said(NamedTuple):
    """What a contradiction needs of a mention; `place` is 0 at the start of the content and 1 at its end."""

    key: str
    theme: str
    status: str
    actor: str
    place: float
    sentence: str = ""


class Contradiction(NamedTuple):
    """One theme that a post both claims and denies, with the two mentions."""

    theme: str
    claim: str
    denial: str
    kind: str


def contradictions(said: Sequence[Said]) -> list[Contradiction]:
    """One contradiction a theme at most.

    >>> contradictions([Said("0:a", "threats", "hypothetical", "unknown", 0.05),
    ...                 Said("90:a", "threats", "denied", "licensed_platform", 0.9)])
    [Contradiction(theme='threats', claim='0:a', denial='90:a', kind='X01')]
    """
    found = []
    for theme in sorted({s.theme for s in said}):
        mentions = [s for s in said if s.theme == theme]
        denials = [s for s in mentions if s.status == "denied"]
        pair = _pair(mentions, denials)
        if pair is not None:
            found.append(Contradiction(theme, pair[0].key, pair[1].key, pair[2]))
    return found


def _pair(mentions: Sequence[Said], denials: Sequence[Said]) -> tuple[Said, Said, str] | None:
    claims = [m for m in mentions if m.status in {"asserted", "rhetorical"}]
    openings = [m for m in mentions if m.place <= OPENING and (m in claims or m.status == "hypothetical")]
    for denial in denials:
        if denial.place >= ENDING and openings:
            return openings[0], denial, "X01"
    for denial in denials:
        # One sentence that does both weighs one thing against another, and contradicts nothing.
        same = [c for c in claims if c.actor == denial.actor and (not c.sentence or c.sentence != denial.sentence)]
        if same:
            return same[0], denial, "X02"
    for claim in claims:
        if claim.place >= ENDING and any(d.place <= OPENING for d in denials):
            return claim, denials[0], "X03"
    return None


