"""Greedy mutual information: the published method."""

import numpy as np

from ensel.selection.base import QuerySelector
from ensel.selection.market import Market


class GreedyMI(QuerySelector):
    """Buy, one at a time, the query that adds most information on the label.

    S grows by argmax_j I(Y; X_j | X_S), estimated by plug-in from the joint pattern counts.
    Source: [1]_ (its greedy method; smoothing and estimator details are not public, the plug-in is
    our reading). The objective is not submodular under correlated errors, so
    there is no (1 - 1/e) promise. The plug-in overstates information once patterns are many for
    the number of items, and then its choices turn to noise.

    `gains_` are I(Y; X_j | X_S) in bits, at the time of buying. Parameters and attributes:
    `QuerySelector`.

    See Also
    --------
    ExactMI : The best set of all, by trying every one.
    greedy_shortfall : How far greedy is from it.
    ensel.voting.MAPVote : The vote that goes with it.

    References
    ----------
    .. [1] arXiv 2602.08003.

    Examples
    --------
    >>> X = [[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]]
    >>> selector = GreedyMI(budget=2).fit(X, [0, 1, 2, 3])
    >>> 1 in selector.order_, selector.gains_.tolist()  # column 1, and 0 or its twin 2
    (True, [1.0, 1.0])
    """

    gain_unit = "bits"
    matched_vote = "map"

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        counts, n_labels = market.counts, len(market.classes)
        h_label = counts.entropy(counts.labels, n_labels)
        order: list[int] = []
        gains: list[float] = []
        known = 0.0
        ties = None
        rows = np.arange(len(counts.labels))
        pattern, n_patterns = np.zeros(len(rows), dtype=np.int64), 1

        while len(order) < budget and (is_open := market.open(order)).any():
            columns = np.flatnonzero(is_open)
            left = counts.left(
                counts.labels[rows], n_labels, pattern, n_patterns, rows=rows, candidates=columns
            )
            scores = np.full(len(is_open), -np.inf)
            scores[columns] = np.maximum((h_label - left) / counts.total, 0.0)
            if ties is None:  # the first round's scores are the individual ones
                ties = market.ties(scores)

            best = ties.best(scores, is_open)
            order.append(best)
            gains.append(max(float(scores[best]) - known, 0.0))
            known = float(scores[best])
            if len(order) < budget:
                pattern = pattern * counts.width + counts.codes(best)[rows]
                kept, pattern, n_patterns = _unsettled(pattern, counts.labels[rows], n_labels)
                rows = rows[kept]
        return order, gains


def _unsettled(
    pattern: np.ndarray, labels: np.ndarray, n_labels: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Items whose pattern does not settle the label, their patterns numbered anew, how many.

    No further query can tell more about the others.
    """
    n_cells = (int(pattern.max(initial=-1)) + 1) * n_labels
    seen = np.zeros(n_cells, dtype=bool)
    seen[pattern * n_labels + labels] = True
    mixed = np.count_nonzero(seen.reshape(-1, n_labels), axis=1) > 1
    kept = mixed[pattern]
    return kept, (np.cumsum(mixed) - 1)[pattern[kept]], int(mixed.sum())
