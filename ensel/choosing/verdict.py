"""The verdict: which of the choices for one query, two, three and so on is bought, and its gain.

Each budget has a choice (`ensel.choosing.rules`), and what choosing anew gets (`nested`). From the
single best query upward, a dearer choice takes the place of a cheaper one only if it is expected
to gain more than so many points for every further unit of cost (`Worth`). So whoever may spend more
is never promised less, and what is recommended is what is bought.

*Expected* is not what was held out. With a few hundred labels the held-out gain of a good ensemble
is often below 0 by luck, and of a bad one above. It is drawn towards what ensembles gain elsewhere,
the more the less the items say: with standard error s and a usual gain of m, give or take t,

    expected = m + (g - m) T / (T + s^2),    T = max(t^2, (g - m)^2 - s^2).

The second term of the maximum lets a gain be large where it is far from usual by more than chance
explains. That takes off the luck of climbing as well, since what only luck lifts is drawn down. On
the pools of the benchmark k queries gain 1 point over one, less .7 / (k - 1) points, give or take
.9; t is 1.5 points, for pools unseen. Where s is so large that the items would count for less than
a seventh of what is expected, and g is below 3 s, they do not tell, and the single best query is
bought.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ensel.choosing.nested import Ask
from ensel.choosing.promise import NOTHING, Decision, Promises
from ensel.heldout.candidates import Candidate
from ensel.heldout.intervals import Estimate, Z

USUAL_GAIN, LESS_OF_FEW, SPREAD = 0.01, 0.7, 0.015
LEAST_SHARE = 1 / 7
MOST_ERROR = SPREAD * math.sqrt(1 / LEAST_SHARE - 1)
"""Standard error of a gain above which the items do not tell: 3.7 points."""
CLEAR = 3.0
"""Standard errors above which a gain tells, however large they are: few pools have such luck."""
TINY = 1e-12


@dataclass(frozen=True)
class Worth:
    """What a further unit of cost must bring.

    Attributes
    ----------
    points : float
        Accuracy, in [0, 1], that it must bring.
    unit : float
        Cost of a unit: 1 query, or the price of the single best query.
    """

    points: float
    unit: float

    def needed(self, extra: float) -> float:
        """Accuracy that so much more cost must bring; nothing for no more."""
        return self.points * max(extra, 0.0) / self.unit


def worth_of_money(points: float, price: float, costs: np.ndarray) -> Worth:
    """What as much money again as one query costs must bring.

    Parameters
    ----------
    points : float
        Accuracy, in [0, 1].
    price : float
        Of the query; where it is free, that of the cheapest that is not stands for it.
    costs : ndarray of float, shape (n_queries,)

    Returns
    -------
    Worth
    """
    paid = costs[costs > 0]
    return Worth(points, price or (float(paid.min()) if len(paid) else 1.0))


WORTH_A_QUERY, WORTH_THE_PRICE = 0.0005, 0.0002
"""Accuracy that one more query must bring, and as much money again as the single best costs."""


@dataclass(frozen=True)
class Bought:
    """What a decision buys from all items: columns in the order of buying, and what they cost."""

    columns: tuple[int, ...]
    cost: float


@dataclass(frozen=True)
class PassedOver:
    """An ensemble that was not bought, and its held-out gain over the single best query."""

    candidate: Candidate
    size: int
    gain: Estimate


@dataclass(frozen=True)
class Verdict:
    """What is bought for one budget.

    Attributes
    ----------
    decision : Decision
        Of this budget or a smaller one, or the single best query.
    ask : Ask or None
        What was asked for when it was chosen; None of the single best query.
    gain : Estimate
        Expected over the single best query, in accuracy.
    accuracy : Estimate
    passed_over : PassedOver or None
        The best ensemble of this budget, where it was not worth its cost.
    too_few : int or None
        Where the items do not tell, about how many would.
    """

    decision: Decision
    ask: Ask | None
    gain: Estimate
    accuracy: Estimate
    passed_over: PassedOver | None = None
    too_few: int | None = None


def usual_gain(size: int) -> float:
    """What so many queries usually gain over one, in accuracy."""
    return USUAL_GAIN * (1 - LESS_OF_FEW / (size - 1)) if size > 1 else 0.0


def expected_gain(held_out: float, error: float, usual: float, spread: float) -> float:
    """A held-out gain, drawn towards what is usual: see the top of this module.

    Examples
    --------
    With a standard error of 1.5 points, as large as the usual spread, they meet halfway.

    >>> round(expected_gain(0.02, 0.015, usual=0.01, spread=0.015), 6)
    0.015
    """
    wide = max(spread**2, (held_out - usual) ** 2 - error**2)
    return usual + (held_out - usual) * wide / (wide + error**2)


def climb(
    decisions: Mapping[Ask, Decision],
    promises: Promises,
    bought: Mapping[Ask, Bought],
    cost_of_single: float,
    worth: Worth,
) -> list[Verdict]:
    """From the single best query upward, take what is worth its cost.

    Parameters
    ----------
    decisions : mapping of Ask to Decision
        For every budget, smallest first.
    promises : Promises
        With what choosing anew gets for each.
    bought : mapping of Ask to Bought
        Of each decision, or of the ensemble that the single best query was preferred to.
    cost_of_single : float
    worth : Worth

    Returns
    -------
    list of Verdict
        For every budget. The gains never fall.
    """
    alone = Decision(promises.board.single, promises.board.single)
    current = Verdict(alone, None, NOTHING, promises.single_accuracy)
    paid = cost_of_single
    verdicts = []
    for ask, decision in decisions.items():
        over = decision.ensemble  # the choice itself, unless that is the single best query
        if over in (current.decision.chosen, alone.chosen):
            verdicts.append(current)
            continue
        own = bought[ask]
        held_out = promises.gain_anew(ask, decision, own.columns)
        passed_over = PassedOver(over, len(own.columns), held_out)
        error = (held_out.high - held_out.low) / (2 * Z)
        if not (error <= MOST_ERROR or held_out.value > CLEAR * error):
            stays = replace(current, passed_over=passed_over)
            if current.ask is None:
                stays = replace(stays, too_few=_enough(promises.board.n_questions, error))
            verdicts.append(stays)
            continue

        gain = expected_gain(held_out.value, error, usual_gain(len(own.columns)), SPREAD)
        is_worth_it = gain - current.gain.value > worth.needed(own.cost - paid) + TINY
        if decision.chosen.is_single or not is_worth_it:
            verdicts.append(replace(current, passed_over=passed_over, too_few=None))
            continue
        paid = own.cost
        current = Verdict(
            decision,
            ask,
            Estimate(gain, min(held_out.low, gain), max(held_out.high, gain)),
            promises.accuracy_anew(ask, decision, gain),
        )
        verdicts.append(current)
    return verdicts


def _enough(n_questions: int, error: float) -> int | None:
    """About how many questions would tell, if any number is known; errors shrink with its root."""
    if not np.isfinite(error):
        return None
    return max(math.ceil(n_questions * (error / MOST_ERROR) ** 2 - 1e-6), n_questions + 1)
