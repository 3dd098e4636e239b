"""Marks of a text that tell how it was made or damaged: spun, masked, digits stripped, machine-written."""

from __future__ import annotations

from analysis.lexicon import load_yaml


def text_flags(folded: str) -> frozenset[str]:
    """The marks of a folded text; rules for spun or masked wording run only on texts so marked.

    >>> sorted(text_flags("逾期会作用征信,也会被列为失信被施行人。"))      # spun: will "act on" the credit record …
    ['spun']
    >>> sorted(text_flags("逾期会影响征信。"))
    []
    """
    found = set()
    for name, entry in load_yaml("lexicon/flags.yml")["flags"].items():
        if sum(folded.count(word) for word in entry["words"]) >= entry["least"]:
            found.add(name)
    return frozenset(found)
