"""Key words and spread: against scipy, by hand, and on words that mean nothing."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from made_posts import CODES, corpus
from scipy.sparse import csr_array
from scipy.stats import chi2_contingency

from analysis.measure import keyness, site_groups, solicitation_groups, term_dispersion, theme_dispersion
from analysis.measure.dispersion import deviation
from analysis.measure.keyness import log_likelihood, log_ratio, matrix_of, permuted_p


@pytest.mark.parametrize(("a", "b", "m", "n"), [(3, 9, 40, 50), (0, 7, 30, 30), (12, 12, 12, 40)])
def test_g2_is_the_log_likelihood_ratio_of_scipy(a: int, b: int, m: int, n: int) -> None:
    expected = chi2_contingency([[a, m - a], [b, n - b]], correction=False, lambda_="log-likelihood").statistic
    assert log_likelihood(np.array([a]), np.array([b]), m, n)[0] == pytest.approx(expected)


def test_the_log_ratio_and_its_interval_by_hand() -> None:
    found = log_ratio(20, 5, (100, 100))
    error = np.sqrt(1 / 20 - 1 / 100 + 1 / 5 - 1 / 100)
    assert found.value == 2
    assert found.high == pytest.approx(np.log2(4 * np.exp(1.959964 * error)))
    assert "a half added" in log_ratio(0, 5, (10, 10)).method


def test_permutation_finds_a_planted_word_and_not_the_rest() -> None:
    dice = np.random.default_rng(5)
    one = np.arange(120) < 50
    words = dice.random((120, 30)) < 0.3
    words[:, 0] = dice.random(120) < np.where(one, 0.7, 0.15)
    has = csr_array(words.astype(float))
    n_one = words[one].sum(axis=0)
    g2 = log_likelihood(n_one, words.sum(axis=0) - n_one, 50, 70)
    p = permuted_p(has, one, g2, runs=199)
    assert p[0] == 1 / 200
    assert p[1:].min() > 0.05
    assert (permuted_p(has, one, g2, runs=199) == p).all()


def test_the_p_values_keep_their_promise_where_nothing_differs() -> None:
    dice, hits = np.random.default_rng(6), 0
    for _ in range(60):
        words = dice.random((40, 12)) < 0.4
        one = np.arange(40) < 15
        n_one = words[one].sum(axis=0)
        g2 = log_likelihood(n_one, words.sum(axis=0) - n_one, 15, 25)
        hits += permuted_p(csr_array(words.astype(float)), one, g2, runs=99).min() <= 0.05
    assert hits <= 8  # 3 of 60 are expected


def test_a_word_counts_once_a_text_whatever_copies_there_are() -> None:
    tables = corpus()
    posts = tables["posts"].assign(template_id="one", solicitation=tables["posts"]["post_id"] < "p100")
    found = keyness(posts, tables["blocks"], CODES, solicitation_groups(posts))
    assert found["method"].tolist() == ["no value: one of the two groups has no text"]
    few = keyness(tables["posts"], tables["blocks"], CODES, site_groups(tables["posts"], "site3.example"))
    assert (few["n"] <= few["denominator"]).all()
    assert few.loc[few["measure"] == "keyness_site_p", "value"].between(0, 1).all()
    assert matrix_of([Counter({"催收": 9})], ["催收"]).toarray().tolist() == [[1.0]]  # collection


def test_dp_by_hand_and_by_brute_force() -> None:
    counts, sizes = np.array([5, 1, 0, 2]), np.array([10.0, 20.0, 30.0, 40.0])
    plain = sum(abs(c / 8 - s / 100) for c, s in zip(counts, sizes, strict=True)) / 2
    assert deviation(counts, sizes, "texts").value == pytest.approx(plain / 0.9)
    assert deviation(counts[:1], sizes[:1], "texts").value is None


def test_the_spread_of_the_corpus_is_between_0_and_1() -> None:
    tables = corpus()
    for found in (theme_dispersion(tables["posts"], tables["mentions"], CODES), term_dispersion(tables["posts"], tables["blocks"], CODES)):
        assert found["value"].dropna().between(0, 1).all()
        assert found.loc[found["value"].isna(), "method"].str.startswith("no value").all()
