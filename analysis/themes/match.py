"""Where the codebook's rules hit a text: literals first, all at once; regular expressions only where a literal stands.

One automaton over the fixed words of all patterns finds the sentences in which a pattern can match at all; only there
is its regular expression run, then the rule's conditions and vetoes. Offsets are those of the matching copy.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from analysis import pattern
from analysis.codebook import Codebook, Rule, Theme
from analysis.themes.clauses import Span


@dataclass(frozen=True)
class Hit:
    """One rule's words in one sentence; `forced` is a status that a veto gives it, `gaps` are what its pattern left open."""

    start: int
    end: int
    sentence: int
    theme: Theme
    rule: Rule
    rule_id: str
    forced: str | None = None
    gaps: tuple[Span, ...] = ()


@dataclass(frozen=True)
class _Rule:
    """A rule with its conditions compiled."""

    theme: Theme
    rule: Rule
    rule_id: str
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    vetoes: tuple[tuple[re.Pattern[str], str, str | None], ...]


@dataclass
class _Pattern:
    """One pattern of a rule; compiled when a text first holds one of its words, as few texts need them all."""

    of: _Rule
    written: str
    compiled: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self.compiled is None:
            self.compiled = re.compile(self.written)
        return self.compiled


def _any(written: Sequence[str], codebook: Codebook) -> re.Pattern[str] | None:
    return pattern.any_of(written, codebook.classes) if written else None


class Matcher:
    """A codebook made ready to be run over texts."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self.patterns: list[_Pattern] = []
        by_word: dict[str, list[int]] = defaultdict(list)
        for theme in codebook.themes:
            vetoes = tuple((found, v.scope, v.then) for v in theme.vetoes if (found := _any(v.any, codebook)) is not None)
            for rule in theme.rules:
                conditions = _Rule(
                    theme, rule, f"{theme.slug}.{rule.id}", _any(rule.needs, codebook), _any(rule.unless, codebook), vetoes
                )
                for written in rule.any:
                    parsed = pattern.parse(written, codebook.classes)
                    for word in parsed.fixed:
                        by_word[word].append(len(self.patterns))
                    self.patterns.append(_Pattern(conditions, parsed.regex))
        self.words = sorted(by_word)
        self.patterns_of = [by_word[word] for word in self.words]
        self.automaton = ahocorasick_rs.AhoCorasick(self.words)

    def hits(self, text: str, sentences: Sequence[Span], flags: Collection[str] = ()) -> list[Hit]:
        """The hits in order, one theme's overlapping ones merged and the codebook's precedence applied."""
        return _settled(self.every_hit(text, sentences, flags), self.codebook)

    def every_hit(self, text: str, sentences: Sequence[Span], flags: Collection[str] = ()) -> list[Hit]:
        """Each rule's hits, as if it were alone."""
        starts = [span.start for span in sentences]
        wanted: set[tuple[int, int]] = set()
        for word, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True):
            index = bisect_right(starts, start) - 1
            if index >= 0 and end <= sentences[index].end:
                wanted.update((index, number) for number in self.patterns_of[word])
        found: list[Hit] = []
        for index, number in sorted(wanted):
            entry = self.patterns[number]
            wanted_flags = entry.of.rule.flags
            if not wanted_flags or not set(wanted_flags).isdisjoint(flags):
                found.extend(self._in_sentence(text, index, sentences[index], entry))
        return found

    def _in_sentence(self, text: str, index: int, span: Span, found: _Pattern) -> list[Hit]:
        matches = list(found.regex.finditer(text, span.start, span.end))
        entry = found.of
        if not matches or (entry.needs is not None and not entry.needs.search(text, span.start, span.end)):
            return []
        cancelled = _spans(entry.unless, text, span)
        forced: str | None = None
        forced_overlap: str | None = None
        forcing: list[tuple[int, int]] = []
        for veto, scope, then in entry.vetoes:
            places = _spans(veto, text, span)
            if not places:
                continue
            if scope == "sentence":
                if then is None:
                    return []
                forced = forced or then
            elif then is None:
                cancelled += places
            else:
                forcing += places
                forced_overlap = then
        hits = []
        for match in matches:
            start, end = match.span()
            if start == end or _overlaps(start, end, cancelled):
                continue
            status = forced_overlap if _overlaps(start, end, forcing) else forced
            gaps = tuple(Span(a, b) for a, b in match.regs[1:] if b > a)
            hits.append(Hit(start, end, index, entry.theme, entry.rule, entry.rule_id, status, gaps))
        return hits


def _spans(regex: re.Pattern[str] | None, text: str, span: Span) -> list[tuple[int, int]]:
    return [] if regex is None else [m.span() for m in regex.finditer(text, span.start, span.end)]


def _overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(a < end and start < b for a, b in spans)


def _settled(hits: list[Hit], codebook: Codebook) -> list[Hit]:
    """One mention where several overlap: of one theme the longest; a sub-theme before its parent; then the precedence."""
    by_sentence: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_sentence[hit.sentence].append(hit)
    kept: list[Hit] = []
    for group in by_sentence.values():
        best: list[Hit] = []
        for hit in sorted(group, key=lambda h: (h.theme.parent is None, h.start - h.end, h.start, h.rule_id)):
            family = hit.theme.parent or hit.theme.slug
            rivals = [b for b in best if (b.theme.parent or b.theme.slug) == family]
            if not _overlaps(hit.start, hit.end, [(b.start, b.end) for b in rivals]):
                best.append(hit)
        kept += [h for h in best if not _outranked(h, best, codebook)]
    return sorted(kept, key=lambda h: (h.start, h.end, h.rule_id))


def _outranked(hit: Hit, others: Sequence[Hit], codebook: Codebook) -> bool:
    for order in codebook.precedence:
        if order.loser != hit.theme.slug:
            continue
        for other in others:
            near = other.start - order.reach < hit.end and hit.start < other.end + order.reach
            if other.theme.slug == order.winner and near:
                return True
    return False


@cache
def matcher(codebook: Codebook) -> Matcher:
    """The matcher of a codebook, built once a process."""
    return Matcher(codebook)
