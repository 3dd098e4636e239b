"""What two texts are compared by, of the texts of all parts: read from the parts' files when asked for, and not kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from analysis.clean.census import Part, opened
from analysis.clean.columns import Columns
from analysis.clean.forms import Keyed
from analysis.clean.overlaps import Runs
from analysis.clean.shingles import Places
from analysis.clean.traces import Texts


class _Kept:
    """Keys of texts in a file of an array; a mapped file would fill the memory with all that was ever looked at."""

    def __init__(self, file: IO[bytes], bounds: Places) -> None:
        np.lib.format.read_magic(file)
        _, _, self._type = np.lib.format.read_array_header_1_0(file)
        self._file, self._bounds, self._start = file, bounds, file.tell()

    def of(self, place: int) -> NDArray[Any]:
        """The keys of one text."""
        first, end = self._bounds[place : place + 2].tolist()
        size = self._type.itemsize
        self._file.seek(self._start + size * first)
        return np.frombuffer(self._file.read(size * (end - first)), dtype=self._type)


class Shelf:
    """The texts of the columns, from parts in memory or in folders, whose files are open until the shelf is closed."""

    def __init__(self, columns: Columns, parts: Sequence[Part]) -> None:
        self._parts, self._stack = parts, ExitStack()
        self._bounds: list[int] = columns.bounds.tolist()
        self._rows = columns.rows
        self._part = np.searchsorted(columns.bounds, columns.rows, side="right") - 1
        self._words: dict[int, Texts] = {}
        self._runs: dict[int, Sequence[Keyed | _Kept]] = {}

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def words(self, text: int) -> str:
        """The words of a text."""
        part = int(self._part[text])
        if part not in self._words:
            self._words[part] = opened(self._parts[part]).words
        return self._words[part][int(self._rows[text]) - self._bounds[part]]

    def runs(self, text: int) -> Runs:
        """The runs of two characters of its words beside quoted law."""
        part = int(self._part[text])
        if part not in self._runs:
            self._runs[part] = self._open(self._parts[part])
        place = int(self._rows[text]) - self._bounds[part]
        return Runs(*(keys.of(place) for keys in self._runs[part]))

    def _open(self, part: Part) -> Sequence[Keyed | _Kept]:
        if not isinstance(part, Path):
            return part.short, part.far
        made = opened(part)
        files = [self._stack.enter_context((part / f"{name}_keys.npy").open("rb", buffering=0)) for name in ("short", "far")]
        return [_Kept(file, keyed.bounds) for file, keyed in zip(files, (made.short, made.far), strict=True)]
