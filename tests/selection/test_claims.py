"""Selectors on claims: codes mean nothing, claims by hand, weights, and the laws of selectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from ensel.registry import OPEN_SELECTORS
from ensel.selection import ClaimsLogit, ClaimsMI, ExactMI, GreedyLogit, GreedyMI, OnClaims, TopK
from ensel.selection.claims import claims_of
from ensel.testing import check_selector

OF_THEIR_OWN = {"self-moa": {"fewer": True}, "random": {"random": True}}


@st.composite
def open_pools(draw):
    """Answers to open questions, and the same with the codes of each item drawn anew."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_items, n_queries = draw(st.integers(1, 30)), draw(st.integers(1, 6))
    n_options = draw(st.integers(1, 8))
    y = rng.integers(0, n_options, n_items)
    X = rng.integers(-1, n_options, (n_items, n_queries))
    X = np.where(rng.random(X.shape) < 0.5, y[:, None], X)
    X[:, rng.integers(n_queries)] = X[:, rng.integers(n_queries)]
    anew = np.array([rng.permutation(n_options + 5) for _ in range(n_items)])
    other = np.where(X < 0, -1, np.take_along_axis(anew, np.maximum(X, 0), axis=1))
    return X, y, other, np.take_along_axis(anew, y[:, None], axis=1)[:, 0], rng


@given(st.sampled_from(sorted(OPEN_SELECTORS)), open_pools())
@settings(max_examples=200)
def test_drawing_the_codes_anew_changes_nothing(name, pool):
    X, y, other, other_y, rng = pool
    selector = OPEN_SELECTORS[name]()
    if name != "single-best":
        selector.set_params(budget=int(rng.integers(1, X.shape[1] + 1)))
    known = {"costs": rng.integers(0, 3, X.shape[1]), "sample_weight": rng.integers(1, 4, len(X))}
    before = clone(selector).fit(X, y, **known)
    after = clone(selector).fit(other, other_y, **known)
    assert before.order_.tolist() == after.order_.tolist()
    assert before.gains_.tolist() == after.gains_.tolist()


@given(st.sampled_from(sorted(OPEN_SELECTORS)), open_pools())
@settings(max_examples=100)
def test_weights_are_repeated_items(name, pool):
    X, y, _, _, rng = pool
    weights = rng.integers(0, 4, len(X))
    weights[0] = 1
    times = np.repeat(np.arange(len(X)), weights)
    selector = OPEN_SELECTORS[name]()
    if name != "single-best":
        selector.set_params(budget=min(3, X.shape[1]))
    weighted = clone(selector).fit(X, y, sample_weight=weights)
    repeated = clone(selector).fit(X[times], y[times])
    assert weighted.order_.tolist() == repeated.order_.tolist()
    np.testing.assert_allclose(weighted.gains_, repeated.gains_, atol=1e-9)


@given(open_pools())
def test_an_item_has_a_claim_for_each_option_given(pool):
    X, y, _, _, _ = pool
    said, true, items = claims_of(X, y)
    for i in range(len(X)):
        options = set(X[i][X[i] >= 0].tolist())
        assert (items == i).sum() == len(options)
        assert true[items == i].sum() == (y[i] in options)
        assert ((said[items == i] == 1).sum(axis=0) == (X[i] >= 0)).all()
        assert ((said[items == i] < 0) == (X[i] < 0)).all()


def test_claims_by_hand():
    # Item 0: 7 by the first and the last, 2 by the second, which is right. Item 1: silence.
    said, true, items = claims_of(np.array([[7, 2, 7], [-1, -1, -1]]), np.array([2, 0]))
    assert said.tolist() == [[1, 0, 1], [0, 1, 0]]
    assert true.tolist() == [0, 1]
    assert items.tolist() == [0, 0]


def test_information_by_hand():
    # Claims: item 0 has 0 (right) and 1, item 1 has 5 (right) and 4. Query 0 gives the right ones,
    # query 1 the others: each tells the 2 of 4 claims that are right, 1 bit. The tie goes to the
    # query that is more accurate on items, though it is dearer.
    X, y = np.array([[0, 1], [5, 4]]), [0, 5]
    for make in (ClaimsMI, ClaimsLogit):
        selector = make(budget=2).fit(X, y, costs=[2.0, 1.0])
        assert selector.order_.tolist() == [0, 1]
    assert ClaimsMI(budget=2).fit(X, y).gains_.tolist() == [1.0, 0.0]


def test_where_everyone_is_right_the_most_accurate_are_bought():
    X = np.array([[3, -1, 3], [2, 2, 2], [-1, -1, 0]])
    for name in ("mrmr", "greedy-mi", "greedy-logit"):
        selector = OPEN_SELECTORS[name](budget=2).fit(X, [3, 2, 0])
        assert selector.order_.tolist() == [2, 0]
        assert selector.gains_.tolist() == [0.0, 0.0]
        assert len(OPEN_SELECTORS[name](budget=1).fit([[-1, -1]], [0]).order_) == 1


def test_endless_caution_is_top_k():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 9, 80)
    X = np.where(
        rng.random((80, 7)) < np.linspace(0.3, 0.7, 7), y[:, None], rng.integers(0, 9, (80, 7))
    )
    selector = ClaimsLogit(budget=5, caution=np.inf).fit(X, y)
    assert selector.order_.tolist() == TopK(budget=5).fit(X, y).order_.tolist()
    same = ClaimsLogit(budget=5).set_params(caution=np.inf).fit(X, y)
    assert same.order_.tolist() == selector.order_.tolist()


def test_two_classes_that_are_both_given_are_two_claims_an_item():
    """Mirror images: then claims tell what a classless reading of the table tells."""
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], 100)
    X = np.where(rng.random((200, 3)) < 0.8, y[:, None], 1 - y[:, None])
    X = np.column_stack([X, y, 1 - y])  # so that both options are given everywhere
    assert ClaimsMI(3).fit(X, y).gains_.sum() == pytest.approx(1.0)


def test_any_selector_will_do():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 5, 60)
    X = np.where(rng.random((60, 5)) < 0.6, y[:, None], rng.integers(0, 5, (60, 5)))
    said, true, _ = claims_of(X, y)
    assert OnClaims().nested
    assert not OnClaims(ExactMI()).nested
    for inner in (ExactMI(), GreedyLogit(), GreedyMI()):
        wrapped = clone(OnClaims(inner, budget=2)).fit(X, y)
        if not isinstance(inner, GreedyLogit):  # whose top-k is that of the items
            plain = clone(inner).set_params(budget=2).fit(said, true)
            assert wrapped.order_.tolist() == plain.order_.tolist()


@pytest.mark.parametrize("name", ["mrmr", "greedy-mi", "greedy-logit"])
def test_keeps_the_laws_of_selectors_but_one(name):
    """Claims are of options that somebody gave.

    In a pool of two queries, where the other one is silent the good one's answer is the only
    option, so that its claims never differ and tell nothing; the other's two right ones do. With
    a third query that answers there is something to differ from.
    """
    report = check_selector(OPEN_SELECTORS[name], max_examples=15, report=True)
    assert report.broken in ([], ["rare answers"])
