"""The sentences behind numbers on claims: what posts state in numbers, and which laws they name, with the verdict on each.

One section for each quantity, each verdict on it and each law; the words that were read are marked in their sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key
from analysis.report.evidence import Section
from analysis.report.markup import Html, element
from analysis.report.numbers import anchor_of, number_of
from analysis.report.pick import picked, placed
from analysis.report.quotes import SIDE, dotted, more_copies, passage, trail
from analysis.tables import CONTENT_LAYERS, FAMILY_OF_STATUS

SHOWN = 3
CITED = ("citation", "old_name")
Shown = list[tuple[Any, int]]


def stated_sections(corpus: Corpus) -> Iterator[Section]:
    """A section for every number on claims: all chosen at once, then read and written one by one."""
    chosen = [_chosen(corpus, *entry) for entry in _entries(corpus, stated(corpus))]
    return (_section(corpus, *entry) for entry in chosen)


def _entries(corpus: Corpus, found: pd.DataFrame) -> Iterator[tuple[Key, pd.DataFrame, str]]:
    words = corpus.words
    for key in corpus.numbers:
        if key.measure == "share_claiming":
            quantity = key.group.partition(":")[2]
            rows = found if not quantity else found.loc[found["quantity"] == quantity]
            yield key, rows, words.sentence("claims") if not quantity else words.group(key.group)
        elif key.measure == "share_of_verdict" and key.group.count(":") == 1:
            quantity, verdict = key.group.split(":")
            if quantity != "all":
                yield key, found.loc[(found["quantity"] == quantity) & (found["verdict"] == verdict)], words.group(key.group)
        elif key.measure == "share_citing":
            named = found.loc[found["quantity"].isin(CITED)]
            yield key, named.loc[named["fact_id"].fillna("none") == key.group.removeprefix("instrument:")], words.group(key.group)


def stated(corpus: Corpus) -> pd.DataFrame:
    """The claims in content layers of on-topic posts, with text family and site."""
    claims = corpus.tables["claims"]
    return placed(corpus, claims.loc[claims["layer"].isin(CONTENT_LAYERS)])


def stated_list(corpus: Corpus, rows: pd.DataFrame, cap: int) -> list[Html]:
    """Claims as items of a list, by the rule of `pick`; `rows` are out of `stated`."""
    shown = picked(rows, cap)
    _want(corpus, shown)
    return [_item(corpus, row, copies) for row, copies in shown]


def _want(corpus: Corpus, shown: Shown) -> None:
    corpus.posts.want(row.post_id for row, _ in shown)
    corpus.tables.want("claims", [_key(row) for row, _ in shown])


def _key(row: Any) -> tuple[str, int, int, str]:
    return row.post_id, row.start, row.end, row.quantity


def _chosen(corpus: Corpus, key: Key, rows: pd.DataFrame, heading: str) -> tuple[Key, int, Shown, str]:
    n = number_of(corpus, key)
    if n.n != rows["post_id"].nunique():
        raise DataProblem(f"measures, {' '.join(key)}: {n.n}, but there are {rows['post_id'].nunique()}. Run `measure` again.")
    shown = picked(rows, SHOWN)
    _want(corpus, shown)
    return key, len(rows), shown, heading


def _section(corpus: Corpus, key: Key, n_claims: int, shown: Shown, heading: str) -> Section:
    n, items = number_of(corpus, key), [_item(corpus, row, copies) for row, copies in shown]
    counts = {"mentions": n_claims, "posts": n.n, "of": n.denominator, "shown": len(items)}
    line = corpus.words.sentence("counted_claims").format(**{name: f"{count:,}" for name, count in counts.items()})
    return Section(anchor_of(key), heading, line, element("ol", *items, class_="quotes"))


def _item(corpus: Corpus, row: Any, copies: int) -> Html:
    words, post = corpus.words, corpus.posts[row.post_id]
    said = corpus.tables.row("claims", _key(row))
    if said is None:
        raise DataProblem(f"claims: none of post {row.post_id}, start {row.start}. Run `measure` again.")
    before, after = _around(said, post.text)
    meta = [
        element("span", words.quantity(row.quantity)),
        element("span", words.verdict(row.verdict), class_=f"status {row.verdict}"),
        None if pd.isna(row.fact_id) else element("span", words.law(str(row.fact_id)), class_="name"),
        element("span", words.label("status", row.status), class_=f"status {FAMILY_OF_STATUS[row.status]}"),
        *trail(corpus, post),
        more_copies(corpus, copies),
    ]
    return element("li", passage(before, said.surface, after), dotted(meta))


def _around(row: Any, text: str) -> tuple[str, str]:
    """What stands around the words in their sentence, exactly as in the post, or nothing is built."""
    first = text.find(row.sentence, max(0, row.end - len(row.sentence)))
    if text[row.start : row.end] != row.surface or not 0 <= first <= row.start or row.end > first + len(row.sentence):
        raise DataProblem(
            f'claims, post {row.post_id}, start {row.start}: the sentence does not stand around "{row.surface}" in posts.text. '
            "Run `measure` again."
        )
    before, after = text[first : row.start], text[row.end : first + len(row.sentence)]
    before = "…" + before[-SIDE:] if len(before) > SIDE else before
    return before, after[:SIDE] + "…" if len(after) > SIDE else after
