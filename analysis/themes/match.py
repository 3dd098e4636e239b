"""Where the codebook's rules hit a text: words first, all at once; regular expressions only where a pattern's words stand.

One automaton tells which patterns are possible in a sentence (see screen.py); only they are run, then the conditions and
vetoes of their rules. Offsets are those of the matching copy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import cache, partial
from typing import NamedTuple

from analysis import pattern
from analysis.clean.text import fold
from analysis.codebook import Codebook, Rule, Theme, Veto
from analysis.themes.clauses import Span
from analysis.themes.screen import Screen


class Hit(NamedTuple):
    """One rule's words in one sentence; `forced` is a status that a veto gives it, `gaps` are what its pattern left open."""

    start: int
    end: int
    sentence: int
    theme: Theme
    rule: Rule
    rule_id: str
    forced: str | None = None
    gaps: tuple[Span, ...] = ()


class _Rule(NamedTuple):
    """A rule with its conditions; a number is that of a condition among the matcher's patterns."""

    theme: Theme
    rule: Rule
    rule_id: str
    flags: frozenset[str]
    needs: _Pattern | None
    unless: int | None
    vetoes: tuple[tuple[Veto, int], ...]


class _Pattern:
    """A pattern of a rule, or a condition (of no rule); compiled when it is first run, as few texts need them all."""

    def __init__(self, of: _Rule | None, written: str | Callable[[], tuple[str, object]]) -> None:
        self.of = of
        self.written = written
        self.compiled: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self.compiled is None:
            self.compiled = re.compile(self.written if isinstance(self.written, str) else self.written()[0])
        return self.compiled


class _Sentence(NamedTuple):
    """A sentence of a text, what is possible in it, and what the vetoes of themes do in it, as far as that was asked."""

    text: str
    span: Span
    number: int
    possible: Collection[int]
    vetoed: dict[str, _Vetoed]


class _Vetoed(NamedTuple):
    """What a theme's vetoes do in one sentence."""

    cancelled: list[tuple[int, int]] | None  # places that cancel what overlaps them; None: all is cancelled
    forcing: Sequence[tuple[int, int]] = ()  # places that give what overlaps them a status
    forced_overlap: str | None = None
    forced: str | None = None  # the status that all have


