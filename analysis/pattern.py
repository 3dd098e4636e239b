"""The small language that codebook rules are written in, and what it becomes: a regular expression and its fixed words.

A pattern is text in the folded form (see clean/text.py), with

    …      a gap of up to 8 characters inside one clause          ……     a gap of up to 20 that may cross one comma
    #      a number, in digits or Han numerals                    (a|b)  one of several
    x?     an optional character, group, set or class             [ab]   one character of a set
    <name> a class of words from classes.yml                      (?!x) (?=x) (?<!x) (?<=x)  what must not, or must, stand beside
    ^ $    start and end of the sentence                          \\b     a word edge, for Latin words

There is no star and no plus: every pattern has a greatest length, so that no text can make a match slow. `needs` are sets of
words: every match holds at least one word of each set (as in the prefilters of RE2 and of Google Code Search). One automaton
looks for all words first, and a regular expression is run only where all its sets are served (see themes/screen.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from analysis.problems import DataProblem

NUMBER = "[0-9一二两三四五六七八九十百千万几数多半.]{1,12}"
# Gaps are the only capturing groups: what stands in a gap can still deny or condition the words around it.
GAP = r"([^,。!?;:\n]{0,8}?)"
LONG_GAP = r"([^,。!?;\n]{0,20}?(?:,[^,。!?;\n]{0,20}?)?)"
_LOOKS = ("(?!", "(?=", "(?<!", "(?<=")
DEEPEST = 20  # groups one in another: deeper ones than any reader of rules would follow
MOST_SPELLED = 24  # ways to write a stretch that are spelled out as words; beyond it they stay several sets. Chosen by trial
CLAUSE_ENDS = frozenset(",。!?;:\n")  # no gap crosses them; a long one may cross a comma and a colon
MOST_SETS = 3  # sets that are kept of an alternation, whose branches each have their own
_PLAIN = re.compile(r"[^…#()|?\[\]<>^$\\]+(?!\?)|[^…#()|?\[\]<>^$\\]")  # what stands for itself; before a ? one character

_NOTHING = frozenset({""})
Classes = Mapping[str, Sequence[str]]
Words = frozenset[str]
Needs = tuple[Words, ...]


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: as written, as a regular expression, and the sets of words that each match holds one of.

    `is_wide` tells that a match may cross the end of a clause; else all its words stand between two of CLAUSE_ENDS.
    """

    written: str
    regex: str
    needs: Needs
    is_wide: bool = False


@dataclass(frozen=True)
class _Part:
    regex: str
    spelled: Words | None = None  # all ways to write what it matches, looks aside; None: too many
    needs: Needs = ()
    is_wide: bool = False
    is_character: bool = False


def parse(written: str, classes: Classes | None = None) -> Pattern:
    """Compile one pattern.

    >>> parse("(威胁|恐吓)…家人").regex            # to threaten the family
    '(?:威胁|恐吓)([^,。!?;:\\\\n]{0,8}?)家人'
    >>> [sorted(words) for words in parse("(威胁|恐吓)?上门…(父母|家人)").needs]    # to the parents' door, perhaps with a threat
    [['上门'], ['家人', '父母']]
    """
    found = loose(written, classes)
    if not found.needs:
        raise DataProblem(f"pattern {written!r}: no word that every match must hold. Write at least one outside of '?' and '#'.")
    return found


def condition(written: str, classes: Classes | None = None) -> str:
    """The regular expression of a condition on a sentence; it needs no word."""
    return loose(written, classes).regex


def loose(written: str, classes: Classes | None = None) -> Pattern:
    """A pattern that may lack needs, as conditions do."""
    reader = _Reader(written, classes or {})
    part = reader.alternatives()
    if reader.at < len(written):
        raise DataProblem(f"pattern {written!r}: {written[reader.at]!r} at {reader.at} closes nothing. Escape it with \\.")
    return Pattern(written, part.regex, _needs(part), part.is_wide)


# What became of the classes that were read last: patterns name the same few again and again.
_PARTS: dict[int, tuple[Classes, dict[str, _Part]]] = {}


