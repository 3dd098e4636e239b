"""The tables that pass between rooms: what a row is, each column's type, unit and meaning, and the checks at each door.

A table is a pandas DataFrame on the way and a Parquet file at rest. `check` refuses a frame that breaks its contract and
says where; `write` checks, orders the columns and replaces the file in one step, so that a reader finds the old table or
the new one and never half of either.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pyarrow
import pyarrow.dataset as ds
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
    "among",
    "check",
    "dictionary",
    "install",
    "parts",
    "put",
    "read",
    "read_part",
    "replacing",
    "save",
    "table",
    "write",
]


_FEW = {
    "mentions": ("post_id", "rule_id", "theme", "layer", "status", "actor", "target", "secondary", "codebook_version"),
    "blocks": ("layer",),
}
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
    """Check the frame and write `folder/name.parquet`; what was there is replaced whole."""
    return put(name, check(name, frame), folder)


def put(name: str, checked: pd.DataFrame, folder: Path) -> Path:
    """Write a frame that `check` has passed."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.parquet.{os.getpid()}"
    try:
        save(checked, part)
        return install(name, [part], folder)
    finally:
        part.unlink(missing_ok=True)


def save(checked: pd.DataFrame, path: Path) -> None:
    """Write a frame that `check` has passed as one Parquet file."""
    arrow = pyarrow.Table.from_pandas(checked, preserve_index=False)
    pyarrow.parquet.write_table(arrow, path, compression="zstd", write_statistics=True)


def install(name: str, files: Sequence[Path], folder: Path) -> Path:
    """Move the parts of a table into the folder: one as `name.parquet`, several as files in a folder of that name."""
    path = folder / f"{name}.parquet"
    old = folder / f".{name}.parquet.old"
    _remove(old)
    if len(files) == 1 and not path.is_dir():
        os.replace(files[0], path)
        return path
    if path.exists():
        os.replace(path, old)
    if len(files) == 1:
        os.replace(files[0], path)
    else:
        path.mkdir()
        for number, file in enumerate(files):
            os.replace(file, path / f"part-{number:05d}.parquet")
    _remove(old)
    return path


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def parts(name: str, folder: Path) -> list[Path]:
    """The files of a run's table, in order: one, or those of its folder; a missing table names the command that makes it."""
    path = folder / f"{table(name).name}.parquet"
    if not path.exists():
        raise DataProblem(f"{path}: no such table. `python -m analysis run SOURCE... --out {folder}` makes it.")
    mark = folder / UNFINISHED
    if mark.exists() and name in mark.read_text(encoding="utf-8").split():
        raise DataProblem(
            f"{folder}: a run was stopped while it replaced its tables, so they may be of two runs. `python -m analysis run SOURCE..."
            f" --out {folder}` makes them anew; where another run is writing, wait for it."
        )
    return sorted(path.glob("part-*.parquet")) if path.is_dir() else [path]


def read(name: str, folder: Path, columns: Sequence[str] | None = None, where: ds.Expression | None = None) -> pd.DataFrame:
    """The table of a run's folder, checked; or some of its columns and rows, as they are at rest.

    A big table need not be in memory whole: `where` is tried file by file, and columns of mentions and blocks with few
    different values come as categories.
    """
    if columns is None and where is None:
        return check(name, pd.concat([read_part(path) for path in parts(name, folder)], ignore_index=True))
    wanted = table(name).column_names if columns is None else list(columns)
    if absent := [column for column in wanted if column not in table(name).column_names]:
        raise DataProblem(f"{name}: no column {absent[0]!r}. {choices('Its columns', table(name).column_names)}")
    few = [column for column in _FEW.get(name, ()) if column in wanted]
    pieces = [_arrow(path, wanted, few, where) for path in parts(name, folder)]
    found: pd.DataFrame = pyarrow.concat_tables(pieces).unify_dictionaries().to_pandas(self_destruct=True)
    for column in few:  # in the order that pandas would give them
        found[column] = found[column].cat.reorder_categories(sorted(found[column].cat.categories))
    return found


def among(column: str, values: Iterable[str]) -> ds.Expression:
    """For `where` of `read`: the rows whose column is one of those values."""
    return ds.field(column).isin(pyarrow.array(sorted(set(values)), pyarrow.large_string()))


def read_part(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """One file of a table as it is at rest."""
    frame: pd.DataFrame = _arrow(path, columns).to_pandas()
    return frame


def _arrow(
    path: Path, columns: Sequence[str] | None, few: Sequence[str] = (), where: ds.Expression | None = None
) -> pyarrow.Table:
    try:
        whole = pyarrow.parquet.read_table(path, columns=None if columns is None else list(columns), filters=where)
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise DataProblem(f"{path}: not a readable Parquet file ({error}). Run the stage that makes it again.") from None
    for name in few:
        place = whole.column_names.index(name)
        whole = whole.set_column(place, name, whole.column(place).dictionary_encode())
    return whole


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
