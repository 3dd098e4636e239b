"""The stance that a post is written in: one dominant tone of six."""

from __future__ import annotations

import re

from analysis.lexicon import load_yaml

# Fewer signs than this a hundred sentences leave a text neutral-informative; chosen, not measured.
FEW_SIGNS = 0.12
# What a genre is written in where the words do not decide (codebook 1.1, typical claims and 4.2).
GENRE_TONES = {"G02": "promotional", "G03": "promotional", "G10": "angry", "G13": "angry", "G11": "reassuring"}

_SENTENCE = re.compile(r"[^。!?\n]+[。!?]*")


def tone(text: str, is_solicitation: bool, genre: str | None) -> str:
    """The dominant tone of a folded text.

    A post that solicits is promotional; another has the tone of which most sentences bear a sign, and without enough
    signs that of its genre, or none in particular.

    >>> tone("求助!被催收逼得走投无路,怎么办啊", False, None)      # a plea
    'pleading'
    """
    if is_solicitation:
        return "promotional"
    data = load_yaml("lexicon/tones.yml")
    found = _SENTENCE.findall(text)
    scores = {
        name: sum(any(w in s for w in words) for s in found) + sum(m in s for m in data["marks"].get(name, ()) for s in found)
        for name, words in data["tones"].items()
        if name != "promotional"
    }
    best = str(max(scores, key=lambda name: (scores[name], name == GENRE_TONES.get(genre or ""))))
    if scores[best] >= max(1.0, FEW_SIGNS * len(found)):
        return best
    return GENRE_TONES.get(genre or "", "neutral-informative")
