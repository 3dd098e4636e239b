"""Identifiers planted across pages: none of them stands in anything that `run` and `report` write."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from made_report import execute_here

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from fuzz_privacy import MAKERS, Planted, leaks, pages, planted, written

from analysis.clean.redact import find_people, redact
from analysis.cli import main
from analysis.report import notebooks as kernels

# Forms that are known to get through, each with a test below.
KNOWN = {("mail", "#"), ("mail", "blanks"), ("wechat", "hyphens")}


def test_nothing_planted_is_met_again(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "execute", execute_here)
    found = [item for item in planted(200, seed=3) if (item.kind, item.form) not in KNOWN]
    assert {item.kind for item in found} == set(MAKERS)
    assert list(pages(found, tmp_path / "pages"))
    out = tmp_path / "out"
    assert main(["run", str(tmp_path / "pages"), "--out", str(out)]) == 0
    assert main(["report", str(out)]) == 0
    said = capsys.readouterr()
    (out / "said.log").write_text(said.out + said.err, encoding="utf-8")
    assert {found[i].surface: files for i, files in leaks(found, written(out)).items()} == {}


def test_the_search_finds_what_stands_in_a_file(tmp_path: Path) -> None:
    item = Planted("mobile", "plain", "13912345678", "打13912345678")  # call …
    (tmp_path / "a.csv").write_text("x,139 no\ny,912345678\n", encoding="utf-8")
    assert leaks([item], written(tmp_path)) == {0: {"a.csv"}}


def hidden(text: str) -> str:
    return redact(text, find_people(text)).text


@pytest.mark.parametrize("text", ["上门的车是浙ＡＲ０１２１", "上门的车是浙AR0121", "车牌浙A·R0121"])  # the car at the door was …
def test_a_plate_in_any_width_is_hidden(text: str) -> None:
    assert "〔车牌〕" in hidden(text)


@pytest.mark.xfail(reason="a number sign stands for @ only before the hosts that are listed")
def test_a_number_sign_for_at_before_any_host() -> None:
    assert "wrdjp11088" not in hidden("投诉材料发到wrdjp11088#mail.example")  # send complaints to …


@pytest.mark.xfail(reason="the grammar of a spaced address knows its listed hosts alone when letters are parted one by one")
def test_a_mail_address_parted_by_blanks() -> None:
    assert "1 2 7 @" not in hidden("联系邮箱 r w w x 7 4 1 2 7 @ m a i l . e x a m p l e")  # mail …


@pytest.mark.xfail(reason="an id whose own sign is an underscore, parted by hyphens, has two signs between its characters")
def test_a_messenger_id_parted_by_hyphens() -> None:
    assert "1-3-1-7-0" not in hidden("添加微信号h-b-w-k-t-_-1-3-1-7-0好友")  # add WeChat …
