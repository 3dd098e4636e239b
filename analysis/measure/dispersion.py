"""How evenly words and themes are spread over texts, posts and sites: Gries' deviation of proportions, DP.

Half the sum over parts of |share of the occurrences in the part - share of the corpus in the part|: 0 where each part
has its due, near 1 where one part has all (Gries 2008, International Journal of Corpus Linguistics 13, 403-437), over
its largest possible value 1 - smallest part (Lijffijt and Gries 2012, same journal 17, 147-149). A property of the
corpus, so without an interval; of few occurrences it is high whatever the word.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.measure.intervals import Array, Estimate
from analysis.measure.terms import MOST_TERMS, Cut, cut_texts, top_terms
from analysis.measure.told import Told, named, told
from analysis.measure.units import ALL, Codes, Row, measures_frame


def term_dispersion(posts: pd.DataFrame, blocks: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows `dispersion_texts`, group `term:…`, of the terms of `ranked_terms` over distinct texts."""
    return measures_frame(term_dispersion_rows(cut_texts(posts, blocks, codes)), codes.version)


def theme_dispersion(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows `dispersion_posts` and `dispersion_sites` of the mentions of each theme in content layers."""
    return measures_frame(theme_dispersion_rows(told(posts, mentions, codes)), codes.version)


def deviation(counts: Array, sizes: Array, what: str) -> Estimate:
    """DP of some occurrences over parts of those sizes.

    >>> deviation(np.array([4, 0]), np.array([50, 50]), "posts").value  # all in one half: DP 0.5, at most 0.5
    1.0
    >>> deviation(np.array([1, 3]), np.array([100, 300]), "posts").value
    0.0
    >>> deviation(np.array([0, 0]), np.array([50, 50]), "posts").method
    'no value: it occurs nowhere'
    """
    counts, sizes = counts[sizes > 0], sizes[sizes > 0]
    total, parts = int(counts.sum()), len(sizes)
    if total == 0:
        return Estimate(None, None, None, 0, parts, "no value: it occurs nowhere")
    if parts < 2:
        return Estimate(None, None, None, total, parts, f"no value: one part only of {what}")
    shares = sizes / sizes.sum()
    value = float(np.abs(counts / total - shares).sum() / 2 / (1 - shares.min()))
    return Estimate(value, None, None, total, parts, f"Gries' DP, normalised, over {parts} {what}; no interval: a property of the corpus")


def term_dispersion_rows(cut: Cut) -> Iterator[Row]:
    """The rows of `term_dispersion`."""
    sizes = np.array([sum(found.values()) for found in cut.counts])
    for word, _ in top_terms(cut, MOST_TERMS):
        counts = np.array([found[word] for found in cut.counts])
        words = f"How unevenly the word {word} is spread over distinct texts, each with the share of all words it has"
        yield Row("dispersion_texts", f"term:{word}", ALL, deviation(counts, sizes, "texts"), words, "DP")


def theme_dispersion_rows(read: Told) -> Iterator[Row]:
    """The rows of `theme_dispersion`."""
    content = read.said.loc[read.said["layer"] == "content"]
    chars = read.found.chars.astype(float)
    sites, names = pd.factorize(read.found.posts["site"])
    known = sites >= 0
    site_chars = np.bincount(sites[known], weights=chars[known], minlength=len(names))
    for theme in read.themes:
        here = content.loc[content["own"] if theme == ALL else content["theme"] == theme, "at"]
        counts = np.bincount(here.to_numpy(dtype=np.int64), minlength=len(read.found))
        words = f"How unevenly mentions of {named(theme)} are spread over {{}}, each with the share of all characters it has"
        yield Row("dispersion_posts", ALL, theme, deviation(counts, chars, "posts"), words.format("on-topic posts"), "DP")
        by_site = np.bincount(sites[known], weights=counts[known], minlength=len(names))
        yield Row("dispersion_sites", ALL, theme, deviation(by_site, site_chars, "sites"), words.format("sites"), "DP")
