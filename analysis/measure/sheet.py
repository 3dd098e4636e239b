"""Blinded coding sheets of a sample, for each coder: XLSX, CSV, Label Studio and one offline HTML page.

A sheet holds texts and empty cells. What the machine said, the address, the stratum and the chance stay in design.csv, which
coders don't get. A coder reads the content layers only, since those are what is counted; each has an own order. A text never
runs: cells that a spreadsheet would take for a formula are marked as text, and the page sets strings as text.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from analysis.codebook import Codebook
from analysis.lexicon import load_yaml
from analysis.problems import DataProblem, choices
from analysis.tables import CONTENT_LAYERS, FAMILIES

WORDS = "lexicon/sheet.yml"
FIRST = ("unit", "coder", "text", "done")  # columns of a sheet before those of the themes
LETTERS = "".join(family[0] for family in FAMILIES)
CELLS = ("0", *("".join(some) for n in range(1, 5) for some in combinations(LETTERS, n)))  # what a cell may hold
_CELL_LIMIT = 32_000  # Excel holds 32,767 characters
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_EPOCH = datetime.datetime(2026, 1, 1)  # a workbook's times have no zone


class Theme(NamedTuple):
    """A theme as coders see it: its slug, and name and definition in both languages."""

    slug: str
    zh: str
    en: str
    zh_what: str
    en_what: str


@dataclass(frozen=True)
class Sheet:
    """One coder's sheet: what it is called, whose it is, the units in their order with their texts, the themes."""

    name: str
    coder: str
    units: tuple[tuple[str, str], ...]
    themes: tuple[Theme, ...]


def themes_of(book: Codebook, wanted: Sequence[str] = ()) -> tuple[Theme, ...]:
    """The codebook's themes as coders see them, all or those wanted.

    >>> from analysis.codebook import load
    >>> themes_of(load(), ["threats"])[0].zh  # threats
    '威胁恐吓'
    """
    unknown = sorted(set(wanted) - set(book.by_slug))
    if unknown:
        raise DataProblem(f"theme {unknown[0]!r} is not in the codebook. {choices('Themes', book.by_slug)}")
    kept = [t for t in book.themes if not wanted or t.slug in wanted]
    return tuple(Theme(t.slug, t.zh, t.en, t.definition.zh, t.definition.en) for t in kept)


def texts(posts: pd.DataFrame, blocks: pd.DataFrame, design: pd.DataFrame) -> dict[str, str]:
    """The content layers of each drawn post, a block a line, by the unit's name."""
    drawn = design.loc[design["unit"] != ""]
    whole = dict(zip(posts["post_id"], posts["text"], strict=True))
    kept = blocks.loc[blocks["layer"].isin(CONTENT_LAYERS) & blocks["post_id"].isin(drawn["post_id"])]
    lines: dict[str, list[str]] = {post: [] for post in drawn["post_id"]}
    kept = kept.sort_values(["post_id", "block"])
    for post, start, end in zip(kept["post_id"], kept["start"], kept["end"], strict=True):
        lines[post].append(whole[post][start:end])
    return {str(row.unit): "\n".join(lines[str(row.post_id)]) for row in drawn.itertuples()}


def sheets(read: dict[str, str], themes: tuple[Theme, ...], coders: int, seed: int) -> list[Sheet]:
    """A sheet for each coder: the same units, each in an order of their own.

    >>> [s.coder for s in sheets({"u1": "甲", "u2": "乙"}, (), 2, 0)]
    ['coder-1', 'coder-2']
    """
    names = sorted(read)
    name = "sheet-" + hashlib.sha256(" ".join(names).encode()).hexdigest()[:10]
    made = []
    for number in range(1, coders + 1):
        order = np.random.default_rng([seed, number]).permutation(len(names))
        made.append(Sheet(name, f"coder-{number}", tuple((names[i], read[names[i]]) for i in order), themes))
    return made


