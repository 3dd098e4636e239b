"""The commands of the command line, by what they are for; each module adds its own to the parser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Protocol

from analysis.clean.redact import hidden
from analysis.problems import printable

Call = Callable[[argparse.Namespace], None]


MOST = 1_000_000  # more than this is a slip of the finger


class Add(Protocol):
    """Adds one command to the parser: its name, what it calls, what it does in a line."""

    def __call__(self, name: str, call: Call, text: str) -> argparse.ArgumentParser: ...


def say(line: str) -> None:
    """A line for the person at the terminal; standard output is for data.

    Lines go into logs, and quote what stood in a file or its name: so nothing that leads to a person is said either.
    """
    print(hidden(printable(line)), file=sys.stderr)


def show(text: str, end: str = "\n") -> None:
    """What was asked for, on standard output, without what a terminal obeys."""
    print(printable(text), end=end)


def number(text: str) -> float:
    """A number of 0 or more, from the command line."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 0 or more")
    return found


def positive(text: str) -> int:
    """A count of 1 or more, from the command line."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of 1 or more")
    return int(text)
