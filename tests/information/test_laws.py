"""Laws of plug-in information on arbitrary tables. Each name is the theorem."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.information import (
    binary_entropy,
    conditional_mutual_information,
    entropy,
    fano_error_bound,
    hellman_raviv_error_bound,
    information_terms,
    mutual_information,
    pattern_bayes_error,
)

CLOSE = 1e-9


@st.composite
def labelled_answers(draw, max_queries: int = 4):
    """Answers with missing ones, and labels of at least one class."""
    n_classes = draw(st.integers(2, 4))
    n_queries = draw(st.integers(2, max_queries))
    n_items = draw(st.integers(2, 40))
    row = st.lists(st.integers(-1, n_classes - 1), min_size=n_queries, max_size=n_queries)
    X = draw(st.lists(row, min_size=n_items, max_size=n_items))
    y = draw(st.lists(st.integers(0, n_classes - 1), min_size=n_items, max_size=n_items))
    return np.array(X), np.array(y)


@given(labelled_answers())
def test_information_is_between_0_and_the_label_entropy(data):
    X, y = data
    assert 0 <= mutual_information(X, y) <= entropy(y) + CLOSE


@given(labelled_answers())
def test_chain_rule(data):
    X, y = data
    parts = mutual_information(X[:, :1], y) + conditional_mutual_information(
        X[:, 1:], y, given=X[:, :1]
    )
    assert mutual_information(X, y) == pytest.approx(parts, abs=CLOSE)


@given(labelled_answers())
def test_data_processing(data):
    """Merging answers, or leaving a query out, cannot add information."""
    X, y = data
    assert mutual_information(X // 2, y) <= mutual_information(X, y) + CLOSE
    assert mutual_information(X[:, 1:], y) <= mutual_information(X, y) + CLOSE


@given(labelled_answers(), st.randoms(use_true_random=False))
def test_invariance_under_relabelling(data, random):
    X, y = data
    names = list(range(X.min(), X.max() + 1))
    shuffled = names[:]
    random.shuffle(shuffled)
    renamed = np.array(shuffled)[X - X.min()]
    order = random.sample(range(X.shape[1]), X.shape[1])
    assert mutual_information(renamed[:, order], y) == pytest.approx(
        mutual_information(X, y), abs=CLOSE
    )
    rows = random.sample(range(len(y)), len(y))
    assert mutual_information(X[rows], y[rows]) == pytest.approx(
        mutual_information(X, y), abs=CLOSE
    )


@given(labelled_answers())
def test_symmetry(data):
    X, y = data
    assert mutual_information(X[:, 0], y) == pytest.approx(
        mutual_information(y, X[:, 0]), abs=CLOSE
    )


@given(labelled_answers())
def test_three_terms_sum_to_the_conditional_information(data):
    X, y = data
    bought, candidates = [0], list(range(1, X.shape[1]))
    terms = information_terms(X, y, bought, candidates)
    for j, gain in zip(candidates, terms.gain, strict=True):
        expected = conditional_mutual_information(X[:, j], y, given=X[:, bought])
        assert gain == pytest.approx(expected, abs=CLOSE)


@given(labelled_answers())
def test_fano_and_hellman_raviv_bracket_the_plug_in_bayes_error(data):
    X, y = data
    y = np.unique(y, return_inverse=True)[1]
    n_classes = max(int(y.max()) + 1, 2)
    left = max(entropy(y) - mutual_information(X, y), 0.0)
    error = pattern_bayes_error(X, y)
    assert fano_error_bound(left, n_classes) <= error + 1e-6
    assert error <= hellman_raviv_error_bound(left) + CLOSE


@given(st.floats(0, 1), st.integers(2, 10))
def test_fano_bound_solves_its_equation(share, n_classes):
    h = share * np.log2(n_classes)
    e = fano_error_bound(h, n_classes)
    assert binary_entropy(e) + e * np.log2(max(n_classes - 1, 1)) == pytest.approx(h, abs=1e-6)


def test_fano_refuses_impossible_entropies():
    with pytest.raises(ValueError, match="outside"):
        fano_error_bound(1.5, 2)
