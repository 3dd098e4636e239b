"""The fixed, arbitrary order of things that are chosen from: the hash of what names them, for one thing or a million.

sha256 of the names with a separator in between; of a million things the first eight bytes, which put them in the same order.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute as pc

BETWEEN = "\x1f"
AT_ONCE = 500_000
Array = np.ndarray[Any, Any]


def mark_of(*parts: object) -> str:
    """A fixed, arbitrary order for things: the hash of what names them.

    >>> mark_of("a", 1) == mark_of("a", 1), mark_of("a", 1) == mark_of("a", 2)
    (True, False)
    """
    return sha256(BETWEEN.join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def ranks(*columns: pd.Series | Array) -> Array:
    """The first eight bytes of the hash of each row, as numbers.

    >>> found = ranks(pd.Series(["a", "a"]), pd.Series([1, 2]))
    >>> [f"{rank:016x}" for rank in found.tolist()] == [mark_of("a", 1)[:16], mark_of("a", 2)[:16]]
    True
    """
    size = len(columns[0])
    found = np.empty(size, dtype=np.uint64)
    named = [_named(column) for column in columns]
    for first in range(0, size, AT_ONCE):
        parts = [(values if codes is None else codes)[first : first + AT_ONCE] for values, codes in named]
        texts = [part if codes is None else values.take(pyarrow.array(part)) for part, (values, codes) in zip(parts, named, strict=True)]
        names = pc.binary_join_element_wise(*texts, pyarrow.scalar(BETWEEN, pyarrow.large_string()))
        hashes = [sha256(name).digest()[:8] for name in names.cast(pyarrow.large_binary()).to_pylist()]
        found[first : first + AT_ONCE] = np.frombuffer(b"".join(hashes), dtype=">u8")
    return found


def _named(column: pd.Series | Array) -> tuple[Any, Array | None]:
    """The texts of a column; of categories each once, with their codes."""
    values: Any = column.array if isinstance(column, pd.Series) else column
    if isinstance(values, pd.Categorical):
        return _texts(values.categories.array), values.codes.astype(np.int32)
    return _texts(values), None


def _texts(values: Any) -> Any:
    found = pyarrow.array(values)
    found = found.combine_chunks() if isinstance(found, pyarrow.ChunkedArray) else found
    return found.cast(pyarrow.large_string())
