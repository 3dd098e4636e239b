"""How a mention is said: the codebook's scope rules one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from analysis.explain import explain

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "themes" / "scope_rules.yml").read_text(encoding="utf-8"))
RULES_ON_TEXT = set(range(1, 19)) - {14}  # rule 14 (an answer that echoes the title) needs a title and its answer


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
