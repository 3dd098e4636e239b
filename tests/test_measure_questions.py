"""Each question's call runs on the sample and gives the measures it names; the page is what the file says."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import codebook
from analysis.measure import __all__ as verbs
from analysis.measure import codes_of
from analysis.measure.questions import question, questions, questions_page
from analysis.problems import DataProblem

ROOT = Path(__file__).parents[1]
IDS = [found.id for found in questions()]
# Made only where there are events.
BY_CALL = {"share_around_event", "difference_after_event", "difference_after_event_p"}



def answer(name: str, known: dict[str, Any]) -> pd.DataFrame:
    found: pd.DataFrame = eval(question(name).call, {"__builtins__": {}}, known)
    return found


@pytest.fixture(scope="module")
def known(sample_tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    room = sys.modules["analysis.measure"]
    functions = {name: getattr(room, name) for name in verbs}
    return {**functions, **sample_tables, "codes": codes_of(codebook.load())}


def test_at_least_25_of_the_codebooks_questions_are_answered() -> None:
    assert len(set(IDS)) == len(IDS)
    assert len({re.match(r"Q\d\d", name).group() for name in IDS if name.startswith("Q")}) >= 25  # type: ignore[union-attr]


@pytest.mark.parametrize("name", IDS)
def test_the_call_gives_an_answer(name: str, known: dict[str, Any]) -> None:
    found = answer(name, known)
    events = Path(ROOT / "data" / "law" / "events.yml")
    assert len(found) or (name == "Q16b" and not events.exists())
    if "measure" not in found or not len(found):
        return
    assert set(found["measure"]) & set(question(name).measures)
    assert not found.duplicated(["measure", "group", "theme"]).any()


def test_each_measure_named_is_in_the_table_or_given_by_a_call(known: dict[str, Any]) -> None:
    made = set(known["measures"]["measure"])
    for found in questions():
        absent = {name for name in found.measures if name not in made} - BY_CALL
        assert not absent or absent <= set(answer(found.id, known)["measure"]), (found.id, absent)


def test_an_unknown_question_lists_the_choices() -> None:
    with pytest.raises(DataProblem, match="no question 'Q99'"):
        question("Q99")


def test_the_page_is_current() -> None:
    page = ROOT / "docs" / "questions.md"
    assert page.read_text(encoding="utf-8") == questions_page(), "run benchmarks/questions.py"
