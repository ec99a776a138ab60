"""What every selector shares: checks, the fitted attributes, the tie rule."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ensel.selection.ties import Ties
from ensel.table.codes import (
    check_class_codes,
    checked_weights,
    checked_whole_numbers,
    class_positions,
    label_codes,
)

if TYPE_CHECKING:
    from ensel.information.kernels.joint_counts import JointCounts

BLOCK_CELLS = 2**22  # answers looked at together, so that no second matrix is made


@dataclass(frozen=True)
class Market:
    """What a selector may look at: the training answers and what is known of the queries."""

    answers: np.ndarray  # (n_items, n_queries) int, as they came
    labels: np.ndarray  # (n_items,) class index
    classes: np.ndarray  # (n_classes,) sorted labels of the items that count
    weights: np.ndarray | None  # (n_items,) how often an item counts; None: once
    models: np.ndarray  # (n_queries,) str
    costs: np.ndarray  # (n_queries,) float, zeros where unknown
    money: float  # what the bought queries may cost together; infinite where unlimited
    rng: np.random.Generator

    def open(self, order: list[int]) -> np.ndarray:
        """Mask of the queries that can still be bought after those in `order`."""
        if np.isinf(self.money):
            is_open = np.ones(len(self.costs), dtype=bool)
        else:  # sums of decimal costs are not exact
            is_open = self.costs <= self.money * (1 + 1e-9) - self.costs[order].sum()
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

    @cached_property
    def accuracies(self) -> np.ndarray:
        """Share of right answers of each query; a missing one is not right."""
        own = label_codes(self.labels, self.classes)
        items = None if self.weights is None else np.flatnonzero(self.weights)
        weights = None if items is None or self.weights is None else self.weights[items]
        own = own if items is None else own[items]
        kind = self.answers.dtype
        if own.dtype.kind in "iu" and own.max() <= np.iinfo(kind).max:
            own = own.astype(kind)  # compared without a wider copy
        n_queries = self.answers.shape[1]
        at_once = max(1, BLOCK_CELLS // max(len(self.answers), 1))
        right = np.empty(n_queries)
        for start in range(0, n_queries, at_once):
            block = self.answers[:, start : start + at_once]
            found = (block if items is None else block[items]) == own[:, None]
            right[start : start + at_once] = (
                np.count_nonzero(found, axis=0) if weights is None else weights @ found
            )
        return right / (len(own) if weights is None else weights.sum())

    @cached_property
    def counts(self) -> JointCounts:
        """Compiled joint counts of the items that count, made when first asked for."""
        from ensel.information.kernels.joint_counts import JointCounts

        return JointCounts(self.answers, self.labels, self.weights)

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
        own = label_codes(self.labels, self.classes)
        n_queries = self.answers.shape[1]
        at_once = max(1, BLOCK_CELLS // max(len(self.answers), 1))
        right = np.empty((len(weights), n_queries))
        exact = weights.astype(float)
        for start in range(0, n_queries, at_once):
            block = self.answers[:, start : start + at_once] == own[:, None]
            right[:, start : start + at_once] = exact @ block.astype(float)
        right /= weights.sum(axis=1, keepdims=True)
        for row, accuracies, seed in zip(weights, right, random_states, strict=True):
            market = replace(self, weights=row, rng=np.random.default_rng(seed))
            # In the place of what the cached properties would make.
            market.__dict__["counts"] = self.counts.reweighted(row)
            market.__dict__["accuracies"] = accuracies
            yield market

    @property
    def positions(self) -> np.ndarray:
        """Class of each dense code of `counts`; -1 where it is none."""
        return class_positions(self.counts.packed.values, self.classes)

    def ties(self, individual: np.ndarray) -> Ties:
        """Tie rule with the given individual scores."""
        return Ties(individual, self.costs, self.rng.permutation(len(self.costs)))


class QuerySelector(SelectorMixin, BaseEstimator):
    """Base of the selectors: scikit-learn feature selectors over answer matrices.

    Subclasses say in `_buy` which columns to buy and in which order. One fit serves every
    smaller budget: the first k of `order_` are what budget k would buy, where `nested` is true.

    Parameters
    ----------
    budget : int
        Number of queries to buy, from 1 to the number of columns.
    random_state : int, Generator or None
        Seed of the last resort among ties.
    money : float, optional
        Most that the bought queries may cost together; needs costs. Queries that no longer fit
        are passed over.

    Attributes
    ----------
    order_ : ndarray of int, shape (n_bought,)
        Columns as bought.
    gains_ : ndarray of float, shape (n_bought,)
        What each brought when it was bought, in `gain_unit`.
    support_ : ndarray of bool, shape (n_queries,)
        The bought columns as a mask.
    cost_ : float
        Sum of the bought queries' costs; NaN where costs are unknown.
    unspent_ : int
        Budget left over: 0 unless the method ran out of queries it may buy.
    """

    gain_unit = "accuracy"
    nested = True  # the first k of `order_` are what budget k would buy
    matched_vote = "weighted"
    on_request = False
    needs_costs = False
    n_draws = 1

    def __init__(self, budget: int = 3, random_state: Any = 0, money: float | None = None) -> None:
        self.budget = budget
        self.random_state = random_state
        self.money = money

    def fit(
        self, X: Any, y: Any, *, models: Any = None, costs: Any = None, sample_weight: Any = None
    ) -> Self:
        """Choose the queries to buy.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)
            Answers as class codes; -1 = missing.
        y : array_like, shape (n_items,)
            Labels. Integer labels are the codes; other labels are numbered in sorted order.
        models : sequence of str, shape (n_queries,), optional
            Model behind each query; default: every column is a model of its own.
        costs : array_like of float, shape (n_queries,), optional
            Cost of each query.
        sample_weight : array_like of int, shape (n_items,), optional
            How often each item counts, from 0: the same as items repeated that often.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X or the weights have fractions or NaN, the budget is not from 1 to the number of
            columns, or the money buys no query.
        """
        X, y = validate_data(self, X, y, dtype="numeric")
        check_classification_targets(y)
        market = open_market(
            X,
            y,
            models=models,
            costs=costs,
            money=self.money,
            sample_weight=sample_weight,
            random_state=self.random_state,
        )
        budget = check_budget(self._wanted(), X.shape[1])
        order, gains = self._buy(market, budget)
        self.order_ = np.asarray(order, dtype=int)
        self.gains_ = np.asarray(gains, dtype=float)
        self.support_ = np.zeros(X.shape[1], dtype=bool)
        self.support_[self.order_] = True
        self.cost_ = float(market.costs[self.order_].sum()) if costs is not None else float("nan")
        self.unspent_ = budget - len(self.order_)
        return self

    def buy(self, market: Market) -> list[int]:
        """Columns to buy, in order, in a market laid out before; nothing is kept.

        Parameters
        ----------
        market : Market

        Returns
        -------
        list of int
        """
        return self._buy(market, check_budget(self._wanted(), market.answers.shape[1]))[0]

    @abstractmethod
    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        """Return the columns in the order of buying, and the gain of each."""

    def _wanted(self) -> Any:
        return self.budget

    def _get_support_mask(self) -> np.ndarray:
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.target_tags.required = True
        return tags


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
    weights = checked_weights(sample_weight, len(codes))
    if weights is None:
        classes, labels = np.unique(y, return_inverse=True)
    else:
        counted = weights > 0
        classes = np.unique(y[counted])
        labels = np.zeros(len(y), dtype=np.int64)  # of the others, any will do
        labels[counted] = np.searchsorted(classes, y[counted])
    check_class_codes(codes, classes)
    return Market(
        answers=codes,
        labels=labels,
        classes=classes,
        weights=weights,
        models=_per_query(models, n_queries, "models", np.arange(n_queries).astype(str)),
        costs=_per_query(costs, n_queries, "costs", np.zeros(n_queries)).astype(float),
        money=check_money(money, costs),
        rng=np.random.default_rng(random_state),
    )


def check_budget(budget: Any, n_queries: int) -> int:
    """Check that a budget is a whole number from 1 to the pool's size.

    Raises
    ------
    ValueError
        Otherwise.
    """
    if isinstance(budget, bool) or not isinstance(budget, int | np.integer):
        raise ValueError(f"budget={budget!r}; a whole number of queries is needed")
    if not 1 <= budget <= n_queries:
        raise ValueError(
            f"budget={budget}: the pool has n_features = {n_queries} queries; "
            f"a budget from 1 to {n_queries} is needed"
        )
    return int(budget)


def check_money(money: Any, costs: Any) -> float:
    """Check that money buys at least one query; infinite where there is no limit.

    Raises
    ------
    ValueError
        Otherwise.
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
