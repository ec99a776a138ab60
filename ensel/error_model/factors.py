"""Factor approximations of a correlation matrix: R = L L' + diagonal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

MOST_COMMUNALITY = 0.995  # a model is never all common factor: keeps the mixture smooth
MOST_STEPS = 2000
MOST_WORK = 4_000_000  # steps times squared number of models


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
        values, vectors = eigh(reduced, subset_by_index=top, check_finite=False)
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
