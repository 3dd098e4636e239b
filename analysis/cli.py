"""The command line: `collection-practices`, the same as `python -m analysis`. One command a stage, and `run` for all."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis import codebook as books
from analysis import pipeline, tables
from analysis.checking import check_codebook, fix_codebook
from analysis.clean.layered import as_html, in_terminal, layers_of
from analysis.explain import explain
from analysis.problems import CommandProblem, DataProblem
from analysis.stages import STAGES, diagram, stage

EXIT_DATA, EXIT_COMMAND, EXIT_INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is good, 1 is for the data, 2 for the command."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if not hasattr(chosen, "call"):
        parser.print_help(sys.stderr)
        return EXIT_COMMAND
    try:
        chosen.call(chosen)
    except CommandProblem as problem:
        print(f"collection-practices: {problem}", file=sys.stderr)
        return EXIT_COMMAND
    except DataProblem as problem:
        print(f"collection-practices: {problem}", file=sys.stderr)
        return EXIT_DATA
    except KeyboardInterrupt:
        print("collection-practices: stopped. No table was left half-written; run the same command again.", file=sys.stderr)
        return EXIT_INTERRUPTED
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _run_of(chosen: argparse.Namespace) -> pipeline.Run:
    folder = Path(chosen.out if getattr(chosen, "out", None) else chosen.folder)
    return pipeline.Run(
        folder,
        Path(chosen.codebook) if getattr(chosen, "codebook", None) else None,
        getattr(chosen, "workers", 1),
        getattr(chosen, "reveal_contacts", False),
    )


def _run(chosen: argparse.Namespace) -> None:
    run = _run_of(chosen)
    pipeline.everything(run, chosen.source, chosen.fetched_at, _say)
    _say(f"tables in {run.folder}. Next: python -m analysis report {run.folder}")


def _scrape(chosen: argparse.Namespace) -> None:
    run = _run_of(chosen)
    _finish(run, pipeline.scrape(run, chosen.source, chosen.fetched_at))


def _staged(function: Callable[[pipeline.Run], pipeline.Done]) -> Callable[[argparse.Namespace], None]:
    def call(chosen: argparse.Namespace) -> None:
        run = _run_of(chosen)
        _finish(run, function(run))

    return call


def _finish(run: pipeline.Run, done: pipeline.Done) -> None:
    pipeline.write(run, done.made)
    _say(done.line)


def _clean(chosen: argparse.Namespace) -> None:
    if chosen.explain is None:
        if chosen.folder is None:
            raise CommandProblem("clean: give the folder of a run's tables, or --explain FILE for one page.")
        _staged(pipeline.cleaned)(chosen)
        return
    path = Path(chosen.explain)
    if not path.is_file():
        raise DataProblem(f"{path}: no such file. Give one HTML page or text.")
    shown = layers_of(path.read_bytes(), path.suffix.lower() not in {".txt", ".md"})
    if chosen.html:
        Path(chosen.html).write_text(as_html(shown, path.name), encoding="utf-8")
        _say(f"clean: {len(shown)} lines of {path.name} in {chosen.html}")
    else:
        print(in_terminal(shown, sys.stdout.isatty()))


def _charts(chosen: argparse.Namespace) -> None:
    from analysis.charts import draw_all  # matplotlib takes a second to load, and only this command wants it

    folder = Path(chosen.folder)
    out = Path(chosen.out) if chosen.out else folder / "figures"
    measures, mentions, posts = (tables.read(name, folder) for name in ("measures", "mentions", "posts"))
    saved = draw_all(measures, mentions, posts, out, chosen.lang)
    _say(f"charts: {len(saved)} figures in {out}")


def _report(chosen: argparse.Namespace) -> None:
    from analysis.report import build  # likewise

    folder = Path(chosen.folder)
    out = Path(chosen.out) if chosen.out else folder / "report.html"
    built = build(folder, out, chosen.lang, Path(chosen.figures) if chosen.figures else None)
    _say(str(built))


def _tables(chosen: argparse.Namespace) -> None:
    print(tables.dictionary(chosen.name), end="")


def _stages(chosen: argparse.Namespace) -> None:
    print(diagram())


def _explain(chosen: argparse.Namespace) -> None:
    print(explain(chosen.text, books.load(chosen.codebook) if chosen.codebook else None))


def _codebook(chosen: argparse.Namespace) -> None:
    if chosen.fix:
        changed = fix_codebook(chosen.folder)
        _say(f"codebook: {len(changed)} files rewritten" + "".join(f"\n  {path}" for path in changed))
    problems = check_codebook(chosen.folder)
    if problems:
        raise DataProblem("\n".join(problems[:20]) + f"\n{len(problems)} problems in all. `--fix` mends order and form.")
    book = books.load(chosen.folder)
    _say(f"codebook {book.version}: {len(book.themes)} themes, {sum(1 for _ in book.rules())} rules, no problem")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="collection-practices",
        description="What Chinese posts about overdue loans say of debt collection, with the quotes behind every number.",
        epilog="stages:\n" + diagram(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, call: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(call=call)
        return command

    def sources(command: argparse.ArgumentParser) -> None:
        command.add_argument("source", nargs="+", metavar="SOURCE",
                             help="an HTML file or a folder of them (with urls.tsv), .warc, .warc.gz, .jsonl, .csv, .parquet, .txt")
        command.add_argument("--out", required=True, metavar="DIR", help="folder for the tables")
        command.add_argument("--fetched-at", metavar="TIME", help="dates what has no fetch time of its own, as 2026-01-31")

    def workers(command: argparse.ArgumentParser) -> None:
        command.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes (1)")
        command.add_argument("--reveal-contacts", action="store_true", help="keep contact ids in clear; never publish these tables")

    everything = add("run", _run, "read pages and write every table")
    sources(everything)
    workers(everything)
    everything.add_argument("--codebook", metavar="DIR", help="another codebook than the project's own")
    report = add("report", _report, stage("report").does)
    report.add_argument("folder", metavar="DIR", help="folder of a run's tables")
    report.add_argument("--out", metavar="FILE", help="the HTML file (DIR/report.html)")
    report.add_argument("--figures", metavar="DIR", help="folder for the figures (DIR/figures)")
    report.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the figures and texts")
    sources(add("scrape", _scrape, stage("scrape").does))
    calls = {"clean": pipeline.cleaned, "themes": pipeline.coded, "sentiment": pipeline.scored, "measure": pipeline.measured}
    for item in STAGES:
        if item.name not in calls:
            continue
        command = add(item.name, _staged(calls[item.name]), item.does)
        command.add_argument("folder", metavar="DIR", nargs="?" if item.name == "clean" else None, help="folder of a run's tables")
        if item.name == "clean":
            workers(command)
            command.add_argument("--explain", metavar="FILE", help="show what becomes of one page instead, line by line")
            command.add_argument("--html", metavar="FILE", help="with --explain: write it as an HTML page")
            command.set_defaults(call=_clean)
        else:
            command.add_argument("--codebook", metavar="DIR", help="another codebook than the project's own")
    charts = add("charts", _charts, stage("charts").does)
    charts.add_argument("folder", metavar="DIR", help="folder of a run's tables")
    charts.add_argument("--out", metavar="DIR", help="folder for the figures (DIR/figures)")
    charts.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the figures")
    explained = add("explain", _explain, "show what is found in one text, and why")
    explained.add_argument("text", metavar="TEXT")
    explained.add_argument("--codebook", metavar="DIR", help="another codebook than the project's own")
    dictionary = add("tables", _tables, "print the data dictionary")
    dictionary.add_argument("name", nargs="?", metavar="TABLE", help="one table alone")
    add("stages", _stages, "print the stages with what they read and write")
    book = add("codebook", _codebook, "check the codebook, or rewrite it in its canonical form")
    book.add_argument("folder", nargs="?", metavar="DIR", help="another codebook than the project's own")
    which = book.add_mutually_exclusive_group()
    which.add_argument("--check", action="store_true", help="tell what is wrong (the default)")
    which.add_argument("--fix", action="store_true", help="rewrite the files in their canonical form, then check")
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of 1 or more")
    return int(text)
