"""The quotes and posts behind figures of months, of pairs of themes and of campaigns: one section a number drawn.

Only what a figure draws has a section, so that the page stays small whatever the length of the window. Counts are those of
`measures`, or nothing is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.charts import campaign_numbers, month_rows, together_rows
from analysis.charts.months import CLAIMED, NAMED
from analysis.charts.together import ODDS
from analysis.measure.corpus import months
from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key, rows_of
from analysis.report.evidence import Section
from analysis.report.markup import Html, element
from analysis.report.numbers import anchor_of, number_of
from analysis.report.pick import picked, placed
from analysis.report.quotes import dotted, listed, more_copies, quotes_of, together, trail
from analysis.report.ranks import Array
from analysis.report.said import CLAIMED as CLAIMS
from analysis.report.said import MentionKey
from analysis.tables import FAMILIES

Writer = Callable[[], Section]
IN_MONTH, IN_PAIR, IN_CAMPAIGN = 2, 2, 8  # shown of each
MANY_MONTHS = 150  # sections from which on one quote has to do
EACH = "campaign_n_posts"


def drawn_sections(corpus: Corpus) -> Iterator[Section]:
    """All of them, in the order of the figures: all chosen at once, then read and written one by one."""
    measures = corpus.tables["measures"]
    by_month, pairs = month_rows(measures, corpus.words), together_rows(measures, corpus.words)
    sections = [
        *_of_pairs(corpus, pairs.loc[pairs["measure"] == ODDS]),
        *_of_months(corpus, by_month.loc[by_month["measure"] == NAMED]),
        *_of_campaigns(corpus, campaign_numbers(measures)),
    ]
    return (write() for write in sections)


def _places(corpus: Corpus, theme: str) -> Array:
    """The mentions of a theme in content layers, by post and place; those of a sub-theme after the theme's own there."""
    said = corpus.said
    parts = [np.sort(said.of(name)) for name in corpus.with_parts(theme)]
    parts = [part[said.way[part] < len(FAMILIES)] for part in parts]
    below = np.sort(np.concatenate(parts[1:])) if len(parts) > 1 else parts[0][:0]
    joined = np.concatenate([parts[0], below])
    return joined[np.argsort((said.at[joined].astype(np.int64) << 32) + said.start[joined], kind="stable")]


def _of_months(corpus: Corpus, rows: pd.DataFrame) -> Iterator[Writer]:
    said = corpus.said
    month, names = pd.factorize(months(corpus.sample.posts))
    code = {name: at for at, name in enumerate(names)}
    places = {theme: _places(corpus, theme) for theme in rows["theme"].unique()}
    cap = IN_MONTH if len(rows) <= MANY_MONTHS else 1
    for row in rows_of(rows):
        key, of_claims = Key(NAMED, row.group, row.theme), Key(CLAIMED, row.group, row.theme)
        found = places[row.theme]
        found = found[month[said.at[found]] == code.get(row.group.removeprefix("month:"), -1)]
        claimed = said.way[found] == CLAIMS
        _agree(corpus, key, len(np.unique(said.at[found])))
        _agree(corpus, of_claims, len(np.unique(said.at[found[claimed]])))
        shown = said.first(np.concatenate([found[claimed], found[~claimed]]), cap)  # the share that claims it opens them too
        corpus.want(key for key, _ in shown)
        yield partial(_month, corpus, key, of_claims, shown)


def _month(corpus: Corpus, key: Key, of_claims: Key, shown: list[tuple[MentionKey, int]]) -> Section:
    words, n = corpus.words, number_of(corpus, key)
    counts = {"n": n.n, "claimed": number_of(corpus, of_claims).n, "of": n.denominator, "shown": len(shown)}
    body = listed(corpus, quotes_of(corpus, shown))
    heading = words.titled(words.theme(key.theme), words.group(key.group))
    return Section(anchor_of(key), heading, _line(corpus, "counted_month", counts), body)


