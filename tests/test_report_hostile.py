"""Strings from pages that try to run, load or break something, and corpora too small to say anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_report import Tags, quickly, run_of_texts

from analysis.report import build

# An attack inside a sentence of its own: posts that say the same would be folded into one quote.
POSTS = {
    # threatened my family
    "<script>alert('x')</script><svg/onload=alert(1)><style>@import url(//evil.example)</style>":
        "上个月催收员在电话里威胁{}我的家人，我吓得一夜没睡。",
    "<video src=x onerror=alert(1)>": "平台把短信发到单位，恐吓{}说要来抓人。",  # text messages to my employer
    # came to the door
    "{{ 7*7 }}{% raw %}${alert(1)}{{constructor.constructor('alert(1)')()}}":
        "外包公司的人上门堵着我妈，放狠话{}要她替我还债。",
    # a message full of threats
    "$$x$$ \\(y\\) \\href{javascript:alert(1)}{z}":
        "昨天收到一条恐吓{}短信，落款是某网贷的第三方催收。",
    "</style></script><b>粗</b>": "信用卡中心委外以后，那边天天威胁{}要爆通讯录。",  # to call my whole address book
    '=HYPERLINK("http://evil.example")': "欠花呗三千块，催收扬言{}要让全村都知道。",  # the whole village shall know
    # proper lenders don't threaten
    "[a](javascript:alert(1)) **b** <a href=javascript:alert(1)>c</a>":
        "正规机构不会威胁{}借款人，遇到这种话就录音。",
    # has anyone been threatened
    "</blockquote></section><iframe srcdoc='<script>alert(1)</script>'></iframe><!--":
        "有人遇到催收恐吓{}吗？我网贷逾期九十天了，每天睡不着，家里人也跟着担心。",
    "&lt;i&gt; \u202egnp.exe": "法律规定催收不得恐吓{}债务人，可我接到的电话句句都是威胁。",  # the law forbids it
}


def texts() -> list[dict[str, str]]:
    """Posts on overdue loans, each with one attack in its title and in a sentence that speaks of threats."""
    return [
        {
            "url": f"https://bbs{number}.example/t/{number}.html",
            "title": f"网贷逾期{attack}",
            "text": sentence.format(attack),
        }
        for number, (attack, sentence) in enumerate(POSTS.items())
    ]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


def test_what_a_page_says_stays_text(tmp_path: Path) -> None:
    built = build(run_of_texts(tmp_path, texts()), tmp_path / "r.html")
    html = built.path.read_text(encoding="utf-8")
    page = Tags(html)
    assert len(page.of("script")) == 1
    assert len(page.of("style")) == 1
    assert not page.of("i")
    assert not page.of("b")
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]
    said = "".join(text for _, text in page.texts)
    for attack in ("<script>alert('x')</script>", "onerror=alert(1)", "{{ 7*7 }}", "$$x$$", "</blockquote>"):
        assert attack in said, attack
    assert not [tag for tag in ("iframe", "object", "embed", "form", "base", "link", "math") if page.of(tag)]
    assert not [a for a in page.of("a") if not (a["href"] or "").startswith("#")]
    assert html.count("</html>") == 1
    for table in (tmp_path / "tables" / "figures").glob("*.csv"):
        assert not re.search(r'(^|,)"?[=+@]', table.read_text(encoding="utf-8-sig"), re.MULTILINE)


def test_pages_without_a_word_on_debt_make_a_report_that_says_so(tmp_path: Path) -> None:
    # spring is here and the peach blossoms are out in the park
    rows = [{"url": "https://a.example/1", "title": "春天来了", "text": "公园里的桃花开了，许多人带着孩子去拍照。" * 3}]
    built = build(run_of_texts(tmp_path, rows), tmp_path / "r.html")
    html = built.path.read_text(encoding="utf-8")
    assert "语料太小" in html
    assert built.n_figures == 0


def test_pages_without_chinese_make_a_report_that_says_so(tmp_path: Path) -> None:
    rows = [{"url": "https://a.example/1", "title": "Overdue", "text": "My loan is overdue and a collector threatens me."}]
    html = build(run_of_texts(tmp_path, rows), tmp_path / "r.html", "en").path.read_text(encoding="utf-8")
    assert "The corpus is too small" in html


def test_one_post_makes_a_report(tmp_path: Path) -> None:
    built = build(run_of_texts(tmp_path, texts()[:1]), tmp_path / "r.html")
    assert built.findings
    assert "q-threats-claimed" in built.path.read_text(encoding="utf-8")


def test_no_page_at_all_makes_a_report(tmp_path: Path) -> None:
    rows = [{"url": "https://a.example/1", "title": "", "text": ""}]
    built = build(run_of_texts(tmp_path, rows), tmp_path / "r.html", "en")
    assert "The corpus is too small" in built.path.read_text(encoding="utf-8")
