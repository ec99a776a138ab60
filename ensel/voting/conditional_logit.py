"""Conditional logit over alternatives that differ from item to item, by Newton's method.

The probability of an alternative is proportional to exp of its score, a weighted sum of its
features (McFadden 1974). Items may have any number of alternatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg

MOST_STEPS = 100
TOLERANCE = 1e-12
"""The step that would lower the loss by less than half of this, an item, is the last one."""
DESCENT = 1e-4
"""Share of the promised descent that a step must keep."""
SHORTEST = 1e-6
"""A step halved to this is taken as it is."""


@dataclass(frozen=True)
class Alternatives:
    """What may be chosen, item by item, and how often it was.

    Attributes
    ----------
    features : csr_array, shape (n_alternatives, n_parameters)
    starts : ndarray of int, shape (n_items,)
        First alternative of each item; each has at least one.
    counts : ndarray of float, shape (n_alternatives,)
        How often each was chosen.
    """

    features: sparse.csr_array
    starts: np.ndarray
    counts: np.ndarray


def probabilities(scores: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probability of each alternative, and its natural logarithm.

    Parameters
    ----------
    scores : ndarray, shape (n_alternatives,)
    starts : ndarray of int, shape (n_items,)
        First alternative of each item.

    Returns
    -------
    p : ndarray, shape (n_alternatives,)
        Those of an item sum to 1.
    log_p : ndarray, shape (n_alternatives,)

    Examples
    --------
    >>> p, _ = probabilities(np.log([1.0, 3.0, 1.0]), np.array([0, 2]))
    >>> p.tolist()
    [0.25, 0.75, 1.0]
    """
    if len(starts) == 0:
        return np.empty(0), np.empty(0)
    sizes = np.diff(starts, append=len(scores))
    less = scores - np.repeat(np.maximum.reduceat(scores, starts), sizes)
    log_p = less - np.repeat(np.log(np.add.reduceat(np.exp(less), starts)), sizes)
    return np.exp(log_p), log_p


def fit_conditional_logit(given: Alternatives, precision: np.ndarray) -> np.ndarray:
    """Weights with the highest penalised likelihood.

    Minimised is the log loss summed over choices, plus half the sum of `precision` times squared
    weights. That is strictly convex, so there is one answer. Newton's equations are solved by
    conjugate gradients, which needs products with the features alone: several hundred parameters
    cost no matrix of their own.

    Parameters
    ----------
    given : Alternatives
    precision : ndarray, shape (n_parameters,)
        Of a normal prior around 0; all above 0.

    Returns
    -------
    ndarray, shape (n_parameters,)

    References
    ----------
    McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In Frontiers in
    Econometrics, 105-142.

    Examples
    --------
    >>> of_two = Alternatives(
    ...     sparse.csr_array([[1.0], [0.0]]), np.array([0]), np.array([3000.0, 1000.0])
    ... )
    >>> fit_conditional_logit(of_two, np.array([1e-6])).round(3)  # log 3
    array([1.099])
    """
    theta = np.zeros(len(precision))
    if len(given.starts) == 0:
        return theta
    tolerance = TOLERANCE * max(float(given.counts.sum()), 1.0)
    value, p = _loss(given, precision, theta)
    for _ in range(MOST_STEPS):
        step, promised = _newton_step(given, precision, theta, p)
        if promised < tolerance:
            return theta - step

        length = 1.0
        while True:
            tried = theta - length * step
            new_value, p = _loss(given, precision, tried)
            if new_value <= value - DESCENT * length * promised or length < SHORTEST:
                break
            length /= 2
        theta, value = tried, new_value
    return theta


def _loss(
    given: Alternatives, precision: np.ndarray, theta: np.ndarray
) -> tuple[float, np.ndarray]:
    """Penalised log loss, and the probabilities."""
    p, log_p = probabilities(given.features @ theta, given.starts)
    return float(precision @ theta**2 / 2 - given.counts @ log_p), p


def _newton_step(
    given: Alternatives, precision: np.ndarray, theta: np.ndarray, p: np.ndarray
) -> tuple[np.ndarray, float]:
    """What to take away from the weights, and twice the descent that it promises."""
    features, starts, size = given.features, given.starts, len(theta)
    sizes = np.diff(starts, append=len(p))
    expected = np.repeat(np.add.reduceat(given.counts, starts), sizes) * p
    slope = features.T @ (expected - given.counts) + precision * theta

    def times_curvature(direction: np.ndarray) -> np.ndarray:
        along = features @ direction.ravel()
        means = np.repeat(np.add.reduceat(p * along, starts), sizes)
        return features.T @ (expected * (along - means)) + precision * direction.ravel()

    diagonal = (features * features).T @ expected + precision
    curvature = LinearOperator((size, size), matvec=times_curvature, dtype=float)
    scaled = LinearOperator((size, size), matvec=lambda v: v.ravel() / diagonal, dtype=float)
    step, _ = cg(curvature, slope, rtol=1e-10, maxiter=4 * size + 20, M=scaled)
    return step, float(slope @ step)
