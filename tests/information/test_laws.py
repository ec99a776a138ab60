"""What follows from the laws of information, which `tests/test_testing.py` checks."""

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
from ensel.testing import prediction_tables

CLOSE = 1e-9


tables = prediction_tables(min_queries=2, max_items=30, max_classes=4, classes_seen=1)


@given(tables)
def test_three_terms_sum_to_the_conditional_information(table):
    X, y = table.answers, table.labels
    bought, candidates = [0], list(range(1, X.shape[1]))
    terms = information_terms(X, y, bought, candidates)
    for j, gain in zip(candidates, terms.gain, strict=True):
        expected = conditional_mutual_information(X[:, j], y, given=X[:, bought])
        assert gain == pytest.approx(expected, abs=CLOSE)


@given(tables)
def test_fano_and_hellman_raviv_bracket_the_plug_in_bayes_error(table):
    X, y = table.answers, table.labels
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
