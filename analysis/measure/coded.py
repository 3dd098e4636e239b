"""Reads coded sheets back, whatever their format, and checks every row: nothing is guessed, nothing left out unseen.

Formats: XLSX and CSV as `sheet` wrote them, the file that the HTML page saves, an export of Label Studio (JSON), and the
adjudication sheet with its column `final`. A unit counts as coded when it is marked done; its empty themes are then absent ones.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from analysis.measure.coded_json import Coded, label_studio_rows, page_rows
from analysis.measure.coded_measures import HumanCodes
from analysis.measure.sampling import DESIGN_COLUMNS
from analysis.measure.sheet import FIRST, LETTERS
from analysis.problems import DataProblem, choices
from analysis.tables import FAMILIES

YES, NO = ("1", "1.0", "true", "yes", "x", "是"), ("", "0", "0.0", "false", "no", "否")
_FAMILY_OF = dict(zip(LETTERS, FAMILIES, strict=True))


class Settled(NamedTuple):
    """One row of an adjudication sheet that was filled in."""

    where: str
    unit: str
    theme: str
    code: str


Cells = list[list[str]]
_BROKEN_WORKBOOK = (
    *(zipfile.BadZipFile, zlib.error, EOFError, ElementTree.ParseError, InvalidFileException, NotImplementedError, RuntimeError),
    *(AttributeError, IndexError, KeyError, TypeError, ValueError, OSError),  # what openpyxl meets in a damaged one
)


def read_design(path: Path) -> pd.DataFrame:
    """The design that `sheet` wrote; a file that is none is an error."""
    try:
        design = pd.read_csv(path, dtype={"post_id": "str", "unit": "str", "stratum": "str"}, keep_default_na=False)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataProblem(f"{path}: not a readable design ({error}). It is design/design.csv of the command `sheet`.") from None
    absent = [name for name in DESIGN_COLUMNS if name not in design.columns]
    if absent:
        raise DataProblem(f"{path}: no column {absent[0]}. {choices('A design has', DESIGN_COLUMNS)}")
    return design


def read_codes(paths: Sequence[Path], design: pd.DataFrame, themes: Sequence[str]) -> HumanCodes:
    """What the coders gave to the units of the design, from all files together; `themes` are those of the codebook."""
    units = sorted(design.loc[design["unit"] != "", "unit"])
    given: list[Coded] = []
    settled: list[Settled] = []
    seen: list[str] = []
    for path in paths:
        rows, named, settles = _read(path, units, themes)
        given += rows
        settled += settles
        seen += [name for name in named if name not in seen]
    _check(given, units)
    kept = tuple(t for t in themes if t in seen)
    coders = tuple(sorted({row.coder for row in given}))
    says = np.zeros((len(coders), len(kept), len(FAMILIES), len(units)), dtype=bool)
    coded = np.zeros((len(coders), len(units)), dtype=bool)
    final = np.full(says.shape[1:], np.nan)
    place = {unit: n for n, unit in enumerate(units)}
    for row in (r for r in given if r.done):
        coded[coders.index(row.coder), place[row.unit]] = True
        for theme, code in row.codes.items():
            says[coders.index(row.coder), kept.index(theme), :, place[row.unit]] = [letter in code for letter in LETTERS]
    for item in settled:
        if item.theme not in kept:
            raise DataProblem(f"{item.where}: theme {item.theme!r} is not in the coders' sheets. {choices('Themes', kept)}")
        final[kept.index(item.theme), :, place[item.unit]] = [letter in item.code for letter in LETTERS]
    return HumanCodes(coders, kept, tuple(units), says, coded, final)


def _check(given: Sequence[Coded], units: Sequence[str]) -> None:
    if not given:
        raise DataProblem("no coded row in the files given. Give at least one sheet that a coder filled in.")
    first: dict[tuple[str, str], str] = {}
    for row in given:
        if (row.coder, row.unit) in first:
            raise DataProblem(f"{row.where}: {row.coder} has unit {row.unit} twice, first in {first[row.coder, row.unit]}. Leave one.")
        first[row.coder, row.unit] = row.where
    for coder in sorted({row.coder for row in given}):
        own = [row for row in given if row.coder == coder]
        if not any(row.done for row in own):
            raise DataProblem(f"{own[0].where.split(',')[0]}: {coder} has coded nothing, no row is done. Mark rows, or leave it out.")
        missing = sorted(set(units) - {row.unit for row in own})
        if missing:
            raise DataProblem(f"{own[0].where.split(',')[0]}: {coder} lacks unit {missing[0]}, {len(missing)} in all. Give all rows.")


def _read(path: Path, units: Sequence[str], themes: Sequence[str]) -> tuple[list[Coded], list[str], list[Settled]]:
    kind = path.suffix.lower()
    if kind not in _READERS:
        raise DataProblem(f"{path}: unknown kind of file. {choices('Kinds', _READERS)}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataProblem(f"{path}: not readable ({error.strerror}).") from None
    if kind == ".json":
        rows, named = _read_json(path, content, units, themes)
        return rows, named, []
    header, table = _named(path, _READERS[kind](path, content))
    if "final" in header:
        return [], [], [s for where, row in table for s in _settled(where, row, units, themes)]
    if not table:
        raise DataProblem(f"{path}: no coded row below its header. Give the sheet that the coder filled in.")
    absent = [name for name in FIRST if name != "text" and name not in header]
    if absent:
        raise DataProblem(f"{path}: no column {absent[0]}. A sheet of `sheet` has unit, coder, done, and one a theme.")
    columns = {name: name.split()[0] for name in header if name and name not in FIRST}
    for slug in columns.values():
        _known(slug, themes, f"{path}, row 1: column", "themes")
    coded = [
        Coded(
            where,
            row["coder"] or "unnamed",
            _known(row["unit"], units, f"{where}: unit", "design"),
            _done(row["done"], where),
            {slug: letters_of(row[name], f"{where}, {slug}") for name, slug in columns.items()},
        )
        for where, row in table
        if any(row.values())
    ]
    return coded, list(columns.values()), []


def _settled(where: str, row: Mapping[str, str], units: Sequence[str], themes: Sequence[str]) -> Iterator[Settled]:
    if row["final"] == "":
        return
    unit = _known(row.get("unit", ""), units, f"{where}: unit", "design")
    theme = _known(row.get("theme", ""), themes, f"{where}: theme", "themes")
    yield Settled(where, unit, theme, letters_of(row["final"], where))


def letters_of(cell: str, where: str) -> str:
    """The letters of a cell in their order, "" for none; anything else is an error that says where.

    >>> letters_of(" RC ", "row 2"), letters_of("0", "row 3")
    ('cr', '')
    """
    found = "".join(unicodedata.normalize("NFKC", cell).lower().replace(",", " ").split())
    if found in ("", "0", "0.0"):
        return ""
    if set(found) - set(LETTERS):
        allowed = ", ".join(f"{letter} {family}" for letter, family in _FAMILY_OF.items())
        raise DataProblem(f"{where}: unknown code {cell!r}. Allowed are 0 or empty, or letters together: {allowed}.")
    return "".join(letter for letter in LETTERS if letter in found)


def _known(name: str, names: Sequence[str], where: str, of: str) -> str:
    if name in names:
        return name
    told = choices("Themes", names) if of == "themes" else "Is this the design.csv of that sheet?"
    raise DataProblem(f"{where} {name!r} is not in the {'codebook' if of == 'themes' else 'design'}. {told}")


def _done(cell: str, where: str) -> bool:
    mark = cell.strip().lower()
    if mark not in (*YES, *NO):
        raise DataProblem(f"{where}: done is {cell!r}. Write 1 where the post is coded, nothing where it is not.")
    return mark in YES


def _csv_rows(path: Path, content: bytes) -> Cells:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:  # Excel on a Chinese Windows saves so
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise DataProblem(f"{path}: neither UTF-8 nor GB 18030. Save it as CSV UTF-8.") from None
    csv.field_size_limit(10_000_000)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise DataProblem(f"{path}: not readable as CSV ({error}).") from None


def _xlsx_rows(path: Path, content: bytes) -> Cells:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [["" if v is None else str(v) for v in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except _BROKEN_WORKBOOK as error:
        raise DataProblem(f"{path}: not a readable workbook ({error}). Save it as .xlsx or .csv.") from None


def _named(path: Path, found: Cells) -> tuple[list[str], list[tuple[str, dict[str, str]]]]:
    """The header, and each row below it with its place and its cells by column."""
    if not found or not any(found[0]):
        raise DataProblem(f"{path}: no header in the first row. Give the sheet as `sheet` wrote it.")
    header = [name.strip() for name in found[0]]
    table = []
    for number, row in enumerate(found[1:], start=2):
        cells = [*row, *[""] * (len(header) - len(row))]
        table.append((f"{path}, row {number}", {name: cell.strip() for name, cell in zip(header, cells, strict=False)}))
    return header, table


_READERS: dict[str, Callable[[Path, bytes], Cells]] = {".xlsx": _xlsx_rows, ".csv": _csv_rows, ".json": _csv_rows}


def _read_json(path: Path, content: bytes, units: Sequence[str], themes: Sequence[str]) -> tuple[list[Coded], list[str]]:
    try:
        found: Any = json.loads(content)
        raw, named = label_studio_rows(path, found) if isinstance(found, list) else page_rows(path, found, units)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataProblem(f"{path}: not readable as JSON ({error}). Save the page's file again.") from None
    except (AttributeError, KeyError, TypeError) as error:
        raise DataProblem(f"{path}: JSON of another form ({error}). Give the page's file, or an export of Label Studio as JSON.") from None
    for theme in named:
        _known(theme, themes, f"{path}: theme", "themes")
    rows = [
        row._replace(
            unit=_known(row.unit, units, f"{row.where}: unit", "design"),
            codes={
                _known(slug, themes, f"{row.where}: theme", "themes"): letters_of(code, f"{row.where}, {slug}")
                for slug, code in row.codes.items()
            },
        )
        for row in raw
    ]
    return rows, named