def _of_pairs(corpus: Corpus, rows: pd.DataFrame) -> Iterator[Writer]:
    said = corpus.said
    themes = {*rows["theme"], *(group.removeprefix("with:") for group in rows["group"])}
    firsts = {}
    for theme in sorted(themes):  # the first mention of a theme in each post
        places = _places(corpus, theme)
        firsts[theme] = places[~pd.Series(said.at[places]).duplicated().to_numpy()]
    for row in rows_of(rows):
        first, second = firsts[row.theme], firsts[row.group.removeprefix("with:")]
        both = first[np.isin(said.at[first], said.at[second])]
        key = Key(ODDS, row.group, row.theme)
        _agree(corpus, key, len(both))
        shown = []
        for place, copies in said.first_places(both, IN_PAIR):
            partner = second[np.searchsorted(said.at[second], said.at[place])]
            shown.append((said.key(place), said.key(partner), copies))
        corpus.want(key for entry in shown for key in entry[:2])
        yield partial(_pair, corpus, key, len(both), shown)


def _pair(corpus: Corpus, key: Key, n: int, shown: list[tuple[MentionKey, MentionKey, int]]) -> Section:
    words = corpus.words
    items = []
    for *names, copies in shown:
        items.append(together(corpus, names, copies))
    counts = {"n": n, "of": number_of(corpus, key).denominator, "shown": len(items)}
    heading = f"{words.theme(key.theme)} + {words.theme(key.group.removeprefix('with:'))}"
    return Section(anchor_of(key), heading, _line(corpus, "counted_pair", counts), element("ol", *items, class_="pairs"))


def _of_campaigns(corpus: Corpus, rows: pd.DataFrame) -> Iterator[Writer]:
    if rows.empty:
        return
    tied = corpus.campaign_ties
    tied = tied.loc[~tied["is_shared"].astype(bool)]
    sizes = tied.groupby("campaign_id")["post_id"].nunique()  # posts off the topic too, as they are measured; shown are those on it
    found, words = placed(corpus, tied), corpus.words
    whole = [(Key("n_campaigns"), len(sizes), found.drop_duplicates("campaign_id"), words.sentence("campaigns"))]
    each = []
    for group in rows.loc[rows["measure"] == EACH, "group"]:
        name = group.removeprefix("campaign:")
        each.append((Key(EACH, group), int(sizes.get(name, 0)), found.loc[found["campaign_id"] == name], words.group(group)))
    for key, n, ties, heading in [*whole, *each]:
        _agree(corpus, key, n)
        shown = picked(ties, IN_CAMPAIGN)
        corpus.posts.want(row.post_id for row, _ in shown)
        corpus.tables.want("ties", [(row.post_id, row.key, row.start) for row, _ in shown])
        yield partial(_campaign, corpus, anchor_of(key), heading, n, shown)


def _campaign(corpus: Corpus, anchor: str, heading: str, n: int, shown: list[tuple[Any, int]]) -> Section:
    items = [_tied(corpus, row, copies) for row, copies in shown]
    line = _line(corpus, "counted_records", {"n": n, "shown": len(items)})
    return Section(anchor, heading, line, element("ol", *items, class_="records"))


def _tied(corpus: Corpus, row: Any, copies: int) -> Html:
    post = corpus.posts[row.post_id]
    tie = element("span", corpus.words.label("tie", row.kind))
    words = corpus.tables.row("ties", (row.post_id, row.key, row.start))  # none of a template: its words are the title
    said = row.quote if words is None else words.quote
    quote = None if pd.isna(said) or not said else element("bdi", str(said)[:80])
    meta = dotted([tie, quote, *trail(corpus, post), more_copies(corpus, copies)])
    return element("li", element("bdi", post.title, class_="title"), meta)


def _line(corpus: Corpus, key: str, counts: dict[str, int]) -> str:
    return corpus.words.sentence(key).format(**{name: f"{n:,}" for name, n in counts.items()})


def _agree(corpus: Corpus, key: Key, there: int) -> None:
    n = number_of(corpus, key).n
    if n != there:
        raise DataProblem(f"measures, {' '.join(key)}: {n}, but there are {there}. Run `measure` again.")
