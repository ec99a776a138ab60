"""Clustered correlations: what errs together stands together, whatever the order before."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.figures.correlations import clustered_figure, clustered_order


@given(st.permutations(range(6)))
def test_pairs_that_err_together_are_neighbours(order):
    # Three pairs (0, 1), (2, 3), (4, 5): correlation 0.9 within a pair, 0.1 elsewhere.
    block = np.kron(np.eye(3), np.full((2, 2), 0.8)) + 0.1
    np.fill_diagonal(block, 1)
    shuffled = block[np.ix_(order, order)]
    found = [order[j] for j in clustered_order(shuffled)]
    assert sorted(found) == list(range(6))
    assert all(found[i] // 2 == found[i + 1] // 2 for i in (0, 2, 4))


@pytest.mark.parametrize(("n", "numbers"), [(2, 4), (16, 256), (17, 0)])
def test_cells_are_numbered_where_there_is_room(n, numbers):
    names = [f"q{j}" for j in range(n)]
    matrix = pd.DataFrame(np.full((n, n), 0.25) + 0.75 * np.eye(n), index=names, columns=names)
    axis = clustered_figure(matrix, dataset="mine", n_items=1200).axes[0]
    assert len(axis.texts) == numbers
    assert axis.get_title().startswith(f"mine: {n} queries, n = 1,200 items")
    assert {text.get_text() for text in axis.texts} <= {"25", "100"}
