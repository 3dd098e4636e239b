"""Identifiers planted across pages, addresses and names: none of them stands in anything that `run` and `report` write."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from made_report import quickly

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from fuzz_privacy import MAKERS, Planted, leaks, pages, planted, written

from analysis.clean.addresses import hidden_address
from analysis.clean.contacts import find_contacts, key, salt
from analysis.clean.redact import hidden
from analysis.cli import main, traced


def test_nothing_planted_is_met_again(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)
    found = planted(200, seed=3)
    assert {item.kind for item in found} == set(MAKERS)
    assert list(pages(found, tmp_path / "pages"))
    out = tmp_path / "out"
    assert main(["run", str(tmp_path / "pages"), "--out", str(out)]) == 0
    assert main(["report", str(out)]) == 0
    said = capsys.readouterr()
    assert "〔电话〕.bin" in said.err  # a file that was passed over, by its name
    (out / "said.log").write_text(said.out + said.err, encoding="utf-8")
    assert {found[i].surface: files for i, files in leaks(found, written(out)).items()} == {}


def test_every_form_of_writing_is_hidden_and_hiding_is_done_once() -> None:
    found = planted(900, seed=8)
    assert len({(item.kind, item.form) for item in found}) > 70
    texts = [hidden(item.sentence) for item in found]
    bad = [i for i, text in enumerate(texts) if leaks([found[i]], iter([("text", text)])) or "〔" not in text]
    assert [found[i].sentence for i in bad] == []
    assert [text for text in texts[::5] if hidden(text) != text] == []


def test_the_search_finds_what_stands_in_a_file(tmp_path: Path) -> None:
    item = Planted("mobile", "plain", "13912345678", "打13912345678")  # call …
    (tmp_path / "a.csv").write_text("x,139 no\ny,912345678\n", encoding="utf-8")
    assert leaks([item], written(tmp_path)) == {0: {"a.csv"}}


@pytest.mark.parametrize("text", ["车是浙ＡＲ０１２１", "车是浙AR0121", "车牌浙A·R0121", "浙 A R 0 1 2 1"])  # the car was …
def test_a_plate_in_any_width_is_hidden(text: str) -> None:
    assert "〔车牌〕" in hidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "投诉材料发到wrdjp11088#mail.example",  # send complaints to …
        "联系邮箱 r w w x 7 4 1 2 7 @ m a i l . e x a m p l e",  # mail …
        "邮箱：k-k-p-v-3-6-@-q-q-.-c-o-m",
        "邮箱：kkpv36@163点com",
    ],
)
def test_a_mail_address_in_disguise_is_hidden(text: str) -> None:
    assert hidden(text).endswith("〔邮箱〕")


def test_an_id_parted_by_signs_is_one_id_with_its_value() -> None:
    for by in ("-", "·", "*", "/", ".", " ", "--"):
        text = f"添加微信号{by.join('hbwkt_13170')}好友"  # add WeChat … as a friend
        assert [contact.value for contact in find_contacts(text)] == ["hbwkt_13170"], by


@pytest.mark.parametrize(
    "text",
    [
        "点击https://a.example/page1.html#part.one看看",  # click …
        "第1233条、第1234条规定，违约金为1.38万元",  # articles of a law, an amount
        "2024-01-15至2024-03-20逾期，共138.00元",  # from … to … overdue, … yuan
        "话题#网贷逾期#qq音乐",  # a topic
        "一三五七九，二四六八十",  # odd and even
        "目录\n1\n2\n3\n4\n5\n6\n7\n8\n9\n还款",  # contents … repayment
    ],
)
def test_what_is_no_identifier_stays(text: str) -> None:
    assert hidden(text) == text


def test_a_number_before_a_han_digit_ends_where_it_ends() -> None:
    assert hidden("用一九四四七六零四二四零一天打三次") == "用〔电话〕一天打三次"  # from …, three calls a day
    assert hidden("钱打到了6259659820518288一天上") == "钱打到了〔银行卡〕一天上"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/t/139-1234-5678.html", "https://a.example/t/〔电话〕.html"),
        ("https://a.example/?page=2&wx=ab_12345", "https://a.example/?page=2&wx=〔账号〕"),
        ("https://name:word@a.example/x%40y.example", "https://a.example/〔邮箱〕"),
        ("帖子/加微信ab_12345.html:7", "帖子/加微信〔微信〕.html:7"),  # posts/add WeChat …
        ("https://mp.weixin.qq.com/s/AbC_12345678", "https://mp.weixin.qq.com/s/AbC_12345678"),
        ("https://a.example/detail/4912345678901234", "https://a.example/detail/4912345678901234"),
    ],
)
def test_an_address_keeps_all_but_what_leads_to_a_person(address: str, shown: str) -> None:
    assert hidden_address(address) == shown
    once = hidden_address(address, b"salt")
    assert hidden_address(once, b"salt") == once
    assert (once == hidden_address(address, b"other")) == (once == address)  # without the salt no two marks are linked


def test_a_traceback_quotes_no_page(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("加微信ab_12345 或13912345678\x1b[2J")
    except ValueError as error:
        traced(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert "test_hold_privacy.py" in said
    assert "ValueError: 加微信〔微信〕 或〔电话〕\n" in said


@pytest.mark.skipif(os.name != "posix", reason="no such rights here")
def test_the_salt_is_its_owners_alone_and_without_it_keys_are_other_keys(tmp_path: Path) -> None:
    made = salt(tmp_path)
    path = tmp_path / "salt.bin"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert salt(tmp_path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key("ab_12345", made) != key("ab_12345", salt(tmp_path / "elsewhere"))
