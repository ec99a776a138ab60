"""A random part of the items: exact, stratified, fair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import InputError
from ensel.table.stratified import stratified_part


@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=200),
    st.floats(0.05, 0.95),
    st.integers(0, 2**32 - 1),
)
def test_split_is_exact_and_stratified(labels, share, seed):
    labels = np.array(labels)
    n_train = min(max(round(share * len(labels)), 1), len(labels) - 1)
    chosen = stratified_part(labels, n_train, np.random.default_rng(seed))
    assert chosen.sum() == n_train
    for label in np.unique(labels):
        of_class = labels == label
        expected = n_train * of_class.sum() / len(labels)
        assert abs(chosen[of_class].sum() - expected) <= 1


def test_split_partitions_the_items(small_pool):
    train, test = small_pool.split(0.3, random_state=4)
    assert train.n_items == 150
    assert set(train.items.index) | set(test.items.index) == set(small_pool.items.index)
    assert not set(train.items.index) & set(test.items.index)
    again, _ = small_pool.split(0.3, random_state=4)
    assert again.items.index.equals(train.items.index)


def test_every_item_is_equally_likely_to_train():
    labels = np.array([0] * 7 + [1] * 3)
    counts = sum(
        stratified_part(labels, 0.5, np.random.default_rng(seed)).astype(int)
        for seed in range(4000)
    )
    # Each count is binomial(4000, 1/2) or close: sd 32, so 4 sd is 0.03 of 4000.
    np.testing.assert_allclose(counts / 4000, 0.5, atol=0.032)


@pytest.mark.parametrize("train", [0, 4, 1.0, 0.0, -0.2, 7])
def test_split_refuses_empty_parts(table, train):
    with pytest.raises(InputError, match="both sides hold items"):
        table().split(train)
