"""The figures of a run: drawn once, then taken from their folder by every notebook that shows them.

`figures.json` beside them says for which measures and language they were drawn; figures of other tables are drawn anew,
so that a picture never stands over numbers that it doesn't show.
"""

from __future__ import annotations

import csv
import json
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.charts import Saved, draw_all
from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key

LIST = "figures.json"


class Picture(NamedTuple):
    """One figure as the report needs it: the SVG in base64, its words, its twin's name, and the numbers it draws."""

    svg: str
    alt: str
    csv: str
    keys: tuple[Key, ...]


def draw(corpus: Corpus, tables: Path, folder: Path) -> list[Saved]:
    """All figures, drawn into the folder, with the list of what they were drawn from."""
    saved = draw_all(*_drawn_tables(corpus), folder, corpus.words.lang)
    folder.mkdir(parents=True, exist_ok=True)
    listed = {"drawn_from": _mark(corpus, tables), "alt": {item.svg.stem: item.alt for item in saved}}
    (folder / LIST).write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return saved


def _drawn_tables(corpus: Corpus) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return corpus.tables["measures"], corpus.tables["mentions"], corpus.tables["posts"]


def pictures(corpus: Corpus, tables: Path, folder: Path) -> dict[str, Picture]:
    """The figures of these tables by name; drawn where the folder does not hold them."""
    alts = _drawn(corpus, tables, folder)
    if alts is None:
        alts = {item.svg.stem: item.alt for item in draw(corpus, tables, folder)}
    return {stem: _picture(folder, stem, alt) for stem, alt in alts.items()}


def _drawn(corpus: Corpus, tables: Path, folder: Path) -> dict[str, str] | None:
    try:
        listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    whole = isinstance(listed, dict) and listed.get("drawn_from") == _mark(corpus, tables)
    if not whole or not all((folder / f"{stem}.{kind}").exists() for stem in listed["alt"] for kind in ("svg", "csv")):
        return None
    return dict(listed["alt"])


def _mark(corpus: Corpus, tables: Path) -> str:
    digest = sha256((tables / "measures.parquet").read_bytes()).hexdigest()
    return f"{digest} {corpus.words.lang}"


def _picture(folder: Path, stem: str, alt: str) -> Picture:
    svg = b64encode((folder / f"{stem}.svg").read_bytes()).decode("ascii")
    with (folder / f"{stem}.csv").open(encoding="utf-8-sig", newline="") as file:
        keys = tuple(_keys(csv.DictReader(file), stem))
    return Picture(svg, alt, f"{stem}.csv", keys)


def _keys(rows: Iterable[dict[str, str]], stem: str) -> Iterable[Key]:
    for row in rows:
        if not set(Key._fields) <= set(row):
            raise DataProblem(
                f"figure {stem}: its CSV lacks one of the columns {', '.join(Key._fields)}. Draw it again."
            )
        yield Key(*(row[name].removeprefix("'") for name in Key._fields))
