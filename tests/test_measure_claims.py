"""What posts state in numbers and names: cases, exact spans, verdicts by day, and the rows made from them."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measure.amounts import clock, exact, number, percent
from analysis.measure.claims import claims, claims_in, day_of
from analysis.measure.claims_rows import claim_rows, first_days, quantities
from analysis.measure.claims_verdict import VERDICTS, judge
from analysis.measure.claims_words import numbers, words, words_of
from analysis.measure.units import Codes
from analysis.problems import DataProblem
from analysis.tables import TABLES, ZONE, check

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "measure" / "claims.yml").read_text(encoding="utf-8"))
CODES = Codes(("threats",), "1")
NO_MENTIONS = TABLES["mentions"].empty()
PIECES = [
    "每天", "不得超过", "3次", "催收", "电话", "年化36%", "LPR的四倍", "征信", "五年",
    "后自动消除", "《合同法》", "晚上", "10点", "到", "早上8点", "银保监会", "逾期", "30天",
    "欠了", "5万", "元", "，", "。", "\n", " ", "(qī)", "\u200b",
    "百分之", "万分之五", "一辈子", "Ａ", "９", "🙂", "不准", "第十条",
]  # fmt: skip


def post(text: str, post_id: str = "a", day: date | None = None, **more: Any) -> dict[str, Any]:
    at = None if day is None else pd.Timestamp(day, tz=ZONE)
    return {
        "post_id": post_id, "text": text, "n_chars": len(text), "on_topic": True, "solicitation": False,
        "published_at": at, "date_precision": "day" if day else "unknown", **more,
    }  # fmt: skip


def found_in(*posts: dict[str, Any], mentions: pd.DataFrame = NO_MENTIONS, blocks: pd.DataFrame | None = None) -> pd.DataFrame:
    return claims(TABLES["posts"].frame(posts), mentions, blocks)


def shown(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:g}"


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    found = found_in(post(case["text"], day=case.get("day")))
    said = [f"{row.quantity} {shown(row.low)} {shown(row.high)} {row.verdict}" for row in found.itertuples()]
    assert sorted(said) == sorted(case["expect"]), case["why"]


def test_there_are_enough_cases_and_each_verdict_and_near_misses_are_among_them() -> None:
    assert len(CASES) >= 60
    assert len({case["label"] for case in CASES}) == len(CASES)
    assert sum(not case["expect"] for case in CASES) >= 12
    assert {claim.split()[-1] for case in CASES for claim in case["expect"]} == set(VERDICTS)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_every_span_opens_its_exact_words(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = found_in(post(text, day=date(2025, 6, 1)))
    assert not found.duplicated(["post_id", "start", "end", "quantity"]).any()
    for row in found.itertuples():
        assert text[row.start : row.end] == row.surface
        assert row.surface in row.sentence
        assert row.sentence in text
        assert row.verdict in VERDICTS


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(1, 99_999_999))
def test_a_number_is_read_the_same_in_digits_and_in_han(value: int) -> None:
    assert exact(str(value)) == value
    assert exact(han(value)) == value


def han(value: int) -> str:
    """An independent writer of Han numerals, for reading back."""
    if value >= 10_000:
        rest = value % 10_000
        return han(value // 10_000) + "万" + (("零" if rest < 1000 else "") + han(rest) if rest else "")
    digits, text, gap = "零一二三四五六七八九", "", False
    for power, unit in ((3, "千"), (2, "百"), (1, "十"), (0, "")):
        digit = value // 10**power % 10
        text += ("零" if gap and digit else "") + digits[digit] + unit if digit else ""
        gap = (bool(text) and not digit) or (gap and not digit)
    return text


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(alphabet="零一二两三十百千万亿半几多余上数点分厘角%百分之0123456789.,:晚早时", max_size=9))
def test_readers_of_numbers_never_fail(text: str) -> None:
    for read in (exact, number, percent, clock):
        read(text)


@pytest.mark.parametrize("unit", ["每天每日一天", "民法典第", "一", "1,", "百分之", "《关于", "保留五", "欠款是为共", "晚上十点到", "- "])
def test_a_long_sentence_takes_no_long_time(unit: str) -> None:
    near = "".join(dict.fromkeys("".join(kind.near[0] for kind in words().kinds)))
    started = time.perf_counter()
    claims_in(near + "催收征信利率逾期" + unit * (40_000 // len(unit)), date(2025, 6, 1))
    assert time.perf_counter() - started < 5


def test_status_and_layer_come_with_each_claim() -> None:
    text = "催收每天能打几次电话？\n每天打电话不得超过3次。\n平台没有一天打20个电话。"
    ends = [len("\n".join(text.split("\n")[: n + 1])) for n in range(3)]
    blocks = TABLES["blocks"].frame([
        {"post_id": "a", "block": 0, "layer": "title", "start": 0, "end": ends[0]},
        {"post_id": "a", "block": 1, "layer": "body", "start": ends[0] + 1, "end": ends[1]},
        {"post_id": "a", "block": 2, "layer": "toc", "start": ends[1] + 1, "end": ends[2]},
    ])
    found = found_in(post(text), blocks=blocks)
    assert found[["quantity", "layer", "status"]].to_numpy().tolist() == [
        ["calls_a_day", "title", "question"],
        ["calls_limit", "body", "prohibited"],
    ]
    without = found_in(post(text, title="催收每天能打几次电话？"))
    assert without["layer"].tolist() == ["title", "body", "body"]
    assert without["status"].tolist()[-1] == "denied"


def test_a_mention_lends_its_layer_where_there_are_no_blocks() -> None:
    one = {"post_id": "a", "start": 2, "end": 4, "theme": "threats", "layer": "ad", "status": "promo", "codebook_version": "1"}
    found = found_in(post("每天打电话不得超过3次。"), mentions=TABLES["mentions"].frame([one]))
    assert found["layer"].tolist() == ["ad"]
    assert found["status"].tolist() == ["promo"]


def test_a_day_is_that_of_china_and_only_a_named_one() -> None:
    late = pd.Timestamp("2025-02-27 17:00", tz="UTC")
    assert day_of(late, "minute") == date(2025, 2, 28)
    assert day_of(late, "relative") is None
    assert day_of(pd.NaT, "day") is None


def test_the_instrument_that_the_sentence_names_is_the_one_compared_with() -> None:
    sentence = "贷后催收业务指引规定每天拨打不得超过3次"
    assert judge(numbers(sentence)[0], sentence, date(2025, 6, 1)).fact_id == "L22.calls"
    assert judge(numbers(sentence)[0], "", date(2025, 6, 1)).fact_id == "L23.calls"


def test_bad_input_is_refused_with_what_to_do() -> None:
    posts = TABLES["posts"].frame([post("一")])
    with pytest.raises(DataProblem, match="posts has no column text"):
        claims(posts.drop(columns="text"), NO_MENTIONS)
    made = claims(posts, NO_MENTIONS)
    with pytest.raises(DataProblem, match="no column verdict"):
        claim_rows(posts, made.drop(columns="verdict"), CODES)
    wrong = found_in(post("每天打电话不得超过3次。")).assign(verdict="wrong")
    with pytest.raises(DataProblem, match="'wrong' is no verdict"):
        claim_rows(posts, wrong, CODES)
    with pytest.raises(DataProblem, match=r"claims.yml, kinds.0.colour"):
        words_of({**words().model_dump(), "kinds": [{**words().kinds[0].model_dump(), "colour": "red"}]})


def rows_of(posts: list[dict[str, Any]]) -> pd.DataFrame:
    frame = TABLES["posts"].frame(posts)
    return check("measures", claim_rows(frame, claims(frame, NO_MENTIONS), CODES)).set_index(["measure", "group"])


def test_shares_stand_with_copies_without_and_as_their_ratio() -> None:
    right, wrong = "催收电话每天不得超过3次。", "催收电话每天不得超过2次。"
    day = date(2025, 6, 1)
    posts = [post(right, f"r{n}", day, template_id="r0") for n in range(3)]
    posts += [post(wrong, "w0", day), post(wrong, "w1", day), *(post("还款。", f"n{n}", day) for n in range(3))]
    rows = rows_of(posts)
    assert rows.loc[("share_claiming", "quantity:calls_limit"), ["value", "n", "denominator"]].tolist() == [5 / 8, 5, 8]
    assert rows.loc[("share_claiming_texts", "quantity:calls_limit"), "value"] == 3 / 6
    assert rows.loc[("share_of_verdict", "calls_limit:agrees"), "value"] == 3 / 5
    assert rows.loc[("share_of_verdict_texts", "calls_limit:agrees"), "value"] == 1 / 3
    assert rows.loc[("copies_ratio_of_verdict", "calls_limit:agrees"), "value"] == pytest.approx(9 / 5)
    assert rows.loc[("share_at_value", "calls_limit=2"), "value"] == 2 / 5
    assert ("share_of_verdict", "calls_limit:agrees:claimed") not in rows.index  # what is forbidden is not claimed to happen


def test_told_numbers_have_quartiles_one_value_a_post_and_lines() -> None:
    posts = [post(f"催收一天打了{n}个电话。又说一天打了1个电话。", f"p{n}") for n in (2, 4, 8, 10, 20)]
    posts.append(post("催收一天打了99个电话。", "stripped", flags="num_stripped"))
    rows = rows_of(posts)
    assert rows.loc[("told_quantile", "calls_a_day:q50"), ["value", "n"]].tolist() == [8, 5]
    assert rows.loc[("share_above", "calls_a_day>3"), "value"] == 4 / 5
    assert rows.loc[("share_above", "calls_a_day>6"), "value"] == 3 / 5


def test_rates_are_counted_up_to_a_year() -> None:
    rows = rows_of([post("这笔钱月息2分。", "a"), post("那笔钱日息万分之五。", "b"), post("这笔贷款年化利率30%。", "c")])
    assert rows.loc[("told_quantile", "yearly_rate:q50"), "value"] == pytest.approx(24)
    assert rows.loc[("told_quantile", "yearly_rate:q25"), "value"] == pytest.approx((0.05 * 365 + 24) / 2)


def test_citations_have_a_table_by_instrument() -> None:
    day = date(2024, 5, 1)
    rows = rows_of([post("见《民法典》第六百八十条。", "a", day), post("见《合同法》。", "b", day), post("见《活着》。", "c", day)])
    assert rows.loc[("share_citing", "instrument:L11"), "value"] == pytest.approx(1 / 3)
    assert rows.loc[("share_of_citations", "instrument:合同法:stale"), "value"] == 1
    assert rows.loc[("share_of_verdict", "citation:agrees"), "denominator"] == 1


def test_nothing_gives_missing_values_with_a_reason() -> None:
    empty = TABLES["posts"].empty()
    rows = claim_rows(empty, claims(empty, NO_MENTIONS), CODES)
    assert rows["value"].notna().sum() == (rows["measure"] == "n_claims").sum()
    assert rows["method"].str.contains(r"\bno (?:interval|value|ratio)\b").all()
    assert set(quantities()) <= set(rows["group"].str.removeprefix("quantity:"))


def test_first_days_take_the_fewest_in_a_sentence_with_conduct() -> None:
    texts = {"a": "逾期3天他们就威胁我。后来逾期60天。", "b": "逾期30天被威胁。", "c": "逾期90天。"}
    posts = TABLES["posts"].frame([post(text, name) for name, text in texts.items()])
    made = claims(posts, NO_MENTIONS)
    sentences = [("a", "逾期3天他们就威胁我。"), ("b", "逾期30天被威胁。")]
    mentions = TABLES["mentions"].frame([
        {"post_id": p, "start": 0, "end": 2, "theme": "threats", "layer": "body", "sentence": s, "status": "reported"} for p, s in sentences
    ])
    rows = first_days(posts, made, mentions, CODES, ("threats",)).set_index("group")
    assert rows.loc["days_overdue:q50", ["value", "n"]].tolist() == [16.5, 2]
    assert rows.loc["day:7", "value"] == 0.5
    assert np.isnan(first_days(posts, made, NO_MENTIONS, CODES, ("threats",)).set_index("group").loc["day:7", "value"])


def test_posts_and_claims_are_not_changed() -> None:
    posts = TABLES["posts"].frame([post("催收一天打了20个电话。")])
    before = posts.copy(deep=True)
    made = claims(posts, NO_MENTIONS)
    kept = made.copy(deep=True)
    claim_rows(posts, made, CODES)
    pd.testing.assert_frame_equal(posts, before)
    pd.testing.assert_frame_equal(made, kept)
