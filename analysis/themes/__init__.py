"""What a post says, how it says it, and who does it to whom: posts -> mentions, contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis.tables import CONTENT_LAYERS, TABLES
from analysis.themes import actors, learned, reading, status
from analysis.themes.clauses import Span, clauses
from analysis.themes.contradictions import Said, contradictions
from analysis.themes.echo import ECHOING_GENRES, echo_of_title
from analysis.themes.layout import SILENT_LAYERS, Block, Text, layouts, read
from analysis.themes.match import Hit, matcher

__all__ = ["LEARNED", "SILENT_LAYERS", "Block", "Coded", "Post", "code_text", "find_themes"]

AT_ONCE = 64  # posts that the learned model reads in one go
_WANTED = ("post_id", "text", "genre", "solicitation", "flags", "on_topic")
# How much surer (in logits) the model must be of a theme where another one is found in the sentence: neighbouring
# themes share their words. Chosen on documents that the model was not learned from.
BESIDE_A_RULE = 1.5
# Stands where a rule would, for mentions that the learned model found.
LEARNED = books.Rule(id="learned", en="the learned model, where no rule of the theme hits", any=(), examples=("-",))


class Coded(NamedTuple):
    """The tables of this room."""

    mentions: pd.DataFrame
    contradictions: pd.DataFrame


def find_themes(posts: pd.DataFrame, blocks: pd.DataFrame, codebook: books.Codebook | None = None) -> Coded:
    """Every mention of every theme in the given posts, with its status and actor, and each post's contradictions.

    Takes any part of the posts with their blocks; a post is coded the same whatever stands beside it. `polarity` stays
    missing here: the next room fills it.
    """
    book = codebook or books.load()
    layout = layouts(blocks)
    mention_rows: list[dict[str, Any]] = []
    contradiction_rows: list[dict[str, Any]] = []
    rows = list(zip(*(posts[name].tolist() for name in _WANTED), strict=True))
    for at in range(0, len(rows), AT_ONCE):
        part = [(read(text, layout.get(post_id, ())), _about(*about)) for post_id, text, *about in rows[at : at + AT_ONCE]]
        for (post_id, *_), (text, _), mentions in zip(rows[at : at + AT_ONCE], part, _coded(part, book), strict=True):
            mention_rows += [{"post_id": post_id, **row} for row in mentions]
            contradiction_rows += [{"post_id": post_id, **row} for row in _contradicted(mentions, text.layout)]
    return Coded(TABLES["mentions"].frame(mention_rows), TABLES["contradictions"].frame(contradiction_rows))


def _about(genre: Any, solicitation: Any, flags: Any, on_topic: Any) -> Post:
    return Post(_given(genre), bool(solicitation), tuple((_given(flags) or "").split()), bool(on_topic))


def _given(value: Any) -> str | None:
    return value if isinstance(value, str) else None


class Post(NamedTuple):
    """What is known of a post beyond its text."""

    genre: str | None = None
    is_solicitation: bool = False
    flags: tuple[str, ...] = ()
    is_on_topic: bool = True


def code_text(text: str, layout: Sequence[Block], post: Post, book: books.Codebook) -> list[dict[str, Any]]:
    """The mentions of one text, as rows without post_id."""
    return _coded([(read(text, tuple(layout)), post)], book)[0]


def _coded(texts: Sequence[tuple[Text, Post]], book: books.Codebook) -> list[list[dict[str, Any]]]:
    """The mentions of some texts; what rests on arrays is done for the sentences of all of them at once."""
    return [settled for settled, _ in judged(texts, _hits(texts, book), book)]


Judged = tuple[list[dict[str, Any]], list[reading.Seen]]


def judged(texts: Sequence[tuple[Text, Post]], found: Sequence[Sequence[Hit]], book: books.Codebook) -> list[Judged]:
    """The mentions that stand at those places of some texts, as rows, and as the rules alone have them."""
    model = reading.load(book.folder)
    wanted = [sorted({hit.sentence for hit in hits}) for hits in found]
    folded = [text.copy.text[slice(*text.sentences[n])] for (text, _), numbers in zip(texts, wanted, strict=True) for n in numbers]
    modifiers, who = status.load(book), actors.load(book.folder)
    ready = zip(modifiers.sentences(folded), who.around(folded), strict=True)
    coded = []
    for (text, post), hits, numbers in zip(texts, found, wanted, strict=True):
        tools = _Tools(modifiers, who, text, post, book.version, who.lender(text.copy.text) if hits else None)
        echo = _echo(text, post) if hits else None
        places = {number: tools.place(number, *next(ready), number == echo) for number in numbers}
        rows = [_row(hit, places[hit.sentence], tools) for hit in hits]
        seen = [_seen(hit, places[hit.sentence], row) for hit, row in zip(hits, rows, strict=True)]
        if model is not None:
            told = model.settle(seen, reading.surroundings(text, post.is_solicitation))
            rows = [row | dict(zip(_STATUS, one, strict=True)) for row, one in zip(rows, told, strict=True)]
        coded.append((rows, seen))
    return coded


_STATUS = ("status", "status_cue", "secondary")


def _seen(hit: Hit, place: _Place, row: dict[str, Any]) -> reading.Seen:
    return reading.Seen(
        place.sentence.text, hit.start - place.start, hit.end - place.start, hit.sentence, place.layer, row["theme"],
        row["status"], row["secondary"], row["status_cue"], row["actor"], place.is_told,
    )


def _echo(text: Text, post: Post) -> int | None:
    if post.genre not in ECHOING_GENRES:
        return None
    return echo_of_title(text.copy.text, list(zip(text.sentences, text.layers, strict=True)))


def _hits(texts: Sequence[tuple[Text, Post]], book: books.Codebook) -> list[list[Hit]]:
    """The hits of each text: those of rules, and of the learned model where no rule of a theme hits.

    The model knows sentences of posts on topic alone; elsewhere it would see debts in everything.
    """
    rules, model = matcher(book), learned.load(book.folder)
    sentences = [[text.copy.text[start:end] for start, end in text.sentences] for text, _ in texts]
    possible = iter(rules.screen.possible(list(chain.from_iterable(sentences))))
    read_by_model = [each for each, (_, post) in zip(sentences, texts, strict=True) if post.is_on_topic]
    seen = iter(model.themes_of(list(chain.from_iterable(read_by_model))) if model is not None else ())
    found = []
    for text, post in texts:
        hits = rules.hits(text.copy.text, text.sentences, post.flags, list(islice(possible, len(text.sentences))))
        if model is not None and post.is_on_topic:
            more = _learned_hits(text, list(islice(seen, len(text.sentences))), hits, book, model)
            hits = sorted([*hits, *more], key=lambda h: (h.start, h.end, h.rule_id)) if more else hits
        found.append(hits)
    return found


def _learned_hits(
    text: Text, seen: Sequence[Sequence[learned.Found]], hits: Sequence[Hit], book: books.Codebook, model: learned.Model
) -> list[Hit]:
    """Themes that the learned model sees in a sentence where no rule of them hits; the clause that weighs most is the cue."""
    ruled = {(hit.sentence, book.parents.get(hit.theme.slug, hit.theme.slug)) for hit in hits}
    spoken_for = {hit.sentence for hit in hits}
    found = []
    for number, themes in enumerate(seen):
        for slug, margin in themes:
            family = book.parents.get(slug, slug)
            if (number, family) in ruled or (number in spoken_for and margin < BESIDE_A_RULE):
                continue
            ruled.add((number, family))
            spoken_for.add(number)
            span = text.sentences[number]
            sentence = text.copy.text[span.start : span.end]
            parts = clauses(sentence, Span(0, len(sentence)))
            clause = parts[0]
            if len(parts) > 1:
                clause = max(parts, key=lambda c: model.weight_of(sentence[c.start : c.end], slug))
            start, end = span.start + clause.start, span.start + len(sentence[: clause.end].rstrip(",，:：。!?;"))
            found.append(Hit(start, max(end, start + 1), number, book.theme(slug), LEARNED, f"{slug}.{LEARNED.id}"))
    return found


class _Place(NamedTuple):
    """What the mentions of one sentence share."""

    start: int
    sentence: status.Sentence
    around: actors.Around
    layer: str
    written: str
    is_told: bool
    is_echo: bool


class _Tools(NamedTuple):
    modifiers: status.Modifiers
    who: actors.Actors
    text: Text
    post: Post
    version: str
    lender: str | None

    def place(self, number: int, sentence: status.Sentence, around: actors.Around, is_echo: bool) -> _Place:
        start, end = self.text.sentences[number]
        first, last = self.text.copy.span(start, end)
        is_told = self.modifiers.voice.is_told(sentence.text, self.post.genre)
        return _Place(start, sentence, around, self.text.layers[number], self.text.written[first:last], is_told, is_echo)


def _row(hit: Hit, place: _Place, tools: _Tools) -> dict[str, Any]:
    theme, rule, sentence = hit.theme, hit.rule, place.sentence
    mention = Span(hit.start - place.start, hit.end - place.start)
    gaps = tuple(Span(a - place.start, b - place.start) for a, b in hit.gaps)
    context = status.Context(
        sentence, mention, place.layer, theme.slug, theme.family, theme.default_status, rule is LEARNED,
        gaps, place.is_told, tools.post.is_solicitation, place.is_echo,
    )
    judged = tools.modifiers.judge(context, hit.forced or rule.status)
    start, end = tools.text.copy.span(hit.start, hit.end)
    actor = rule.actor or tools.who.of_post(theme.actor, tools.lender)
    if rule.actor is None and not theme.is_actor_fixed:
        actor = place.around.actor(sentence.text, sentence.clauses, mention, actor)
    target = rule.target or place.around.target(sentence.text, sentence.clauses, mention, theme.target)
    return {
        "start": start,
        "end": end,
        "rule_id": hit.rule_id,
        "cue": tools.text.written[start:end],
        "theme": theme.slug,
        "layer": place.layer,
        "sentence": place.written,
        "status": judged.status,
        "status_cue": judged.cue,
        "secondary": judged.secondary,
        "actor": actor,
        "target": target,
        "polarity": None,
        "codebook_version": tools.version,
    }


def _contradicted(mentions: Sequence[dict[str, Any]], layout: Sequence[Block]) -> list[dict[str, Any]]:
    content = [block for block in layout if block.layer in CONTENT_LAYERS and block.layer != "title"]
    if not content:
        return []
    first, last = content[0].start, content[-1].end
    length = max(1, last - first)
    said = [
        Said(f"{m['start']}:{m['rule_id']}", m["theme"], m["status"], m["actor"], (m["start"] - first) / length, m["sentence"])
        for m in mentions
        if m["layer"] in {"summary", "body"}
    ]
    return [found._asdict() for found in contradictions(said)]
