"""Whether a sentence is told by the one it happened to: what it says then is reported, not asserted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis import pattern

# Genres of people who tell of themselves: rants and pleas, diaries, complaints (codebook 1.1).
TELLING_GENRES = frozenset({"G10", "G11", "G13"})


class Voice:
    """The words for oneself, for what has happened and for what holds in general (`voice` of modifiers.yml)."""

    def __init__(self, data: Mapping[str, Sequence[str]], classes: pattern.Classes) -> None:
        names = ("first_person", "happened", "in_general")
        self.first_person, self.happened, self.in_general = (pattern.any_of(data[name], classes) for name in names)

    def is_told(self, sentence: str, genre: str | None) -> bool:
        """Whether a folded sentence without a modifier is a report, in a post of that genre.

        >>> from analysis.codebook import load
        >>> from analysis.themes import status
        >>> voice = status.load(load()).voice
        >>> voice.is_told("电话打到了我妈那里", None)              # they called my mother
        True
        >>> voice.is_told("催收一般先打电话", "G10")               # collectors usually call first
        False
        """
        if self.first_person.search(sentence):
            return True
        if genre not in TELLING_GENRES:
            return False
        return not self.in_general.search(sentence)

    def has_happened(self, sentence: str) -> bool:
        """Whether a folded sentence speaks of something that took place, not of what one should do.

        >>> from analysis.codebook import load
        >>> from analysis.themes import status
        >>> voice = status.load(load()).voice
        >>> voice.has_happened("打了三次12378"), voice.has_happened("打12378反映")     # called three times; call and tell them
        (True, False)
        """
        return bool(self.happened.search(sentence) or self.first_person.search(sentence))

