"""Greedy on one, two and three terms: what it buys, and its differences."""

import numpy as np
import pytest

from ensel.information import mutual_information
from ensel.selection import GreedyMI
from ensel.studies.ablation import GreedyTerms, ablate_terms


def test_all_three_terms_are_greedy_mi(small_pool):
    X, y = small_pool.answers, small_pool.known_labels
    budget = small_pool.n_queries
    ours = GreedyTerms(budget, random_state=1).fit(X, y)
    theirs = GreedyMI(budget, random_state=1).fit(X, y)
    assert ours.order_.tolist() == theirs.order_.tolist()
    np.testing.assert_allclose(ours.gains_, theirs.gains_, atol=1e-9)


def test_relevance_alone_ranks_by_information(small_pool):
    X, y = small_pool.answers, small_pool.known_labels
    order = GreedyTerms(4, n_terms=1).fit(X, y).order_
    alone = [mutual_information(X[:, j], y) for j in range(X.shape[1])]
    assert order.tolist() == np.argsort(-np.array(alone))[:4].tolist()


def test_two_terms_shun_a_copy_and_one_term_buys_it():
    rng = np.random.default_rng(0)  # simulated: a good query, its copy, and a weaker other view
    y = rng.integers(0, 2, 400)
    good, other = (np.where(rng.random(400) < e, 1 - y, y) for e in (0.1, 0.2))
    X = np.column_stack([good, good, other])
    assert sorted(GreedyTerms(2, n_terms=1).fit(X, y).order_.tolist()) == [0, 1]
    assert 2 in GreedyTerms(2, n_terms=2).fit(X, y).order_


def test_number_of_terms_is_checked(small_pool):
    with pytest.raises(ValueError, match="1, 2 or 3"):
        GreedyTerms(n_terms=4).fit(small_pool.answers, small_pool.known_labels)


def test_ablation_differences_are_to_all_three(small_pool):
    found = ablate_terms(small_pool, most=3, n_splits=2)
    assert len(found) == 3 * 2 * 3  # variants, quantities, budgets
    assert found["value_low"].le(found["value"]).all()
    assert found["value"].le(found["value_high"]).all()
    own = found.set_index(["variant", "quantity", "budget"])
    for (variant, quantity, budget), row in own.iterrows():
        right = row["value"] - own.loc[("all three", quantity, budget), "value"]
        assert row["difference"] == pytest.approx(right, abs=1e-6)
        if variant == "all three":
            assert row["difference_low"] == row["difference_high"] == 0
