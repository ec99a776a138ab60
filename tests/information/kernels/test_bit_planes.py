"""Bit planes give back what was put in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.information.kernels.bit_planes import MOST_PACKED, pack


@given(
    st.integers(1, 140),
    st.integers(1, 19),
    st.sampled_from([(0, 1), (-1, 1), (-1, 4), (3, 9), (-1, 15), (-1, 16), (0, 120)]),
    st.sampled_from([np.int8, np.uint8, np.int16, np.int64]),
    st.sampled_from("CF"),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_codes_come_back(n_items, n_queries, codes, kind, order, some, seed):
    rng = np.random.default_rng(seed)
    low = max(codes[0], 0) if kind is np.uint8 else codes[0]
    X = np.asarray(rng.integers(low, codes[1], (n_items, n_queries)), dtype=kind, order=order)
    items = np.flatnonzero(rng.random(n_items) < 0.5) if some else None
    items = np.array([0]) if some and len(items) == 0 else items
    packed = pack(X, items)
    kept = X if items is None else X[items]
    for j in range(n_queries):
        assert packed.values[packed.codes(j)].tolist() == kept[:, j].tolist()


@pytest.mark.parametrize("largest", [30_000, 10**9])
def test_a_large_code_costs_no_width(largest):
    X = np.array([[0, largest], [-1, 7], [0, 0]])
    packed = pack(X)
    assert packed.values.tolist() == [-1, 0, 7, largest]
    assert packed.planes.shape[1] == 2  # four codes, two bits
    assert packed.codes(1).tolist() == [3, 2, 1]


def test_a_slice_of_a_matrix_is_packed_as_it_is():
    X = np.arange(60).reshape(6, 10) % 5
    packed = pack(X[:, ::2])
    assert packed.values[packed.codes(1)].tolist() == X[:, 2].tolist()


def test_many_codes_are_kept_as_rows():
    X = np.arange(2 * (MOST_PACKED + 1)).reshape(-1, 2)
    packed = pack(X)
    assert packed.planes is None
    assert packed.rows.dtype == np.uint8
    assert packed.values[packed.codes(1)].tolist() == X[:, 1].tolist()
