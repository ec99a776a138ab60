"""Items that every model gets wrong, and what they certify."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DELTA = 0.05


@dataclass(frozen=True)
class CoFailure:
    """All-wrong items of a pool (arXiv 2606.27288, second version).

    Any rule that outputs a member's answer has accuracy at most 1 - beta, beta = P(all wrong).
    """

    observed: float
    """Share of items that every model gets wrong."""
    low: float
    """95 % Clopper-Pearson interval."""
    high: float
    n_items: int
    items: np.ndarray
    """Positions of those items."""
    certificate_max_gain: float
    """At level 1 - delta, no rule that outputs a member's answer gains more over the best single
    model: (1 - beta_lo) - acc_lo, one-sided Clopper-Pearson lower limits at delta / 2, Bonferroni
    over models for the second."""


def co_failure(answers: np.ndarray, labels: np.ndarray, *, delta: float = DELTA) -> CoFailure:
    """Find the items that every model gets wrong.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_models)
        A missing answer is wrong.
    labels : ndarray of int, shape (n_items,)
    delta : float
        Error probability of the certificate.

    Returns
    -------
    CoFailure

    Examples
    --------
    >>> found = co_failure(np.array([[0, 0], [0, 1], [1, 1], [1, 0]]), np.array([1, 1, 1, 1]))
    >>> found.observed, found.items.tolist()
    (0.25, [0])
    """
    from scipy.stats import beta
    from statsmodels.stats.proportion import proportion_confint

    n_items, n_models = answers.shape
    right = answers == labels[:, None]
    items = np.flatnonzero(~right.any(axis=1))
    count = len(items)
    low, high = proportion_confint(count, n_items, alpha=0.05, method="beta")
    beta_low = beta.ppf(delta / 2, count, n_items - count + 1) if count else 0.0
    best = int(right.sum(axis=0).max())
    accuracy_low = beta.ppf(delta / (2 * n_models), best, n_items - best + 1) if best else 0.0
    return CoFailure(
        observed=count / n_items,
        low=float(low),
        high=float(high),
        n_items=n_items,
        items=items,
        certificate_max_gain=float(1 - beta_low - accuracy_low),
    )
