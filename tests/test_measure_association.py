"""Themes that come together: against statsmodels, by hand, and where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from made_posts import CODES, NEVER, corpus
from statsmodels.stats.contingency_tables import Table2x2

from analysis.measure import mention_shares, rule_shares, shares_given, title_shares, together
from analysis.measure.association import pairs_of
from analysis.measure.contrasts import log_odds
from analysis.measure.intervals import clusters_of

KEY = ["measure", "group", "theme"]


def test_the_log_odds_of_independent_posts_are_those_of_statsmodels() -> None:
    dice = np.random.default_rng(1)
    one, two = dice.random(900) < 0.4, dice.random(900) < 0.3
    found = log_odds(one, two, clusters_of(np.arange(900))).estimate
    table = Table2x2([[(one & two).sum(), (one & ~two).sum()], [(~one & two).sum(), (~one & ~two).sum()]])
    assert found.value == pytest.approx(table.log_oddsratio)
    assert (found.low, found.high) == pytest.approx(table.log_oddsratio_confint(), abs=3e-3)


def test_over_clusters_the_error_is_that_of_a_logit_with_clustered_errors_or_larger() -> None:
    dice = np.random.default_rng(2)
    labels = np.repeat(np.arange(80), 5)
    one = np.repeat(dice.random(80) < 0.5, 5) ^ (dice.random(400) < 0.1)
    two = np.repeat(dice.random(80) < 0.4, 5) ^ (dice.random(400) < 0.1)
    clusters = clusters_of(labels)
    found = log_odds(one, two, clusters).estimate
    fit = sm.GLM(one.astype(float), sm.add_constant(two.astype(float)), family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": labels, "use_correction": False}
    )
    error = (found.high - found.value) / clusters.t
    assert found.value == pytest.approx(fit.params[1], abs=1e-6)
    assert fit.bse[1] * 0.999 <= error <= 1.25 * fit.bse[1]


def test_the_interval_holds_no_association_where_templates_are_copied() -> None:
    dice, held, runs = np.random.default_rng(3), 0, 200
    for _ in range(runs):
        sizes = np.minimum(np.ceil(dice.pareto(1.2, 100)), 40).astype(int).clip(1)
        one, two = (np.repeat(dice.random(100) < 0.4, sizes) for _ in range(2))
        found = log_odds(one, two, clusters_of(np.repeat(np.arange(100), sizes))).estimate
        held += found.low <= 0 <= found.high
    assert held / runs >= 0.92


def test_an_empty_cell_gets_a_half_and_says_so() -> None:
    one = np.array([1, 1, 0, 0, 0]) > 0
    found = log_odds(one, one, clusters_of(np.arange(5))).estimate
    assert found.value == pytest.approx(np.log(2.5 * 3.5 / (0.5 * 0.5)))
    assert "Haldane-Anscombe" in found.method
    assert log_odds(one, one, clusters_of(np.zeros(5))).estimate.method.startswith("no interval: one cluster only")


def test_pairs_of_the_corpus() -> None:
    tables = corpus()
    found = together(tables["posts"], tables["mentions"], CODES)
    assert not found.duplicated(KEY).any()
    assert len(found) == 2 * len(pairs_of(CODES))
    assert not found.query("theme == 'personal_impact' and group == 'with:distress'").size
    never = found.loc[found["theme"].isin(NEVER) | found["group"].isin([f"with:{name}" for name in NEVER])]
    assert never["value"].isna().all()
    assert never["method"].str.startswith("no value").all()


def test_shares_given_a_theme_are_plain_counts_and_few_posts_give_none() -> None:
    tables = corpus()
    found = shares_given(tables["posts"], tables["mentions"], CODES, ("distress",)).set_index("group")
    said = tables["mentions"].loc[lambda m: m["layer"].isin(["title", "body"])]
    ids = tables["posts"].loc[tables["posts"]["on_topic"], "post_id"]
    with_theme, both = (set(said.loc[said["theme"] == name, "post_id"]) & set(ids) for name in ("threats", "distress"))
    assert (found.loc["with:threats", "n"], found.loc["with:threats", "denominator"]) == (len(with_theme & both), len(with_theme))
    assert found.loc[f"with:{NEVER[0]}", "method"].startswith("no value: fewer than 5 posts")


def test_shares_of_mentions_add_up_to_1_with_the_unknown_among_them() -> None:
    tables = corpus()
    found = mention_shares(tables["posts"], tables["mentions"], CODES)
    kind = found["group"].str.partition(":")[0]
    assert found.groupby([kind, "theme"])["value"].sum().to_numpy() == pytest.approx(1)
    assert "actor:unknown" in set(found["group"])
    rules = rule_shares(tables["posts"], tables["mentions"], CODES, "threats")
    assert rules["value"].sum() == pytest.approx(1)
    titles = title_shares(tables["posts"], tables["mentions"], CODES).set_index(["group", "theme"])["n"]
    assert (titles["status:question"] <= titles["all"]).all()
