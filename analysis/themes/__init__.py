"""What a post says, how it says it, and who does it to whom: posts -> mentions, contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis.clean.text import Matching, matching
from analysis.tables import CONTENT_LAYERS, TABLES
from analysis.themes import actors, learned, status
from analysis.themes.clauses import Span, clauses, sentences
from analysis.themes.contradictions import Said, contradictions
from analysis.themes.echo import ECHOING_GENRES, echo_of_title
from analysis.themes.match import Hit, matcher

SILENT_LAYERS = ("toc",)  # codebook 0, rule 2: contents lists repeat headings and are no mentions


# How much surer (in logits) the model must be of a theme where another one is found in the sentence: neighbouring
# themes share their words. Chosen on documents that the model was not learned from.
BESIDE_A_RULE = 1.5
# Stands where a rule would, for mentions that the learned model found.
LEARNED = books.Rule(id="learned", en="the learned model, where no rule of the theme hits", any=(), examples=("-",))


class Coded(NamedTuple):
    """The tables of this room."""

    mentions: pd.DataFrame
    contradictions: pd.DataFrame


class Block(NamedTuple):
    """A block of a post, as the tables hold it."""

    layer: str
    start: int
    end: int


def find_themes(posts: pd.DataFrame, blocks: pd.DataFrame, codebook: books.Codebook | None = None) -> Coded:
    """Every mention of every theme in the given posts, with its status and actor, and each post's contradictions.

    Takes any part of the posts with their blocks; a post is coded the same whatever stands beside it. `polarity` stays
    missing here: the next room fills it.
    """
    book = codebook or books.load()
    mention_rows: list[dict[str, Any]] = []
    contradiction_rows: list[dict[str, Any]] = []
    by_post = dict(list(blocks.groupby("post_id", sort=False)))
    for post in posts.to_dict("records"):
        frame = by_post.get(post["post_id"])
        layout = [] if frame is None else [Block(*row) for row in zip(frame["layer"], frame["start"], frame["end"], strict=True)]
        flags = tuple((_given(post["flags"]) or "").split())
        about = Post(_given(post["genre"]), bool(post["solicitation"]), flags, bool(post["on_topic"]))
        mentions = code_text(str(post["text"]), layout, about, book)
        mention_rows += [{"post_id": post["post_id"], **row} for row in mentions]
        contradiction_rows += [{"post_id": post["post_id"], **row} for row in _contradicted(mentions, layout)]
    return Coded(TABLES["mentions"].frame(mention_rows), TABLES["contradictions"].frame(contradiction_rows))


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
    copy = matching(text)
    spans = [span for block in layout if block.layer not in SILENT_LAYERS for span in _sentences(copy, block)]
    hits = matcher(book).hits(copy.text, spans, post.flags)
    if post.is_on_topic:  # the model knows sentences of such posts alone; elsewhere it would see debts in everything
        hits = sorted([*hits, *_learned_hits(copy.text, spans, hits, book)], key=lambda h: (h.start, h.end, h.rule_id))
    if not hits:
        return []
    modifiers = status.load(book)
    who = actors.load(book.folder)
    lender = who.lender(copy.text)
    echo = None
    if post.genre in ECHOING_GENRES:
        echo = echo_of_title(copy.text, [(span, _layer_at(layout, copy.offsets[span.start])) for span in spans])
    ready: dict[int, tuple[status.Sentence, bool]] = {}
    rows = []
    for hit in hits:
        span = spans[hit.sentence]
        if hit.sentence not in ready:
            made = modifiers.sentence(copy.text[span.start : span.end])
            ready[hit.sentence] = made, modifiers.voice.is_told(made.text, post.genre)
        sentence, is_told = ready[hit.sentence]
        layer = _layer_at(layout, copy.offsets[hit.start])
        mention = Span(hit.start - span.start, hit.end - span.start)
        context = status.Context(
            sentence, mention, layer, hit.theme.slug, hit.theme.family, hit.theme.default_status, hit.rule is LEARNED,
            tuple(Span(a - span.start, b - span.start) for a, b in hit.gaps), is_told, post.is_solicitation, hit.sentence == echo,
        )
        rows.append(_row(text, copy, hit, context, _Tools(modifiers, who, lender, span, book.version)))
    return rows


def _learned_hits(text: str, spans: Sequence[Span], hits: Sequence[Hit], book: books.Codebook) -> list[Hit]:
    """Themes that the learned model sees in a sentence where no rule of them hits; the clause that weighs most is the cue."""
    model = learned.load(book.folder)
    if model is None:
        return []
    ruled = {(hit.sentence, book.parents.get(hit.theme.slug, hit.theme.slug)) for hit in hits}
    spoken_for = {hit.sentence for hit in hits}
    found = []
    for number, span in enumerate(spans):
        sentence = text[span.start : span.end]
        for slug, margin in model.themes_in(sentence):
            family = book.parents.get(slug, slug)
            if (number, family) in ruled or (number in spoken_for and margin < BESIDE_A_RULE):
                continue
            ruled.add((number, family))
            spoken_for.add(number)
            clause = max(clauses(sentence, Span(0, len(sentence))), key=lambda c: model.weight_of(sentence[c.start : c.end], slug))
            start, end = span.start + clause.start, span.start + len(sentence[: clause.end].rstrip(",，:：。!?;"))
            found.append(Hit(start, max(end, start + 1), number, book.theme(slug), LEARNED, f"{slug}.{LEARNED.id}"))
    return found


class _Tools(NamedTuple):
    modifiers: status.Modifiers
    who: actors.Actors
    lender: str | None
    span: Span
    version: str


def _row(text: str, copy: Matching, hit: Hit, context: status.Context, tools: _Tools) -> dict[str, Any]:
    judged = tools.modifiers.judge(context, hit.forced or hit.rule.status)
    start, end = copy.span(hit.start, hit.end)
    first, last = copy.span(tools.span.start, tools.span.end)
    sentence, mention = context.sentence, context.mention
    actor = hit.rule.actor or tools.who.of_post(hit.theme.actor, tools.lender)
    if hit.rule.actor is None and not hit.theme.is_actor_fixed:
        actor = tools.who.actor(sentence.text, sentence.clauses, mention, actor)
    clause = next((c for c in sentence.clauses if c.start <= mention.start < c.end), sentence.clauses[-1])
    target = hit.rule.target or tools.who.target(
        copy.text[hit.start : hit.end], sentence.text[clause.start : clause.end], hit.theme.target
    )
    return {
        "start": start,
        "end": end,
        "rule_id": hit.rule_id,
        "cue": text[start:end],
        "theme": hit.theme.slug,
        "layer": context.layer,
        "sentence": text[first:last],
        "status": judged.status,
        "status_cue": judged.cue,
        "secondary": judged.secondary,
        "actor": actor,
        "target": target,
        "polarity": None,
        "codebook_version": tools.version,
    }


def _sentences(copy: Matching, block: Block) -> list[Span]:
    start, end = copy.at(block.start), copy.at(block.end)
    return [Span(start + a, start + b) for a, b in sentences(copy.text[start:end])]


def _layer_at(layout: Sequence[Block], offset: int) -> str:
    return next((block.layer for block in layout if block.start <= offset < block.end), "body")


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
