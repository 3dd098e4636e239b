"""Where a stage runs: in this process, or on this machine's cores. The result is the same, byte for byte.

A stage is a plain function over a batch of rows; the engine cuts a table into batches, runs them and puts the parts back
in order, so that neither the number of workers nor the size of a batch shows in what comes out.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

import pandas as pd
from tqdm import tqdm

BATCH_ROWS = 64  # small enough that two workers share 300 pages evenly; chosen, not measured

AHEAD = 3  # pieces a worker has in hand or waiting, so that none is idle and memory stays small; chosen, not measured

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


def run(function: Callable[[pd.DataFrame], Part], frame: pd.DataFrame, workers: int = 1, name: str = "") -> list[Part]:
    """The function's result for each batch of the frame, in order."""
    pieces = list(batches(frame))
    return list(stream(function, pieces, min(workers, len(pieces)), name, len(pieces)))


def stream(
    function: Callable[[pd.DataFrame], Part], pieces: Iterable[pd.DataFrame], workers: int = 1, name: str = "", total: int | None = None
) -> Iterator[Part]:
    """The function's result for each piece, in order, as it comes; no more pieces are taken than the workers can hold.

    With more than one worker the function must be picklable: a function of a module, or `functools.partial` of one.
    """
    yield from tqdm(
        _results(function, pieces, workers), total=total, desc=name, unit="batch", leave=False, disable=not sys.stderr.isatty()
    )


def _results(function: Callable[[pd.DataFrame], Part], pieces: Iterable[pd.DataFrame], workers: int) -> Iterator[Part]:
    if workers <= 1:
        yield from map(function, pieces)
        return
    # Fork would copy a threaded parent; spawn starts clean and behaves alike on every system.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting: deque[Future[Part]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(function, piece))
            if len(waiting) > AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
