"""Step three: choose one candidate by what cross-validation says of all.

Accuracy on a few hundred held-out items is too noisy to rank dozens of ensembles: the winner owes
much to luck. So the choice starts from one ensemble that real pools show to be hard to beat, and
leaves it only for a reason. Each rule is a function here.

1. *Start* (`start`): greedy-logit + logit vote, with as many queries as the budget allows.
2. *Another ensemble of that size* takes its place where it beats it by more than one standard
   error. Top-k + logit is compared by held-out log loss (`by_log_loss`), and so is gain-per-cost +
   logit where money is the limit. Top-k + weighted and greedy-mi + map are compared by held-out
   accuracy (`by_accuracy`): their probabilities are no match, so their log loss says nothing of
   their answers.
3. *One query* (`is_worth_it`): the single best query is bought unless the ensemble is expected to
   be more accurate. Accuracy decides, since log loss would favour any ensemble. With a few hundred
   labels the gain of a good ensemble is often below 0 by luck, so the held-out gain is shrunk
   towards what ensembles gain elsewhere: a normal prior with a mean of 1 point and a standard
   deviation of 1.5 points. (On the pools of the benchmark gains are .9 points, give or take .9; the
   prior is wider, for pools unseen.) A gain g with standard error s then has the sign of
   g + s^2 (1 point) / (1.5 points)^2. Where money is the limit the expected gain must be above a
   tenth of a point: dear queries are not bought for nothing.
4. *Fewer queries* (`fewest`): the smallest number whose held-out log loss is not worse by more than
   one standard error of the paired difference. Log loss is what queries add to: H(Y) less it bounds
   the information, and it is far less noisy than accuracy. Fewer queries must pass rule 3
   themselves. With few labels, one query, or two of which one is never heard, are seldom clearly
   worse than many.

Those are the families of closed tables; `ensel.choosing.candidates` names the others. On open
answers the start is top-k + majority. Its rivals of the same queries (other votes) are compared by
log loss, those of other queries by accuracy, and fewer queries must be clearly more accurate: a
smaller set gives fewer options, so that its log loss is about other outcomes. With a verifier the
start is greedy-coverage, its rival is top-k, and solved items decide all rules.

The rules are derived here; ``benchmarks/regret.py`` measures what they cost against the best in
hindsight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ensel.choosing.scoreboard import Scoreboard
from ensel.heldout.candidates import Candidate

CAUTION = 1.0
"""Standard errors by which another ensemble must win."""
USUAL_GAIN, USUAL_SPREAD = 0.01, 0.015
"""Mean and standard deviation of the gain of ensembles over the single best query, elsewhere."""
LEAST_GAIN_FOR_MONEY = 0.001
TINY = 1e-12
"""Differences of rounding."""


@dataclass(frozen=True)
class Choice:
    """What was chosen, and the ensemble that a single query was preferred to."""

    chosen: Candidate
    ensemble: Candidate
    """The best ensemble by rules 1 and 2; the same as `chosen` unless that is the single best."""


Chooses = Callable[[Scoreboard, int, "np.ndarray | None"], Choice]
"""From a scoreboard, a budget and weights of its rows to a choice."""


def choose(board: Scoreboard, budget: int, weights: np.ndarray | None = None) -> Choice:
    """Choose a policy of at most `budget` queries, by the rules at the top of this module.

    Parameters
    ----------
    board : Scoreboard
        Holds `candidates_up_to` the budget.
    budget : int
    weights : ndarray, shape (n_questions,), optional
        How often each row counts; for resamples. Default: once.

    Returns
    -------
    Choice
    """
    board = board if weights is None else board.weighted(weights)
    ensemble = by_accuracy(board, by_log_loss(board, start(board, budget)))
    if not is_worth_it(board, ensemble):
        return Choice(board.single, ensemble)
    smallest = fewest(board, ensemble)
    return Choice(smallest, smallest)


def choose_ensemble(board: Scoreboard, budget: int, weights: np.ndarray | None = None) -> Choice:
    """The ensemble that `choose` would buy if it could not buy the single best query.

    Parameters
    ----------
    board, budget, weights
        See `choose`.

    Returns
    -------
    Choice
    """
    ensemble = choose(board, budget, weights).ensemble
    return Choice(ensemble, ensemble)


def choose_or_ask_in_sequence(
    board: Scoreboard, budget: int, weights: np.ndarray | None = None
) -> Choice:
    """Choose as `choose` does, or what asks in sequence where that is more accurate.

    It has to lead by more than one standard error, as every rival of the start has to, or to be
    as accurate and cheaper.

    Parameters
    ----------
    board, budget, weights
        See `choose`; the board may hold a policy that asks in sequence.

    Returns
    -------
    Choice
    """
    choice = choose(board, budget, weights)
    board = board if weights is None else board.weighted(weights)
    for rival in board.candidates:
        if rival.is_sequence:
            lead = board.lead(rival, choice.chosen)
            leads = lead.mean > CAUTION * lead.error + TINY
            if leads or (lead.mean >= -TINY and _is_cheaper(board, rival, choice.chosen)):
                return Choice(rival, rival)
    return choice


def _is_cheaper(board: Scoreboard, rival: Candidate, chosen: Candidate) -> bool:
    """Whether a rival costs less on average, by more than a thousandth."""
    if board.mean_cost is None:
        return False
    of = dict(zip(board.candidates, board.mean_cost, strict=True))
    return bool(of[rival] < 0.999 * of[chosen])


def start(board: Scoreboard, budget: int) -> Candidate:
    """Rule 1: where the choice begins."""
    candidate = board.of(board.families.start, budget)
    if candidate is None:
        family = " + ".join(board.families.start)
        raise ValueError(f"no {family} of {budget} queries on the scoreboard")
    return candidate


def by_log_loss(board: Scoreboard, chosen: Candidate) -> Candidate:
    """Rule 2, of ensembles whose probabilities can be compared."""
    for family in (*board.families.by_log_loss, *board.families.for_money):
        rival = board.of(family, chosen.budget)
        if rival is None:
            continue
        worse = board.extra_loss(chosen, rival)
        if worse.mean > CAUTION * worse.error + TINY:
            chosen = rival
    return chosen


def by_accuracy(board: Scoreboard, chosen: Candidate) -> Candidate:
    """Rule 2, of ensembles whose probabilities are no match: the one that leads most clearly."""
    most, best = TINY, chosen
    for family in board.families.by_accuracy:
        rival = board.of(family, chosen.budget)
        if rival is None:
            continue
        lead = board.lead(rival, chosen)
        surely = lead.mean - CAUTION * lead.error
        if surely > most:
            most, best = surely, rival
    return best


def is_worth_it(board: Scoreboard, candidate: Candidate) -> bool:
    """Rule 3: whether it is expected to be more accurate than the single best query."""
    lead = board.lead(candidate, board.single)
    usual = USUAL_GAIN if candidate.budget > 1 else 0.0  # one query is no ensemble
    share_of_usual = lead.error**2 / (lead.error**2 + USUAL_SPREAD**2)
    expected = (1 - share_of_usual) * lead.mean + share_of_usual * usual
    least = 0.0 if candidate.money is None else LEAST_GAIN_FOR_MONEY
    return expected > least + TINY


def fewest(board: Scoreboard, candidate: Candidate) -> Candidate:
    """Rule 4: the smallest of its family that is worth it and not clearly worse."""
    for size in range(1, candidate.budget):
        smaller = board.of(candidate.family, size)
        if smaller is None:
            continue
        families = board.families
        if candidate.family in families.by_accuracy or not families.loss_compares_sets:
            loss = board.lead(candidate, smaller)
        else:
            loss = board.extra_loss(smaller, candidate)
        allowed = families.fewer_may_lose * loss.error
        if loss.mean <= allowed + TINY and is_worth_it(board, smaller):
            return smaller
    return candidate
