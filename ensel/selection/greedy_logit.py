"""Greedy on the log loss of the logit vote, unless the evidence is too thin to leave top-k."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ensel.information.patterns import first_rows, pattern_ids
from ensel.selection.base import QuerySelector
from ensel.selection.market import Market
from ensel.voting.logit import class_precision, fit_weights

if TYPE_CHECKING:
    from ensel.information.kernels.joint_counts import JointCounts

SHRINKAGE = 10.0


class GreedyLogit(QuerySelector):
    """Buy, one at a time, the query that most lowers the log loss of the logit vote.

    The log loss is what selection and vote then share: H(Y) less it bounds the information from
    below, and unlike a plug-in table it does not drown in patterns. A candidate's gain is that of
    one Newton step on its weights, the bought queries' being fitted. With few items the gains of
    most candidates are alike but for noise, and accuracy is the better guide: the next query of
    top-k is bought unless another one's gain is larger by more than `caution` sqrt(log N) standard
    errors of the paired difference over items: the best of N candidates that are alike looks
    better by sqrt(2 log N) of them if they are independent, and by less as they are correlated.
    Derived here; ``benchmarks/regret.py`` compares.

    `gains_` are the steps' mean log-loss gains in bits, on the training items. Attributes:
    `QuerySelector`.

    Parameters
    ----------
    budget : int
        See `QuerySelector`.
    caution : float
        How far a gain must exceed that of the next query of top-k: see above. 0 is plain greedy,
        infinity is top-k.
    random_state : int, Generator or None
        Seed of the last resort among ties.
    money : float, optional
        See `QuerySelector`.

    See Also
    --------
    GainPerCost : Gain for its cost, under a limit on money.
    ensel.voting.LogitVote : The vote that it goes with.

    Examples
    --------
    >>> y = [0, 0, 0, 0, 1, 1, 1, 1] * 9
    >>> good, copy = [0, 0, 0, 1, 1, 1, 1, 0] * 9, [0, 0, 0, 1, 1, 1, 1, 0] * 9
    >>> other = [0, 1, 1, 0, 1, 0, 1, 1] * 9  # less accurate, but not wrong on the same items
    >>> sorted(GreedyLogit(budget=2).fit(np.array([good, copy, other]).T, y).order_[1:].tolist())
    [2]
    """

    gain_unit = "bits"
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

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        if not self.caution >= 0:
            raise ValueError(f"caution={self.caution!r}; a number from 0 is needed")
        counts, n_classes = market.counts, len(market.classes)
        accuracies, positions = market.accuracies, market.positions
        ties = market.ties(accuracies)
        bought = np.empty((len(counts.labels), 0), dtype=np.int64)
        order: list[int] = []
        gains: list[float] = []

        while len(order) < budget and (is_open := market.open(order)).any():
            default = ties.best(accuracies, is_open)
            columns = np.flatnonzero(is_open)
            fitted = _fitted(bought, counts, n_classes)
            of_column, leads, spreads = _compared(counts, positions, *fitted, default, columns)
            errors = spreads / np.sqrt(counts.total)
            scores = np.full(len(is_open), -np.inf)
            scores[columns] = self._scores(of_column, leads, errors, market.costs[columns])

            order.append(ties.best(scores, is_open))
            gains.append(float(of_column[columns == order[-1]][0] / np.log(2)))
            bought = np.column_stack([bought, positions[counts.codes(order[-1])]])
        return order, gains

    def _scores(
        self, gains: np.ndarray, leads: np.ndarray, errors: np.ndarray, costs: np.ndarray
    ) -> np.ndarray:
        """What each candidate's gain, its lead over the next of top-k, and its cost are worth."""
        doubt = np.zeros(len(leads))
        unsure = (leads > 0) & (errors > 0)
        doubt[unsure] = self.caution * np.sqrt(np.log(max(len(leads), 2))) * errors[unsure]
        return leads - doubt


