"""The gain ceiling: what no choice among the models' answers can gain over the best of them."""

from __future__ import annotations

import numpy as np

DELTA = 0.05


def gain_ceiling(right: np.ndarray, *, delta: float = DELTA) -> float:
    """Most that any rule which outputs a member's answer gains over the best single model.

    Such a rule is right on at most 1 - beta of all items, beta = P(all wrong). So its gain is at
    most (1 - beta_lo) - acc_lo, with one-sided Clopper-Pearson lower limits at delta / 2 each, of
    beta and of the best model's accuracy; the second allows for its being the best of N
    (Bonferroni). It holds with probability 1 - delta.

    Parameters
    ----------
    right : ndarray of bool, shape (n_items, n_models)
        Whether each model is right on each item.
    delta : float
        Error probability, in (0, 1).

    Returns
    -------
    float
        Difference of accuracies, in [0, 1] but for the chance of delta.

    See Also
    --------
    ensel.error_model.co_failure : The items that every model gets wrong.

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
    """
    from scipy.stats import beta

    n_items, n_models = right.shape
    all_wrong = int((~right.any(axis=1)).sum())
    best = int(right.sum(axis=0).max())
    beta_low = beta.ppf(delta / 2, all_wrong, n_items - all_wrong + 1) if all_wrong else 0.0
    accuracy_low = beta.ppf(delta / (2 * n_models), best, n_items - best + 1) if best else 0.0
    return float(1 - beta_low - accuracy_low)
