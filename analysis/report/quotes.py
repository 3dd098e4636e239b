"""Quotes: exact spans of posts, chosen by a rule that anybody can repeat, never by hand.

The rule. Text families are folded: of the mentions in posts that are copies of one another, the one with the smallest
hash stands for all, with "+ n copies". Sites take turns in the order of the hash, so that no site fills the list. The
first few are shown. The hash is sha256 over the quote's post, start and rule: arbitrary, but always the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Mention
from analysis.report.markup import Html, element, joined
from analysis.report.posts import Post
from analysis.report.said import MentionKey
from analysis.themes.reading import CONTEXT

SHOWN = 6
SIDE = 120  # characters on either side of a cue, in sentences without an end
_HIDDEN = re.compile("[\x00-\x1f\ufffe\uffff]+")  # where a modifier's words stood around the cue itself
T = TypeVar("T")


class Quote(NamedTuple):
    """A sentence in three parts, its mention and post, and how many more posts of its text family say the same."""

    before: str
    cue: str
    after: str
    mention: Mention
    post: Post
    copies: int


def span_of(mention: Mention, text: str) -> tuple[int, int]:
    """Where the mention's sentence stands in the text, around its cue; a quote that is no exact span stops the build.

    >>> said = Mention("p", 3, 5, "威胁", "threats", "body", "他威胁我。", "reported", None, "unknown", None, "r")
    >>> span_of(said, "你好\\n威胁\\n他威胁我。")  # he threatens me
    Traceback (most recent call last):
    analysis.problems.DataProblem: mentions, post p, start 3: the sentence does not stand around "威胁" in posts.text. ...
    >>> span_of(said._replace(start=4, end=6), "你好\\n他威胁我。")
    (3, 8)
    """
    first = text.find(mention.sentence, max(0, mention.end - len(mention.sentence)))
    good = text[mention.start : mention.end] == mention.cue and 0 <= first <= mention.start
    if not good or mention.end > first + len(mention.sentence):
        raise DataProblem(
            f'mentions, post {mention.post_id}, start {mention.start}: the sentence does not stand around "{mention.cue}" '
            "in posts.text. Run the stages `themes` and `measure` again."
        )
    return first, first + len(mention.sentence)


def quote_of(corpus: Corpus, mention: Mention, copies: int = 0) -> Quote:
    """The mention as a quote: its sentence cut around the cue, shortened where it has no end."""
    post = corpus.posts[mention.post_id]
    first, last = span_of(mention, post.text)
    before, after = post.text[first : mention.start], post.text[mention.end : last]
    if len(before) > SIDE:
        before = "…" + before[-SIDE:]
    if len(after) > SIDE:
        after = after[:SIDE] + "…"
    return Quote(before, mention.cue, after, mention, post, copies)


def spread(items: Sequence[T], site_of: Callable[[T], str], cap: int) -> list[T]:
    """The first items when sites take turns, each keeping its order.

    >>> spread(["a1", "a2", "a3", "b1"], lambda item: item[0], 3)
    ['a1', 'b1', 'a2']
    """
    turns: dict[str, int] = defaultdict(int)
    placed = []
    for place, item in enumerate(items):
        site = site_of(item)
        placed.append((turns[site], place, item))
        turns[site] += 1
    return [item for _, _, item in sorted(placed, key=lambda entry: entry[:2])[:cap]]


def quotes_of(corpus: Corpus, shown: Iterable[tuple[MentionKey, int]]) -> list[Quote]:
    """The mentions that were chosen, as quotes; read all at once."""
    found = list(shown)
    corpus.want(key for key, _ in found)
    return [quote_of(corpus, corpus.mention(key), copies) for key, copies in found]


def listed(corpus: Corpus, quotes: Iterable[Quote]) -> Html:
    """The quotes as a list."""
    return element("ol", *(_item(corpus, quote) for quote in quotes), class_="quotes")


def together(corpus: Corpus, pair: Iterable[MentionKey], copies: int) -> Html:
    """Two mentions of one post as an entry of a list, in the order of its text."""
    ordered = sorted((corpus.mention(key) for key in pair), key=lambda said: said.start)
    return element("li", listed(corpus, [quote_of(corpus, said) for said in ordered]), more_copies(corpus, copies))


def passage(before: str, cue: str, after: str) -> Html:
    """A sentence with its cue marked, kept apart from the direction and the markup of what stands around it."""
    return element("blockquote", element("bdi", before, element("mark", cue), after))


def trail(corpus: Corpus, post: Post) -> list[Html]:
    """Where a post is from: site, date, and its record in the archive with the digest of the bytes."""
    words = corpus.words
    date = element("time", post.date) if post.date else element("span", words.sentence("undated"))
    digest = f" sha256:{post.digest}" if post.digest else ""
    return [element("bdi", post.site or words.sentence("no_site")), date, element("code", f"{post.source}{digest}")]


def more_copies(corpus: Corpus, copies: int) -> Html | None:
    """ "+ 3 copies", or nothing where there is none."""
    if not copies:
        return None
    return element("span", corpus.words.sentence("more_copies").format(n=f"{copies:,}"), class_="copies")


def dotted(parts: Iterable[Html | None]) -> Html:
    """The parts in one line with strokes between them."""
    return element("p", joined((part for part in parts if part is not None), " / "), class_="meta")


def _item(corpus: Corpus, quote: Quote) -> Html:
    words, said = corpus.words, quote.mention
    meta = [
        element("span", words.label("status", said.status), class_=f"status {said.family}"),
        element("bdi", _decided(corpus, said)),
        element("span", words.sentence("actor").format(name=words.label("actor", said.actor))),
        element("span", words.label("layer", said.layer)),
        *trail(corpus, quote.post),
        more_copies(corpus, quote.copies),
    ]
    return element("li", passage(quote.before, quote.cue, quote.after), dotted(meta))


def _decided(corpus: Corpus, said: Mention) -> str:
    """What decided the status: the words, the place in the post, or nothing."""
    words = corpus.words
    if not said.status_cue:
        return words.sentence("decided_by_none")
    place, _, layer = said.status_cue.partition("layer: ")
    if not place and layer:
        return words.sentence("decided_by_place").format(layer=words.label("layer", layer))
    if said.status_cue.startswith(CONTEXT):
        return words.sentence("decided_by_context").format(cue=_HIDDEN.sub("…", said.status_cue.removeprefix(CONTEXT)))
    return words.sentence("decided_by").format(cue=_HIDDEN.sub("…", said.status_cue))
