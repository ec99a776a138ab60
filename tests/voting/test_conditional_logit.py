"""Conditional logit by Newton's method against a general optimiser, and by hand."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize

from ensel.voting import conditional_logit
from ensel.voting.conditional_logit import Alternatives, fit_conditional_logit, probabilities


def random_problem(n_items, n_parameters, seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, n_items)
    features = rng.normal(size=(sizes.sum(), n_parameters)) * rng.integers(0, 2, n_parameters)
    starts = np.cumsum(sizes) - sizes
    counts = rng.integers(0, 4, sizes.sum()).astype(float)
    return Alternatives(sparse.csr_array(features), starts, counts)


def plain_loss(theta, given, precision):
    """The definition, item by item."""
    loss = (precision * theta**2).sum() / 2
    ends = [*given.starts[1:], len(given.counts)]
    for start, end in zip(given.starts, ends, strict=True):
        scores = given.features.toarray()[start:end] @ theta
        log_p = scores - np.logaddexp.reduce(scores)
        loss -= (given.counts[start:end] * log_p).sum()
    return loss


@pytest.mark.parametrize("few", [0, 64])
@pytest.mark.parametrize("seed", range(3))
def test_newton_finds_what_a_general_optimiser_finds(few, seed, monkeypatch):
    monkeypatch.setattr(conditional_logit, "FEW", few)
    given, precision = random_problem(30, 4, seed), np.array([1.0, 0.1, 10.0, 1.0])
    ours = fit_conditional_logit(given, precision)
    theirs = minimize(plain_loss, np.zeros(4), args=(given, precision), options={"gtol": 1e-7})
    assert plain_loss(ours, given, precision) <= theirs.fun + 1e-9
    np.testing.assert_allclose(ours, theirs.x, atol=1e-5)


def test_both_ways_to_solve_agree(monkeypatch):
    given, precision = random_problem(200, 12, 5), np.full(12, 0.3)
    direct = fit_conditional_logit(given, precision)
    monkeypatch.setattr(conditional_logit, "FEW", 0)
    np.testing.assert_allclose(fit_conditional_logit(given, precision), direct, atol=1e-8)


def test_probabilities_by_hand():
    # exp of scores 2, 1, 1: shares 1/2, 1/4, 1/4; an only alternative is certain.
    p, log_p = probabilities(np.array([np.log(2), 0, 0, 5.0]), np.array([0, 3]))
    np.testing.assert_allclose(p, [0.5, 0.25, 0.25, 1.0])
    np.testing.assert_allclose(log_p, np.log(p))
    p, log_p = probabilities(np.array([0.0, 2000.0]), np.array([0]))
    assert p.tolist() == [0, 1]
    assert log_p.tolist() == [-2000, 0]


def test_nothing_to_learn_from():
    nothing = Alternatives(sparse.csr_array((0, 2)), np.array([], dtype=int), np.array([]))
    assert fit_conditional_logit(nothing, np.ones(2)).tolist() == [0, 0]
