"""The three terms: one definition, computed two ways; greedy on them; their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ensel.information import information_terms, mutual_information
from ensel.selection import GreedyMI
from ensel.studies.ablation import (
    TERMS,
    GreedyTerms,
    ablate_terms,
    information_by_term,
    log_ratio,
    pointwise_terms,
)

tables = st.tuples(st.integers(1, 40), st.integers(2, 4)).flatmap(
    lambda shape: st.tuples(
        hnp.arrays(np.int8, shape, elements=st.integers(-1, 2)),
        hnp.arrays(np.int8, shape[0], elements=st.integers(0, 2)),
    )
)


@given(tables)
def test_pointwise_means_are_the_plug_in_terms(table):
    answers, labels = table
    new = answers.shape[1] - 1
    for bought in ([], list(range(new))):
        found = pointwise_terms(answers, labels, bought, new)
        right = information_terms(answers, labels, bought, [new])
        for name in TERMS:
            assert found[name].mean() == pytest.approx(getattr(right, name)[0], abs=1e-9)


@given(tables)
def test_pointwise_terms_add_up_to_the_information(table):
    answers, labels = table
    total = 0.0
    for new in range(answers.shape[1]):
        terms = pointwise_terms(answers, labels, list(range(new)), new)
        total += (terms["relevance"] - terms["redundancy"] + terms["dependence"]).mean()
    assert total == pytest.approx(mutual_information(answers, labels), abs=1e-9)


def test_log_ratio_by_hand():
    # p(0, 0) = 2/4, p(a = 0) = 3/4, p(b = 0) = 2/4: log2((2/4) / (6/16)) = log2(4/3)
    # p(0, 1) = 1/4, p(b = 1) = 2/4: log2((1/4) / (6/16)) = log2(2/3); p(1, 1): log2(2)
    found = log_ratio(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))
    np.testing.assert_allclose(found, np.log2([4 / 3, 4 / 3, 2 / 3, 2]))


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


def test_information_is_the_sum_of_its_terms_and_the_bound_is_below_the_entropy(small_pool):
    found = information_by_term(small_pool, most=3, n_splits=2)
    wide = found.pivot(index="budget", columns="quantity", values="value")
    total = wide["relevance"] - wide["redundancy"] + wide["dependence"]
    np.testing.assert_allclose(wide["information"], total, atol=1e-6)
    assert (wide["held-out bound"] <= 1).all()  # H(Y) of two classes
    assert wide["on training items"].is_monotonic_increasing
    assert (wide.loc[1, ["redundancy", "dependence"]] == 0).all()
