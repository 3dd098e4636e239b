"""How a mention is said: the codebook's scope rules one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from analysis import codebook
from analysis.explain import explain
from analysis.themes import Block, Post, code_text

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "themes" / "scope_rules.yml").read_text(encoding="utf-8"))
RULES_ON_TEXT = set(range(1, 19)) - {14}  # rule 14 needs a title and its answer: the last test


@pytest.mark.parametrize("case", CASES, ids=[f"{c['rule']}-{c['label']}" for c in CASES])
def test_scope_rule(case: dict[str, object]) -> None:
    found = explain(str(case["text"]), layer=str(case.get("layer", "body")))
    assert {f"{m.theme} {m.status}" for m in found} == set(case["expect"]), str(found)  # type: ignore[call-overload]


def test_every_scope_rule_has_a_case() -> None:
    assert {case["rule"] for case in CASES} == RULES_ON_TEXT


def test_the_deciding_words_are_kept() -> None:
    (mention,) = explain("正规平台不会威胁借款人")
    assert (mention.status, mention.status_cue) == ("denied", "不会")
    assert explain("再拖下去他们就威胁你", layer="ad").mentions[0].status_cue == "layer: ad"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("网贷逾期三个月会被起诉。", "mention"),  # the title again, as a statement
        ("网贷逾期三个月不会被起诉。", "denied"),  # a new predicate: it answers
        ("借款人拖着不还,平台把他起诉了。", "asserted"),  # other words
    ],
)
def test_an_answer_that_echoes_the_title_is_a_mention(answer: str, status: str) -> None:
    title = "网贷逾期三个月会被起诉吗"  # will one be sued after three months?
    layout = [Block("title", 0, len(title)), Block("body", len(title) + 1, len(title) + 1 + len(answer))]
    found = code_text(f"{title}\n{answer}", layout, Post("G01"), codebook.load())
    assert [row["status"] for row in found if row["layer"] == "body" and row["theme"] == "lawsuits"] == [status]
