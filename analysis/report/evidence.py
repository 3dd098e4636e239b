"""The quotes behind every number on themes: one section for each theme and way of saying it, counted and sampled.

A section says how many mentions in how many posts there are, checks that against `measures`, and shows quotes by the
rule of `quotes`. Content layers, adverts and comments are apart, as they are in the measures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from analysis.measure.sentiment import STEPS, nearest_step
from analysis.measure.terms import words_of
from analysis.measure.units import ALL
from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key, Mention, mark_of, rows_of
from analysis.report.markup import Html, element
from analysis.report.numbers import anchor_of, number_of
from analysis.report.quotes import choose, dotted, fold, listed, more_copies, passage, quote_of, span_of, spread, trail
from analysis.tables import CONTENT_LAYERS, FAMILIES

TERM_QUOTES, STEP_QUOTES = 3, 3
_STOPS = "。！？!?；;\n"

Groups = dict[tuple[str, str], list[Mention]]


class Section(NamedTuple):
    """What is behind some numbers: its anchor, its heading, a line of counts, and the list."""

    anchor: str
    heading: str
    line: str
    body: Html


def grouped(corpus: Corpus) -> Groups:
    """The mentions by theme and group: families, `unclaimed`, `ad`, `comment`, and `step…` of polarity.

    A mention of a sub-theme is under its theme too; theme `all` holds every mention once.
    """
    found: Groups = defaultdict(list)
    for said in corpus.mentions:
        span_of(said, corpus.posts[said.post_id].text)
        parent = corpus.parents.get(said.theme)
        for theme in (ALL, said.theme, *([parent] if parent else [])):
            for group in _groups_of(said):
                found[theme, group].append(said)
    for theme in (ALL, *corpus.themes):
        claimed = {said.post_id for said in found[theme, "claimed"]}
        found[theme, "unclaimed"] = [said for said in found[theme, ALL] if said.post_id not in claimed]
    return found


def _groups_of(said: Mention) -> list[str]:
    if said.place != "content":
        return [said.place]
    groups = [ALL, said.family]
    if said.polarity is not None:
        groups.append(f"step{float(nearest_step(said.polarity)):.2f}")  # type: ignore[arg-type]
    return groups


def theme_sections(corpus: Corpus, groups: Groups) -> Iterator[Section]:
    """The sections of every theme, in the codebook's order."""
    ways = (ALL, *FAMILIES, "unclaimed", "ad", "comment", *(f"step{step:.2f}" for step in STEPS))
    for theme in (ALL, *corpus.themes):
        for group in ways:
            mentions = groups.get((theme, group), [])
            _agree(corpus, theme, group, mentions)
            yield theme_section(corpus, theme, group, mentions)


def theme_section(corpus: Corpus, theme: str, group: str, mentions: list[Mention]) -> Section:
    """One theme and one way of saying it: counts, and quotes."""
    words = corpus.words
    n_posts = len({said.post_id for said in mentions})
    shown = choose(corpus, mentions, STEP_QUOTES) if group.startswith("step") else choose(corpus, mentions)
    key = "counted" if mentions else "counted_none"
    line = words.sentence(key).format(
        mentions=f"{len(mentions):,}", posts=f"{n_posts:,}", of=f"{len(corpus.sample):,}", shown=f"{len(shown):,}"
    )
    return Section(
        f"q-{theme}-{group}",
        corpus.words.titled(theme_name(corpus, theme), _way(corpus, group)),
        line,
        listed(corpus, shown),
    )


def theme_name(corpus: Corpus, theme: str) -> str:
    """The name of a theme, and of `all` themes."""
    return corpus.words.label("group", "any_theme") if theme == ALL else corpus.words.theme(theme)


def _way(corpus: Corpus, group: str) -> str:
    if group.startswith("step"):
        value = corpus.words.written(float(group.removeprefix("step")), "polarity")
        return corpus.words.sentence("step").format(value=value)
    return corpus.words.group(group)


