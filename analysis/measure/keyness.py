"""Words that set one group of posts apart from another, by text and not by token.

Each distinct text counts once for each of its words, so that neither a long text nor a hundred copies make a word key.
G2 is the log-likelihood ratio of the table texts with and without the word by group (Dunning 1993, Computational
Linguistics 19, 61-74; Rayson and Garside 2000), the log ratio that of Hardie 2014 (log2 of the ratio of the shares),
with the interval of Katz et al. 1978 for a ratio of shares. p: labels are permuted over text families, and each G2 is held
against the largest of all words in each permutation (Westfall and Young 1993), which allows for looking at many words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from analysis.measure.intervals import LEVEL, Array, Estimate
from analysis.measure.terms import Cut, cut_texts, top_terms
from analysis.measure.told import Told, told
from analysis.measure.units import ALL, Codes, Row, measures_frame, sample

SEED = 20261
RUNS = 999
MOST_WORDS = 1_000
FEWEST_TEXTS = 3
SHOWN = 40  # words with the largest G2
Z = 1.959963984540054


class Groups(NamedTuple):
    """Two groups of posts by place in the sample, and what they are called in `measures`."""

    name: str
    one: Array
    two: Array
    words: str
    theme: str = ALL


def keyness(posts: pd.DataFrame, blocks: pd.DataFrame, codes: Codes, groups: Groups) -> pd.DataFrame:
    """Rows `keyness_NAME`, `log_ratio_NAME` and `keyness_NAME_p`, group `term:…`, of the 40 words with the largest G2.

    `groups` come from `solicitation_groups`, `site_groups` or `claim_groups`. A positive log ratio: more in the first.

    >>> from analysis.tables import TABLES
    >>> fixed = {"on_topic": True, "n_chars": 2}  # the texts: overdue, negotiate
    >>> texts = {p: "逾期" if p < "d" else "协商" for p in "abcdef"}
    >>> rows = [{**fixed, "post_id": p, "text": t, "solicitation": p < "d"} for p, t in texts.items()]
    >>> blocks = TABLES["blocks"].frame([{"post_id": p, "block": 0, "layer": "body", "start": 0, "end": 2} for p in "abcdef"])
    >>> posts = TABLES["posts"].frame(rows)
    >>> found = keyness(posts, blocks, Codes((), "1"), solicitation_groups(posts)).set_index(["measure", "group"])["value"]
    >>> round(float(found["keyness_solicitation", "term:逾期"]), 3), round(float(found["log_ratio_solicitation", "term:协商"]), 3)
    (8.318, -2.807)
    """
    return measures_frame(keyness_rows(cut_texts(posts, blocks, codes), groups), codes.version)


def solicitation_groups(posts: pd.DataFrame) -> Groups:
    """Posts that solicit customers against all others."""
    one = sample(posts).posts["solicitation"].fillna(False).to_numpy(dtype=bool)
    return Groups("solicitation", one, ~one, "texts that solicit customers against all others")


def site_groups(posts: pd.DataFrame, site: str) -> Groups:
    """Posts of a site against all others."""
    one = sample(posts).posts["site"].eq(site).fillna(False).to_numpy(dtype=bool)
    return Groups("site", one, ~one, f"texts on {site} against all others")


def claim_groups(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, theme: str) -> Groups:
    """Posts that claim a theme and never reject it, against posts that reject it and never claim it."""
    return _claims(told(posts, mentions, codes), theme)


def _claims(read: Told, theme: str) -> Groups:
    claimed, rejected = read.carries(theme, "claimed"), read.carries(theme, "rejected")
    return Groups("claimed", claimed & ~rejected, rejected & ~claimed, f"texts that claim {theme} against texts that reject it", theme)


def log_likelihood(n_one: Array, n_two: Array, size_one: int, size_two: int) -> Array:
    """G2 of each word: n of the texts of each group have it.

    >>> round(float(log_likelihood(np.array([3]), np.array([1]), 4, 4)[0]), 4)
    2.093
    """
    total, all_texts = n_one + n_two, size_one + size_two
    g2 = np.zeros(np.shape(n_one))
    cells = ((n_one, size_one, total), (n_two, size_two, total))
    for has, size, both in (*cells, *((size - has, size, all_texts - both) for has, size, both in cells)):
        expected = size * both / all_texts
        g2 += np.where(has > 0, has * np.log(np.where(has > 0, has, 1) / np.where(expected > 0, expected, 1)), 0.0)
    return np.asarray(np.maximum(2 * g2, 0.0))


def log_ratio(one: int, two: int, sizes: tuple[int, int]) -> Estimate:
    """log2 of the share of texts with the word in the first group over that in the second, with its interval.

    >>> log_ratio(4, 1, (8, 8)).value
    2.0
    """
    added = 0.5 if 0 in (one, two) else 0.0
    a, b, m, n = one + added, two + added, sizes[0] + 2 * added, sizes[1] + 2 * added
    value = math.log2(a / m / (b / n))
    half = Z * math.sqrt(1 / a - 1 / m + 1 / b - 1 / n) / math.log(2)
    note = "; a half added to both groups, since one has none" if added else ""
    method = f"log2 of a ratio of shares of distinct texts, Katz {LEVEL:.0%} interval; {two} of {sizes[1]} in the other group{note}"
    return Estimate(value, value - half, value + half, one, sizes[0], method)


def keyness_rows(cut: Cut, groups: Groups) -> Iterator[Row]:
    """The rows of `keyness`; a group without a text gives one row with the reason."""
    one, two = groups.one[cut.at], groups.two[cut.at]
    sizes = (int(one.sum()), int(two.sum()))
    if not min(sizes):
        nothing = Estimate(None, None, None, 0, sum(sizes), "no value: one of the two groups has no text")
        yield Row(f"keyness_{groups.name}", ALL, groups.theme, nothing, f"Words of {groups.words}", "G2")
        return
    kept = np.flatnonzero(one | two)
    inside = Cut(cut.at[kept], [cut.counts[i] for i in kept])
    words = [word for word, _ in top_terms(inside, MOST_WORDS, FEWEST_TEXTS)]
    has = matrix_of(inside.counts, words)
    n_one, n_two = (np.asarray(has.T @ side[kept].astype(float)) for side in (one, two))
    g2 = log_likelihood(n_one, n_two, *sizes)
    p = permuted_p(has, one[kept], g2)
    plain = "G2 of distinct texts with and without the word; no interval: a test statistic"
    method = f"{RUNS} permutations of text families, against the largest G2 of {len(words)} words; no interval: a probability"
    for i in sorted(range(len(words)), key=lambda i: (-g2[i], words[i]))[:SHOWN]:
        n, said = int(n_one[i]), f"{words[i]} in {groups.words}"
        made = (
            ("keyness_{}", Estimate(float(g2[i]), None, None, n, sizes[0], plain), f"How unevenly {said}", "G2"),
            ("log_ratio_{}", log_ratio(n, int(n_two[i]), sizes), f"How many doublings more of {said}", "log2"),
            ("keyness_{}_p", Estimate(float(p[i]), None, None, n, sizes[0], method), f"p-value of no difference, {said}", "p"),
        )
        for name, estimate, estimand, unit in made:
            yield Row(name.format(groups.name), f"term:{words[i]}", groups.theme, estimate, estimand, unit)


def matrix_of(counts: Sequence[dict[str, int]], words: Sequence[str]) -> csr_array:
    """Texts by words: 1 where the text has the word."""
    place = {word: i for i, word in enumerate(words)}
    pairs = [(row, place[word]) for row, found in enumerate(counts) for word in sorted(found) if word in place]
    at = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(counts), len(words)))


def permuted_p(has: csr_array, one: Array, g2: Array, runs: int = RUNS) -> Array:
    """The share of permutations of the labels in which any word has a G2 as large, the data as they are among them."""
    if not len(g2):
        return np.zeros(0)
    dice = np.random.default_rng(SEED)
    size = int(one.sum())
    totals = np.asarray(has.sum(axis=0))
    words_by_text = has.T.tocsr()
    largest = []
    for _ in range(runs):
        n_one = np.asarray(words_by_text @ dice.permutation(one).astype(float))
        largest.append(log_likelihood(n_one, totals - n_one, size, len(one) - size).max())
    above = np.sort(largest)
    return np.asarray((1 + runs - np.searchsorted(above, g2 - 1e-9)) / (runs + 1))
