"""Error floor (b): how low a vote gets if the fitted one-factor pool were copied without end."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri


def vote_limit(
    error_rates: np.ndarray,
    loadings: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    popularity: float = 1.0,
    n_classes: int = 2,
) -> float:
    """Limit of the error of a weighted plurality over endless copies of a one-factor pool.

    Given the common factor w, model i errs with probability
    p_i(w) = Phi((t_i - l_i w) / sqrt(1 - l_i^2)), which falls in w. Of the vote's weight,
    P(w) = sum v_i p_i(w) / sum v_i is wrong. For two classes the vote errs where P(w) > 1/2. For
    more, wrong answers spread: the largest wrong share is c' P(w), c' = max(c, (1 - c)/(K - 2)), so
    the vote errs where c' P(w) > 1 - P(w), P(w) > 1/(1 + c'). The limit is Phi(w*), where P(w*)
    meets that share. Derived for this project; for equal models and K = 2 it is `uniform_floor`.

    Parameters
    ----------
    error_rates : ndarray, shape (N,)
        In (0, 1).
    loadings : ndarray, shape (N,)
        In (0, 1); a model with a loading at or below 0 does not follow the common factor, and its
        part of the vote is taken as constant.
    weights : ndarray, shape (N,), optional
        Of the vote, not negative; default equal.
    popularity : float
        c, the share of wrong answers that go to an item's popular wrong option.
    n_classes : int

    Returns
    -------
    float
        In [0, 1]: 0 if the vote is right at every w, 1 if it never is.

    Raises
    ------
    ValueError
        If weights are negative or all 0.

    See Also
    --------
    uniform_floor : The limit for equal models and two classes.
    popularity : Where c comes from.

    Examples
    --------
    >>> pool = np.full(5, 0.2), np.full(5, np.sqrt(0.3))
    >>> round(vote_limit(*pool), 4)
    0.0622
    """
    v = np.ones(len(error_rates)) if weights is None else np.asarray(weights, dtype=float)
    if (v < 0).any() or v.sum() == 0:
        raise ValueError("vote weights must not be negative, nor all 0")
    largest = 1.0
    if n_classes > 2:
        largest = max(popularity, (1 - popularity) / (n_classes - 2))
    share = 1 / (1 + largest)
    slope = np.clip(loadings, 0.0, 0.9999)
    thresholds = ndtri(error_rates)

    def excess(w: float) -> float:
        wrong = ndtr((thresholds - slope * w) / np.sqrt(1 - slope**2))
        return float((v * wrong).sum() / v.sum()) - share

    low, high = -40.0, 40.0
    if excess(low) <= 0:
        return 0.0
    if excess(high) >= 0:
        return 1.0
    return float(ndtr(brentq(excess, low, high, xtol=1e-12)))
