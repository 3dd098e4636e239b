"""Words of the subject that were broken, masked or spun, as edits of a folded text: where, and what stands there instead.

Filters and those who evade them break words in ways that a reader undoes without a thought: signs between characters
(催*收), pinyin (催shou, 逾期(yuqi)), look-alikes (愈期), masks (提***讼), holes (公然他人), spun phrases (作用征信). Only words
of the list are read so (data/lexicon/repairs.yml; codebook appendices A and B); holes and spun phrases, which could be
plain text, only where two of them stand. For the matching copy alone: what is shown stays as written. Spun phrases are
read only when asked for, since a spun copy and its source are two texts to whoever looks for copies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import ahocorasick_rs

from analysis.lexicon import load_yaml

INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u20e3\ufe00-\ufe0f\ufeff"
_HAN = "\u4e00-\u9fff"
_JAM = re.compile(rf"[*._\-|/·~^+#&\\=`'●○■★☆◆\u2600-\u27bf\U0001f300-\U0001faff \t{INVISIBLE}]{{1,5}}(?=[{_HAN}])")
_SEVERAL = 2  # holes or spun phrases from which on they are read


class Edit(NamedTuple):
    """A part of the folded text and what is read in its place (nothing, where it is left out)."""

    start: int
    end: int
    text: str


class _Form(NamedTuple):
    """A written form that is looked for: its kind, and what is read in place of it or of its end."""

    kind: str
    written: str
    read: str


@cache
def _pairs() -> frozenset[str]:
    composed = load_yaml("lexicon/contacts.yml")["composed"].values()
    words = frozenset(a + b for word in load_yaml("lexicon/repairs.yml")["words"] for a, b in pairwise(word))
    return words | {a + b for two in composed for a in two["first"] for b in two["second"]}


def _forms() -> Iterator[_Form]:
    lexicon = load_yaml("lexicon/repairs.yml")
    for word, pinyin in lexicon["words"].items():
        syllables = pinyin.split()
        for i, (han, syllable) in enumerate(zip(word, syllables, strict=True)):
            yield _Form("pinyin", word[:i] + syllable + word[i + 1 :], word)
            yield _Form("gloss", f"{han}({syllable})", han)
        for joint in ("", " ", "'"):
            yield _Form("gloss", f"{word}({joint.join(syllables)})", word)
    yield from (_Form("written", form, word) for form, word in lexicon["written"].items())
    yield from (_Form("spun", form, word) for form, word in lexicon["spun"].items())
    for kind in ("masks", "holes"):
        yield from (_Form(kind, rule["hint"], rule["pattern"]) for rule in lexicon[kind])


@cache
def _automaton() -> tuple[ahocorasick_rs.AhoCorasick, list[_Form], dict[str, tuple[re.Pattern[str], str]]]:
    forms = list(dict.fromkeys(_forms()))
    lexicon = load_yaml("lexicon/repairs.yml")
    rules = {r["pattern"]: (re.compile(r["pattern"]), r["word"]) for kind in ("masks", "holes") for r in lexicon[kind]}
    machine = ahocorasick_rs.AhoCorasick([form.written for form in forms], implementation=ahocorasick_rs.Implementation.DFA)
    return machine, forms, rules


def edits(folded: str, is_unspun: bool = False) -> list[Edit]:
    """The edits of a folded text, in any order; they may overlap. `is_unspun` reads spun phrases too.

    >>> edits("被催*收,说要cui收")                  # pursued by coll*ectors, …
    [Edit(start=2, end=3, text=''), Edit(start=7, end=11, text='催收')]
    """
    found = [Edit(*m.span(), "") for m in _JAM.finditer(folded) if folded[m.start() - 1 : m.start()] + folded[m.end()] in _pairs()]
    machine, forms, _ = _automaton()
    loose: dict[str, list[Edit]] = {"holes": [], "spun": []}
    seen: set[str] = set()
    for number, start, end in machine.find_matches_as_indexes(folded, overlapping=True):
        form = forms[number]
        if form.kind in ("masks", "holes"):
            if form.read not in seen:
                seen.add(form.read)
                loose.get(form.kind, found).extend(_by_rule(folded, form.read))
        elif form.kind == "spun":
            loose["spun"] += [Edit(start, end, form.read)] if is_unspun else []
        elif form.kind == "gloss":
            found.append(Edit(start + len(form.read), end, ""))
        elif form.kind == "written" or _is_alone(folded, start, end):
            found.append(Edit(start, end, form.read))
    return found + [edit for some in loose.values() if len(some) >= _SEVERAL for edit in some]


def _by_rule(folded: str, pattern: str) -> Iterator[Edit]:
    rule, word = _automaton()[2][pattern]
    return (Edit(*found.span(), word) for found in rule.finditer(folded))


def _is_alone(folded: str, start: int, end: int) -> bool:
    """Whether no Latin letter, digit or mark of an address goes on where a syllable ends."""
    around = folded[start - 1 : start] if start else "", folded[end : end + 1]
    inside = folded[start], folded[end - 1]
    return not any(
        edge.isascii() and near.isascii() and (near.isalnum() or near in "_-@.") for edge, near in zip(inside, around, strict=True) if near
    )
