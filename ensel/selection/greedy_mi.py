"""Greedy mutual information: the published method."""

import numpy as np

from ensel.information.candidates import information_with
from ensel.information.patterns import pattern_ids
from ensel.selection.base import Market, QuerySelector


class GreedyMI(QuerySelector):
    """Buy, one at a time, the query that adds most information on the label.

    S grows by argmax_j I(Y; X_j | X_S), estimated by plug-in from the joint pattern counts.
    Source: arXiv 2602.08003 (its greedy method; smoothing and estimator details are not public,
    the plug-in is our reading). The objective is not submodular under correlated errors, so
    there is no (1 - 1/e) promise. The plug-in overstates information once patterns are many for
    the number of items, and then its choices turn to noise.

    `gains_` are I(Y; X_j | X_S) in bits, at the time of buying. Parameters and attributes:
    `QuerySelector`.

    Examples
    --------
    >>> X = [[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]]
    >>> selector = GreedyMI(budget=2).fit(X, [0, 1, 2, 3])
    >>> 1 in selector.order_, selector.gains_.tolist()  # column 1, and 0 or its twin 2
    (True, [1.0, 1.0])
    """

    gain_unit = "bits"

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        pattern = np.zeros(len(market.labels), dtype=np.int64)
        open_ = np.ones(market.answers.shape[1], dtype=bool)
        order: list[int] = []
        gains: list[float] = []
        known = 0.0
        ties = None
        for _ in range(budget):
            columns = np.flatnonzero(open_)
            scores = np.full(len(open_), -np.inf)
            scores[columns] = information_with(pattern, market.answers[:, columns], market.labels)
            if ties is None:  # the first round's scores are the individual ones
                ties = market.ties(scores)
            best = ties.best(scores, open_)
            order.append(best)
            gains.append(max(float(scores[best]) - known, 0.0))
            known = float(scores[best])
            open_[best] = False
            pattern = pattern_ids(np.column_stack([pattern, market.answers[:, best]]))
        return order, gains
