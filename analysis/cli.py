"""The command line: `collection-practices`, the same as `python -m analysis`. One command a stage, and `run` for all."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from analysis.commands import Call, acquire, holdings, human, look, say, stages
from analysis.problems import CommandProblem, DataProblem, printable
from analysis.stages import diagram

EXIT_DATA, EXIT_COMMAND, EXIT_INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is good, 1 is for the data, 2 for the command."""
    _speak_utf8(arguments is None)
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if not hasattr(chosen, "call"):
        parser.print_help(sys.stderr)
        return EXIT_COMMAND
    try:
        chosen.call(chosen)
    except CommandProblem as problem:
        say(f"collection-practices: {problem}")
        return EXIT_COMMAND
    except DataProblem as problem:
        say(f"collection-practices: {problem}")
        return EXIT_DATA
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as problem:
        say(f"collection-practices: {_told(problem)}")
        return EXIT_DATA
    except KeyboardInterrupt:
        say("collection-practices: stopped. No table was left half-written; run the same command again.")
        return EXIT_INTERRUPTED
    return 0


def _told(problem: OSError) -> str:
    """What the system would not do, on which file, and what may help."""
    place = f"{problem.filename2 or problem.filename}: " if problem.filename or problem.filename2 else ""
    advice = "Look at the path, its rights and the room on the disk; a table is replaced whole or not at all."
    return f"{place}{problem.strerror or problem}. {advice}"


def _speak_utf8(is_own_process: bool) -> None:
    """Start again in UTF-8 where the locale has another encoding: paths, texts and what is printed are Chinese."""
    if is_own_process and sys.getfilesystemencoding() != "utf-8":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", "-m", "analysis", *sys.argv[1:]])  # noqa: S606
    if is_own_process:
        sys.excepthook = traced
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def traced(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The traceback of a fault of the program, without what leads to a person: its message may quote a page."""
    say("".join(traceback.format_exception(kind, error, trace)).rstrip())


class _Parser(argparse.ArgumentParser):
    """A parser whose messages, which quote the command, hold nothing that a terminal obeys."""

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(printable(message), file)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="collection-practices",
        description="What Chinese posts about overdue loans say of debt collection, with the quotes behind every number.",
        epilog="stages:\n" + diagram(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, call: Call, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(call=call)
        return command

    for group in (stages, acquire, look, holdings, human):
        group.register(add)
    return parser
