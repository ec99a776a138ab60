"""The one rule for ties: better individual score, then lower cost, then a seeded draw.

For sets of queries: the better sum of individual scores, then the lower sum of costs, then the
draw, by which the set wins that holds the first of the drawn queries that not all hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TOLERANCE = 1e-12


@dataclass(frozen=True)
class Ties:
    """How to choose among queries whose scores are equal within 1e-12.

    Attributes
    ----------
    individual : ndarray, shape (n_queries,)
        Score of each query by itself; higher is better.
    costs : ndarray, shape (n_queries,)
        Lower is better; zeros where unknown.
    lottery : ndarray of int, shape (n_queries,)
        A random permutation; lower wins.
    """

    individual: np.ndarray
    costs: np.ndarray
    lottery: np.ndarray

    def best(self, scores: np.ndarray, open_: np.ndarray) -> int:
        """Column with the highest score among the open ones.

        Parameters
        ----------
        scores : ndarray, shape (n_queries,)
        open_ : ndarray of bool, shape (n_queries,)
            Columns that may still be bought; at least one.

        Returns
        -------
        int
        """
        columns = np.flatnonzero(open_)
        columns = columns[scores[columns] >= scores[columns].max() - TOLERANCE]
        alone = self.individual[columns]
        columns = columns[alone >= alone.max() - TOLERANCE]
        return int(min(columns, key=lambda j: (self.costs[j], self.lottery[j])))

    def best_set(self, scores: np.ndarray, sets: np.ndarray) -> int:
        """Row of the set with the highest score.

        Parameters
        ----------
        scores : ndarray, shape (n_sets,)
        sets : ndarray of int, shape (n_sets, size)
            Columns; at least one set.

        Returns
        -------
        int
        """
        rows = np.flatnonzero(scores >= scores.max() - TOLERANCE)
        alone = self.individual[sets[rows]].sum(axis=1)
        rows = rows[alone >= alone.max() - TOLERANCE]
        cost = self.costs[sets[rows]].sum(axis=1)
        rows = rows[cost <= cost.min() * (1 + 1e-9)]  # sums of decimal costs are not exact
        drawn = np.sort(self.lottery[sets[rows]], axis=1)
        return int(rows[np.lexsort(drawn.T[::-1])[0]])
