"""What mentions mean for the borrower, and in what stance a post is written: mentions, posts -> polarity, tone.

Polarity is not the author's mood: 不得 and 严禁 stand among strong words and protect, 减免 sounds like loss and relieves.
General sentiment tools score this domain with the wrong sign (codebook 4.3), so none is used.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis.clean.text import fold
from analysis.sentiment.polarity import polarity
from analysis.sentiment.tone import tone
from analysis.tables import CONTENT_LAYERS


class Scored(NamedTuple):
    """The same tables with polarity and tone filled in."""

    posts: pd.DataFrame
    mentions: pd.DataFrame


def score(
    posts: pd.DataFrame, blocks: pd.DataFrame, mentions: pd.DataFrame, codebook: books.Codebook | None = None
) -> Scored:
    """Polarity of each mention, tone of each post, and the post's mean polarity over its content layers.

    A post without a mention in its content layers has no polarity: that is missing, not 0.
    """
    book = codebook or books.load()
    bases = {theme.slug: theme.polarity for theme in book.themes}
    bases |= {rule_id: rule.polarity for _, rule, rule_id in book.rules() if rule.polarity is not None}
    scored = mentions.assign(
        polarity=pd.Series(
            [
                polarity(bases.get(m.rule_id, bases[m.theme]), m.status, m.layer, fold(m.sentence), fold(m.cue))
                for m in mentions.itertuples(index=False)
            ],
            index=mentions.index,
            dtype="float64",
        )
    )
    content = scored[scored["layer"].isin(CONTENT_LAYERS) & (scored["layer"] != "title")]
    means = content.groupby("post_id")["polarity"].mean()
    layers = {key: list(zip(f["layer"], f["start"], f["end"], strict=True)) for key, f in blocks.groupby("post_id", sort=False)}
    tones = [
        tone(fold("\n".join(p.text[a:b] for layer, a, b in layers.get(p.post_id, ()) if layer not in {"toc", "comment"})),
             bool(p.solicitation), p.genre if isinstance(p.genre, str) else None)
        for p in posts.itertuples(index=False)
    ]
    return Scored(
        posts.assign(
            tone=pd.Series(tones, index=posts.index, dtype="str"),
            polarity=posts["post_id"].map(means).astype("float64").round(4),
        ),
        scored,
    )
