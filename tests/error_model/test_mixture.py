"""Factors on nodes: error rates kept, pattern probabilities by the slow definition."""

from itertools import product

import numpy as np
import pytest
from scipy.special import logsumexp, ndtri

from ensel.error_model.factors import Factors, fit_factors
from ensel.error_model.mixture import Mixture, mixture


@pytest.mark.parametrize("n_factors", [1, 2])
def test_mixture_keeps_every_error_rate(n_factors):
    R = np.array([[1, 0.6, 0.5, 0.2], [0.6, 1, 0.7, 0.1], [0.5, 0.7, 1, 0.1], [0.2, 0.1, 0.1, 1]])
    thresholds = np.array([[-2.0, -1.0, 0.0, 0.5]])
    mixed = mixture(fit_factors(R, n_factors), thresholds)
    from scipy.special import ndtr

    rates = np.exp(mixed.log_weights) @ np.exp(mixed.log_wrong[0])
    np.testing.assert_allclose(rates, ndtr(thresholds[0]), atol=1e-8)


def _by_definition(mixed: Mixture, errors: np.ndarray, stratum: int) -> np.ndarray:
    """log sum over nodes of weight times product over models, term by term in logarithms."""
    chosen = np.where(errors[:, None, :], mixed.log_wrong[stratum], mixed.log_right[stratum])
    return logsumexp(mixed.log_weights + chosen.sum(axis=2), axis=1)


@pytest.mark.parametrize("n_models", [1, 2, 5, 14, 15, 30])
@pytest.mark.parametrize("n_factors", [1, 2])
def test_pattern_probabilities_are_those_of_the_definition(n_models, n_factors):
    """With a table of all patterns (up to 14 models) and without."""
    rng = np.random.default_rng(n_models)
    loadings = rng.uniform(0.2, 0.7, (n_models, n_factors))
    mixed = mixture(Factors(loadings, 0.0, 0.0), rng.uniform(-2, 0.5, (2, n_models)))
    errors = rng.random((70, n_models)) < 0.4
    for stratum in (0, 1):
        np.testing.assert_allclose(
            mixed.log_probability(errors, stratum),
            _by_definition(mixed, errors, stratum),
            rtol=0,
            atol=1e-11,
        )


def test_probabilities_below_the_smallest_number_keep_their_logarithm():
    """Twelve models that err with probability 1e-40: all wrong together with 1e-480."""
    factors = Factors(np.zeros((12, 1)), 0.0, 0.0)
    mixed = mixture(factors, np.full((1, 12), ndtri(1e-40)))
    errors = np.tril(np.ones((13, 12), dtype=bool), k=-1)
    found = mixed.log_probability(errors, 0)
    np.testing.assert_allclose(
        found, np.arange(13) * mixed.log_wrong[0, 0, 0], rtol=1e-9, atol=1e-12
    )
    assert found[-1] < np.log(np.finfo(float).tiny)


def test_each_label_has_its_own_stratum():
    """P(errors | label), item by item, is that of the label's row."""
    mixed = mixture(Factors(np.full((3, 1), 0.5), 0.0, 0.0), np.array([[-2.0] * 3, [0.0] * 3]))
    errors = np.array(list(product([False, True], repeat=3)))
    labels = np.array([0, 1, 0, 1, 1, 0, 1, 0])
    rows = [mixed.log_probability(errors, y)[i] for i, y in enumerate(labels)]
    np.testing.assert_array_equal(mixed.log_probability_given(errors, labels), rows)
