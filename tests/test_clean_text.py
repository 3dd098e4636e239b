"""The matching copy: one form for many ways of writing, and the way back to the text as written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.clean.text import fold, matching
from analysis.lexicon import load_yaml


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("網貸逾期", "网贷逾期"),  # online loan overdue, traditional
        ("网 贷 催 收", "网贷催收"),  # blanks
        ("催*收说起-诉", "催收说起诉"),  # signs within words
        ("催.收", "催收"),
        ("催🔥收", "催收"),
        ("催❤️收", "催收"),
        ("催\u200b收", "催收"),  # zero width
        ("逾期(yuqi)了", "逾期了"),  # pinyin behind the word
        ("逾期（yu qi）了", "逾期了"),
        ("逾(yu)期(qi)", "逾期"),  # behind each character
        ("網(wǎng)貸(dài)", "网贷"),
        ("通讯录(tōngxùnlù)", "通讯录"),
        ("被cui收骂", "被催收骂"),  # in place of a character
        ("催shou打来", "催收打来"),
        ("wang贷", "网贷"),
        ("愈期巳经三月", "逾期已经三月"),  # look-alikes
        ("银彳亍的亻言用卡", "银行的信用卡"),  # pulled apart
        ("法院提***讼", "法院提起诉讼"),  # masked
        ("指其**行为", "指其违法行为"),
        ("公然他人,欠款问也让人愁", "公然侮辱他人,欠款问题也让人愁"),  # two holes
        ("ｖх：аbc", "vx:abc"),  # full width and Cyrillic
    ],
)
def test_written_in_many_ways(text: str, copy: str) -> None:
    assert matching(text).text == copy


def test_spun_phrases_are_read_when_asked_for() -> None:
    text = "会作用征信,被强制施行"  # it "acts on" the credit record, "executed" by force
    assert matching(text).text == text
    copy = matching(text, is_unspun=True)
    assert copy.text == "会影响征信,被强制执行"
    assert copy.span(1, 5) == (1, 5)
    assert matching("木有办法", is_unspun=True).text == "木有办法"  # one alone may be plain speech


@pytest.mark.parametrize(
    "text",
    [
        "停息/挂账|减免-分期",  # a list of services
        "利率(apr)和平台(app)",  # an abbreviation in brackets
        "联系cuishou@mail.example或wangdai.example",  # addresses
        "木有办法",  # one spun word alone
        "会到个人中心查看",  # one hole alone
        "他打*号键,5*6=30",  # a star key, a product
        "起-落,收-支,还/没还",  # signs between other characters
        "加微信(haidelong)",  # an id in brackets
        "催促.收到",  # the end of a sentence
    ],
)
def test_the_rest_is_only_folded(text: str) -> None:
    assert matching(text).text == fold(text)


_PIECES = st.sampled_from(
    ["催", "收", "*", "-", " ", "\u200b", "网", "贷", "wang", "dai", "(yuqi)", "逾期", "愈期", "提***讼", "作用征信", "被施行人",
     "公然他人",
     "欠款问,", "(dài)", "、", "❤️", "打 给", "V", "，", "\n", "亻言用", "a", "1️⃣", "網", "(de)", "(wǎng)"]
)  # fmt: skip


def _sound(text: str) -> None:
    copy = matching(text, is_unspun=True)
    folded = fold(text)
    ends = copy.ends or [offset + 1 for offset in copy.offsets[:-1]]
    assert len(copy.offsets) == len(copy.text) + 1
    assert copy.offsets[-1] == len(text)
    assert len(ends) == len(copy.text)
    assert list(copy.offsets) == sorted(copy.offsets)
    assert list(ends) == sorted(ends)
    for i, character in enumerate(copy.text):
        start, end = copy.span(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert end - start > 1 or folded[start] == character or copy.ends
        assert copy.offsets[copy.at(start)] == start
    for word in ("催收", "网贷", "逾期"):
        if (at := copy.text.find(word)) >= 0:
            start, end = copy.span(at, at + len(word))
            assert matching(text[start:end]).text == word


@given(st.lists(_PIECES, max_size=20).map("".join))
def test_every_place_leads_back(text: str) -> None:
    _sound(text)


@given(st.text(max_size=60))
def test_every_place_leads_back_in_any_text(text: str) -> None:
    _sound(text)


@given(st.text(max_size=60))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_every_word_is_read_from_its_breaks() -> None:
    for word, pinyin in load_yaml("lexicon/repairs.yml")["words"].items():
        first, second = pinyin.split()
        for form in (f"{word[0]}*{word[1]}", f"{first}{word[1]}", f"{word[0]}{second}", f"{word}({first}{second})"):
            assert matching(form).text == word, form


@pytest.mark.parametrize("unit", ["催*", "催 ", "(ā", "木有", "打 给", "提***", "逾(yu)期", "*_-"])
def test_time_is_linear(unit: str) -> None:
    start = time.perf_counter()
    matching(unit * (60_000 // len(unit)))
    assert time.perf_counter() - start < 2
