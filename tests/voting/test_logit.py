"""Conditional logit votes against scikit-learn, by gradient, and on real pools."""

import numpy as np
import pytest
from scipy.optimize import check_grad
from sklearn.linear_model import LogisticRegression

from ensel import compare
from ensel.error_model import simulate
from ensel.voting import ClassLogitVote, LogitVote, WeightedVote
from ensel.voting.logit import PENALTIES, _fit, _one_hot


@pytest.fixture(scope="module")
def pool(real):
    table = real("imdb-llm")
    return table.answers[:, :5].astype(int), table.labels.astype(int)


def cells(X, y, n_classes):
    """One row per item, in the form that patterns have inside a fit."""
    return _one_hot(X, n_classes), np.eye(n_classes)[y]


@pytest.mark.parametrize("penalty", [0.1, 0.003])
def test_shared_weights_are_scikit_learns(pool, penalty):
    """Two classes: logistic regression on +1 / -1 answers, no intercept, C = 1 / (n penalty)."""
    X, y = pool
    signed = np.where(X == 1, 1, np.where(X == 0, -1, 0))
    theirs = LogisticRegression(
        C=1 / (len(y) * penalty), fit_intercept=False, tol=1e-10, max_iter=5000
    ).fit(signed, y)
    weights, bias = _fit(*cells(X, y, 2), penalty, by_class=False)
    np.testing.assert_allclose(weights[:, 0], theirs.coef_[0], atol=2e-3)
    assert (bias == 0).all()


def test_class_weights_are_scikit_learns(pool):
    """Two classes: logistic regression on 1{x = 1} and -1{x = 0}, with an intercept."""
    X, y = pool
    features = np.hstack([X == 1, -(X == 0).astype(float)])
    penalty = 0.003
    theirs = LogisticRegression(C=1 / (len(y) * penalty), tol=1e-10, max_iter=5000)
    theirs.fit(features, y)
    weights, bias = _fit(*cells(X, y, 2), penalty, by_class=True)
    np.testing.assert_allclose(weights[:, 1], theirs.coef_[0][:5], atol=5e-3)
    np.testing.assert_allclose(weights[:, 0], theirs.coef_[0][5:], atol=5e-3)
    assert bias[1] - bias[0] == pytest.approx(theirs.intercept_[0], abs=5e-3)


def test_fits_stand_still_where_the_slope_is_zero():
    """Four classes: small moves from the fitted weights raise the penalised loss."""
    data = simulate(400, [0.2, 0.3, 0.4], 0.4, n_classes=4, random_state=0)
    chosen, counts = cells(data.answers.astype(int), data.labels.astype(int), 4)

    def loss(theta, by_class):
        if by_class:
            weights, bias = theta[4:].reshape(3, 4), theta[:4]
        else:
            weights, bias = np.repeat(theta[:, None], 4, axis=1), np.zeros(4)
        scores = np.einsum("nqk,qk->nk", chosen, weights) + bias
        log_p = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
        free = theta[4:] if by_class else theta
        return -(counts * log_p).sum() / 400 + 0.01 / 2 * (free**2).sum()

    for by_class in (False, True):
        weights, bias = _fit(chosen, counts, 0.01, by_class)
        theta = np.concatenate([bias, weights.ravel()]) if by_class else weights[:, 0]
        slope = check_grad(lambda t: loss(t, by_class), lambda t: 0 * t, theta)  # noqa: B023
        assert slope < 2e-3


def test_two_copies_share_one_weight():
    data = simulate(3000, [0.2, 0.3], 0.0, random_state=1)
    X, y = data.answers.astype(int), data.labels.astype(int)
    alone = LogitVote(n_classes=2).fit(X, y)
    twice = LogitVote(n_classes=2).fit(X[:, [0, 0, 1]], y)
    assert twice.weights_[0, 0] == pytest.approx(twice.weights_[1, 0], abs=1e-3)
    assert twice.weights_[:2, 0].sum() == pytest.approx(alone.weights_[0, 0], rel=0.1)
    odds = WeightedVote(n_classes=2).fit(X[:, [0, 0, 1]], y).weights_
    assert odds[:2].sum() > 1.5 * twice.weights_[:2, 0].sum() / 2  # log-odds count it twice


def test_few_items_are_shrunk_more_than_many():
    data = simulate(8000, [0.35] * 6, 0.6, random_state=2)
    X, y = data.answers.astype(int), data.labels.astype(int)
    few, many = LogitVote(n_classes=2).fit(X[:40], y[:40]), LogitVote(n_classes=2).fit(X, y)
    assert few.penalty_ >= many.penalty_
    assert {few.penalty_, many.penalty_} <= set(PENALTIES)


def test_probabilities_are_calibrated(real):
    """Reliability on held-out MMLU items: mean confidence is accuracy, in every fifth."""
    train, test = real("mmlu").split(0.5, random_state=0)
    p = LogitVote(n_classes=4).fit(train.answers, train.labels).predict_proba(test.answers)
    said, sure = p.argmax(axis=1), p.max(axis=1)
    assert sure.mean() == pytest.approx((said == test.labels).mean(), abs=0.02)
    for part in np.array_split(np.argsort(sure), 5):
        assert sure[part].mean() == pytest.approx(
            (said[part] == test.labels[part]).mean(), abs=0.08
        )


def test_learned_weights_beat_log_odds_where_one_model_towers(real):
    """MedMCQA, five queries: log-odds votes let the crowd outvote DeepSeek-R1."""
    rows = compare(
        real("medmcqa"), methods=["top-k"], votes=["logit"], budgets=[5], train=1000, n_splits=10
    ).rows
    assert rows["diff_ci_low"].iloc[0] > 0


def test_class_weights_win_where_errors_depend_on_the_class(real):
    rows = compare(
        real("imdb-llm"), methods=["top-k"], votes=["class-logit"], budgets=[8], n_splits=10
    ).rows
    assert rows["diff_ci_low"].iloc[0] > 0


def test_class_weights_learn_what_an_answer_is_worth():
    # yes is always right; no is right half the time: 8 of 16.
    X, y = [[1], [0], [0], [0], [0]] * 8, [1, 0, 1, 0, 1] * 8
    p = ClassLogitVote(n_classes=2).fit(X, y).predict_proba([[1], [0]])
    assert p[0, 1] > 0.9
    assert p[1, 0] == pytest.approx(0.5, abs=0.05)
