"""The conditional logit vote against L-BFGS, scikit-learn, and on real pools."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from ensel import compare
from ensel.error_model import simulate
from ensel.voting import LogitVote, WeightedVote
from ensel.voting.logit import SHRINKAGES, class_precision, fit_weights, log_probabilities


@pytest.fixture(scope="module")
def pool(real):
    table = real("imdb-llm")
    return table.answers[:, :5].astype(int), table.labels.astype(int)


def plain_loss(theta, X, y, n_classes, shrinkage):
    """The docstring's formula, item by item: theta holds b_y, then w_iy row by row."""
    bias, weights = theta[:n_classes], theta[n_classes:].reshape(-1, n_classes)
    loss = 0.0
    for answers, label in zip(X, y, strict=True):
        scores = bias.copy()
        for i, answer in enumerate(answers):
            if answer >= 0:
                scores[answer] += weights[i, answer]
        loss += np.logaddexp.reduce(scores) - scores[label]
    shared = weights.mean(axis=1)
    apart = weights - shared[:, None]
    return loss + (shared**2).sum() / 2 + shrinkage / 2 * ((apart**2).sum() + 0.3 * (bias**2).sum())


@pytest.mark.parametrize(("n_classes", "shrinkage"), [(2, 3.0), (4, 30.0), (3, 1000.0)])
def test_newton_finds_what_a_general_optimiser_finds(n_classes, shrinkage):
    data = simulate(150, [0.2, 0.3, 0.4], 0.4, n_classes=n_classes, random_state=0)
    X, y = data.answers.astype(int), data.labels.astype(int)
    X[::9, 1] = -1
    ours = fit_weights(X, np.eye(n_classes)[y], shrinkage)[0]
    plain = minimize(plain_loss, np.zeros(n_classes * 4), args=(X, y, n_classes, shrinkage))
    assert plain_loss(ours.ravel(), X, y, n_classes, shrinkage) <= plain.fun + 1e-6
    np.testing.assert_allclose(ours.ravel(), plain.x, atol=2e-3)


def plain_newton(X, counts, shrinkage):
    """Newton's method by the book: whole matrices, every loss computed. Stops as ours does."""
    n_items, n_queries = X.shape
    n_classes = counts.shape[1]
    size = n_classes * (n_queries + 1)
    # Of each item and class, what multiplies the parameters (class by class, the bias first).
    design = np.zeros((n_items, n_classes, n_classes, n_queries + 1))
    for k in range(n_classes):
        design[:, k, k, 0] = 1
        design[:, k, k, 1:] = k == X
    design = design.reshape(n_items, n_classes, size)
    ridge = np.zeros((n_classes, n_queries + 1, n_classes, n_queries + 1))
    ridge[:, 0, :, 0] = 0.3 * shrinkage * np.eye(n_classes)
    for i in range(n_queries):
        ridge[:, i + 1, :, i + 1] = class_precision(n_classes, shrinkage)
    ridge = ridge.reshape(size, size)
    n = counts.sum(axis=1)

    def loss(theta):
        scores = design @ theta
        log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return theta @ ridge @ theta / 2 - (counts * log_p).sum(), np.exp(log_p)

    theta = np.zeros(size)
    value, p = loss(theta)
    while True:
        slope = np.einsum("ik,ikt->t", n[:, None] * p - counts, design) + ridge @ theta
        mean = np.einsum("ik,ikt->it", p, design)
        curvature = np.einsum("ik,iks,ikt->st", n[:, None] * p, design, design)
        curvature += ridge - (mean.T * n) @ mean
        step = np.linalg.solve(curvature, slope)
        promised = slope @ step
        if promised < 1e-8 * max(n.sum(), 1):
            return theta.reshape(n_classes, -1).T
        length = 1.0
        while loss(theta - length * step)[0] > value - 1e-4 * length * promised and length > 1e-6:
            length /= 2
        theta = theta - length * step
        value, p = loss(theta)


@pytest.mark.parametrize("shrinkage", [1000.0, 10.0, 1.0, 1e-3])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_short_cuts_take_the_same_steps_as_the_plain_method(n_classes, shrinkage):
    rng = np.random.default_rng(n_classes)
    X = rng.integers(-1, n_classes, (80, 6))
    y = np.where(rng.random(80) < 0.7, X[:, 0], rng.integers(0, n_classes, 80))
    y = np.where(y < 0, 0, y)
    X[y == 1, 1] = 1  # nearly separable: steps that have to be halved
    counts = np.eye(n_classes)[y] * rng.integers(0, 4, 80)[:, None]
    theta, p = fit_weights(X, counts, shrinkage)
    np.testing.assert_allclose(theta, plain_newton(X, counts, shrinkage), rtol=1e-9, atol=1e-11)
    counted = counts.sum(axis=1) > 0
    np.testing.assert_allclose(p[counted], np.exp(log_probabilities(X, theta))[counted])


