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
from analysis.themes.layout import layouts

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
    columns = (mentions[name].tolist() for name in COLUMNS)
    values = [of_mention(dict(zip(COLUMNS, row, strict=True)), book) for row in zip(*columns, strict=True)]
    scored = mentions.assign(polarity=pd.Series(values, index=mentions.index, dtype="float64"))
    content = scored[scored["layer"].isin(CONTENT_LAYERS) & (scored["layer"] != "title")]
    means = content.groupby("post_id")["polarity"].mean()
    layout = layouts(blocks)
    tones = []
    for post_id, text, sells, genre in zip(*(posts[name].tolist() for name in ("post_id", "text", "solicitation", "genre")), strict=True):
        own = "\n".join(text[block.start : block.end] for block in layout.get(post_id, ()) if block.layer not in NOT_THE_AUTHOR)
        tones.append(tone(fold(own), bool(sells), genre if isinstance(genre, str) else None))
    return Scored(
        posts.assign(
            tone=pd.Series(tones, index=posts.index, dtype="str"),
            polarity=posts["post_id"].map(means).astype("float64").round(4),
        ),
        scored,
    )
