"""Which rule, and from which score on: chosen on votes that had not seen an item's label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.exceptions import InputError
from ensel.policies.stages import Stages
from ensel.policies.stopping import ASK_ALL, RULES, LearnedRule, StoppingRule

N_THRESHOLDS = 200
"""Thresholds that are tried: quantiles of the scores."""
TOGETHER = 25
"""Thresholds that are tried at once."""
UNSEEN_LOSS = 0.7
"""Lost items that are added to those that a training set shows: what it did not happen to show.
With some 470 items or fewer, only thresholds at which none is lost are then tolerable."""


def stop_stages(stages: Stages, scores: np.ndarray, threshold: float) -> np.ndarray:
    """The stage at which each item stops, from 0; nobody stops before one usable answer.

    Parameters
    ----------
    stages : Stages
    scores : ndarray, shape (n_items, n_stages - 1)
    threshold : float

    Returns
    -------
    ndarray of int, shape (n_items,)

    Examples
    --------
    Two of four stages are settled; the first such is where it stops.

    >>> from ensel.policies.stages import stages_of
    >>> p = [np.array([[0.6, 0.4]])] * 4
    >>> stages = stages_of(np.array([[0, 0, 1, 0]]), p, is_open=False)
    >>> stop_stages(stages, np.array([[0.3, 0.1, 0.0]]), 0.2).tolist()
    [1]
    """
    open_so_far: np.ndarray = settled_scores(stages, scores) > threshold
    return open_so_far.sum(axis=1)


def settled_scores(stages: Stages, scores: np.ndarray) -> np.ndarray:
    """Lowest score up to each stage: an item has stopped where that is at most the threshold."""
    counted = np.where(stages.heard[:, :-1], scores, np.inf)
    return np.minimum.accumulate(counted, axis=1)


QUERIES, MONEY = "queries", "money"


@dataclass(frozen=True)
class Limit:
    """What an item may cost on average.

    Attributes
    ----------
    most : float
    unit : str
        ``"queries"`` or ``"money"``.
    """

    most: float
    unit: str = QUERIES


def limit_of(mean_budget: float | None, mean_money: float | None, costs: object) -> Limit | None:
    """The limit that a policy was given, in queries or in money.

    Raises
    ------
    InputError
        If it is of money, and costs are unknown.
    """
    if mean_money is not None:
        if costs is None:
            raise InputError("mean_money without costs; give the cost of every query")
        return Limit(float(mean_money), MONEY)
    return None if mean_budget is None else Limit(float(mean_budget))


@dataclass(frozen=True)
class Curve:
    """What each threshold is expected to cost and to lose; arrays of shape (n_thresholds,).

    Attributes
    ----------
    rule : LearnedRule
        Fitted on all items.
    thresholds : ndarray
        Ascending: from asking everything to stopping as soon as there is an answer.
    cost : ndarray
        Mean cost of an item, or mean queries where costs are unknown.
    queries : ndarray
        Mean number of queries.
    loss : ndarray
        Expected accuracy lost to asking everything: see `Stages.losses`.
    n_items : float
        Sum of the weights.
    """

    rule: StoppingRule
    thresholds: np.ndarray
    cost: np.ndarray
    queries: np.ndarray
    loss: np.ndarray
    n_items: float

    def losing_at_most(self, tolerance: float) -> int:
        """The cheapest threshold whose loss, and a little that was not seen, is tolerable.

        Where there are too few items for that, the cheapest of those that lose nothing.
        """
        fits = self.loss + UNSEEN_LOSS / self.n_items <= tolerance
        if not fits.any():
            fits = self.loss <= self.loss.min() + 1e-12
        return _best(fits, self.cost, self.loss)

    def within(self, limit: Limit) -> int:
        """The threshold that loses least of those that cost little enough on average."""
        means = self.queries if limit.unit == QUERIES else self.cost
        fits = means <= limit.most * (1 + 1e-12)
        if not fits.any():
            fits = means <= means.min() * (1 + 1e-12)
        return _best(fits, self.loss, self.cost)

    def key(self, place: int, limit: Limit | None) -> tuple[float, float]:
        """What is to be small: the cost at the tolerable loss, or the loss under a limit."""
        cost, loss = float(self.cost[place]), float(self.loss[place])
        return (cost, loss) if limit is None else (loss, cost)

    def can_keep(self, limit: Limit) -> bool:
        """Whether any threshold keeps the mean cost within a limit."""
        means = self.queries if limit.unit == QUERIES else self.cost
        return bool(means.min() <= limit.most * (1 + 1e-12))

    def levels(self, n_levels: int) -> np.ndarray:
        """Thresholds at about even steps of the mean cost, from asking everything down."""
        wanted = np.linspace(self.cost.max(), self.cost.min(), n_levels + 1)[1:]
        nearest = [int(np.abs(self.cost - cost).argmin()) for cost in wanted]
        return self.thresholds[np.unique(nearest)]


def _best(fits: np.ndarray, first: np.ndarray, then: np.ndarray) -> int:
    """The place of the smallest of `first` among those that fit, then of the smallest of `then`."""
    places = np.flatnonzero(fits)
    return int(places[np.lexsort((then[places], first[places]))[0]])


def curve_of(
    rule: StoppingRule,
    stages: Stages,
    folds: np.ndarray,
    weights: np.ndarray,
    costs: np.ndarray | None,
) -> Curve:
    """Try all thresholds of a rule on held-out votes.

    What a threshold costs is what the rule, fitted on all items, makes of them: that is the rule
    that will be used. What it loses is read off rules that have not learned from an item's fold,
    where they ask as many queries: a curve that has seen an item says too little of its loss, and
    the scores of other folds' rules are not quite those of this one.

    Parameters
    ----------
    rule : StoppingRule
        Not fitted; it is fitted here, on all items.
    stages : Stages
        Held-out votes.
    folds : ndarray of int, shape (n_items,)
    weights : ndarray of float, shape (n_items,)
    costs : ndarray of float, shape (n_stages,), optional
        Of the queries, in the order of asking.

    Returns
    -------
    Curve
    """
    scores = np.empty((len(weights), stages.n_stages - 1))
    for number in np.unique(folds):
        inside, outside = folds == number, folds != number
        if not outside.any():
            outside = inside
        fitted = rule.fit(stages.rows(outside), weights[outside])
        scores[inside] = fitted.scores(stages.rows(inside))
    _, _, asked, lost = _swept(stages, scores, weights, None)

    own = rule.fit(stages, weights).scores(stages)
    thresholds, cost, queries, _ = _swept(stages, own, weights, costs)
    # Both fall as the threshold rises; np.interp wants the numbers of queries ascending.
    loss = np.interp(queries, asked[::-1], lost[::-1])
    return Curve(rule, thresholds, cost, queries, loss, float(weights.sum()))


def _swept(
    stages: Stages, scores: np.ndarray, weights: np.ndarray, costs: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Thresholds, ascending, with mean cost, mean queries and expected loss of each."""
    lowest = settled_scores(stages, scores)
    finite = lowest[np.isfinite(lowest)]
    tried = np.quantile(finite, np.linspace(0, 1, N_THRESHOLDS)) if len(finite) else np.empty(0)
    # A little above a score that was seen, so that rounding does not decide on which side it is.
    tried = tried * (1 + 1e-6) + 1e-8
    thresholds = np.unique(np.concatenate([[ASK_ALL], tried]))

    shares = weights / weights.sum()
    paid = np.cumsum(np.ones(stages.n_stages) if costs is None else costs)
    cost, queries, loss = (np.empty(len(thresholds)) for _ in range(3))
    losses, items = stages.losses, np.arange(len(weights))
    for start in range(0, len(thresholds), TOGETHER):
        some = slice(start, start + TOGETHER)
        stops = (lowest[:, :, None] > thresholds[some]).sum(axis=1)
        cost[some] = shares @ paid[stops]
        queries[some] = shares @ (stops + 1)
        loss[some] = shares @ losses[items[:, None], stops]
    return thresholds, cost, queries, loss


