"""What could tie a post that solicits to others: its contact ids and its advert lines, each with its quote.

Read off each post alone, so that parts of a corpus can be read one by one; who posts together is found from the ties of all
(`campaigns`), without any text. Posts that do not solicit tie nothing: a platform's own service number stands in complaints,
a news story is printed by many.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.clean.text import matching
from analysis.tables import TABLES

SHORTEST_LINE = 10  # characters of words: shorter advert lines (免费咨询) are everybody's; chosen, not measured
_MARK = re.compile(r"〔[^〔〕\n]{1,20}〕")
_NO_WORD = re.compile(r"[\W_\d]+")


def ties(posts: pd.DataFrame, blocks: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """The table `ties` of any batch of posts.

    >>> posts = TABLES["posts"].frame([{"post_id": "a", "text": "加薇〔微信〕", "solicitation": True, "n_chars": 6}])
    >>> ids = TABLES["contacts"].frame([{"post_id": "a", "start": 2, "end": 6, "kind": "wechat", "value_key": "k"}])
    >>> ties(posts, TABLES["blocks"].empty(), ids)[["kind", "key", "quote"]].values.tolist()      # add WeChat (id redacted)
    [['contact', 'contact:k', '〔微信〕']]
    """
    soliciting = posts.loc[posts["solicitation"].to_numpy(dtype=bool), ["post_id", "text"]]
    here = contacts.merge(soliciting, on="post_id")
    lines = blocks[blocks["layer"] == "ad"].merge(soliciting, on="post_id")
    by_contact = tied(here, "contact", here["value_key"].tolist(), _quotes(here))
    quotes = _quotes(lines)
    by_line = tied(lines, "strapline", [strapline(quote) for quote in quotes], quotes)
    by_line = by_line[by_line["key"].notna()].drop_duplicates(["post_id", "key"])
    return pd.concat([TABLES["ties"].empty(), by_contact, by_line], ignore_index=True)


def strapline(text: str) -> str | None:
    """What an advert line is known by: its words in folded form, without contact marks and digits; None where too short.

    >>> strapline("专业停息挂账，加薇〔微信〕 7天见效"), strapline("免费咨询")      # expert in stopping interest …; free advice
    ('专业停息挂账加薇天见效', None)
    """
    words = _NO_WORD.sub("", matching(_MARK.sub("", text)).text)
    return words if len(words) >= SHORTEST_LINE else None


def tied(rows: pd.DataFrame, kind: str, keys: Sequence[str | None], quotes: Sequence[str | None]) -> pd.DataFrame:
    """Rows of `ties` of one kind, from post_id, start and end of some rows."""
    named = [None if key is None else f"{kind}:{key}" for key in keys]
    made = pd.DataFrame({
        "post_id": rows["post_id"].to_numpy(dtype=object), "kind": kind, "key": np.array(named, dtype=object),
        "start": rows["start"].to_numpy(), "end": rows["end"].to_numpy(), "quote": np.array(quotes, dtype=object),
    })
    return made.astype({column.name: column.type for column in TABLES["ties"].columns})


def _quotes(rows: pd.DataFrame) -> list[str]:
    return [text[a:b] for text, a, b in zip(rows["text"], rows["start"], rows["end"], strict=True)]
