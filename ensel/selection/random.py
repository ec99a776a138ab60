"""Queries drawn at random."""

from ensel.selection.base import QuerySelector
from ensel.selection.market import Market


class Random(QuerySelector):
    """Buy k queries at random, without replacement: what no method at all would get.

    `gains_` are the drawn queries' training accuracies; they play no part in the draw.
    Parameters and attributes: `QuerySelector`; `random_state` seeds the draw.

    Examples
    --------
    >>> len(Random(budget=2, random_state=7).fit([[0, 0, 1], [1, 0, 0]], [0, 1]).order_)
    2
    """

    n_draws = 10

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        order: list[int] = []
        for j in market.rng.permutation(len(market.costs)).tolist():
            if len(order) < budget and market.open(order)[j]:
                order.append(j)
        return order, [float(market.accuracies[j]) for j in order]