def within(stages: Stages, rule: StoppingRule, costs: np.ndarray | None, limit: Limit) -> float:
    """The strictest threshold that keeps the mean cost within a limit; else the cheapest.

    Of the votes that will be used, on the training answers: their scores are not quite those of the
    folds, and a policy with few different scores may jump over a limit. What it asks needs no
    label, so nothing is chosen on labels here.

    Parameters
    ----------
    stages : Stages
    rule : StoppingRule
        Fitted.
    costs : ndarray of float, shape (n_stages,), optional
    limit : Limit

    Returns
    -------
    float
    """
    weights = np.ones(len(stages.best))
    thresholds, cost, queries, _ = _swept(stages, rule.scores(stages), weights, costs)
    means = queries if limit.unit == QUERIES else cost
    fits = np.flatnonzero(means <= limit.most * (1 + 1e-12))
    return float(thresholds[fits[0] if len(fits) else np.argmin(means)])


def best_of(curves: Sequence[Curve], tolerance: float, limit: Limit | None) -> tuple[Curve, int]:
    """The rule that serves best, and the place of its threshold.

    With a limit on the mean cost, the one that loses least under it; else, the one that is cheapest
    at the tolerable loss. The rules are compared by expected losses, whose differences are far
    less noisy than those of right and wrong.

    Parameters
    ----------
    curves : sequence of Curve
    tolerance : float
        Accuracy that may be lost to asking everything.
    limit : Limit, optional

    Returns
    -------
    curve : Curve
    place : int
    """
    if limit is None:
        places = [curve.losing_at_most(tolerance) for curve in curves]
    else:
        places = [curve.within(limit) for curve in curves]
    keys = [c.key(at, limit) for c, at in zip(curves, places, strict=True)]
    winner = min(range(len(curves)), key=lambda n: keys[n])  # the first of equals
    return curves[winner], places[winner]


MOST = float(np.finfo(float).max)
NUMBERS = (
    ("threshold", -MOST, MOST, "a finite number is needed"),
    (
        "mean_budget",
        1,
        MOST,
        "a number from 1 is needed; at least one query of every item is asked",
    ),
    ("mean_money", 0, MOST, "a sum of money from 0 is needed"),
    ("tolerance", 0, 1, "a share from 0 to 1 is needed"),
)
"""Parameters of what asks in sequence, their ranges, and what would be right."""


def check_numbers(policy: Any) -> None:
    """Check the numbers that a policy which asks in sequence is made with.

    Parameters
    ----------
    policy : Sequential

    Raises
    ------
    InputError
        If one is no number, or outside its range.
    """
    for name, least, most, needed in NUMBERS:
        value = getattr(policy, name)
        if value is None and name != "tolerance":
            continue
        is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise InputError(f"{name} {value!r}: {needed}")
    for name, least in (("budget", 1), ("n_folds", 2)):
        value = getattr(policy, name)
        if value is None and name == "budget":
            continue
        is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not is_whole or value < least:
            raise InputError(f"{name} {value!r}: a whole number from {least} is needed")


def learned_rules(kind: str | None) -> list[StoppingRule]:
    """The rule of a kind, or one of each where it is to be chosen."""
    return [LearnedRule(name) for name in (RULES if kind is None else [kind])]
