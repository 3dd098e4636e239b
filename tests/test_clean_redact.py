"""Redaction: what leads to a person goes, what the public needs stays, and a second pass changes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.clean.contacts import find_contacts
from analysis.clean.phones import hotlines
from analysis.clean.redact import MARKS, find_people, redact
from analysis.lexicon import read_yaml

CASES = Path(__file__).parent / "cases" / "clean"
GOLD = Path(__file__).parents[2] / "shared" / "gold" / "dev.jsonl"
ID_CARD = "000000199001010018"  # an impossible place, a right check digit
CARD = "9900000000000002"


def cleaned(text: str) -> str:
    return redact(text, find_people(text)).text


@pytest.mark.parametrize("case", [pytest.param(c, id=c["label"]) for c in read_yaml(CASES / "people-unseen.yml")["cases"]])
def test_personal_data_goes_in_other_spellings(case: dict[str, Any]) -> None:
    assert cleaned(case["text"]) == case["expect"], case["why"]


@pytest.mark.parametrize("case", [pytest.param(c, id=c["label"]) for c in read_yaml(CASES / "unseen-negative.yml")["cases"]])
def test_near_misses_stay(case: dict[str, Any]) -> None:
    assert cleaned(case["text"]) == case["text"], case["why"]


def test_constants_are_well_formed() -> None:
    from analysis.clean.documents import id_check, luhn

    assert id_check(ID_CARD)
    assert luhn(CARD)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("号码17100004567一直打", "号码〔电话〕一直打"),  # the number keeps calling
        ("１３８ ００１３ ８０００", "〔电话〕"),
        ("1三8零零1三8零零零打来的", "〔电话〕打来的"),  # called from …
        ("打138-0013-8000或+86 139 0000 1234", "打〔电话〕或〔电话〕"),  # call … or …
        ("座机(0532)80880000转12", "座机〔座机〕"),  # landline, extension
        ("來電0912-345-678，自稱專員", "來電〔电话〕，自稱專員"),  # Taiwan mobile
        ("收數佬打6123 4567嚟", "收數佬打〔电话〕嚟"),  # Hong Kong mobile
        (f"证件{ID_CARD}外泄", "证件〔身份证〕外泄"),  # identity number leaked
        ("身份证110105194912310021", "身份证〔身份证〕"),  # wrong check digit, named
        (f"打到{CARD}这张", "打到〔银行卡〕这张"),  # pay to this card
        ("尾号1234的储蓄卡", "尾号〔尾号〕的储蓄卡"),  # card ending in
        ("写信到 1 2 3 4 5 6 7 @ qq . com 吧", "写信到 〔邮箱〕 吧"),  # write to
        ("邮箱abc#qq.com", "邮箱〔邮箱〕"),
        ("把云Z·88Q88开走", "把〔车牌〕开走"),  # took the car
        ("我住云岭省茶花市碧溪区金盏路77号2栋904室", "我住云岭省茶花市〔地址〕"),  # I live at
        ("客户:王大锤，请还款", "客户:〔姓名〕，请还款"),  # client …, please repay
        ("尊敬的赵铁柱先生", "尊敬的〔姓名〕先生"),  # dear Mr
        ("本人郝大壮，被催。郝大壮不服", "本人〔姓名〕，被催。〔姓名〕不服"),  # I, …; … objects
        ("前男友钱小勇当年填的我", "前男友〔姓名〕当年填的我"),  # my former boyfriend
        ("来电找一位客户严冬梅，问欠了多少", "来电找一位客户〔姓名〕，问欠了多少"),  # ask for a client
        ("找的是一个叫“邓永福”的人", "找的是一个叫“〔姓名〕”的人"),  # someone called
        ("备注写着“丁语桐老师请客”", "备注写着“〔姓名〕老师请客”"),  # teacher
        ("【贷后服务】赵志远先生，请处理", "【贷后服务】〔姓名〕先生，请处理"),  # a message's salutation
        ("【某区法院】贾云帆，有一案受理", "【某区法院】〔姓名〕，有一案受理"),  # the same without a title
        ("来信（孙立恒，abc0000@mail.example）", "来信（〔姓名〕，〔邮箱〕）"),  # a letter by
        ("住在屯门的霍润兰收工返屋企", "住在屯门的〔姓名〕收工返屋企"),  # who lives in
        ("合同号:HT2025-000123", "合同号:〔合同号〕"),  # contract number
        ("(2023)粤0101民初12345号", "(2023)粤0101民初〔案号〕号"),  # a case: the serial goes
        ("106575581234567发来", "106〔短信端口〕发来"),  # SMS port
        ("护照E12345678", "护照〔证件〕"),  # passport
        ("加V:ab123456，QQ：330011220", "加V:〔微信〕，QQ：〔QQ〕"),  # add …
    ],
)
def test_personal_data_goes(text: str, expected: str) -> None:
    assert cleaned(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "138****1234已经打过",  # masked already
        "小赵、老周、李某和张某某都说过",  # no names in full
        "客户:王强(化名)说",  # the name was changed
        "借款人应当还款，客户应该联系银行，本人因为失业",  # words, not names
        "2025年6月18日还了20000元，年化24%，共36期",  # a date, a sum, a rate
        "刑法第二百九十三条之一，第196条",  # articles
        "他们打了110，又打12378和95588",  # hotlines
        "这类客户严重逾期，用户普遍反映，客户经理说",  # words after a client, not names
        "有个叫“贾老板”的平台，还有叫“马上花”的应用",  # names of things
        "【某平台】温馨提示，【某银行】您好，",  # what a message begins with
        "班主任老师和住在老家的父母亲都知道了",  # a teacher and parents without names
        "订单号20250618123456789已退",  # an order
        "人民路派出所的民警来了",  # a road without a number
        "评论区置顶有联系方式",  # a pointer: no id
        "张先生说不认识他",  # a surname alone
        "额度50000-80000，通过率72.6%",  # amounts
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize("number", sorted(hotlines()))
def test_hotline_stays_alone_but_not_inside(number: str) -> None:
    assert number in cleaned(f"可拨打{number}投诉")  # you may call … to complain


def test_hotline_digits_inside_a_longer_number_are_no_excuse() -> None:
    assert "12378" not in cleaned("手机13912378000打来")  # a mobile with 12378 inside


def test_contacts_can_be_carried_over() -> None:
    text = "本人郝大壮，加微信ab22337758，还有 QQ：330011220 可以问"  # I, …, add WeChat …, also QQ …
    done = redact(text, find_people(text))
    places = {span.surface: (start, end) for start, end, span in done.marks}
    for contact in find_contacts(text):
        start, end = places[contact.surface]
        assert done.text[start:end] == MARKS[contact.kind]
    assert done.text[done.at(text.index("可以")) :] == "可以问"


_PIECES = st.sampled_from(
    ["微信", "加V", "电话", "：", " ", "-", "13900001234", "ab22337758", "1", "三", "①", "0", "12378", "。", "\n", "姓名:",
     "王大锤", "先生", "路77号", "云Z·88Q88", "@qq.com", "(2023)粤01民初", "号", "尾号", "1234", "106", "95", "x", "本人",
     "〔微信〕", "〔电话〕", "住", "市"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=24).map("".join))
def test_redacting_again_changes_nothing(text: str) -> None:
    once = redact(text, find_people(text))
    assert cleaned(once.text) == once.text
    assert all(once.text[start:end] == MARKS[span.kind] for start, end, span in once.marks)
    assert all(text[span.start : span.end] == span.surface for _, _, span in once.marks)


@given(st.text(max_size=120))
def test_any_text_is_handled(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.skipif(not GOLD.exists(), reason="the gold documents are not part of the repository")
def test_gold_leaks_and_hotlines() -> None:
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        text = "\n".join(b["text"] for b in document["blocks"] if b["layer"] not in {"nav", "meta", "related"})
        done = cleaned(text)
        assert not [p["kind"] for p in document["pii"] if p["kind"] != "name" and p["surface"] in done], document["doc_id"]
        wanted = [n for n in document["keep_numbers"] if re.search(rf"(?<!\d){n}(?!\d)", text)]
        assert all(number in done for number in wanted), document["doc_id"]
