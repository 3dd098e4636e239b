"""Tables of posts that others made: .jsonl, .csv and .parquet with a `text` or an `html` column, row by row.

Optional columns: url, title, fetched_at. A row's number counts from 1, as a reader of the file counts.
"""

from __future__ import annotations

import codecs
import html
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.parquet

from analysis.problems import DataProblem
from analysis.scrape.fetched import Fetched, moment

SUFFIXES = (".jsonl", ".ndjson", ".csv", ".parquet")
_BATCH = 1000
_HAS_TITLE = re.compile(r"<title[\s>]", re.IGNORECASE)


class NoContentColumn(DataProblem):
    """A table with neither a `text` nor an `html` column: perhaps no table of posts at all."""


def read_records(path: Path, name: str) -> Iterator[Fetched]:
    """The rows of a table as records; `source` is its name and the row's number: "posts.csv:17".

    A row's content is its html, else its text, in UTF-8; a title goes before a text that does not begin with it, and into
    html that has no <title>. A row with neither is given with no content, so that it is dropped with a reason.
    """
    rows = {".csv": _csv_rows, ".parquet": _parquet_rows}.get(path.suffix.lower(), _jsonl_rows)(path)
    for number, row in rows:
        if number == 1 or (not {"text", "html"} & row.keys()):
            _check_columns(path, row)
        where = f"{path}, row {number}"
        text, is_html = _content(row, where)
        yield Fetched(
            source=f"{name}:{number}",
            archive=str(path),
            offset=number,
            content=text.encode("utf-8", "surrogatepass"),
            media_type="text/html" if is_html else "text/plain",
            charset="utf-8",
            url=_string(row, "url", where),
            fetched_at=moment(row.get("fetched_at"), f"{where}: fetched_at"),
        )


def _check_columns(path: Path, row: Mapping[str, object]) -> None:
    if not {"text", "html"} & row.keys():
        found = ", ".join(map(str, row)) or "none"
        raise NoContentColumn(f"{path}: no column text or html. Columns found: {found}. Name the column of the posts so.")


def _content(row: Mapping[str, object], where: str) -> tuple[str, bool]:
    title = _string(row, "title", where)
    page = _string(row, "html", where)
    if page is not None:
        if title and not _HAS_TITLE.search(page[:20_000]):
            page = f"<title>{html.escape(title)}</title>\n{page}"
        return page, True
    text = _string(row, "text", where) or ""
    if title and text.lstrip().split("\n", 1)[0].strip() != title.strip():
        text = f"{title.strip()}\n{text}"
    return text, False


def _string(row: Mapping[str, object], column: str, where: str) -> str | None:
    value = row.get(column)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if not isinstance(value, str):
        raise DataProblem(f"{where}: {column} is {value!r}, not text. Write that column as text.")
    return value if value.strip() else None


def encoding_of(path: Path) -> str:
    """utf-8-sig or gb18030: the first that the whole file can be read in; neither is a DataProblem.

    The whole file is tried, a part at a time: a table that is ASCII for its first thousand rows says nothing there.
    """
    for encoding in ("utf-8-sig", "gb18030"):
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


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        parts = pd.read_csv(
            path, encoding=encoding_of(path), dtype=str, keep_default_na=False, chunksize=_BATCH, index_col=False
        )
        number = 0
        with parts:
            for part in parts:
                if part.empty:
                    _check_columns(path, dict.fromkeys(map(str, part.columns)))
                for row in part.to_dict("records"):
                    number += 1
                    yield number, {str(k): v for k, v in row.items()}
    except pd.errors.EmptyDataError:
        raise DataProblem(f"{path}: the file is empty. It wants a header line with a column text or html.") from None
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataProblem(f"{path}: not readable as CSV ({str(error).strip()}). Write it again with quoted fields.") from None


def _jsonl_rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    with path.open(encoding=encoding_of(path), newline="\n") as lines:
        yield from _json_objects(path, lines)


def _json_objects(path: Path, lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataProblem(f"{path}, line {number}: not JSON ({error}). Mend the line, or delete it.") from None
        if not isinstance(row, dict):
            raise DataProblem(f"{path}, line {number}: not a JSON object but {type(row).__name__}. One object a line is wanted.")
        yield number, row


def _parquet_rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            _check_columns(path, dict.fromkeys(names))
            wanted = [c for c in ("text", "html", "title", "url", "fetched_at") if c in names]
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise DataProblem(f"{path}: not a readable Parquet file ({error}). Write it again.") from None
