"""What a policy that asks in sequence knows after one answer, after two, and so on.

A stage is a number of answers that have come in; its vote knows of those alone. A query that has
not been asked is neither missing nor an abstention: the vote of two answers is not the vote of
eight with six missing, but one that was fitted on two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.policies.training import TrainingSet
from ensel.table.codes import MISSING
from ensel.voting.open import OpenVote


@dataclass(frozen=True)
class Stages:
    """The vote of every stage on some items; arrays of shape (n_items, n_stages).

    Attributes
    ----------
    codes : ndarray of int
        Answers in the order of asking, as class positions; -1 = missing.
    best : ndarray of int
        Position of the most probable class.
    top : ndarray of float
        Its probability.
    second : ndarray of float
        Probability of the next; on open answers, of none being right where that is larger.
    heard : ndarray of bool
        Whether any answer up to here was usable.
    kept : ndarray of float
        Probability that the last stage gives to the class that this stage would answer.
    """

    codes: np.ndarray
    best: np.ndarray
    top: np.ndarray
    second: np.ndarray
    heard: np.ndarray
    kept: np.ndarray

    @property
    def n_stages(self) -> int:
        """Number of queries."""
        return int(self.codes.shape[1])

    @property
    def overturned(self) -> np.ndarray:
        """Whether asking everything would change the answer, bool."""
        differs: np.ndarray = self.best != self.best[:, -1:]
        return differs

    @property
    def losses(self) -> np.ndarray:
        """Accuracy that stopping here is expected to lose, by the probabilities of the last stage.

        What asking everything holds the final answer to be worth, less what it holds the present
        one to be worth: 0 where they agree. It needs no label, and is far less noisy than right or
        wrong. Derived here.
        """
        lost: np.ndarray = self.top[:, -1:] - self.kept
        return np.maximum(lost, 0.0)

    @property
    def margins(self) -> np.ndarray:
        """Natural logarithm of the odds of the best class against the next, from 0.

        Rounded, so that neither the order of a sum nor what settles a tie makes two of one.
        """
        odds = (self.top + TINY) / (self.second + TINY)
        margins: np.ndarray = np.maximum(np.log(odds), 0.0).round(MARGIN_DIGITS)
        return margins

    @property
    def doubts(self) -> np.ndarray:
        """Probability that the present answer is wrong, by the vote of this stage."""
        return 1.0 - self.top

    def right(self, labels: np.ndarray) -> np.ndarray:
        """Whether each stage's answer is right, bool; silence never is.

        Parameters
        ----------
        labels : ndarray of int, shape (n_items,)

        Returns
        -------
        ndarray of bool, shape (n_items, n_stages)
        """
        right: np.ndarray = (self.best == labels[:, None]) & self.heard
        return right

    def followed_by(self, others: Stages) -> Stages:
        """The items of both, one after the other."""
        pairs = ((getattr(self, name), getattr(others, name)) for name in FIELDS)
        return Stages(*(np.concatenate(pair) for pair in pairs))

    def rows(self, rows: np.ndarray) -> Stages:
        """Some of the items."""
        return Stages(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


TINY = 1e-12
"""Keeps the odds of a certain answer finite."""
MARGIN_DIGITS = 4
"""Decimal places of a margin."""


def replayed(
    votes: Sequence[Any], columns: Sequence[int], X: np.ndarray
) -> tuple[Stages, list[np.ndarray]]:
    """The vote of every stage.

    Parameters
    ----------
    votes : sequence of estimator, length n_stages
        Fitted; that of stage j on the first j + 1 columns, in ascending order.
    columns : sequence of int, length n_stages
        In the order of asking.
    X : ndarray of int, shape (n_items, n_queries)
        Answers as class positions; -1 = missing.

    Returns
    -------
    stages : Stages
    probabilities : list of ndarray, shape (n_items, n_classes)
        Of each stage.
    """
    codes = X[:, list(columns)]
    probabilities = [
        vote.predict_proba(X[:, sorted(columns[: j + 1])]) for j, vote in enumerate(votes)
    ]
    return stages_of(codes, probabilities, isinstance(votes[-1], OpenVote)), probabilities


def stages_of(codes: np.ndarray, probabilities: Sequence[np.ndarray], is_open: bool) -> Stages:
    """Put the votes of the stages together.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_stages)
        In the order of asking.
    probabilities : sequence of ndarray, shape (n_items, n_classes)
    is_open : bool
        Whether probabilities leave room for none being right.

    Returns
    -------
    Stages
    """
    items, shape = np.arange(len(codes)), codes.shape
    best = np.empty(shape, dtype=np.intp)
    top, second, kept = np.empty(shape), np.empty(shape), np.empty(shape)
    for j, p in enumerate(probabilities):
        best[:, j] = p.argmax(axis=1)
        top[:, j] = p[items, best[:, j]]
        kept[:, j] = probabilities[-1][items, best[:, j]]
        others = p.copy()
        others[items, best[:, j]] = 0.0
        second[:, j] = others.max(axis=1)
        if is_open:
            second[:, j] = np.maximum(second[:, j], 1.0 - p.sum(axis=1))
    heard = np.maximum.accumulate(codes != MISSING, axis=1)
    return Stages(codes, best, top, second, heard, kept)


def crossed(
    training: TrainingSet, buy: Any, vote: Any, columns: Sequence[int], n_folds: int
) -> Stages:
    """The stages of the training items, each by votes that have not seen its label.

    Queries are bought anew without each fold as well, so that the stages show what an order is
    worth on items that it was not chosen on.

    Parameters
    ----------
    training : TrainingSet
    buy : callable
        From a training set to columns in the order of asking; None where it cannot be filled.
        As many as `columns`, or it is passed over.
    vote : estimator
        Not fitted.
    columns : sequence of int
        What is bought from all items, for folds where nothing can be bought.
    n_folds : int

    Returns
    -------
    Stages
        Of the items that count; rows of weight 0 are left out: see `counted`.
    """
    rows, parts = [], []
    for others, fold in training.folds(n_folds, not isinstance(vote, OpenVote)):
        learnable = others if can_teach(others, vote) else training
        order = buy(learnable)
        if order is None or len(order) != len(columns):  # money may buy more here, or less
            order = tuple(columns)
        stages = replayed(prefix_votes(learnable, vote, order), order, training.X[fold])[0]
        rows.append(fold)
        parts.append(stages)
    back = np.argsort(np.concatenate(rows))
    joined = (np.concatenate([getattr(s, n) for s in parts])[back] for n in FIELDS)
    return Stages(*joined)


def can_teach(training: TrainingSet, vote: Any) -> bool:
    """Whether there are labels to tell apart; codes of open answers say nothing of that.

    Parameters
    ----------
    training : TrainingSet
    vote : estimator

    Returns
    -------
    bool
    """
    if isinstance(vote, OpenVote):
        return len(training.y) > 0
    return len(np.unique(training.y)) > 1


FIELDS = tuple(Stages.__dataclass_fields__)


def prefix_votes(training: TrainingSet, vote: Any, columns: Sequence[int]) -> tuple[Any, ...]:
    """The vote fitted on the first column, on the first two, and so on."""
    sizes = range(1, len(columns) + 1)
    fitted = (training.voted(vote, tuple(sorted(columns[:size]))) for size in sizes)
    return tuple(_of_all_classes(one, training.n_classes) for one in fitted)


def _of_all_classes(vote: Any, n_classes: int | None) -> Any:
    """The vote itself, unless it is another library's and has not met every class."""
    if n_classes is None or len(vote.classes_) == n_classes:
        return vote
    return OfAllClasses(vote, n_classes)


class OfAllClasses:
    """A classifier that has not met every class, as one that has: the others get 0.

    Parameters
    ----------
    vote : estimator
        Fitted on class positions.
    n_classes : int
    """

    def __init__(self, vote: Any, n_classes: int) -> None:
        self.vote = vote
        self.classes_ = np.arange(n_classes)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probability of each class, shape (n_items, n_classes)."""
        p = np.zeros((len(X), len(self.classes_)))
        p[:, self.vote.classes_] = self.vote.predict_proba(X)
        return p


def counted(training: TrainingSet) -> np.ndarray:
    """Weights of the items that count, above 0, in their order."""
    if training.sample_weight is None:
        return np.ones(len(training.y))
    weights = np.asarray(training.sample_weight, dtype=float)
    return weights[weights > 0]
