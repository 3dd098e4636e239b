"""Where work runs: in this process, on this machine's cores, or on a cluster. The result is the same, byte for byte.

Work is a plain function and a row of pieces; an engine runs it over the pieces and gives the results in order, so that
neither the number of workers nor the place of a piece shows in what comes out.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

import pandas as pd

BATCH_ROWS = 64  # small enough that two workers share 300 pages evenly; chosen, not measured

AHEAD = 3  # pieces a worker has in hand or waiting, so that none is idle and memory stays small; chosen, not measured

Piece = TypeVar("Piece")
Part = TypeVar("Part")


class Engine(Protocol):
    """Runs a function over pieces. With more than this process, function and pieces must be picklable."""

    is_elsewhere: bool  # whether other machines do the work, which then read and write for themselves

    def map(self, function: Callable[[Piece], Part], pieces: Iterable[Piece]) -> Iterator[Part]:
        """The function's result for each piece, in order, as it comes; no more pieces are taken than the workers can hold."""
        ...


class Here:
    """This process."""

    is_elsewhere = False

    def map(self, function: Callable[[Piece], Part], pieces: Iterable[Piece]) -> Iterator[Part]:
        return map(function, pieces)


class Processes:
    """Processes of this machine."""

    is_elsewhere = False

    def __init__(self, pool: ProcessPoolExecutor, workers: int) -> None:
        self._pool, self._most = pool, AHEAD * workers

    def map(self, function: Callable[[Piece], Part], pieces: Iterable[Piece]) -> Iterator[Part]:
        waiting: deque[Future[Part]] = deque()
        for piece in pieces:
            waiting.append(self._pool.submit(function, piece))
            if len(waiting) > self._most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def opened(workers: int = 1, scheduler: str | None = None) -> Iterator[Engine]:
    """An engine for as long as it is wanted: a Dask cluster where a scheduler's address is given, else `workers` processes."""
    if scheduler is not None:
        from analysis.cluster import connected  # an extra, wanted by few

        with connected(scheduler) as cluster:
            yield cluster
    elif workers <= 1:
        yield Here()
    else:
        # Fork would copy a threaded parent; spawn starts clean and behaves alike on every system.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            yield Processes(pool, workers)


def batches(frame: pd.DataFrame, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
    """The frame in pieces of so many rows, in order; a frame without rows is one empty piece.

    >>> [len(b) for b in batches(pd.DataFrame({"a": range(5)}), rows=2)]
    [2, 2, 1]
    """
    if frame.empty:
        yield frame
    for start in range(0, len(frame), rows):
        yield frame.iloc[start : start + rows]


def run(function: Callable[[pd.DataFrame], Part], frame: pd.DataFrame, workers: int = 1) -> list[Part]:
    """The function's result for each batch of the frame, in order."""
    pieces = list(batches(frame))
    with opened(min(workers, len(pieces))) as engine:
        return list(engine.map(function, pieces))
