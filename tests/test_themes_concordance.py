"""Key words in context, and the codebook's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis import codebook
from analysis.cli import main
from analysis.manual import manual
from analysis.pipeline.run import Run

ROOT = Path(__file__).parents[1]


def test_a_theme_is_printed_in_context_by_status(sample_run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["themes", str(sample_run.folder), "--concordance", "threats"]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith(" ") and "【" not in line]
    assert {"denied", "prohibited", "reported"} <= {head.split(":")[0] for head in heads}
    assert all(line.count("【") >= 1 for line in lines if line not in heads)


def test_an_unknown_theme_lists_the_choices(sample_run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["themes", str(sample_run.folder), "--concordance", "threat"]) == 1
    assert "threats" in capsys.readouterr().err


def test_the_page_names_every_theme_and_rule_in_both_languages() -> None:
    book = codebook.load()
    page = manual(book)
    for theme, rule, _ in book.rules():
        assert f"(`{rule.id}`)" in page
        assert theme.definition.zh in page
        assert theme.definition.en in page
    assert (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8") == page
