"""The small language that codebook rules are written in, and what it becomes: a regular expression and its fixed words.

A pattern is text in the folded form (see clean/text.py), with

    …      a gap of up to 8 characters inside one clause          ……     a gap of up to 20 that may cross one comma
    #      a number, in digits or Han numerals                    (a|b)  one of several
    x?     an optional character, group, set or class             [ab]   one character of a set
    <name> a class of words from classes.yml                      (?!x) (?=x) (?<!x) (?<=x)  what must not, or must, stand beside
    ^ $    start and end of the sentence                          \\b     a word edge, for Latin words

There is no star and no plus: every pattern has a greatest length, so that no text can make a match slow. `fixed` are words
of which every match holds at least one; one automaton looks for all of them first, and a regular expression is run only on
sentences where one of its words stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.problems import DataProblem

NUMBER = "[0-9一二两三四五六七八九十百千万几数多半.]{1,12}"
# Gaps are the only capturing groups: what stands in a gap can still deny or condition the words around it.
GAP = r"([^,。!?;:\n]{0,8}?)"
LONG_GAP = r"([^,。!?;\n]{0,20}?(?:,[^,。!?;\n]{0,20}?)?)"
_LOOKS = ("(?!", "(?=", "(?<!", "(?<=")
DEEPEST = 20  # groups one in another: deeper ones than any reader of rules would follow
_SPECIAL = set("…#()|?[]<>^$\\")

Classes = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: as written, as a regular expression, and the words one of which every match holds."""

    written: str
    regex: str
    fixed: frozenset[str]


@dataclass
class _Part:
    regex: str
    fixed: frozenset[str] | None  # None: a match may lack any fixed word
    literal: str | None = None  # the part is just these characters


def parse(written: str, classes: Classes | None = None) -> Pattern:
    """Compile one pattern.

    >>> parse("(威胁|恐吓)…家人").regex            # to threaten the family
    '(?:威胁|恐吓)([^,。!?;:\\\\n]{0,8}?)家人'
    >>> sorted(parse("(威胁|恐吓)?上门").fixed)    # coming to the door, perhaps with a threat
    ['上门']
    """
    reader = _Reader(written, classes or {})
    part = reader.alternatives()
    if reader.at < len(written):
        raise DataProblem(f"pattern {written!r}: {written[reader.at]!r} at {reader.at} closes nothing. Escape it with \\.")
    if not part.fixed:
        raise DataProblem(f"pattern {written!r}: no word that every match must hold. Write at least one outside of '?' and '#'.")
    return Pattern(written, part.regex, part.fixed)


def condition(written: str, classes: Classes | None = None) -> str:
    """The regular expression of a condition on a sentence; it needs no fixed word."""
    reader = _Reader(written, classes or {})
    part = reader.alternatives()
    if reader.at < len(written):
        raise DataProblem(f"pattern {written!r}: {written[reader.at]!r} at {reader.at} closes nothing. Escape it with \\.")
    return part.regex


class _Reader:
    """A recursive-descent reader of one pattern."""

    def __init__(self, written: str, classes: Classes) -> None:
        self.written = written
        self.classes = classes
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
        if len(branches) == 1:
            return branches[0]
        fixed = [b.fixed for b in branches]
        union = None if any(f is None for f in fixed) else frozenset().union(*(f for f in fixed if f is not None))
        return _Part("|".join(b.regex for b in branches), union)

    def sequence(self) -> _Part:
        parts: list[_Part] = []
        while self.at < len(self.written) and not self.peek("|") and not self.peek(")"):
            parts.append(self.item())
        return _Part("".join(p.regex for p in parts), _best(parts))

    def item(self) -> _Part:
        part = self.atom()
        if self.peek("?"):
            self.at += 1
            return _Part(f"(?:{part.regex})?" if part.literal is None else f"{part.regex}?", None)
        return part

    def atom(self) -> _Part:
        if self.peek("……"):
            self.at += 2
            return _Part(LONG_GAP, None)
        here = self.written[self.at]
        if here == "…":
            self.at += 1
            return _Part(GAP, None)
        if here == "#":
            self.at += 1
            return _Part(NUMBER, None)
        if here in "^$":
            self.at += 1
            return _Part(r"(?:(?<=\n)|\A)" if here == "^" else r"(?=[。!?;\n]|\Z)", None)
        if here == "\\":
            return self.escape()
        if here == "[":
            return self.set()
        if here == "<":
            return self.word_class()
        if here == "(":
            return self.group()
        if here in _SPECIAL:
            raise self.fail(f"{here!r} stands where a word is wanted. Escape it with \\.")
        self.at += 1
        return _Part(re.escape(here), frozenset({here}), here)

    def escape(self) -> _Part:
        following = self.written[self.at + 1 : self.at + 2]
        if not following:
            raise self.fail("nothing after \\.")
        self.at += 2
        if following == "b":
            return _Part(r"\b", None)
        return _Part(re.escape(following), frozenset({following}), following)

    def set(self) -> _Part:
        end = self.written.find("]", self.at)
        inside = self.written[self.at + 1 : end]
        if end < 0 or not inside:
            raise self.fail("a set wants its ]")
        self.at = end + 1
        if inside == "0-9":
            return _Part("[0-9]", None)
        return _Part(f"[{re.escape(inside)}]", frozenset(inside))

    def word_class(self) -> _Part:
        end = self.written.find(">", self.at)
        name = self.written[self.at + 1 : end]
        if end < 0 or name not in self.classes:
            raise self.fail(f"no class {name!r}. Classes: {', '.join(sorted(self.classes))}.")
        self.at = end + 1
        return _class_part(self.classes, name)

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
            return _Part(f"(?:{inner.regex})", inner.fixed)
        if look.startswith("(?<"):  # re wants one width in a look-behind: one for each branch
            branches = _split(inner.regex)
            if not all(_has_one_width(b) for b in branches):
                raise self.fail("a look-behind wants words of one length in each branch: no gap, number or '?' in it")
            if look == "(?<!":
                return _Part("".join(f"(?<!{b})" for b in branches), None)
            return _Part(f"(?:{'|'.join(f'(?<={b})' for b in branches)})", None)
        return _Part(f"{look}{inner.regex})", None)


def _class_part(classes: Classes, name: str) -> _Part:
    """What a class of words becomes; a class may name others, but not itself."""
    inner = [_Reader(word, {k: v for k, v in classes.items() if k != name}).alternatives() for word in classes[name]]
    fixed = None if any(p.fixed is None for p in inner) else frozenset().union(*(p.fixed or () for p in inner))
    return _Part(f"(?:{'|'.join(p.regex for p in inner)})", fixed)


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


def _best(parts: list[_Part]) -> frozenset[str] | None:
    """Of all sets of words that a sequence must hold one of, the rarest: its shortest word longest, then the fewest."""
    candidates: list[frozenset[str]] = []
    run = ""
    for part in parts:
        if part.literal is not None:
            run += part.literal
            continue
        if run:
            candidates.append(frozenset({run}))
            run = ""
        if part.fixed:
            candidates.append(part.fixed)
    if run:
        candidates.append(frozenset({run}))
    return max(candidates, key=lambda words: (min(map(len, words)), -len(words)), default=None)
