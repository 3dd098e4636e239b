"""The stance that a post is written in: one dominant tone of six."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

from analysis.lexicon import load_yaml

# Fewer signs than this a hundred sentences leave a text neutral-informative; chosen, not measured.
FEW_SIGNS = 0.12
# What a genre is written in where the words do not decide (codebook 1.1, typical claims and 4.2).
GENRE_TONES = {"G02": "promotional", "G03": "promotional", "G10": "angry", "G13": "angry", "G11": "reassuring"}

_SENTENCE = re.compile(r"[^。!?\n]+[。!?]*")


class _Signs(NamedTuple):
    """All words and marks in one automaton, the tone of each, and whether it is a mark, of which each counts."""

    automaton: ahocorasick_rs.AhoCorasick
    tones: tuple[str, ...]  # without `promotional`, which solicitation alone decides
    signs: tuple[tuple[str, bool], ...]


@cache
def _signs() -> _Signs:
    data = load_yaml("lexicon/tones.yml")
    tones = tuple(name for name in data["tones"] if name != "promotional")
    listed = [(word, name, False) for name in tones for word in data["tones"][name]]
    listed += [(mark, name, True) for name in tones for mark in data["marks"].get(name, ())]
    return _Signs(ahocorasick_rs.AhoCorasick([word for word, *_ in listed]), tones, tuple((name, mark) for _, name, mark in listed))


def tone(text: str, is_solicitation: bool, genre: str | None) -> str:
    """The dominant tone of a folded text.

    A post that solicits is promotional; another has the tone of which most sentences bear a sign, and without enough
    signs that of its genre, or none in particular.

    >>> tone("求助!被催收逼得走投无路,怎么办啊", False, None)      # a plea
    'pleading'
    """
    if is_solicitation:
        return "promotional"
    automaton, tones, signs = _signs()
    found = _SENTENCE.findall(text)
    scores: Counter[str] = Counter()
    for sentence in found:
        standing = {number for number, _, _ in automaton.find_matches_as_indexes(sentence, overlapping=True)}
        scores.update({signs[number][0] for number in standing if not signs[number][1]})
        scores.update(signs[number][0] for number in standing if signs[number][1])
    best = str(max(tones, key=lambda name: (scores[name], name == GENRE_TONES.get(genre or ""))))
    if scores[best] >= max(1.0, FEW_SIGNS * len(found)):
        return best
    return GENRE_TONES.get(genre or "", "neutral-informative")
