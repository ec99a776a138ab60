"""Learning curves of several candidates, and their intervals."""

import numpy as np
import pytest

from ensel.choosing.learning_curve import learning_curve, learning_curves
from ensel.heldout.candidates import named_candidates
from ensel.heldout.intervals import SplitScores


def test_curves_of_several_are_the_curve_of_one(small_pool):
    (own,) = named_candidates([("greedy-mi", "map")], [3])
    (top,) = named_candidates([("top-k", "weighted")], [3])
    alone = learning_curve(small_pool, own)
    several = learning_curves(small_pool, [own, top], alone["n_train"].tolist(), baseline=top)
    own = several[several["method"] == "greedy-mi"]
    for name in ("n_train", "accuracy"):
        np.testing.assert_allclose(own[name], alone[name])
    for name in (
        "accuracy_low",
        "accuracy_high",
    ):  # the same where all that is not tested is learned from
        np.testing.assert_allclose(own[name].iloc[-1], alone[name].iloc[-1])
    other = several[several["method"] == "top-k"]
    apart = own["accuracy"].to_numpy() - other["accuracy"].to_numpy()
    np.testing.assert_allclose(own["difference"], apart, atol=1e-6)
    assert (other[["difference", "difference_low", "difference_high"]] == 0).all(axis=None)


def test_training_sets_that_overlap_less_vary_less_in_the_mean():
    """Simulated: each split's score on every item is the mean of what its training items say."""
    rng = np.random.default_rng(3)
    n_items, n_train, n_splits = 400, 40, 5
    means, claimed, by_default = [], [], []
    for _ in range(400):
        says = rng.normal(size=n_items)
        orders = [rng.permutation(n_items) for _ in range(n_splits)]
        tests = [np.sort(order[n_items // 2 :]) for order in orders]
        learned = [says[order[:n_train]].mean() for order in orders]
        scores = SplitScores(n_items, tests, [np.full(n_items // 2, x) for x in learned])
        means.append(scores.mean)
        claimed.append(scores.variance(n_train))
        by_default.append(scores.variance())
    # var of the mean: 1/400 of the sample, and (1/40 - 1/400) / 5 of the splits: 0.007
    assert np.var(means) == pytest.approx(0.007, rel=0.2)
    # s2 = 1/40 - 1/400 = 0.0225; (1/5 + 40/360) s2 = 0.007, and (1/5 + 1) s2 = 0.027; on top, the
    # item variance, which sees the scores differ between splits: at most s2 / 400
    assert np.mean(claimed) == pytest.approx(0.007, rel=0.1)
    assert np.mean(by_default) == pytest.approx(0.027, rel=0.1)


def test_sizes_out_of_reach_are_left_out(small_pool):
    (top,) = named_candidates([("top-k", "weighted")], [2])
    found = learning_curves(small_pool, [top], [5, 50, 9999], baseline=top, n_splits=2)
    assert found["n_train"].tolist() == [50, 250]
