"""Exact search for the most informative set, and how far a greedy choice is from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.information.exhaustive import every_information, sets_at
from ensel.selection.base import QuerySelector
from ensel.selection.greedy_mi import GreedyMI
from ensel.selection.market import Market
from ensel.selection.ties import TOLERANCE, Ties

MOST_SETS = 10_000_000
"""Triples or quadruples of 5,000 items of four classes: at most 85 s on two busy cores."""


class ExactMI(QuerySelector):
    """Buy the set of queries that together tell most of the label, by trying every set.

    The set S of `budget` queries with the largest I(Y; X_S), estimated by plug-in from the joint
    pattern counts: the optimum of what [1]_ states and solves greedily. With `money`,
    the best affordable set of at most `budget`. Exact for the plug-in on the items it is fitted
    on; that is not the most accurate ensemble on other items, least of all where patterns are many
    for the number of items.

    One fit does *not* serve smaller budgets: the best three queries need not hold the best two.
    Fit again for each.

    Ties (within 1e-12 bits): more queries, then the better sum of individual informations, then
    the lower cost, then a seeded draw.

    `order_` is the order in which greedy mutual information buys within the set, and `gains_` its
    gains in bits; they add up to I(Y; X_S). Other parameters and attributes: `QuerySelector`.

    Parameters
    ----------
    most_sets : int
        More sets than this are refused with a ValueError at fit: C(n, budget) of the n queries
        that cost no more than the money, and, where money does not buy any `budget` of them, the
        smaller sets too.

    See Also
    --------
    GreedyMI : One query at a time.
    ensel.information.every_information : The information of every set.

    References
    ----------
    .. [1] arXiv 2602.08003.

    Examples
    --------
    >>> X = [[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]]
    >>> selector = ExactMI(budget=2).fit(X, [0, 1, 2, 3])
    >>> 1 in selector.order_, selector.gains_.tolist()  # column 1, and 0 or its twin 2
    (True, [1.0, 1.0])
    """

    gain_unit = "bits"
    matched_vote = "map"
    on_request = True
    nested = False

    def __init__(
        self,
        budget: int = 3,
        random_state: Any = 0,
        money: float | None = None,
        most_sets: int = MOST_SETS,
    ) -> None:
        super().__init__(budget, random_state, money)
        self.most_sets = most_sets

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        affordable = np.flatnonzero(market.open([]))
        sizes = sizes_to_search(market.costs[affordable], budget, market.money)
        check_sets(len(affordable), sizes, self.most_sets)
        answers, costs = market.answers[:, affordable], market.costs[affordable]
        individual = every_information(answers, market.labels, 1, weights=market.weights)
        lottery = market.ties(np.zeros(len(market.costs))).lottery
        ties = Ties(individual, costs, lottery[affordable])
        limit = _limit(market.money)
        best = _best_set(answers, market.labels, sizes, ties, limit, market.weights)
        chosen = affordable[best]
        order, gains = GreedyMI()._buy(market.narrowed(chosen), len(chosen))
        return [int(chosen[j]) for j in order], gains


@dataclass(frozen=True)
class GreedyShortfall:
    """What `greedy_shortfall` found.

    Attributes
    ----------
    greedy : tuple of int
        Columns that greedy mutual information buys, in order.
    greedy_bits : float
        I(Y; X_S) of them.
    optimum : tuple of int
        Columns of the best set, in the order in which greedy would buy them.
    optimum_bits : float
    """

    greedy: tuple[int, ...]
    greedy_bits: float
    optimum: tuple[int, ...]
    optimum_bits: float

    @property
    def bits(self) -> float:
        """What greedy is short of; 0 where it found a best set (to 1e-12 bits)."""
        short = self.optimum_bits - self.greedy_bits
        return short if short > TOLERANCE else 0.0

    @property
    def share(self) -> float:
        """The same as a share of the optimum, from 0 to 1."""
        return self.bits / self.optimum_bits if self.bits > 0 else 0.0


def greedy_shortfall(
    answers: Any, labels: Any, budget: int, *, most_sets: int = MOST_SETS, random_state: Any = 0
) -> GreedyShortfall:
    """How far greedy mutual information is from the best set of its size: the greedy shortfall.

    Of the plug-in information on these items, what both maximise. It says nothing of the accuracy
    on others: a set with more bits here may vote worse there.

    Parameters
    ----------
    answers : array_like of int, shape (n_items, n_queries)
        -1 = missing.
    labels : array_like, shape (n_items,)
    budget : int
    most_sets : int
        As for `ExactMI`.
    random_state : int, Generator or None
        Seed of the last resort among ties.

    Returns
    -------
    GreedyShortfall

    Raises
    ------
    ValueError
        More sets than `most_sets`, or what `ExactMI.fit` refuses.

    Examples
    --------
    >>> y = [0, 0, 0, 0, 1, 1, 1, 1]  # column 2 alone is best, but 0 and 1 together tell all: XOR
    >>> X = [[0, 0, 0], [1, 1, 0], [0, 0, 0], [1, 1, 1], [0, 1, 1], [1, 0, 1], [0, 1, 1], [1, 0, 0]]
    >>> found = greedy_shortfall(X, y, 2)
    >>> found.greedy[0], sorted(found.optimum), found.optimum_bits, found.bits
    (2, [0, 1], 1.0, 0.5)
    """
    exact = ExactMI(budget, random_state, most_sets=most_sets).fit(answers, labels)
    greedy = GreedyMI(budget, random_state).fit(answers, labels)
    return GreedyShortfall(
        greedy=tuple(greedy.order_.tolist()),
        greedy_bits=float(greedy.gains_.sum()),
        optimum=tuple(exact.order_.tolist()),
        optimum_bits=float(exact.gains_.sum()),
    )


def sizes_to_search(costs: np.ndarray, budget: int, money: float) -> list[int]:
    """Sizes of the sets that may be best, largest first.

    More queries never tell less. So smaller sets matter only where money does not buy every set
    of the budget's size.

    Parameters
    ----------
    costs : ndarray of float, shape (n_affordable,)
        Of the queries that cost no more than the money.
    budget : int
    money : float

    Returns
    -------
    list of int
    """
    most = min(budget, len(costs))
    if np.sort(costs)[-most:].sum() <= _limit(money):
        return [most]
    by_cost = np.cumsum(np.sort(costs))
    return list(range(int((by_cost[:most] <= _limit(money)).sum()), 0, -1))


def check_sets(n_queries: int, sizes: list[int], most_sets: int) -> None:
    """Check that the sets are not too many to try.

    Raises
    ------
    ValueError
        Otherwise.
    """
    n_sets = sum(math.comb(n_queries, size) for size in sizes)
    if n_sets > most_sets:
        fits = [k for k in range(1, sizes[0]) if math.comb(n_queries, k) <= most_sets]
        smaller = f"a budget of {fits[-1]}, " if fits and len(sizes) == 1 else ""
        raise ValueError(
            f"exact search of {n_sets:,} sets of {sizes[0]} among {n_queries} queries; at most "
            f"{most_sets:,} are tried: {smaller}fewer queries or greedy-mi is needed"
        )


def _best_set(
    answers: np.ndarray,
    labels: np.ndarray,
    sizes: list[int],
    ties: Ties,
    limit: float,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Columns of the best set; among sizes that tie, of the largest."""
    n_queries = answers.shape[1]
    best, chosen = -math.inf, np.empty(0, dtype=np.int64)
    for size in sizes:
        scores = every_information(
            answers, labels, size, weights=weights, costs=ties.costs, limit=limit
        )
        top = float(scores.max())
        if top > best + TOLERANCE:
            ranks = np.flatnonzero(scores >= top - TOLERANCE)
            sets = sets_at(ranks, n_queries, size)
            best, chosen = top, sets[ties.best_set(scores[ranks], sets)]
    return chosen


def _limit(money: float) -> float:
    return money * (1 + 1e-9)  # sums of decimal costs are not exact
