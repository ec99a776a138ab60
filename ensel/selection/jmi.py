"""Joint mutual information, a pair of queries at a time."""

import numpy as np

from ensel.selection.base import QuerySelector
from ensel.selection.market import Market


class JMI(QuerySelector):
    """Buy, one at a time, the query that tells most together with each bought one.

    argmax_j sum over bought i of I(Y; X_j, X_i), [1]_; the first is the one with the
    largest I(Y; X_j). Plug-in estimates. It sees what a query adds to each other one, but never
    counts patterns of more than two, so it asks for fewer items than greedy information does
    ([2]_ find it the best compromise of its kind).

    `gains_` are the mean over bought i of I(Y; X_j | X_i), in bits. Parameters and attributes:
    `QuerySelector`.

    See Also
    --------
    MRMR : Without how answers move together within a class.

    References
    ----------
    .. [1] Yang, H. H. & Moody, J. (1999). Data visualization and feature selection: new algorithms
       for nongaussian data. Advances in Neural Information Processing Systems 12.
    .. [2] Brown, G., Pocock, A., Zhao, M.-J. & Lujan, M. (2012). Conditional likelihood
       maximisation: a unifying framework for information theoretic feature selection. Journal of
       Machine Learning Research 13, 27-66.

    Examples
    --------
    >>> X = [[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]]
    >>> selector = JMI(budget=2).fit(X, [0, 1, 2, 3])
    >>> 1 in selector.order_, selector.gains_.tolist()  # column 1, and 0 or its twin 2
    (True, [1.0, 1.0])
    """

    gain_unit = "bits"
    on_request = True

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        counts, labels, n_labels = market.counts, market.counts.labels, market.counts.n_labels
        h_label = counts.entropy(labels, n_labels)
        relevance = np.maximum((h_label - counts.left(labels, n_labels)) / counts.total, 0.0)
        ties = market.ties(relevance)
        scores = relevance
        order: list[int] = []
        gains: list[float] = []
        alone = 0.0  # sum over bought i of I(Y; X_i)
        while len(order) < budget and (is_open := market.open(order)).any():
            best = ties.best(scores, is_open)
            gains.append((float(scores[best]) - alone) / max(len(order), 1))
            if not order:
                scores = np.zeros_like(relevance)
            order.append(best)
            alone += float(relevance[best])
            if len(order) < budget:
                left = counts.left(labels, n_labels, counts.codes(best), counts.width)
                scores = scores + np.maximum((h_label - left) / counts.total, 0.0)
        return order, gains
