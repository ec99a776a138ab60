"""Error floor (a): the uniform pool, of equal error rates, one correlation and two classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats
from scipy.special import ndtr, ndtri

GRID = np.linspace(-10, 10, 8001)  # common factor; the integrands are smooth at this step
WEIGHTS = stats.norm.pdf(GRID) / stats.norm.pdf(GRID).sum()


def uniform_floor(error: Any, correlation: Any) -> np.ndarray:
    """Error of infinitely many equal models: Phi(Phi^-1(eps) / sqrt(rho)).

    Theorem 4.4 of arXiv 2602.08003, as reported. It is an information floor *of that pool*: two
    classes, equally likely; errors independent of the label, equally frequent in all models,
    equally correlated in all pairs. Real pools are none of this and can do better.

    Parameters
    ----------
    error : array_like of float
        eps, in (0, 1/2].
    correlation : array_like of float
        rho, tetrachoric, in [0, 1]; at 0 errors cancel out: 0 (or 1/2 where eps is 1/2).

    Returns
    -------
    ndarray
        Error rates, in [0, 1/2].

    Raises
    ------
    ValueError
        If eps or rho is out of range.

    See Also
    --------
    uniform_majority_error : The same pool with finitely many models.
    vote_limit : The limit of a pool whose models differ.

    References
    ----------
    arXiv 2602.08003, Theorem 4.4 (theirs, as reported by others), https://arxiv.org/abs/2602.08003

    Examples
    --------
    >>> uniform_floor([0.2, 0.3], [0.3, 0.5]).round(4)
    array([0.0622, 0.2292])
    """
    eps, rho = _checked(error, correlation)
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = ndtr(ndtri(eps) / np.sqrt(rho))
    return np.where(eps == 0.5, 0.5, floor)


def uniform_information_limit(error: float, correlation: float) -> float:
    """Information of infinitely many equal models, lim I(Y; X_1 ... X_N).

    The capacity of the binary-input Gaussian channel at d = -Phi^-1(eps) / sqrt(rho):
    1 - E log2(1 + exp(-2 d S)), S ~ N(d, 1). Derived for this project. Assumptions as in
    `uniform_floor`.

    Parameters
    ----------
    error : float
        eps, in (0, 1/2].
    correlation : float
        rho, in [0, 1]; at 0 the label is known for certain: 1 bit (0 where eps is 1/2).

    Returns
    -------
    float
        Bits, in [0, 1].

    Raises
    ------
    ValueError
        If eps or rho is out of range.

    See Also
    --------
    uniform_floor : The error of the same pool.

    Examples
    --------
    >>> round(uniform_information_limit(0.2, 0.3), 3)
    0.775
    """
    eps, rho = (float(value) for value in _checked(error, correlation))
    if eps == 0.5:
        return 0.0
    if rho == 0:
        return 1.0
    d = -float(ndtri(eps)) / np.sqrt(rho)
    lost = np.logaddexp(0, -2 * d * (GRID + d)) / np.log(2)
    return float(np.clip(1 - (WEIGHTS * lost).sum(), 0, 1))


def uniform_majority_error(n_models: Any, error: float, correlation: float) -> np.ndarray:
    """Error of the majority of N equal models, exactly; a tie is right half the time.

    Given the common factor w, errors are independent with probability
    p(w) = Phi((Phi^-1(eps) - sqrt(rho) w) / sqrt(1 - rho)): a mixture of binomials. For odd N the
    majority is the Bayes rule of this pool. Classical.

    Parameters
    ----------
    n_models : array_like of int
        At least 1.
    error : float
        eps, in (0, 1/2].
    correlation : float
        rho, in [0, 1).

    Returns
    -------
    ndarray
        One error per number of models; falls to `uniform_floor` as N grows.

    Raises
    ------
    ValueError
        If an argument is out of range.

    See Also
    --------
    uniform_floor : Its limit.

    Examples
    --------
    >>> uniform_majority_error([1, 3], 0.2, 0.0).round(4)  # 3 eps^2 (1 - eps) + eps^3 = 0.104
    array([0.2  , 0.104])
    """
    eps, rho = (float(value) for value in _checked(error, correlation))
    sizes = np.asarray(n_models)
    if (sizes < 1).any() or rho == 1:
        raise ValueError("at least one model and a correlation below 1 are needed")
    # scipy's binomial overflows at subnormal probabilities; 1e-15 changes nothing.
    p = np.clip(ndtr((ndtri(eps) - np.sqrt(rho) * GRID) / np.sqrt(1 - rho)), 1e-15, 1 - 1e-15)
    n = sizes.reshape(-1, 1)
    wrong = stats.binom.sf(n // 2, n, p)  # more than half
    tie = np.where(n % 2 == 0, stats.binom.pmf(n // 2, n, p), 0.0)
    return ((wrong + tie / 2) @ WEIGHTS).reshape(sizes.shape)


def _checked(error: Any, correlation: Any) -> tuple[np.ndarray, np.ndarray]:
    eps, rho = np.asarray(error, dtype=float), np.asarray(correlation, dtype=float)
    if not ((eps > 0) & (eps <= 0.5)).all():
        raise ValueError(f"error {error}: in (0, 1/2] is needed")
    if not ((rho >= 0) & (rho <= 1)).all():
        raise ValueError(f"correlation {correlation}: in [0, 1] is needed")
    return eps, rho
