"""What is ruled out by words alone could not have matched: no hit is lost, whatever else is read at the same time."""

from __future__ import annotations

import json
import re

import pytest

from analysis import codebook, pattern
from analysis.clean.text import matching
from analysis.lexicon import data_path
from analysis.measure.claims_screen import possible
from analysis.measure.claims_verdict import names
from analysis.measure.claims_words import numbers, tight
from analysis.measure.law import law
from analysis.themes import actors, learned, screen, status
from analysis.themes.clauses import sentences
from analysis.themes.match import matcher
from analysis.themes.screen import Screen

BOOK = codebook.load()
SOME = 15  # every fifteenth pattern, as to compile all of them takes seconds


def folded(texts: list[str]) -> list[str]:
    copies = [matching(text).text for text in texts]
    return [copy[start:end] for copy in copies for start, end in sentences(copy)]


def examples(theme: codebook.Theme) -> list[str]:
    return folded([text for rule in theme.rules for text in (*rule.examples, *rule.counter_examples)])


@pytest.fixture(scope="module")
def labelled() -> list[str]:
    files = sorted(data_path("labels/sentences").glob("*.jsonl"))
    return folded([json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines()[::9]])


def test_no_pattern_of_a_rule_is_ruled_out_where_it_matches() -> None:
    rules = matcher(BOOK)
    lost = []
    for theme in BOOK.themes:
        listed = examples(theme)
        own = [n for n, entry in enumerate(rules.patterns[: rules.n_rules]) if entry.of and entry.of.theme is theme][::SOME]
        for sentence, found in zip(listed, rules.screen.possible(listed), strict=True):
            lost += [(n, sentence) for n in own if n not in found and rules.patterns[n].regex.search(sentence)]
    assert not lost


def test_no_condition_of_a_rule_is_ruled_out_where_it_matches(labelled: list[str]) -> None:
    rules = matcher(BOOK)
    conditions = range(rules.n_rules, len(rules.patterns), SOME)
    listed = labelled[::10]
    for sentence, found in zip(listed, rules.screen.possible(listed), strict=True):
        assert not [n for n in conditions if n not in found and rules.patterns[n].regex.search(sentence)], sentence


def test_no_modifier_and_no_actor_is_ruled_out_where_it_matches(labelled: list[str]) -> None:
    modifiers, who = status.load(BOOK), actors.load(BOOK.folder)
    listed = labelled[::4]
    for made in modifiers.sentences(listed):
        for number, modifier in enumerate(modifiers.lists):
            assert number in made.possible or not any(m.group() for m in modifier.regex.finditer(made.masked)), made.text
    for sentence, around in zip(listed, who.around(listed), strict=True):
        near = [name for name, _ in (*around.actors, *around.targets)]
        assert not [name for name, regex in who.named if name not in near and regex.search(sentence)], sentence


def test_no_claim_is_ruled_out(labelled: list[str]) -> None:
    book = law()
    listed = [tight(sentence)[0] for sentence in labelled]
    listed += [f"根据{'' if name.startswith('《') else '关于'}{name}第三条" for name in NAMED]      # under (the notice on) …, article 3
    found = 0
    for sentence, can in zip(listed, possible(listed, book), strict=True):
        assert numbers(sentence) == numbers(sentence, can.kinds), sentence
        assert names(sentence, None, book) == names(sentence, None, book, can.names), sentence
        found += bool(numbers(sentence)) + bool(names(sentence, None, book))
    assert found > len(NAMED)


NAMED = ["民法典", "《催收公约》", "银发〔2016〕111号", "金规〔2025〕9号", "合同法", "规范整顿“现金贷”业务的通知"]


def test_the_learned_model_sees_the_same_in_any_company(labelled: list[str]) -> None:
    model = learned.load(BOOK.folder)
    assert model is not None
    listed = [*labelled[::5], "", "嗯", "\ud800催收天天打电话骚扰我家人,还威胁要上门"]
    assert model.themes_of(listed) == [model.themes_of([sentence])[0] for sentence in listed]
    assert any(model.themes_of(listed))


def screened(written: list[str], sentence: str) -> list[int]:
    return Screen(enumerate(map(pattern.loose, written))).possible([sentence])[0]


@pytest.mark.parametrize(
    ("written", "sentence", "is_possible"),
    [
        ("打电话…家人", "打电话骚扰家人", True),  # to call … the family
        ("打电话…家人", "打电话,又找家人", False),  # a short gap stays in its clause
        ("打电话……家人", "打电话,又找家人", True),  # a long one crosses a comma
        ("打电话,?…家人", "打电话,骚扰家人", True),  # so does a comma that may be there
        ("(打爆|轰炸)通讯录", "打爆通讯录", True),
        ("(打爆|轰炸)通讯录", "打开通讯录", False),
        ("#次", "打了三次", True),  # a number is no word
        ("不(?!得)(准|许)", "不许上门", True),
        ("年底(前|之前)?必须结清", "年底必须结清", True),
    ],
)
def test_what_a_sentence_can_hold(written: str, sentence: str, is_possible: bool) -> None:
    assert (screened([written], sentence) == [0]) is is_possible
    assert is_possible or not re.search(pattern.condition(written), sentence)


def test_a_pattern_without_a_word_is_always_possible() -> None:
    assert screened(["[0-9]?", "上门"], "别怕") == [0]


def test_many_sentences_are_read_as_if_each_were_alone() -> None:
    reader = Screen(enumerate(map(pattern.loose, ["上门", "起诉…法院", "#"])))
    listed = ["明天上门", "", "起诉到法院", "法院,起诉"] * (screen.AT_ONCE // 2)
    assert reader.possible(listed) == [reader.possible([sentence])[0] for sentence in listed[:4]] * (screen.AT_ONCE // 2)
    assert reader.possible([]) == []
