"""What each of the three terms of a query's information is worth: the choices they make.

Greedy buying by relevance alone, by relevance less redundancy, and by all three terms: see
`ensel.studies.terms` for what they are. That arXiv 2602.08003 ablates these three is inferred from
reports of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ensel.heldout.intervals import (
    Estimate,
    SplitScores,
    accuracy_interval,
    difference_interval,
    mean_interval,
)
from ensel.heldout.scoring import Exam
from ensel.heldout.splits import Split, random_splits
from ensel.information import information_terms
from ensel.parallel import over_splits
from ensel.selection.base import Market, QuerySelector
from ensel.studies.rows import interval_columns, scores_of, split_columns
from ensel.studies.terms import held_out_bits
from ensel.table.prediction_table import PredictionTable
from ensel.voting import MAPVote

ALL_TERMS = "all three"
VARIANTS = {"relevance": 1, "relevance - redundancy": 2, ALL_TERMS: 3}
"""Scores of the ablation, and how many terms they have."""
QUANTITIES = ("accuracy", "information")


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

    See Also
    --------
    ensel.selection.GreedyMI : All three terms.
    ensel.selection.MRMR : Relevance less the mean redundancy over pairs.

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

    Accuracy is that of the MAP vote, as in arXiv 2602.08003. Information is the lower bound of
    `ensel.studies.terms.held_out_bits`.

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

    See Also
    --------
    ensel.studies.terms.information_by_term : The terms themselves.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50), queries=slice(0, None, 15))
    >>> ablate_terms(pool, most=2, n_splits=2)["variant"].nunique()
    3
    """
    budgets = range(1, min(most, table.n_queries) + 1)
    splits = random_splits(table, n_splits, train, seed)
    by_split = over_splits(
        _ablate_split, table, splits, len(budgets), label="ablation", progress=progress
    )

    rows = []
    for quantity in QUANTITIES:
        for budget in budgets:
            scores = {
                variant: scores_of(table, splits, by_split, (variant, budget, quantity))
                for variant in VARIANTS
            }
            for variant in VARIANTS:
                value, difference = _estimates(scores, variant, quantity)
                key = {"variant": variant, "quantity": quantity, "budget": budget}
                rows.append(
                    split_columns(splits)
                    | key
                    | interval_columns("value", value)
                    | interval_columns("difference", difference)
                )
    return pd.DataFrame(rows)


def _estimates(
    scores: dict[str, SplitScores], variant: str, quantity: str
) -> tuple[Estimate, Estimate]:
    """A variant's mean score, and its paired difference to all three terms."""
    own, difference = scores[variant], scores[variant] - scores[ALL_TERMS]
    if quantity == "accuracy":
        same = variant == ALL_TERMS
        return accuracy_interval(own), difference_interval(difference, same=same)
    return mean_interval(own), mean_interval(difference)


def _ablate_split(
    table: PredictionTable, split: Split, most: int
) -> dict[tuple[str, int, str], np.ndarray]:
    """Scores of test items by (variant, budget, quantity) on one split."""
    exam = Exam(table, split)
    scores = {}
    for variant, n_terms in VARIANTS.items():
        selector = GreedyTerms(most, random_state=split.rng(0), n_terms=n_terms)
        order = selector.fit(exam.training.X, exam.training.y).order_
        for budget in range(1, most + 1):
            columns = tuple(int(j) for j in order[:budget])
            scores[variant, budget, "accuracy"] = _right_by_map(exam, columns)
            scores[variant, budget, "information"] = held_out_bits(table, exam, columns)
    return scores


def _right_by_map(exam: Exam, columns: tuple[int, ...]) -> np.ndarray:
    """Which test items the MAP vote of some queries gets right, as 0 and 1."""
    return exam.voted(MAPVote(), columns)[0].astype(np.float32)