def as_csv(sheet: Sheet) -> bytes:
    """The sheet as CSV with a byte order mark, so that Excel reads its Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_header(sheet))
    for unit, text in sheet.units:
        writer.writerow([unit, sheet.coder, unrun(text), "", *("" for _ in sheet.themes)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def unrun(text: str) -> str:
    """The text without control characters, and with ' in front where a spreadsheet would compute it.

    >>> unrun("=1+1"), unrun("逾期 +3天")  # 3 days overdue
    ("'=1+1", '逾期 +3天')
    """
    clean = _CONTROL.sub("", text)
    runs = clean.startswith("\t") or clean.lstrip().startswith(_FORMULA)
    return "'" + clean if runs else clean


def _header(sheet: Sheet) -> list[str]:
    return [*FIRST, *(f"{t.slug} {t.zh}" for t in sheet.themes)]


def as_xlsx(sheet: Sheet) -> bytes:
    """The sheet as a workbook: cells of themes take only valid codes; a second page explains them."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "codes"
    page.freeze_panes = "D2"
    for column, width in (("A", 13), ("B", 9), ("C", 80), ("D", 6)):
        page.column_dimensions[column].width = width
    for at, allowed in (("D", ("1",)), ("E", CELLS)):
        rule = DataValidation(type="list", formula1=f'"{",".join(allowed)}"', allow_blank=True, showErrorMessage=True)
        last = "D" if at == "D" else _letters(len(FIRST) + max(1, len(sheet.themes)))
        rule.add(f"{at}2:{last}{len(sheet.units) + 1}")
        page.add_data_validation(rule)
    page.append([_cell(page, name, bold=True) for name in _header(sheet)])
    for unit, text in sheet.units:
        page.append([_cell(page, value) for value in (unit, sheet.coder, text)])
    guide = book.create_sheet("guide")
    guide.column_dimensions["A"].width = guide.column_dimensions["B"].width = 28
    guide.column_dimensions["C"].width = guide.column_dimensions["D"].width = 80
    for row in _guide(sheet):
        guide.append([_cell(guide, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return _same_bytes(out.getvalue())


def _cell(page: Any, value: str, bold: bool = False) -> WriteOnlyCell:
    clean = _CONTROL.sub("", value)
    cell = WriteOnlyCell(page, clean if len(clean) <= _CELL_LIMIT else clean[:_CELL_LIMIT] + " […]")
    cell.data_type = "s"  # never a formula, whatever it begins with
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    return cell


def _letters(column: int) -> str:
    """The letters of a column, by its number from 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _guide(sheet: Sheet) -> list[list[str]]:
    words = load_yaml(WORDS)
    rows = [["", "", line["zh"], line["en"]] for line in words["guide"]]
    rows += [[f["letter"], f"{f['zh']} {f['en']}", f["zh_what"], f["en_what"]] for f in words["families"].values()]
    return rows + [[t.slug, f"{t.zh} {t.en}", t.zh_what, t.en_what] for t in sheet.themes]


def _same_bytes(book: bytes) -> bytes:
    """The workbook without the time it was made, so that a rerun gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
            new.writestr(zipfile.ZipInfo(name, _EPOCH.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def as_label_studio(sheet: Sheet) -> bytes:
    """The sheet as Label Studio tasks."""
    same = {"coder": sheet.coder, "themes": " ".join(theme.slug for theme in sheet.themes)}
    tasks = [{"data": {"unit": unit, **same, "text": _CONTROL.sub("", text)}} for unit, text in sheet.units]
    return (json.dumps(tasks, ensure_ascii=False, indent=1) + "\n").encode()


def label_studio_config(themes: Sequence[Theme]) -> bytes:
    """The labelling interface for Label Studio: for each theme, any number of the four status families."""
    lines = ["<View>", '  <Text name="text" value="$text"/>']
    for theme in themes:
        lines.append(f"  <Header value={quoteattr(f'{theme.zh} {theme.en}')}/>")
        lines.append(f'  <Choices name="{theme.slug}" toName="text" choice="multiple" showInline="true">')
        lines += [f'    <Choice value="{family}"/>' for family in FAMILIES]
        lines.append("  </Choices>")
    return ("\n".join([*lines, "</View>"]) + "\n").encode()
