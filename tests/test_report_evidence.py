"""Quotes and numbers: which quotes are shown, and what stops a report."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from made_report import run_of_texts

from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key, read_corpus
from analysis.report.cover import findings
from analysis.report.evidence import contradiction_sections, grouped, term_sections, theme_sections
from analysis.report.gate import check_page, check_prose
from analysis.report.notebooks import Executed
from analysis.report.numbers import anchor_of, fill, link
from analysis.report.quotes import choose, fold, spread
from analysis.report.records import record_sections
from analysis.report.show import Show

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


def with_table(corpus: Corpus, name: str, frame: pd.DataFrame) -> Corpus:
    return dataclasses.replace(corpus, tables={**corpus.tables, name: frame})


def test_copies_are_one_quote_with_their_number(corpus: Corpus) -> None:
    quotes = choose(corpus, grouped(corpus)["threats", "claimed"])
    assert [quote.copies for quote in quotes if "全家" in quote.before + quote.cue + quote.after] == [1]


def test_the_choice_does_not_depend_on_the_order_of_the_mentions(corpus: Corpus) -> None:
    mentions = grouped(corpus)["threats", "all"]
    assert choose(corpus, mentions) == choose(corpus, mentions[::-1])


def test_sites_take_turns() -> None:
    assert spread(["a1", "a2", "a3", "b1", "c1"], lambda item: item[0], 4) == ["a1", "b1", "c1", "a2"]


def test_a_post_without_a_family_is_not_folded(corpus: Corpus) -> None:
    posts = list(corpus.posts.values())
    folded = fold([post._replace(text_family=None) for post in posts], lambda post: post, lambda post: post.post_id)
    assert len(folded) == len(posts)


def test_a_quote_that_is_no_span_of_its_post_stops_the_report(corpus: Corpus) -> None:
    mentions = corpus.tables["mentions"]
    for change in ({"sentence": "催收员打了他全家。"}, {"start": mentions["start"] + 1}):  # collectors beat his family
        with pytest.raises(DataProblem, match="does not stand around"):
            grouped(with_table(corpus, "mentions", mentions.assign(**change)))


def test_counts_of_quotes_are_those_of_the_measures(corpus: Corpus) -> None:
    fewer = with_table(corpus, "mentions", corpus.tables["mentions"].iloc[1:])
    with pytest.raises(DataProblem, match="Run `measure` again"):
        list(theme_sections(fewer, grouped(fewer)))


def test_every_number_that_can_be_shown_has_its_section(corpus: Corpus) -> None:
    parts = (
        theme_sections(corpus, grouped(corpus)),
        contradiction_sections(corpus),
        term_sections(corpus),
        record_sections(corpus),
    )
    anchors = {section.anchor for part in parts for section in part}
    named = corpus.words.measures()  # a measure without a name in report.yml is shown nowhere
    for key in corpus.numbers:
        grouped_mean = key.measure == "polarity_mean" and ":" in key.group
        if key.measure in named and not key.measure.startswith("post_polarity") and not grouped_mean:
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
