"""Tetrachoric correlation of error indicators, all pairs of models at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from ensel.error_model.bivariate import Phi2, phi2
from ensel.exceptions import InputError

ITEMS_AT_ONCE = 2**15  # rows made float at a time; float32 counts exactly up to 2^24
PAIRS_AT_ONCE = 2**14  # pairs solved at a time: their arrays stay in the processor's cache
EMPTY = 1e-8  # share below which a cell is empty: rounding of weights, never a counted item
STEP = 1e-9  # a Newton step this small leaves an error of the order of its square
MOST_ITERATIONS = 100


@dataclass(frozen=True)
class Tetrachoric:
    """Tetrachoric correlations of N models' errors, as `tetrachoric` returns them."""

    correlation: np.ndarray
    """(N, N), symmetric, diagonal 1; NaN in the rows and columns of degenerate models.

    Estimated pair by pair, so it need not be positive definite.
    """
    standard_error: np.ndarray
    """(N, N), symmetric, diagonal 0; NaN where the correlation is."""
    error_rates: np.ndarray
    """(N,), share of (weighted) items each model gets wrong, in [0, 1]."""
    thresholds: np.ndarray
    """(N,), Phi^-1 of the error rates; infinite for degenerate models."""
    n_items: int
    """Rows of the table of errors."""
    empty_cell: np.ndarray
    """(N, N) of bool: pairs whose 2x2 table has an empty cell; diagonal False."""
    degenerate: np.ndarray
    """Indices of models that are wrong always or never."""
    duplicates: list[tuple[int, int]]
    """Pairs i < j of models that err on the same items; degenerate ones are not repeated here."""
    both_wrong: np.ndarray
    """(N, N), (weighted) number of items that both models get wrong; diagonal: that each does."""
    total: float
    """(Weighted) number of items."""

    @property
    def phi(self) -> np.ndarray:
        """Pearson correlation of the error indicators, (N, N): see `phi_coefficient`."""
        return _phi(self.both_wrong, self.total)


