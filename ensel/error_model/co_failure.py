"""Co-failure: items that every model gets wrong, and so no choice among their answers can save."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ensel.error_model.gain_ceiling import DELTA, gain_ceiling
from ensel.error_model.proportions import effective_items, exact_interval


@dataclass(frozen=True)
class CoFailure:
    """Items that all models of a pool get wrong, as `co_failure` returns them."""

    observed: float
    """Share of items that every model gets wrong, in [0, 1]."""
    low: float
    """Lower end of its 95 % Clopper-Pearson interval, at the effective number of items."""
    high: float
    n_items: int
    """Items looked at."""
    items: np.ndarray
    """Positions of the items that every model gets wrong."""
    gain_ceiling: float
    """At level 1 - delta, no rule that outputs a member's answer gains more over the best single
    model: see `ensel.error_model.gain_ceiling.gain_ceiling`."""


def co_failure(
    answers: np.ndarray,
    labels: np.ndarray,
    *,
    groups: np.ndarray | None = None,
    delta: float = DELTA,
) -> CoFailure:
    """Find the items that every model gets wrong.

    Any rule that outputs a member's answer has accuracy at most 1 - beta, beta = P(all wrong).

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_models)
        A missing answer is wrong.
    labels : ndarray of int, shape (n_items,)
    groups : ndarray of int, shape (n_items,), optional
        Question of each item, from 0 without gaps: intervals count copies of one question as what
        they are worth. Default: all differ.
    delta : float
        Error probability of the gain ceiling.

    Returns
    -------
    CoFailure

    See Also
    --------
    ensel.error_model.gain_ceiling.gain_ceiling : What no choice among the answers can gain.
    ensel.error_model.proportions.effective_items : Derives how many items copies are worth.
    ensel.error_model.joint_failure.joint_failure : All-wrong rates as a pool grows.

    References
    ----------
    arXiv 2606.27288, second version (theirs), https://arxiv.org/abs/2606.27288

    Examples
    --------
    >>> failed = co_failure(np.array([[0, 0], [0, 1], [1, 1], [1, 0]]), np.array([1, 1, 1, 1]))
    >>> failed.observed, failed.items.tolist()
    (0.25, [0])
    """
    right = answers == labels[:, None]
    all_wrong = ~right.any(axis=1)
    items = np.flatnonzero(all_wrong)
    low, high = exact_interval(len(items) / len(labels), effective_items(all_wrong, groups))
    return CoFailure(
        observed=len(items) / len(labels),
        low=low,
        high=high,
        n_items=len(labels),
        items=items,
        gain_ceiling=gain_ceiling(right, groups=groups, delta=delta),
    )
