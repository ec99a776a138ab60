"""An item of weight w is w items; for the logit vote, but for the folds it falls into."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.voting import VOTES, LogitVote
from ensel.voting import logit as logit_module


@st.composite
def weighted_answers(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_items, n_queries = draw(st.integers(3, 40)), draw(st.integers(1, 4))
    y = rng.integers(0, 3, n_items)
    X = np.where(
        rng.random((n_items, n_queries)) < 0.5,
        y[:, None],
        rng.integers(-1, 3, (n_items, n_queries)),
    )
    weights = rng.integers(0, 5, n_items)
    y[:2], weights[:2] = [0, 1], [1, 2]
    return X, y, weights


@pytest.mark.parametrize("n_classes", [None, 3])
@pytest.mark.parametrize("name", ["majority", "weighted", "map"])
@given(weighted_answers())
def test_weights_are_repeated_items(name, n_classes, data):
    X, y, weights = data
    times = np.repeat(np.arange(len(y)), weights)
    weighted = VOTES[name](n_classes).fit(X, y, sample_weight=weights)
    repeated = VOTES[name](n_classes).fit(X[times], y[times])
    for attribute in vars(repeated):
        if attribute.endswith("_") and attribute != "n_features_in_":
            np.testing.assert_array_equal(
                getattr(weighted, attribute), getattr(repeated, attribute), strict=True
            )


@given(data=weighted_answers())
def test_logit_weights_are_repeated_items_at_one_shrinkage(data):
    X, y, weights = data
    times = np.repeat(np.arange(len(y)), weights)
    whole = logit_module.SHRINKAGES
    logit_module.SHRINKAGES = (10.0,)
    try:
        weighted = LogitVote(3).fit(X, y, sample_weight=weights)
        repeated = LogitVote(3).fit(X[times], y[times])
    finally:
        logit_module.SHRINKAGES = whole
    np.testing.assert_allclose(weighted.weights_, repeated.weights_, atol=1e-9)
    np.testing.assert_allclose(weighted.bias_, repeated.bias_, atol=1e-9)


def test_copies_of_an_item_do_not_vouch_for_each_other():
    """Noise repeated: with copies in other folds, weak shrinkage seems to predict."""
    honest, fooled = [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X, y, weights = rng.integers(0, 4, (40, 3)), rng.integers(0, 4, 40), np.full(40, 20)
        times = np.repeat(np.arange(40), weights)
        honest.append(LogitVote(4).fit(X, y, sample_weight=weights).shrinkage_)
        fooled.append(LogitVote(4).fit(X[times], y[times]).shrinkage_)
    assert np.median(honest) == max(logit_module.SHRINKAGES)
    assert max(fooled) < 10


@pytest.mark.parametrize("name", sorted(VOTES))
def test_zero_weights_are_no_items(name):
    X, y = np.array([[0, 1], [1, 1], [0, 0], [1, 0]] * 5), np.array([0, 1, 0, 1] * 5)
    weights = np.repeat([1, 0], 10)
    weighted = VOTES[name](2).fit(X, y, sample_weight=weights).predict_proba(X)
    np.testing.assert_array_equal(weighted, VOTES[name](2).fit(X[:10], y[:10]).predict_proba(X))
