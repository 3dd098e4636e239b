"""Which number answers which question: read from `data/measures/questions.yml`, shown as a table."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.lexicon import load_yaml
from analysis.problems import DataProblem, choices

FILE = "measures/questions.yml"
_HEAD = """# Which number answers which question

Made from `data/measures/questions.yml` by `.venv/bin/python benchmarks/questions.py`; a test runs every call on the sample.
Q01 to Q35 are the research questions of the codebook, W01 and on are further ones. Names in a call: the tables, `codes`, and
the functions of `analysis.measure`. Every row of `measures` says in words what it measures (`estimand`) and how (`method`).

    from pathlib import Path
    from analysis import codebook, tables
    from analysis.measure import *
    names = ("posts", "mentions", "blocks", "contacts", "contradictions", "dropped", "ties", "measures")
    posts, mentions, blocks, contacts, contradictions, dropped, ties, measures = (tables.read(n, Path("data/tables")) for n in names)
    codes = codes_of(codebook.load())

| | question | measures | groups | call | what it cannot show |
| --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Question:
    """A question, the measures and groups that answer it, the call that gives them, and what they cannot show."""

    id: str
    asks: str
    measures: tuple[str, ...]
    group: str
    call: str
    limit: str


def questions() -> tuple[Question, ...]:
    """The questions in the order of the file.

    >>> questions()[0].id, len(questions()) >= 25
    ('Q01', True)
    """
    return tuple(Question(**{**row, "measures": tuple(row["measures"])}) for row in load_yaml(FILE)["questions"])


def question(name: str) -> Question:
    """The question of that id; an unknown one lists the choices.

    >>> question("Q12").measures[0]
    'n_texts'
    """
    known = {found.id: found for found in questions()}
    if name not in known:
        raise DataProblem(f"there is no question {name!r}. {choices('Questions', known)}")
    return known[name]


def questions_page() -> str:
    """The page docs/questions.md."""
    return _HEAD + "".join(f"{_line(found)}\n" for found in questions())


def _line(found: Question) -> str:
    measures = ", ".join(f"`{name}`" for name in found.measures)
    return f"| {found.id} | {found.asks} | {measures} | `{found.group}` | `{found.call}` | {found.limit} |"
