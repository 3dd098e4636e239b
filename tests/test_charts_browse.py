"""The quote browser and the theme picker: their callbacks, driven as a hand would, and what stands where nobody can press."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from made_posts import CODES, corpus

from analysis.charts import Picker, browser
from analysis.charts.browse import Browser, Choice
from analysis.measure import measure
from analysis.problems import DataProblem
from analysis.tables import TABLES

HOSTILE = '<img src=x onerror="alert(1)">威胁要上门{{7*7}}$x$'  # threatens to come to the door


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    made = corpus()
    texts = dict(zip(made["posts"]["post_id"], made["posts"]["text"], strict=True))
    said = made["mentions"]
    spans = [(texts[p], a, b) for p, a, b in zip(said["post_id"], said["start"], said["end"], strict=True)]
    said = said.assign(cue=[t[a:b] for t, a, b in spans], sentence=[t[: b + 9] for t, a, b in spans])
    return {**made, "mentions": said}


def one(text: str, **said: object) -> dict[str, pd.DataFrame]:
    post = {"post_id": "a", "raw_id": "a", "text": text, "on_topic": True, "n_chars": len(text), "site": "<b>x</b>"}
    start = text.index("威胁")
    mention = {"post_id": "a", "start": start, "end": start + 2, "theme": "threats", "layer": "body", "status": "asserted"}
    mention |= {"cue": "威胁", "sentence": text, "codebook_version": "1", **said}
    return {"posts": TABLES["posts"].frame([post]), "mentions": TABLES["mentions"].frame([mention])}


def shown(view: Browser) -> int:
    return str(view.form["answer"].value).count("<blockquote>")


def test_every_part_of_the_form_changes_the_answer(tables: dict[str, pd.DataFrame]) -> None:
    view = browser(tables, "en")
    view.refresh()
    form, quotes = view.form, view.quotes
    before = form["answer"].value
    form["theme"].value = "threats"
    assert form["answer"].value != before
    form["family"].value = "rejected"
    expected = quotes.loc[(quotes["theme"] == "threats") & (quotes["family"] == "rejected")]
    assert f"{len(expected):,} mentions" in form["answer"].value
    site = expected["site"].iloc[0]
    form["site"].value = site
    assert f"{int((expected['site'] == site).sum()):,} mentions" in form["answer"].value
    form["search"].value = "no such words anywhere"
    assert "No such quote" in form["answer"].value
    form["search"].value = ""
    assert shown(view) > 0


def test_context_is_cut_from_the_post_and_none_means_none() -> None:
    text = "前文" * 50 + "威胁" + "后文" * 50  # words before, threaten, words after
    view = browser(one(text), "zh")
    for width in (0, 10, 40):
        found = re.search(r"<blockquote>(.*?)</blockquote>", view.html(Choice(context=width)))
        assert found
        said = re.sub(r"</?(?:mark|bdi)>", "", found[1])
        assert said in text
        assert len(said) == 2 + 2 * width


def test_a_string_of_a_page_stays_text() -> None:
    for html in (browser(one(HOSTILE)).html(Choice()), browser(one(HOSTILE))._repr_mimebundle_()["text/html"]):
        assert "<img" not in html
        assert "<b>x" not in html
        assert "&lt;img" in html
        assert "mathjax_ignore" in html


def test_a_search_is_words_and_no_pattern() -> None:
    assert len(browser(one(HOSTILE)).found(Choice(search="{{7*7}}"))) == 1
    assert browser(one(HOSTILE)).found(Choice(search="[a-z]")).empty


def test_where_nobody_can_press_stands_a_plain_table(tables: dict[str, pd.DataFrame]) -> None:
    said = browser(tables, "zh", "threats", "claimed")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in said
    assert said["text/html"].count("<blockquote>") == min(5, browser(tables).found(Choice("threats", "claimed"))["sentence"].nunique())
    assert "widget" not in said["text/html"]


def test_copies_of_a_sentence_stand_once(tables: dict[str, pd.DataFrame]) -> None:
    quotes = re.findall(r"<mark>.*?</mark>", browser(tables).html(Choice("threats"), most=1000))
    assert len(quotes) == browser(tables).found(Choice("threats"))["sentence"].nunique()


def test_an_empty_run_and_an_unknown_family_are_said() -> None:
    empty = {name: TABLES[name].empty() for name in ("posts", "mentions")}
    assert "没有这样的引文" in browser(empty)._repr_mimebundle_()["text/html"]
    with pytest.raises(DataProblem, match="no family 'sure'"):
        browser(empty, family="sure")


def test_the_picker_answers_with_the_shares_of_its_theme(tables: dict[str, pd.DataFrame]) -> None:
    measures = measure(tables["posts"], tables["mentions"], tables["dropped"], CODES)
    picker = Picker(measures, "en")
    picker.refresh()
    before = picker.answer.value
    picker.theme.value = "threats"
    assert picker.answer.value != before
    row = measures.set_index(["measure", "group", "theme"]).loc[("share_of_posts", "claimed", "threats")]
    assert f"{int(row['n']):,}/{int(row['denominator']):,}" in picker.answer.value
    static = picker._repr_mimebundle_()["text/html"]
    assert '<a href="#q-threats-claimed">' in static
    assert not re.search(r"[0-9]", re.sub(r"<[^>]*>", "", static))
