"""What every selector shares: checks, the fitted attributes, the tie rule."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np
from sklearn import config_context, get_config
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted

from ensel.selection.market import Market, open_market
from ensel.voting.letters import (
    as_objects,
    check_labels,
    checked,
    expects_text,
    is_text,
    sorted_classes,
    text_codes,
)


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
    nested = True
    """The first k of `order_` are what budget k would buy."""
    matched_vote = "weighted"
    """Name of the vote that goes with it."""
    on_request = False
    """Compared only where it is named."""
    needs_costs = False
    """Means nothing without costs."""
    n_draws = 1
    """Draws that a comparison averages over."""

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
        X : array_like of int or str, shape (n_items, n_queries)
            Answers as class codes, -1 = missing; or as text: None, NaN and "" are missing, the
            name of a class is that class, and any other text is a symbol of its own.
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
            If codes or weights have fractions or NaN, the budget is not from 1 to the number of
            columns, or the money buys no query.

        Examples
        --------
        >>> from ensel.selection import TopK
        >>> X = [["A", "B", None], ["B", "B", "A"], ["A", "no idea", "B"]]
        >>> selector = TopK(budget=1).fit(X, ["A", "B", "A"])
        >>> selector.transform(X).ravel().tolist()
        ['A', 'B', 'A']
        """
        X, y = checked(self, X, y)
        check_labels(y)
        if is_text(X):
            classes, y = sorted_classes(y)
            X, _ = text_codes(X, classes)
        market = open_market(
            X,
            y,
            models=models,
            costs=costs,
            money=self.money,
            sample_weight=sample_weight,
            random_state=self.random_state,
        )
        self._check_labels_differ(market)

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

        One market serves several selectors, each from a seed of its own (`Market.reseeded`).

        Parameters
        ----------
        market : Market
            From `ensel.selection.market.open_market`. Its money and its seed are what counts.

        Returns
        -------
        list of int
        """
        return self._buy(market, check_budget(self._wanted(), market.answers.shape[1]))[0]

    def transform(self, X: Any) -> Any:
        """Keep the bought columns, as they came.

        Parameters
        ----------
        X : array_like of int or str, shape (n_items, n_queries)

        Returns
        -------
        ndarray, shape (n_items, n_bought)
            In the order of the columns; or what `set_output` asks for.
        """
        # Missing answers among text are no reason to refuse; scikit-learn looks for NaN.
        X = as_objects(X) if expects_text(self, X) else X
        with config_context(assume_finite=expects_text(self, X) or get_config()["assume_finite"]):
            return super().transform(X)

    @abstractmethod
    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        """Return the columns in the order of buying, and the gain of each."""

    def _check_labels_differ(self, market: Market) -> None:
        """What counts in bits has nothing to learn from labels that are all alike."""
        if self.gain_unit == "bits" and len(market.classes) < 2:
            raise ValueError(
                f"{type(self).__name__}: all items have one class, so no answer tells more of "
                "it; for answers that are right or wrong, top-k or greedy-coverage is needed"
            )

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
