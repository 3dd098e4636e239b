"""The measures of a run's tables, read column by column, so that a million posts need not be in memory with their texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.dataset as ds

from analysis import tables
from analysis.measure import codes_of, measure, term_posts
from analysis.pipeline.run import Run
from analysis.tables import CONTENT_LAYERS

_TEXTS = ("url", "source", "text", "author_key", "sender_keys")  # columns of posts that no number is made of, but for terms
_DAYS = "days_overdue"


class Shelf:
    """The tables of a run: those that are being made, else those of its folder."""

    def __init__(self, run: Run, made: Path) -> None:
        self._folders = (made, run.folder)

    def read(self, name: str, leave_out: tuple[str, ...] = (), where: ds.Expression | None = None) -> pd.DataFrame:
        """A table without some of its columns, and with some of its rows alone."""
        columns = [column for column in tables.table(name).column_names if column not in leave_out]
        return tables.read(name, self._folder(name), columns, where)

    def _folder(self, name: str) -> Path:
        return next((f for f in self._folders if (f / f"{name}.parquet").exists()), self._folders[-1])

    def lengths(self) -> np.ndarray[Any, Any]:
        """The characters of each post's text, file by file."""
        lengths = [tables.read_part(path, ["text"])["text"].str.len().to_numpy() for path in tables.parts("posts", self._folder("posts"))]
        return np.concatenate(lengths)


def measure_run(run: Run, made: Path) -> str:
    """Make the table `measures`, put it beside the others that are being made, and say what was measured."""
    shelf, codes = Shelf(run, made), codes_of(run.book)
    posts = shelf.read("posts", _TEXTS)
    wanted = term_posts(posts)
    posts["n_text"] = shelf.lengths()
    texts = shelf.read("posts", tuple(c for c in tables.table("posts").column_names if c not in ("post_id", "text")), _among(wanted))
    claims = shelf.read("claims", ("surface", "sentence"))
    is_day = claims["quantity"] == _DAYS
    days = shelf.read("claims", where=ds.field("quantity") == _DAYS)
    claims["sentence"] = pd.Series(pd.NA, index=claims.index, dtype="str").mask(is_day, days["sentence"].set_axis(claims.index[is_day]))
    extras = {
        "blocks": shelf.read("blocks", where=_among(wanted) & ds.field("layer").isin(CONTENT_LAYERS)),
        "contacts": shelf.read("contacts", ("value",)),
        "contradictions": shelf.read("contradictions"),
        "claims": claims,
        "ties": shelf.read("ties", ("quote",)),
        "sentences": shelf.read("mentions", ("cue", "status_cue", "secondary"), _among(days["post_id"])),
    }
    posts["text"] = posts["post_id"].map(texts.set_index("post_id")["text"]).astype("str")
    mentions = shelf.read("mentions", ("cue", "sentence", "status_cue", "secondary"))
    measures = measure(posts, mentions, shelf.read("dropped"), codes, extras)
    tables.put("measures", tables.check("measures", measures), made)
    return f"measure: {len(measures):,} numbers, {len(extras['claims']):,} claims of numbers and laws"


def _among(post_ids: pd.Series) -> ds.Expression:
    return ds.field("post_id").isin(pyarrow.array(post_ids.drop_duplicates().tolist(), pyarrow.large_string()))
