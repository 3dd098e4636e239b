"""The numbers of simulated coders, where a run is of the sample corpus."""

from __future__ import annotations

import dataclasses

from analysis.charts import with_simulated
from analysis.measure.simulated import planted
from analysis.measure.units import Codes
from analysis.report.corpus import Corpus
from analysis.tables import among


def with_coders(corpus: Corpus) -> Corpus:
    """The corpus with the numbers of simulated coders, where nobody coded and the truth is known: the sample corpus alone."""
    tables = corpus.tables
    posts = tables.rows("posts", among("url", planted(Codes((), ""))))  # no other post has a planted truth
    mentions = tables.rows("mentions", among("post_id", posts["post_id"]))
    measures = with_simulated(tables["measures"], posts, mentions, corpus.words)
    return dataclasses.replace(corpus, tables=tables.changed(measures=measures))
