"""A report of any run: the codebook that it was made with, and what a crawl wrote beside the tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_report import quickly, run_of_texts

from analysis.codebook import NAMES as CODEBOOK
from analysis.problems import DataProblem
from analysis.report import build
from analysis.report.corpus import CRAWL, read_corpus
from analysis.report.cover import card
from analysis.report.evidence import theme_name

# threatened my family over an overdue loan
ROWS = [
    {
        "url": "https://a.example/1",
        "title": "网贷逾期经历",
        "text": "我网贷逾期三个月了，催收员打电话威胁我全家，我很害怕。",
    }
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return run_of_texts(tmp_path, ROWS)


def keep(folder: Path, themes: list[dict[str, str]]) -> None:
    (folder / CODEBOOK).write_text(json.dumps({"themes": themes}, ensure_ascii=False), encoding="utf-8")


def test_parents_are_those_of_the_codebook_of_the_run(folder: Path) -> None:
    below = {"slug": "threats", "zh": "威胁", "en": "Threats", "parent": "lawsuits"}
    keep(folder, [below, {"slug": "lawsuits", "zh": "起诉", "en": "Suits"}])
    corpus = read_corpus(folder)
    assert corpus.parents == {"threats": "lawsuits"}
    assert corpus.with_parts("lawsuits") == ["lawsuits", "threats"]
    assert len(next(corpus.said.groups(corpus.with_parts("lawsuits"), ["all"]))[1])


def test_a_theme_without_a_short_name_has_the_name_of_the_codebook(folder: Path) -> None:
    keep(folder, [{"slug": "accidents", "zh": "交通事故", "en": "Accidents"}])
    assert theme_name(read_corpus(folder), "accidents") == "交通事故"
    assert theme_name(read_corpus(folder, "en"), "accidents") == "Accidents"
    assert theme_name(read_corpus(folder), "threats") == "威胁恐吓"


def test_a_codebook_of_another_form_is_told_of(folder: Path) -> None:
    (folder / CODEBOOK).write_text('{"themes": [{"zh": "x"}]}', encoding="utf-8")
    with pytest.raises(DataProblem, match="not the themes of a codebook"):
        read_corpus(folder)


def test_a_crawl_stands_on_the_corpus_card(folder: Path) -> None:
    assert "抓取" not in card(read_corpus(folder))
    (folder / CRAWL).write_text("reason,n\nasked,1200\n<b>robots</b>,34\n", encoding="utf-8")
    html = card(read_corpus(folder))
    assert "asked 1,200" in html
    assert "&lt;b&gt;robots&lt;/b&gt; 34" in html


def test_a_crawl_without_counts_is_told_of(folder: Path) -> None:
    (folder / CRAWL).write_text("reason,n\nasked,many\n", encoding="utf-8")
    with pytest.raises(DataProblem, match="row 2: n is 'many'"):
        read_corpus(folder)


@pytest.mark.parametrize("n_copies", [1, 5])
def test_one_post_and_copies_alone_make_the_same_bytes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_copies: int
) -> None:
    quickly(monkeypatch)
    rows = [{**ROWS[0], "url": f"https://s{i}.example/1"} for i in range(n_copies)]
    folder = run_of_texts(tmp_path, rows)
    first, second = (build(folder, tmp_path / f"{i}.html").path.read_bytes() for i in range(2))
    assert first == second
    said = first.decode()
    # too few posts a month; nothing ties posts; nobody coded; no rule is spoken of
    for why in ("各月文章太少", "没有由联系方式", "没有人工编码", "没有文章说到可与规则相比"):
        assert why in said


def test_a_theme_that_the_run_calls_otherwise_goes_by_that_name_everywhere(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickly(monkeypatch)
    book = json.loads((folder / CODEBOOK).read_text(encoding="utf-8"))
    keep(folder, [{**theme, "zh": "恫吓胁迫"} if theme["slug"] == "threats" else theme for theme in book["themes"]])
    html = build(folder, tmp_path / "r.html").path.read_text(encoding="utf-8")
    assert "恫吓胁迫" in html
    assert "威胁恐吓" not in html  # the short name of ours
