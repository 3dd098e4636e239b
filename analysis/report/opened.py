"""A run's folder as the report and the notebooks read it: its tables, and its themes by the names of its own codebook."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from analysis.charts import with_simulated
from analysis.charts.naming import naming
from analysis.measure.simulated import planted
from analysis.measure.units import Codes
from analysis.report.corpus import Corpus, read_corpus
from analysis.report.shelf import among
from analysis.report.words import Words


def open_corpus(folder: Path, lang: str = "zh") -> Corpus:
    """The tables of that folder, those on claims and on ties between posts among them."""
    corpus = read_corpus(folder, lang)
    named = naming(folder, lang)
    return corpus if named is None else dataclasses.replace(corpus, words=Words(lang, *named))


def with_coders(corpus: Corpus) -> Corpus:
    """The corpus with the numbers of simulated coders, where nobody coded and the truth is known: the sample corpus alone."""
    tables = corpus.tables
    posts = tables.rows("posts", among("url", planted(Codes((), ""))))  # no other post has a planted truth
    mentions = tables.rows("mentions", among("post_id", posts["post_id"]))
    measures = with_simulated(tables["measures"], posts, mentions, corpus.words)
    return dataclasses.replace(corpus, tables=tables.changed(measures=measures))
