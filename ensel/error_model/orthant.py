"""Probabilities of error patterns under a full correlation matrix."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from ensel.error_model.bivariate import Phi2

TOLERANCE = 1e-12
"""Of the quadrature over the growing correlations."""
SINGULAR = 1e-15
"""Smallest determinant that is told from 0."""
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

    Up to three models by quadrature, to about 1e-10: Plackett's formula, as Genz (2004) has it,
    over the angle whose sine is the correlation. More by the
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
    A. Genz (1992), https://doi.org/10.2307/1390838 (the transform); A. Genz (2004), Numerical
    computation of rectangular bivariate and trivariate normal and t probabilities, Statistics and
    Computing 14, https://doi.org/10.1023/B:STCO.0000035304.20635.31 (three models).

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
    """P(T <= upper) for two or three variables.

    Three by Plackett's formula: let the correlations of the first grow from 0 to what they are, at
    one pace. The first is the one that the others are least correlated with.
    """
    if len(upper) == 2:
        return float(Phi2(upper[0], upper[1], correlation[0, 1]))
    i, j, k = _least_correlated_first(correlation)
    h, b, c, d = upper[[i, j, k]], correlation[i, j], correlation[i, k], correlation[j, k]
    apart = ndtr(h[0]) * float(Phi2(h[1], h[2], d))
    grown = _grown(h, b, c, d) + _grown(h[[0, 2, 1]], c, b, d)
    return max(float(apart) + grown, 0.0)


def _least_correlated_first(correlation: np.ndarray) -> tuple[int, int, int]:
    """Three variables, such that the second and the third are the most correlated."""
    pairs = {0: (1, 2), 1: (0, 2), 2: (0, 1)}
    first = max(pairs, key=lambda i: abs(correlation[pairs[i]]))
    return first, *pairs[first]


def _grown(h: np.ndarray, b: float, c: float, d: float) -> float:
    """What the correlation of the first two adds: the integral of its density over the pace.

    By the angle, so that near copies do not make the density infinite: r = sin(angle).
    """

    def density(angle: float) -> float:
        r, free = math.sin(angle), math.cos(angle) ** 2
        other = c * r / b  # it has grown by as much
        left = max(free - other**2 - d**2 + 2 * r * other * d, SINGULAR)
        bound = h[2] * free - h[0] * (other - d * r) - h[1] * (d - other * r)
        distance = (h[0] ** 2 + h[1] ** 2 - 2 * r * h[0] * h[1]) / (2 * free)
        return math.exp(-distance) * float(ndtr(bound / math.sqrt(free * left)))

    if b == 0:
        return 0.0
    area, _ = quad(density, 0.0, math.asin(b), epsabs=TOLERANCE, epsrel=0.0, limit=200)
    return float(area) / (2 * math.pi)


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
