"""The same queries in another order: cheap before dear, where prices differ."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import numpy as np

from ensel.policies.training import TrainingSet
from ensel.selection.greedy_logit import GainPerCost


class CheapFirst(Enum):
    """Whether queries are asked by their gain per price."""

    NO = "no"
    YES = "yes"


def prices_differ(training: TrainingSet, columns: Sequence[int]) -> bool:
    """Whether the prices of some queries are known, and not all the same."""
    if training.costs is None:
        return False
    return len(np.unique(np.asarray(training.costs)[list(columns)])) > 1


def prices_of(training: TrainingSet, columns: Sequence[int]) -> np.ndarray | None:
    """Prices in the order of asking; None where unknown."""
    if training.costs is None:
        return None
    return np.asarray(training.costs, dtype=float)[list(columns)]


def by_gain_per_price(training: TrainingSet, columns: Sequence[int]) -> tuple[int, ...]:
    """The same columns, each next one with the largest log-loss gain for its price.

    Parameters
    ----------
    training : TrainingSet
        Class positions, with a cost for every query.
    columns : sequence of int

    Returns
    -------
    tuple of int

    See Also
    --------
    ensel.selection.GainPerCost : The order.
    """
    if len(np.unique(training.y)) < 2:  # no answer tells more of one class
        return tuple(columns)
    among = list(columns)
    costs = np.asarray(training.costs, dtype=float)[among]
    selector = GainPerCost(budget=len(among))
    order = selector.fit(
        training.X[:, among], training.y, costs=costs, sample_weight=training.sample_weight
    ).order_
    chosen = [among[place] for place in order]
    return tuple(chosen + [column for column in among if column not in chosen])
