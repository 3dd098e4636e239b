"""The quotes behind every number on themes: one section for each theme and way of saying it, counted and sampled.

A section says how many mentions in how many posts there are, checks that against `measures`, and shows quotes by the
rule of `quotes`. Content layers, adverts and comments are apart, as they are in the measures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from analysis.measure import term_posts
from analysis.measure.sentiment import STEPS
from analysis.measure.terms import words_of
from analysis.measure.units import ALL, places_of
from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key
from analysis.report.markup import Html, element
from analysis.report.numbers import anchor_of, number_of
from analysis.report.quotes import SHOWN, dotted, listed, passage, quotes_of, together, trail
from analysis.report.ranks import ranks
from analysis.report.said import APART, STEP, UNCLAIMED, Found, MentionKey
from analysis.report.standing import standing
from analysis.tables import CONTENT_LAYERS, FAMILIES, among

TERM_QUOTES, STEP_QUOTES = 3, 3
MANY_POSTS, FEWER = 5_000, 3  # of so many posts fewer quotes a section: hardly a section is empty, and the page stays below 5 MB
WAYS = (ALL, *FAMILIES, UNCLAIMED, *APART, *(f"{STEP}{step:.2f}" for step in STEPS))
_STOPS = "。！？!?；;\n"


class Section(NamedTuple):
    """What is behind some numbers: its anchor, its heading, a line of counts, and the list."""

    anchor: str
    heading: str
    line: str
    body: Html


def theme_sections(corpus: Corpus) -> Iterator[Section]:
    """The sections of every theme, in the codebook's order: all chosen at once, then read and written one by one.

    A mention of a sub-theme is under its theme too; theme `all` holds every mention once.
    """
    chosen = {}
    most = SHOWN if len(corpus.sample) <= MANY_POSTS else FEWER
    for theme in (ALL, *corpus.themes):
        for way, places in corpus.said.groups([ALL] if theme == ALL else corpus.with_parts(theme), WAYS):
            found = corpus.said.chosen(places, STEP_QUOTES if way.startswith(STEP) else most)
            _agree(corpus, theme, way, found)
            chosen[theme, way] = found
    corpus.want(key for found in chosen.values() for key, _ in found.shown)
    return (theme_section(corpus, theme, way, found) for (theme, way), found in chosen.items())


def theme_section(corpus: Corpus, theme: str, group: str, found: Found) -> Section:
    """One theme and one way of saying it: counts, and quotes."""
    words = corpus.words
    line = words.sentence("counted" if found.n else "counted_none").format(
        mentions=f"{found.n:,}", posts=f"{found.n_posts:,}", of=f"{len(corpus.sample):,}", shown=f"{len(found.shown):,}"
    )
    heading = words.titled(theme_name(corpus, theme), _way(corpus, group))
    return Section(f"q-{theme}-{group}", heading, line, listed(corpus, quotes_of(corpus, found.shown)))


def theme_name(corpus: Corpus, theme: str) -> str:
    """The name of a theme, and of `all` themes."""
    return corpus.words.label("group", "any_theme") if theme == ALL else corpus.words.theme(theme)


def _way(corpus: Corpus, group: str) -> str:
    if group.startswith("step"):
        value = corpus.words.written(float(group.removeprefix("step")), "polarity")
        return corpus.words.sentence("step").format(value=value)
    return corpus.words.group(group)


def _agree(corpus: Corpus, theme: str, group: str, found: Found) -> None:
    """The counts of a section are those of the measures, or nothing is built."""
    if group.startswith(STEP):
        n = number_of(corpus, Key("polarity_step", group.replace("step", "step:"), theme)).n
        wanted = [(n, found.n, Key("polarity_step", group, theme))]
    else:
        wanted = _counts(corpus, theme, group, found)
    for n, there, key in wanted:
        if n != there:
            raise DataProblem(
                f"measures, {' '.join(key)}: {n}, but there are {there} in mentions. Was another codebook used, or one stage "
                "run without the next? Run `measure` again."
            )


def _counts(corpus: Corpus, theme: str, group: str, found: Found) -> list[tuple[int, int, Key]]:
    apart = group in APART
    share = Key(f"share_of_posts_{group}", ALL, theme) if apart else Key("share_of_posts", group, theme)
    wanted = [(number_of(corpus, share).n, found.n_posts, share)]
    if group in (ALL, *FAMILIES):
        key = Key("mentions", group, theme)
        wanted.append((number_of(corpus, key).n, found.n, key))
    return wanted


def contradiction_sections(corpus: Corpus) -> Iterator[Section]:
    """The pairs of sentences in which a post claims and denies a theme: for each theme, and all."""
    pairs = _pairs(corpus)
    chosen = []
    for theme in (ALL, *corpus.themes):
        found = pairs if theme == ALL else pairs.loc[pairs["theme"] == theme]
        at = found["at"].to_numpy()
        shown = standing(corpus.sample.family[at], corpus.said.sites[at], at, TERM_QUOTES)
        rows = [(corpus.said.key(found["claim"].iloc[i]), corpus.said.key(found["denial"].iloc[i]), copies) for i, copies in shown]
        corpus.want(key for row in rows for key in row[:2])
        chosen.append((theme, found["at"].nunique(), rows))
    return (_contradiction(corpus, *entry) for entry in chosen)


def _pairs(corpus: Corpus) -> pd.DataFrame:
    """The contradictions in on-topic posts by the places of their mentions, in the order of their hashes."""
    rows, said = corpus.tables["contradictions"], corpus.said
    rows = rows.assign(at=places_of(rows["post_id"], corpus.sample.posts["post_id"]))
    rows = rows.loc[rows["at"] >= 0].reset_index(drop=True)
    for name in ("claim", "denial"):
        parts = [key.partition(":") for key in rows[name]]
        start, rule = np.array([int(part[0]) for part in parts], dtype=np.int64), [part[2] for part in parts]
        rows[name] = said.find(rows["at"].to_numpy(), start, rule)
    rows = rows.loc[(rows["claim"] >= 0) & (rows["denial"] >= 0)]
    claim = rows["claim"].to_numpy()
    order = np.argsort(ranks(rows["post_id"], said.start[claim], said.end[claim]), kind="stable")
    return rows.iloc[order]


def _contradiction(corpus: Corpus, theme: str, n_posts: int, rows: list[tuple[MentionKey, MentionKey, int]]) -> Section:
    words = corpus.words
    items = []
    for *pair, copies in rows:
        items.append(together(corpus, pair, copies))
    line = words.sentence("counted_posts").format(n=f"{n_posts:,}", shown=f"{len(items):,}")
    heading = words.titled(theme_name(corpus, theme), words.sentence("contradictory"))
    return Section(f"x-{theme}", heading, line, element("ol", *items, class_="pairs"))


def term_sections(corpus: Corpus) -> Iterator[Section]:
    """A few sentences for each ranked term, from the distinct texts that were cut into words."""
    ids = term_posts(corpus.tables["posts"])
    order = ids.iloc[np.argsort(ranks(ids), kind="stable")].tolist()
    where = among("post_id", order) & ds.field("layer").isin(CONTENT_LAYERS)
    content = corpus.tables.rows("blocks", where, ("post_id", "start", "end"))
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for post_id, start, end in zip(content["post_id"], content["start"], content["end"], strict=True):
        spans[post_id].append((start, end))
    corpus.posts.want(order)
    return (_term(corpus, key, order, spans) for key in corpus.numbers if key.measure == "term_share")


def _term(corpus: Corpus, key: Key, order: list[str], spans: dict[str, list[tuple[int, int]]]) -> Section:
    term, number = key.group.removeprefix("term:"), number_of(corpus, key)
    found = _sentences(corpus, term, order, spans)
    line = corpus.words.sentence("counted_texts").format(n=f"{number.n:,}", of=f"{number.denominator:,}", shown=len(found))
    return Section(anchor_of(key), corpus.words.quoted(term), line, element("ol", *found, class_="quotes"))


def _sentences(corpus: Corpus, term: str, order: list[str], spans: dict[str, list[tuple[int, int]]]) -> list[Html]:
    found: list[Html] = []
    for post_id in order:
        post = corpus.posts[post_id]
        for start, end in spans.get(post_id, ()):
            at = post.text.find(term, start, end)
            if at < 0:
                continue
            left = max([start, *(post.text.rfind(stop, start, at) + 1 for stop in _STOPS)])
            right = min([end, *(i + 1 for stop in _STOPS if (i := post.text.find(stop, at, end)) >= 0)])
            left, right = max(left, at - 60), min(right, at + 60)
            if term not in words_of(post.text[left:right]):
                continue
            quoted = passage(post.text[left:at], term, post.text[at + len(term) : right])
            found.append(element("li", quoted, dotted(trail(corpus, post))))
            break
        if len(found) == TERM_QUOTES:
            break
    return found


def rendered(section: Section) -> Html:
    """The section as HTML, with its anchor."""
    return element(
        "section",
        element("h4", section.heading),
        element("p", section.line, class_="line"),
        section.body,
        id=section.anchor,
        class_="ev",
        tabindex="-1",
    )
