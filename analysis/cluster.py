"""A Dask cluster as an engine: the same functions, run by its workers; what a lost worker had in hand is done again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from analysis.engine import AHEAD, Part, Piece
from analysis.problems import DataProblem

try:
    import distributed
except ImportError:
    raise DataProblem("the engine dask wants the extra cluster: pip install '.[cluster]'.") from None

PATIENCE = 20  # seconds for the scheduler to answer
LOSSES = 3  # times that a piece of work which failed, for want of a disk for one, is tried again


class Cluster:
    """The workers of a scheduler. They must see the same folders, and have the same version of the project installed."""

    is_elsewhere = True

    def __init__(self, client: Any) -> None:
        self._client = client

    def map(self, function: Callable[[Piece], Part], pieces: Iterable[Piece]) -> Iterator[Part]:
        waiting: deque[Any] = deque()
        for piece in pieces:
            waiting.append(self._client.submit(function, piece, pure=False, retries=LOSSES))
            if len(waiting) > AHEAD * max(1, len(self._client.nthreads())):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """A cluster by its scheduler's address, as tcp://127.0.0.1:8786."""
    try:
        client: Any = cast(Any, distributed).Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        start = "Start one with `dask scheduler`, and workers with `dask worker`."
        raise DataProblem(f"{address}: no Dask scheduler answers ({error}). {start}") from None
    try:
        yield Cluster(client)
    finally:
        client.close()
