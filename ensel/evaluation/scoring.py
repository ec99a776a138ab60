"""One split: fit every method on its training items, score every ensemble on its test items.

An item on which none of the bought queries gives an answer counts as wrong, whatever the vote would
guess: a missing answer is never right, for the single best query and for every ensemble alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ensel.answers import MISSING
from ensel.evaluation.splits import Split
from ensel.predictions import PredictionTable
from ensel.selection import SELECTORS
from ensel.voting import VOTES

RANDOM_DRAWS = 10
VOTE_DRAW = 1000  # number of the generator that settles the votes' ties
SINGLE = "single-best"


@dataclass(frozen=True)
class Plan:
    """What to compare: names of methods and votes, and budgets in queries."""

    methods: tuple[str, ...]
    votes: tuple[str, ...]
    budgets: tuple[int, ...]


@dataclass(frozen=True)
class Scored:
    """One ensemble on one split."""

    correct: np.ndarray
    """Score of each test item, shape (n_test,): 1 right, 0 wrong; a mean over random draws."""
    columns: tuple[int, ...]
    """Columns in the order of buying (of the first draw, for random)."""
    cost: float
    """Cost per item; NaN where unknown."""


@dataclass
class SplitResult:
    """All ensembles on one split."""

    scored: dict[tuple[str, str, int], Scored] = field(default_factory=dict)
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
    voting = _VotingRoom(table, split)
    costs = table.costs

    def cost_of(columns: tuple[int, ...]) -> float:
        return float(costs[list(columns)].sum()) if costs is not None else float("nan")

    for method in plan.methods:
        most = 1 if method == SINGLE else max(plan.budgets)
        orders = []
        for draw in range(RANDOM_DRAWS if method == "random" else 1):
            selector = SELECTORS[method](random_state=split.rng(draw))
            if method != SINGLE:
                selector.set_params(budget=most)
            selector.fit(voting.train, voting.y_train, models=table.models, costs=costs)
            orders.append(tuple(int(j) for j in selector.order_))
        if method == SINGLE:
            (best,) = orders[0]
            own = table.answers[split.test, best] == voting.y_test
            single = Scored(own.astype(np.float32), orders[0], cost_of(orders[0]))
            result.scored[method, "majority", 1] = single
            continue
        for budget in plan.budgets:
            if len(orders[0]) < budget:
                model = table.models[orders[0][0]]
                result.unfilled[method, budget] = (
                    f"the best model, {model}, has {len(orders[0])} sample(s)"
                )
                continue
            sets = [order[:budget] for order in orders]
            for vote in plan.votes:
                correct = np.mean([voting.correct(vote, columns) for columns in sets], axis=0)
                cost = float(np.mean([cost_of(columns) for columns in sets]))
                result.scored[method, vote, budget] = Scored(
                    correct.astype(np.float32), sets[0], cost
                )
    return result


class _VotingRoom:
    """Votes of sets of columns on one split; a set that several methods buy is voted once."""

    def __init__(self, table: PredictionTable, split: Split) -> None:
        labels = table.known_labels.astype(np.int64)
        self.split = split
        self.train = table.answers[split.train]
        self.test = table.answers[split.test]
        self.y_train, self.y_test = labels[split.train], labels[split.test]
        self.n_classes = table.n_classes
        self.done: dict[tuple[str, tuple[int, ...]], np.ndarray] = {}

    def correct(self, vote: str, columns: tuple[int, ...]) -> np.ndarray:
        """Which test items the vote of these columns gets right."""
        key = (vote, tuple(sorted(columns)))
        if key not in self.done:
            chosen = list(key[1])
            fitted = VOTES[vote](n_classes=self.n_classes, random_state=self.split.rng(VOTE_DRAW))
            fitted.fit(self.train[:, chosen], self.y_train)
            test = self.test[:, chosen]
            answered = (test != MISSING).any(axis=1)
            self.done[key] = answered & (fitted.predict(test) == self.y_test)
        return self.done[key]
