"""Open votes weighted by log-odds."""

import numpy as np
import pytest

from ensel.voting import OpenMajority, OpenWeighted


def test_log_odds_by_hand():
    # Right on 3 of 4, 1 of 2 answered, 0 of 3: log(4 : 2), log(2 : 2), log(1 : 4).
    X = [[0, 0, 1], [1, -1, 2], [2, 1, -1], [0, -1, 1]]
    vote = OpenWeighted(3).fit(X, [0, 1, 2, 2])
    np.testing.assert_allclose(vote.log_odds_, np.log([2, 1, 1 / 4]))
    np.testing.assert_allclose(vote.weights_, vote.scale_ * vote.log_odds_ + vote.offset_)


def test_samples_of_a_model_pool_what_they_show():
    # Model a: 3 of 4 and 1 of 4 right, 4 of 8 together: log(5 : 5). Model b: 4 of 4: log(5 : 1).
    X = [[0, 0, 0], [1, 0, 1], [2, 1, 2], [0, 2, 1]]
    vote = OpenWeighted(3).fit(X, [0, 1, 2, 1], models=["a", "a", "b"])
    np.testing.assert_allclose(vote.log_odds_, np.log([1, 1, 5]))


def test_queries_below_one_half_count_for_what_they_say():
    """Where wrong answers scatter: right one time in three is far more than any wrong option."""
    rng = np.random.default_rng(0)
    X = rng.integers(1, 50, (600, 6))
    X[rng.random(X.shape) < 1 / 3] = 0
    vote = OpenWeighted(50).fit(X[:300], np.zeros(300, dtype=int))
    assert (vote.log_odds_ < 0).all()
    assert (vote.weights_ > 0).all()
    twice = (X[300:] == 0).sum(axis=1) >= 2
    assert (vote.predict(X[300:])[twice] == 0).mean() > 0.95


def test_better_queries_never_count_for_less():
    # Log-odds favour query 0 (390 right of 550, 860 of 1,450). Alone either is right half the
    # time, and where they differ query 1 wins: the fit would turn log-odds round.
    X = [[0, 0], [0, 1], [0, 1], [0, 1], [0, -1], [0, -1], [-1, 0], [-1, 0]]
    y, counts = [0, 0, 1, 2, 0, 2, 0, 2], [300, 40, 60, 50, 50, 50, 500, 500]
    vote = OpenWeighted(3).fit(X, y, sample_weight=counts)
    assert vote.log_odds_[0] > vote.log_odds_[1]
    assert vote.scale_.tolist() == [0]
    majority = OpenMajority(3).fit(X, y, sample_weight=counts)
    np.testing.assert_array_equal(vote.weights_, majority.weights_)


def test_offset_and_scale_recover_independent_errors():
    # Wrong answers uniform over 19 others: log-odds + log 19, so scale 1 and offset log 19 = 2.94.
    rng = np.random.default_rng(1)
    n, skills = 6000, np.array([0.3, 0.45, 0.6, 0.75])
    X = np.where(rng.random((n, 4)) < skills, 0, rng.integers(1, 20, (n, 4)))
    vote = OpenWeighted(20).fit(X, np.zeros(n, dtype=int))
    assert vote.scale_[0] == pytest.approx(1, abs=0.15)
    assert vote.offset_[0] == pytest.approx(np.log(19), abs=0.3)
