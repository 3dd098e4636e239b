"""How a mention is said: claimed, denied, forbidden, possible, advised, asked, sold.

A Chinese ConText (Harkema and others, 2009, for clinical English; medspaCy's kinds of modifiers): words before and after
a cue decide, within a scope that clauses, terminators and pseudo-cues bound. Position comes before grammar: an advert
promises, a title asks, whatever its words (codebook 3.3, rules 13, 15 and 16). The words that decided are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

from analysis import pattern
from analysis.codebook import Codebook
from analysis.codebook import load as load_codebook
from analysis.lexicon import read_yaml
from analysis.problems import DataProblem, choices
from analysis.tables import STATUSES
from analysis.themes.clauses import Span, clauses
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
    """A folded sentence, the same with its pseudo-cues blotted out, and its clauses."""

    text: str
    masked: str
    clauses: Sequence[Span]


@dataclass(frozen=True)
class Context:
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
    """Where modifiers are looked for (rules 2 to 4): from `near`, or `far`, up to the cue, and from the cue to `behind`."""

    near: int
    far: int
    behind: int


@dataclass(frozen=True)
class _Modifier:
    """One list of words with its scope; `within` and `barrier` bound what may stand between a word and the cue."""

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

        def modifier(entry: Mapping[str, Any]) -> _Modifier:
            barrier = entry.get("barrier")
            return _Modifier(
                one(entry["any"]), frozenset(entry.get("families", ())), frozenset(entry.get("except_themes", ())),
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
        self.lists: dict[tuple[str, str], list[_Modifier]] = {
            (status, place): [modifier(entry) for entry in lists]
            for status, places in data["statuses"].items()
            for place, lists in places.items()
        }

    def sentence(self, text: str) -> Sentence:
        """A folded sentence made ready for judging."""
        masked = self.pseudo.sub(lambda m: MASK * len(m.group()), text)
        return Sentence(text, masked, clauses(text, Span(0, len(text))))

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
        scopes = self._scopes(context)
        text = context.sentence.masked
        found: dict[str, str] = {}
        double = self.double.search(context.sentence.text, scopes.near, context.mention.end)
        for (status, place), modifiers in self.lists.items():
            for modifier in modifiers:
                if status in found or not modifier.speaks_of(context):
                    continue
                hit = _found(modifier, text, context, _window(context, place, modifier, scopes))
                if hit is not None:
                    found[status] = hit
        self._settle_questions(context, found)
        if double is not None and "denied" in found:
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
        while first > 0 and self._goes_on(context, first):
            first -= 1
        far = 0
        for match in self.terminator.finditer(sentence.masked, 0, mention.start):
            far = match.end()
        last = clause + 1
        if last < len(sentence.clauses) and self.points_back.match(sentence.text, sentence.clauses[last].start):
            last += 1
        behind = sentence.clauses[last - 1].end
        stop = self.terminator.search(sentence.masked, mention.end, behind)
        return _Scopes(max(sentence.clauses[first].start, far), far, stop.start() if stop else behind)

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


def _window(context: Context, place: str, modifier: _Modifier, scopes: _Scopes) -> Span:
    """Where a list of modifiers is looked for."""
    whole = len(context.sentence.text)
    if place == "anywhere":
        return Span(0, whole)
    if place == "before":
        own = context.sentence.clauses[_clause_of(context)].start
        near = scopes.near if modifier.carries else max(own, scopes.far)
        # A modifier may be the cue's own beginning: 会不会 in 会不会起诉; `_found` leaves out what stands further inside.
        return Span(scopes.far if modifier.whole_sentence else near, context.mention.end)
    start = context.mention.start if context.is_clause else context.mention.end
    return Span(start, whole if modifier.whole_sentence else scopes.behind)


def _may_stand(match: re.Match[str], context: Context) -> bool:
    """Whether a modifier stands outside of the mention's own words: before, behind, at its start, or in one of its gaps."""
    if context.is_clause or not context.mention.start < match.start() < context.mention.end:
        return True
    return any(gap.start <= match.start() and match.end() <= gap.end for gap in context.gaps)


def _found(modifier: _Modifier, text: str, context: Context, window: Span) -> str | None:
    """The modifier's words nearest to the cue, if they reach it."""
    hit: re.Match[str] | None = None
    for match in modifier.regex.finditer(text, window.start, max(window)):
        if not _may_stand(match, context):
            continue
        if match.group():
            hit = match
            if match.start() >= context.mention.end:
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
