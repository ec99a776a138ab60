"""Error floor (c): the Bayes error of given queries, if their errors follow the fitted model."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from ensel.error_model.draws import draw_answers
from ensel.error_model.mixture import Mixture
from ensel.error_model.posterior import log_joint, log_posterior
from ensel.information.patterns import pattern_ids

EXACT_PATTERNS = 4096
"""Up to so many answer patterns are enumerated; beyond, items are simulated."""
COUNTED_PATTERNS = 2**16
"""Up to so many possible patterns are counted in a table; beyond, they are sorted."""


class BayesError(NamedTuple):
    """A Bayes error and how it was found."""

    error: float
    """Rate, in [0, 1]."""
    standard_error: float
    """Of the Monte Carlo; 0 where patterns were enumerated."""
    n_draws: int
    """0 where patterns were enumerated."""


def bayes_error(
    mixed: Mixture,
    prior: np.ndarray,
    spread: float,
    error_rates: np.ndarray,
    *,
    n_draws: int = 20_000,
    rng: np.random.Generator | None = None,
    draws: tuple[np.ndarray, np.ndarray] | None = None,
) -> BayesError:
    """Error of the best rule for these queries if their errors follow the fitted model.

    Bayes error = error of the best single query - E[max posterior - posterior of its answer]. The
    expectation, the gain over that query, is exact over answer patterns while they are few, else
    Monte Carlo. It is never negative, so the result never exceeds that query's error. Derived for
    this project.

    Parameters
    ----------
    mixed : Mixture
        Of the queries at hand; one stratum for all classes, or one a class.
    prior : ndarray, shape (n_classes,)
        Shares of the labels.
    spread : float
        `concentration` of the wrong answers.
    error_rates : ndarray, shape (N,)
        Of the model itself, over all classes; other rates would not match its gain.
    n_draws : int
        Simulated items, where patterns are too many to enumerate.
    rng : Generator, optional
    draws : (labels, answers), optional
        Use these simulated items instead of drawing.

    Returns
    -------
    BayesError

    See Also
    --------
    GaussianCopulaErrors.bayes_error : The same for a fitted model.
    ensel.error_model.subsets.best_subsets : The set of each size with the lowest Bayes error.

    Examples
    --------
    Two independent models, error rates .2 and .3: two votes cannot beat the better model.

    >>> from ensel.error_model.factors import Factors
    >>> from ensel.error_model.mixture import mixture
    >>> from scipy.special import ndtri
    >>> rates = np.array([0.2, 0.3])
    >>> independent = mixture(Factors(np.zeros((2, 1)), 0.0, 0.0), ndtri(rates)[None])
    >>> round(bayes_error(independent, np.array([0.5, 0.5]), 1.0, rates).error, 6)
    0.2
    """
    n_classes = len(prior)
    best = int(error_rates.argmin())
    if draws is None and n_classes**mixed.n_models <= EXACT_PATTERNS:
        gain = _enumerated_gain(mixed, prior, spread, best)
        return BayesError(float(error_rates[best]) - gain, 0.0, 0)

    if draws is None:
        draws = draw_answers(mixed, prior, spread, n_draws, rng or np.random.default_rng(0))
    mean, variance = _simulated_gain(mixed, prior, spread, best, draws[1])
    n = len(draws[1])
    return BayesError(float(error_rates[best]) - mean, np.sqrt(variance / n), n)


def _enumerated_gain(mixed: Mixture, prior: np.ndarray, spread: float, best: int) -> float:
    """Gain over the best query, summed over all answer patterns."""
    patterns = _all_patterns(len(prior), mixed.n_models)
    joint = np.exp(log_joint(mixed, prior, spread, patterns))
    of_best = joint[np.arange(len(patterns)), patterns[:, best]]
    return float((joint.max(axis=1) - of_best).sum() / joint.sum())


def _simulated_gain(
    mixed: Mixture, prior: np.ndarray, spread: float, best: int, answers: np.ndarray
) -> tuple[float, float]:
    """Mean and variance over simulated items of the gain over the best query."""
    patterns, times = _distinct_patterns(answers, len(prior))
    share = times / times.sum()
    posterior = np.exp(log_posterior(mixed, prior, spread, patterns))
    of_best = posterior[np.arange(len(patterns)), patterns[:, best]]
    gain = posterior.max(axis=1) - of_best
    mean = float(share @ gain)
    return mean, float(share @ (gain - mean) ** 2)


def _distinct_patterns(answers: np.ndarray, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Each answer pattern once, and how often it occurs; no answer is missing."""
    n_models = answers.shape[1]
    if n_classes**n_models > COUNTED_PATTERNS:
        ids = pattern_ids(answers)
        _, first, times = np.unique(ids, return_index=True, return_counts=True)
        return answers[first], times

    place_values = n_classes ** np.arange(n_models)[::-1]
    times = np.bincount(answers @ place_values)
    occurring = np.flatnonzero(times)
    return occurring[:, None] // place_values % n_classes, times[occurring]


@lru_cache(maxsize=8)
def _all_patterns(n_classes: int, n_models: int) -> np.ndarray:
    """Every answer pattern, shape (n_classes^N, N), in lexicographic order."""
    return np.array(list(product(range(n_classes), repeat=n_models)))
