"""Who is said to do what a mention speaks of, and to whom.

The last actor's word before the cue in its clause, else in the clause before, as Chinese leaves subjects out, else the
theme's own default (codebook 3.4). It is who acts, not who writes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from analysis import pattern
from analysis.lexicon import data_path, read_yaml
from analysis.themes.clauses import Span
from analysis.themes.screen import Screen

LENDERS = ("bank", "licensed_platform")
COLLECTORS = ("third_party_collector",)
SHARK_WEIGHT = 3  # a post on loan sharks says 平台 and 网贷 of them too; chosen, not measured


_Named = Sequence[tuple[str, re.Pattern[str]]]


class Around(NamedTuple):
    """The actors and targets that a sentence can name, with their words, in their order of preference."""

    actors: _Named
    targets: _Named

    def actor(self, text: str, clauses: Sequence[Span], mention: Span, default: str) -> str:
        """The actor of a mention in the folded sentence.

        >>> text = "平台不会威胁借款人"          # the platform does not threaten borrowers
        >>> load().around([text])[0].actor(text, [Span(0, len(text))], Span(4, 6), "third_party_collector")
        'licensed_platform'
        """
        if not self.actors:
            return default
        number = next((i for i, c in enumerate(clauses) if c.start <= mention.start < c.end), len(clauses) - 1)
        for clause in clauses[max(0, number - 1) : number + 1][::-1]:
            found = self._last(text, clause.start, min(clause.end, mention.start) if clause is clauses[number] else clause.end)
            if found is not None:
                return found
        return default

    def _last(self, text: str, start: int, end: int) -> str | None:
        best: tuple[int, str] | None = None
        for actor, regex in self.actors:
            for match in regex.finditer(text, start, max(start, end)):
                if best is None or match.end() > best[0]:
                    best = (match.end(), actor)
        return best[1] if best else None

    def target(self, text: str, clauses: Sequence[Span], mention: Span, default: str) -> str:
        """Whom it is done to: a word in the mention, else in its clause, else the theme's default."""
        if not self.targets:
            return default
        clause = next((c for c in clauses if c.start <= mention.start < c.end), clauses[-1])
        for start, end in (mention, clause):
            for target, regex in self.targets:
                if regex.search(text[start:end]):
                    return target
        return default


class Actors:
    """The words for actors and targets, compiled."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.lenders = {lender: pattern.any_of(words) for lender, words in data.get("lenders", {}).items()}
        listed = [*((actor, data["actors"][actor]) for actor in data["order"]), *data["targets"].items()]
        self.named = [(name, pattern.any_of(words)) for name, words in listed]
        self.n_actors = len(data["order"])
        self.screen = Screen((number, pattern.loose(word)) for number, (_, words) in enumerate(listed) for word in words)

    def around(self, sentences: Sequence[str]) -> list[Around]:
        """Whom each of some folded sentences can name."""
        found = []
        for possible in self.screen.possible(sentences):
            n_actors = bisect_left(possible, self.n_actors)
            named = [self.named[number] for number in possible]
            found.append(Around(named[:n_actors], named[n_actors:]))
        return found

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


def load(folder: Path | None = None) -> Actors:
    """The actors of a codebook folder; the project's own where the folder has none."""
    path = folder / "actors.yml" if folder is not None and (folder / "actors.yml").exists() else data_path("codebook/actors.yml")
    return _load(path)


@cache
def _load(path: Path) -> Actors:
    return Actors(read_yaml(path))
