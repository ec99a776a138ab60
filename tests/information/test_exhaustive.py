"""Every set's information against one set at a time."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.information import every_information, mutual_information
from ensel.information.exhaustive import sets_at
from ensel.information.kernels.every_set import by_histogram, by_planes, sort_by_label


@st.composite
def tables(draw, least_queries=1):
    """Answers with missing ones and unlike codes, labels, weights: sometimes 0."""
    n_items, n_queries = draw(st.integers(1, 150)), draw(st.integers(least_queries, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_codes = rng.integers(1, draw(st.sampled_from([2, 4, 9])) + 1, n_queries)
    y = rng.integers(0, draw(st.integers(1, 4)), n_items) * draw(st.sampled_from([1, 7]))
    X = rng.integers(-1, n_codes, (n_items, n_queries))
    X = np.where(rng.random(X.shape) < 0.5, X, y[:, None] % n_codes)
    weights = rng.integers(0, 4, n_items)
    weights[0] = 1
    return X, y, weights


def one_by_one(X, y, size, weights=None):
    rows = np.arange(len(y)) if weights is None else np.repeat(np.arange(len(y)), weights)
    sets = combinations(range(X.shape[1]), size)
    return [mutual_information(X[rows][:, chosen], y[rows]) for chosen in sets]


@given(tables())
def test_equals_one_set_at_a_time(table):
    X, y, weights = table
    for size in range(1, X.shape[1] + 1):
        np.testing.assert_allclose(
            every_information(X, y, size), one_by_one(X, y, size), atol=1e-12
        )
        weighted = every_information(X, y, size, weights=weights)
        np.testing.assert_allclose(weighted, one_by_one(X, y, size, weights), atol=1e-12)


@given(tables(least_queries=2))
def test_both_ways_of_counting_agree(table):
    X, y, _ = table
    laid_out = sort_by_label(X, y)
    costs = np.arange(X.shape[1], dtype=float)
    for size in range(2, X.shape[1] + 1):
        start, left = np.arange(size - 1), np.full((2, comb(X.shape[1], size)), np.nan)
        shared = laid_out.codes, laid_out.labels, laid_out.n_codes
        by_planes(
            start, *shared, laid_out.planes, laid_out.ends, laid_out.counted, costs, 9.0, left[0]
        )
        by_histogram(start, *shared, laid_out.n_labels, laid_out.counted, costs, 9.0, left[1])
        np.testing.assert_allclose(left[0], left[1], atol=1e-9)


@given(tables(), st.integers(2, 5))
def test_threads_change_nothing(table, n_threads):
    X, y, _ = table
    for size in range(1, X.shape[1] + 1):
        alone = every_information(X, y, size, n_threads=1)
        assert (every_information(X, y, size, n_threads=n_threads) == alone).all()


def test_real_triples_and_quadruples(real):
    """Four classes with missing answers; enough items for many words a label."""
    table = real("mmlu")
    X, y = table.answers[:, :7], table.known_labels
    assert (X == -1).any()
    for size in (3, 4):
        np.testing.assert_allclose(
            every_information(X, y, size), one_by_one(X, y, size), atol=1e-12
        )


def test_by_hand():
    # y = 0, 1, 2, 3, each a quarter: 2 bits. Column 0 tells y >= 2, column 1 tells y odd, column 2
    # is missing where column 0 is 1: the same bit. Pairs (0, 1), (0, 2), (1, 2): 2, 1, 2 bits.
    X = np.array([[0, 0, 0], [0, 1, 0], [1, 0, -1], [1, 1, -1]])
    y = np.array([0, 1, 2, 3])
    assert every_information(X, y, 2).tolist() == [2, 1, 2]
    assert every_information(X, y, 1).tolist() == [1, 1, 1]
    # The first two items twice: y = 0, 0, 1, 1, 2, 3; H(Y) = 2/3 log2 3 + 1/3 log2 6.
    weighted = every_information(X, y, 3, weights=np.array([2, 2, 1, 1]))
    assert weighted[0] == pytest.approx(np.log2(3) + 1 / 3)


def test_dear_sets_are_left_out():
    X, y = np.array([[0, 0, 1], [1, 1, 1]]), np.array([0, 1])
    found = every_information(X, y, 2, costs=np.array([1.0, 2.0, 3.0]), limit=4.0)
    assert found.tolist() == [1, 1, -np.inf]  # costs 3, 4, 5


def test_no_such_size():
    with pytest.raises(ValueError, match="a size from 1 to 2 is needed"):
        every_information(np.zeros((2, 2), dtype=int), np.array([0, 1]), 3)


@given(st.integers(1, 9), st.integers(1, 9))
def test_places_of_sets(n_queries, size):
    if size <= n_queries:
        sets = list(combinations(range(n_queries), size))
        assert sets_at(np.arange(len(sets)), n_queries, size).tolist() == [list(s) for s in sets]


def test_places_where_counts_do_not_fit_an_integer():
    # C(200, 100) is past 2^63, but the first and the last sets of 198 are places 0 and C - 1.
    last = comb(200, 198) - 1
    assert sets_at(np.array([0, last]), 200, 198)[:, [0, -1]].tolist() == [[0, 197], [2, 199]]
