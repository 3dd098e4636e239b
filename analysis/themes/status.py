"""How a mention is said: claimed, denied, forbidden, possible, advised, asked, sold.

A Chinese ConText (Harkema and others, 2009, for clinical English; medspaCy's kinds of modifiers): words before and after
a cue decide, within a scope that clauses, terminators and pseudo-cues bound. Position comes before grammar: an advert
promises, a title asks, whatever its words (codebook 3.3, rules 13, 15 and 16). The words that decided are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from analysis import pattern
from analysis.codebook import Codebook
from analysis.codebook import load as load_codebook
from analysis.lexicon import read_yaml
from analysis.problems import DataProblem, choices
from analysis.tables import STATUSES
from analysis.themes.clauses import Span, clauses
from analysis.themes.screen import Screen
from analysis.themes.voice import Voice

# Which evidence wins where several stand (codebook 3.3, rule 16, after position).
ORDER = ("rhetorical", "question", "promo", "prohibited", "denied", "hypothetical", "advised", "attributed", "mention")
POSITIONS = {"ad": "promo", "title": "question", "heading": "question", "toc": "question"}
OWN_WORDS_BEFORE = 3  # a clause with more words than this before the cue is taken to have a subject of its own
MASK = "\uffff"


class Judgement(NamedTuple):
    """A status, the words or position that decided it, and the status that lost against it."""

    status: str
    cue: str | None
    secondary: str | None


class Sentence(NamedTuple):
    """A folded sentence, the same with its pseudo-cues blotted out, its clauses, and the numbers of what may decide in it."""

    text: str
    masked: str
    clauses: Sequence[Span]
    possible: Sequence[int]


class Context(NamedTuple):
    """What a status is judged in: the sentence, the mention's place in it, and what is known of the post."""

    sentence: Sentence
    mention: Span
    layer: str
    theme: str
    family: str
    default: str | None = None
    is_clause: bool = False  # the mention is a whole clause: what decides may stand inside it
    gaps: tuple[Span, ...] = ()  # stretches of the mention that its pattern left open
    is_told: bool = False
    is_solicitation: bool = False
    is_echo: bool = False  # the first sentence, saying no more than the title (rule 14)


class _Scopes(NamedTuple):
    """Where modifiers are looked for (rules 2 to 4): from `own`, `near` or `far` up to the cue, and from the cue to `behind`."""

    own: int
    near: int
    far: int
    behind: int


class _Modifier(NamedTuple):
    """One list of words with its status, place and scope; `within` and `barrier` bound what stands between a word and the cue."""

    status: str
    place: str
    regex: re.Pattern[str]
    families: frozenset[str]
    except_themes: frozenset[str]
    whole_sentence: bool
    carries: bool
    within: int | None
    barrier: re.Pattern[str] | None

    def speaks_of(self, context: Context) -> bool:
        return (not self.families or context.family in self.families) and context.theme not in self.except_themes


