"""Who is said to do what a mention speaks of, and to whom.

The last actor's word before the cue in its clause, else in the clause before, as Chinese leaves subjects out, else the
theme's own default (codebook 3.4). It is who acts, not who writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from analysis import pattern
from analysis.lexicon import data_path, read_yaml
from analysis.themes.clauses import Span

LENDERS = ("bank", "licensed_platform")
COLLECTORS = ("third_party_collector",)
SHARK_WEIGHT = 3  # a post on loan sharks says 平台 and 网贷 of them too; chosen, not measured


class Actors:
    """The words for actors and targets, compiled with their order of preference."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.actors = [(actor, pattern.any_of(data["actors"][actor])) for actor in data["order"]]
        self.lenders = {lender: pattern.any_of(words) for lender, words in data.get("lenders", {}).items()}
        self.targets = [(target, pattern.any_of(words)) for target, words in data["targets"].items()]

    def actor(self, text: str, clauses: Sequence[Span], mention: Span, default: str) -> str:
        """The actor of a mention in a folded sentence.

        >>> text = "平台不会威胁借款人"          # the platform does not threaten borrowers
        >>> load().actor(text, [Span(0, len(text))], Span(4, 6), "third_party_collector")
        'licensed_platform'
        """
        number = next((i for i, c in enumerate(clauses) if c.start <= mention.start < c.end), len(clauses) - 1)
        for clause in clauses[max(0, number - 1) : number + 1][::-1]:
            found = self._last(text, clause.start, min(clause.end, mention.start) if clause is clauses[number] else clause.end)
            if found is not None:
                return found
        return default

    def lender(self, text: str) -> str | None:
        """Who lends in a folded post: the lender spoken of most, if more than any other; a shark is named less often.

        >>> load().lender("信用卡晚还三天,银行会上报吗")          # a credit card paid late: will the bank report it?
        'bank'
        """
        counts = {lender: len(regex.findall(text)) for lender, regex in self.lenders.items()}
        counts["criminal"] = SHARK_WEIGHT * counts.get("criminal", 0)
        ranked = sorted(counts.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] == 0 or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return None
        return str(ranked[0][0])

    def of_post(self, theme_actor: str, lender: str | None) -> str:
        """The actor to take where no word names one: the post's own lender in place of a lender, a shark for its collectors.

        >>> load().of_post("licensed_platform", "bank"), load().of_post("court", "bank")
        ('bank', 'court')
        """
        if lender is None or theme_actor not in LENDERS + COLLECTORS:
            return theme_actor
        return lender if theme_actor in LENDERS or lender == "criminal" else theme_actor

    def _last(self, text: str, start: int, end: int) -> str | None:
        best: tuple[int, str] | None = None
        for actor, regex in self.actors:
            for match in regex.finditer(text, start, max(start, end)):
                if best is None or match.end() > best[0]:
                    best = (match.end(), actor)
        return best[1] if best else None

    def target(self, cue: str, clause: str, default: str) -> str:
        """Whom it is done to: a word in the cue, else in its clause, else the theme's default."""
        for where in (cue, clause):
            for target, regex in self.targets:
                if regex.search(where):
                    return str(target)
        return default


def load(folder: Path | None = None) -> Actors:
    """The actors of a codebook folder; the project's own where the folder has none."""
    path = folder / "actors.yml" if folder is not None and (folder / "actors.yml").exists() else data_path("codebook/actors.yml")
    return _load(path)


@cache
def _load(path: Path) -> Actors:
    return Actors(read_yaml(path))