def tetrachoric(errors: Any, *, weights: Any = None) -> Tetrachoric:
    r"""Correlation of the normal variables behind error indicators, for every pair of models.

    Model i errs where a standard normal T_i is at most its threshold t_i = Phi^-1(eps_i). The
    correlation rho of T_i and T_j is the solution of

        Phi2(t_i, t_j, rho) = p11,

    eps_i, eps_j the two error rates and p11 the share of items that both get wrong (Pearson
    1900). A 2x2 table has three free cells and the model three parameters, so this is also the
    maximum likelihood estimate (Olsson 1979). It is solved in the angle asin(rho), in which
    Phi2 is nearly linear, by Newton steps inside a bisection bracket, from the start of Bonett
    and Price (2005); pairs leave the iteration as they converge.

    Standard errors are asymptotic with estimated thresholds. Differentiating the equation,

        phi2 d rho = d p11 - A d eps_i - B d eps_j,
        A = Phi((t_j - rho t_i) / sqrt(1 - rho^2)),  B = Phi((t_i - rho t_j) / sqrt(1 - rho^2)),

    so se^2 = Var(E_i E_j - A E_i - B E_j) / (n phi2^2), the variance taken over the four cells
    (derived here by the delta method; agrees with Pearson's formula). Correlations near 1 have a
    skewed distribution: an interval is best taken as tanh(atanh(rho) +- 1.96 se / (1 - rho^2)).

    Special cases:

    - *An empty cell* (no item that both get wrong, say) would give rho = +-1. Half an item is
      put into it with the margins kept: p11 becomes p11 + h if cell 11 or 00 is empty and
      p11 - h if 10 or 01 is; p00 moves with p11, p10 and p01 move against it, and eps_i and
      eps_j stay. h = 1/(2n), or half the smallest cell that gives if weights make that
      smaller. The estimate stays inside (-1, 1); `empty_cell` marks the pair, and its standard
      error, from the adjusted table, is only an indication. Two opposite models (11 and 00
      both empty) are treated alike.
    - *A model wrong always or never* says nothing of correlation: its row and column are NaN
      (diagonal 1), and `degenerate` names it.
    - *Duplicates*, models wrong on the same items (10 and 01 both empty), have correlation 1
      and standard error 0 exactly, and `duplicates` names them.

    Parameters
    ----------
    errors : array_like of bool or 0/1, shape (n_items, n_models)
        1 where the model is wrong.
    weights : array_like of float, shape (n_items,), optional
        Weight of each item, not negative. An item of weight 2 counts as two items: the n of
        the standard errors and of h is the sum of the weights.

    Returns
    -------
    Tetrachoric

    Raises
    ------
    InputError
        If the errors are not a table of 0 and 1 with an item and a model at least, or the
        weights are negative, not finite, all 0 or not one an item.

    See Also
    --------
    phi_coefficient : Correlation of the indicators themselves.
    make_positive_definite : Makes a correlation matrix of these.
    GaussianCopulaErrors : The model of errors built on them.

    References
    ----------
    K. Pearson (1900), https://doi.org/10.1098/rsta.1900.0022 (the correlation).
    U. Olsson (1979), https://doi.org/10.1007/BF02296207 (maximum likelihood).
    D. G. Bonett and R. M. Price (2005), https://doi.org/10.3102/10769986030002213 (the start).
    arXiv 2602.08003, https://arxiv.org/abs/2602.08003 (its use for errors of models, as reported).

    Examples
    --------
    With both error rates 1/2, p11 = 1/4 + asin(rho) / (2 pi); here p11 = 1/3, so rho = 1/2:

    >>> errors = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [20, 10, 10, 20], axis=0)
    >>> result = tetrachoric(errors)
    >>> result.correlation.round(6)
    array([[1. , 0.5],
           [0.5, 1. ]])
    >>> float(result.standard_error[0, 1].round(3))
    0.166
    """
    table = _checked_errors(errors)
    n_items, n_models = table.shape
    joint, total = _joint_counts(table, _checked_weights(weights, n_items))
    count = np.diagonal(joint)
    degenerate = (count <= EMPTY * total) | (count >= (1 - EMPTY) * total)
    rates = np.where(degenerate, (count / total).round(), count / total)
    thresholds = ndtri(rates)

    i, j = np.triu_indices(n_models, 1)
    cells = _cells(joint[i, j], count[i], count[j], total)
    informative = ~(degenerate[i] | degenerate[j])
    same = informative & (cells[1:3] <= EMPTY).all(axis=0)
    free = informative & ~same

    filled = _fill_empty(cells[:, free], total)
    t_i, t_j = thresholds[i[free]], thresholds[j[free]]
    rho, error = np.where(same, 1.0, np.nan), np.where(same, 0.0, np.nan)
    rho[free] = _solve(t_i, t_j, filled)
    error[free] = _standard_error(t_i, t_j, rho[free], filled, total)
    return Tetrachoric(
        correlation=_symmetric(rho, n_models, diagonal=1.0),
        standard_error=_symmetric(error, n_models, diagonal=0.0),
        error_rates=rates,
        thresholds=thresholds,
        n_items=n_items,
        empty_cell=_symmetric(cells.min(axis=0) <= EMPTY, n_models, diagonal=False),
        degenerate=np.flatnonzero(degenerate),
        duplicates=list(zip(i[same].tolist(), j[same].tolist(), strict=True)),
        both_wrong=joint,
        total=total,
    )


def phi_coefficient(errors: Any, *, weights: Any = None) -> np.ndarray:
    """Pearson correlation of the error indicators themselves, for every pair of models.

    phi = (p11 - eps_i eps_j) / sqrt(eps_i (1 - eps_i) eps_j (1 - eps_j)). It depends on the error
    rates: one tetrachoric correlation gives a smaller phi the further they are from 1/2.

    Parameters
    ----------
    errors : array_like of bool or 0/1, shape (n_items, n_models)
        1 where the model is wrong.
    weights : array_like of float, shape (n_items,), optional
        Weight of each item, not negative.

    Returns
    -------
    ndarray, shape (n_models, n_models)
        In [-1, 1], diagonal 1; NaN in the rows and columns of models wrong always or never.

    Raises
    ------
    InputError
        As `tetrachoric`.

    See Also
    --------
    tetrachoric : Correlation that does not depend on the error rates.

    Examples
    --------
    >>> errors = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [20, 10, 10, 20], axis=0)
    >>> phi_coefficient(errors).round(6)
    array([[1.      , 0.333333],
           [0.333333, 1.      ]])
    """
    table = _checked_errors(errors)
    return _phi(*_joint_counts(table, _checked_weights(weights, len(table))))


