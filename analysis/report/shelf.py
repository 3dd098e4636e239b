"""A run's tables as a report needs them: of each the columns that numbers and choices are made of, and the words of few rows.

A million posts have some twenty million mentions. Their texts, sentences and addresses stay on the disk; what is shown of them is
read for the rows that are shown alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.dataset as ds

from analysis.tables import among, parts, read, table

NAMES = ("raw", "posts", "blocks", "dropped", "contacts", "mentions", "contradictions", "measures", "claims", "ties")
CHECKED = frozenset({"dropped", "contradictions", "measures"})  # read whole
LIGHT = {
    "raw": ("raw_id",),
    "posts": (
        "post_id", "raw_id", "site", "title", "genre", "on_topic", "off_topic_class", "published_at", "date_precision", "n_chars",
        "solicitation", "tone", "flags", "template_id", "duplicate_of",
    ),
    "contacts": ("post_id", "start", "end", "kind"),
    "mentions": ("post_id", "start", "rule_id", "end", "theme", "layer", "status", "polarity"),
    "claims": ("post_id", "start", "end", "quantity", "fact_id", "verdict", "status", "layer"),
    "ties": ("post_id", "kind", "key", "start", "end"),
}  # fmt: skip
WORDS = {  # what is read of single rows
    "raw": ("raw_id", "source", "url", "digest"),
    "posts": ("post_id", "raw_id", "title", "text", "site", "published_at", "date_precision", "source"),
    "mentions": (
        "post_id", "start", "rule_id", "end", "cue", "theme", "layer", "sentence", "status", "status_cue", "actor", "polarity",
    ),
    "claims": ("post_id", "start", "end", "quantity", "surface", "sentence"),
    "ties": ("post_id", "key", "start", "quote"),
}  # fmt: skip


class Shelf(dict[str, pd.DataFrame]):
    """The tables of a folder by name, each read when it is first asked for; what is put in stands for the one on the disk."""

    def __init__(self, folder: Path, ready: dict[str, pd.DataFrame] | None = None) -> None:
        super().__init__(ready or {})
        self.folder = folder
        self._wanted: dict[str, set[Hashable]] = defaultdict(set)
        self._known: dict[str, dict[Hashable, Any]] = defaultdict(dict)
        for name in NAMES:
            parts(name, folder)  # a table that is not there is told of at once

    def __missing__(self, name: str) -> pd.DataFrame:
        self[name] = read(name, self.folder) if name in CHECKED else self.light(name)
        return self[name]

    def light(self, name: str, where: ds.Expression | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The columns of a table that numbers and choices are made of (or some), of all or some rows; not kept."""
        return read(name, self.folder, columns or LIGHT[name], where)

    def rows(self, name: str, where: ds.Expression, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Some rows of a table as they are at rest, whole or some columns of them."""
        return read(name, self.folder, columns, where)

    def changed(self, **frames: pd.DataFrame) -> Shelf:
        """The same shelf with some tables in the place of its own."""
        return Shelf(self.folder, {**self, **frames})

    def want(self, name: str, keys: Iterable[Hashable]) -> None:
        """Say which rows will be asked for, so that all are read at once."""
        self._wanted[name].update(keys)

    def row(self, name: str, key: Hashable) -> Any | None:
        """One row with its words, as a named tuple; None where there is none. `key` as in `want`: the key of the table."""
        known = self._known[name]
        if key not in known:
            self._wanted[name].add(key)
            wanted = self._wanted.pop(name) - known.keys()
            known.update(dict.fromkeys(wanted))
            known.update(self._read(name, wanted))
        return known[key]

    def _read(self, name: str, wanted: set[Hashable]) -> dict[Hashable, Any]:
        columns = list(table(name).key)
        ids = (key[0] if isinstance(key, tuple) else key for key in wanted)
        found = self.rows(name, among(columns[0], map(str, ids)), WORDS[name])
        keys = found[columns[0]].tolist() if len(columns) == 1 else list(zip(*(found[c].tolist() for c in columns), strict=True))
        at = [place for place, key in enumerate(keys) if key in wanted]
        rows = found.iloc[at].astype(object).where(found.iloc[at].notna(), None)
        return {keys[place]: row for place, row in zip(at, rows.itertuples(index=False), strict=True)}
