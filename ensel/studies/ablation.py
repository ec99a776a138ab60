"""What each of the three terms of a query's information is worth: bits, and the choices they make.

I(Y; X_j | X_S) = I(Y; X_j) [relevance] - I(X_j; X_S) [redundancy] + I(X_j; X_S | Y) [dependence].
Identity: Brown et al. 2012; that arXiv 2602.08003 ablates these three is inferred from reports.

Intervals are those of `ensel.heldout.intervals`. A plug-in information is the mean over items of
log2 p(x, y) / (p(x) p(y)), and to first order an item's influence on it is that logarithm less the
mean (the entropies' own derivatives cancel; classical), so that these logarithms are scores of
items like any other. The Miller-Madow correction moves the mean, not the influences.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ensel.heldout.intervals import (
    SplitScores,
    accuracy_interval,
    difference_interval,
    mean_interval,
)
from ensel.heldout.scoring import VotingRoom
from ensel.heldout.splits import Split, random_splits
from ensel.information import information_terms, pattern_ids
from ensel.parallel import over_splits
from ensel.selection import GreedyMI
from ensel.selection.base import Market, QuerySelector
from ensel.table.prediction_table import PredictionTable

TERMS = ("relevance", "redundancy", "dependence")
VARIANTS = {
    "relevance": 1,
    "relevance - redundancy": 2,
    "all three": 3,
}
"""Scores of the ablation, and how many terms they have."""
ALL_TERMS = "all three"


class GreedyTerms(QuerySelector):
    """Buy, one at a time, the query with the best sum of the first terms of its information.

    Parameters
    ----------
    budget : int
    random_state : int, Generator or None
    money : float, optional
    n_terms : {1, 2, 3}
        1: I(Y; X_j); 2: less I(X_j; X_S), the redundancy with all bought queries jointly (mRMR
        has a mean over pairs); 3: plus I(X_j; X_S | Y), which is `GreedyMI`.

    Examples
    --------
    >>> X = [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]  # two copies, and another view
    >>> sorted(GreedyTerms(budget=2, n_terms=2).fit(X, [0, 1, 2, 3]).order_.tolist())[1]
    2
    """

    gain_unit = "bits"

    def __init__(
        self,
        budget: int = 3,
        random_state: Any = 0,
        money: float | None = None,
        n_terms: int = 3,
    ) -> None:
        super().__init__(budget, random_state, money)
        self.n_terms = n_terms

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        if self.n_terms not in VARIANTS.values():
            raise ValueError(f"n_terms={self.n_terms!r}; 1, 2 or 3 is needed")
        order: list[int] = []
        gains: list[float] = []
        ties = None
        while len(order) < budget and (is_open := market.open(order)).any():
            terms = information_terms(market.answers, market.labels, order, weights=market.weights)
            ties = market.ties(terms.relevance) if ties is None else ties
            scores = terms.relevance.copy()
            if self.n_terms > 1:
                scores -= terms.redundancy
            if self.n_terms > 2:
                scores += terms.dependence
            best = ties.best(scores, is_open)
            order.append(best)
            gains.append(float(scores[best]))
        return order, gains


def ablate_terms(
    table: PredictionTable,
    *,
    most: int = 8,
    train: float | int = 0.5,
    n_splits: int = 10,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Greedy on one, two and three terms: held-out accuracy, and held-out information.

    Accuracy is that of the MAP vote, as in arXiv 2602.08003. Information is the lower bound
    H(Y) - E[-log2 q(Y | X_S)] with the logit vote as q, on items that neither the queries nor the
    vote have seen.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    most : int
        Largest budget; the pool's size if that is less.
    train : float or int
    n_splits, seed : int
    progress : bool, optional

    Returns
    -------
    DataFrame
        A row per variant, budget and quantity (``accuracy``, in [0, 1], or ``information``, in
        bits): `value`, `value_low`, `value_high`, and the paired difference to all three terms,
        `difference`, `difference_low`, `difference_high`; `n_train`, `n_splits`.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50), queries=slice(0, None, 15))
    >>> ablate_terms(pool, most=2, n_splits=2)["variant"].nunique()
    3
    """
    budgets = range(1, min(most, table.n_queries) + 1)
    splits = random_splits(table, n_splits, train, seed)
    found = over_splits(
        _ablate_split, table, splits, len(budgets), label="ablation", progress=progress
    )
    tests = [split.test for split in splits]
    rows = []
    for quantity in ("accuracy", "information"):
        for budget in budgets:
            scores = {
                variant: SplitScores(
                    table.n_items,
                    tests,
                    [one[variant, budget, quantity] for one in found],
                    table.groups,
                )
                for variant in VARIANTS
            }
            for variant, own in scores.items():
                apart, same = own - scores[ALL_TERMS], variant == ALL_TERMS
                if quantity == "accuracy":
                    value, difference = (
                        accuracy_interval(own),
                        difference_interval(apart, same=same),
                    )
                else:
                    value, difference = mean_interval(own), mean_interval(apart)
                rows.append(
                    {
                        "n_train": len(splits[0].train),
                        "n_splits": n_splits,
                        "variant": variant,
                        "quantity": quantity,
                        "budget": budget,
                        "value": value.value,
                        "value_low": value.low,
                        "value_high": value.high,
                        "difference": difference.value,
                        "difference_low": difference.low,
                        "difference_high": difference.high,
                    }
                )
    return pd.DataFrame(rows)