def _phi(joint: np.ndarray, total: float) -> np.ndarray:
    """Pearson correlation of every pair's error indicators, from their counts."""
    count = np.diagonal(joint)
    varies = (count > EMPTY * total) & (count < (1 - EMPTY) * total)
    deviation = np.where(varies, np.sqrt(np.where(varies, count * (total - count), 1.0)), np.nan)
    covariance = total * joint - np.outer(count, count)
    phi = np.clip(covariance / np.outer(deviation, deviation), -1.0, 1.0)
    np.fill_diagonal(phi, 1.0)
    return phi


def _joint_counts(errors: np.ndarray, weights: np.ndarray | None) -> tuple[np.ndarray, float]:
    """(Weighted) number of items both models get wrong, for every pair; and of all items."""
    n_items, n_models = errors.shape
    joint = np.zeros((n_models, n_models))
    for start in range(0, n_items, ITEMS_AT_ONCE):
        rows = slice(start, start + ITEMS_AT_ONCE)
        if weights is None:
            block = errors[rows].astype(np.float32)
            joint += block.T @ block
        else:
            block = errors[rows].astype(np.float64)
            joint += block.T @ (weights[rows, None] * block)
    return joint, float(n_items if weights is None else weights.sum())


def _cells(both: np.ndarray, of_i: np.ndarray, of_j: np.ndarray, total: float) -> np.ndarray:
    """Shares p11, p10, p01, p00 of every pair, shape (4, n_pairs); subtracted as exact counts."""
    return np.stack([both, of_i - both, of_j - both, total - of_i - of_j + both]) / total


def _fill_empty(cells: np.ndarray, total: float) -> np.ndarray:
    """Put half an item into empty cells, margins kept: 11 and 00 up and 10 and 01 down, or back.

    No duplicates and no degenerate models, so the cells that give are not empty.
    """
    direction = np.array([1.0, -1.0, -1.0, 1.0])[:, None]
    half = 0.5 / total
    up = (cells[[0, 3]] <= EMPTY).any(axis=0)
    down = (cells[[1, 2]] <= EMPTY).any(axis=0)
    shift = np.where(up, np.minimum(half, cells[[1, 2]].min(axis=0) / 2), 0.0)
    shift -= np.where(down, np.minimum(half, cells[[0, 3]].min(axis=0) / 2), 0.0)
    return cells + direction * shift


