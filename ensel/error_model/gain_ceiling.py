"""The gain ceiling: what no choice among the models' answers can gain over the best of them."""

from __future__ import annotations

import numpy as np

from ensel.error_model.proportions import effective_items, exact_interval

DELTA = 0.05


def gain_ceiling(
    right: np.ndarray, *, groups: np.ndarray | None = None, delta: float = DELTA
) -> float:
    """Most that any rule which outputs a member's answer gains over the best single model.

    Such a rule is right on at most 1 - beta of all items, beta = P(all wrong). So its gain is at
    most (1 - beta_lo) - acc_lo, with one-sided Clopper-Pearson lower limits at delta / 2 each, of
    beta and of the best model's accuracy; the second allows for its being the best of N
    (Bonferroni). It holds with probability 1 - delta.

    Copies of a question are no further items: both limits are at the effective number of items,
    that of the all-wrong items and that of the best model's right ones.

    Parameters
    ----------
    right : ndarray of bool, shape (n_items, n_models)
        Whether each model is right on each item.
    groups : ndarray of int, shape (n_items,), optional
        Question of each item, from 0 without gaps; default: all differ.
    delta : float
        Error probability, in (0, 1).

    Returns
    -------
    float
        Difference of accuracies, in [0, 1] but for the chance of delta.

    See Also
    --------
    ensel.error_model.co_failure : The items that every model gets wrong.
    ensel.error_model.proportions.effective_items : Derives how many items copies are worth.

    References
    ----------
    arXiv 2606.27288, second version (theirs), https://arxiv.org/abs/2606.27288

    Examples
    --------
    Two models, right on 30 and on 20 of 40 items, both wrong on two:

    >>> right = np.zeros((40, 2), dtype=bool)
    >>> right[:30, 0] = right[18:38, 1] = True
    >>> round(gain_ceiling(right), 2)
    0.43

    Every item twice, as copies of one question, says no more:

    >>> round(gain_ceiling(np.repeat(right, 2, axis=0), groups=np.repeat(np.arange(40), 2)), 2)
    0.43
    """
    n_models = right.shape[1]
    of_best: np.ndarray = right[:, right.sum(axis=0).argmax()]
    all_wrong = np.asarray(~right.any(axis=1))
    beta_low = _lower_limit(all_wrong, groups, delta)
    accuracy_low = _lower_limit(of_best, groups, delta / n_models)
    return 1 - beta_low - accuracy_low


def _lower_limit(hits: np.ndarray, groups: np.ndarray | None, delta: float) -> float:
    """Lower end of the interval of a share that leaves delta / 2 beyond each end."""
    n_items = effective_items(hits, groups)
    return exact_interval(float(hits.mean()), n_items, 1 - delta)[0]