def _ablate_split(
    table: PredictionTable, split: Split, most: int
) -> dict[tuple[str, int, str], np.ndarray]:
    room = VotingRoom(table, split)
    untold = _untold(table, room)
    found = {}
    for variant, n_terms in VARIANTS.items():
        selector = GreedyTerms(most, random_state=split.rng(0), n_terms=n_terms)
        order = selector.fit(room.train, room.y_train).order_
        for budget in range(1, most + 1):
            columns = tuple(int(j) for j in order[:budget])
            found[variant, budget, "accuracy"] = room.voted("map", columns)[0].astype(np.float32)
            loss = room.voted("logit", columns)[1] / np.log(2)
            found[variant, budget, "information"] = untold - loss
    return found


def _untold(table: PredictionTable, room: VotingRoom) -> np.ndarray:
    """What each test item's label would tell, in bits: the terms whose mean is H(Y)."""
    shares = np.bincount(table.known_labels.astype(int), minlength=table.n_classes) / table.n_items
    return -np.log2(shares[room.y_test])


def information_by_term(
    table: PredictionTable,
    *,
    most: int = 5,
    train: float | int = 0.5,
    n_splits: int = 10,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Information of what Greedy MI buys, split in its three terms, summed over the purchases.

    Queries are bought on the training items of each split; terms are estimated on the others, with
    the Miller-Madow correction.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    most : int
        Largest budget; the pool's size if that is less.
    train : float or int
    n_splits, seed : int
    progress : bool, optional

    Returns
    -------
    DataFrame
        A row per budget and quantity, in bits: ``relevance``, ``redundancy``, ``dependence`` (sums
        over the queries bought so far), ``information`` (their total, I(Y; X_S)), ``on training
        items`` (the plug-in of I(Y; X_S) that the method itself sees), ``held-out bound`` (see
        `ablate_terms`); `value`, `value_low`, `value_high`, `n_train`, `n_splits`.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50), queries=slice(0, None, 15))
    >>> len(information_by_term(pool, most=2, n_splits=2))
    12
    """
    budgets = range(1, min(most, table.n_queries) + 1)
    splits = random_splits(table, n_splits, train, seed)
    found = over_splits(
        _terms_of_split, table, splits, len(budgets), label="terms", progress=progress
    )
    rows = []
    for budget in budgets:
        for quantity in (*TERMS, "information", "on training items", "held-out bound"):
            learned = quantity == "on training items"
            parts = [split.train if learned else split.test for split in splits]
            scores = SplitScores(
                table.n_items, parts, [one[quantity, budget] for one in found], table.groups
            )
            value = mean_interval(scores, scores.item_variance() if learned else None)
            rows.append(
                {
                    "n_train": len(splits[0].train),
                    "n_splits": n_splits,
                    "budget": budget,
                    "quantity": quantity,
                    "value": value.value,
                    "value_low": value.low,
                    "value_high": value.high,
                }
            )
    return pd.DataFrame(rows)


def _terms_of_split(
    table: PredictionTable, split: Split, most: int
) -> dict[tuple[str, int], np.ndarray]:
    room = VotingRoom(table, split)
    order = GreedyMI(most, random_state=split.rng(0)).fit(room.train, room.y_train).order_.tolist()
    untold = _untold(table, room)
    sums = {name: np.zeros(len(split.test)) for name in TERMS}
    found = {}
    for budget in range(1, most + 1):
        bought, new = order[: budget - 1], order[budget - 1]
        own = pointwise_terms(room.test, room.y_test, bought, new)
        right = information_terms(room.test, room.y_test, bought, [new], correction="miller-madow")
        for name in TERMS:
            value = float(getattr(right, name)[0]) if bought or name == "relevance" else 0.0
            sums[name] = sums[name] + own[name] - own[name].mean() + value
            found[name, budget] = sums[name]
        found["information", budget] = sums["relevance"] - sums["redundancy"] + sums["dependence"]
        columns = order[:budget]
        seen = pattern_ids(room.train[:, columns])
        found["on training items", budget] = log_ratio(seen, room.y_train)
        loss = room.voted("logit", tuple(columns))[1] / np.log(2)
        found["held-out bound", budget] = untold - loss
    return found


def pointwise_terms(
    answers: np.ndarray, labels: np.ndarray, bought: Sequence[int], new: int
) -> dict[str, np.ndarray]:
    """Log ratios of each item whose means are the three plug-in terms of a new query.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    labels : ndarray of int, shape (n_items,)
    bought : sequence of int
        Columns bought so far.
    new : int
        Column of the new query.

    Returns
    -------
    dict of str to ndarray of float, shape (n_items,)
        Bits.

    Examples
    --------
    >>> X, xor = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    >>> {name: float(x.mean()) for name, x in pointwise_terms(X, xor, [0], 1).items()}
    {'relevance': 0.0, 'redundancy': 0.0, 'dependence': 1.0}
    """
    x = pattern_ids(answers[:, [new]])
    y = pattern_ids(labels)
    none = np.zeros(len(y), dtype=np.int64)
    pattern = pattern_ids(answers[:, list(bought)]) if len(bought) else none
    return {
        "relevance": log_ratio(x, y),
        "redundancy": log_ratio(x, pattern),
        "dependence": log_ratio(x, pattern, y),
    }


def log_ratio(a: np.ndarray, b: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
    """log2 p(a, b | given) / (p(a | given) p(b | given)) of each item, by its observed shares.

    Parameters
    ----------
    a, b : ndarray of int, shape (n_items,)
        Codes from 0.
    given : ndarray of int, shape (n_items,), optional

    Returns
    -------
    ndarray of float, shape (n_items,)
        Its mean is the plug-in I(A; B | given), in bits.

    Examples
    --------
    >>> log_ratio(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    array([1., 1., 1., 1.])
    """
    c = np.zeros(len(a), dtype=np.int64) if given is None else given

    def count(*codes: np.ndarray) -> np.ndarray:
        ids = pattern_ids(np.column_stack(codes))
        return np.bincount(ids)[ids].astype(float)

    return np.log2(count(a, b, c) * count(c) / (count(a, c) * count(b, c)))
