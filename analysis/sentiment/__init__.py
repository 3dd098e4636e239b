"""What mentions mean for the borrower, and in what stance a post is written: mentions, posts -> polarity, tone.

Polarity is not the author's mood: 不得 and 严禁 stand among strong words and protect, 减免 sounds like loss and relieves.
General sentiment tools score this domain with the wrong sign (codebook 4.3), so none is used.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis.clean.text import fold
from analysis.sentiment.polarity import of_mention
from analysis.sentiment.tone import tone
from analysis.tables import CONTENT_LAYERS

# Layers that do not tell the author's stance: a list of headings, and what others answered.
NOT_THE_AUTHOR = frozenset({"toc", "comment"})


COLUMNS = ["rule_id", "theme", "status", "layer", "actor", "sentence"]


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
    values = [of_mention(mention, book) for mention in mentions[COLUMNS].to_dict("records")]
    scored = mentions.assign(polarity=pd.Series(values, index=mentions.index, dtype="float64"))
    content = scored[scored["layer"].isin(CONTENT_LAYERS) & (scored["layer"] != "title")]
    means = content.groupby("post_id")["polarity"].mean()
    layout = dict(list(blocks.groupby("post_id", sort=False)))
    tones = []
    for post in posts.to_dict("records"):
        frame = layout.get(post["post_id"])
        spans = [] if frame is None else zip(frame["layer"], frame["start"], frame["end"], strict=True)
        own = "\n".join(post["text"][a:b] for layer, a, b in spans if layer not in NOT_THE_AUTHOR)
        tones.append(tone(fold(own), bool(post["solicitation"]), post["genre"] if isinstance(post["genre"], str) else None))
    return Scored(
        posts.assign(
            tone=pd.Series(tones, index=posts.index, dtype="str"),
            polarity=posts["post_id"].map(means).astype("float64").round(4),
        ),
        scored,
    )
