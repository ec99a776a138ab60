"""One split: fit every policy on its training items, score it on its test items.

An item on which none of the asked queries gives an answer counts as wrong, whatever the policy
would guess: a missing answer is never right, for the single best query and for every ensemble
alike. On open answers an item is right only if a query that was asked gave the right answer: a code
that nobody gave stands for no answer at all.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ensel.exceptions import InputError
from ensel.heldout.candidates import Candidate, unfitted
from ensel.heldout.splits import Split
from ensel.policies import FixedSet, Policy, Sequential, TrainingSet, UnfilledBudget, VerifiedSet
from ensel.policies.training import kept_from_change
from ensel.table.codes import MISSING
from ensel.table.kinds import OPEN
from ensel.table.prediction_table import PredictionTable

LEAST_PROBABILITY = 1e-6
"""A policy surer than this of a wrong class is charged no more log loss."""


@dataclass(frozen=True)
class Scored:
    """One policy on the test items of one split; means over its draws where it is random.

    Attributes
    ----------
    correct : ndarray of float, shape (n_test,)
        1 right, 0 wrong.
    log_loss : ndarray of float, shape (n_test,)
        In nats, of the first draw; NaN where the policy names no probabilities.
    cost : ndarray of float, shape (n_test,)
        What was spent on each item, also on a verifier, whose errors make it an expectation; NaN
        where costs are unknown.
    n_asked : ndarray of float, shape (n_test,)
        Queries asked of each item; with a verifier that asks in sequence, in expectation.
    columns : tuple of int
        What was asked of any item, in the order of buying or asking where there is one (first
        draw).
    """

    correct: np.ndarray
    log_loss: np.ndarray
    cost: np.ndarray
    n_asked: np.ndarray
    columns: tuple[int, ...]


@dataclass
class SplitResult:
    """All candidates on one split."""

    scored: dict[Candidate, Scored] = field(default_factory=dict)
    unfilled: dict[Candidate, str] = field(default_factory=dict)
    """Why a candidate could not fill its budget."""


def score_split(
    table: PredictionTable, split: Split, candidates: Sequence[Candidate]
) -> SplitResult:
    """Fit on the training items, score on the test items.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    split : Split
    candidates : sequence of Candidate

    Returns
    -------
    SplitResult
    """
    exam = Exam(table, split)
    result = SplitResult()
    # The largest budget first: one purchase then serves the smaller ones.
    for candidate in sorted(candidates, key=lambda c: -c.budget):
        try:
            draws = [exam.score(exam.fit(candidate, draw)) for draw in range(candidate.n_draws)]
        except UnfilledBudget as why:
            result.unfilled[candidate] = str(why)
        except Exception as error:
            if not candidate.is_own:
                raise
            raise _named(candidate, error) from error
        else:
            scored = result.scored[candidate] = _mean_of(draws)
            if candidate.is_own and scored.n_asked.max() > candidate.budget:
                raise InputError(
                    f"method {candidate.method!r}, budget {candidate.budget}: asks "
                    f"{scored.n_asked.max():g} queries of an item; the budget is the most"
                )
    return result


def _named(candidate: Candidate, error: Exception) -> InputError:
    """What went wrong in a user's own method, said with its name."""
    first = (str(error).strip().splitlines() or [""])[0]
    return InputError(
        f"method {candidate.method!r}, budget {candidate.budget}: {type(error).__name__}: {first} "
        "(answers are class codes from 0, -1 = missing)"
    )


def _mean_of(draws: list[Scored]) -> Scored:
    first = draws[0]
    if len(draws) == 1:
        return first
    return Scored(
        np.mean([one.correct for one in draws], axis=0).astype(np.float32),
        first.log_loss,
        np.mean([one.cost for one in draws], axis=0),
        np.mean([one.n_asked for one in draws], axis=0),
        first.columns,
    )


