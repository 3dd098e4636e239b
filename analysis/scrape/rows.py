"""The rows of a table of posts: CSV and TSV, JSON lines, JSON, Parquet, XLSX. A bad row is said and passed over."""

from __future__ import annotations

import codecs
import csv
import json
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import openpyxl
import pyarrow
import pyarrow.parquet

from analysis.lexicon import load_yaml
from analysis.problems import DataProblem

Numbered = Iterator[tuple[int, Mapping[str, object]]]
SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".xlsx")
_LARGE, _RATIO = 64 << 20, 200  # bytes unpacked, and how many times the packed ones: repeated rows give about 50
_BATCH = 1000
_DEEPEST = 6  # wrappers around a list of records
# What openpyxl lets through where a file is damaged: in the zip, in a sheet's XML, in what the XML should say.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, SyntaxError, LookupError,
    ValueError, TypeError, AttributeError,
)
csv.field_size_limit(1 << 30)  # a page in a field; the module's own limit is 131,072 characters


def rows_of(path: Path, problems: list[str]) -> Numbered:
    """The rows of a table with their numbers, from 1; what cannot be read is added to `problems` with its place."""
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise DataProblem(f"{path}: the file is empty. It wants rows with a column text or html.")
    if suffix in (".csv", ".tsv"):
        return _csv_rows(path, problems)
    if suffix == ".parquet":
        return _parquet_rows(path)
    if suffix == ".xlsx":
        return _xlsx_rows(path, problems)
    return _json_rows(path, problems) if suffix == ".json" else _jsonl_rows(path, problems)


def encoding_of(path: Path) -> str:
    """utf-8-sig, utf-16 (where it begins with its mark) or gb18030: the first that the whole file can be read in.

    None of them is a DataProblem. The whole file is tried, a part at a time: a table that is ASCII for its first thousand
    rows says nothing there.
    """
    with path.open("rb") as file:
        marked = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while part := file.read(1 << 20):
                    decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise DataProblem(f"{path}: neither UTF-8 nor GB18030. Save it as UTF-8.")


def _csv_rows(path: Path, problems: list[str]) -> Numbered:
    with path.open(encoding=encoding_of(path), newline="") as file:
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=_delimiter(file), strict=True)
        header: list[str] | None = None
        number = 0
        while True:
            begins = reader.line_num + 1
            try:
                fields = next(reader, None)
            except csv.Error as error:
                number += 1
                problems.append(f"{path}, row {number}, line {begins}: not readable as CSV ({error}). It was left out.")
                continue
            if fields is None:
                return
            if not any(field.strip() for field in fields):
                continue
            if header is None:
                header = [field.strip() for field in fields]
                continue
            number += 1
            if len(fields) > len(header):
                problems.append(
                    f"{path}, row {number}, line {begins}: {len(fields)} fields where the header has {len(header)}."
                    " It was left out. Write it again with quoted fields."
                )
                continue
            yield number, dict(zip(header, fields, strict=False))


def _delimiter(file: IO[str]) -> str:
    """The mark that parts the header most often; the file stands at its beginning afterwards."""
    header = file.readline()
    file.seek(0)
    counts = Counter(c for c in header if c in ",;\t")
    return counts.most_common(1)[0][0] if counts else ","


def _jsonl_rows(path: Path, problems: list[str]) -> Numbered:
    with path.open(encoding=encoding_of(path), newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                problems.append(f"{path}, line {number}: not JSON ({error}). It was left out. Mend the line, or delete it.")
                continue
            if isinstance(row, dict):
                yield number, row
            else:
                problems.append(f"{path}, line {number}: not a JSON object but {type(row).__name__}. It was left out.")


def _json_rows(path: Path, problems: list[str]) -> Numbered:
    text = path.read_text(encoding=encoding_of(path))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        first = text.lstrip()[:1]
        if first == "{" and len(re.findall(r"^\s*\{", text, re.MULTILINE)) > 1 and "\n" in text.strip():
            yield from _jsonl_rows(path, problems)  # many tools write JSON lines under this name
            return
        yield from _json_up_to_damage(path, text, problems, error)
        return
    rows = list_in(found)
    if rows is None:
        raise DataProblem(f"{path}: no list of records in it. A JSON export is a list of objects, perhaps under data or list.")
    for number, row in enumerate(rows, start=1):
        if isinstance(row, dict):
            yield number, row
        else:
            problems.append(f"{path}, record {number}: not a JSON object but {type(row).__name__}. It was left out.")


def _json_up_to_damage(path: Path, text: str, problems: list[str], error: Exception) -> Numbered:
    """The whole objects of a list that is cut off or broken, one after another up to the damage."""
    decoder = json.JSONDecoder()
    at = text.find("[") + 1
    number = 0
    while at and (begins := re.compile(r"[\s,]*(?=\{)").match(text, at)):
        try:
            row, at = decoder.raw_decode(text, begins.end())
        except (ValueError, RecursionError):
            break
        number += 1
        yield number, row
    problems.append(f"{path}, after record {number}: not JSON ({error}). What follows was left out.")


def list_in(found: object, depth: int = 0) -> list[Any] | None:
    """The list of records in a JSON export: itself, or under the usual names.

    >>> list_in({"result": {"data": {"complaints": [{"title": "a"}]}}})
    [{'title': 'a'}]
    """
    if isinstance(found, list):
        return found
    if not isinstance(found, dict) or depth > _DEEPEST:
        return None
    for name in load_yaml("lexicon/columns.yml")["wrappers"]:
        if name in found and (rows := list_in(found[name], depth + 1)) is not None:
            return rows
    return [found] if any(isinstance(v, str) for v in found.values()) else None


def _parquet_rows(path: Path) -> Numbered:
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise DataProblem(f"{path}: not a readable Parquet file ({error}). Write it again.") from None


def _check_size(path: Path) -> None:
    """Refuse a spreadsheet whose parts unpack to far more than any sheet does: openpyxl holds its texts in memory."""
    with zipfile.ZipFile(path) as package:
        for part in package.infolist():
            if part.file_size > _LARGE and part.file_size > _RATIO * part.compress_size:
                size = f"{part.file_size:,} bytes in {part.compress_size:,}"
                raise DataProblem(f"{path}: {part.filename} unpacks to {size}, as no honest sheet does. Save it again, or as CSV.")


def _xlsx_rows(path: Path, problems: list[str]) -> Numbered:
    """The rows of all sheets, numbered through; each sheet has its own header line, and one without rows is passed over."""
    try:
        _check_size(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _DAMAGE as error:
        raise DataProblem(f"{path}: not a readable XLSX file ({error}). Save it again, or as CSV.") from None
    number = 0
    try:
        for sheet in book.worksheets:
            lines = ([*line] for line in sheet.iter_rows(values_only=True))
            header = next((line for line in lines if any(line)), None)
            for line in lines:
                if header is not None and any(value is not None for value in line):
                    number += 1
                    named = zip(header, line, strict=False)
                    yield number, {str(name): value for name, value in named if name is not None}
    except _DAMAGE as error:
        problems.append(f"{path}, after row {number}: damaged ({error}). What follows was left out.")
    finally:
        book.close()
