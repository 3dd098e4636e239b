"""No text, whole or damaged, breaks the readers of the clean room or keeps them busy."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.clean import furniture, shapes
from analysis.clean.adverts import mark_adverts
from analysis.clean.contacts import find_contacts
from analysis.clean.layers import read_page, read_text
from analysis.clean.redact import find_people, redact
from analysis.lexicon import DATA, load_yaml

SECONDS = 2.0  # far above what any of these takes: a search that runs away takes minutes
PIECES = st.sampled_from([
    "逾期", "催收", "加微信", "V❤:ab_1234", "13900001234", "１３９-0000-1234", "0️⃣1️⃣", "①②③", "零零七", "@",
    "#", "(", ")", "【", "】", "：", ":", ",",
    "。", "！", " ", "\u3000", "\u200b", "\n", "\t", "客户严冬梅，", "叫“", "”", "住在", "路12号", "京A12345",
    "(2023)粤0101民初1号", "投诉编号：1", "2#", "3楼",
    "3天前", "阅读:65", "12评论", "2025-01-02", "10:22", "民国114年", "目录", "1、", "分享到：微信 微博",
    "赞", "收藏", "字体：大 中 小", "|", "-", "·", "%", "{",
    "第一条", "《民法典》", "网(wǎng)", "😀", "\x00", "\ufffd", "a", "Z", "0", "<", ">", "&amp;nbsp;", "&#x", "…",
])  # fmt: skip
TAGS = st.sampled_from([
    "<div>", "</div>", "<div class='comments'>", "<div class='ad'>", "<table><tr><td>", "</td></tr></table>",
    "<p>", "</p>", "<h1>", "</h1>", "<h2>", "<br>",
    "<a href='/1'>", "</a>", "<li>", "<ul>", "<strong>", "<blockquote>", "<script>", "</script>", "<!--",
    "-->", "<title>", "</title>", "<meta charset=gbk", "<div style='display:none'",
    "<script type='application/ld+json'>{", "<pre>", "<template>", "<", "</", "<p class=\"",
])  # fmt: skip
TEXT = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=60).map("".join))
HTML = st.lists(st.one_of(PIECES, TAGS), max_size=80).map("".join)


def bounded(start: float) -> bool:
    return time.process_time() - start < SECONDS


@settings(max_examples=150, deadline=None)
@given(HTML)
def test_damaged_html_is_read(html_text: str) -> None:
    start = time.process_time()
    page = read_page(html_text)
    mark_adverts(page.blocks)
    assert bounded(start)
    assert all(block.text.strip() for block in page.blocks)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_any_text_is_read_and_redacted(text: str) -> None:
    start = time.process_time()
    blocks = mark_adverts(read_text(text).blocks)
    for contact in find_contacts(text):
        assert text[contact.start : contact.end] == contact.surface
    hidden = redact(text, find_people(text))
    assert bounded(start)
    assert find_people(hidden.text) == []
    assert all(block.text for block in blocks)


RUNS = ["收藏", "1 ", "(", "12-", "加v", "a1_", "零", "｜分期", "<div>", "<a>赞", "第", "3楼 ", "2025-", " %", "】张三丰,"]


@pytest.mark.parametrize("piece", RUNS)
def test_repetition_costs_no_more_than_its_length(piece: str) -> None:
    start = time.process_time()
    text = piece * (6_000 // len(piece))
    read_page(text)
    read_text(text)
    find_contacts(text)
    find_people(text)
    assert time.process_time() - start < 5 * SECONDS


def test_possessive_quantifiers_never_meet_capturing_groups() -> None:
    # CPython 3.11 raises SystemError ("span of capturing group is wrong") on some such expressions.
    possessive = re.compile(r"(?<!\\)[+*?}]\+")
    assert all(rule.match.groups == 0 for rule in furniture._rules().patterns)
    for path in sorted((DATA / "lexicon").glob("*.yml")):
        if path.name != "furniture.yml":  # whose groups are made non-capturing
            lines = path.read_text(encoding="utf-8").splitlines()
            patterns = [line for line in lines if possessive.search(line) and "(" in line]
            assert not [line for line in patterns if re.search(r"\)\+\+|\}\+[^\]]", line)], path.name
    structure = [name for name in load_yaml("lexicon/structure.yml") if name not in ("source", "licence")]
    assert all(shapes.pattern(name) for name in structure)
