"""Each rule is needed: with it removed, an example of its theme is no longer found, so that a test would fail."""

from __future__ import annotations

import pytest

from analysis import codebook
from analysis.clean.text import matching
from analysis.codebook import Codebook, Theme
from analysis.themes.clauses import sentences
from analysis.themes.match import Matcher

BOOK = codebook.load()
ALL_FLAGS = ("spun", "masked")


def finds(book: Codebook, example: str) -> bool:
    text = matching(example).text
    return bool(Matcher(book).hits(text, sentences(text), ALL_FLAGS))


def of_theme_alone(theme: Theme, without: str | None = None) -> Codebook:
    rules = tuple(rule for rule in theme.rules if rule.id != without)
    alone = theme.model_copy(update={"rules": rules, "parent": None})
    return BOOK.model_copy(update={"themes": (alone,), "precedence": ()})


@pytest.mark.parametrize("theme", BOOK.themes, ids=lambda theme: theme.slug)
def test_a_rule_removed_loses_an_example(theme: Theme) -> None:
    if len(theme.rules) == 1:
        pytest.skip("the theme's only rule")
    needless = []
    for rule in theme.rules:
        matcher = Matcher(of_theme_alone(theme, without=rule.id))
        texts = [matching(example).text for example in rule.examples]
        if all(matcher.hits(text, sentences(text), ALL_FLAGS) for text in texts):
            needless.append(rule.id)
    assert not needless, "other rules find every example: add an example that these alone find, or drop them"


def test_the_whole_theme_finds_what_its_rules_find() -> None:
    theme = BOOK.theme("threats")
    assert all(finds(of_theme_alone(theme), example) for rule in theme.rules for example in rule.examples)
