"""Step two: what cross-validation says of every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ensel.choosing.candidates import CLOSED_FAMILIES, Families
from ensel.heldout.candidates import Candidate
from ensel.heldout.intervals import by_question
from ensel.heldout.scoring import SplitResult, score_split
from ensel.heldout.splits import Split, folds
from ensel.parallel import over_splits
from ensel.table.prediction_table import PredictionTable

MANY = 4000
"""Items from which the luck of one cut into folds no longer matters."""
FOLDS = 10


class Gap(NamedTuple):
    """Mean of a paired difference over questions, and its standard error."""

    mean: float
    error: float


@dataclass(frozen=True)
class Scoreboard:
    """What cross-validation says of every candidate on every question.

    Attributes
    ----------
    candidates : tuple of Candidate
    correct : ndarray of float, shape (n_questions, n_candidates)
        Mean score over the repeats: 1 right, 0 wrong. A row for each item, or for each question
        where some items are copies of one (`PredictionTable.groups`): the sum over its copies,
        times the number of questions an item, so that means are over items and errors over
        questions.
    log_loss : ndarray of float, shape (n_questions, n_candidates)
        Mean over the repeats, in nats; NaN for the single best query. Rows as in `correct`.
    n_folds, n_repeats : int
    families : Families
        What may be chosen among them, and what each is compared by.
    weights : ndarray, shape (n_questions,), optional
        How often each row counts, for resamples; None: once.
    mean_cost, mean_queries : ndarray, shape (n_candidates,), optional
        What an item costs, and is asked, on average, held out.
    """

    candidates: tuple[Candidate, ...]
    correct: np.ndarray
    log_loss: np.ndarray
    n_folds: int
    n_repeats: int
    families: Families = CLOSED_FAMILIES
    weights: np.ndarray | None = None
    mean_cost: np.ndarray | None = None
    mean_queries: np.ndarray | None = None

    @property
    def n_questions(self) -> int:
        """Number of rows."""
        return len(self.correct)

    @property
    def single(self) -> Candidate:
        """The single best query."""
        return next(candidate for candidate in self.candidates if candidate.is_single)

    def of(self, family: tuple[str, str], size: int) -> Candidate | None:
        """The candidate of a family and size; None where no fold could fill it."""
        for candidate in self.candidates:
            if candidate.family == family and candidate.budget == size:
                return candidate
        return None

    def scores(self, candidate: Candidate) -> np.ndarray:
        """Held-out scores of one candidate, shape (n_questions,)."""
        return self.correct[:, self.candidates.index(candidate)]

    def losses(self, candidate: Candidate) -> np.ndarray:
        """Held-out log losses of one candidate in nats, shape (n_questions,)."""
        return self.log_loss[:, self.candidates.index(candidate)]

    def lead(self, first: Candidate, second: Candidate) -> Gap:
        """How much more accurate the first is."""
        return self._gap(self.scores(first) - self.scores(second))

    def extra_loss(self, first: Candidate, second: Candidate) -> Gap:
        """How much more log loss the first has, in nats."""
        return self._gap(self.losses(first) - self.losses(second))

    def _gap(self, difference: np.ndarray) -> Gap:
        n_rows = len(difference)
        weights = np.full(n_rows, 1 / n_rows) if self.weights is None else self.weights
        mean = float(weights @ difference)
        variance = max(float(weights @ difference**2) - mean**2, 0.0)
        return Gap(mean, float(np.sqrt(variance / n_rows)))

    def weighted(self, weights: np.ndarray) -> Scoreboard:
        """The same scores, each row counted as often as its weight says."""
        return replace(self, weights=weights / weights.sum())

    def of_money(self, money: float | None) -> Scoreboard:
        """The candidates that a sum of money limits."""
        kept = [j for j, candidate in enumerate(self.candidates) if candidate.money == money]
        return replace(
            self,
            candidates=tuple(self.candidates[j] for j in kept),
            correct=self.correct[:, kept],
            log_loss=self.log_loss[:, kept],
            mean_cost=None if self.mean_cost is None else self.mean_cost[kept],
            mean_queries=None if self.mean_queries is None else self.mean_queries[kept],
        )


def judge(
    table: PredictionTable,
    candidates: Sequence[Candidate],
    *,
    n_folds: int | None = None,
    n_repeats: int | None = None,
    families: Families = CLOSED_FAMILIES,
    seed: int = 0,
    progress: bool | None = None,
) -> Scoreboard:
    """Fit candidates without a fold, score them on it; every item is tested once a repeat.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    candidates : sequence of Candidate
        Those that a fold cannot fill are left out.
    n_folds : int, optional
        Default 10, or the number of questions if that is less.
    n_repeats : int, optional
        Default 2, or 1 from 4,000 items, where the luck of the cut no longer matters.
    families : Families
        What may be chosen.
    seed : int
    progress : bool, optional

    Returns
    -------
    Scoreboard
    """
    if n_folds is None:
        n_folds = min(FOLDS, table.n_questions)
    if n_repeats is None:
        n_repeats = 2 if table.n_items < MANY else 1
    splits = folds(table, n_folds, n_repeats, seed)
    results = over_splits(
        score_split, table, splits, tuple(candidates), label="judging", progress=progress
    )

    filled = tuple(c for c in candidates if all(c in result.scored for result in results))
    correct, log_loss = _put_together(table, splits, results, filled)
    return Scoreboard(
        filled,
        by_question(correct, table.groups),
        by_question(log_loss, table.groups),
        n_folds,
        n_repeats,
        families,
        mean_cost=_means(splits, results, filled, "cost"),
        mean_queries=_means(splits, results, filled, "n_asked"),
    )


def _means(
    splits: Sequence[Split],
    results: Sequence[SplitResult],
    candidates: Sequence[Candidate],
    what: str,
) -> np.ndarray:
    """Mean over test items of ``"cost"`` or ``"n_asked"``, shape (n_candidates,)."""
    sizes = [len(split.test) for split in splits]
    means = [
        [getattr(result.scored[candidate], what).mean() for candidate in candidates]
        for result in results
    ]
    return np.average(means, axis=0, weights=sizes)


def _put_together(
    table: PredictionTable,
    splits: Sequence[Split],
    results: Sequence[SplitResult],
    candidates: Sequence[Candidate],
) -> tuple[np.ndarray, np.ndarray]:
    """Means over the repeats of scores and log losses, shape (n_items, n_candidates)."""
    tested = np.zeros(table.n_items)
    correct = np.zeros((table.n_items, len(candidates)))
    log_loss = np.zeros((table.n_items, len(candidates)))
    for split, result in zip(splits, results, strict=True):
        tested[split.test] += 1
        for j, candidate in enumerate(candidates):
            correct[split.test, j] += result.scored[candidate].correct
            log_loss[split.test, j] += result.scored[candidate].log_loss
    return correct / tested[:, None], log_loss / tested[:, None]
