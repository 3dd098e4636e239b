"""The notebooks keep their form: a question, parameters, findings by key, limits; thin, bilingual, without outputs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

from analysis.charts import FIGURES
from analysis.lexicon import load_yaml

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PARAMETERS = 'TABLES = "../data/tables"\nFIGURES = "../figures"\nLANG = "zh"'


def test_they_are_numbered_from_nought() -> None:
    assert [path.name[0] for path in NOTEBOOKS] == [str(number) for number in range(len(NOTEBOOKS))]
    assert len(NOTEBOOKS) >= 6


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_it_is_thin(self, path: Path) -> None:
        cells = nbformat.read(path, as_version=4).cells
        lines = [len(cell.source.splitlines()) for cell in cells]
        assert max(lines) <= 12
        assert sum(lines) <= 120
        for cell in cells:
            if cell.cell_type == "code":
                assert not [
                    n
                    for n in ast.walk(ast.parse(cell.source))
                    if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda)
                ]

    def test_it_is_stored_without_outputs(self, path: Path) -> None:
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None

    def test_it_opens_with_a_question_and_its_parameters_and_ends_with_limits(self, path: Path) -> None:
        cells = nbformat.read(path, as_version=4).cells
        assert re.match(r'# <span lang="zh">.*？</span> <span lang="en">.*\?</span>', cells[0].source)
        assert cells[1].metadata.get("tags") == ["parameters"]
        assert cells[1].source == PARAMETERS
        assert "What this cannot show" in cells[-1].source

    def test_its_prose_is_in_both_languages_and_without_numbers(self, path: Path) -> None:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                assert cell.source.count('<span lang="zh">') == cell.source.count('<span lang="en">') > 0
                assert not re.search(r"\d", re.sub(r"`[^`]*`", "", cell.source))

    def test_what_it_names_exists(self, path: Path) -> None:
        findings = load_yaml("lexicon/report.yml")["findings"]
        source = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        assert set(re.findall(r'show\.(?:finding|say)\("([^"]+)"', source)) <= set(findings)
        figures = set(re.findall(r'show\.figure\("([^"]+)"|\("(\d+-[a-z]+)", FIGURES\)', source))
        figures = {one or two for one, two in figures}
        assert figures <= set(FIGURES)
        assert figures == set(re.findall(r"`(\d+-[a-z]+)`", source.partition("Figures:")[2].partition("\n")[0]))


def test_no_sentence_of_the_report_holds_a_typed_number() -> None:
    for key, texts in load_yaml("lexicon/report.yml")["findings"].items():
        for lang in ("zh", "en"):
            assert not re.search(r"[0-9０-９]", re.sub(r"\{[^{}]*\}", "", texts[lang])), key


def test_every_text_is_in_both_languages() -> None:
    report = load_yaml("lexicon/report.yml")
    entries = [*report["texts"].items(), *report["findings"].items()]
    entries += [(f"{kind}.{code}", names) for kind, codes in report["labels"].items() for code, names in codes.items()]
    for key, names in entries:
        assert set(names) == {"zh", "en"}, key
        assert all(str(text).strip() for text in names.values()), key


def test_findings_name_the_same_numbers_in_both_languages() -> None:
    for key, texts in load_yaml("lexicon/report.yml")["findings"].items():
        assert sorted(re.findall(r"\{[^{}]*\}", texts["zh"])) == sorted(re.findall(r"\{[^{}]*\}", texts["en"])), key
