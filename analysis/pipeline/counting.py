"""The measures of a run's tables, read column by column, so that a million posts need not be in memory with their texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from analysis import tables
from analysis.measure import codes_of, measure, term_posts
from analysis.pipeline.run import Run
from analysis.tables import CONTENT_LAYERS, among

_TEXTS = ("url", "source", "text", "author_key", "sender_keys")  # columns of posts that no number is made of, but for terms
_DAYS = "days_overdue"


class Source:
    """The tables of a run: those that are being made, else those of its folder."""

    def __init__(self, run: Run, made: Path) -> None:
        self._folders = (made, run.folder)

    def read(self, name: str, leave_out: tuple[str, ...] = (), where: ds.Expression | None = None) -> pd.DataFrame:
        """A table without some of its columns, and with some of its rows alone."""
        columns = [column for column in tables.table(name).column_names if column not in leave_out]
        return tables.read(name, self.folder(name), columns, where)

    def folder(self, name: str) -> Path:
        """Where the table is."""
        return next((f for f in self._folders if (f / f"{name}.parquet").exists()), self._folders[-1])

    def lengths(self) -> np.ndarray[Any, Any]:
        """The characters of each post's text, file by file."""
        lengths = [tables.read_part(path, ["text"])["text"].str.len().to_numpy() for path in tables.parts("posts", self.folder("posts"))]
        return np.concatenate(lengths)


def measure_run(run: Run, made: Path) -> str:
    """Make the table `measures`, put it beside the others that are being made, and say what was measured."""
    source, codes = Source(run, made), codes_of(run.book)
    posts = source.read("posts", _TEXTS)
    wanted = term_posts(posts)
    posts["n_text"] = source.lengths()
    texts = tables.read("posts", source.folder("posts"), ["post_id", "text"], among("post_id", wanted))
    claims = source.read("claims", ("surface", "sentence"))
    is_day = claims["quantity"] == _DAYS
    days = source.read("claims", where=ds.field("quantity") == _DAYS)
    claims["sentence"] = pd.Series(pd.NA, index=claims.index, dtype="str").mask(is_day, days["sentence"].set_axis(claims.index[is_day]))
    extras = {
        "blocks": source.read("blocks", where=among("post_id", wanted) & ds.field("layer").isin(CONTENT_LAYERS)),
        "contacts": source.read("contacts", ("value",)),
        "contradictions": source.read("contradictions"),
        "claims": claims,
        "ties": source.read("ties", ("quote",)),
        "sentences": source.read("mentions", ("cue", "status_cue", "secondary"), among("post_id", days["post_id"])),
    }
    posts["text"] = posts["post_id"].map(texts.set_index("post_id")["text"]).astype("str")
    mentions = source.read("mentions", ("cue", "sentence", "status_cue", "secondary"))
    measures = measure(posts, mentions, source.read("dropped"), codes, extras)
    tables.put("measures", tables.check("measures", measures), made)
    return f"measure: {len(measures):,} numbers, {len(extras['claims']):,} claims of numbers and laws"
