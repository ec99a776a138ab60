"""Correlations estimated pair by pair, made a correlation matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from ensel.exceptions import InputError

SMALLEST_EIGENVALUE = 1e-6
CLIPPED_TO = 2 * SMALLEST_EIGENVALUE
"""Eigenvalues are lifted to twice what is asked for, so that rounding does not undo it."""
ROUNDING = 1e-8
MOST_ROUNDS = 300
SMALL_CHANGE = 1e-13
"""A round that changes no correlation by more has arrived: changes shrink from round to round."""
MOST_PROJECTED = 150
"""Models; a round costs their number cubed, so larger matrices are clipped once."""


@dataclass(frozen=True)
class Repair:
    """What it took to make a correlation matrix positive definite."""

    smallest_before: float
    """Smallest eigenvalue of the matrix as it was."""
    smallest_after: float
    largest_change: float
    """Largest absolute change of a correlation; 0 where nothing was to be done."""


def make_positive_definite(correlation: np.ndarray) -> tuple[np.ndarray, Repair]:
    """Nearest correlation matrix with eigenvalues above 1e-6, and the change.

    Alternating projections with Dykstra's correction (Higham 2002): eigenvalues are lifted, then
    the diagonal is put back to 1, until neither changes anything. What is then still below, and
    matrices of more than 150 models, are clipped: eigenvalues lifted once, rows scaled.

    Parameters
    ----------
    correlation : ndarray, shape (N, N)
        Symmetric, unit diagonal.

    Returns
    -------
    ndarray, shape (N, N)
        The same object where its eigenvalues are large enough.
    Repair

    Raises
    ------
    InputError
        If it is no symmetric matrix of finite numbers with ones on its diagonal.

    See Also
    --------
    ensel.error_model.tetrachoric : Where such matrices come from.

    References
    ----------
    N. J. Higham (2002), Computing the nearest correlation matrix - a problem from finance, IMA
    Journal of Numerical Analysis 22, https://doi.org/10.1093/imanum/22.3.329 (theirs).

    Examples
    --------
    >>> R = np.array([[1, 0.9, 0.2], [0.9, 1, 0.9], [0.2, 0.9, 1]])
    >>> repaired, repair = make_positive_definite(R)
    >>> repair.smallest_before < 0 < repair.smallest_after
    True
    """
    _check_correlations(correlation)
    before = float(np.linalg.eigvalsh(correlation)[0])
    if before >= SMALLEST_EIGENVALUE:
        return correlation, Repair(before, before, 0.0)

    near = correlation
    if len(correlation) <= MOST_PROJECTED:
        near = _projected(correlation)
    if np.linalg.eigvalsh(near)[0] < SMALLEST_EIGENVALUE:
        near = _clipped(near)
    near = (near + near.T) / 2
    np.fill_diagonal(near, 1.0)
    after = float(np.linalg.eigvalsh(near)[0])
    return near, Repair(before, after, float(np.abs(near - correlation).max()))


def _check_correlations(matrix: np.ndarray) -> None:
    """One line on what is no matrix of correlations."""
    needed = "a symmetric matrix with ones on its diagonal is needed"
    if np.ndim(matrix) != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"correlations of shape {np.shape(matrix)}: {needed}")
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise InputError(
            f"correlation {matrix[row, column]} of models {row} and {column}: {needed}"
        )
    diagonal = np.diagonal(matrix)
    wrong = np.flatnonzero(np.abs(diagonal - 1) > ROUNDING)
    if len(wrong):
        raise InputError(
            f"correlation {diagonal[wrong[0]]:g} of model {wrong[0]} with itself: {needed}"
        )
    if np.abs(matrix - matrix.T).max() > ROUNDING:
        raise InputError(f"correlations that differ both ways: {needed}")


def _projected(correlation: np.ndarray) -> np.ndarray:
    """Lift the eigenvalues and put the diagonal back to 1, in turn, until they agree."""
    near, correction = correlation.copy(), np.zeros(correlation.shape)
    for _ in range(MOST_ROUNDS):
        lifted_from = near - correction
        correction = _lift(lifted_from)
        last, near = near, lifted_from + correction
        if not correction.any():
            break
        np.fill_diagonal(near, 1.0)
        if np.abs(near - last).max() < SMALL_CHANGE:
            break
    return near


def _clipped(correlation: np.ndarray) -> np.ndarray:
    """Lift the eigenvalues once, and scale the diagonal back to 1."""
    lifted = correlation + _lift(correlation)
    spread = np.sqrt(np.diagonal(lifted))
    return lifted / np.outer(spread, spread)


def _lift(matrix: np.ndarray) -> np.ndarray:
    """What must be added to bring all eigenvalues to `CLIPPED_TO`: only the low ones are found."""
    try:
        low, vectors = eigh(matrix, subset_by_value=(-np.inf, CLIPPED_TO), check_finite=False)
    except (
        np.linalg.LinAlgError
    ):  # eigenvalues that are equal but for rounding: copies of one model
        values, all_vectors = np.linalg.eigh(matrix)
        low, vectors = values[values <= CLIPPED_TO], all_vectors[:, values <= CLIPPED_TO]
    lifted: np.ndarray = (vectors * (CLIPPED_TO - low)) @ vectors.T
    return lifted
