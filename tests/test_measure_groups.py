"""Groups of posts, copies on sites, and differences: against other implementations, by hand, and against the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_posts import CODES, NEVER, corpus
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.measure import copy_sizes, group_differences, group_shares, measure, site_shares
from analysis.measure.contrasts import difference, holm
from analysis.measure.copying import gini, sites_ratio
from analysis.measure.groups import FEWEST_POSTS, groups_of_kind
from analysis.measure.units import sample
from analysis.problems import DataProblem

KEY = ["measure", "group", "theme"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return corpus()


def test_a_share_in_a_group_is_that_of_a_plain_count(tables: dict[str, pd.DataFrame]) -> None:
    posts, mentions = tables["posts"], tables["mentions"]
    found = group_shares(posts, mentions, CODES).set_index(KEY)
    here = posts.loc[posts["on_topic"] & posts["genre"].eq("G02")]
    said = mentions.loc[mentions["theme"].eq("threats") & mentions["layer"].isin(["title", "body"])]
    claimed = said.loc[said["status"].isin(["asserted", "reported", "attributed", "rhetorical"])]
    for name, rows in (("share_in_group", said), ("share_in_group_claimed", claimed)):
        row = found.loc[(name, "genre:G02", "threats")]
        assert (row["n"], row["denominator"]) == (here["post_id"].isin(rows["post_id"]).sum(), len(here))


def test_texts_of_a_group_count_each_family_once_with_a_wilson_interval(tables: dict[str, pd.DataFrame]) -> None:
    found = group_shares(tables["posts"], tables["mentions"], CODES, ("solicitation",)).set_index(KEY)
    read = sample(tables["posts"])
    for group in groups_of_kind(read, "solicitation"):
        row = found.loc[("share_in_group_texts", group.name, "lawsuits")]
        assert row["denominator"] == len(set(read.family[group.posts])) == group.first.sum()
        assert (row["low"], row["high"]) == pytest.approx(proportion_confint(row["n"], row["denominator"], method="wilson"))


def test_small_sites_and_undated_posts_have_no_group(tables: dict[str, pd.DataFrame]) -> None:
    read = sample(tables["posts"])
    sizes = [group.posts.sum() for group in groups_of_kind(read, "site")]
    assert min(sizes) >= FEWEST_POSTS
    assert not any("unknown" in group.name for group in groups_of_kind(read, "month"))
    with pytest.raises(DataProblem, match="not grouped by 'mood'"):
        groups_of_kind(read, "mood")


def test_the_difference_agrees_with_newcombe_of_statsmodels_where_units_are_independent() -> None:
    dice = np.random.default_rng(1)
    has, inside = dice.random(4000) < 0.3, np.arange(4000) < 1500
    found = difference(has, np.arange(4000), inside, ~inside)
    a, b = has[inside], has[~inside]
    ends = confint_proportions_2indep(a.sum(), len(a), b.sum(), len(b), method="newcomb", compare="diff")
    assert (found.estimate.low, found.estimate.high) == pytest.approx(ends, abs=3e-4)


def test_the_p_value_is_below_5_percent_just_where_the_interval_leaves_0_out() -> None:
    dice = np.random.default_rng(2)
    for _ in range(60):
        labels = dice.integers(0, 60, 200)
        has, inside = dice.random(200) < 0.4, labels < 25
        found = difference(has, labels, inside, ~inside)
        assert (found.p < 0.05) == (found.estimate.low > 0 or found.estimate.high < 0)


def test_the_interval_of_a_difference_holds_the_truth_over_copied_posts() -> None:
    dice, runs, held, naive = np.random.default_rng(3), 300, 0, 0
    for _ in range(runs):
        sizes = np.minimum(np.ceil(dice.pareto(1.2, 120)), 60).astype(int).clip(1)
        inside = np.repeat(np.arange(120) < 50, sizes)
        has = np.repeat(dice.random(120) < np.where(np.arange(120) < 50, 0.45, 0.25), sizes)
        found = difference(has, np.repeat(np.arange(120), sizes), inside, ~inside).estimate
        held += found.low <= 0.2 <= found.high
        counts = (has[inside].sum(), inside.sum(), has[~inside].sum(), (~inside).sum())
        ends = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
        naive += ends[0] <= 0.2 <= ends[1]
    assert held / runs >= 0.93
    assert naive / runs < 0.75


def test_holm_is_that_of_statsmodels_and_missing_ones_do_not_count() -> None:
    p = [0.001, 0.04, 0.03, 0.2]
    assert holm([*p, None])[:4] == pytest.approx(multipletests(p, method="holm")[1].tolist())
    assert holm([None]) == [None]


def test_differences_have_p_values_or_reasons(tables: dict[str, pd.DataFrame]) -> None:
    found = group_differences(tables["posts"], tables["mentions"], CODES)
    assert not found.duplicated(KEY).any()
    p = found.loc[found["measure"] == "difference_p"]
    assert p["value"].dropna().between(0, 1).all()
    never = found.set_index(KEY).loc[("difference", "solicitation:yes", NEVER[0])]
    assert (never["value"], never["low"] < 0 < never["high"]) == (0, True)


def test_one_genre_only_has_nothing_to_be_compared_with(tables: dict[str, pd.DataFrame]) -> None:
    posts = tables["posts"].assign(genre="G01")
    found = group_differences(posts, tables["mentions"], CODES, ("genre",))
    assert found["value"].isna().all()
    assert found["method"].str.startswith("no value: ").all()


def test_sites_agree_with_a_plain_count_and_their_ratio_is_1_without_copies(tables: dict[str, pd.DataFrame]) -> None:
    posts = tables["posts"].assign(template_id=None, duplicate_of=None)
    found = site_shares(posts, tables["mentions"], CODES).set_index(KEY)
    said = tables["mentions"].loc[lambda m: m["theme"].eq("fake_documents") & m["layer"].isin(["title", "body"])]
    here = posts.loc[posts["on_topic"] & posts["post_id"].isin(said["post_id"]), "site"]
    row = found.loc[("share_of_sites", "all", "fake_documents")]
    assert (row["n"], row["denominator"]) == (here.nunique(), posts.loc[posts["on_topic"], "site"].nunique())
    ratio = found.loc[("copies_ratio_sites", "all", "fake_documents")]
    assert (ratio["value"], ratio["low"], ratio["high"]) == pytest.approx((1, 1, 1))
    assert found.loc[("copies_ratio_sites", "all", NEVER[0]), "method"].startswith("no ratio")


def test_the_ratio_over_sites_agrees_with_leaving_out_each_site() -> None:
    dice = np.random.default_rng(4)
    own = dice.random(200) < 0.8
    alone = own & (dice.random(200) < 0.4)
    some = alone | (dice.random(200) < 0.2)
    found = sites_ratio(some, alone, own)
    logs = []
    for i in range(200):
        kept = np.arange(200) != i
        logs.append(np.log(some[kept].mean() / (alone[kept].sum() / own[kept].sum())))
    error = np.sqrt(199 / 200 * ((np.array(logs) - np.mean(logs)) ** 2).sum())
    assert np.log(found.high / found.value) / 1.972 == pytest.approx(error, rel=0.02)


def test_sizes_of_families(tables: dict[str, pd.DataFrame]) -> None:
    sizes = np.array([1, 2, 3, 10])
    apart = np.abs(sizes[:, None] - sizes[None, :]).mean() / (2 * sizes.mean())
    assert gini(sizes) == pytest.approx(apart)
    assert copy_sizes(tables["posts"].head(0), CODES)["value"].isna().all()


def test_the_whole_table_has_each_key_once_and_copies_counted_apart_in_every_layer(tables: dict[str, pd.DataFrame]) -> None:
    extras = {name: tables[name] for name in ("blocks", "contacts", "contradictions")}
    found = measure(tables["posts"], tables["mentions"], tables["dropped"], CODES, extras)
    assert not found.duplicated(KEY).any()
    key = found.set_index(KEY)
    for layer in ("", "_ad", "_comment"):
        row = [key.loc[(f"{name}{layer}", "claimed", "threats"), "value"] for name in ("share_of_posts", "share_of_texts", "copies_ratio")]
        assert row[2] == pytest.approx(row[0] / row[1])
