"""The very rule that error floor (c) belongs to, judged on items it has not seen."""

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
        predicted = fitted.predict_proba(X[split.test]).argmax(axis=1)
        answered = (X[split.test] != MISSING).any(axis=1)
        wrong.append(~((predicted == y[split.test]) & answered))

    tests = [split.test for split in splits]
    scores = SplitScores(table.n_items, tests, [w.astype(float) for w in wrong], table.groups)
    return accuracy_interval(scores, scores.item_variance())