class Exam:
    """One split's items: policies learn from one part and are scored on the other.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    split : Split

    Attributes
    ----------
    training : TrainingSet
    X, y : ndarray
        Answers and labels of the test items.
    """

    def __init__(self, table: PredictionTable, split: Split) -> None:
        labels = table.known_labels.astype(np.int64)
        self.split, self.costs = split, table.costs
        own = table.answer_costs  # what an answer cost; fitting goes by what a query costs
        if own is not None:
            self.costs = own[split.test]
        self.n_classes, self.is_open = table.n_classes, table.kind == OPEN
        self.training = TrainingSet(
            table.answers[split.train],
            labels[split.train],
            n_classes=table.n_classes,
            models=table.models,
            costs=table.costs,
            sample_weight=split.weights,
            groups=table.groups[split.train],
            rng_of=split.rng,
        )
        self.X = kept_from_change(table.answers[split.test])
        self.y = kept_from_change(labels[split.test])
        self._graded: dict[Any, tuple[np.ndarray, np.ndarray]] = {}

    def fit(self, candidate: Candidate, draw: int = 0) -> Any:
        """A copy of the candidate's policy, fitted on the training items.

        Parameters
        ----------
        candidate : Candidate
        draw : int

        Returns
        -------
        Policy
        """
        if isinstance(candidate.policy, FixedSet):
            return copy.copy(candidate.policy).fit_to(self.training, draw)
        policy = self.training.seeded(unfitted(candidate.policy), draw)
        if isinstance(policy, Policy):
            return policy.fit_to(self.training, draw)
        return self._fit_foreign(policy)

    def _fit_foreign(self, policy: Any) -> Any:
        """Fit a policy that is no subclass of ours, with as much as its `fit` takes."""
        given = {
            "models": self.training.models,
            "costs": self.training.costs,
            "sample_weight": self.training.sample_weight,
        }
        takes = inspect.signature(policy.fit).parameters
        if not any(one.kind is one.VAR_KEYWORD for one in takes.values()):
            given = {name: value for name, value in given.items() if name in takes}
        fitted = policy.fit(self.training.X, self.training.y, **given)
        return policy if fitted is None else fitted

    def score(self, policy: Any) -> Scored:
        """Score a fitted policy on the test items.

        Parameters
        ----------
        policy : Policy
            From `fit`.

        Returns
        -------
        Scored
        """
        asked = self._asked(policy)
        correct, log_loss = self._grade(policy, asked)
        if isinstance(policy, VerifiedSet):  # verdicts, not answers, say how far it goes
            spent = policy.spent(self.X, self.y, self.costs)
            return Scored(correct, log_loss, spent.cost, spent.asked, policy.columns_)
        if is_plain_set(policy):
            columns = policy.columns_
            n_asked = np.broadcast_to(float(len(columns)), len(self.y))
        else:
            columns = _in_order(policy, np.flatnonzero(asked.any(axis=0)))
            n_asked = asked.sum(axis=1).astype(float)
        return Scored(correct, log_loss, self._costs_of(policy, asked), n_asked, columns)

    def _asked(self, policy: Any) -> np.ndarray:
        """What a policy asks, checked where it is not a fixed set."""
        asked: np.ndarray = np.asarray(policy.asked(self.X))
        if is_plain_set(policy):
            return asked
        if asked.shape != self.X.shape or asked.dtype != bool:
            raise ValueError(
                f"asked gives {asked.dtype} of shape {asked.shape}; bool of shape {self.X.shape} "
                "is needed"
            )
        if not asked.any(axis=1).all():
            raise ValueError("asked names no query for some items; at least one is needed")
        return asked

    def _costs_of(self, policy: Any, asked: np.ndarray) -> np.ndarray:
        if self.costs is None:
            return np.broadcast_to(np.nan, len(self.y))
        if isinstance(policy, Policy):
            return policy.costs_of(self.X, self.costs)
        spent: np.ndarray = np.where(asked, self.costs, 0.0).sum(axis=1)
        return spent

    def _grade(self, policy: Any, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which items it gets right, and log losses; once for fixed sets that vote alike."""
        if not is_plain_set(policy) or isinstance(policy, VerifiedSet):
            return self._graded_anew(policy, asked)
        key = id(policy.vote_), policy.voting_columns_
        if key not in self._graded:
            self._graded[key] = self._graded_anew(policy, asked)
        return self._graded[key]

    def _graded_anew(self, policy: Any, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if isinstance(policy, VerifiedSet):
            solved = policy.solve(self.X, self.y).right
            return solved.astype(np.float32), np.full(len(solved), np.nan, dtype=np.float32)
        X = self.X
        if not is_plain_set(policy):  # what it has not asked for, it does not get to see
            X = kept_from_change(np.where(asked, X, MISSING).astype(X.dtype))
        p = self._by_class(np.asarray(policy.predict_proba(X)), policy.classes_)
        if self.is_open:
            p, of_label, heard = self._as_given(asked, p)
        else:
            of_label = p[np.arange(len(p)), self.y]
            given = asked & (self.X != MISSING)
            heard = policy.heard(self.X) if isinstance(policy, Policy) else given.any(axis=1)

        right = p.argmax(axis=1) == self.y
        if getattr(policy, "names_probabilities", True):
            log_loss = -np.log(np.maximum(of_label, LEAST_PROBABILITY))
        else:
            log_loss = np.full(len(p), np.nan)
        return (heard & right).astype(np.float32), log_loss.astype(np.float32)

    def _as_given(
        self, asked: np.ndarray, p: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Probabilities of the options that asked queries gave, and what is made of the truth.

        Returns
        -------
        p : ndarray, shape (n_items, n_classes)
            0 of what nobody gave.
        of_label : ndarray, shape (n_items,)
            Of the truth, or of none being right where nobody gave it.
        heard : ndarray of bool, shape (n_items,)
            Whether somebody gave the truth, and the policy holds it possible.
        """
        items = np.arange(len(self.y))
        given = np.zeros((len(items), self.n_classes), dtype=bool)
        rows, columns = np.nonzero(asked & (self.X != MISSING))
        given[rows, self.X[rows, columns]] = True

        p = np.where(given, p, 0.0)
        truth_given = given[items, self.y]
        of_label = np.where(truth_given, p[items, self.y], 1 - p.sum(axis=1))
        return p, of_label, truth_given & (of_label > 0)

    def _by_class(self, p: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Probabilities of all classes of the table, 0 of those that the policy has not seen."""
        if p.shape != (len(self.y), len(classes)) or not np.isfinite(p).all():
            raise ValueError(
                f"probabilities of shape {p.shape}; finite ones of shape "
                f"{(len(self.y), len(classes))} are needed, a column for each of classes_"
            )
        if p.shape[1] == self.n_classes and np.array_equal(classes, np.arange(self.n_classes)):
            return p
        wide = np.zeros((len(p), self.n_classes))
        wide[:, np.asarray(classes, dtype=int)] = p
        return wide

    def voted(self, vote: Any, columns: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Which test items a vote of given columns gets right, and its log losses in nats.

        Parameters
        ----------
        vote : Vote
            Not fitted.
        columns : sequence of int

        Returns
        -------
        correct, log_loss : ndarray of float, shape (n_test,)
        """
        policy = _Given(tuple(columns), vote).fit_to(self.training)
        return self._grade(policy, policy.asked(self.X))


def is_plain_set(policy: Any) -> bool:
    """Whether a policy is a fixed set of ours, not a user's subclass, which may do otherwise."""
    return isinstance(policy, FixedSet) and type(policy).__module__.startswith("ensel.")


class _Given(FixedSet):
    """A fixed set of given columns."""

    def __init__(self, columns: tuple[int, ...], vote: Any) -> None:
        super().__init__(None, vote)
        self.columns = columns

    def _bought(self, training: TrainingSet, draw: int) -> tuple[int, ...]:
        return self.columns


def _in_order(policy: Any, asked: np.ndarray) -> tuple[int, ...]:
    """The asked columns in the order in which a policy of ours asks them, else ascending."""
    if isinstance(policy, Sequential):
        return tuple(j for j in policy.columns_ if j in set(asked.tolist()))
    return tuple(asked.tolist())
