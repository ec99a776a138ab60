"""Factor approximations of a correlation matrix: R = L L' + diagonal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg.lapack import dsyevr, dsyevr_lwork

MOST_COMMUNALITY = 0.995  # a model is never all common factor: keeps the mixture smooth
LEAST_STEPS = 50
MOST_STEPS = 2000
MOST_WORK = 4_000_000  # steps times squared number of models
STILL = 1e-9  # communalities that move less stand still


@dataclass(frozen=True)
class Factors:
    """A k-factor approximation."""

    loadings: np.ndarray
    """(N, k); the first column sums to a positive number."""
    misfit: float
    """Root mean square of what it misses of the off-diagonal correlations."""
    worst: float
    """Largest absolute value of what it misses of one."""

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

    Raises
    ------
    ValueError
        If fewer than one factor is asked for.

    See Also
    --------
    ensel.error_model.mixture.mixture : The factors on nodes, for probabilities of error patterns.

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
    if n_models == 1:
        return Factors(np.zeros((1, k)), 0.0, 0.0)
    loadings = _iterated_loadings(correlation, k)

    # Rows at the cap are scaled back to it, so that every model keeps some noise of its own.
    size = (loadings**2).sum(axis=1)
    loadings *= np.sqrt(np.minimum(1.0, MOST_COMMUNALITY / np.maximum(size, 1e-300)))[:, None]
    loadings *= np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    off_diagonal = ~np.eye(n_models, dtype=bool)
    missed = (correlation - loadings @ loadings.T)[off_diagonal]
    return Factors(loadings, float(np.sqrt((missed**2).mean())), float(np.abs(missed).max()))


def _iterated_loadings(correlation: np.ndarray, k: int) -> np.ndarray:
    """Loadings of k factors, communalities and loadings refined in turn."""
    n_models = len(correlation)
    reduced = correlation.copy()
    off_diagonal = ~np.eye(n_models, dtype=bool)
    communality = np.abs(np.where(off_diagonal, correlation, 0.0)).max(axis=1)
    loadings = np.zeros((n_models, k))
    for _ in range(min(MOST_STEPS, max(LEAST_STEPS, MOST_WORK // n_models**2))):
        np.fill_diagonal(reduced, communality)
        values, vectors = _largest_eigenpairs(reduced, k)
        loadings = vectors[:, ::-1] * np.sqrt(np.maximum(values[::-1], 0))
        updated = np.minimum((loadings**2).sum(axis=1), MOST_COMMUNALITY)
        if np.abs(updated - communality).max() < STILL:
            break
        communality = updated
    return loadings


def _largest_eigenpairs(matrix: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k largest eigenvalues, ascending, and their vectors.

    As scipy's `eigh` does it; but for a few models, eigh's own checks take longer than LAPACK.
    """
    n = len(matrix)
    lwork, liwork = _workspace(n)
    values, vectors, n_found, _, info = dsyevr(
        matrix, range="I", il=n - k + 1, iu=n, lower=1, lwork=lwork, liwork=liwork
    )
    if info:
        raise np.linalg.LinAlgError(f"eigenvalues not found (dsyevr: {info})")
    return values[:n_found], vectors


@lru_cache
def _workspace(n: int) -> tuple[int, int]:
    """Sizes of LAPACK's working arrays for a matrix of n rows."""
    lwork, liwork, _ = dsyevr_lwork(n, lower=1)
    return int(lwork), int(liwork)
