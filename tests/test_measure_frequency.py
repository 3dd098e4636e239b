"""Shares of posts by theme: what counts, under which name, with copies and without."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from made_posts import CODES, NEVER, corpus

from analysis.measure import Codes, theme_shares
from analysis.measure.units import sample, text_families
from analysis.problems import DataProblem
from analysis.tables import TABLES

SMALL = Codes(("threats", "personal_impact", "distress"), "1", {"distress": "personal_impact"})


def posts(**columns: list[Any]) -> pd.DataFrame:
    n = len(columns["post_id"])
    filled = {"on_topic": [True] * n, "n_chars": [500] * n, **columns}
    return TABLES["posts"].frame([dict(zip(filled, row, strict=True)) for row in zip(*filled.values(), strict=True)])


def mentions(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    names = ("post_id", "theme", "status", "layer")
    fixed = {"start": 0, "end": 1, "codebook_version": "1"}
    return TABLES["mentions"].frame([{**fixed, **dict(zip(names, row, strict=True))} for row in rows])


def value(measures: pd.DataFrame, measure: str, group: str, theme: str) -> float:
    row = measures.loc[(measures["measure"] == measure) & (measures["group"] == group) & (measures["theme"] == theme)]
    assert len(row) == 1
    return float(row["value"].iloc[0])


def test_a_post_counts_once_a_family_and_in_each_family_it_speaks_in() -> None:
    said = mentions(
        ("a", "threats", "asserted", "body"), ("a", "threats", "denied", "body"), ("a", "threats", "denied", "title")
    )
    found = theme_shares(posts(post_id=["a", "b"]), said, SMALL)
    shares = {
        group: value(found, "share_of_posts", group, "threats") for group in ("all", "claimed", "rejected", "possible")
    }
    assert shares == {"all": 0.5, "claimed": 0.5, "rejected": 0.5, "possible": 0.0}
    assert value(found, "mentions", "rejected", "threats") == 2
    assert value(found, "mentions_per_1000_chars", "all", "threats") == 3.0
    assert value(found, "share_of_posts", "unclaimed", "threats") == 0.0


def test_off_topic_posts_count_neither_above_nor_below_the_line() -> None:
    said = mentions(("a", "threats", "asserted", "body"), ("c", "threats", "asserted", "body"))
    found = theme_shares(posts(post_id=["a", "b", "c"], on_topic=[True, True, False]), said, SMALL)
    assert value(found, "share_of_posts", "all", "threats") == 0.5
    assert set(found.loc[found["measure"] == "share_of_posts", "denominator"]) == {2}


def test_adverts_and_comments_stand_apart_and_never_in_the_content() -> None:
    said = mentions(
        ("a", "threats", "promo", "ad"),
        ("b", "threats", "reported", "comment"),
        ("b", "threats", "reported", "comment"),
    )
    found = theme_shares(posts(post_id=["a", "b"]), said, SMALL)
    assert value(found, "share_of_posts", "all", "threats") == 0
    assert value(found, "share_of_posts_ad", "other", "threats") == 0.5
    assert value(found, "share_of_posts_comment", "claimed", "threats") == 0.5


def test_a_sub_theme_counts_by_itself_and_under_its_parent_but_once_in_all() -> None:
    found = theme_shares(posts(post_id=["a", "b"]), mentions(("a", "distress", "reported", "body")), SMALL)
    assert value(found, "share_of_posts", "claimed", "distress") == 0.5
    assert value(found, "share_of_posts", "claimed", "personal_impact") == 0.5
    assert value(found, "mentions", "all", "all") == 1


def test_with_and_without_copies_differ_and_say_so() -> None:
    four = posts(post_id=["a", "b", "c", "d"], template_id=["a", "a", "a", None])
    found = theme_shares(four, mentions(*((p, "threats", "asserted", "body") for p in "abc")), SMALL)
    assert value(found, "share_of_posts", "all", "threats") == 0.75
    assert value(found, "share_of_texts", "all", "threats") == 0.5
    assert value(found, "copies_ratio", "all", "threats") == 1.5


def test_near_copies_and_templates_are_tied_together_across_both_columns() -> None:
    five = posts(
        post_id=list("abcde"), template_id=["t", None, "t", None, None], duplicate_of=[None, "a", None, "z", "z"]
    )
    assert text_families(five).tolist() == [0, 0, 0, 1, 1]
    assert sample(five).first.tolist() == [True, False, False, True, False]


def test_the_order_of_rows_changes_nothing() -> None:
    tables = corpus()
    mixed = [tables[name].sample(frac=1, random_state=3) for name in ("posts", "mentions")]
    pd.testing.assert_frame_equal(theme_shares(tables["posts"], tables["mentions"], CODES), theme_shares(*mixed, CODES))


def test_a_theme_never_seen_has_0_with_an_interval_not_a_gap() -> None:
    found = theme_shares(corpus()["posts"], corpus()["mentions"], CODES)
    rows = found.loc[found["theme"].isin(NEVER) & (found["measure"] == "share_of_posts")]
    assert len(rows) == 6 * len(NEVER)
    assert (rows["value"] == 0).all()
    assert (rows["high"] > 0).all()


def test_the_input_is_left_as_it_was() -> None:
    before = {name: frame.copy() for name, frame in corpus().items()}
    theme_shares(corpus()["posts"], corpus()["mentions"], CODES)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, corpus()[name])


def test_mentions_of_another_codebook_are_refused() -> None:
    said = mentions(("a", "threats", "asserted", "body"))
    with pytest.raises(DataProblem, match="codebook 1, measured with 2"):
        theme_shares(posts(post_id=["a"]), said, Codes(("threats",), "2"))
    with pytest.raises(DataProblem, match="theme 'threats' is not in the codebook"):
        theme_shares(posts(post_id=["a"]), said, Codes(("scams",), "1"))
