"""The codebook is data that proves itself; a user can bring another one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis import codebook, pattern, tables
from analysis.checking import check_codebook, fix_codebook
from analysis.cli import main
from analysis.explain import explain
from analysis.problems import DataProblem
from analysis.themes import learned

RIDERS = {
    "slug": "late_fine", "code": "R01", "zh": "超时罚款", "en": "Fines for late delivery", "family": "consequence", "polarity": -0.6,
    "actor": "licensed_platform", "definition": {"zh": "骑手因超时被罚", "en": "A rider is fined for being late"},
    "source": "invented for this test", "licence": "CC BY 4.0",
    "rules": [{"id": "fine", "en": "a fine for lateness", "any": ["超时…(罚|扣)#(元|块)"], "examples": ["一单超时就罚二十块。"]}],
}


@pytest.fixture
def riders(tmp_path: Path) -> Path:
    """A tiny codebook of another domain: complaints of delivery riders."""
    folder = tmp_path / "riders"
    (folder / "themes").mkdir(parents=True)
    (folder / "codebook.yml").write_text("version: test.1\nname: {zh: 骑手投诉, en: Riders' complaints}\n", encoding="utf-8")
    (folder / "themes" / "R01.yml").write_text(yaml.safe_dump(RIDERS, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def rewritten(folder: Path, **changes: object) -> Path:
    data = {**RIDERS, **changes}
    (folder / "themes" / "R01.yml").write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def test_every_example_is_found_and_no_counter_example_is_claimed() -> None:
    assert check_codebook() == []


def test_the_codebook_has_its_twenty_themes_and_six_sub_themes() -> None:
    book = codebook.load()
    assert len(book.themes) == 26
    assert len(book.parents) == 6
    assert set(book.parents.values()) <= set(book.by_slug)


def test_another_codebook_codes_another_domain(riders: Path, tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    pd.DataFrame({"text": ["昨天下雨，我一单超时被扣五十块。", "平台说超时不会罚20元。"]}).to_csv(posts, index=False)
    assert main(["run", str(posts), "--out", str(tmp_path / "out"), "--codebook", str(riders)]) == 0
    mentions = tables.read("mentions", tmp_path / "out")
    assert list(mentions["theme"]) == ["late_fine", "late_fine"]
    assert set(mentions["status"]) == {"reported", "denied"}
    assert set(mentions["codebook_version"]) == {"test.1"}


def test_an_unknown_key_is_an_error_that_names_file_and_key(riders: Path) -> None:
    with pytest.raises(DataProblem, match=r"R01\.yml: excludes: "):
        codebook.load(rewritten(riders, excludes=["x"]))


def test_an_unknown_parent_lists_the_themes(riders: Path) -> None:
    with pytest.raises(DataProblem, match="Themes: late_fine"):
        codebook.load(rewritten(riders, parent="fines"))


def test_a_bad_pattern_names_its_rule(riders: Path) -> None:
    rules = [{**RIDERS["rules"][0], "any": ["超时(罚"]}]  # type: ignore[index]
    assert "late_fine.fine" in check_codebook(rewritten(riders, rules=rules))[0]


def test_an_example_that_is_not_found_is_told(riders: Path) -> None:
    rules = [{**RIDERS["rules"][0], "examples": ["今天很热。"]}]  # type: ignore[index]
    assert "its example is not found" in check_codebook(rewritten(riders, rules=rules))[0]


def test_fix_puts_a_file_in_its_canonical_form(riders: Path) -> None:
    path = riders / "themes" / "R01.yml"
    path.write_text("# kept\n" + yaml.safe_dump(RIDERS, allow_unicode=True, sort_keys=True), encoding="utf-8")
    assert "canonical form" in check_codebook(riders)[0]
    assert fix_codebook(riders) == [path]
    assert path.read_text(encoding="utf-8").startswith("# kept\nslug: late_fine\n")


@pytest.mark.parametrize("written", ["(威胁", "威胁)", "威?", "#…", "<nobody>", "[威"])
def test_a_pattern_that_cannot_be_is_refused(written: str) -> None:
    with pytest.raises(DataProblem, match="pattern"):
        pattern.parse(written, {})


def test_no_pattern_of_the_codebook_is_slow_on_a_hostile_text() -> None:
    import re
    import time

    book = codebook.load()
    text = "催收电话打给我妈不不不没有会可能，" * 600  # 10,000 characters
    for theme in book.themes:
        regex = re.compile("|".join(pattern.parse(w, book.classes).regex for rule in theme.rules for w in rule.any))
        start = time.perf_counter()
        sum(1 for _ in regex.finditer(text))
        assert time.perf_counter() - start < 20, theme.slug


def test_the_learned_model_gives_its_evidence() -> None:
    model = learned.load(codebook.load().folder)
    assert model is not None
    theme = model.themes[0]
    evidence = model.evidence("电话里那个声音怎么骂都不生气,到点就挂,准是机器", theme)
    assert all(item.weight > 0 for item in evidence)
    assert evidence == sorted(evidence, key=lambda w: -w.weight)
    assert model.themes_of(["嗯"]) == [[]]


def test_a_codebook_without_a_learned_model_uses_rules_alone(riders: Path) -> None:
    book = codebook.load(riders)
    assert learned.load(book.folder) is None
    assert [m.rule_id for m in explain("一单超时就罚二十块", book)] == ["late_fine.fine"]