def _agree(corpus: Corpus, theme: str, group: str, mentions: list[Mention]) -> None:
    """The counts of a section are those of the measures, or nothing is built."""
    if group.startswith("step"):
        n = number_of(corpus, Key("polarity_step", group.replace("step", "step:"), theme)).n
        wanted = [(n, len(mentions), Key("polarity_step", group, theme))]
    else:
        wanted = _counts(corpus, theme, group, mentions)
    for n, there, key in wanted:
        if n != there:
            raise DataProblem(
                f"measures, {' '.join(key)}: {n}, but there are {there} in mentions. Was another codebook used, or one stage "
                "run without the next? Run `measure` again."
            )


def _counts(corpus: Corpus, theme: str, group: str, mentions: list[Mention]) -> list[tuple[int, int, Key]]:
    apart = group in ("ad", "comment")
    share = Key(f"share_of_posts_{group}", ALL, theme) if apart else Key("share_of_posts", group, theme)
    wanted = [(number_of(corpus, share).n, len({said.post_id for said in mentions}), share)]
    if group in (ALL, *FAMILIES):
        key = Key("mentions", group, theme)
        wanted.append((number_of(corpus, key).n, len(mentions), key))
    return wanted


def contradiction_sections(corpus: Corpus) -> Iterator[Section]:
    """The pairs of sentences in which a post claims and denies a theme: for each theme, and all."""
    by_key = {(said.post_id, f"{said.start}:{said.rule_id}"): said for said in corpus.mentions}
    here = corpus.tables["contradictions"]
    pairs = [
        (row.theme, by_key[row.post_id, row.claim], by_key[row.post_id, row.denial])
        for row in rows_of(here)
        if (row.post_id, row.claim) in by_key and (row.post_id, row.denial) in by_key
    ]
    words = corpus.words
    for theme in (ALL, *corpus.themes):
        found = [(claim, denial) for name, claim, denial in pairs if theme in (ALL, name)]
        n_posts = len({claim.post_id for claim, _ in found})
        folded = fold(
            found, lambda pair: corpus.posts[pair[0].post_id], lambda pair: mark_of(pair[0].post_id, *pair[0][1:3])
        )
        shown = spread(folded, lambda entry: corpus.posts[entry[0][0].post_id].site, TERM_QUOTES)
        line = words.sentence("counted_posts").format(n=f"{n_posts:,}", shown=f"{len(shown):,}")
        items = [element("li", _pair(corpus, *pair), more_copies(corpus, copies)) for pair, copies in shown]
        heading = words.titled(theme_name(corpus, theme), words.sentence("contradictory"))
        yield Section(f"x-{theme}", heading, line, element("ol", *items, class_="pairs"))


def _pair(corpus: Corpus, claim: Mention, denial: Mention) -> Html:
    ordered = sorted((claim, denial), key=lambda said: said.start)
    return listed(corpus, [quote_of(corpus, said) for said in ordered])


def term_sections(corpus: Corpus) -> Iterator[Section]:
    """A few sentences for each ranked term, from distinct texts."""
    terms = [key for key in corpus.numbers if key.measure == "term_share"]
    blocks = corpus.tables["blocks"]
    content = blocks.loc[blocks["layer"].isin(CONTENT_LAYERS)]
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for post_id, start, end in zip(content["post_id"], content["start"], content["end"], strict=True):
        spans[post_id].append((start, end))
    first = corpus.sample.posts.loc[corpus.sample.first, "post_id"].tolist()
    order = sorted(first, key=mark_of)
    for key in terms:
        term = key.group.removeprefix("term:")
        found = _sentences(corpus, term, order, spans)
        number = number_of(corpus, key)
        line = corpus.words.sentence("counted_texts").format(
            n=f"{number.n:,}", of=f"{number.denominator:,}", shown=len(found)
        )
        yield Section(anchor_of(key), corpus.words.quoted(term), line, element("ol", *found, class_="quotes"))


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
