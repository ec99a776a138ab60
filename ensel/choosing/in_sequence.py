"""Asking in sequence, beside the set that is bought: what it saves, and what it may lose.

The whole procedure (buy, order, vote, choose rule and threshold, certify where that is asked for)
is repeated without each fold, and judged on the fold. The set that it stands beside was chosen on
all items, though, and whether it is recommended goes by the interval that is printed: what it loses
to the set is flattered a little where it is recommended.
Its variance is that of the items, plus that of what is learned: the procedure is repeated on items
drawn with replacement, and judged on those that were not drawn (`SplitScores.training_variance`).
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ensel.choosing.in_sequence_result import InSequence
from ensel.choosing.request import Request
from ensel.exceptions import InputError, InputNote, shorten
from ensel.heldout.candidates import Candidate, unfitted
from ensel.heldout.intervals import (
    Estimate,
    SplitScores,
    accuracy_interval,
    difference_interval,
    mean_interval,
)
from ensel.heldout.scoring import Exam, Scored
from ensel.heldout.settings import ADAPTIVE, SINGLE
from ensel.heldout.splits import (
    Split,
    distinct_rows,
    draw_with_replacement,
    folds,
    holds_two_classes,
)
from ensel.parallel import over_splits
from ensel.policies import Sequential, UnfilledBudget, VerifiedSet
from ensel.policies.certified import CertifiedSequential, TooFewLabels
from ensel.policies.of_tables import codes_like, read_by
from ensel.policies.stopping import ASK_ALL
from ensel.table.codes import MISSING
from ensel.table.kinds import CLOSED
from ensel.table.prediction_table import PredictionTable

FEWEST_ITEMS = 50
"""Items below which nothing is said of asking in sequence unless it is asked for."""
REPEATS = 10
"""Folds, and draws with replacement, where it was asked for; half as many where not."""


def ask_in_sequence(
    table: PredictionTable, request: Request, bought: Candidate, set_size: int
) -> InSequence | None:
    """What asking in sequence gets beside the set that was bought.

    Parameters
    ----------
    table : PredictionTable
    request : Request
    bought : Candidate
        What `select` buys.
    set_size : int
        Queries of that; fewer than its budget where money is short.

    Returns
    -------
    InSequence or None
        None where it was not asked for, or there is nothing to save: fewer than three queries, or
        few items.
    """
    if not _is_wanted(table, request, bought, set_size):
        return None
    adaptive = adaptive_candidate(request, bought)
    repeats = REPEATS if request.adaptive else REPEATS // 2  # it is but a sentence
    n_folds = min(request.n_folds or repeats, table.n_questions)
    splits = folds(table, n_folds, 1, request.seed)
    redrawn = redrawn_splits(table, repeats, request.seed)
    judged = over_splits(
        judge_split,
        table,
        [*splits, *redrawn],
        (adaptive, bought),
        label="asking in sequence",
        progress=request.progress,
    )
    held_out, again = judged[: len(splits)], judged[len(splits) :]
    if any(one is None for one in held_out):
        if request.adaptive:
            raise InputError(
                f"{table.name}: {adaptive.budget} queries cannot be bought without some fold, so "
                "asking them in sequence cannot be judged; a smaller budget is needed"
            )
        return None

    scores = _Scores(table, list(zip(splits, held_out, strict=True)))
    learned = _Scores(
        table, [(s, one) for s, one in zip(redrawn, again, strict=True) if one is not None]
    )
    return _put_together(table, adaptive, set_size, scores, learned)


def redrawn_splits(table: PredictionTable, n_splits: int, seed: int) -> list[Split]:
    """Questions drawn with replacement to learn from, the others to be judged on.

    Parameters
    ----------
    table : PredictionTable
    n_splits : int
        Draws without two classes to learn from, or without a question left, are passed over.
    seed : int

    Returns
    -------
    list of Split
    """
    n_questions, once = table.n_questions, distinct_rows(table)
    splits = []
    for child in np.random.SeedSequence([seed, 14]).spawn(n_splits):
        counts = draw_with_replacement(n_questions, np.random.default_rng(child))[table.groups]
        train = once[counts[once] > 0]
        test = np.flatnonzero(counts == 0)
        if len(test) and holds_two_classes(table, train):
            splits.append(Split(train, test, child, counts[train]))
    return splits


def _is_wanted(table: PredictionTable, request: Request, bought: Candidate, set_size: int) -> bool:
    if request.adaptive is not None:
        return request.adaptive
    is_set = set_size > 2 and bought.method != SINGLE
    return is_set and table.n_questions >= FEWEST_ITEMS and not request.setting.verifier


def others_coded(unlabelled: PredictionTable, table: PredictionTable) -> np.ndarray:
    """Answers to other questions, in the columns and classes of a table.

    Parameters
    ----------
    unlabelled : PredictionTable
    table : PredictionTable

    Returns
    -------
    ndarray of int, shape (n_others, n_queries)

    Raises
    ------
    InputError
        If the table is not closed, a query is absent, or a class unknown.
    """
    if table.kind != CLOSED:
        raise InputError(f"{table.name}: unlabelled answers teach where items share classes")
    codes = codes_like(unlabelled, table)
    known = set(table.items.index)
    shared = [item for item in unlabelled.items.index if item in known]
    if shared:
        warnings.warn(
            f"{unlabelled.name}: {len(shared):,} items have the ids of labelled ones "
            f"({shorten(shared, 3)}); they are taken for other questions",
            InputNote,
            stacklevel=3,
        )
    return codes


def adaptive_candidate(request: Request, bought: Candidate) -> Candidate:
    """The policy that asks in sequence: of a named method, the queries and the vote of that one."""
    setting = request.setting
    if request.method not in (None, SINGLE) and setting.verifier is None:
        setting = setting.asking(bought.family)
    limit = request.mean_budget
    policy = setting.sequence(ADAPTIVE, request.budget, request.money, limit)
    if request.loss is not None and isinstance(policy, Sequential):
        policy = CertifiedSequential(
            policy.selector,
            policy.vote,
            policy.budget,
            policy.rule,
            loss=request.loss,
            confidence=request.confidence,
        )
    if request.unlabelled is not None:
        policy.set_params(unlabelled=request.unlabelled)
    vote = setting.vote_of(ADAPTIVE)
    return Candidate(ADAPTIVE, vote, request.budget, request.money, limit, policy)


@dataclass(frozen=True)
class Judged:
    """One split: scores of stopping, of asking everything, and of the bought set."""

    stopped: Scored
    full: Scored
    bought: Scored
    agrees: np.ndarray | None


def judge_split(
    table: PredictionTable, split: Split, candidates: Sequence[Candidate]
) -> Judged | None:
    """Fit the policy and the bought set on the training items, and score them on the others.

    Parameters
    ----------
    table : PredictionTable
    split : Split
    candidates : (Candidate, Candidate)
        The policy, and the bought set.

    Returns
    -------
    Judged or None
        None where the split cannot fill the budget, or is a resample with too few labels of the
        rarer classes to certify anything.
    """
    adaptive, bought = candidates
    exam = Exam(table, split)
    try:
        policy, chosen = exam.fit(adaptive), exam.fit(bought)
    except UnfilledBudget:
        return None
    except TooFewLabels:
        if split.weights is None:
            raise
        return None

    stopped = exam.score(policy)
    if isinstance(policy, Sequential):
        everything = copy.copy(policy)
        everything.threshold_ = ASK_ALL
        agrees = policy.predict_proba(exam.X).argmax(axis=1) == everything.predict_proba(
            exam.X
        ).argmax(axis=1)
        return Judged(stopped, exam.score(everything), exam.score(chosen), agrees)

    full = VerifiedSet(
        policy.selector,
        policy.budget,
        policy.false_accept,
        policy.false_reject,
        policy.verifier_cost,
    ).fit_to(exam.training)
    return Judged(stopped, exam.score(full), exam.score(chosen), None)


class _Scores:
    """What several splits say, question by question."""

    def __init__(self, table: PredictionTable, judged: Sequence[tuple[Split, Any]]) -> None:
        self.table, self.judged = table, judged

    def of(self, value: Callable[[Judged], Any]) -> SplitScores:
        """One number of each test item."""
        tests = [split.test for split, _ in self.judged]
        values = [np.asarray(value(one), dtype=float) for _, one in self.judged]
        return SplitScores(self.table.n_items, tests, values, self.table.groups)


def _put_together(
    table: PredictionTable,
    adaptive: Candidate,
    set_size: int,
    scores: _Scores,
    learned: _Scores,
) -> InSequence:
    def variance(of: SplitScores, value: Callable[[Judged], Any]) -> float:
        again = learned.of(value).training_variance() if len(learned.judged) > 1 else 0.0
        return of.item_variance() + again

    def accuracy(value: Callable[[Judged], Any]) -> Estimate:
        return accuracy_interval(scores.of(value), variance(scores.of(value), value))

    def difference(value: Callable[[Judged], Any]) -> Estimate:
        return difference_interval(scores.of(value), variance(scores.of(value), value))

    def mean(value: Callable[[Judged], Any], least: float, most: float) -> Estimate:
        found = mean_interval(scores.of(value), variance(scores.of(value), value))
        return Estimate(found.value, max(found.low, least), min(found.high, most))

    policy = fitted_on_all(table, adaptive)
    first, if_they_differ = _when_it_stops(table, policy)
    n_queries, one = len(policy.columns_), scores.judged[0][1]
    agrees = None if one.agrees is None else scores.of(lambda j: j.agrees).mean
    no_costs = table.costs is None
    return InSequence(
        queries=[policy.query_names[j] for j in policy.columns_],
        mean_queries=mean(lambda j: j.stopped.n_asked, 1.0, n_queries),
        mean_cost=None if no_costs else mean(lambda j: j.stopped.cost, 0.0, np.inf),
        accuracy=accuracy(lambda j: j.stopped.correct),
        full_accuracy=accuracy(lambda j: j.full.correct),
        loss_to_full=difference(lambda j: j.full.correct - j.stopped.correct),
        agreement_with_full=agrees,
        loss_to_set=difference(lambda j: j.bought.correct - j.stopped.correct),
        set_size=set_size,
        set_cost=scores.of(lambda j: j.bought.cost).mean,
        stops=None if agrees is None else _stops([j.stopped for _, j in scores.judged]),
        certificate=getattr(policy, "certificate_", None),
        policy=policy,
        first=first,
        if_they_differ=if_they_differ,
    )


def _stops(scored: Sequence[Scored]) -> pd.DataFrame:
    """How many questions stop after one answer, after two, and so on, and how right those are."""
    asked = np.concatenate([one.n_asked for one in scored]).astype(int)
    correct = np.concatenate([one.correct for one in scored])
    counts, right = np.bincount(asked), np.bincount(asked, correct)
    used = np.flatnonzero(counts)
    return pd.DataFrame(
        {"asked": used, "share": counts[used] / len(asked), "accuracy": right[used] / counts[used]}
    )


def fitted_on_all(table: PredictionTable, adaptive: Candidate) -> Any:
    """The policy fitted on all items, exact copies once, with its own queries alone."""
    policy = unfitted(adaptive.policy)
    once = table.subset(items=distinct_rows(table))
    about = {"trained_on": table.name, "n_items": table.n_items, "cost_unit": table.cost_unit}
    policy.fit_table(once, method=ADAPTIVE, **about)
    return policy.narrowed()


def _when_it_stops(table: PredictionTable, policy: Any) -> tuple[int, bool]:
    """Queries that are asked of every item, and whether the first two just have to agree."""
    if not isinstance(policy, Sequential):
        return 1, False
    own = read_by(policy, table)
    n_asked = policy.asked(own.codes).sum(axis=1)
    first = int(n_asked.min())
    if first != 2 or len(policy.columns_) < 3:
        return first, False
    a, b = own.codes[:, policy.columns_[0]], own.codes[:, policy.columns_[1]]
    agree = (a == b) & (a != MISSING)
    return first, bool(((n_asked == 2) == agree).all())
