"""The whole table of measures: totals, promises of every row, corpus counts, sentiment and terms."""

from __future__ import annotations

import logging

import jieba
import pandas as pd
import pytest
from made_posts import CODES, corpus

from analysis.codebook import load
from analysis.measure import Codes, check_totals, codes_of, measure, polarity, ranked_terms
from analysis.measure.corpus import months
from analysis.measure.terms import stop_words, words_of
from analysis.problems import DataProblem
from analysis.tables import TABLES, check

EXTRAS = ("blocks", "contacts", "contradictions")


@pytest.fixture(scope="module")
def measures() -> pd.DataFrame:
    tables = corpus()
    return measure(
        tables["posts"], tables["mentions"], tables["dropped"], CODES, {name: tables[name] for name in EXTRAS}
    )


def number(measures: pd.DataFrame, measure_: str, group: str = "all", theme: str = "all") -> float:
    return float(measures.set_index(["measure", "group", "theme"]).loc[(measure_, group, theme), "value"])


def test_every_row_has_its_counts_and_an_interval_or_the_reason_why_not(measures: pd.DataFrame) -> None:
    check("measures", measures)
    silent = measures.loc[measures["low"].isna() | measures["high"].isna(), "method"]
    assert silent.str.contains(r"\bno (?:interval|value|ratio)\b").all()
    given = measures.dropna(subset=["low", "high"])
    assert (given["low"] <= given["value"]).all()
    assert (given["value"] <= given["high"]).all()
    shares = given.loc[given["unit"] == "share"]
    assert shares["low"].ge(0).all()
    assert shares["high"].le(1).all()
    assert (shares["value"] - shares["n"] / shares["denominator"]).abs().max() < 1e-12


def test_the_corpus_adds_up(measures: pd.DataFrame) -> None:
    assert number(measures, "n_raw") == 320
    assert number(measures, "n_kept") + number(measures, "n_dropped") == 320
    assert number(measures, "n_dropped", "reason:doorway") + number(measures, "n_dropped", "reason:no_text") == 20
    assert number(measures, "n_on_topic") + number(measures, "n_off_topic") == 300
    assert number(measures, "n_texts") == number(measures, "n_on_topic") * (1 - number(measures, "share_copies"))
    assert number(measures, "n_contact_ids") == 4


def test_a_broken_total_stops_the_table(measures: pd.DataFrame) -> None:
    wrong = measures.copy()
    place = wrong.index[
        (wrong["measure"] == "mentions") & (wrong["group"] == "claimed") & (wrong["theme"] == "threats")
    ]
    wrong.loc[place, "n"] += 1
    with pytest.raises(DataProblem, match=r"mentions all threats: .* add up to"):
        check_totals(wrong)
    silent = measures.assign(low=None, method="by feel")
    with pytest.raises(DataProblem, match="no interval and no reason"):
        check_totals(silent)


def test_a_record_kept_and_dropped_at_once_is_refused() -> None:
    tables = corpus()
    both = TABLES["dropped"].frame([{"raw_id": "p000", "step": "clean", "reason": "no_text"}])
    with pytest.raises(DataProblem, match="record p000 is both kept and dropped"):
        measure(tables["posts"], tables["mentions"], both, CODES)
    with pytest.raises(DataProblem, match="'raw' has no measures"):
        measure(tables["posts"], tables["mentions"], tables["dropped"], CODES, {"raw": both})


def test_codes_are_those_of_the_codebook() -> None:
    codebook = load()
    codes = codes_of(codebook, ["网贷"])  # online loan
    assert codes == Codes(tuple(theme.slug for theme in codebook.themes), codebook.version, codebook.parents, ("网贷",))
    assert set(codes.parents) <= set(codes.themes)


def test_an_empty_corpus_gives_reasons() -> None:
    found = measure(
        *(TABLES[name].empty() for name in ("posts", "mentions", "dropped")),
        CODES,
        {"blocks": TABLES["blocks"].empty()},
    )
    assert found.loc[found["unit"] == "share", "value"].isna().all()


def test_polarity_is_a_distribution_and_keeps_mentions_without_one_in_the_count(measures: pd.DataFrame) -> None:
    row = measures.set_index(["measure", "group", "theme"]).loc[("polarity_mean", "all", "lawsuits")]
    assert row["n"] < row["denominator"]
    quarters = [number(measures, f"polarity_{name}", theme="lawsuits") for name in ("q25", "median", "q75")]
    assert quarters == sorted(quarters)
    steps = measures.loc[(measures["measure"] == "polarity_step") & (measures["theme"] == "lawsuits"), "value"]
    assert steps.sum() == pytest.approx(1)
    tones = measures.loc[measures["measure"] == "tone_share", "value"]
    assert tones.sum() == pytest.approx(1)


def test_adverts_have_no_part_in_the_polarity_of_the_content() -> None:
    posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "solicitation": False, "n_chars": 9} for p in "ab"])
    fixed = {"start": 0, "end": 1, "theme": "threats", "codebook_version": "1", "status": "asserted"}
    places = [{"post_id": "a", "layer": "body", "polarity": -0.8}, {"post_id": "b", "layer": "ad", "polarity": 0.2}]
    found = polarity(
        posts, TABLES["mentions"].frame([{**fixed, **place} for place in places]), Codes(("threats",), "1")
    )
    assert number(found, "polarity_mean", theme="threats") == -0.8


def test_only_a_date_that_names_its_month_has_one() -> None:
    day = pd.Timestamp("2025-03-02", tz="Asia/Shanghai")
    rows = [
        {"post_id": p, "n_chars": 1, "published_at": day, "date_precision": p}
        for p in ("day", "month", "year", "relative")
    ]
    assert months(TABLES["posts"].frame(rows)).tolist() == ["2025-03", "2025-03", "unknown", "unknown"]


def test_terms_count_by_distinct_text_in_content_only() -> None:
    texts = {
        "a": "逾期催收电话",
        "b": "逾期催收电话",
        "c": "逾期征信",
        "d": "催收〔电话〕\n加微信",
    }  # d: collector 〔phone〕, add WeChat
    posts = TABLES["posts"].frame(
        [
            {"post_id": p, "text": t, "on_topic": True, "n_chars": 9, "template_id": "a" if p in "ab" else None}
            for p, t in texts.items()
        ]
    )
    rows = [
        {"post_id": p, "block": 0, "layer": "body", "start": 0, "end": len(t.split("\n")[0])} for p, t in texts.items()
    ]
    blocks = TABLES["blocks"].frame([*rows, {"post_id": "d", "block": 1, "layer": "ad", "start": 7, "end": 10}])
    found = ranked_terms(posts, blocks, CODES).set_index("group")["n"].to_dict()
    assert found == {"term:催收": 2, "term:逾期": 2}


def test_words_added_to_jieba_elsewhere_change_nothing_and_ours_change_nothing_there() -> None:
    logging.getLogger("jieba").setLevel(logging.ERROR)
    text = "停息挂账办理"  # interest stopped and the debt set aside
    before = words_of(text)
    jieba.add_word("停息挂账办理")
    assert words_of(text) == before
    words_of("催收员爆通讯录", ("爆通讯录",))  # collectors ring up the whole address book
    assert "爆通讯录" not in jieba.lcut("催收员爆通讯录")


def test_stop_words_are_words_each_once() -> None:
    words = stop_words()
    lines = [line for line in words if line.startswith("#") or len(line) < 2]
    assert len(words) > 200
    assert lines == []
    assert not words & {"逾期", "催收", "起诉", "征信", "协商"}  # words of the subject stay
