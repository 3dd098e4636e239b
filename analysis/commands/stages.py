"""The commands of the way from pages to report: `run`, and one command a stage."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from analysis import pipeline, tables
from analysis.clean.layered import as_html, in_terminal, layers_of
from analysis.commands import Add, positive, say, show
from analysis.pipeline import steps
from analysis.pipeline.run import Run
from analysis.problems import CommandProblem, DataProblem
from analysis.scrape.columns import parse as parse_columns
from analysis.stages import STAGES, stage
from analysis.storage import is_remote, send
from analysis.themes.concordance import concordance


def _run_of(chosen: argparse.Namespace) -> Run:
    folder = Path(chosen.out if getattr(chosen, "out", None) else chosen.folder)
    return Run(
        folder,
        Path(chosen.codebook) if getattr(chosen, "codebook", None) else None,
        getattr(chosen, "workers", 1),
        getattr(chosen, "reveal_contacts", False),
        columns=parse_columns(getattr(chosen, "columns", None) or ()),
        removal=Path(chosen.removal) if getattr(chosen, "removal", None) else None,
        scheduler=getattr(chosen, "scheduler", None),
    )


def _run(chosen: argparse.Namespace) -> None:
    if (chosen.engine == "dask") != (chosen.scheduler is not None):
        raise CommandProblem("run: --engine dask and --scheduler ADDRESS go together.")
    if not is_remote(chosen.out):
        run = _run_of(chosen)
        pipeline.everything(run, chosen.source, chosen.fetched_at, say)
        say(f"tables in {run.folder}. Next: python -m analysis report {run.folder}")
        return
    with tempfile.TemporaryDirectory() as folder:
        pipeline.everything(replace(_run_of(chosen), folder=Path(folder)), chosen.source, chosen.fetched_at, say)
        send(Path(folder), chosen.out)
    say(f"tables at {chosen.out}. Next: copy them here, then python -m analysis report DIR")


def _scrape(chosen: argparse.Namespace) -> None:
    say(steps.scrape(_run_of(chosen), chosen.source, chosen.fetched_at))


def _staged(function: Callable[[Run], str]) -> Callable[[argparse.Namespace], None]:
    return lambda chosen: say(function(_run_of(chosen)))


def _clean(chosen: argparse.Namespace) -> None:
    if chosen.explain is None:
        if chosen.folder is None:
            raise CommandProblem("clean: give the folder of a run's tables, or --explain FILE for one page.")
        _staged(steps.cleaned)(chosen)
        return
    path = Path(chosen.explain)
    if not path.is_file():
        raise DataProblem(f"{path}: no such file. Give one HTML page or text.")
    shown = layers_of(path.read_bytes(), path.suffix.lower() not in {".txt", ".md"})
    if chosen.html:
        Path(chosen.html).write_text(as_html(shown, path.name), encoding="utf-8")
        say(f"clean: {len(shown)} lines of {path.name} in {chosen.html}")
    else:
        print(in_terminal(shown, sys.stdout.isatty()))


def _themes(chosen: argparse.Namespace) -> None:
    if chosen.concordance is None:
        _staged(steps.coded)(chosen)
    else:
        show(concordance(tables.read("mentions", Path(chosen.folder)), chosen.concordance))


def _charts(chosen: argparse.Namespace) -> None:
    from analysis.charts import draw_all, of_run  # matplotlib takes a second to load, and only this command wants it

    folder = Path(chosen.folder)
    out = Path(chosen.out) if chosen.out else folder / "figures"
    measures, mentions, posts = (tables.read(name, folder) for name in ("measures", "mentions", "posts"))
    saved = draw_all(measures, mentions, posts, out, of_run(folder, chosen.lang))
    say(f"charts: {len(saved)} figures in {out}")


def _report(chosen: argparse.Namespace) -> None:
    from analysis.report import build  # likewise

    folder = Path(chosen.folder)
    out = Path(chosen.out) if chosen.out else folder / "report.html"
    built = build(folder, out, chosen.lang, Path(chosen.figures) if chosen.figures else None)
    say(str(built))


def _sources(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="+", metavar="SOURCE",
                         help="pages, folders, archives, tables of posts, or - for a copied text; `sources` lists every kind")
    command.add_argument("--out", required=True, metavar="DIR", help="folder for the tables")
    command.add_argument("--columns", action="append", metavar="ROLE=NAME", help="which column of a table is what, as text=正文,url=链接")
    command.add_argument("--removal", metavar="FILE", help="another removal list than data/raw/removal.txt")
    command.add_argument("--fetched-at", metavar="TIME", help="dates what has no fetch time of its own, as 2026-01-31")


def _workers(command: argparse.ArgumentParser) -> None:
    command.add_argument("--workers", type=positive, default=1, metavar="N", help="processes (1)")
    command.add_argument("--reveal-contacts", action="store_true", help="keep contact ids in clear; never publish these tables")


def register(add: Add) -> None:
    """Add the commands of the stages."""
    everything = add("run", _run, "read pages and write every table")
    _sources(everything)
    _workers(everything)
    everything.add_argument("--codebook", metavar="DIR", help="another codebook than the project's own")
    everything.add_argument("--engine", choices=("processes", "dask"), default="processes", help="where the work is done (processes)")
    everything.add_argument("--scheduler", metavar="ADDRESS", help="of the Dask cluster, as tcp://127.0.0.1:8786")
    report = add("report", _report, stage("report").does)
    report.add_argument("folder", metavar="DIR", help="folder of a run's tables")
    report.add_argument("--out", metavar="FILE", help="the HTML file (DIR/report.html)")
    report.add_argument("--figures", metavar="DIR", help="folder for the figures (DIR/figures)")
    report.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the figures and texts")
    _sources(add("scrape", _scrape, stage("scrape").does))
    calls = {"clean": steps.cleaned, "themes": steps.coded, "sentiment": steps.scored, "measure": steps.measured}
    for item in STAGES:
        if item.name not in calls:
            continue
        command = add(item.name, _staged(calls[item.name]), item.does)
        command.add_argument("folder", metavar="DIR", nargs="?" if item.name == "clean" else None, help="folder of a run's tables")
        if item.name == "clean":
            _workers(command)
            command.add_argument("--explain", metavar="FILE", help="show what becomes of one page instead, line by line")
            command.add_argument("--html", metavar="FILE", help="with --explain: write it as an HTML page")
            command.set_defaults(call=_clean)
        else:
            if item.name == "themes":
                command.add_argument("--concordance", metavar="THEME", help="print the mentions of a theme in context, by status, instead")
                command.set_defaults(call=_themes)
            command.add_argument("--codebook", metavar="DIR", help="another codebook than the project's own")
    charts = add("charts", _charts, stage("charts").does)
    charts.add_argument("folder", metavar="DIR", help="folder of a run's tables")
    charts.add_argument("--out", metavar="DIR", help="folder for the figures (DIR/figures)")
    charts.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the figures")
