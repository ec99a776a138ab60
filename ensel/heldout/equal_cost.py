"""What asks in sequence, against fixed sets of the same mean cost.

A policy that stops early asks 2.3 queries on average; no fixed set does. The fair rival is a coin
thrown for each question between the set just below and the set just above, so that the mean cost is
the same. Its score on an item is the mean of the two sets' scores, weighted alike: what the coin
adds by chance is left out. Derived here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ensel.heldout.intervals import Estimate, SplitScores, difference_interval

UNKNOWN = Estimate(np.nan, np.nan, np.nan)


def difference_at_equal_cost(
    scores: SplitScores, cost: float, sets: Sequence[SplitScores], costs: Sequence[float]
) -> Estimate:
    """Accuracy less that of fixed sets of the same mean cost.

    Parameters
    ----------
    scores : SplitScores
        Of the policy.
    cost : float
        Its mean cost, or mean number of queries.
    sets : sequence of SplitScores
        Of fixed sets, from small to large.
    costs : sequence of float
        Theirs, in the same unit.

    Returns
    -------
    Estimate
        In [-1, 1]; NaN where a cost is unknown or there is no set. Below the cheapest set the rival
        is that set, and above the dearest that one: the rival is then the dearer, or the cheaper.

    Examples
    --------
    Between a set of one, right on one item of two, and a set of two that is right on both: at 1.5
    queries a coin gets 3/4.

    >>> def of(values):
    ...     return SplitScores(2, [np.array([0, 1])], [np.array(values)])
    >>> both, one = of([1.0, 1.0]), of([1.0, 0.0])
    >>> difference_at_equal_cost(both, 1.5, [one, both], [1, 2]).value
    0.25
    """
    if len(sets) == 0 or not np.isfinite([cost, *costs]).all():
        return UNKNOWN
    order = np.argsort(costs, kind="stable")
    ascending = np.asarray(costs, dtype=float)[order]
    upper = int(np.searchsorted(ascending, cost, side="right"))
    if upper == 0 or upper == len(sets) or ascending[upper - 1] == cost:
        # Of sets at one cost (free ones, say), the largest.
        rival = sets[order[max(upper - 1, 0)]]
        return difference_interval(scores - rival)

    low, high = ascending[upper - 1], ascending[upper]
    share = float((cost - low) / (high - low))
    below, above = sets[order[upper - 1]], sets[order[upper]]
    return difference_interval(scores - mixed(below, above, share))


def mixed(first: SplitScores, second: SplitScores, share: float) -> SplitScores:
    """Scores of a coin that takes the second with probability `share`, in [0, 1]."""
    values = (1 - share) * first.scores + share * second.scores
    return SplitScores.of_matrix(values, first.tested, first.groups)
