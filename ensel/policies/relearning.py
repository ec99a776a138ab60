"""Learning when to stop from answers alone: what stopping loses needs no labels."""

from __future__ import annotations

import copy

import numpy as np

from ensel.exceptions import InputError
from ensel.policies.of_tables import read_by
from ensel.policies.sequential import N_LEVELS, TOLERANCE, Sequential
from ensel.policies.stopping import LearnedRule
from ensel.policies.thresholds import Limit, best_of, curve_of, learned_rules
from ensel.policies.training import TrainingSet
from ensel.table.prediction_table import PredictionTable


def relearn_stopping(
    policy: Sequential,
    table: PredictionTable,
    *,
    mean_budget: float | None = None,
    tolerance: float = TOLERANCE,
) -> Sequential:
    """Choose rule and threshold anew, on answers to questions that the votes have not learned from.

    Order and votes stay. Whether going on would change the answer, and what that is worth by the
    vote of all answers, shows without labels, so that a few hundred labels for the votes and
    thousands of unlabelled questions for the rule go together. Derived here.

    Parameters
    ----------
    policy : Sequential
        Fitted on a table. It is not changed.
    table : PredictionTable
        Answers of all its queries; labels are not looked at.
    mean_budget : float, optional
        See `Sequential`.
    tolerance : float
        See `Sequential`.

    Returns
    -------
    Sequential

    Raises
    ------
    InputError
        If the policy does not ask in sequence by a learned rule, or is certified, or the table
        lacks a query.

    See Also
    --------
    certify : Promises something of the result, on yet other questions.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(queries=slice(0, None, 15))
    >>> policy = Sequential().fit_table(pool.subset(items=slice(0, 200)))
    >>> more = relearn_stopping(policy, pool.subset(items=slice(200, 3000)), mean_budget=2)
    >>> more.replay(pool.subset(items=slice(3000, 6000)))["asked"].mean() < 2.1
    np.True_
    """
    if hasattr(policy, "certificate_"):
        raise InputError(
            "a certified policy is given, whose promise holds for its own threshold; learn when to "
            "stop anew first, and certify that"
        )
    if not isinstance(policy, Sequential) or not policy.rule_.learns:
        raise InputError(
            f"a {type(policy).__name__} is given; only what asks in sequence by a learned rule can "
            "learn anew when to stop"
        )
    own = read_by(policy, table)
    nobody = np.zeros(len(own.codes), dtype=int)
    answers = TrainingSet(own.codes, nobody, costs=own.table.costs, groups=own.table.groups)
    stages = policy.stages_of(own.codes)
    folds = answers.dealt(policy.n_folds, by_label=False)
    costs = None if answers.costs is None else np.asarray(answers.costs)[list(policy.columns_)]
    weights = np.ones(len(own.codes))
    own_rule = copy.copy(policy.rule_)
    rules = learned_rules(None) if isinstance(own_rule, LearnedRule) else [own_rule]
    curves = [curve_of(rule, stages, folds, weights, costs) for rule in rules]

    limit = None if mean_budget is None else Limit(mean_budget)
    curve, place = best_of(curves, tolerance, limit)
    again = copy.copy(policy)
    again.rule_, again.levels_ = curve.rule, curve.levels(N_LEVELS)
    given = policy.threshold_ if limit is None and curve.rule.threshold is not None else None
    again.threshold_ = float(curve.thresholds[place] if given is None else given)
    return again