def test_strong_shrinkage_is_scikit_learns_shared_weight(pool):
    """Two classes, one weight a query: logistic regression on +1 / -1 answers, C = 1."""
    X, y = pool
    signed = np.where(X == 1, 1, np.where(X == 0, -1, 0))
    theirs = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-10).fit(signed, y)
    theta = fit_weights(X, np.eye(2)[y], 1e7)[0]
    np.testing.assert_allclose(theta[1:, 0], theirs.coef_[0], atol=1e-3)
    np.testing.assert_allclose(theta[0], 0, atol=1e-3)


def test_precision_by_hand():
    # K = 2, s = 3: w' A w = shared^2 + 3 sum of squared deviations. w = (2, 0): shared 1,
    # deviations 1, -1: 1 + 3 * 2 = 7.
    w = np.array([2.0, 0.0])
    assert w @ class_precision(2, 3.0) @ w == pytest.approx(7.0)


def test_patterns_and_items_fit_alike(pool):
    X, y = pool
    vote = LogitVote(n_classes=2).fit(X, y)
    theta = fit_weights(X, np.eye(2)[y], vote.shrinkage_)[0]
    np.testing.assert_allclose(vote.weights_, theta[1:], atol=1e-4)
    np.testing.assert_allclose(vote.bias_, theta[0], atol=1e-4)


def test_two_copies_share_one_weight():
    data = simulate(3000, [0.2, 0.3], 0.0, random_state=1)
    X, y = data.answers.astype(int), data.labels.astype(int)
    alone = LogitVote(n_classes=2).fit(X, y)
    twice = LogitVote(n_classes=2).fit(X[:, [0, 0, 1]], y)
    np.testing.assert_allclose(twice.weights_[0], twice.weights_[1], atol=1e-3)
    np.testing.assert_allclose(
        twice.weights_[:2].sum(axis=0).mean(), alone.weights_[0].mean(), rtol=0.1
    )
    odds = WeightedVote(n_classes=2).fit(X[:, [0, 0, 1]], y).weights_
    assert odds[:2].sum() > 1.5 * twice.weights_[:2].mean(axis=1).sum() / 2


def test_deviations_are_learned_only_where_classes_differ(real):
    """Letters of multiple choice are exchangeable; sentiments are not."""
    letters, sentiments = real("mmlu"), real("imdb-llm")
    shrunk = [
        LogitVote(n_classes=table.n_classes).fit(table.answers[:1000, :6], table.labels[:1000])
        for table in (letters, sentiments)
    ]
    assert shrunk[0].shrinkage_ > shrunk[1].shrinkage_
    assert {vote.shrinkage_ for vote in shrunk} <= set(SHRINKAGES)


def test_probabilities_are_calibrated(real):
    """Reliability on held-out MMLU items, over all and in every fifth; mean of four splits.

    It is about 2 points too sure, and 9 where it is least sure: that many models agree on a wrong
    answer is more frequent than weights that only add up can say.
    """
    gaps = []
    for seed in range(4):
        train, test = real("mmlu").split(0.5, random_state=seed)
        vote = LogitVote(n_classes=4).fit(train.answers, train.labels)
        p = vote.predict_proba(test.answers)
        right, sure = p.argmax(axis=1) == test.labels, p.max(axis=1)
        fifths = np.array_split(np.argsort(sure), 5)
        gaps.append([sure.mean() - right.mean(), *(np.mean(sure[i] - right[i]) for i in fifths)])
    overall, *parts = np.mean(gaps, axis=0)
    assert abs(overall) < 0.03
    assert np.abs(parts).max() < 0.11
    # Log-odds weights, which take errors for independent, are far too sure.
    naive = WeightedVote(n_classes=4).fit(train.answers, train.labels).predict_proba(test.answers)
    labels = np.arange(len(p)), test.labels.astype(int)
    assert -np.log(p[labels]).mean() < -np.log(naive[labels] + 1e-12).mean() - 0.5


@pytest.mark.parametrize(("name", "budget", "train"), [("medmcqa", 5, 1000), ("imdb-llm", 8, 500)])
def test_beats_log_odds_where_one_towers_and_where_classes_differ(real, name, budget, train):
    rows = compare(
        real(name), methods=["top-k"], votes=["logit"], budgets=[budget], train=train, n_splits=10
    ).rows
    assert rows["diff_vs_top_k_low"].iloc[0] > 0


def test_learns_what_an_answer_is_worth():
    # yes is always right; no is right half the time: 8 of 16.
    X = [[1], [0], [0]] * 8
    y = [1, 0, 1] * 8
    p = LogitVote(n_classes=2).fit(X, y).predict_proba([[1], [0]])
    assert p[0, 1] > 0.85
    assert p[1, 0] == pytest.approx(0.5, abs=0.1)
