"""The very rule that error floor (c) belongs to, judged by its errors.

(c) is what that rule would err if the fitted copula were the truth. What it does err, the items
tell, in two ways.

*Held out* (`rule_held_out`): on items that it was not fitted to. That is what a user would get. But
it may lie above (c) for want of items: the rule of 14 queries, learned from 200 items drawn from a
fitted copula, errs 3.9 points more than (c) says there, though the model is the truth.

*On the items that it was fitted to* (`rule_excess`). The rule and (c) then owe the same to having
seen them, and differ by about 0 where the model is true: in pools of 60 to 5,000 items drawn from
the copulas of four real ones, by -0.4 to +0.04 points on average, and the interval lay above 0 in 1
of 220 pools. Where it does, few items are no excuse: the model is refuted as a description of this
pool, and (c) is what the model believes, not a floor.
"""

from __future__ import annotations

import math

import numpy as np

from ensel.error_model.copula import GaussianCopulaErrors
from ensel.exceptions import InputError
from ensel.heldout.intervals import Estimate, SplitScores, accuracy_interval
from ensel.heldout.splits import folds
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable

FOLDS = 5


def rule_held_out(table: PredictionTable, model: GaussianCopulaErrors, seed: int = 0) -> Estimate:
    """Error of the rule behind (c) on held-out items: five folds, each fitted anew.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    model : GaussianCopulaErrors
        Fitted to the same table; its form is kept.
    seed : int
        Of the folds.

    Returns
    -------
    Estimate
        Error rate with its 95 % interval; NaN where fewer than two models err outside a fold.

    See Also
    --------
    rule_excess : The same rule on the items that it was fitted to.
    ensel.error_model.bayes_error : What the rule would err if errors followed the model.
    """
    X, y = table.answers, table.known_labels.astype(np.int64)
    splits = folds(table, min(FOLDS, table.n_questions), 1, seed)
    wrong = []
    for split in splits:
        try:
            fitted = GaussianCopulaErrors(**model.form).fit(X[split.train], y[split.train])
        except InputError:
            return Estimate(math.nan, math.nan, math.nan)
        wrong.append(_wrong(fitted, X[split.test], y[split.test]))

    tests = [split.test for split in splits]
    scores = SplitScores(table.n_items, tests, [w.astype(float) for w in wrong], table.groups)
    return accuracy_interval(scores, scores.item_variance())


def rule_excess(
    model: GaussianCopulaErrors,
    answers: np.ndarray,
    labels: np.ndarray,
    bayes: float,
    times: np.ndarray | None = None,
) -> float:
    """Error of the rule behind (c) on the items that it was fitted to, less what (c) says.

    Derived here; the module says why these items, and not held-out ones, can refute the model.

    Parameters
    ----------
    model : GaussianCopulaErrors
        Fitted to these items.
    answers : ndarray of int, shape (n_items, N)
    labels : ndarray of int, shape (n_items,)
    bayes : float
        Bayes error of the model, in [0, 1].
    times : ndarray of int, shape (n_items,), optional
        How often each item counts; default once.

    Returns
    -------
    float
        Difference of error rates, in [-1, 1].

    See Also
    --------
    rule_held_out : What the rule gets on items that it has not seen.
    ensel.error_model.floor_result.Floor.model_refuted : Whether its interval lies above 0.

    Examples
    --------
    A simulated pool of the very form that is fitted:

    >>> from ensel.error_model import simulate
    >>> pool = simulate(4000, [0.2, 0.25, 0.3], 0.5, random_state=0)
    >>> model = GaussianCopulaErrors(thresholds="one").fit(pool.answers, pool.known_labels)
    >>> bayes = model.bayes_error().error
    >>> abs(rule_excess(model, pool.answers, pool.known_labels, bayes)) < 0.01
    True
    """
    wrong = _wrong(model, answers, labels)
    return float(np.average(wrong, weights=times)) - bayes


def _wrong(model: GaussianCopulaErrors, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Items that the rule gets wrong; those without any answer are among them."""
    predicted = model.predict_proba(answers).argmax(axis=1)
    answered = (answers != MISSING).any(axis=1)
    return ~((predicted == labels) & answered)
