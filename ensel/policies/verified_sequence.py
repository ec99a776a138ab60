"""Ask one query after another until a verifier accepts an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ensel.exceptions import InputError
from ensel.policies.training import TrainingSet
from ensel.policies.verified_set import PASSED, Spent, VerifiedSet, rightness, weights_of
from ensel.selection.coverage import GreedyCoverage
from ensel.selection.ties import TOLERANCE, Ties
from ensel.voting.verifier import acceptance

SMOOTHING = 1.0
"""Items that say of each query what it gets alone, beside those that are not solved yet."""


class Errs(Protocol):
    """What is known of a verifier: `ensel.Verifier`, or anything like it."""

    @property
    def false_accept(self) -> float:
        """Probability that a wrong answer is accepted, in [0, 1]."""

    @property
    def false_reject(self) -> float:
        """Probability that a right answer is rejected, in [0, 1]."""

    @property
    def cost(self) -> float:
        """Of looking at one answer, from 0."""


class VerifiedSequence(VerifiedSet):
    """Buy queries by a selector, ask one after another, and stop at the first accepted answer.

    Which queries is the selector's choice. Their order is greedy: next comes the query with the
    largest chance that its answer is accepted where all before it were rejected, for its price
    (`asking_order`). A verifier that never errs solves the same items in any order; one that
    accepts wrong answers solves others in another, and the order does not look at that.

    With a verifier that never errs and equal prices this is greedy min-sum set cover: on the
    training items, the mean number of queries until one is right is at most four times that of
    the best order, and no quick method promises less [1]_. The factor holds for other prices and
    for chances of being accepted as well, where the training items are not smoothed: the accepted
    share is then a monotone submodular function of what was asked, prices are the durations of
    [2]_, and items that no query solves add the same to any order (derived here).

    How many queries it asks of an item depends on verdicts, which answers alone do not hold:
    `asked` and `costs_of` give the most that it may ask, `spent` what it is expected to.

    Parameters and attributes are those of `VerifiedSet`; `columns_` is the order of asking.

    See Also
    --------
    VerifiedSet : Asks all of them at once.
    verified_sequence : One that buys for coverage.

    References
    ----------
    .. [1] Feige, U., Lovász, L. & Tetali, P. (2004). Approximating min sum set cover.
       Algorithmica 40(4), 219-234.
    .. [2] Streeter, M. & Golovin, D. (2008). An online algorithm for maximizing submodular
       functions. Advances in Neural Information Processing Systems 21.

    Examples
    --------
    The first query is right on two items of three at a price of 4, the second on one at 1: 1/3
    for 1 is more than 2/3 for 4.

    >>> X, y = np.array([[1, 0], [1, 0], [0, 1]]), np.array([1, 1, 1])
    >>> policy = VerifiedSequence().fit(X, y, costs=[4.0, 1.0])
    >>> policy.columns_, policy.spent(X, y, [4.0, 1.0]).cost.tolist()
    ((1, 0), [5.0, 5.0, 1.0])
    >>> policy.next({}), policy.next({"1": False}), policy.next({"1": True})
    (('1',), ('0',), ())
    """

    def _bought(self, training: TrainingSet, draw: int) -> tuple[int, ...]:
        """Columns in the order of asking."""
        bought = list(super()._bought(training, draw))
        costs = _costs_of(training)[bought]
        known = np.zeros(len(bought)) if training.costs is None else costs
        right, answered = rightness(training.X[:, bought], training.y, self.classes_)
        weights = weights_of(training)

        accuracies = weights @ right / weights.sum()
        order = asking_order(
            acceptance(right, answered, self.false_accept, self.false_reject),
            costs + self.verifier_cost,
            weights,
            # What was bought earlier wins the last of ties: the selector drew its own.
            Ties(accuracies, known, np.arange(len(bought))),
        )
        return tuple(bought[place] for place in order)

    def spent(self, X: Any, y: Any, costs: Any = None) -> Spent:
        """What the items are expected to cost: each query as far as it is reached.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)
        y : array_like of int, shape (n_items,)
        costs : array_like of float, shape (n_queries,) or (n_items, n_queries), optional
            Of a query, or of each answer; default: not known.

        Returns
        -------
        Spent
            `asked` and `cost` are sums over queries, each by its probability that all before it
            were rejected; a query without an answer is paid for, but not looked at.
        """
        verified = self.solve(X, y)
        asked, looked = verified.asked, verified.looked
        if costs is None:
            return Spent(asked, looked, np.broadcast_to(np.nan, len(asked)))
        of_queries = np.asarray(costs, dtype=float)[..., list(self.columns_)]
        cost = (verified.reached * of_queries).sum(axis=1)
        return Spent(asked, looked, cost + self.verifier_cost * looked)

    def _to_ask(self, row: np.ndarray, taken: np.ndarray) -> Sequence[int]:
        if any(row[column] == PASSED for column in self.columns_):
            return []
        return super()._to_ask(row, taken)


def asking_order(
    accepted: np.ndarray, prices: np.ndarray, weights: np.ndarray, ties: Ties
) -> list[int]:
    """Queries in the order of their chance of being accepted, if none before is, per price.

    After some queries, an item is still there with the probability that all their answers were
    rejected. The chance of the next is its mean probability of being accepted over what is still
    there, and over one more item with the query's own mean, so that it is a number also where
    nothing is left. With equal prices and a verifier that never errs that item only settles ties.
    Among free queries, which come first, the chance counts. Greedy is the literature's
    (`VerifiedSequence`); the smoothing is derived here.

    Parameters
    ----------
    accepted : ndarray of float, shape (n_items, k)
        Probability that each answer is accepted, if it is looked at.
    prices : ndarray of float, shape (k,)
        Of asking a query and looking at its answer, from 0; as if it always gave one.
    weights : ndarray of float, shape (n_items,)
        How often each item counts.
    ties : Ties

    Returns
    -------
    list of int
        Columns of `accepted`, each once.

    Examples
    --------
    The first two solve the same items, so that the third, right less often, comes before the
    second.

    >>> accepted = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> ties = Ties(accepted.mean(axis=0), np.zeros(3), np.arange(3))
    >>> asking_order(accepted, np.ones(3), np.ones(3), ties)
    [0, 2, 1]
    """
    alone = weights @ accepted / weights.sum()
    # In units of the highest, so that the unit of money does not matter to what is a tie.
    prices = prices / (prices.max() or 1.0)
    free = prices <= TOLERANCE
    prices = np.where(free, 1.0, prices)
    remaining, is_open = weights.astype(float), np.ones(len(prices), dtype=bool)
    order: list[int] = []

    while is_open.any():
        left = remaining.sum() + SMOOTHING
        chances = (remaining @ accepted + SMOOTHING * alone) / left
        first = is_open & free & (chances > 0)
        best = ties.best(chances / prices, first if first.any() else is_open)
        order.append(best)
        is_open[best] = False
        remaining = remaining * (1 - accepted[:, best])
    return order


def verified_sequence(budget: int, verifier: Errs) -> VerifiedSequence:
    """A sequence that buys for coverage, as a verifier's errors and its cost ask for.

    Parameters
    ----------
    budget : int
        Most queries of an item.
    verifier : ensel.Verifier
        With `false_accept`, `false_reject` and `cost`.

    Returns
    -------
    VerifiedSequence
        Not fitted.

    See Also
    --------
    ensel.selection.GreedyCoverage : Buys.

    Examples
    --------
    >>> from ensel.selection import GreedyCoverage
    >>> VerifiedSequence(GreedyCoverage(budget=2), 2, false_accept=0.1).get_params(False)["budget"]
    2
    """
    return VerifiedSequence(
        GreedyCoverage(budget=budget),
        budget,
        verifier.false_accept,
        verifier.false_reject,
        verifier.cost,
    )


def _costs_of(training: TrainingSet) -> np.ndarray:
    """Cost of each query; 1 where costs are not known."""
    if training.costs is None:
        return np.ones(training.n_queries)
    costs = np.asarray(training.costs, dtype=float)
    if costs.shape != (training.n_queries,) or not (np.isfinite(costs) & (costs >= 0)).all():
        raise InputError(
            f"costs of shape {costs.shape}; a number from 0 for each of {training.n_queries} "
            "queries is needed"
        )
    return costs
