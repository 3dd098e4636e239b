"""The figures of a run: drawn once, then taken from their folder by every notebook that shows them.

`figures.json` beside them says for which measures, names and language they were drawn, and where each number stands;
figures of other tables are drawn anew, so that a picture never stands over numbers that it doesn't show.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from analysis.charts import FIGURES, Mark, Saved, draw_campaigns, draw_these, same_run
from analysis.problems import DataProblem
from analysis.report.coders import with_coders
from analysis.report.corpus import Corpus, Key

LIST = "figures.json"
SVG = "data:image/svg+xml,"
_HEAD = re.compile(r"^\s*<\?xml.*?(?=<svg)|<title>.*?</title>", re.DOTALL)
FORM = "2"  # of that list
CAMPAIGNS = "8-campaigns"


class Picture(NamedTuple):
    """One figure as the report needs it: the SVG as an address, its words, its size and marks, its twin's name, the numbers it draws."""

    svg: str
    alt: str
    size: tuple[float, float]
    marks: tuple[Mark, ...]
    csv: str
    keys: tuple[Key, ...]


def draw(corpus: Corpus, tables: Path, folder: Path) -> list[Saved]:
    """All figures, drawn into the folder, with the list of what they were drawn from."""
    measures = with_coders(corpus).tables["measures"]
    same_run(measures, corpus.tables.light("mentions", columns=("post_id", "layer")), corpus.tables["posts"])
    name, _, rows = FIGURES[CAMPAIGNS]
    networks = partial(draw_campaigns, ties=corpus.campaign_ties)
    saved = draw_these({**FIGURES, CAMPAIGNS: (name, networks, rows)}, measures, folder, corpus.words)
    folder.mkdir(parents=True, exist_ok=True)
    figures = {item.svg.stem: {"alt": item.alt, "size": item.size, "marks": item.marks} for item in saved}
    listed = json.dumps({"drawn_from": _mark(corpus, tables), "figures": figures}, ensure_ascii=False, separators=(",", ":"))
    (folder / LIST).write_text(listed.replace('{"alt"', '\n{"alt"') + "\n", encoding="utf-8")
    return saved


def pictures(corpus: Corpus, tables: Path, folder: Path) -> dict[str, Picture]:
    """The figures of these tables by name; drawn where the folder does not hold them."""
    if (listed := _drawn(corpus, tables, folder)) is None:
        draw(corpus, tables, folder)
        listed = _drawn(corpus, tables, folder) or {}
    return {stem: _picture(folder, stem, entry) for stem, entry in listed.items()}


def _drawn(corpus: Corpus, tables: Path, folder: Path) -> dict[str, Any] | None:
    try:
        listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if not isinstance(listed, dict) or listed.get("drawn_from") != _mark(corpus, tables):
        return None
    whole = all((folder / f"{stem}.{kind}").exists() for stem in listed["figures"] for kind in ("svg", "csv"))
    return dict(listed["figures"]) if whole else None


def _mark(corpus: Corpus, tables: Path) -> str:
    """What decides how the figures look: the measures, the names of the themes, the language, and this form of the list."""
    names = json.dumps([corpus.words.labels, corpus.words.parents], default=dict, sort_keys=True, ensure_ascii=False)
    digest = sha256((tables / "measures.parquet").read_bytes() + names.encode()).hexdigest()
    return f"{digest} {corpus.words.lang} {FORM}"


def _picture(folder: Path, stem: str, entry: dict[str, Any]) -> Picture:
    svg = address((folder / f"{stem}.svg").read_text(encoding="utf-8"))
    with (folder / f"{stem}.csv").open(encoding="utf-8-sig", newline="") as file:
        keys = tuple(_keys(csv.DictReader(file), stem))
    marks = tuple(Mark(*mark) for mark in entry["marks"])
    width, height = entry["size"]
    return Picture(svg, entry["alt"], (width, height), marks, f"{stem}.csv", keys)


def address(svg: str) -> str:
    """The picture as an address that an image can hold; percent signs take less room in it than base64 does.

    Its title stays in the file: in the page the image has it as its alternative text.

    >>> address('<?xml version="1.0"?><svg width="1"><title>x</title><path d="M0 0"/></svg>')
    'data:image/svg+xml,%3Csvg width=%221%22%3E%3Cpath d=%22M0 0%22/%3E%3C/svg%3E'
    """
    return SVG + quote(_HEAD.sub("", svg), safe=" /:;=,.()!*@-")


def _keys(rows: Iterable[dict[str, str]], stem: str) -> Iterable[Key]:
    for row in rows:
        if not set(Key._fields) <= set(row):
            raise DataProblem(
                f"figure {stem}: its CSV lacks one of the columns {', '.join(Key._fields)}. Draw it again."
            )
        yield Key(*(row[name].removeprefix("'") for name in Key._fields))
