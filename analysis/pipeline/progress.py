"""How far long work has come, for a person at a terminal; nothing is shown where the output is none."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import pandas as pd
from tqdm import tqdm

from analysis.scrape import Unit

Item = TypeVar("Item")


def counted(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The items as they come, counted."""
    yield from tqdm(items, total=total, unit=f" {what}", leave=False, disable=not sys.stderr.isatty())


class Pages:
    """Pages done, their rate, and the time left as the bytes of the sources tell it."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._n, self._before = 0, 0
        self._of_unit = {unit.number: sum(file.n_bytes for file in unit.files) for unit in units}
        self._begun: int | None = None
        total = sum(self._of_unit.values()) or None
        self._bar = tqdm(total=total, unit="B", unit_scale=True, leave=False, disable=not sys.stderr.isatty())

    def read(self, unit: Unit, frame: pd.DataFrame) -> None:
        """A batch of the unit is read; its place in an archive says how much of it."""
        if unit.number != self._begun:
            self._before += self._of_unit.get(-1 if self._begun is None else self._begun, 0)
            self._begun = unit.number
        inside = int(frame["offset"].iloc[-1]) if len(unit.files) == 1 else 0
        self._bar.update(max(0, self._before + min(inside, self._of_unit[unit.number]) - self._bar.n))

    def done(self, pages: int) -> None:
        """So many pages more are coded."""
        self._n += pages
        rate = self._n / max(self._bar.format_dict["elapsed"], 1e-9)
        self._bar.set_postfix_str(f"{self._n:,} pages, {rate:,.0f} a second", refresh=False)

    def close(self) -> None:
        """Take the line away."""
        self._bar.close()
