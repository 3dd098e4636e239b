"""How sources are cut into units and parts, so that any engine can take them one by one and all give the same tables.

A unit is a file, or a run of small ones: what one machine of a cluster reads by itself. A part is 4,096 records of a unit:
what stands in one file of each table. Both follow from the sources alone, never from workers or batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.problems import DataProblem
from analysis.scrape.fetched import Reading
from analysis.scrape.files import File, files_of

PART_RECORDS = 4096  # a multiple of a batch; some 10 to 20 MB of tables, compressed; chosen, not measured
UNIT_BYTES = 1 << 28  # small files are taken together up to this size


class Unit(NamedTuple):
    """The files of a unit, and its place among all units."""

    number: int
    files: tuple[File, ...]


def plan(sources: Sequence[str | Path], reading: Reading) -> list[Unit]:
    """The units of the sources, in order; what is passed over while they are listed is said in `reading`.

    >>> plan([], Reading())
    Traceback (most recent call last):
    analysis.problems.DataProblem: no source was given. Name at least one file or folder.
    """
    if not sources:
        raise DataProblem("no source was given. Name at least one file or folder.")
    units: list[Unit] = []
    waiting: list[File] = []
    n_bytes = 0
    for file in _files(sources, reading):
        if waiting and (len(waiting) == PART_RECORDS or n_bytes + file.n_bytes > UNIT_BYTES):
            units.append(Unit(len(units), tuple(waiting)))
            waiting, n_bytes = [], 0
        waiting.append(file)
        n_bytes += file.n_bytes
    return [*units, Unit(len(units), tuple(waiting))] if waiting else units


def _files(sources: Sequence[str | Path], reading: Reading) -> Iterator[File]:
    names: Counter[str] = Counter()
    for place, source in enumerate(sources):
        for file in files_of(source, reading):
            yield file._replace(source=place, occurrence=names[file.name])
            names[file.name] += 1
