"""What a run has made so far, part by part, on disk: what is done stays done when it is stopped, and only the rest is done again.

A draft belongs to one run of certain sources with certain rules; with others it is begun anew. A part is written under
another name and renamed, so that it is there whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.feather

from analysis.clean.traces import Traces, gathered, save
from analysis.scrape import Told
from analysis.scrape.fetched import Reading

FOLDER, KEY, TRACES = ".parts", "key", "traces"

Made = tuple[Mapping[str, pyarrow.Table], Traces]


@dataclass(frozen=True)
class Draft:
    """The folder of the parts."""

    folder: Path

    def done(self, unit: int) -> set[int]:
        """The numbers of the parts of a unit that are there."""
        return {int(path.name.split("-")[1]) for path in self.folder.glob(f"{unit:06d}-*")}

    def told(self, unit: int) -> Told | None:
        """What reading the unit had to say; None where it is not done."""
        path = self.folder / f"{unit:06d}.json"
        if not path.exists():
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
        records = Counter({int(source): n for source, n in found["n_records"].items()})
        return Told(Reading(found["problems"], columns=found["columns"]), found["n_removed"], records)

    def parts(self) -> list[Path]:
        """The folders of all parts, in order."""
        return sorted(path for path in self.folder.glob("[0-9]*-[0-9]*") if path.is_dir())

    def put(self, unit: int, part: int, made: Sequence[Made]) -> None:
        """Write a part from its batches."""
        where = self.folder / f"{unit:06d}-{part:05d}"
        begun = self.folder / f".{where.name}.{os.getpid()}"
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        for name in made[0][0]:
            whole = pyarrow.concat_tables([tables[name] for tables, _ in made])
            pyarrow.feather.write_feather(whole, begun / f"{name}.feather", compression="lz4")
        save(gathered([traces for _, traces in made]), begun / TRACES)
        if where.exists():  # another worker was taken for lost and was not
            shutil.rmtree(begun)
        else:
            os.rename(begun, where)

    def finish(self, unit: int, told: Told) -> None:
        """Write down that a unit is done, and what reading it had to say."""
        path = self.folder / f"{unit:06d}.json"
        begun = path.with_name(f".{path.name}.{os.getpid()}")
        reading = {"problems": told.reading.problems, "columns": told.reading.columns}
        said = {**reading, "n_removed": told.n_removed, "n_records": told.n_records}
        begun.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        os.replace(begun, path)

    def clear(self) -> None:
        """Delete it."""
        shutil.rmtree(self.folder)


def begun(folder: Path, key: str) -> Draft:
    """The draft of a run's folder: the one that is there where it has the same key, else a new one."""
    draft = Draft(folder / FOLDER)
    known = draft.folder / KEY
    if not known.exists() or known.read_text(encoding="utf-8") != key:
        shutil.rmtree(draft.folder, ignore_errors=True)
        draft.folder.mkdir(parents=True)
        known.write_text(key, encoding="utf-8")
    return draft


def table_of(part: Path, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """One table of a part, or some of its columns."""
    frame: pd.DataFrame = pyarrow.feather.read_table(part / f"{name}.feather", columns=columns).to_pandas()
    return frame
