"""The documents are true: commands exist, files exist, numbers are those of the sample."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import tables
from analysis.cli import _parser, main
from analysis.pipeline.run import Run
from analysis.stages import STAGES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_and_dictionary_are_what_the_code_and_the_sample_give(sample_run: Run) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "readme.py", "--check", "--tables", sample_run.folder],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr


def commands_of(text: str) -> list[list[str]]:
    found = re.findall(r"(?:python -m analysis|collection-practices) ([a-z]+)((?: --[a-z-]+)*)", text)
    return [[name, *flags.split()] for name, flags in found]


@pytest.mark.parametrize("command", commands_of(README), ids=" ".join)
def test_every_command_of_the_readme_exists(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command[0], "--help"])
    assert stop.value.code == 0
    help_text = capsys.readouterr().out
    assert all(flag in help_text for flag in command[1:])


def test_every_stage_is_a_command_and_in_the_readme() -> None:
    help_text = _parser().format_help()
    for stage in STAGES:
        assert re.search(rf"^    {stage.name}\s", help_text, re.MULTILINE)
        assert stage.name in README


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))))
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)(?:#[a-z_]+)?\)", README))))
def test_every_file_the_readme_links_to_exists(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_figure_the_readme_shows_has_its_numbers_beside_it() -> None:
    for picture in re.findall(r"!\[[^\]]+\]\((figures/[^)]+)\)", README):
        assert (ROOT / picture).with_suffix(".csv").exists()


def test_the_dictionary_names_every_column() -> None:
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for table in tables.TABLES.values():
        assert f"## {table.name}\n" in text
        assert all(f"| {column.name} |" in text for column in table.columns)


def test_the_changelog_has_what_is_not_released() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
