"""Choose among ensembles by what cross-validation says of them.

Accuracy on a few hundred held-out items is too noisy to rank dozens of ensembles: the winner owes
much to luck. So the choice starts from one ensemble that real pools show to be hard to beat, and
leaves it only for a reason:

1. *Start*: greedy-logit + logit vote, as many queries as the budget allows.
2. *Another ensemble of that size* instead, if it beats the start by more than one standard error:
   top-k + logit (and gain-per-cost + logit, where money is the limit) by held-out log loss;
   top-k + weighted and greedy-mi + map by held-out accuracy (their probabilities are no match, so
   their log loss says nothing of their answers).
3. *One query*, the single best, unless the ensemble is expected to be more accurate: its held-out
   gain, shrunk towards what ensembles gain elsewhere, is above 0. By accuracy, since log loss would
   favour any ensemble. Shrunk, since with a few hundred labels the gain of a good ensemble is often
   below 0 by luck: with a normal prior of mean 1 point and standard deviation 1.5 (on the pools of
   the benchmark it is .9, give or take .9; ours is wider, for pools unseen), a gain g with standard
   error s has the sign of g + s^2 (1 point) / (1.5 points)^2. Where money is the limit, it must be
   above a tenth of a point: dear queries are not bought for nothing.
4. *Fewer queries*: the smallest number whose held-out log loss is not worse by more than one
   standard error of the paired difference. Log loss is what queries add to (H(Y) less it bounds
   the information), and is far less noisy than accuracy. It must itself pass rule 3: with few
   labels one query, or two of which one is never heard, are seldom clearly worse than many.

Derived here; ``benchmarks/regret.py`` measures what it costs against the best in hindsight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ensel.heldout.intervals import by_question
from ensel.heldout.scoring import SINGLE_KEY, Key, Plan, score_split
from ensel.heldout.splits import folds
from ensel.parallel import over_splits
from ensel.table.prediction_table import PredictionTable

START = ("greedy-logit", "logit")
BY_LOG_LOSS = (("top-k", "logit"),)
BY_ACCURACY = (("top-k", "weighted"), ("greedy-mi", "map"))
FOR_MONEY = (("gain-per-cost", "logit"),)
FAMILIES = (START, *BY_LOG_LOSS, *BY_ACCURACY)
"""Method and vote of every ensemble that may be chosen, beside the single best query."""

CAUTION = 1.0
"""Standard errors by which another ensemble must win, and by which fewer queries may lose."""
USUAL_GAIN, USUAL_SPREAD = 0.01, 0.015
"""Mean and standard deviation of the gain of ensembles over the single best query, elsewhere."""
LEAST_GAIN_FOR_MONEY = 0.001

MANY = 4000
TINY = 1e-12  # differences of rounding

Gap = Callable[[np.ndarray, np.ndarray], tuple[float, float]]


@dataclass(frozen=True)
class HeldOut:
    """What cross-validation says of every candidate on every item.

    Attributes
    ----------
    keys : tuple of (method, vote, size)
    correct : ndarray of float, shape (n_questions, n_keys)
        Mean score over the repeats: 1 right, 0 wrong. A row for each item, or for each question
        where some items are copies of one (`PredictionTable.groups`): the sum over its copies,
        times the number of questions an item, so that means are over items and errors over
        questions.
    log_loss : ndarray of float, shape (n_questions, n_keys)
        Mean over the repeats, in nats; NaN for the single best query. Rows as in `correct`.
    n_folds, n_repeats : int
    """

    keys: tuple[Key, ...]
    correct: np.ndarray
    log_loss: np.ndarray
    n_folds: int
    n_repeats: int

    def scores(self, key: Key) -> np.ndarray:
        """Held-out scores of one candidate, shape (n_questions,)."""
        return self.correct[:, self.keys.index(key)]

    def losses(self, key: Key) -> np.ndarray:
        """Held-out log losses of one candidate in nats, shape (n_questions,)."""
        return self.log_loss[:, self.keys.index(key)]


def cross_validate(
    table: PredictionTable,
    keys: tuple[Key, ...],
    *,
    money: float | None = None,
    n_folds: int | None = None,
    n_repeats: int | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> HeldOut:
    """Fit ensembles without a fold, score them on it; every item is tested once a repeat.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    keys : tuple of (method, vote, size)
        Those that a fold cannot fill are left out.
    money : float, optional
        Most that the queries of an ensemble may cost together.
    n_folds : int, optional
        Default 10, or the number of questions if that is less.
    n_repeats : int, optional
        Default 2, or 1 from 4,000 items, where the luck of the cut no longer matters.
    seed : int
    progress : bool, optional

    Returns
    -------
    HeldOut
    """
    groups = table.groups
    if n_folds is None:
        n_folds = min(10, table.n_questions)
    n_repeats = (2 if table.n_items < MANY else 1) if n_repeats is None else n_repeats
    splits = folds(table, n_folds, n_repeats, seed)
    results = over_splits(
        score_split, table, splits, Plan(keys, money), label="judging", progress=progress
    )
    kept = tuple(key for key in keys if all(key in result.scored for result in results))
    tested = np.zeros(table.n_items)
    correct = np.zeros((table.n_items, len(kept)))
    log_loss = np.zeros((table.n_items, len(kept)))
    for split, result in zip(splits, results, strict=True):
        tested[split.test] += 1
        for j, key in enumerate(kept):
            correct[split.test, j] += result.scored[key].correct
            log_loss[split.test, j] += result.scored[key].log_loss
    correct, log_loss = correct / tested[:, None], log_loss / tested[:, None]
    return HeldOut(
        kept, by_question(correct, groups), by_question(log_loss, groups), n_folds, n_repeats
    )


@dataclass(frozen=True)
class Choice:
    """What was chosen, and the ensemble that a single query was preferred to."""

    key: Key
    ensemble: Key
    """The best ensemble by rules 1 and 2; the same as `key` unless that is the single best."""


def candidate_keys(budget: int, money: float | None = None) -> tuple[Key, ...]:
    """All candidates up to a budget: every family at every size, and the single best query."""
    sizes = range(1, budget + 1)
    families = FAMILIES if money is None else (*FAMILIES, *FOR_MONEY)
    return (SINGLE_KEY, *((*family, size) for family in families for size in sizes))


def choose(held_out: HeldOut, budget: int, weights: np.ndarray | None = None) -> Choice:
    """Choose an ensemble of at most `budget` queries, by the rules at the top of this module.

    Parameters
    ----------
    held_out : HeldOut
        Holds `candidate_keys` up to the budget.
    budget : int
    weights : ndarray, shape (n_questions,), optional
        How often each row counts; for resamples. Default: once.

    Returns
    -------
    Choice
    """
    n_rows = len(held_out.correct)
    share = np.full(n_rows, 1 / n_rows) if weights is None else weights / weights.sum()

    def gap(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
        """Mean of a paired difference, and its standard error."""
        apart = first - second
        mean = float(share @ apart)
        return mean, float(np.sqrt(max(share @ apart**2 - mean**2, 0.0) / n_rows))

    for_money = any(key[:2] in FOR_MONEY for key in held_out.keys)
    chosen: Key = (*START, budget)
    for family in (*BY_LOG_LOSS, *FOR_MONEY):
        rival: Key = (*family, budget)
        if rival not in held_out.keys:
            continue
        worse, error = gap(held_out.losses(chosen), held_out.losses(rival))
        if worse > CAUTION * error + TINY:
            chosen = rival
    leads = {}
    for family in BY_ACCURACY:
        rival = (*family, budget)
        lead, error = gap(held_out.scores(rival), held_out.scores(chosen))
        leads[rival] = lead - CAUTION * error
    best_rival = max(leads, key=lambda key: leads[key])
    if leads[best_rival] > TINY:
        chosen = best_rival

    def worth_it(key: Key) -> bool:
        lead, error = gap(held_out.scores(key), held_out.scores(SINGLE_KEY))
        usual = USUAL_GAIN if key[2] > 1 else 0.0  # one query is no ensemble
        share_of_usual = error**2 / (error**2 + USUAL_SPREAD**2)
        expected = (1 - share_of_usual) * lead + share_of_usual * usual
        return expected > (LEAST_GAIN_FOR_MONEY if for_money else 0.0) + TINY

    if not worth_it(chosen):
        return Choice(SINGLE_KEY, chosen)
    fewest = _fewest(held_out, chosen, gap, worth_it)
    return Choice(fewest, fewest)


def _fewest(held_out: HeldOut, key: Key, gap: Gap, worth_it: Callable[[Key], bool]) -> Key:
    """The smallest ensemble of the same family that is worth it and not clearly worse."""
    method, vote, most = key
    for size in range(1, most):
        smaller: Key = (method, vote, size)
        if (method, vote) in BY_ACCURACY:
            loss, error = gap(held_out.scores(key), held_out.scores(smaller))
        else:
            loss, error = gap(held_out.losses(smaller), held_out.losses(key))
        if loss <= CAUTION * error + TINY and worth_it(smaller):
            return smaller
    return key
