"""An item of weight w is w items."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel.selection import SELECTORS, GreedyMI, TopK


@st.composite
def weighted_pools(draw):
    """Few items and copied columns, so that ties are common."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_items, n_queries = draw(st.integers(4, 50)), draw(st.integers(1, 10))
    n_classes, n_codes = draw(st.integers(2, 4)), draw(st.sampled_from([2, 4, 20]))
    y = rng.integers(0, n_classes, n_items)
    X = np.where(
        rng.random((n_items, n_queries)) < 0.5,
        y[:, None],
        rng.integers(-1, n_codes, (n_items, n_queries)),
    )
    if n_queries > 1 and draw(st.booleans()):
        X[:, 1] = X[:, 0]
    weights = rng.integers(0, draw(st.sampled_from([2, 4, 40])), n_items)
    y[:2], weights[:2] = [0, 1], [1, 2]
    if draw(st.booleans()):  # a class that only items of weight 0 have
        y[2], weights[2] = n_classes, 0
    return X, y, weights, rng.integers(0, 3, n_queries).astype(float)


@given(st.sampled_from(sorted(SELECTORS)), weighted_pools(), st.sampled_from("CF"))
@settings(max_examples=200)
def test_weights_are_repeated_items(name, pool, layout):
    X, y, weights, costs = pool
    models = np.arange(X.shape[1]) // 2
    times = np.repeat(np.arange(len(y)), weights)
    selector = SELECTORS[name]()
    if name != "single-best":
        selector.set_params(budget=min(4, X.shape[1]))
    given_ = {"models": models, "costs": costs}
    repeated = selector.fit(X[times], y[times], **given_)
    order, gains = repeated.order_.tolist(), repeated.gains_
    weighted = selector.fit(np.asarray(X, order=layout), y, **given_, sample_weight=weights)
    assert weighted.order_.tolist() == order
    np.testing.assert_allclose(weighted.gains_, gains, atol=1e-9)


def test_accuracy_by_hand():
    # Query 0 is right on items 0 and 1, query 1 on item 2: 1 + 1 of 5 against 3 of 5.
    X, y = [[0, 1], [1, 0], [1, 0]], [0, 1, 0]
    assert TopK(budget=2).fit(X, y).order_.tolist() == [0, 1]
    selector = TopK(budget=2).fit(X, y, sample_weight=[1, 1, 3])
    assert selector.order_.tolist() == [1, 0]
    assert selector.gains_.tolist() == pytest.approx([3 / 5, 2 / 5])


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1, 1], "one for each of 3 items"),
        ([1, -1, 1], "no whole number from 0"),
        ([0.5, 1, 1], "no whole number from 0"),
        ([np.nan, 1, 1], "no whole number from 0"),
        ([0, 0, 0], "zero for every item"),
        (["1", "2", "3"], "whole numbers are needed"),
    ],
)
def test_refuses_other_weights(weights, said):
    with pytest.raises(ValueError, match=said):
        GreedyMI(budget=1).fit([[0], [1], [1]], [0, 1, 1], sample_weight=weights)
