"""The commands that show: one text explained, the data dictionary, the stages, the codebook."""

from __future__ import annotations

import argparse

from analysis import codebook as books
from analysis import tables
from analysis.checking import check_codebook, fix_codebook
from analysis.commands import Add, say, show
from analysis.explain import explain
from analysis.manual import manual
from analysis.problems import DataProblem
from analysis.stages import diagram


def _tables(chosen: argparse.Namespace) -> None:
    print(tables.dictionary(chosen.name), end="")


def _stages(chosen: argparse.Namespace) -> None:
    print(diagram())


def _explain(chosen: argparse.Namespace) -> None:
    show(str(explain(chosen.text, books.load(chosen.codebook) if chosen.codebook else None)))


def _codebook(chosen: argparse.Namespace) -> None:
    if chosen.document:
        print(manual(books.load(chosen.folder)), end="")
        return
    if chosen.fix:
        changed = fix_codebook(chosen.folder)
        say(f"codebook: {len(changed)} files rewritten" + "".join(f"\n  {path}" for path in changed))
    problems = check_codebook(chosen.folder)
    if problems:
        raise DataProblem("\n".join(problems[:20]) + f"\n{len(problems)} problems in all. `--fix` mends order and form.")
    book = books.load(chosen.folder)
    say(f"codebook {book.version}: {len(book.themes)} themes, {sum(1 for _ in book.rules())} rules, no problem")


def register(add: Add) -> None:
    """Add the commands that show."""
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
    which.add_argument("--document", action="store_true", help="print it as a page for readers who do not program")
