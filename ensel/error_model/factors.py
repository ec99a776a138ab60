"""Factor approximations of a correlation matrix: R = L L' + diagonal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from scipy.special import ndtr, ndtri
from scipy.stats import norm, qmc

MOST_COMMUNALITY = 0.995  # a model is never all common factor: keeps the mixture smooth
MOST_STEPS = 2000
MOST_WORK = 4_000_000  # steps times squared number of models
ONE_FACTOR_NODES = 201
MANY_FACTOR_NODES = 2048


@dataclass(frozen=True)
class Factors:
    """A k-factor approximation."""

    loadings: np.ndarray
    """(N, k); the first column sums to a positive number."""
    misfit: float
    """Root mean square of what is left of the off-diagonal correlations."""
    worst: float
    """Largest absolute value of what is left."""

    @property
    def correlation(self) -> np.ndarray:
        """The approximated matrix, unit diagonal."""
        matrix = self.loadings @ self.loadings.T
        np.fill_diagonal(matrix, 1.0)
        return matrix


def fit_factors(correlation: np.ndarray, n_factors: int = 1) -> Factors:
    """Least-squares factor approximation by principal-axis iteration.

    Communalities and loadings are refined in turn until they stand still. Classical.

    Parameters
    ----------
    correlation : ndarray, shape (N, N)
    n_factors : int
        From 1 to N.

    Returns
    -------
    Factors

    Examples
    --------
    >>> R = np.full((4, 4), 0.49) + 0.51 * np.eye(4)
    >>> fit_factors(R).loadings.ravel().round(3)
    array([0.7, 0.7, 0.7, 0.7])
    """
    if n_factors < 1:
        raise ValueError(f"n_factors={n_factors}; at least 1 is needed")
    n_models = len(correlation)
    k = min(n_factors, n_models)
    off = ~np.eye(n_models, dtype=bool)
    if n_models == 1:
        return Factors(np.zeros((1, k)), 0.0, 0.0)
    reduced = correlation.copy()
    communality = np.abs(np.where(off, correlation, 0.0)).max(axis=1)
    loadings = np.zeros((n_models, k))
    top = (n_models - k, n_models - 1)
    for _ in range(min(MOST_STEPS, max(50, MOST_WORK // n_models**2))):
        np.fill_diagonal(reduced, communality)
        values, vectors = eigh(reduced, subset_by_index=top)
        loadings = vectors[:, ::-1] * np.sqrt(np.maximum(values[::-1], 0))
        updated = np.minimum((loadings**2).sum(axis=1), MOST_COMMUNALITY)
        if np.abs(updated - communality).max() < 1e-9:
            break
        communality = updated
    # Rows at the cap are scaled back to it, so that every model keeps some noise of its own.
    size = (loadings**2).sum(axis=1)
    loadings *= np.sqrt(np.minimum(1.0, MOST_COMMUNALITY / np.maximum(size, 1e-300)))[:, None]
    signs = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    loadings = loadings * signs
    left = (correlation - loadings @ loadings.T)[off]
    return Factors(loadings, float(np.sqrt((left**2).mean())), float(np.abs(left).max()))


@dataclass(frozen=True)
class Mixture:
    """Errors as a mixture of independent ones: the factors on a finite set of nodes."""

    log_weights: np.ndarray
    """(n_nodes,)"""
    log_wrong: np.ndarray
    """(n_strata, n_nodes, N), log P(wrong | node); strata are classes, or one for all."""
    log_right: np.ndarray
    """(n_strata, n_nodes, N)"""

    def log_probability(self, errors: np.ndarray, stratum: int) -> np.ndarray:
        """Log probability of error patterns.

        Parameters
        ----------
        errors : ndarray of bool, shape (n_patterns, N)
        stratum : int

        Returns
        -------
        ndarray, shape (n_patterns,)
        """
        e = errors.astype(float)
        right, wrong = self.log_right[stratum], self.log_wrong[stratum]
        given_node = e @ (wrong - right).T + (right.sum(axis=1) + self.log_weights)
        most = given_node.max(axis=1, keepdims=True)
        return most[:, 0] + np.log(np.exp(given_node - most).sum(axis=1))

    def subset(self, columns: np.ndarray) -> Mixture:
        """The same mixture for some of the models."""
        return Mixture(
            self.log_weights, self.log_wrong[:, :, columns], self.log_right[:, :, columns]
        )


def mixture(factors: Factors, thresholds: np.ndarray) -> Mixture:
    """Put the factors on nodes: a fine grid for one, a Sobol set (fixed seed) for several.

    Thresholds are moved by what the nodes' discreteness would change, so that every model's error
    rate is its own exactly.

    Parameters
    ----------
    factors : Factors
    thresholds : ndarray, shape (n_strata, N)
        Phi^-1 of the error rates.

    Returns
    -------
    Mixture
    """
    k = factors.loadings.shape[1]
    if k == 1:
        w = np.linspace(-6.5, 6.5, ONE_FACTOR_NODES)[:, None]
        weights = norm.pdf(w[:, 0])
    else:
        points = qmc.Sobol(k, seed=0).random(MANY_FACTOR_NODES)
        w = ndtri(np.clip(points, 1e-9, 1 - 1e-9))
        weights = np.ones(len(w))
    weights = weights / weights.sum()
    spread = np.sqrt(1 - (factors.loadings**2).sum(axis=1))
    common = w @ factors.loadings.T
    target = ndtr(thresholds)
    moved = thresholds.copy()
    for _ in range(6):  # Newton: the rate's derivative is the mean density
        z = (moved[:, None, :] - common) / spread
        rate = np.einsum("g,sgn->sn", weights, ndtr(z))
        slope = np.einsum("g,sgn->sn", weights, norm.pdf(z)) / spread
        moved = moved - np.clip((rate - target) / np.maximum(slope, 1e-12), -0.2, 0.2)
    p = np.clip(ndtr((moved[:, None, :] - common) / spread), 1e-300, 1 - 1e-16)
    return Mixture(np.log(weights), np.log(p), np.log1p(-p))
