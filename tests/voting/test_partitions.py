"""Partitions: equal exactly where the same queries agree, whatever the codes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ensel.voting.partitions import canonical_rows, partitions_of


@st.composite
def codes(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(1, 30)), draw(st.integers(1, 7))
    return rng.integers(-1, draw(st.integers(1, 9)), shape)


def plain(row):
    """First-occurrence order, query by query."""
    numbers = {}
    return [-1 if code < 0 else numbers.setdefault(code, len(numbers)) for code in row]


@given(codes())
def test_canonical_rows_are_those_of_the_plain_definition(X):
    assert canonical_rows(X).tolist() == [plain(row) for row in X.tolist()]


@given(codes())
def test_alternatives_are_the_options_and_none(X):
    partitions, ids = partitions_of(X)
    np.testing.assert_array_equal(partitions.rows[ids], canonical_rows(X))
    assert len(np.unique(partitions.rows, axis=0)) == len(partitions.rows)

    backing = partitions.backing.toarray()
    assert len(backing) == partitions.n_alternatives == (partitions.n_options + 1).sum()
    for z, row in enumerate(partitions.rows):
        start = partitions.starts[z]
        for option in range(partitions.n_options[z]):
            np.testing.assert_array_equal(backing[start + option], row == option)
        assert not backing[partitions.outside[z]].any()
