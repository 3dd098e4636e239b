"""Which of several regular expressions can match a text at all: one pass of an automaton, in place of a search for each.

An expression is given by words of which every match holds one (see `firsts.needs`); most texts hold none of most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import ahocorasick_rs

from analysis.clean.firsts import needs


class Screen:
    """The names of expressions, and the words by which it is told that one may match.

    >>> screen = Screen({"call": "加(?:微信|我)", "count": r"\\d+次"})                   # add (WeChat|me); … times
    >>> sorted(screen.of("加我详聊")), sorted(screen.of("没有"))                          # add me for details; none
    (['call'], [])
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        words: dict[str, list[str]] = defaultdict(list)
        always = []
        for name, pattern in patterns.items():
            held = needs(pattern)
            if held is None:
                always.append(name)
            for word in held or ():
                words[word].append(name)
        self._always = frozenset(always)
        self._names = list(words.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(words), implementation=ahocorasick_rs.Implementation.DFA)

    def of(self, text: str) -> set[str]:
        """The names of the expressions that may match somewhere in a text; the others do not."""
        found = set(self._always)
        for word in {number for number, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True)}:
            found.update(self._names[word])
        return found