class Modifiers:
    """The modifiers of a codebook folder, compiled."""

    def __init__(self, data: Mapping[str, Any], classes: pattern.Classes) -> None:
        one = partial(pattern.any_of, classes=classes)

        def modifier(status: str, place: str, entry: Mapping[str, Any]) -> _Modifier:
            barrier = entry.get("barrier")
            return _Modifier(
                status, place, one(entry["any"]), frozenset(entry.get("families", ())), frozenset(entry.get("except_themes", ())),
                entry.get("reach") == "sentence", entry.get("carry", True), entry.get("within"), one([barrier]) if barrier else None,
            )

        unknown = set(data["statuses"]) - set(STATUSES)
        if unknown:
            raise DataProblem(f"modifiers.yml: {sorted(unknown)} is no status. {choices('Statuses', STATUSES)}")
        self.pseudo = one(data["pseudo"])
        self.double = one(data["double_negation"])
        self.terminator = one(data["terminators"])
        self.points_back = one(data["points_back"])
        self.own_subject = one(data["own_subject"])
        self.voice = Voice(data["voice"], classes)
        self.begs = one(data["begs"])
        self.tag = one(data["question_tags"])
        lists = [
            (status, place, entry)
            for status, places in data["statuses"].items()
            for place, entries in places.items()
            for entry in entries
        ]
        self.lists = [modifier(*each) for each in lists]
        words = [*(entry["any"] for _, _, entry in lists), data["double_negation"], data["terminators"], data["pseudo"]]
        self.screen = Screen((number, pattern.loose(str(word), classes)) for number, each in enumerate(words) for word in each)
        self.double_number, self.terminator_number, self.pseudo_number = range(len(lists), len(words))

    def sentence(self, text: str) -> Sentence:
        """A folded sentence made ready for judging."""
        return self.sentences([text])[0]

    def sentences(self, texts: Sequence[str]) -> list[Sentence]:
        """Some folded sentences made ready for judging."""
        return [self._sentence(text, possible) for text, possible in zip(texts, self.screen.possible(texts), strict=True)]

    def _sentence(self, text: str, possible: Sequence[int]) -> Sentence:
        masked = self.pseudo.sub(lambda m: MASK * len(m.group()), text) if self.pseudo_number in possible else text
        return Sentence(text, masked, clauses(text, Span(0, len(text))), possible)

    def judge(self, context: Context, forced: str | None = None) -> Judgement:
        """The status of one mention.

        `forced` is a status that the rule's own words decide; position alone comes before it.
        """
        found = self._evidence(context)
        ranked = [status for status in ORDER if status in found]
        position = POSITIONS.get(context.layer)
        if position is not None:
            return Judgement(position, f"layer: {context.layer}", next((s for s in ranked if s != position), None))
        if forced is not None:
            return Judgement(forced, None, next((s for s in ranked if s != forced), None))
        if not ranked:
            return self._default(context, found)
        return Judgement(ranked[0], found[ranked[0]], ranked[1] if len(ranked) > 1 else None)

    def _default(self, context: Context, found: Mapping[str, str]) -> Judgement:
        if "reported" in found:
            return Judgement("reported", found["reported"], None)
        if context.layer == "statute":
            return Judgement("mention", "layer: statute", None)
        if context.is_echo:
            return Judgement("mention", "echo of the title", None)
        if context.default is not None and not self._has_subject(context) and not self.voice.has_happened(context.sentence.text):
            return Judgement(context.default, None, None)
        return Judgement("reported" if context.is_told else "asserted", None, None)

    def _has_subject(self, context: Context) -> bool:
        clause = context.sentence.clauses[_clause_of(context)]
        return bool(self.own_subject.search(context.sentence.text, clause.start, context.mention.start))

    def _evidence(self, context: Context) -> dict[str, str]:
        text = context.sentence.masked
        found: dict[str, str] = {}
        scopes: _Scopes | None = None
        for number in context.sentence.possible:
            if number >= len(self.lists):
                break
            modifier = self.lists[number]
            if modifier.status in found or not modifier.speaks_of(context):
                continue
            scopes = scopes or self._scopes(context)
            hit = _found(modifier, text, context, _window(context, modifier, scopes))
            if hit is not None:
                found[modifier.status] = hit
        self._settle_questions(context, found)
        if scopes is not None and "denied" in found and self.double_number in context.sentence.possible:
            double = self.double.search(context.sentence.text, scopes.near, context.mention.end)
            if double is not None:
                del found["denied"]
                found.setdefault("hypothetical", double.group())
        if "promo" in found and not context.is_solicitation:
            del found["promo"]
        return found

    def _settle_questions(self, context: Context, found: dict[str, str]) -> None:
        """A question is one only where its own clause asks; 会不会 in a statement is a possibility (rule 13)."""
        if "rhetorical" in found:
            found.pop("question", None)
        if "question" not in found:
            return
        last = context.sentence.clauses[-1]
        own = context.sentence.clauses[_clause_of(context)]
        texts = (context.sentence.text, context.sentence.text[own.start : own.end])
        asks = any(text.rstrip("\"'),")[-1:] in {"?", "吗", "么", "呢"} for text in texts)
        begged = self.begs.search(context.sentence.text) is not None
        told = context.mention.end <= last.start and not self.tag.match(context.sentence.text, last.start)
        if not (asks or begged) or (told and (context.is_told or "reported" in found)):
            del found["question"]

    def _scopes(self, context: Context) -> _Scopes:
        sentence, mention = context.sentence, context.mention
        clause = first = _clause_of(context)
        own = sentence.clauses[clause].start
        while first > 0 and self._goes_on(context, first):
            first -= 1
        far = 0
        has_terminator = self.terminator_number in sentence.possible
        if has_terminator:
            for match in self.terminator.finditer(sentence.masked, 0, mention.start):
                far = match.end()
        last = clause + 1
        if last < len(sentence.clauses) and self.points_back.match(sentence.text, sentence.clauses[last].start):
            last += 1
        behind = sentence.clauses[last - 1].end
        stop = self.terminator.search(sentence.masked, mention.end, behind) if has_terminator else None
        return _Scopes(own, max(sentence.clauses[first].start, far), far, stop.start() if stop else behind)

    def _goes_on(self, context: Context, clause: int) -> bool:
        """Whether a clause goes on with what the clause before it began: no subject and no modifier of its own."""
        span = context.sentence.clauses[clause]
        before = context.sentence.text[span.start : max(span.start, min(span.end, context.mention.start))]
        if self.own_subject.search(before) or self.terminator.match(context.sentence.masked, span.start):
            return False
        return len(before) <= OWN_WORDS_BEFORE


