"""The one error for what a user of the data can mend: it says what is wrong, where, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What a terminal obeys or hides: sequences after ESC, all control signs but newline and tab, marks of direction.
_OBEYED = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b(?:[\\]PX^_][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\\\)?|[ -/]?[0-~])?"
    "|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


class DataProblem(Exception):
    """Something in the input, not in the program: a path, a column, a row, a rule. The command line ends with status 1."""


class CommandProblem(DataProblem):
    """The command itself is off: an unknown stage, option or name. The command line ends with status 2."""


def printable(text: str) -> str:
    """A text as a terminal may show it: without what would move, colour, rename or reverse something there.

    File names and pages hold what their authors want, so every line that is printed goes through here.

    >>> printable("a\\x1b[2Jb\\u202ec\\x1b]0;title\\x07d")
    'abcd'
    """
    return _OBEYED.sub("", text)


def choices(what: str, names: Iterable[str]) -> str:
    """A sentence that lists what could have been meant.

    >>> choices("Tables", ["raw", "posts"])
    'Tables: raw, posts.'
    """
    return f"{what}: {', '.join(names)}."
