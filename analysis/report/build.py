"""Tables and notebooks in, one offline HTML file out; nothing is written unless every check holds."""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path
from typing import NamedTuple

from analysis.problems import DataProblem

_TAG = re.compile(r"<[^>]*>")


class Built(NamedTuple):
    """What was built: the file, how many figures and quotes stand in it, and its main findings as sentences."""

    path: Path
    n_figures: int
    n_quotes: int
    findings: tuple[str, ...]

    def __str__(self) -> str:
        size = self.path.stat().st_size / 1e6
        head = f"report: {self.path} ({size:.1f} MB, {self.n_figures} figures, {self.n_quotes:,} quotes)"
        return "\n".join([head, *(f"  {finding}" for finding in self.findings)])


def build(folder: Path, out: Path, lang: str = "zh", figures: Path | None = None) -> Built:
    """The report of a run's tables at `out`, with its figures in their own folder (`figures`, or beside the tables).

    Draws the figures, executes the notebooks, and puts what they show, the quotes and the records behind every number
    into one file that asks for nothing outside it. Stops with a DataProblem where a quote is no exact span of its post,
    where the counts of quotes and measures differ, or where prose holds a number that measures do not.
    """
    from analysis.report.coders import with_coders
    from analysis.report.corpus import read_corpus
    from analysis.report.figures import draw  # a notebook that only shows tables needs none of these
    from analysis.report.gate import check_page, check_prose
    from analysis.report.notebooks import execute, sources
    from analysis.report.page import page

    corpus = read_corpus(folder, lang)
    figures = folder / "figures" if figures is None else figures
    saved = draw(corpus, folder, figures)
    parameters = {"TABLES": str(folder.resolve()), "FIGURES": str(figures.resolve()), "LANG": lang}
    executed = execute(sources(), parameters)
    check_prose(with_coders(corpus), executed)
    html = page(corpus, executed)
    check_page(html)
    machine = str(folder.resolve())
    if machine in html:
        raise DataProblem(f"report: the path {machine} stands in it. A notebook may not print its parameters.")
    _write(html, out)
    return Built(out, len(saved), html.count("<blockquote>"), _sentences(corpus))


def _sentences(corpus: object) -> tuple[str, ...]:
    from analysis.report.corpus import Corpus
    from analysis.report.cover import findings

    assert isinstance(corpus, Corpus)
    return tuple(unescape(_TAG.sub("", f"{number} {sentence}")) for number, sentence, _ in findings(corpus))


def _write(html: str, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        part.write_text(html, encoding="utf-8", newline="\n")
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
