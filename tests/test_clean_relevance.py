"""What is on topic, what is not and why, and genres: invented posts, each with what must come out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from analysis.clean.genres import Shape, genre
from analysis.clean.relevance import relevance
from analysis.clean.text import matching

SHARED = Path(__file__).parents[2] / "shared"

CASES = {
    case["label"]: case
    for case in yaml.safe_load((Path(__file__).parent / "cases" / "clean" / "relevance.yml").read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("label", CASES)
def test_what_is_on_topic_and_what_is_not(label: str) -> None:
    case = CASES[label]
    found = relevance(case["title"] or None, f"{case['title']}\n{case['text']}", None)
    expected = case["expect"]
    assert found[:2] == ((True, None) if expected == "on_topic" else (False, expected)), found
    assert found.reason
    if expected != "unrelated":
        quoted = found.reason.removeprefix("chapters: ").split(": ")[-1].split(", ")[0].removesuffix(" …")
        assert quoted in matching(f"{case['title']}\n{case['text']}").text


def test_a_passing_word_in_a_long_text_is_not_enough() -> None:
    text = "今天我们来聊一聊城市里的老街。" * 60 + "有位店主说，疫情那年他欠债了。"
    assert not relevance("老街", text, None).on_topic
    assert relevance("老街店主欠债之后：信用卡逾期的日子", text, None).on_topic


def test_collectors_for_hire_are_told_from_people_who_fear_them() -> None:
    text = "讨债公司说要上门找我，我欠了网贷三万，他们还打给我的家人，这种要账公司合法吗？"
    assert relevance(None, text, None).on_topic


def test_a_rule_on_collection_itself_is_on_topic() -> None:
    text = "\n".join(f"第{n}条 催收机构不得骚扰借款人；网贷逾期的债务人有权投诉。" for n in "一二三四五六七")
    assert relevance("催收自律公约", text, None).on_topic


def test_english_pages_are_set_apart() -> None:
    text = "The collection agency kept calling about my overdue loan, and I asked them to stop calling my family. " * 5
    assert relevance("Debt collector", text, None).off_topic_class == "foreign_mt"
    assert genre("Debt collector", text, Shape("article", relevance("Debt collector", text, None))) == "G21"


@pytest.mark.parametrize(
    ("expected", "kind", "title", "text"),
    [
        ("G10", "forum", "求助", "本人欠了三家网贷，催收打我爸电话。"),
        ("G06", "qa", "欠款三万会坐牢吗", "问题描述：借了三万还不上。律师解答：属于民事纠纷。"),
        ("G13", "complaint", "投诉某平台", "投诉问题：骚扰通讯录。投诉要求：停止催收。"),
        ("G22", "doorway", "催收电话", "关于催收电话的所有信息"),
        ("G08", "article", CASES["news"]["title"], CASES["news"]["text"]),
        ("G09", "article", CASES["court"]["title"], CASES["court"]["text"]),
        ("G04", "article", CASES["b2b_collection"]["title"], CASES["b2b_collection"]["text"]),
        ("G15", "article", CASES["job_ad"]["title"], CASES["job_ad"]["text"]),
        ("G18", "article", CASES["fiction"]["title"], CASES["fiction"]["text"]),
        ("G19", "article", CASES["Taiwan"]["title"], CASES["Taiwan"]["text"]),
        ("G20", "article", CASES["Hong Kong"]["title"], CASES["Hong Kong"]["text"]),
        ("G02", "article", CASES["relief advert"]["title"], CASES["relief advert"]["text"]),
        ("G01", "article", "网贷逾期会有什么后果", "网贷逾期后，平台会先提醒还款，时间长了会影响征信，还可能被起诉。"),
        (None, "article", CASES["recipe"]["title"], CASES["recipe"]["text"]),
        (None, "empty", "", ""),
    ],
)
def test_genres(expected: str | None, kind: str, title: str, text: str) -> None:
    assert genre(title, text, Shape(kind, relevance(title, text, None))) == expected


@pytest.mark.skipif(not SHARED.exists(), reason="the shared material is not here")
def test_gold_real_pages_and_real_questions() -> None:
    gold = [json.loads(line) for line in (SHARED / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = ["\n".join(b["text"] for b in d["blocks"] if b["layer"] not in ("nav", "meta", "related", "boilerplate")) for d in gold]
    right = [relevance(d["title"], text, None).on_topic == d["on_topic"] for d, text in zip(gold, texts, strict=True)]
    assert sum(right) >= 35, f"{sum(right)} of {len(right)}"
    pages = [json.loads(line) for line in (SHARED / "real" / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum(relevance(None, page["text"], None).on_topic for page in pages) == 0
    questions = (SHARED / "real" / "legal_questions.txt").read_text(encoding="utf-8").splitlines()
    share = sum(relevance(None, q, None).on_topic for q in questions) / len(questions)
    assert 0.6 < share < 0.9
