"""The tables that pass between rooms: what a row is, each column's type, unit and meaning, and the checks at each door.

A table is a pandas DataFrame on the way and a Parquet file at rest. `check` refuses a frame that breaks its contract and
says where; `write` checks, orders the columns and replaces the file in one step, so that a reader finds the old table or
the new one and never half of either.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pyarrow
import pyarrow.parquet

from analysis.problems import DataProblem, choices
from analysis.schema import (
    ACTORS,
    CONTENT_LAYERS,
    DATE_PRECISIONS,
    FAMILIES,
    FAMILY_OF_STATUS,
    LAYERS,
    STATUSES,
    TABLES,
    TARGETS,
    TIME,
    TONES,
    ZONE,
    Table,
)

__all__ = [
    "ACTORS",
    "CONTENT_LAYERS",
    "DATE_PRECISIONS",
    "FAMILIES",
    "FAMILY_OF_STATUS",
    "LAYERS",
    "STATUSES",
    "TABLES",
    "TARGETS",
    "TIME",
    "TONES",
    "ZONE",
    "Table",
    "check",
    "dictionary",
    "put",
    "read",
    "replacing",
    "table",
    "write",
]


UNFINISHED = ".unfinished"  # the file that says which tables are being replaced


@cache
def _schema(name: str) -> pa.DataFrameSchema:
    table = TABLES[name]
    columns = {
        c.name: pa.Column(
            c.type,
            nullable=c.missing,
            checks=[pa.Check.isin(c.values)] if c.values else [],
        )
        for c in table.columns
    }
    return pa.DataFrameSchema(columns, unique=list(table.key), strict="filter", ordered=False, name=name)


def table(name: str) -> Table:
    """The table of that name; an unknown name lists the choices."""
    if name not in TABLES:
        raise DataProblem(f"there is no table {name!r}. {choices('Tables', TABLES)}")
    return TABLES[name]


def check(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the table's columns in order and its types, or a DataProblem that says which rows break the contract.

    A column of the contract that is wholly absent is an error; columns beyond it are left out.

    >>> check("dropped", TABLES["dropped"].frame([{"raw_id": "a", "step": "clean", "reason": "no_text"}])).shape
    (1, 4)
    """
    wanted = table(name)
    absent = [c for c in wanted.column_names if c not in frame.columns]
    if absent:
        raise DataProblem(f"{name}: no column {', '.join(absent)}. {choices('Its columns', wanted.column_names)}")
    frame = frame[wanted.column_names]
    try:
        frame = frame.astype({c.name: c.type for c in wanted.columns})
        checked: pd.DataFrame = _schema(name).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        raise DataProblem(_explain(name, error)) from None
    except (TypeError, ValueError) as error:
        raise DataProblem(f"{name}: {error}. Types are in `python -m analysis tables {name}`.") from None
    return checked


def _explain(name: str, error: pa.errors.SchemaErrors) -> str:
    cases = error.failure_cases
    lines = [
        f"{name}, row {case.index}: {case.column} is {case.failure_case!r} ({case.check})"
        for case in cases.head(5).itertuples()
    ]
    more = f"\n… {len(cases)} in all" if len(cases) > 5 else ""
    return "\n".join(lines) + more + f"\nWhat a column may hold: `python -m analysis tables {name}`."


@contextmanager
def replacing(folder: Path, names: Iterable[str]) -> Iterator[None]:
    """While tables of one run are replaced one after another, their names stand in a file; if it stays, `read` refuses them.

    A process killed in between would leave some tables of the new run beside some of the old one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / UNFINISHED
    mark.write_text("\n".join(names), encoding="utf-8")
    yield
    mark.unlink(missing_ok=True)


def write(name: str, frame: pd.DataFrame, folder: Path) -> Path:
    """Check the frame and write `folder/name.parquet`; the file is replaced whole."""
    return put(name, check(name, frame), folder)


def put(name: str, checked: pd.DataFrame, folder: Path) -> Path:
    """Write a frame that `check` has passed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.parquet"
    part = folder / f".{name}.parquet.{os.getpid()}"
    arrow = pyarrow.Table.from_pandas(checked, preserve_index=False)
    try:
        pyarrow.parquet.write_table(arrow, part, compression="zstd", write_statistics=True)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def read(name: str, folder: Path) -> pd.DataFrame:
    """The table of a run's folder, checked; a missing file names the command that makes it."""
    path = folder / f"{table(name).name}.parquet"
    if not path.exists():
        raise DataProblem(f"{path}: no such table. `python -m analysis run SOURCE... --out {folder}` makes it.")
    mark = folder / UNFINISHED
    if mark.exists() and name in mark.read_text(encoding="utf-8").split():
        raise DataProblem(
            f"{folder}: a run was stopped while it replaced its tables, so they may be of two runs. `python -m analysis run SOURCE..."
            f" --out {folder}` makes them anew; where another run is writing, wait for it."
        )
    try:
        frame = pyarrow.parquet.read_table(path).to_pandas()
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise DataProblem(f"{path}: not a readable Parquet file ({error}). Run the stage that makes it again.") from None
    return check(name, frame)


def dictionary(name: str | None = None) -> str:
    """The data dictionary in Markdown: of one table, or of all."""
    parts = []
    for item in TABLES.values() if name is None else [table(name)]:
        lines = [f"## {item.name}", "", f"One row is {item.row}. Key: {', '.join(item.key)}.", ""]
        lines += ["| column | type | may be missing | meaning |", "| --- | --- | --- | --- |"]
        for c in item.columns:
            values = f" One of: {', '.join(c.values)}." if c.values else ""
            lines.append(f"| {c.name} | {c.type} | {'yes' if c.missing else 'no'} | {c.meaning}.{values} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"
