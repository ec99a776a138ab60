"""The logit vote on open answers: weights that know of each other, and of samples."""

import numpy as np

from ensel.voting import OpenLogit, OpenWeighted


def test_copies_share_a_weight():
    rng = np.random.default_rng(0)
    n = 3000
    X = np.where(rng.random((n, 3)) < [0.6, 0.7, 0.6], 0, rng.integers(1, 8, (n, 3)))
    y = np.zeros(n, dtype=int)
    alone, twice = OpenLogit(8).fit(X, y), OpenLogit(8).fit(X[:, [0, 0, 1, 2]], y)
    np.testing.assert_allclose(twice.weights_[0], twice.weights_[1], atol=1e-8)
    np.testing.assert_allclose(twice.weights_[:2].sum(), alone.weights_[0], rtol=0.1)
    # One as good, and no copy: to the weighted vote all three are alike.
    assert twice.weights_[3] > 1.5 * twice.weights_[0]
    odds = OpenWeighted(8).fit(X[:, [0, 0, 1, 2]], y)
    assert odds.weights_[3] < 1.2 * odds.weights_[0]


def test_with_few_labels_it_is_the_weighted_vote():
    rng = np.random.default_rng(1)
    X = np.where(rng.random((6, 5)) < 0.6, 0, rng.integers(1, 8, (6, 5)))
    y = np.zeros(6, dtype=int)
    logit, weighted = OpenLogit(8).fit(X, y), OpenWeighted(8).fit(X, y)
    np.testing.assert_allclose(logit.weights_, weighted.weights_, atol=0.2)


def log_loss(vote, X, y):
    right = vote.predict_proba(X)[np.arange(len(y)), y]
    given = (y[:, None] == X).any(axis=1)
    return -np.log(np.where(given, right, vote.none_proba(X)) + 1e-12).mean()


def test_samples_that_share_a_weight_predict_better():
    """Ten samples of five models, 40 labels: held-out log loss with and without `models`."""
    gains = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        n, options = 540, 12
        hard = rng.normal(size=(n, 1))
        skill = np.repeat(rng.normal(0.5, 1, 5), 10)
        right = rng.random((n, 50)) < 1 / (1 + np.exp(-(skill + 1.5 * hard)))
        wrong = np.minimum(rng.geometric(0.4, (n, 50)), options - 1)
        X, y = np.where(right, 0, wrong), np.zeros(n, dtype=int)
        models = np.repeat(np.arange(5), 10)
        own = OpenLogit(options).fit(X[:40], y[:40])
        shared = OpenLogit(options).fit(X[:40], y[:40], models=models)
        gains.append(log_loss(own, X[40:], y[40:]) - log_loss(shared, X[40:], y[40:]))
    assert np.mean(gains) > 0.01
