"""Probabilities of error patterns under a full correlation matrix."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from ensel.error_model.bivariate import Phi2

NODES = 200  # Gauss-Legendre, for the third variable
POINTS = 2**11  # Sobol points a randomisation
RANDOMISATIONS = 8
MOST_SOBOL = 200
POINTS_AT_ONCE = 4096


class PatternProbabilities(NamedTuple):
    """Probability of every error pattern of a few models."""

    patterns: np.ndarray
    """(2^m, m) of bool, True = wrong."""
    probabilities: np.ndarray
    """(2^m,), summing to 1."""
    standard_error: float
    """Largest standard error of the quasi-Monte Carlo; 0 up to three models (quadrature)."""


def pattern_probabilities(thresholds: np.ndarray, correlation: np.ndarray) -> PatternProbabilities:
    """Probability of each pattern of errors E_i = 1{T_i <= t_i}, T ~ N(0, R).

    Up to three models by quadrature over the bivariate cdf, to about 1e-10. More by the
    separation-of-variables transform (Genz 1992) on randomised Sobol points, the same for all
    patterns.

    Parameters
    ----------
    thresholds : ndarray, shape (m,)
    correlation : ndarray, shape (m, m)
        Positive definite.

    Returns
    -------
    PatternProbabilities

    See Also
    --------
    all_wrong_curve : One pattern, of many models.

    References
    ----------
    A. Genz (1992), https://doi.org/10.2307/1390838 (the transform).

    Examples
    --------
    >>> patterns = pattern_probabilities(np.zeros(2), np.array([[1, 0.5], [0.5, 1]]))
    >>> patterns.probabilities.round(6)  # 1/4 + asin(1/2) / (2 pi) = 1/3 for equal signs
    array([0.333333, 0.166667, 0.166667, 0.333333])
    """
    m = len(thresholds)
    patterns = np.array(list(product([False, True], repeat=m)))
    sign = np.where(patterns, 1.0, -1.0)  # right: T > t, that is -T < -t
    if m == 1:
        p = ndtr(sign[:, 0] * thresholds[0])
        return PatternProbabilities(patterns, p, 0.0)
    if m <= 3:
        p = np.array([_small(s * thresholds, s[:, None] * correlation * s) for s in sign])
        return PatternProbabilities(patterns, p / p.sum(), 0.0)
    runs = []
    for seed in range(RANDOMISATIONS):
        u = _points(m, POINTS, seed)
        runs.append(
            [
                _prefix_probabilities(s * thresholds, s[:, None] * correlation * s, u)[-1]
                for s in sign
            ]
        )
    p = np.mean(runs, axis=0)
    error = float((np.std(runs, axis=0, ddof=1) / np.sqrt(RANDOMISATIONS)).max())
    return PatternProbabilities(patterns, p / p.sum(), error)


def all_wrong_curve(
    thresholds: np.ndarray, correlation: np.ndarray, *, seed: int = 0
) -> np.ndarray:
    """Probability that the first m models are all wrong, for m = 1 to N, under the full matrix.

    One pass of the separation-of-variables transform gives every m: its factors multiply up.

    Parameters
    ----------
    thresholds : ndarray, shape (N,)
    correlation : ndarray, shape (N, N)
        Positive definite.
    seed : int

    Returns
    -------
    ndarray, shape (N,)

    See Also
    --------
    pattern_probabilities : All patterns, of a few models.

    Examples
    --------
    >>> all_wrong_curve(np.zeros(2), np.array([[1, 0.5], [0.5, 1]])).round(3)
    array([0.5  , 0.333])
    """
    n_models = len(thresholds)
    n_points = POINTS * RANDOMISATIONS if n_models <= MOST_SOBOL else POINTS
    return _prefix_probabilities(thresholds, correlation, _points(n_models, n_points, seed))


def _small(upper: np.ndarray, correlation: np.ndarray) -> float:
    """P(T <= upper) for two or three variables."""
    if len(upper) == 2:
        return float(Phi2(upper[0], upper[1], correlation[0, 1]))
    # Integrate over the quantile of the first: u in (0, Phi(upper_0)).
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    top = ndtr(upper[0])
    x = ndtri(top * (nodes + 1) / 2)
    b, c = correlation[0, 1], correlation[0, 2]
    spread_b, spread_c = np.sqrt(1 - b**2), np.sqrt(1 - c**2)
    partial = np.clip((correlation[1, 2] - b * c) / (spread_b * spread_c), -1, 1)
    inner = Phi2((upper[1] - b * x) / spread_b, (upper[2] - c * x) / spread_c, partial)
    return float(top / 2 * (weights * inner).sum())


def _prefix_probabilities(upper: np.ndarray, correlation: np.ndarray, u: np.ndarray) -> np.ndarray:
    """P(T_1 <= upper_1, ..., T_m <= upper_m) for every m, by sequential conditioning on points u.

    u: (N, n_points), uniform. Points are taken some at a time, so that they stay in the cache.
    """
    factor = np.linalg.cholesky(correlation)
    total = np.zeros(len(upper))
    for start in range(0, u.shape[1], POINTS_AT_ONCE):
        block = u[:, start : start + POINTS_AT_ONCE]
        z = np.empty(block.shape)
        probability = np.ones(block.shape[1])
        for i in range(len(upper)):
            bound = factor[i, :i] @ z[:i]
            np.subtract(upper[i], bound, out=bound)
            bound /= factor[i, i]
            ndtr(bound, out=bound)
            probability *= bound
            total[i] += probability.sum()
            bound *= block[i]
            np.maximum(bound, 1e-300, out=bound)
            ndtri(np.minimum(bound, 1 - 1e-16, out=bound), out=z[i])
    return total / u.shape[1]


@lru_cache(maxsize=RANDOMISATIONS + 1)
def _points(n_models: int, n_points: int, seed: int) -> np.ndarray:
    """Points of the unit cube, shape (n_models, n_points), the same ones for the same seed."""
    if n_models <= MOST_SOBOL:
        points = qmc.Sobol(n_models, seed=seed).random(n_points)
    else:  # Sobol's sequence is of moderate dimension
        points = np.random.default_rng(seed).random((n_points, n_models))
    points = np.ascontiguousarray(points.T)
    points.flags.writeable = False
    return points
