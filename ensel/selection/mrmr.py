"""Maximum relevance, minimum redundancy."""

import numpy as np

from ensel.selection.base import QuerySelector
from ensel.selection.market import Market


class MRMR(QuerySelector):
    """Buy, one at a time, the query with the best relevance less mean redundancy.

    argmax_j I(Y; X_j) - mean over bought i of I(X_i; X_j), the difference form of [1]_,
    plug-in estimates; a baseline of [2]_. It leaves out the third term,
    how answers move together within a class.

    `gains_` are that difference in bits, which may be negative. Parameters and attributes:
    `QuerySelector`.

    See Also
    --------
    JMI : With that term, a pair of queries at a time.

    References
    ----------
    .. [1] Peng, H., Long, F. & Ding, C. (2005). Feature selection based on mutual information:
       criteria of max-dependency, max-relevance, and min-redundancy. IEEE Transactions on Pattern
       Analysis and Machine Intelligence 27(8), 1226-1238.
    .. [2] arXiv 2602.08003.

    Examples
    --------
    >>> X = [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]  # two copies, and another view
    >>> sorted(MRMR(budget=2).fit(X, [0, 1, 2, 3]).order_.tolist())[1]
    2
    """

    gain_unit = "bits"

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        counts = market.counts
        h_label = counts.entropy(counts.labels, counts.n_labels)
        told = (h_label - counts.left(counts.labels, counts.n_labels)) / counts.total
        relevance = np.maximum(told, 0.0)
        ties = market.ties(relevance)
        redundancy = np.zeros_like(relevance)
        order: list[int] = []
        gains: list[float] = []
        while len(order) < budget and (is_open := market.open(order)).any():
            scores = relevance - redundancy / max(len(order), 1)
            best = ties.best(scores, is_open)
            order.append(best)
            gains.append(float(scores[best]))
            if len(order) < budget:
                said = counts.codes(best)
                h_said = counts.entropy(said, counts.width)
                shared = (h_said - counts.left(said, counts.width)) / counts.total
                redundancy += np.maximum(shared, 0.0)
        return order, gains