def _solve(t_i: np.ndarray, t_j: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Correlations rho with Phi2(t_i, t_j, rho) = p11, a block of pairs at a time."""
    angle = np.empty_like(t_i)
    for start in range(0, len(angle), PAIRS_AT_ONCE):
        block = slice(start, start + PAIRS_AT_ONCE)
        angle[block] = solve_angle(
            t_i[block], t_j[block], cells[0, block], _start_angle(cells[:, block])
        )
    return np.sin(angle)


def _start_angle(cells: np.ndarray) -> np.ndarray:
    """Approximate asin(rho) from the four cells alone (Bonett & Price 2005, equation for rho*).

    rho* = cos(pi / (1 + omega^c)), omega the odds ratio, c = (1 - |eps_i - eps_j| / 5
    - (1/2 - m)^2) / 2, m the smallest of the four margins.
    """
    p11, p10, p01, p00 = cells
    smallest = np.minimum.reduce([p11 + p10, p11 + p01, p01 + p00, p10 + p00])
    power = (1 - np.abs(p10 - p01) / 5 - (0.5 - smallest) ** 2) / 2
    odds_ratio = p11 * p00 / (p10 * p01)
    return np.pi / 2 - np.pi / (1 + odds_ratio**power)


def solve_angle(
    t_i: np.ndarray,
    t_j: np.ndarray,
    target: np.ndarray,
    start: np.ndarray,
    shares: np.ndarray | None = None,
) -> np.ndarray:
    """Angle a with Phi2(t_i, t_j, sin a) = target: Newton's steps, bisection where they fail.

    Phi2 increases in a, so every evaluation tightens the bracket, from +-pi/2 on. A step that
    leaves it is replaced by a bisection: far from the solution the slope can be next to 0.

    Parameters
    ----------
    t_i, t_j : ndarray, shape (n_pairs,) or (n_strata, n_pairs)
        Thresholds.
    target : ndarray, shape (n_pairs,)
        Joint probabilities.
    start : ndarray, shape (n_pairs,)
    shares : ndarray, shape (n_strata,), optional
        Weights of the strata, whose Phi2 are then averaged.

    Returns
    -------
    ndarray, shape (n_pairs,)
    """
    solution = start.copy()
    active = np.arange(len(start))
    low, high = np.full_like(start, -np.pi / 2), np.full_like(start, np.pi / 2)
    for _ in range(MOST_ITERATIONS):
        angle = solution[active]
        rho = np.sin(angle)
        value, slope = Phi2(t_i, t_j, rho), phi2(t_i, t_j, rho)
        if shares is not None:
            value, slope = shares @ value, shares @ slope
        excess = value - target
        low, high = np.where(excess < 0, angle, low), np.where(excess < 0, high, angle)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            proposal = angle - excess / (slope * np.cos(angle))
        # The ends count as inside: once solved, a step below rounding stays where it is
        inside = (proposal >= low) & (proposal <= high)  # False for the NaN of a zero slope
        proposal = np.where(inside, proposal, (low + high) / 2)
        solution[active] = proposal
        going = np.abs(proposal - angle) > STEP
        if not going.any():
            break
        active = active[going]
        t_i, t_j, target = t_i[..., going], t_j[..., going], target[going]
        low, high = low[going], high[going]
    return solution


def _standard_error(
    t_i: np.ndarray, t_j: np.ndarray, rho: np.ndarray, cells: np.ndarray, total: float
) -> np.ndarray:
    """Delta method, thresholds estimated: sd(E_i E_j - A E_i - B E_j) / (sqrt(n) phi2)."""
    p11, p10, p01, _ = cells
    spread = np.sqrt((1 - rho) * (1 + rho))
    A = ndtr((t_j - rho * t_i) / spread)
    B = ndtr((t_i - rho * t_j) / spread)
    mean = p11 * (1 - A - B) - p10 * A - p01 * B
    variance = p11 * (1 - A - B) ** 2 + p10 * A**2 + p01 * B**2 - mean**2
    return np.sqrt(np.maximum(variance, 0.0) / total) / phi2(t_i, t_j, rho)


def _symmetric(values: np.ndarray, size: int, *, diagonal: float | bool) -> np.ndarray:
    """Matrix with the given upper triangle, row by row, and its mirror image."""
    matrix = np.full((size, size), diagonal, dtype=values.dtype)
    i, j = np.triu_indices(size, 1)
    matrix[i, j] = matrix[j, i] = values
    return matrix


def _checked_errors(errors: Any) -> np.ndarray:
    """Errors as a table of bool or 0/1, or a message that says where they are not."""
    table = np.asarray(errors)
    if table.ndim != 2 or 0 in table.shape:
        raise InputError(
            f"errors of shape {table.shape}; expected (n_items, n_models) with at least one of each"
        )
    if table.dtype.kind not in "buif":
        raise InputError(f"errors of type {table.dtype}; expected bool, or 0 and 1")
    if table.dtype != bool:
        wrong = (table != 0) & (table != 1)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise InputError(
                f"errors: {table[row, column]} in row {row}, column {column}; expected 0 or 1"
            )
    return table


def _checked_weights(weights: Any, n_items: int) -> np.ndarray | None:
    """Weights as floats, or a message that says what is wrong with them."""
    if weights is None:
        return None
    w = np.asarray(weights, dtype=float)
    if w.shape != (n_items,):
        raise InputError(f"weights of shape {w.shape}; expected one per item: ({n_items},)")
    wrong = ~(np.isfinite(w) & (w >= 0))
    if wrong.any():
        item = int(np.flatnonzero(wrong)[0])
        raise InputError(f"weights: {w[item]:g} for item {item}; expected finite and not negative")
    if not w.sum() > 0:
        raise InputError("weights: all are 0; expected at least one above 0")
    return w