class _Reader:
    """A recursive-descent reader of one pattern."""

    def __init__(self, written: str, classes: Classes, inside: frozenset[str] = frozenset()) -> None:
        self.written = written
        self.classes = classes
        self.inside = inside  # classes that this text is a word of: none of them can name itself
        self.at = 0
        self.depth = 0

    def fail(self, what: str) -> DataProblem:
        return DataProblem(f"pattern {self.written!r}, at {self.at}: {what}")

    def peek(self, text: str) -> bool:
        return self.written.startswith(text, self.at)

    def alternatives(self) -> _Part:
        branches = [self.sequence()]
        while self.peek("|"):
            self.at += 1
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else _one_of(branches)

    def sequence(self) -> _Part:
        parts: list[_Part] = []
        while self.at < len(self.written) and not self.peek("|") and not self.peek(")"):
            parts.append(self.item())
        return _in_a_row(parts)

    def item(self) -> _Part:
        part = self.atom()
        if self.peek("?"):
            self.at += 1
            spelled = None if part.spelled is None else part.spelled | _NOTHING
            return _Part(f"{part.regex}?" if part.is_character else f"(?:{part.regex})?", spelled, (), part.is_wide)
        return part

    def atom(self) -> _Part:
        if self.peek("……"):
            self.at += 2
            return _Part(LONG_GAP, is_wide=True)
        here = self.written[self.at]
        if here in "…#":
            self.at += 1
            return _Part(GAP if here == "…" else NUMBER)
        if here in "^$":
            self.at += 1
            return _Part(r"(?:(?<=\n)|\A)" if here == "^" else r"(?=[。!?;\n]|\Z)", _NOTHING)
        if here == "\\":
            return self.escape()
        if here == "[":
            return self.set()
        if here == "<":
            return self.word_class()
        if here == "(":
            return self.group()
        plain = _PLAIN.match(self.written, self.at)
        if plain is None:
            raise self.fail(f"{here!r} stands where a word is wanted. Escape it with \\.")
        word = plain.group()
        self.at += len(word)
        return _spelled(re.escape(word), frozenset({word}))

    def escape(self) -> _Part:
        following = self.written[self.at + 1 : self.at + 2]
        if not following:
            raise self.fail("nothing after \\.")
        self.at += 2
        return _Part(r"\b", _NOTHING) if following == "b" else _spelled(re.escape(following), frozenset({following}))

    def set(self) -> _Part:
        end = self.written.find("]", self.at)
        inside = self.written[self.at + 1 : end]
        if end < 0 or not inside:
            raise self.fail("a set wants its ]")
        self.at = end + 1
        return _Part("[0-9]") if inside == "0-9" else _spelled(f"[{re.escape(inside)}]", frozenset(inside))

    def word_class(self) -> _Part:
        end = self.written.find(">", self.at)
        name = self.written[self.at + 1 : end]
        if end < 0 or name not in self.classes or name in self.inside:
            raise self.fail(f"no class {name!r}. Classes: {', '.join(sorted(set(self.classes) - self.inside))}.")
        self.at = end + 1
        return self.class_part(name)

    def class_part(self, name: str) -> _Part:
        """What a class of words becomes; a class may name others, but not itself."""
        if id(self.classes) not in _PARTS:
            _PARTS.clear()
            _PARTS[id(self.classes)] = self.classes, {}  # held, so that its id stays its own
        known = _PARTS[id(self.classes)][1]
        if name not in known:
            whole = _one_of([_Reader(word, self.classes, self.inside | {name}).alternatives() for word in self.classes[name]])
            known[name] = replace(whole, regex=f"(?:{whole.regex})", is_character=False)
        return known[name]

    def group(self) -> _Part:
        look = next((mark for mark in _LOOKS if self.peek(mark)), None)
        self.at += len(look or "(")
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"more than {DEEPEST} groups one in another")
        inner = self.alternatives()
        self.depth -= 1
        if not self.peek(")"):
            raise self.fail("a group wants its )")
        self.at += 1
        if look is None:
            return replace(inner, regex=f"(?:{inner.regex})", is_character=False)
        if look.startswith("(?<"):  # re wants one width in a look-behind: one for each branch
            if not all(map(_has_one_width, branches := _split(inner.regex))):
                raise self.fail("a look-behind wants words of one length in each branch: no gap, number or '?' in it")
            if look == "(?<!":
                return _Part("".join(f"(?<!{b})" for b in branches), _NOTHING)
            return _Part(f"(?:{'|'.join(f'(?<={b})' for b in branches)})", _NOTHING)
        return _Part(f"{look}{inner.regex})", _NOTHING)