def _clause_of(context: Context) -> int:
    for number, clause in enumerate(context.sentence.clauses):
        if clause.start <= context.mention.start < clause.end:
            return number
    return len(context.sentence.clauses) - 1


def _window(context: Context, modifier: _Modifier, scopes: _Scopes) -> Span:
    """Where a list of modifiers is looked for."""
    whole = len(context.sentence.text)
    if modifier.place == "anywhere":
        return Span(0, whole)
    if modifier.place == "before":
        near = scopes.near if modifier.carries else max(scopes.own, scopes.far)
        # A modifier may be the cue's own beginning: 会不会 in 会不会起诉; `_found` leaves out what stands further inside.
        return Span(scopes.far if modifier.whole_sentence else near, context.mention.end)
    start = context.mention.start if context.is_clause else context.mention.end
    return Span(start, whole if modifier.whole_sentence else scopes.behind)


def _in_a_gap(match: re.Match[str], context: Context) -> bool:
    return any(gap.start <= match.start() and match.end() <= gap.end for gap in context.gaps)


def _found(modifier: _Modifier, text: str, context: Context, window: Span) -> str | None:
    """The modifier's words nearest to the cue, if they reach it."""
    hit: re.Match[str] | None = None
    first, last = context.mention
    for match in modifier.regex.finditer(text, window.start, max(window)):
        start, end = match.span()
        # It stands outside of the mention's own words: before, behind, at its start, or in one of its gaps.
        if first < start < last and not context.is_clause and not _in_a_gap(match, context):
            continue
        if end > start:
            hit = match
            if start >= last:
                break
    if hit is None or context.is_clause:
        return _words(hit, context) if hit else None
    if context.mention.start < hit.start() < context.mention.end:
        return _words(hit, context)
    ahead = hit.start() <= context.mention.start
    between = Span(hit.end(), context.mention.start) if ahead else Span(context.mention.end, hit.start())
    if modifier.within is not None and between.end - between.start > modifier.within:
        return None
    if modifier.barrier is not None and modifier.barrier.search(text, between.start, max(between)):
        return None
    return _words(hit, context)


def _words(match: re.Match[str], context: Context) -> str:
    """The modifier as it stands in the sentence, where pseudo-cues are not blotted out."""
    return context.sentence.text[match.start() : match.end()]


def load(book: Codebook) -> Modifiers:
    """The modifiers of a codebook's folder; the project's own, with its own classes, where the folder has none."""
    if not (book.folder / "modifiers.yml").exists():
        book = load_codebook()
    return _load(book)


@cache
def _load(book: Codebook) -> Modifiers:
    return Modifiers(read_yaml(book.folder / "modifiers.yml"), book.classes)
