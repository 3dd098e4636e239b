"""For the tests of the report: a small run over invented or sample pages, and notebooks executed without a kernel."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis import pipeline, tables
from analysis.pipeline import steps
from analysis.pipeline.run import Run
from analysis.report import fonts
from analysis.report import notebooks as kernels
from analysis.report.notebooks import Executed, prepared, to_html

SAMPLE = Path(__file__).parents[1] / "data" / "sample" / "sample.warc.gz"


def run_of_sample(folder: Path, n_records: int) -> Path:
    """The tables of the first records of the sample corpus."""
    run = Run(folder / "tables", salt_folder=folder / "salt")
    steps.scrape(run, [str(SAMPLE)])
    tables.write("raw", tables.read("raw", run.folder).head(n_records), run.folder)
    for stage in (steps.cleaned, steps.coded, steps.scored, steps.measured):
        stage(run)
    return run.folder


def run_of_texts(folder: Path, rows: list[dict[str, str]]) -> Path:
    """The tables of texts that a test wrote: rows with url, title, text."""
    path = folder / "posts.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    run = Run(folder / "tables", salt_folder=folder / "salt")
    pipeline.everything(run, [str(path)], "2026-01-31", lambda line: None)
    return run.folder


def execute_here(paths: Iterable[Path], parameters: dict[str, str]) -> list[Executed]:
    """What `notebooks.execute` gives, in this process: quick, for tests of what is shown and not of kernels."""
    found = []
    for path in paths:
        notebook, names = prepared(path, parameters), {}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = _run(cell.source, names)
        found.append(Executed(path.stem, to_html(notebook)))
    return found


def quickly(patched: pytest.MonkeyPatch) -> None:
    """Reports without kernels and without cutting the fonts down, for tests of neither."""
    patched.setattr(kernels, "execute", execute_here)
    patched.setattr(fonts, "subset", lambda face, characters: face.encode())


def _run(source: str, names: dict[str, Any]) -> list[Any]:
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if last is None:
        return []
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    shown = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {"text/html": value._repr_html_()}
    data = {"text/plain": repr(value), "text/html": shown["text/html"]}
    return [nbformat.v4.new_output("execute_result", data, execution_count=1)]


class Tags(HTMLParser):
    """All elements of a page as (tag, attributes), and the texts by the tag that they stand in."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.found[-1][0] if self.found else "", data))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]
