"""What comes before what: by brute force over the mentions of each post."""

from __future__ import annotations

import numpy as np
import pytest
from made_posts import CODES, NEVER, corpus

from analysis.codebook import load
from analysis.measure import Codes, order_in_posts, theme_order, told
from analysis.measure.order import makes_moment, moments
from analysis.tables import LAYERS, STATUSES, TABLES


def test_the_share_before_is_that_of_a_loop() -> None:
    tables = corpus()
    found = theme_order(tables["posts"], tables["mentions"], CODES, [("lawsuits", "threats"), ("threats", NEVER[0])])
    said = tables["mentions"].loc[lambda m: m["layer"].isin(["title", "body"])]
    before, both = 0, 0
    for post_id in tables["posts"].loc[tables["posts"]["on_topic"], "post_id"]:
        here = said.loc[said["post_id"] == post_id]
        a, b = (here.loc[here["theme"] == theme, "start"].min() for theme in ("lawsuits", "threats"))
        if not (np.isnan(a) or np.isnan(b)):
            both, before = both + 1, before + (a < b)
    assert (found.loc[0, "n"], found.loc[0, "denominator"]) == (before, both)
    assert found.loc[1, "method"] == "no interval: no unit to measure on"


def test_alarm_reassurance_advert_in_order_and_out_of_order() -> None:
    text = "起诉。可以协商。加微信。"  # being sued; one can negotiate; add WeChat
    posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 9, "text": text} for p in "abc"])
    fixed = {"codebook_version": "1", "end": 11}
    alarm = {"theme": "lawsuits", "layer": "body", "status": "asserted"}
    calm = {"theme": "negotiation", "layer": "body", "status": "advised"}
    advert = {"theme": "debt_relief_ads", "layer": "ad", "status": "promo"}
    plan = {"a": (alarm, calm, advert), "b": (calm, alarm, advert), "c": (alarm, advert)}
    said = [{**fixed, **kind, "post_id": p, "start": 3 * i} for p, kinds in plan.items() for i, kind in enumerate(kinds)]
    codes = Codes(("lawsuits", "negotiation", "debt_relief_ads"), "1")
    found = order_in_posts(posts, TABLES["mentions"].frame(said), codes).set_index(["measure", "group", "theme"])
    assert tuple(found.loc[("share_in_sequence", "moment:alarm>reassurance>advert", "all"), ["n", "denominator"]]) == (1, 2)
    assert tuple(found.loc[("share_before", "moment:alarm>advert", "all"), ["n", "denominator"]]) == (3, 3)
    assert found.loc[("first_place", "moment:alarm", "all"), "value"] == 0
    assert found.loc[("promo_at", "tenth:3", "all"), "value"] == pytest.approx(1 / 3)


def test_two_mentions_at_one_place_are_not_before_each_other() -> None:
    posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 9, "text": "逾期"} for p in "ab"])  # overdue
    one = {"start": 0, "end": 1, "layer": "body", "status": "asserted", "codebook_version": "1"}
    said = TABLES["mentions"].frame([{**one, "post_id": p, "theme": t} for p in "ab" for t in ("threats", "lawsuits")])
    found = theme_order(posts, said, Codes(("threats", "lawsuits"), "1"), [("threats", "lawsuits"), ("lawsuits", "threats")])
    assert found["value"].tolist() == [0, 0]


def test_moments_name_what_the_codebook_has() -> None:
    themes = {theme.slug for theme in load().themes}
    for kinds in moments().values():
        for kind in kinds:
            assert set(kind.get("themes", ())) <= themes
            assert set(kind.get("statuses", ())) <= set(STATUSES)
            assert set(kind.get("layers", ())) <= set(LAYERS)


def test_a_moment_needs_content_unless_it_names_a_layer() -> None:
    tables = corpus()
    read = told(tables["posts"], tables["mentions"], CODES)
    alarm = makes_moment(read.said, moments()["alarm"])
    assert alarm.any()
    assert set(read.said.loc[alarm, "layer"]) == {"content"}