class Matcher:
    """A codebook made ready to be run over texts."""

    def __init__(self, codebook: Codebook) -> None:
        self.n_rules = sum(len(rule.any) for _, rule, _ in codebook.rules())
        self.patterns: list[_Pattern] = []  # those of rules, then those of conditions
        self.conditions: list[_Pattern] = []
        self.losers: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for order in codebook.precedence:
            self.losers[order.loser].append((order.winner, order.reach))
        self.parsed: list[tuple[int, pattern.Pattern]] = []
        for theme in codebook.themes:
            vetoes = tuple((veto, self._condition(veto.any, codebook)) for veto in theme.vetoes if veto.any)
            for rule in theme.rules:
                # What a rule needs is common: to look for it at once takes no longer than to ask whether it is possible.
                needs = _Pattern(None, partial(_either, rule.needs, codebook)) if rule.needs else None
                unless = self._condition(rule.unless, codebook) if rule.unless else None
                entry = _Rule(theme, rule, f"{theme.slug}.{rule.id}", frozenset(rule.flags), needs, unless, vetoes)
                for written in rule.any:
                    found = pattern.parse(written, codebook.classes)
                    self.parsed.append((len(self.patterns), found))
                    self.patterns.append(_Pattern(entry, found.regex))
        self.patterns += self.conditions
        examples = (text for _, rule, _ in codebook.rules() for text in (*rule.examples, *rule.counter_examples))
        self.screen = Screen(self.parsed, fold("\n".join(examples)))

    def _condition(self, written: Sequence[str], codebook: Codebook) -> int:
        """The number of a condition that is looked for like a pattern."""
        regex, parsed = _either(written, codebook)
        number = self.n_rules + len(self.conditions)
        self.parsed += [(number, each) for each in parsed]
        self.conditions.append(_Pattern(None, regex))
        return number

    def hits(
        self, text: str, sentences: Sequence[Span], flags: Collection[str] = (), possible: Sequence[Sequence[int]] | None = None
    ) -> list[Hit]:
        """The hits in order, one theme's overlapping ones merged and the codebook's precedence applied.

        `possible` is what `screen` says of the sentences, where a caller has asked it for those of many texts at once.
        """
        return self._settled(self.every_hit(text, sentences, flags, possible))

    def every_hit(
        self, text: str, sentences: Sequence[Span], flags: Collection[str] = (), possible: Sequence[Sequence[int]] | None = None
    ) -> list[Hit]:
        """Each rule's hits, as if it were alone."""
        found: list[Hit] = []
        if possible is None:
            possible = self.screen.possible([text[start:end] for start, end in sentences])
        for index, (span, numbers) in enumerate(zip(sentences, possible, strict=True)):
            sentence = _Sentence(text, span, index, numbers, {})
            for number in numbers:
                entry = self.patterns[number]
                rule = entry.of
                if rule is None:
                    break
                if rule.flags and rule.flags.isdisjoint(flags):
                    continue
                matches = list((entry.compiled or entry.regex).finditer(text, span.start, span.end))
                if matches:
                    found += self._allowed(matches, rule, sentence)
        return found

    def _allowed(self, matches: Sequence[re.Match[str]], entry: _Rule, sentence: _Sentence) -> list[Hit]:
        """The hits of a rule among its pattern's matches in a sentence."""
        if entry.needs is not None and not entry.needs.regex.search(sentence.text, sentence.span.start, sentence.span.end):
            return []
        if entry.theme.slug not in sentence.vetoed:
            sentence.vetoed[entry.theme.slug] = self._veto(entry.vetoes, sentence)
        veto = sentence.vetoed[entry.theme.slug]
        if veto.cancelled is None:
            return []
        cancelled = veto.cancelled if entry.unless is None else [*self._spans(entry.unless, sentence), *veto.cancelled]
        hits = []
        for match in matches:
            start, end = match.span()
            if start == end or _overlaps(start, end, cancelled):
                continue
            status = veto.forced_overlap if _overlaps(start, end, veto.forcing) else veto.forced
            gaps = tuple(Span(a, b) for a, b in match.regs[1:] if b > a)
            hits.append(Hit(start, end, sentence.number, entry.theme, entry.rule, entry.rule_id, status, gaps))
        return hits

    def _veto(self, vetoes: Sequence[tuple[Veto, int]], sentence: _Sentence) -> _Vetoed:
        found = _Vetoed([])
        for veto, condition in vetoes:
            places = self._spans(condition, sentence)
            if not places:
                continue
            if veto.scope == "sentence":
                if veto.then is None:
                    return _Vetoed(None)
                found = found._replace(forced=found.forced or veto.then)
            elif veto.then is None:
                found = found._replace(cancelled=[*(found.cancelled or ()), *places])
            else:
                found = found._replace(forcing=[*found.forcing, *places], forced_overlap=veto.then)
        return found

    def _spans(self, condition: int, sentence: _Sentence) -> list[tuple[int, int]]:
        """Where a condition stands in a sentence."""
        if condition not in sentence.possible:
            return []
        found = self.patterns[condition].regex.finditer(sentence.text, sentence.span.start, sentence.span.end)
        return [match.span() for match in found]

    def _settled(self, hits: list[Hit]) -> list[Hit]:
        """One mention where several overlap: of one theme the longest; a sub-theme before its parent; then the precedence."""
        by_sentence: dict[int, list[Hit]] = defaultdict(list)
        for hit in hits:
            by_sentence[hit.sentence].append(hit)
        kept: list[Hit] = []
        for group in by_sentence.values():
            if len(group) == 1:
                kept += group
                continue
            best: list[Hit] = []
            taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for hit in sorted(group, key=_rank):
                rivals = taken[hit.theme.parent or hit.theme.slug]
                if not _overlaps(hit.start, hit.end, rivals):
                    rivals.append((hit.start, hit.end))
                    best.append(hit)
            kept += [hit for hit in best if not self._is_outranked(hit, best)]
        return sorted(kept, key=lambda h: (h.start, h.end, h.rule_id))

    def _is_outranked(self, hit: Hit, others: Sequence[Hit]) -> bool:
        for winner, reach in self.losers.get(hit.theme.slug, ()):
            for other in others:
                if other.theme.slug == winner and other.start - reach < hit.end and hit.start < other.end + reach:
                    return True
        return False


def _rank(hit: Hit) -> tuple[bool, int, int, str]:
    return hit.theme.parent is None, hit.start - hit.end, hit.start, hit.rule_id


def _either(written: Sequence[str], codebook: Codebook) -> tuple[str, list[pattern.Pattern]]:
    """Some conditions as one regular expression, and each for itself."""
    parsed = [pattern.loose(each, codebook.classes) for each in written]
    return "|".join(f"(?:{each.regex})" for each in parsed), parsed


def _overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return bool(spans) and any(a < end and start < b for a, b in spans)


@cache
def matcher(codebook: Codebook) -> Matcher:
    """The matcher of a codebook, built once a process."""
    return Matcher(codebook)
