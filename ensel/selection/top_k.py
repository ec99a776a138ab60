"""The k most accurate queries, and the single best one."""

from typing import Any

from ensel.selection.base import QuerySelector
from ensel.selection.market import Market


class TopK(QuerySelector):
    """Buy the k queries with the highest training accuracy: the baseline to beat.

    With errors independent of the label and of each other, below 1/2, wrong answers uniform and
    nothing missing, no other set tells more (Theorem 4.1 of [1]_, as reported);
    correlated or class-dependent errors end that.

    `gains_` are the queries' training accuracies. Parameters and attributes: `QuerySelector`.

    References
    ----------
    .. [1] arXiv 2602.08003.

    Examples
    --------
    >>> TopK(budget=1).fit([[0, 0], [1, 0], [1, 1]], [0, 1, 1]).order_
    array([0])
    """

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        scores = market.accuracies
        order = market.ranked(market.ties(scores), scores, budget)
        return order, [float(scores[j]) for j in order]


class SingleBest(TopK):
    """Buy the one query with the highest training accuracy.

    `gains_` is its training accuracy. Attributes: `QuerySelector`.

    Parameters
    ----------
    random_state : int, Generator or None
        Seed of the last resort among ties.
    money : float, optional
        Most that the query may cost.

    Examples
    --------
    >>> SingleBest().fit([[0, 0], [1, 0], [1, 1]], [0, 1, 1]).order_
    array([0])
    """

    def __init__(self, random_state: Any = 0, money: float | None = None) -> None:
        self.random_state = random_state
        self.money = money

    def _wanted(self) -> int:
        return 1
