"""Exact intervals of shares of items, where some items are copies of one question."""

from __future__ import annotations

import numpy as np


def effective_items(hits: np.ndarray, groups: np.ndarray | None = None) -> float:
    """Independent items that would tell as much of a share as these do.

    Let x_i be 1 where item i is a hit, p their mean over n items, and let the items come in groups
    that are independent of each other: copies of a question, say. The variance of p is then the sum
    over groups g of r_g^2 / n^2, r_g the sum over its items of x_i - p; that of n independent items
    is p (1 - p) / n. Their ratio is the design effect, and

        n_eff = n / design effect = n^2 p (1 - p) / (sum over g of r_g^2).

    Items that each stand three times, with one answer: r_g = 3 (x_g - p), and n_eff is a third of
    n, the number of questions. With no two items in a group it is n exactly. It is never more than
    n: that items of a group differ more than chance would have it is not relied upon. Where all
    items are hits, or none, nothing shows the design effect, and n_eff is the number of groups.

    Parameters
    ----------
    hits : ndarray of bool, shape (n_items,)
    groups : ndarray of int, shape (n_items,), optional
        Question of each item, from 0 without gaps; default: all differ.

    Returns
    -------
    float
        In (0, n_items].

    See Also
    --------
    exact_interval : The interval of so many items.

    References
    ----------
    L. Kish (1965), Survey Sampling (the design effect). E. L. Korn and B. I. Graubard (1998),
    Survey Methodology 24, 193-201 (n_eff in place of n in the Clopper-Pearson interval; their
    further factor for few groups is left out, so that copies count exactly once).

    Examples
    --------
    Two questions, one of them standing three times and right, p = 3/4: 16 x 3/16 / (.75^2 + .75^2).

    >>> round(effective_items(np.array([1, 1, 1, 0]), np.array([0, 0, 0, 1])), 3)
    2.667
    """
    n_items = len(hits)
    if groups is None or int(groups.max()) + 1 == n_items:
        return float(n_items)
    p = float(np.mean(hits))
    squares = float((np.bincount(groups, hits - p) ** 2).sum())
    if p in (0.0, 1.0):
        return float(groups.max() + 1)
    if squares == 0:  # each group has the same share
        return float(n_items)
    return min(n_items**2 * p * (1 - p) / squares, float(n_items))


def exact_interval(share: float, n_items: float, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval of a share; the number of items need not be whole.

    Each end leaves (1 - level) / 2 beyond it. No hit in n items: the upper end is
    1 - ((1 - level) / 2)^(1 / n).

    Parameters
    ----------
    share : float
        Hits over items, in [0, 1].
    n_items : float
        Independent ones: `effective_items`.
    level : float
        In (0, 1).

    Returns
    -------
    low, high : float
        In [0, 1].

    See Also
    --------
    effective_items : How many items copies of a question are worth.

    References
    ----------
    C. J. Clopper and E. S. Pearson (1934), https://doi.org/10.1093/biomet/26.4.404

    Examples
    --------
    >>> low, high = exact_interval(0.0, 60)  # 1 - .025^(1 / 60)
    >>> low, round(high, 4)
    (0.0, 0.0596)
    """
    from scipy.stats import beta

    outside = (1 - level) / 2
    hits = share * n_items
    if abs(hits - round(hits)) < 1e-9 * n_items:  # a whole number, but for rounding
        hits = round(hits)
    low = float(beta.ppf(outside, hits, n_items - hits + 1)) if hits > 0 else 0.0
    high = float(beta.isf(outside, hits + 1, n_items - hits)) if hits < n_items else 1.0
    return low, high