def _has_one_width(regex: str) -> bool:
    try:
        re.compile(f"(?<={regex})")
    except re.error:
        return False
    return True


def any_of(written: Sequence[str], classes: Classes | None = None) -> re.Pattern[str]:
    """One expression that finds any of some conditions.

    >>> any_of(["不得", "严禁"]).search("催收人员严禁恐吓").group()      # must not, strictly forbidden
    '严禁'
    """
    return re.compile("|".join(f"(?:{condition(str(each), classes)})" for each in written))


def _split(regex: str) -> list[str]:
    """The branches of an alternation, at its top level.

    >>> _split("a|(?:b|c)|[d|]")
    ['a', '(?:b|c)', '[d|]']
    """
    depth, found, start = 0, [], 0
    for i, c in enumerate(regex):
        if c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif c == "|" and depth == 0:
            found.append(regex[start:i])
            start = i + 1
    return [*found, regex[start:]]


def _spelled(regex: str, words: Words) -> _Part:
    return _Part(regex, words, (), any(not CLAUSE_ENDS.isdisjoint(word) for word in words), [*map(len, words)] == [1])


def _one_of(branches: Sequence[_Part]) -> _Part:
    """An alternation; its n-th need is what one or the other branch needs n-th."""
    regex, is_wide = "|".join(b.regex for b in branches), any(b.is_wide for b in branches)
    if all(b.spelled is not None for b in branches):
        return _Part(regex, frozenset().union(*(b.spelled or () for b in branches)), (), is_wide)
    needs = [_needs(b)[:MOST_SETS] for b in branches]
    if not all(needs):
        return _Part(regex, is_wide=is_wide)
    most = max(map(len, needs))
    return _Part(regex, None, tuple(frozenset().union(*(n[min(i, len(n) - 1)] for n in needs)) for i in range(most)), is_wide)


def _in_a_row(parts: Sequence[_Part]) -> _Part:
    """A sequence: neighbours are spelled out together as long as there are few ways to write them."""
    stretches = [_NOTHING]
    needs: list[Words] = []
    for part in parts:
        if part.spelled is None:
            needs += part.needs
            stretches += [_NOTHING, _NOTHING]
        elif len(stretches[-1]) == 1 == len(part.spelled):
            stretches[-1] = frozenset({min(stretches[-1]) + min(part.spelled)})
        elif min(len(stretches[-1]), len(part.spelled)) > 1 and len(stretches[-1]) * len(part.spelled) > MOST_SPELLED:
            stretches.append(part.spelled)
        else:
            stretches[-1] = frozenset(a + b for a in stretches[-1] for b in part.spelled)
    regex, is_wide = "".join(p.regex for p in parts), any(p.is_wide for p in parts)
    left = (*needs, *(s for s in stretches if "" not in s))
    return _Part(regex, stretches[0], (), is_wide) if len(stretches) == 1 else _Part(regex, None, left, is_wide)


def _needs(part: _Part) -> Needs:
    """What a match of the part needs, rarest first: those of the longest words, then of the fewest."""
    sets = {_shortest(words) for words in (*part.needs, *([] if part.spelled is None else [part.spelled])) if "" not in words}
    return tuple(sorted(sets, key=lambda words: (-min(map(len, words)), len(words), sorted(words))))


@lru_cache(maxsize=4096)  # patterns share their classes
def _shortest(words: Words) -> Words:
    """The words that hold no other of them.

    >>> sorted(_shortest(frozenset({"催收", "催收员"})))      # collecting, a collector
    ['催收']
    """
    shorter = range(1, max(map(len, words), default=0))
    return frozenset(w for w in words if not any(w[i : i + n] in words for n in shorter if n < len(w) for i in range(len(w) - n + 1)))
