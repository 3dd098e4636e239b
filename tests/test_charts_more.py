"""Months, pairs and campaigns: what is drawn, what is left out, and what the titles may say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from made_figures import measured
from made_posts import CODES
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.charts import (
    campaign_numbers,
    draw_campaigns,
    draw_months,
    draw_validation,
    largest_swing,
    month_rows,
    save,
    together_rows,
    validation_rows,
    view,
    with_simulated,
)
from analysis.measure import measure
from analysis.measure.campaigns import campaign_rows, campaigns
from analysis.measure.ties import ties
from analysis.measure.time import Event
from analysis.problems import DataProblem
from analysis.tables import TABLES


@pytest.fixture(scope="module")
def measures() -> pd.DataFrame:
    return measured()


def texts(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text))


def test_events_in_the_window_are_dated_and_others_left_out(measures: pd.DataFrame) -> None:
    months = sorted(month_rows(measures)["group"].unique())
    inside = date.fromisoformat(f"{months[1].removeprefix('month:')}-15")
    dated = [Event("rule-in", inside, False), Event("rule-out", date(1999, 1, 1), True)]
    said = texts(draw_months(measures, "en", dated=dated)).replace("\n", " ")
    assert f"1: {inside} rule-in" in said
    assert "not" in said
    assert "confirmed" in said
    assert "rule-out" not in said


def test_two_months_are_no_time_series(measures: pd.DataFrame) -> None:
    months = sorted(month_rows(measures)["group"].unique())[:2]
    few = measures.loc[~measures["group"].str.startswith("month:") | measures["group"].isin([*months, "month:unknown"])]
    assert month_rows(few).empty
    assert largest_swing(few) is None


def test_the_title_says_change_only_where_intervals_do_not_touch(measures: pd.DataFrame) -> None:
    swing = largest_swing(measures)
    assert swing is not None
    rows = month_rows(measures).set_index(["measure", "theme", "group"])
    low, high = (rows.loc[("share_in_group", swing.theme, f"month:{at[0]}")] for at in (swing.low, swing.high))
    assert swing.apart == bool(low["high"] < high["low"])
    label = draw_months(measures, "en", dated=[]).get_label()
    assert ("do not touch" in label) == swing.apart


def test_a_month_of_few_posts_makes_no_title(measures: pd.DataFrame) -> None:
    none = measures.assign(denominator=measures["denominator"].where(measures["measure"] != "share_in_group", 9))
    assert largest_swing(none) is None
    assert "Too few posts" in draw_months(none, "en", dated=[]).get_label()


def test_pairs_are_of_themes_and_the_strongest_first(measures: pd.DataFrame) -> None:
    rows = together_rows(measures)
    odds = rows.loc[rows["measure"] == "log_odds_together"]
    assert len(odds) == len(rows) / 2 > 3
    assert odds["value"].is_monotonic_decreasing
    assert not set(odds["theme"]) & {"wrong_person", "ai_robocall", "grace_period"}


def selling(n: int) -> dict[str, pd.DataFrame]:
    ids = [f"p{i}" for i in range(n)]
    text = "逾期协商" * 9  # overdue, negotiate
    post = {"on_topic": True, "solicitation": True, "n_chars": 38}
    posts = [{**post, "post_id": p, "raw_id": p, "text": text + p, "site": f"{p}.example"} for p in ids]
    contact = {"start": 0, "end": 2, "kind": "wechat", "display": "*"}
    contacts = [{**contact, "post_id": p, "value_key": f"k{i % 2}"} for i, p in enumerate(ids)]
    return {"posts": TABLES["posts"].frame(posts), "contacts": TABLES["contacts"].frame(contacts)}


def test_campaigns_are_ranked_with_their_network_and_the_same_bytes(tmp_path: Path) -> None:
    tables, empty = selling(9), {name: TABLES[name].empty() for name in ("blocks", "mentions", "dropped")}
    found = campaigns(tables["posts"], ties(tables["posts"], empty["blocks"], tables["contacts"]), empty["mentions"])
    plain = measure(tables["posts"], empty["mentions"], empty["dropped"], CODES)
    whole = pd.concat([plain.loc[~plain["measure"].str.contains("campaign")], campaign_rows(tables["posts"], found, CODES)])
    rows = campaign_numbers(whole)
    assert rows.loc[rows["measure"] == "campaign_n_posts", "n"].tolist() == [5, 4]
    saved = [save(draw_campaigns(whole, "en", found.ties), rows, "8-campaigns", tmp_path / name) for name in "ab"]
    assert saved[0].svg.read_bytes() == saved[1].svg.read_bytes()
    assert "The largest campaign put 5 posts on 5 sites" in saved[0].alt
    shown = view(draw_campaigns(whole, "en"), rows, ("8-campaigns", tmp_path), "en").html
    assert 'alt="Ranked bars' in shown
    assert "<code>8-campaigns.csv</code>" in shown


def test_no_campaign_is_said(measures: pd.DataFrame) -> None:
    assert campaign_numbers(measures.loc[~measures["measure"].str.startswith("campaign_")]).empty
    with pytest.raises(DataProblem, match="nothing to draw"):
        draw_campaigns(measures.loc[~measures["measure"].str.startswith("campaign_")])


def coded(measures: pd.DataFrame, note: str) -> pd.DataFrame:
    naive = measures.loc[(measures["measure"] == "share_of_posts") & (measures["group"] == "claimed") & (measures["theme"] != "all")]
    made = [naive.assign(measure=name, method="PPI++" + note) for name in ("prevalence_ppi", "prevalence_naive", "alpha")]
    made[0] = made[0].assign(value=made[0]["value"] / 2, low=made[0]["low"] / 2, high=made[0]["high"] / 2)
    return pd.concat([measures, *made], ignore_index=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_simulated_coders_are_called_simulated_and_people_are_not(lang: str, measures: pd.DataFrame) -> None:
    word = {"zh": "模拟编码员", "en": "Simulated coders"}[lang]
    for note, times in (("; simulated coders, no person coded", 1), ("", 0)):
        figure = draw_validation(coded(measures, note), lang)
        assert figure.get_label().count(word) == times
        assert (word in texts(figure)) == bool(times)


def test_nobody_coded_is_no_figure(measures: pd.DataFrame) -> None:
    assert validation_rows(measures).empty
    same = with_simulated(measures, TABLES["posts"].empty(), TABLES["mentions"].empty())
    assert validation_rows(same).empty
