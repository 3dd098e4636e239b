"""Quotes and numbers: which quotes are shown, and what stops a report."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from made_report import run_of_texts

from analysis import tables
from analysis.charts.browse import Choice
from analysis.problems import DataProblem
from analysis.report.behind import drawn_sections
from analysis.report.corpus import Corpus, Key, read_corpus
from analysis.report.cover import findings
from analysis.report.evidence import contradiction_sections, term_sections, theme_sections
from analysis.report.gate import check_page, check_prose
from analysis.report.notebooks import Executed
from analysis.report.numbers import anchor_of, fill, link
from analysis.report.quotes import Quote, quotes_of, spread
from analysis.report.ranks import mark_of, ranks
from analysis.report.records import record_sections
from analysis.report.said import Said, said_of
from analysis.report.shelf import LIGHT
from analysis.report.show import Show
from analysis.report.stated import stated_sections

ROWS = [
    # threatened my whole family; a copy of it on another site; they would never threaten; what if they threaten me
    {
        "url": "https://a.example/1",
        "title": "网贷逾期经历",
        "text": "我网贷逾期三个月了。催收员打电话威胁我全家，说要让我在老家抬不起头来，还发短信骂人。",
    },
    {
        "url": "https://b.example/1",
        "title": "网贷逾期经历",
        "text": "我网贷逾期三个月了。催收员打电话威胁我全家，说要让我在老家抬不起头来，还发短信骂人。",
    },
    {
        "url": "https://a.example/2",
        "title": "正规平台",
        "text": "欠了信用卡也别慌。正规机构绝不会威胁借款人，也不会联系你的家人。",
    },
    {
        "url": "https://c.example/3",
        "title": "求助",
        "text": "我的借呗逾期了，如果催收威胁我怎么办？家里老人身体不好，我很担心征信。",
    },
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_of_texts(tmp_path_factory.mktemp("evidence"), ROWS)


@pytest.fixture(scope="module")
def corpus(folder: Path) -> Corpus:
    return read_corpus(folder)


def with_mentions(folder: Path, copy: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Corpus:
    """The corpus of a copy of the folder, in which the mentions are others."""
    shutil.copytree(folder, copy)
    tables.write("mentions", change(tables.read("mentions", folder)), copy)
    return read_corpus(copy)


def choose(corpus: Corpus, said: Said, cap: int = 6) -> list[Quote]:
    _, places = next(said.groups(["threats"], ["all"]))
    return quotes_of(corpus, said.chosen(places, cap).shown)


def test_copies_are_one_quote_with_their_number(corpus: Corpus) -> None:
    quotes = choose(corpus, corpus.said)
    assert [quote.copies for quote in quotes if "全家" in quote.before + quote.cue + quote.after] == [1]


def test_the_choice_does_not_depend_on_the_order_of_the_mentions(corpus: Corpus) -> None:
    turned = said_of(corpus.tables.light("mentions").iloc[::-1], corpus.sample)
    assert choose(corpus, turned) == choose(corpus, corpus.said) == choose(corpus, corpus.said_of("threats"))


def test_the_first_shown_has_the_smallest_hash_of_all(corpus: Corpus) -> None:
    rows = corpus.tables.light("mentions", columns=LIGHT["mentions"])
    rows = rows.loc[(rows["theme"] == "threats") & rows["layer"].isin(["title", "body"])]
    least = min(rows.itertuples(index=False), key=lambda row: mark_of(row.post_id, row.start, row.rule_id))
    said = choose(corpus, corpus.said)[0].mention
    assert (said.post_id, said.start, said.rule_id) == (least.post_id, least.start, least.rule_id)


def test_a_million_things_are_ordered_as_one_is() -> None:
    ids = pd.Series([f"{i:x}" for i in range(300)])
    order = ids.iloc[ranks(ids, pd.Series(range(300))).argsort()].tolist()
    assert order == sorted(ids, key=lambda name: mark_of(name, int(name, 16)))


def test_sites_take_turns() -> None:
    assert spread(["a1", "a2", "a3", "b1", "c1"], lambda item: item[0], 4) == ["a1", "b1", "c1", "a2"]


def test_a_quote_that_is_no_span_of_its_post_stops_the_report(folder: Path, tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [{"sentence": "催收员打了他全家。"}, {"cue": "打人"}]  # collectors beat his family; hit people
    for number, change in enumerate(changes):
        corpus = with_mentions(folder, tmp_path / str(number), lambda frame, change=change: frame.assign(**change))  # type: ignore[misc]
        with pytest.raises(DataProblem, match="does not stand around"):
            list(theme_sections(corpus))


def test_counts_of_quotes_are_those_of_the_measures(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="Run `measure` again"):
        theme_sections(with_mentions(folder, tmp_path / "fewer", lambda frame: frame.iloc[1:]))


def test_mentions_of_a_post_that_is_not_there_are_told_of(folder: Path, tmp_path: Path) -> None:
    corpus = with_mentions(folder, tmp_path / "lost", lambda frame: frame.assign(post_id=frame["post_id"].where(frame.index > 0, "x")))
    with pytest.raises(DataProblem, match="post 'x', which is not in posts"):
        theme_sections(corpus)


def test_no_text_and_no_sentence_is_read_before_it_is_shown(folder: Path) -> None:
    corpus = read_corpus(folder)
    waiting = theme_sections(corpus)
    assert not {"text", "url"} & set(corpus.tables["posts"].columns)
    assert "mentions" not in corpus.tables
    assert any("<blockquote>" in section.body for section in waiting)


def test_of_many_posts_fewer_quotes_a_section_are_shown(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {section.anchor: section.body.count("<blockquote>") for section in theme_sections(corpus)}
    monkeypatch.setattr("analysis.report.evidence.MANY_POSTS", 1)
    monkeypatch.setattr("analysis.report.evidence.FEWER", 1)
    few = {section.anchor: section.body.count("<blockquote>") for section in theme_sections(corpus)}
    assert max(whole.values()) > 1
    assert few["q-threats-all"] == 1


def test_a_browser_of_too_many_posts_holds_the_first_by_id_and_says_so(
    corpus: Corpus, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Show(corpus, folder, folder)
    assert "编号" not in show.browser().html(Choice())
    monkeypatch.setattr("analysis.report.show.BROWSED", 2)
    few = show.browser()
    assert few.posts["post_id"].tolist() == sorted(corpus.tables["posts"]["post_id"])[:2]
    assert "4篇相关文章中的2篇" in few.html(Choice())  # 2 of 4 posts


def test_every_number_that_can_be_shown_has_its_section(corpus: Corpus) -> None:
    parts = (
        drawn_sections(corpus),
        stated_sections(corpus),
        theme_sections(corpus),
        contradiction_sections(corpus),
        term_sections(corpus),
        record_sections(corpus),
    )
    anchors = {section.anchor for part in parts for section in part}
    whole = ("all:", ":claimed")  # verdicts pooled over kinds, or over claims alone, are shown nowhere
    named = corpus.words.measures()  # a measure without a name in report.yml is shown nowhere
    for key in corpus.numbers:
        grouped_mean = key.measure == "polarity_mean" and ":" in key.group
        pooled = key.measure.startswith("share_of_verdict") and (key.group.startswith(whole[0]) or key.group.endswith(whole[1]))
        if key.measure in named and not key.measure.startswith("post_polarity") and not grouped_mean and not pooled:
            assert anchor_of(key) in anchors, key


def test_a_number_without_quotes_cannot_be_shown(corpus: Corpus) -> None:
    with pytest.raises(DataProblem, match="no quotes of its own"):
        link(corpus, Key("post_polarity_mean"))


def test_prose_with_a_typed_number_stops_the_report(corpus: Corpus) -> None:
    good = link(corpus, Key("share_of_posts", "all", "threats"))
    check_prose(corpus, [Executed("1-x", f"<p>{good} <code>1-themes</code></p>")])
    for bad in (
        f"<p>{good}, 12 posts</p>",
        good.replace("%<", "0%<"),
        "<p>４成</p>",
        '<p><a class="n" href="#x">5</a></p>',
    ):
        with pytest.raises(DataProblem, match="notebook 1-x"):
            check_prose(corpus, [Executed("1-x", bad)])


@pytest.mark.parametrize(
    "bad",
    [
        '<p onclick="x()">a</p>',
        '<p style="color:red">a</p>',
        '<a href="https://a.example/">a</a>',
        '<a href="#nowhere">a</a>',
        '<img src="data:text/html,x">',
        "<iframe></iframe>",
        '<p id="a"></p><p id="a"></p>',
        "<p><b>a</p>",
    ],
)
def test_a_page_that_could_do_something_is_refused(bad: str) -> None:
    with pytest.raises(DataProblem, match="Please report this"):
        check_page(bad)


def test_a_sentence_without_its_number_is_not_said(corpus: Corpus) -> None:
    assert fill(corpus, "{polarity_median|all|scams}") is None
    assert fill(corpus, "“{theme}”", {"theme": None}) is None
    assert (
        fill(corpus, "“{theme}” {level}", {"theme": "threats"})
        == '“<span class="name">威胁恐吓</span>” <span class="k">95%</span>'
    )


def test_the_main_findings_have_numbers_and_limits(corpus: Corpus) -> None:
    found = list(findings(corpus))
    assert len(found) == 3
    assert all('data-m="' in number and limit for number, _, limit in found)


def test_tables_take_numbers_from_measures_alone(corpus: Corpus, folder: Path) -> None:
    show = Show(corpus, folder, folder)
    rows = show.rows("share_of_posts", group="all", theme="threats")
    assert show.table(rows.assign(value=0.99, n=99)).html == show.table(rows).html
    with pytest.raises(DataProblem, match="no measure 'share_of_post'"):
        show.rows("share_of_post")
