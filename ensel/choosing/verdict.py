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
.9; t is 1.5 points, for pools unseen. From one ensemble to another m is the difference of what is
usual for their sizes, and t half a point. Where s is so large that the items would count for less
than a seventh of what is expected, and the interval of g holds 0, they do not tell, and the single
best query is bought.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ensel.choosing.nested import Ask
from ensel.choosing.promise import Decision, Promises
from ensel.heldout.candidates import Candidate
from ensel.heldout.intervals import Estimate, Z

USUAL_GAIN, LESS_OF_FEW, SPREAD, STEP_SPREAD = 0.01, 0.7, 0.015, 0.005
LEAST_SHARE = 1 / 7
MOST_ERROR = SPREAD * math.sqrt(1 / LEAST_SHARE - 1)
"""Standard error of a gain above which the items do not tell: 3.7 points."""
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
class PassedOver:
    """An ensemble that was not bought, and its held-out gain over the single best query."""

    candidate: Candidate
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
    costs: Mapping[Ask, float],
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
    costs : mapping of Ask to float
        Of each decision's queries.
    cost_of_single : float
    worth : Worth

    Returns
    -------
    list of Verdict
        For every budget. The gains never fall.
    """
    alone = Decision(promises.board.single, promises.board.single)
    current = Verdict(alone, None, Estimate(0.0, 0.0, 0.0), promises.single_accuracy)
    paid = cost_of_single
    verdicts = []
    for ask, decision in decisions.items():
        if decision.chosen.is_single:
            verdicts.append(_staying(current, decision.ensemble, promises.gain(decision.ensemble)))
            continue
        if decision.chosen == current.decision.chosen:
            verdicts.append(current)
            continue
        held_out = promises.gain_anew(ask, decision)
        error = (held_out.high - held_out.low) / (2 * Z)
        if not (error <= MOST_ERROR or held_out.low > 0):
            needed = _enough(promises.board.n_questions, error)
            verdicts.append(_staying(current, decision.chosen, held_out, needed))
            continue

        step = _step(ask, decision, held_out, current, promises)
        if step <= worth.needed(costs[ask] - paid) + TINY:
            verdicts.append(_staying(current, decision.chosen, held_out))
            continue
        gain = current.gain.value + step
        paid = costs[ask]
        current = Verdict(
            decision,
            ask,
            Estimate(gain, min(held_out.low, gain), max(held_out.high, gain)),
            promises.accuracy_anew(ask, decision, gain),
        )
        verdicts.append(current)
    return verdicts


def _step(
    ask: Ask, decision: Decision, held_out: Estimate, current: Verdict, promises: Promises
) -> float:
    """What a decision is expected to bring beyond what is bought so far."""
    size, now = decision.chosen.budget, current.decision.chosen
    if current.ask is None:
        error = (held_out.high - held_out.low) / (2 * Z)
        return expected_gain(held_out.value, error, usual_gain(size), SPREAD)
    lead, error = promises.lead_anew(ask, current.ask)
    return expected_gain(lead, error, usual_gain(size) - usual_gain(now.budget), STEP_SPREAD)


def _staying(
    current: Verdict, candidate: Candidate, gain: Estimate, too_few: int | None = None
) -> Verdict:
    return replace(current, passed_over=PassedOver(candidate, gain), too_few=too_few)


def _enough(n_questions: int, error: float) -> int:
    """About how many questions would tell; errors shrink with their root."""
    return round(n_questions * (error / MOST_ERROR) ** 2) if np.isfinite(error) else 0