class GainPerCost(GreedyLogit):
    """Buy, one at a time, the query with the largest log-loss gain for its cost.

    Under a limit on money, plain greedy spends it on few dear queries; this one buys many cheap
    ones. Either can be far from the best, the better of both is not (for gains that shrink as more
    is bought [1]_): `select` tries both. There is no caution. A cost of 0
    counts as a thousandth of the smallest positive one.

    Parameters, but for `caution`, and attributes: `GreedyLogit`.

    References
    ----------
    .. [1] Khuller, S., Moss, A. & Naor, J. (1999). The budgeted maximum coverage problem.
       Information Processing Letters 70(1), 39-45.

    Examples
    --------
    >>> X = np.array([[0, 0, 1], [0, 0, 0], [1, 1, 1], [1, 1, 1]] * 5)
    >>> y = [0, 0, 1, 1] * 5
    >>> GainPerCost(budget=1).fit(X, y, costs=[3.0, 1.0, 1.0]).order_
    array([1])
    """

    needs_costs = True

    def __init__(self, budget: int = 3, random_state: Any = 0, money: float | None = None) -> None:
        super().__init__(budget, 0.0, random_state, money)

    def _scores(
        self, gains: np.ndarray, leads: np.ndarray, errors: np.ndarray, costs: np.ndarray
    ) -> np.ndarray:
        paid = costs[costs > 0]
        least = paid.min() / 1000 if len(paid) else 1.0
        unit = np.median(paid) if len(paid) else 1.0  # so that the unit of cost does not matter
        return np.maximum(gains, 0.0) / (np.maximum(costs, least) / unit)


def _fitted(
    bought: np.ndarray, counts: JointCounts, n_classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pattern of each item, and each pattern's class probabilities by the logit vote."""
    labels = counts.labels
    if bought.shape[1] == 0:
        # Class shares, so that telling the commonest label is no gain.
        shares = counts.count(labels, n_classes) / counts.total
        return np.zeros(len(labels), dtype=np.int64), shares[None, :]
    ids = pattern_ids(bought)
    patterns = bought[first_rows(ids)]
    cells = counts.count(ids * n_classes + labels, len(patterns) * n_classes)
    return ids, fit_weights(patterns, cells.reshape(-1, n_classes), SHRINKAGE)[1]


def _compared(
    counts: JointCounts,
    positions: np.ndarray,
    pattern: np.ndarray,
    p: np.ndarray,
    default: int,
    columns: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gain of each column, its lead over the default's gain, and the lead's spread over items."""
    from ensel.information.kernels.logit_gains import logit_gains

    labels = counts.labels
    answers = positions[counts.codes(default)]
    # Items alike in pattern, label and the default's answer are counted together.
    base = pattern_ids(np.stack([pattern, labels, answers], axis=1))
    first = first_rows(base)
    cells = pattern[first], labels[first]
    usual = _gains(answers[first], cells[1], p[cells[0]], counts.count(base, len(first)))
    gains, leads, spreads = logit_gains(
        counts, positions, base, *cells, usual, p, SHRINKAGE, columns
    )
    leads[columns == default] = 0.0  # exactly, not but for rounding
    return gains, leads, spreads


def _gains(
    answers: np.ndarray, labels: np.ndarray, p: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """Gain of each cell from one Newton step on one query's weights: see `logit_gains`."""
    n_classes = p.shape[1]
    gains = np.zeros(len(labels))
    answered = np.flatnonzero(answers >= 0)
    classes, n = answers[answered], counts[answered]
    p_class = p[answered, classes]
    right = classes == labels[answered]
    slope = np.bincount(classes, n * (right - p_class), minlength=n_classes)
    curvature = np.bincount(classes, n * p_class * (1 - p_class), minlength=n_classes)
    precision = class_precision(n_classes, SHRINKAGE)
    weight = np.linalg.solve(np.diag(curvature) + precision, slope)[classes]
    gains[answered] = weight * right - np.log1p(p_class * np.expm1(weight))
    return gains
