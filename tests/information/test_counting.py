"""The compiled counts against the plain ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.information.candidates import information_with
from ensel.information.counting import by_query, conditional_entropies
from ensel.information.entropy import entropy_of_counts
from ensel.information.patterns import pattern_ids


@given(st.integers(1, 60), st.integers(1, 4), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_equals_the_plain_information(n_items, n_queries, n_classes, seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-1, n_classes, (n_items, n_queries))
    y = rng.integers(0, n_classes, n_items)
    pattern = pattern_ids(rng.integers(0, 3, (n_items, 2)))
    theirs = information_with(pattern, X, y)
    left = conditional_entropies(
        pattern * n_classes + y, int(pattern.max()) + 1, n_classes, by_query(X),
        np.arange(n_items), np.arange(n_queries),
    )  # fmt: skip
    ours = entropy_of_counts(np.bincount(y)) - left / n_items
    np.testing.assert_allclose(np.maximum(ours, 0), theirs, atol=1e-10)


def test_some_items_and_some_candidates():
    # Items 0, 2, 3; one pattern. Candidate 1 says 0, 1, 1 of labels 0, 1, 0: left H = 2/3 bit,
    # times 3 items.
    X = np.array([[0, 0], [1, 1], [0, 1], [0, 1]])
    y = np.array([0, 0, 1, 0])
    rows = np.array([0, 2, 3])
    left = conditional_entropies(y[rows], 1, 2, by_query(X), rows, np.array([1]))
    assert left[0] == pytest.approx(3 * 2 / 3)


@pytest.mark.parametrize(("most", "kind"), [(3, np.int8), (1000, np.int16), (10**6, np.int64)])
def test_smallest_type_that_holds_the_codes(most, kind):
    assert by_query(np.array([[0, most], [-1, 2]])).dtype == kind
