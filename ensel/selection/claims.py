"""Selectors for answers without classes: each option that somebody gave is a claim."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from sklearn.base import clone

from ensel.selection.base import QuerySelector
from ensel.selection.greedy_logit import GreedyLogit
from ensel.selection.greedy_mi import GreedyMI
from ensel.selection.market import Market, Tallies
from ensel.selection.mrmr import MRMR
from ensel.selection.ties import Ties
from ensel.table.codes import MISSING


def claims_of(answers: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Items as claims: a row for each option of each item that any query gave.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
        -1 = missing. Codes number the options of one item and mean nothing beyond it.
    right : ndarray of int, shape (n_items,)
        The answer that is right for each item.

    Returns
    -------
    said : ndarray of int8, shape (n_claims, n_queries)
        1 where the query gave that option, 0 where another, -1 where none.
    true : ndarray of int64, shape (n_claims,)
        1 where that option is right, else 0.
    items : ndarray of int64, shape (n_claims,)
        The item of each claim.

    Examples
    --------
    >>> said, true, items = claims_of(np.array([[7, 2, 7], [3, 3, -1]]), np.array([2, 3]))
    >>> said.tolist(), true.tolist(), items.tolist()
    ([[1, 0, 1], [0, 1, 0], [1, 1, -1]], [0, 1, 1], [0, 0, 1])
    """
    # An option stands where the columns first give it, so that its code plays no part.
    first = answers != MISSING
    for j in range(1, answers.shape[1]):
        first[:, j] &= (answers[:, :j] != answers[:, j, None]).all(axis=1)
    items, columns = np.nonzero(first)
    options = answers[items, columns]

    said = (answers[items] == options[:, None]).astype(np.int8)
    said[answers[items] == MISSING] = MISSING
    return said, (options == right[items]).astype(np.int64), items


class _OfClaims(QuerySelector):
    """What selectors on claims share."""

    gain_unit = "bits"

    @abstractmethod
    def _inner(self) -> QuerySelector:
        """The selector that is fitted on claims."""

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        claims = _Claims.of(market)
        if len(claims.classes) < 2:
            order = market.ranked(market.ties(market.accuracies), market.accuracies, budget)
            return order, [0.0] * len(order)
        return self._inner()._buy(claims, budget)

    def _check_labels_differ(self, market: Market) -> None:
        """Labels are codes of options here: that they are alike means nothing."""


class OnClaims(_OfClaims):
    """Buy by what answers tell of which options are right, where options differ between items.

    The items are turned into claims (`claims_of`), and a selector of classes is fitted on those:
    a query says of a claim yes, no, or nothing, and the claim is right or wrong. So nothing is
    learned from the codes of options: drawing them anew, item by item, changes no choice. All
    claims of an item have its weight. An option that no query gave is no claim. Accuracies are
    those of the items: where the inner selector looks at them, and where they settle ties. Where
    all claims are right, or all wrong, they tell nothing apart, and the most accurate queries are
    bought with gains of 0.

    Statements judged true or false are the published method's own setting [1]_; that options make
    good statements is derived here.

    `gains_` are those of the inner selector, on claims. Other parameters and attributes:
    `QuerySelector`.

    Parameters
    ----------
    selector : QuerySelector, optional
        Its own budget, seed and money play no part. Default: `GreedyMI`.

    See Also
    --------
    ClaimsMRMR, ClaimsMI, ClaimsLogit : With a selector built in.

    References
    ----------
    .. [1] arXiv 2602.08003.

    Examples
    --------
    >>> X = np.array([[0, 0, 5], [3, 3, 1], [4, 2, 4], [9, 8, 7]])  # options of four questions
    >>> OnClaims(GreedyMI(), budget=1).fit(X, [0, 3, 4, 9]).order_
    array([0])
    """

    def __init__(
        self,
        selector: QuerySelector | None = None,
        budget: int = 3,
        random_state: Any = 0,
        money: float | None = None,
    ) -> None:
        super().__init__(budget, random_state, money)
        self.selector = selector

    @property
    def nested(self) -> bool:  # type: ignore[override]
        """As the inner selector's."""
        return self._inner().nested

    def _inner(self) -> QuerySelector:
        return GreedyMI() if self.selector is None else clone(self.selector)


class ClaimsMRMR(_OfClaims):
    """Maximum relevance, minimum redundancy on claims: see `OnClaims` and `MRMR`.

    Examples
    --------
    >>> X = np.array([[0, 0, 5], [3, 3, 1], [4, 2, 4], [9, 8, 7]])
    >>> ClaimsMRMR(budget=1).fit(X, [0, 3, 4, 9]).order_
    array([0])
    """

    def _inner(self) -> QuerySelector:
        return MRMR()


class ClaimsMI(_OfClaims):
    """Greedy mutual information on claims: see `OnClaims` and `GreedyMI`.

    Examples
    --------
    >>> X = np.array([[0, 0, 5], [3, 3, 1], [4, 2, 4], [9, 8, 7]])
    >>> ClaimsMI(budget=1).fit(X, [0, 3, 4, 9]).gains_.round(3)  # 4 of 9 claims right: H = .991
    array([0.991])
    """

    def _inner(self) -> QuerySelector:
        return GreedyMI()


class ClaimsLogit(_OfClaims):
    """Greedy on the log loss of the logit vote over claims: see `OnClaims` and `GreedyLogit`.

    The next query of top-k, from which it departs for a reason only, is that by the accuracy on
    items.

    Measured with a plurality vote, half of the items to learn from, 20 splits, mean of budgets 2
    to 7, in points above top-k: .1 on MATH-500 (200 items, 29 models; `ClaimsMI` -.6, `ClaimsMRMR`
    -.3) and .2 on MMLU (5,700 items, 14 models; 0 and .1). Greedy choice by the information on the
    partition of the bought answers was tried and left out: it did no better than `ClaimsMI` (-.6
    and -.1).

    Parameters
    ----------
    budget : int
    caution : float
        See `GreedyLogit`.
    random_state : int, Generator or None
    money : float, optional

    Examples
    --------
    >>> X = np.array([[0, 0, 5], [3, 3, 1], [4, 2, 4], [9, 8, 7]])
    >>> ClaimsLogit(budget=1).fit(X, [0, 3, 4, 9]).order_
    array([0])
    """

    matched_vote = "logit"

    def __init__(
        self,
        budget: int = 3,
        caution: float = 1.0,
        random_state: Any = 0,
        money: float | None = None,
    ) -> None:
        super().__init__(budget, random_state, money)
        self.caution = caution

    def _inner(self) -> QuerySelector:
        return GreedyLogit(caution=self.caution)


class _Claims(Market):
    """A market of claims; accuracies are those of the items, and settle ties."""

    @classmethod
    def of(cls, market: Market) -> _Claims:
        """The same queries and prices, with a row a claim."""
        said, true, items = claims_of(market.answers, market.tallies.right)
        weights = None if market.weights is None else market.weights[items]
        return cls(
            answers=said,
            labels=true,
            classes=np.unique(true if weights is None else true[weights > 0]),
            weights=weights,
            models=market.models,
            costs=market.costs,
            money=market.money,
            rng=market.rng,
            tallies=Tallies(said, true, true, weights, accuracies=market.accuracies),
        )

    def ties(self, individual: np.ndarray) -> Ties:
        """Tie rule by the accuracy on items, whatever the score on claims."""
        return super().ties(self.accuracies)
