"""What a bettor makes of numbers in a range: tests and bounds of their mean, at any sample size.

Whoever bets a share b on "the mean is below m" multiplies their wealth by 1 + b (m - v) with each
value v. If the mean is m or more, no bet gains on average, so wealth of 20 is seen with probability
1/20 at most. Wealth does not depend on the order of the values, only on how often each occurs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ensel.exceptions import InputError

N_BETS = 64
SHARES = np.sin(np.pi / 2 * (np.arange(N_BETS) + 0.5) / N_BETS) ** 2
"""Shares of the largest bet that cannot go bankrupt: quantiles of Beta(1/2, 1/2).

The universal portfolio of Cover and Ordentlich (IEEE Trans. Inform. Theory 42, 1996, 348-363):
within a factor of about sqrt(pi n) of the best of all shares in hindsight. Measured on losses of
.5 to 5 % at 300 to 5,000 items, it had more power than grids that halve the bet.
"""

STEPS = 40
"""Halvings of the range in which a bound is sought."""


def log_wealth(gains: np.ndarray, counts: np.ndarray, bets: np.ndarray) -> np.ndarray:
    """Natural logarithm of the wealth of somebody who spreads 1 evenly over several bets.

    Parameters
    ----------
    gains : ndarray of float, shape (n_values,)
        What a bet of 1 earns. Nobody may owe: of those that occurred, at least -1 / b for every b.
    counts : ndarray of int, shape (..., n_values)
        How often each occurred.
    bets : ndarray of float, shape (n_bets,)
        At least 0; each is made again and again, with all that it has earned.

    Returns
    -------
    ndarray of float, shape (...)
        log of the mean over bets b of the product over values of (1 + b gain) ** count.

    See Also
    --------
    mean_p_value, mean_upper_bound : What follows about a mean.
    ensel.policies.drift.Audit : What follows while the values are still coming.

    References
    ----------
    I. Waudby-Smith, A. Ramdas, JRSS B 86 (2024), 1-27, https://arxiv.org/abs/2010.09686

    Examples
    --------
    Two gains of 1 and one loss of 1, half the wealth at stake: 1.5 * 1.5 * .5 = 1.125.

    >>> wealth = log_wealth(np.array([1.0, -1.0]), np.array([2, 1]), np.array([0.5]))
    >>> round(math.exp(wealth), 3)
    1.125
    """
    occurred = counts.any(axis=tuple(range(counts.ndim - 1)))
    growth = np.log1p(np.multiply.outer(gains[occurred], bets))
    log_sum: np.ndarray = np.logaddexp.reduce(counts[..., occurred] @ growth, axis=-1)
    return log_sum - math.log(len(bets))


def mean_p_value(values: Any, counts: Any = None, *, limit: float, high: float = 1.0) -> float:
    """P-value of "the mean is `limit` or more": small where the values speak against it.

    Parameters
    ----------
    values : array_like of float, shape (n_values,)
        Independent, none above `high`; nothing else is assumed of them.
    counts : array_like of int, shape (n_values,), optional
        How often each occurred; default: once.
    limit : float
        Below `high`.
    high : float
        Most that a value could have been, seen or not.

    Returns
    -------
    float
        min(1, 1 / wealth). If the mean is `limit` or more, it is at most a with probability at most
        a, for every a; also if values are added until it is small.

    Raises
    ------
    InputError
        If a value is above `high` or no number, `limit` is not below `high`, or counts do not fit.

    See Also
    --------
    ensel.policies.exact_tests.loss_p_value : More power, for items that are lost, gained or equal.

    Examples
    --------
    The loss of questions with several copies is a mean over copies, from -1 to 1:

    >>> round(mean_p_value([0, 0.5, -1], [495, 2, 3], limit=0.02), 5)
    0.00011
    """
    distinct, number = _counted(values, counts, high)
    if not limit < high:
        raise InputError(f"limit={limit}; below the largest possible value, {high}, is needed")
    return min(1.0, math.exp(-_log_wealth_below(limit, distinct, number, high)))


def mean_upper_bound(values: Any, counts: Any, low: float, high: float, delta: float) -> float:
    """Upper confidence bound of a mean: the smallest limit that bets refute at level `delta`.

    Parameters
    ----------
    values : array_like of float, shape (n_values,)
        Independent, from `low` to `high`.
    counts : array_like of int, shape (n_values,), or None
        How often each occurred; None: once.
    low, high : float
        Least and most that a value could have been, seen or not. A smaller `high` is tighter as
        a rule; `low` is only checked, since small values are no risk to who bets on them.
    delta : float
        Probability, in (0, 1), that the mean is above the bound.

    Returns
    -------
    float
        From the mean of the values to `high`; `high` without values. The bounds of all sample sizes
        hold together with probability 1 - `delta`, so one may look as often as one likes.

    Raises
    ------
    InputError
        If a value is outside the range or no number, `delta` is none, or counts do not fit.

    See Also
    --------
    mean_p_value : The test that is inverted.

    Examples
    --------
    Costs of 1 to 8 queries, most of 8 possible:

    >>> round(mean_upper_bound([1, 2, 8], [700, 200, 100], 1, 8, 0.05), 2)
    2.12
    """
    distinct, number = _counted(values, counts, high)
    if not 0 < delta < 1:
        raise InputError(f"delta={delta}; a probability in (0, 1) is needed")
    if distinct.min(initial=high) < low:
        raise InputError(f"values from {distinct.min()}; {low} was given as the least possible")
    if number.sum() == 0 or distinct.min() == high:
        return float(high)

    # Wealth rises with the limit, from at most 1 at the mean of the values to any height.
    refuted, unrefuted = float(high), float(np.average(distinct, weights=number))
    for _ in range(STEPS):
        limit = (refuted + unrefuted) / 2
        if not unrefuted < limit < refuted:
            break
        if _log_wealth_below(limit, distinct, number, high) >= -math.log(delta):
            refuted = limit
        else:
            unrefuted = limit
    return refuted


def _log_wealth_below(limit: float, values: np.ndarray, counts: np.ndarray, high: float) -> float:
    """Of bets that the mean is below `limit`."""
    return float(log_wealth(limit - values, counts, SHARES / (high - limit)))


def _counted(values: Any, counts: Any, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Distinct values in order, and how often each occurred."""
    given = np.atleast_1d(np.asarray(values, dtype=float))
    number = np.ones(given.shape, dtype=int) if counts is None else np.atleast_1d(counts)
    if given.ndim != 1 or number.shape != given.shape:
        raise InputError(f"values of shape {given.shape}, counts of {number.shape}; one of each")
    if not np.isfinite(given).all() or (given > high).any() or not math.isfinite(high):
        raise InputError(f"values up to {given.max()}; finite numbers up to {high} are needed")
    if not np.array_equal(number, np.asarray(number, dtype=np.int64)) or (number < 0).any():
        raise InputError(f"counts from {number.min()}; whole numbers from 0 are needed")
    distinct, place = np.unique(given, return_inverse=True)
    total = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(total, place, number.astype(np.int64))
    return distinct[total > 0], total[total > 0]
