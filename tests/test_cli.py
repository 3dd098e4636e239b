"""The command line: what it answers, with which status, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis import tables
from analysis.cli import main


@pytest.fixture
def posts_csv(tmp_path: Path) -> Path:
    path = tmp_path / "posts.csv"
    rows = ["平台不会威胁借款人。网贷逾期会影响征信。", "催收把电话打到我妈那里，我快崩溃了。网贷逾期三个月。"]
    pd.DataFrame({"text": rows, "url": ["https://a.example/1", "https://b.example/2"]}).to_csv(path, index=False)
    return path


def test_run_writes_every_table_and_says_what_it_did(posts_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "tables"
    assert main(["run", str(posts_csv), "--out", str(out), "--fetched-at", "2026-01-15"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "clean: 2 in, 2 kept, 0 dropped" in said.err
    assert {path.stem for path in out.glob("*.parquet")} == set(tables.TABLES)
    assert set(tables.read("mentions", out)["theme"]) >= {"threats", "credit_damage", "contact_harassment"}


def test_the_stages_one_by_one_give_what_run_gives(posts_csv: Path, tmp_path: Path) -> None:
    whole, steps = tmp_path / "whole", tmp_path / "steps"
    assert main(["run", str(posts_csv), "--out", str(whole)]) == 0
    assert main(["scrape", str(posts_csv), "--out", str(steps)]) == 0
    for stage in ("clean", "themes", "sentiment", "measure"):
        assert main([stage, str(steps)]) == 0
    for name in tables.TABLES:
        assert (whole / f"{name}.parquet").read_bytes() == (steps / f"{name}.parquet").read_bytes(), name


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["run", "no-such-page.html", "--out", "x"], 1, "no-such-page.html"),
        (["measure", "no-such-folder"], 1, "no such table"),
        (["tables", "nonsense"], 1, "Tables: raw, posts"),
        (["report", "no-such-folder"], 1, "no-such-folder"),
        (["codebook", "no-such-folder"], 1, "codebook.yml"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    arguments: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == status
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nonsense"], ["run"], ["run", "a.html", "--out", "x", "--workers", "0"]])
def test_a_wrong_command_ends_with_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().err


def test_a_table_without_text_lists_its_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("colour,size\na,b\n", encoding="utf-8")
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 1
    message = capsys.readouterr().err
    assert "colour" in message
    assert "size" in message


def test_explain_tells_what_decided(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "催收员不得威胁借款人"]) == 0
    assert "prohibited (rejected), by 不得" in capsys.readouterr().out


def test_contact_ids_are_in_clear_only_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    paragraphs = ["网贷逾期怎么办", "添加微信好友，免费规划方案！微信号：zx880012ab", "网贷逾期会影响征信，银行可能起诉。"]
    path.write_text("\n\n".join(paragraphs), encoding="utf-8")
    for flags, clear in (([], False), (["--reveal-contacts"], True)):
        out = tmp_path / f"out{clear}"
        assert main(["run", str(path), "--out", str(out), *flags]) == 0
        values = tables.read("contacts", out)["value"]
        assert list(values.dropna()) == (["zx880012ab"] if clear else [])
        written = b"".join(p.read_bytes() for p in out.glob("*.parquet"))
        assert (b"zx880012ab" in written) is clear


def test_clean_explains_one_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<html><body><div class='nav'><a href='/'>首页</a><a href='/a'>资讯</a></div><h1>网贷逾期怎么办</h1>"
        "<p>先别慌，逾期三个月以内可以和平台协商，说明困难并提出方案。\x1b[31m</p><p>收到短信不要怕，核实以后再决定怎么还。</p>"
        "<p>添加微信好友，免费规划方案！微信号：zx880012ab</p><p>版权声明：本文仅代表作者观点。</p></body></html>",
        encoding="utf-8",
    )
    assert main(["clean", "--explain", str(page)]) == 0
    said = capsys.readouterr().out
    assert "title            网贷逾期怎么办" in said
    assert "ad               添加微信好友" in said
    assert "zx880012ab" not in said
    assert "cut: " in said
    assert "\x1b" not in said
    out = tmp_path / "layers.html"
    assert main(["clean", "--explain", str(page), "--html", str(out)]) == 0
    assert "Content-Security-Policy" in out.read_text(encoding="utf-8")
    assert main(["clean"]) == 2


def test_a_text_is_a_post_however_short(tmp_path: Path) -> None:
    path = tmp_path / "questions.csv"
    questions = ["网贷逾期三个月会坐牢吗？", "欠信用卡两万，银行说要起诉我，怎么办", "催收打我妈电话"]
    pd.DataFrame({"text": questions}).to_csv(path, index=False)
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 0
    assert sorted(tables.read("posts", tmp_path / "out")["text"]) == sorted(questions)
