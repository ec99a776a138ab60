"""Asking in sequence, beside the set that is bought: what it saves, and what it may lose.

The whole procedure (buy, order, vote, choose rule and threshold, certify where that is asked for)
is repeated without each fold, and judged on the fold: nothing is chosen on what it is judged on.
Its variance is that of the items, plus that of what is learned: the procedure is repeated on items
drawn with replacement, and judged on those that were not drawn (`SplitScores.training_variance`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ensel.choosing.request import Request
from ensel.heldout.candidates import Candidate, unfitted
from ensel.heldout.equal_cost import UNKNOWN
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
from ensel.policies.certificates import Certificate
from ensel.policies.certified import CertifiedSequential
from ensel.policies.of_tables import read_by
from ensel.policies.stopping import ASK_ALL
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable

WORTH_A_LOSS = 0.005
"""Accuracy that asking in sequence may lose to the bought set, at the end of its interval, and
still be recommended: half a point."""
FEWEST_ITEMS = 50
"""Items below which nothing is said of asking in sequence unless it is asked for."""
FOLDS, N_REDRAWN = 10, 10


@dataclass(frozen=True)
class InSequence:
    """What asking in sequence gets, held out.

    Attributes
    ----------
    queries : list of str
        In the order of asking.
    mean_queries : Estimate
        Queries of a question, on average.
    mean_cost : Estimate or None
        Cost of a question, on average; None where unknown.
    accuracy, full_accuracy : Estimate
        Of stopping, and of asking all of these queries.
    loss_to_full : Estimate
        The second less the first, paired.
    agreement_with_full : float or None
        Share of questions with the same answer; None with a verifier.
    loss_to_set : Estimate
        Accuracy of the set that `select` buys less that of stopping, paired.
    set_size : int
        Queries of that set.
    stops : DataFrame
        A row for each number of queries: `asked`, `share` of the questions that stop there, and
        `accuracy` on those; held out. None with a verifier, whose errors make it an expectation.
    certificate : Certificate or None
        Where one was asked for.
    policy : Policy
        Fitted on all items.
    first : int
        Queries that are asked of every question, at least.
    if_they_differ : bool
        Whether it stops after the first two just where they agree.
    """

    queries: list[str]
    mean_queries: Estimate
    mean_cost: Estimate | None
    accuracy: Estimate
    full_accuracy: Estimate
    loss_to_full: Estimate
    agreement_with_full: float | None
    loss_to_set: Estimate
    set_size: int
    stops: pd.DataFrame | None
    certificate: Certificate | None
    policy: Any
    first: int
    if_they_differ: bool

    @property
    def is_recommended(self) -> bool:
        """Whether it asks clearly less than the bought set, and hardly loses to it.

        Less: its interval ends below the size of the set. Hardly: the interval of the loss ends at
        half a point at most, or a certificate holds and the loss is expected to be no more.
        """
        asks_less = self.set_size > 1 and self.mean_queries.high < self.set_size
        certified = self.certificate is not None and self.certificate.certified
        hardly = self.loss_to_set.high <= WORTH_A_LOSS
        return asks_less and (hardly or (certified and self.loss_to_set.value <= WORTH_A_LOSS))

    @property
    def instruction(self) -> str:
        """What to do, in one sentence, without its price."""
        first, others = self.queries[: self.first], self.queries[self.first :]
        asked = _listed(first)
        if not others:
            return f"ask {asked} of every question"
        rest = others[0] if len(others) == 1 else f"{others[0]}, then {_more(others[1:])},"
        condition = "if they differ" if self.if_they_differ else "while the answer is not settled"
        return f"ask {asked}; ask {rest} only {condition}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        certificate = None if self.certificate is None else self.certificate.to_dict()
        cost = UNKNOWN if self.mean_cost is None else self.mean_cost
        return {
            "queries": self.queries,
            **self.mean_queries.named("mean_queries"),
            **cost.named("mean_cost"),
            **self.accuracy.named("accuracy"),
            **self.full_accuracy.named("full_accuracy"),
            **self.loss_to_full.named("loss_to_full"),
            "agreement_with_full": self.agreement_with_full,
            **self.loss_to_set.named("loss_to_set"),
            "set_size": self.set_size,
            "recommended": self.is_recommended,
            "instruction": self.instruction,
            "stops": None if self.stops is None else self.stops.to_dict("records"),
            "certificate": certificate,
        }


def ask_in_sequence(
    table: PredictionTable, request: Request, bought: Candidate
) -> InSequence | None:
    """What asking in sequence gets beside the set that was bought.

    Parameters
    ----------
    table : PredictionTable
    request : Request
    bought : Candidate
        What `select` buys.

    Returns
    -------
    InSequence or None
        None where it was not asked for, or there is nothing to save: fewer than three queries, or
        few items.
    """
    if not _is_wanted(table, request, bought):
        return None
    adaptive = adaptive_candidate(request, bought)
    n_folds = request.n_folds or min(FOLDS, table.n_questions)
    splits = folds(table, n_folds, 1, request.seed)
    redrawn = redrawn_splits(table, N_REDRAWN, request.seed)
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
        return None
    scores = _Scores(table, list(zip(splits, held_out, strict=True)))
    learned = _Scores(
        table, [(s, one) for s, one in zip(redrawn, again, strict=True) if one is not None]
    )
    return _put_together(table, adaptive, bought, scores, learned)


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


def _is_wanted(table: PredictionTable, request: Request, bought: Candidate) -> bool:
    if request.adaptive is not None:
        return request.adaptive
    is_set = bought.budget > 2 and bought.method != SINGLE
    return is_set and table.n_questions >= FEWEST_ITEMS and not request.setting.verifier


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
            loss=request.loss,
            confidence=request.confidence,
        )
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
        None where the split cannot fill the budget.
    """
    adaptive, bought = candidates
    exam = Exam(table, split)
    try:
        policy, chosen = exam.fit(adaptive), exam.fit(bought)
    except UnfilledBudget:
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
    bought: Candidate,
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
        set_size=bought.budget,
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
    policy.fit_table(once, method=ADAPTIVE, trained_on=table.name, n_items=table.n_items)
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


def _listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _more(names: Sequence[str]) -> str:
    """The others by name where they are few, else by number."""
    return _listed(names) if len(names) <= 2 else f"{len(names)} more"
