"""What a selector may look at: the training answers, and what is known of the queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ensel.selection.ties import Ties
from ensel.table.codes import (
    check_class_codes,
    checked_weights,
    checked_whole_numbers,
    class_positions,
    label_codes,
)
from ensel.voting.letters import sorted_classes

if TYPE_CHECKING:
    from ensel.information.kernels.joint_counts import JointCounts

BLOCK_CELLS = 2**22  # answers looked at together, so that no second matrix is made
ROUNDING = 1e-9  # sums of decimal costs are not exact


class Tallies:
    """What is counted of the training items: each when first asked for, and then kept.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    right : ndarray, shape (n_items,)
        The answer that is right for each item.
    labels : ndarray of int, shape (n_items,)
        Class index.
    weights : ndarray of int, shape (n_items,), or None
    counts : JointCounts, optional
        Where they are known already.
    accuracies : ndarray of float, shape (n_queries,), optional
        Where they are known already.
    """

    def __init__(
        self,
        answers: np.ndarray,
        right: np.ndarray,
        labels: np.ndarray,
        weights: np.ndarray | None,
        counts: JointCounts | None = None,
        accuracies: np.ndarray | None = None,
    ) -> None:
        self.answers, self.right, self.labels, self.weights = answers, right, labels, weights
        self._counts, self._accuracies = counts, accuracies

    @property
    def counts(self) -> JointCounts:
        """Compiled joint counts of the items that count."""
        if self._counts is None:
            from ensel.information.kernels.joint_counts import JointCounts

            self._counts = JointCounts(self.answers, self.labels, self.weights)
        return self._counts

    @property
    def accuracies(self) -> np.ndarray:
        """Share of right answers of each query; a missing one is not right."""
        if self._accuracies is None:
            weights = None if self.weights is None else self.weights[None, :]
            sums = right_answers(self.answers, self.right, weights)[0]
            total = len(self.answers) if self.weights is None else self.weights.sum()
            self._accuracies = sums / total
        return self._accuracies


@dataclass(frozen=True)
class Market:
    """What a selector may look at; laid out once, it serves several selectors.

    Attributes
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
        As they came.
    labels : ndarray of int, shape (n_items,)
        Class index.
    classes : ndarray, shape (n_classes,)
        Sorted labels of the items that count.
    weights : ndarray of int, shape (n_items,), or None
        How often an item counts; None: once.
    models : ndarray of str, shape (n_queries,)
    costs : ndarray of float, shape (n_queries,)
        Zeros where unknown.
    money : float
        What the bought queries may cost together; infinite where unlimited.
    rng : Generator
        What settles the last of ties; `reseeded` gives each selector one of its own.
    tallies : Tallies
        What has been counted of the items.

    Examples
    --------
    >>> from ensel.selection import GreedyMI, TopK
    >>> market = open_market(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 1, 1]))
    >>> [selector(1).buy(market.reseeded(0)) for selector in (TopK, GreedyMI)]  # packed once
    [[0], [0]]
    """

    answers: np.ndarray
    labels: np.ndarray
    classes: np.ndarray
    weights: np.ndarray | None
    models: np.ndarray
    costs: np.ndarray
    money: float
    rng: np.random.Generator
    tallies: Tallies

    def open(self, order: list[int]) -> np.ndarray:
        """Mask of the queries that can still be bought after those in `order`."""
        if np.isinf(self.money):
            is_open = np.ones(len(self.costs), dtype=bool)
        else:
            is_open = self.costs <= self.money * (1 + ROUNDING) - self.costs[order].sum()
        is_open[order] = False
        return is_open

    def ranked(self, ties: Ties, scores: np.ndarray, budget: int) -> list[int]:
        """The best-scored queries one after the other, as far as budget and money go."""
        order: list[int] = []
        while len(order) < budget:
            is_open = self.open(order) & (scores > -np.inf)
            if not is_open.any():
                break
            order.append(ties.best(scores, is_open))
        return order

    @property
    def accuracies(self) -> np.ndarray:
        """Share of right answers of each query; a missing one is not right."""
        return self.tallies.accuracies

    @property
    def counts(self) -> JointCounts:
        """Compiled joint counts of the items that count."""
        return self.tallies.counts

    @property
    def positions(self) -> np.ndarray:
        """Class of each dense code of `counts`; -1 where it is none."""
        return class_positions(self.counts.packed.values, self.classes)

    def ties(self, individual: np.ndarray) -> Ties:
        """Tie rule with the given individual scores."""
        return Ties(individual, self.costs, self.rng.permutation(len(self.costs)))

    def reseeded(self, random_state: Any) -> Market:
        """The same market, and what is counted in it, with another seed of the last of ties."""
        return replace(self, rng=np.random.default_rng(random_state))

    def narrowed(self, columns: np.ndarray) -> Market:
        """The market of some of the queries, whatever they cost."""
        answers = self.answers[:, columns]
        return replace(
            self,
            answers=answers,
            models=self.models[columns],
            costs=self.costs[columns],
            money=float("inf"),
            tallies=Tallies(answers, self.tallies.right, self.labels, self.weights),
        )

    def reweighted(self, weights: np.ndarray, random_states: Sequence[Any]) -> Iterator[Market]:
        """The same market for resamples of its items, one after the other.

        What does not depend on the weights is laid out once: answers are packed once, and the
        accuracies of all resamples are one product of matrices.

        Parameters
        ----------
        weights : ndarray of int, shape (n_resamples, n_items)
            How often each item counts. Every class must count somewhere in each resample.
        random_states : sequence of int, Generator or None
            Seed of the last resort among ties, one for each.

        Yields
        ------
        Market
        """
        if self.weights is not None:
            raise ValueError("a market of weighted items; one without weights is needed")
        right = self.tallies.right
        accuracies = right_answers(self.answers, right, weights)
        accuracies /= weights.sum(axis=1, keepdims=True)
        for row, of_row, seed in zip(weights, accuracies, random_states, strict=True):
            counts = self.counts.reweighted(row)
            yield replace(
                self,
                weights=row,
                rng=np.random.default_rng(seed),
                tallies=Tallies(self.answers, right, self.labels, row, counts, of_row),
            )


def open_market(
    X: np.ndarray,
    y: np.ndarray,
    *,
    models: Any = None,
    costs: Any = None,
    money: Any = None,
    sample_weight: Any = None,
    random_state: Any = 0,
) -> Market:
    """Check what a selector is given, and lay it out.

    Parameters
    ----------
    X, y, models, costs, sample_weight
        See `QuerySelector.fit`.
    money, random_state
        See `QuerySelector`.

    Returns
    -------
    Market

    Raises
    ------
    ValueError
        See `QuerySelector.fit`.
    """
    codes = checked_whole_numbers(X)
    n_queries = codes.shape[1]
    y = y.astype(np.int8) if y.dtype.kind == "b" else y  # codes too, also where all are true
    weights = checked_weights(sample_weight, len(codes))
    if weights is None:
        classes, labels = sorted_classes(y)
    else:
        counted = weights > 0
        labels = np.zeros(len(y), dtype=np.int64)  # of the others, any will do
        classes, labels[counted] = sorted_classes(y[counted])
    check_class_codes(codes, classes)
    return Market(
        answers=codes,
        labels=labels,
        classes=classes,
        weights=weights,
        models=_per_query(models, n_queries, "models", np.arange(n_queries).astype(str)),
        costs=_per_query(costs, n_queries, "costs", np.zeros(n_queries)).astype(float),
        money=spendable(money, costs),
        rng=np.random.default_rng(random_state),
        tallies=Tallies(codes, label_codes(labels, classes), labels, weights),
    )


def spendable(money: Any, costs: Any) -> float:
    """What a limit on money comes to; infinite where there is none.

    Raises
    ------
    ValueError
        If it is no number, buys no query, or there are no costs.
    """
    if money is None:
        return float("inf")
    if costs is None:
        raise ValueError(f"money={money!r} without costs; a cost for each query is needed")
    if isinstance(money, bool) or not isinstance(money, int | float | np.number):
        raise ValueError(f"money={money!r}; a number is needed")
    if not money >= np.min(costs):
        raise ValueError(f"money={money}: the cheapest query costs {np.min(costs):g}")
    return float(money)


def _per_query(values: Any, n_queries: int, what: str, default: np.ndarray) -> np.ndarray:
    if values is None:
        return default
    array = np.asarray(values)
    if array.shape != (n_queries,):
        raise ValueError(
            f"{what} of shape {array.shape}; one for each of {n_queries} queries needed"
        )
    if what == "costs" and not (np.isfinite(array.astype(float)) & (array >= 0)).all():
        raise ValueError("costs must be finite and not negative")
    return array


def right_answers(answers: np.ndarray, right: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Weighted number of right answers of each query, a row for each row of weights."""
    if right.dtype.kind in "iu" and right.max() <= np.iinfo(answers.dtype).max:
        right = right.astype(answers.dtype)  # compared without a wider copy
    n_items, n_queries = answers.shape
    exact = None if weights is None else weights.astype(float)  # sums are, below 2^53
    sums = np.empty((1 if weights is None else len(weights), n_queries))

    at_once = max(1, BLOCK_CELLS // max(n_items, 1))
    for start in range(0, n_queries, at_once):
        block = slice(start, start + at_once)
        holds = answers[:, block] == right[:, None]
        if exact is None:
            sums[:, block] = np.count_nonzero(holds, axis=0)
        elif holds.flags.f_contiguous:  # as it lies, so that it is read in order
            sums[:, block] = (holds.T.astype(float) @ exact.T).T
        else:
            sums[:, block] = exact @ holds.astype(float)
    return sums
