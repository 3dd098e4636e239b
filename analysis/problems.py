"""The one error for what a user of the data can mend: it says what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable


class DataProblem(Exception):
    """Something in the input, not in the program: a path, a column, a row, a rule. The command line ends with status 1."""


class CommandProblem(DataProblem):
    """The command itself is off: an unknown stage, option or name. The command line ends with status 2."""


def choices(what: str, names: Iterable[str]) -> str:
    """A sentence that lists what could have been meant.

    >>> choices("Tables", ["raw", "posts"])
    'Tables: raw, posts.'
    """
    return f"{what}: {', '.join(names)}."
