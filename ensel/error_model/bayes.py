"""Bayes error of given queries under a fitted model of their errors."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from ensel.error_model.factors import Mixture
from ensel.error_model.wrong_answers import log_wrong_likelihood
from ensel.information.patterns import pattern_ids

EXACT_PATTERNS = 4096  # enumerate up to this many answer patterns, simulate beyond


class BayesError(NamedTuple):
    """A Bayes error and how it was found."""

    error: float
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
    Monte Carlo. It is never negative, so the result never exceeds that query's error.

    Parameters
    ----------
    mixed : Mixture
        Of the queries at hand; one stratum for all classes, or one a class.
    prior : ndarray, shape (n_classes,)
    spread : float
        `concentration` of the wrong answers.
    error_rates : ndarray, shape (N,)
        Of the model itself, over all classes; other rates would not match its gain.
    n_draws : int
    rng : Generator, optional
    draws : (labels, answers), optional
        Use these simulated items instead of drawing.

    Returns
    -------
    BayesError
    """
    n_classes = len(prior)
    n_models = mixed.log_wrong.shape[2]
    best = int(error_rates.argmin())
    if draws is None and n_classes**n_models <= EXACT_PATTERNS:
        patterns = np.array(list(product(range(n_classes), repeat=n_models)))
        joint = np.exp(log_joint(mixed, prior, spread, patterns))
        own = joint[np.arange(len(patterns)), patterns[:, best]]
        gain = float((joint.max(axis=1) - own).sum() / joint.sum())
        return BayesError(float(error_rates[best]) - gain, 0.0, 0)
    if draws is None:
        draws = draw_answers(mixed, prior, spread, n_draws, rng or np.random.default_rng(0))
    # Patterns repeat: look at each once.
    ids = pattern_ids(draws[1])
    _, first, times = np.unique(ids, return_index=True, return_counts=True)
    answers, share = draws[1][first], times / times.sum()
    posterior = np.exp(log_posterior(mixed, prior, spread, answers))
    own = posterior[np.arange(len(answers)), answers[:, best]]
    gain = posterior.max(axis=1) - own
    mean = float(share @ gain)
    variance = float(share @ (gain - mean) ** 2)
    return BayesError(float(error_rates[best]) - mean, np.sqrt(variance / len(ids)), len(ids))


def log_joint(mixed: Mixture, prior: np.ndarray, spread: float, answers: np.ndarray) -> np.ndarray:
    """Log P(label, answers) for every label.

    Parameters
    ----------
    mixed : Mixture
    prior : ndarray, shape (n_classes,)
    spread : float
    answers : ndarray of int, shape (n_patterns, N)
        No missing ones.

    Returns
    -------
    ndarray, shape (n_patterns, n_classes)
    """
    n_classes = len(prior)
    several = len(mixed.log_wrong) > 1
    result = log_wrong_likelihood(answers, n_classes, spread)
    for y in range(n_classes):
        result[:, y] += mixed.log_probability(answers != y, y if several else 0)
    with np.errstate(divide="ignore"):
        return result + np.log(prior)


def log_posterior(
    mixed: Mixture, prior: np.ndarray, spread: float, answers: np.ndarray
) -> np.ndarray:
    """Log P(label | answers) for every label; arguments and shape as `log_joint`."""
    log_p = log_joint(mixed, prior, spread, answers)
    normalised: np.ndarray = log_p - np.logaddexp.reduce(log_p, axis=1)[:, None]
    return normalised


def draw_answers(
    mixed: Mixture, prior: np.ndarray, spread: float, n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Simulate items: labels, and answers of every model.

    Parameters
    ----------
    mixed : Mixture
    prior : ndarray, shape (n_classes,)
    spread : float
    n : int
    rng : Generator

    Returns
    -------
    labels : ndarray of int, shape (n,)
    answers : ndarray of int, shape (n, N)
    """
    n_classes = len(prior)
    labels = rng.choice(n_classes, size=n, p=prior)
    nodes = rng.choice(len(mixed.log_weights), size=n, p=np.exp(mixed.log_weights))
    strata = labels if len(mixed.log_wrong) > 1 else np.zeros(n, dtype=int)
    p_wrong = np.exp(mixed.log_wrong[strata, nodes])
    wrong = rng.random(p_wrong.shape) < p_wrong
    return labels, spread_wrong_answers(labels, wrong, n_classes, spread, rng)


def spread_wrong_answers(
    labels: np.ndarray,
    wrong: np.ndarray,
    n_classes: int,
    spread: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Give every wrong model a wrong answer, by shares that each item draws from a Dirichlet.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
    wrong : ndarray of bool, shape (n, N)
    n_classes : int
    spread : float
        `concentration`.
    rng : Generator

    Returns
    -------
    ndarray of int, shape (n, N)
    """
    shift = np.ones(wrong.shape, dtype=int)
    if n_classes > 2:
        # Gamma draws vanish at tiny concentrations; a floor keeps one option in the lead.
        gammas = np.maximum(rng.gamma(spread, size=(len(labels), n_classes - 1)), 1e-300)
        gammas *= 1 + 1e-6 * rng.random(gammas.shape)
        edges = np.cumsum(gammas / gammas.sum(axis=1, keepdims=True), axis=1)
        shift = 1 + (rng.random(wrong.shape)[:, :, None] > edges[:, None, :-1]).sum(axis=2)
    return np.where(wrong, (labels[:, None] + shift) % n_classes, labels[:, None])


def fill_wrong_answers(
    labels: np.ndarray,
    wrong: np.ndarray,
    n_classes: int,
    popularity: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Give every wrong model a wrong answer: the item's popular one with probability c.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
    wrong : ndarray of bool, shape (n, N)
    n_classes : int
    popularity : float
    rng : Generator

    Returns
    -------
    ndarray of int, shape (n, N)
    """
    n = len(labels)
    # Wrong options as shifts 1 ... K-1 from the label; each item has its popular shift.
    popular = rng.integers(1, n_classes, size=n)[:, None]
    shift = np.broadcast_to(popular, wrong.shape).copy()
    if n_classes > 2:
        other = rng.integers(1, n_classes - 1, size=wrong.shape)
        other = other + (other >= popular)  # skips the popular one
        shift = np.where(rng.random(wrong.shape) < popularity, popular, other)
    return np.where(wrong, (labels[:, None] + shift) % n_classes, labels[:, None])
