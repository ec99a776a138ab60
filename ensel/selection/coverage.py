"""Queries for a verifier: an item is solved if any bought query is right."""

from __future__ import annotations

from typing import Any

import numpy as np

from ensel.selection.base import QuerySelector
from ensel.selection.market import Market, right_answers


class GreedyCoverage(QuerySelector):
    """Buy, one at a time, the query that solves most of the items that are not solved yet.

    For pools whose answers a unit test, a proof checker or a person picks from: what counts is the
    coverage, the share of items on which any bought query is right. A missing answer is never
    right. All kinds of tables will do, also one of verdicts, whose labels are all alike.

    Coverage is monotone and submodular, so greedy reaches at least 1 - 1/e of the best coverage of
    its number of queries [1]_. That is a promise about the items it is fitted on, not about others.

    Under `money`, three purchases are compared by their coverage of the training items: the query
    with the largest gain for its cost, again and again; the query with the largest gain, again and
    again; and the best single query. The better of the first and the third covers at
    least (1 - 1/e) / 2 of the best that the money can buy, where `budget` does not bind as well
    [2]_; the second keeps the bound of counts where the money does not bind. The earlier one wins
    ties. So a smaller budget need not buy the first queries of a larger one.

    `gains_` are the shares of items that each newly solved; they add up to the coverage. Ties: the
    more accurate query, then the cheaper, then drawn. Parameters and attributes: `QuerySelector`.

    See Also
    --------
    ExactCoverage : The best set of all.
    ensel.voting.verifier.solved : What a verifier that errs makes of the bought answers.

    References
    ----------
    .. [1] Nemhauser, G., Wolsey, L. & Fisher, M. (1978). An analysis of approximations for
       maximizing submodular set functions. Mathematical Programming 14, 265-294.
    .. [2] Khuller, S., Moss, A. & Naor, J. (1999). The budgeted maximum coverage problem.
       Information Processing Letters 70(1), 39-45. The bound is theirs.

    Examples
    --------
    >>> X = [[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1]]  # right or wrong: every label is 1
    >>> selector = GreedyCoverage(budget=2).fit(X, [1, 1, 1, 1])
    >>> selector.order_.tolist(), selector.gains_.tolist()
    ([0, 2], [0.75, 0.25])
    """

    gain_unit = "coverage"
    matched_vote = "verifier"

    @property
    def nested(self) -> bool:  # type: ignore[override]
        """The first k of `order_` are what budget k would buy; not so under money."""
        return self.money is None

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        if np.isinf(market.money):
            return greedy_cover(market, budget)
        state = market.rng.bit_generator.state  # all draw alike
        purchases = []
        for by_cost, most in ((True, budget), (False, budget), (False, 1)):
            market.rng.bit_generator.state = state
            purchases.append(greedy_cover(market, most, by_cost=by_cost))
        return max(purchases, key=lambda purchase: round(sum(purchase[1]), 12))


def greedy_cover(
    market: Market, budget: int, *, by_cost: bool = False
) -> tuple[list[int], list[float]]:
    """Queries that newly solve most, one after the other.

    Parameters
    ----------
    market : Market
    budget : int
    by_cost : bool
        Gains count for their cost; a free query that solves anything comes first.

    Returns
    -------
    order : list of int
    gains : list of float
        Share of items that each newly solved.
    """
    answers, right, weights = market.answers, market.tallies.right, market.weights
    total = len(answers) if weights is None else weights.sum()
    ties = market.ties(market.accuracies)
    price = _price(market.costs) if by_cost else None
    order: list[int] = []
    gains: list[float] = []
    newly = market.accuracies

    while len(order) < budget and (is_open := market.open(order)).any():
        best = ties.best(newly if price is None else _worth(newly, price), is_open)
        order.append(best)
        gains.append(float(newly[best]))
        unsolved = answers[:, best] != right
        answers, right = answers[unsolved], right[unsolved]
        weights = None if weights is None else weights[unsolved]
        newly = right_counts(answers, right, weights) / total
    return order, gains


def right_counts(
    answers: np.ndarray, right: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Weighted number of right answers of each query; zeros where there are no items.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    right : ndarray, shape (n_items,)
        The answer that is right for each item.
    weights : ndarray of int, shape (n_items,), optional

    Returns
    -------
    ndarray of float, shape (n_queries,)
    """
    if len(answers) == 0:
        return np.zeros(answers.shape[1])
    return right_answers(answers, right, None if weights is None else weights[None, :])[0]


def _price(costs: np.ndarray) -> np.ndarray:
    """Costs in units of the median of those above 0, so that the unit of cost does not matter."""
    paid = costs[costs > 0]
    return costs / np.median(paid) if len(paid) else costs


def _worth(newly: np.ndarray, price: np.ndarray) -> Any:
    """Gain for its cost; infinite for a free one that solves anything."""
    free = price == 0
    worth = newly / np.where(free, 1.0, price)
    worth[free & (newly > 0)] = np.inf
    return worth
