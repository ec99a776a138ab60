"""Greedy mutual information: the published method."""

import numpy as np

from ensel.information.entropy import entropy_of_counts
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
        from ensel.information.counting import by_query, conditional_entropies

        labels, n_items = market.labels, len(market.labels)
        n_labels = len(market.classes)
        answers = by_query(market.answers)
        h_label = entropy_of_counts(np.bincount(labels))
        order: list[int] = []
        gains: list[float] = []
        known = 0.0
        ties = None
        rows = np.arange(n_items)
        pattern = np.zeros(n_items, dtype=np.int64)
        while len(order) < budget and (is_open := market.open(order)).any():
            columns = np.flatnonzero(is_open)
            n_patterns = int(pattern.max(initial=-1)) + 1
            left = conditional_entropies(
                pattern * n_labels + labels[rows], n_patterns, n_labels, answers, rows, columns
            )
            scores = np.full(len(is_open), -np.inf)
            scores[columns] = np.maximum(h_label - left / n_items, 0.0)
            if ties is None:  # the first round's scores are the individual ones
                ties = market.ties(scores)
            best = ties.best(scores, is_open)
            order.append(best)
            gains.append(max(float(scores[best]) - known, 0.0))
            known = float(scores[best])
            rows, pattern = _unsettled(rows, pattern, answers[best], labels, n_labels)
        return order, gains


def _unsettled(
    rows: np.ndarray, pattern: np.ndarray, answers: np.ndarray, labels: np.ndarray, n_labels: int
) -> tuple[np.ndarray, np.ndarray]:
    """Items whose pattern, with one more query, does not settle the label, and their patterns.

    No further query can tell more about the others.
    """
    if len(rows) == 0:
        return rows, pattern
    ids = pattern_ids(np.column_stack([pattern, answers[rows]]))
    n_cells = (int(ids.max()) + 1) * n_labels
    counts = np.bincount(ids * n_labels + labels[rows], minlength=n_cells)
    mixed = (counts.reshape(-1, n_labels) > 0).sum(axis=1) > 1
    kept = mixed[ids]
    number = np.cumsum(mixed) - 1
    return rows[kept], number[ids[kept]]
