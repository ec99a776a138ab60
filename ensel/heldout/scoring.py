"""One split: fit every method on its training items, score every ensemble on its test items.

An item on which none of the bought queries gives an answer counts as wrong, whatever the vote would
guess: a missing answer is never right, for the single best query and for every ensemble alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ensel.heldout.splits import Split
from ensel.selection import SELECTORS
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.voting import VOTES

RANDOM_DRAWS = 10
VOTE_DRAW = 1000  # number of the generator that settles the votes' ties
SINGLE = "single-best"
LEAST_PROBABILITY = 1e-6
"""A vote surer than this of a wrong class is charged no more log loss."""

Key = tuple[str, str, int]
"""Method, vote, and number of queries."""
SINGLE_KEY: Key = (SINGLE, "majority", 1)


@dataclass(frozen=True)
class Plan:
    """What to score: ensembles by method, vote and number of queries."""

    keys: tuple[Key, ...]
    money: float | None = None
    """Most that the queries of an ensemble may cost together; sizes are then upper limits."""

    @classmethod
    def grid(cls, methods: Iterable[str], votes: Iterable[str], budgets: Iterable[int]) -> Plan:
        """Every method with every vote at every budget; the single best query once."""
        votes, budgets = tuple(votes), tuple(budgets)
        keys: list[Key] = []
        for method in methods:
            if method == SINGLE:
                keys.append(SINGLE_KEY)
            else:
                keys += [(method, vote, budget) for budget in budgets for vote in votes]
        return cls(tuple(keys))


@dataclass(frozen=True)
class Scored:
    """One ensemble on one split."""

    correct: np.ndarray
    """Score of each test item, shape (n_test,): 1 right, 0 wrong; a mean over random draws."""
    log_loss: np.ndarray
    """Of each test item, in nats, shape (n_test,); that of the first of random draws."""
    columns: tuple[int, ...]
    """Columns in the order of buying (of the first draw, for random)."""
    cost: float
    """Cost per item; NaN where unknown."""


@dataclass
class SplitResult:
    """All ensembles on one split."""

    scored: dict[Key, Scored] = field(default_factory=dict)
    unfilled: dict[tuple[str, int], str] = field(default_factory=dict)
    """Reason for each (method, budget) that the method could not fill."""


def score_split(table: PredictionTable, split: Split, plan: Plan) -> SplitResult:
    """Fit on the training items, score on the test items.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    split : Split
    plan : Plan

    Returns
    -------
    SplitResult
    """
    result = SplitResult()
    voting = VotingRoom(table, split)
    costs = table.costs

    def cost_of(columns: tuple[int, ...]) -> float:
        return float(costs[list(columns)].sum()) if costs is not None else float("nan")

    for method in dict.fromkeys(method for method, _, _ in plan.keys):
        keys = [key for key in plan.keys if key[0] == method]
        sizes = sorted({size for _, _, size in keys})
        bought: dict[int, list[tuple[int, ...]]] = {}
        for most in sizes[-1:] if SELECTORS[method].nested else sizes:
            bought[most] = []
            for draw in range(RANDOM_DRAWS if method == "random" else 1):
                selector = selector_of(method, most, split.rng(draw), plan.money)
                selector.fit(
                    voting.train,
                    voting.y_train,
                    models=table.models,
                    costs=costs,
                    sample_weight=split.weights,
                )
                bought[most].append(tuple(int(j) for j in selector.order_))
        for key in keys:
            _, vote, size = key
            orders = bought[size if size in bought else sizes[-1]]
            if len(orders[0]) < size and plan.money is None:
                model = table.models[orders[0][0]]
                result.unfilled[method, size] = (
                    f"the best model, {model}, has {len(orders[0])} sample(s)"
                )
                continue
            sets = [order[:size] for order in orders]
            if method == SINGLE:
                voted = [voting.alone(sets[0][0])]
            else:
                voted = [voting.voted(vote, columns) for columns in sets]
            result.scored[key] = Scored(
                np.mean([correct for correct, _ in voted], axis=0).astype(np.float32),
                voted[0][1],
                sets[0],
                float(np.mean([cost_of(columns) for columns in sets])),
            )
    return result


def selector_of(method: str, budget: int, random_state: Any, money: float | None = None) -> Any:
    """A selector by the name of its method; the single best query has no budget.

    Parameters
    ----------
    method : str
    budget : int
    random_state : int or Generator
    money : float, optional

    Returns
    -------
    QuerySelector
    """
    selector = SELECTORS[method](random_state=random_state).set_params(money=money)
    return selector if method == SINGLE else selector.set_params(budget=budget)


def buy(
    table: PredictionTable,
    method: str,
    budget: int,
    rows: np.ndarray,
    seed: int,
    money: float | None = None,
) -> tuple[list[int], np.ndarray, str]:
    """What a method buys from given items: columns in order, gains, and the gains' unit.

    Parameters
    ----------
    table : PredictionTable
    method : str
    budget : int
    rows : ndarray of int
        Items to learn from.
    seed : int
    money : float, optional

    Returns
    -------
    list of int, ndarray of float, str
    """
    selector = selector_of(method, budget, seed, money)
    labels = table.known_labels[rows]
    selector.fit(table.answers[rows], labels, models=table.models, costs=table.costs)
    return [int(j) for j in selector.order_], selector.gains_, selector.gain_unit


class VotingRoom:
    """Votes of sets of columns on one split; a set that several methods buy is voted once."""

    def __init__(self, table: PredictionTable, split: Split) -> None:
        labels = table.known_labels.astype(np.int64)
        self.split = split
        self.train = table.answers[split.train]
        self.test = table.answers[split.test]
        self.y_train, self.y_test = labels[split.train], labels[split.test]
        self.n_classes = table.n_classes
        self.done: dict[tuple[str, tuple[int, ...]], tuple[np.ndarray, np.ndarray]] = {}

    def voted(self, vote: str, columns: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Which test items the vote of these columns gets right, and its log losses."""
        key = (vote, tuple(sorted(columns)))
        if key not in self.done:
            chosen = list(key[1])
            fitted = VOTES[vote](n_classes=self.n_classes, random_state=self.split.rng(VOTE_DRAW))
            fitted.fit(self.train[:, chosen], self.y_train, sample_weight=self.split.weights)
            test = self.test[:, chosen]
            answered = (test != MISSING).any(axis=1)
            p = fitted.predict_proba(test)
            of_label = p[np.arange(len(p)), self.y_test]
            self.done[key] = (
                answered & (p.argmax(axis=1) == self.y_test),
                -np.log(np.maximum(of_label, LEAST_PROBABILITY)).astype(np.float32),
            )
        return self.done[key]

    def alone(self, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Which test items a query gets right by itself; it names no probabilities."""
        own = self.test[:, column] == self.y_test
        return own, np.full(len(own), np.nan, dtype=np.float32)
