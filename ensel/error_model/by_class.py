"""Tetrachoric correlation when every class has its own error rates."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from ensel.error_model.tetrachoric import solve_angle


def smoothed_rates(errors: np.ndarray, strata: np.ndarray, n_strata: int) -> np.ndarray:
    """Error rate of each model in each stratum, shrunk a little to its rate over all.

    The overall rate has half an error and half a success added; each stratum then gets two items at
    that rate. A model that never errs on one class would else have an infinite threshold there.

    Parameters
    ----------
    errors : ndarray of bool, shape (n_items, N)
    strata : ndarray of int, shape (n_items,)
    n_strata : int

    Returns
    -------
    ndarray, shape (n_strata, N)
        In (0, 1).

    See Also
    --------
    correlation_by_class : The correlation at these rates.

    Examples
    --------
    Of three items one is wrong: (1 + .5) / (3 + 1) = .375; then (0 + .75) / 4 and (1 + .75) / 3:

    >>> smoothed_rates(np.array([[0], [0], [1]]), np.array([0, 0, 1]), 2).round(4).tolist()
    [[0.1875], [0.5833]]
    """
    overall = (errors.sum(axis=0) + 0.5) / (len(errors) + 1)
    if n_strata == 1:
        return overall[None, :]
    wrong = np.stack([errors[strata == s].sum(axis=0) for s in range(n_strata)])
    n = np.bincount(strata, minlength=n_strata)[:, None]
    return (wrong + 2 * overall) / (n + 2)


def correlation_by_class(errors: np.ndarray, strata: np.ndarray, n_strata: int) -> np.ndarray:
    """One correlation matrix under thresholds that depend on the class.

    For every pair, the rho that gives the observed share of common errors:
    sum over y of pi_y Phi2(t_iy, t_jy, rho) = p11, t_iy = Phi^-1(eps_iy). With one stratum this is
    the tetrachoric correlation. What thresholds of their own explain is no longer counted as
    correlation. Derived for this project. A share of common errors out of the reach of any rho is
    moved half an item inside.

    Parameters
    ----------
    errors : ndarray of bool, shape (n_items, N)
    strata : ndarray of int, shape (n_items,)
        Class of each item.
    n_strata : int

    Returns
    -------
    ndarray, shape (N, N)
        Symmetric, unit diagonal; need not be positive definite.

    See Also
    --------
    ensel.error_model.tetrachoric : The same with one threshold a model.

    Examples
    --------
    Independent errors at rate .2 in one class and .8 in the other: the class explains it all.

    >>> patterns = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> easy = np.repeat(patterns, [400, 100, 100, 25], axis=0)
    >>> hard = np.repeat(patterns, [25, 100, 100, 400], axis=0)
    >>> strata = np.repeat([0, 1], 625)
    >>> errors = np.vstack([easy, hard]).astype(bool)
    >>> round(float(correlation_by_class(errors, strata, 2)[0, 1]), 2)
    0.01
    """
    n_items, n_models = errors.shape
    rates = smoothed_rates(errors, strata, n_strata)
    shares = np.bincount(strata, minlength=n_strata) / n_items
    i, j = np.triu_indices(n_models, k=1)
    e = errors.astype(float)
    target = ((e.T @ e) / n_items)[i, j]
    half = 0.5 / n_items
    lowest = shares @ np.maximum(rates[:, i] + rates[:, j] - 1, 0)
    highest = shares @ np.minimum(rates[:, i], rates[:, j])
    margin = np.minimum(half, (highest - lowest) / 4)
    target = np.clip(target, lowest + margin, highest - margin)
    t_i, t_j = ndtri(rates)[:, i], ndtri(rates)[:, j]
    angle = solve_angle(t_i, t_j, target, np.zeros(len(i)), shares)
    matrix = np.eye(n_models)
    matrix[i, j] = matrix[j, i] = np.sin(angle)
    return matrix
