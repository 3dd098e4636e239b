"""Strings from pages that try to run, load or break something, and corpora too small to say anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_report import Tags, execute_here, run_of_texts

from analysis.report import build
from analysis.report import notebooks as kernels

ATTACKS = (
    "<script>alert('x')</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "$$x$$ \\(y\\)",
    "</style></script><b>粗</b>",
    "=HYPERLINK(\"http://evil.example\")",
    "[a](javascript:alert(1)) **b**",
    "</blockquote></section><!--",
    "&lt;i&gt; \u202egnp.exe",
)


def texts() -> list[dict[str, str]]:
    """Posts on overdue loans, each with one attack in its title and inside a sentence that is quoted."""
    return [
        {
            "url": f"https://bbs{number}.example/t/{number}.html",
            "title": f"网贷逾期被催收威胁怎么办{attack}",  # overdue online loan, threatened by collectors: what to do
            # "My loan is overdue; the collector threatened my family … and rang up everybody I know."
            "text": f"我的网贷逾期了第{number}个月。催收员打电话威胁{attack}我的家人，还给我单位打电话骚扰同事。我真的很害怕，征信也受影响。",
        }
        for number, attack in enumerate(ATTACKS)
    ]


@pytest.fixture(autouse=True)
def _no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "execute", execute_here)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_page_says_stays_text(tmp_path: Path, lang: str) -> None:
    built = build(run_of_texts(tmp_path, texts()), tmp_path / "r.html", lang)
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


def test_one_post_makes_a_report(tmp_path: Path) -> None:
    built = build(run_of_texts(tmp_path, texts()[:1]), tmp_path / "r.html")
    assert built.findings
    assert "q-threats-claimed" in built.path.read_text(encoding="utf-8")


def test_no_page_at_all_makes_a_report(tmp_path: Path) -> None:
    rows = [{"url": "https://a.example/1", "title": "", "text": ""}]
    built = build(run_of_texts(tmp_path, rows), tmp_path / "r.html", "en")
    assert "The corpus is too small" in built.path.read_text(encoding="utf-8")
