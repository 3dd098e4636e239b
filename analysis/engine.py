"""Where a stage runs: in this process, or on this machine's cores. The result is the same, byte for byte.

A stage is a plain function over a batch of rows; the engine cuts a table into batches, runs them and puts the parts back
in order, so that neither the number of workers nor the size of a batch shows in what comes out.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import pandas as pd
from tqdm import tqdm

BATCH_ROWS = 64  # small enough that two workers share 300 pages evenly; chosen, not measured

Part = TypeVar("Part")


def batches(frame: pd.DataFrame, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
    """The frame in pieces of so many rows, in order; a frame without rows is one empty piece.

    >>> [len(b) for b in batches(pd.DataFrame({"a": range(5)}), rows=2)]
    [2, 2, 1]
    """
    if frame.empty:
        yield frame
    for start in range(0, len(frame), rows):
        yield frame.iloc[start : start + rows]


def run(
    function: Callable[[pd.DataFrame], Part], frame: pd.DataFrame, workers: int = 1, name: str = ""
) -> list[Part]:
    """The function's result for each batch of the frame, in order.

    With more than one worker the function must be picklable: a function of a module, or `functools.partial` of one.
    """
    pieces = list(batches(frame))
    if workers <= 1 or len(pieces) == 1:
        return list(_shown(map(function, pieces), len(pieces), name))
    # Fork would copy a threaded parent; spawn starts clean and behaves alike on every system.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(pieces)), mp_context=context) as pool:
        return list(_shown(pool.map(function, pieces), len(pieces), name))


def _shown(parts: Iterable[Part], total: int, name: str) -> Iterator[Part]:
    yield from tqdm(parts, total=total, desc=name, unit="batch", leave=False, disable=not sys.stderr.isatty())
