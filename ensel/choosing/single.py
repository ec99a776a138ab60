"""The single best query: which one it is, and what it gets.

It is one query, the most accurate on all items, and is scored as that query; letting every fold
pick its own would make two equal queries look worse than either, since each fold leaves the one
that is better on it. But the best of many owes something to luck, which is taken off: items are
reweighted, and what the query that is then best leads by on them, and not on all items, is the
luck of one such pick. Accuracies are drawn together first as far as they differ by chance alone
(positive-part James-Stein): the best of equals is otherwise taken for better than it is, and its
luck for less. (Efron's optimism; the shrinkage is derived here.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ensel.choosing.candidates import buy
from ensel.choosing.scoreboard import MANY
from ensel.heldout.candidates import Candidate
from ensel.heldout.intervals import by_question
from ensel.heldout.splits import check_seed, distinct_rows, draw_with_replacement
from ensel.selection.market import ROUNDING
from ensel.table.prediction_table import PredictionTable

REWEIGHTINGS, REWEIGHTINGS_OF_MANY = 500, 100


@dataclass(frozen=True)
class Single:
    """The most accurate query of those that can be paid.

    Attributes
    ----------
    column : int
    scores : ndarray of float, shape (n_questions,)
        Of all its answers: 1 right, 0 wrong or missing.
    luck : float
        Expected to be owed to having been picked, from 0; to be taken off their mean.
    luck_variance : float
        Of which query is picked.
    """

    column: int
    scores: np.ndarray
    luck: float
    luck_variance: float

    @property
    def accuracy(self) -> float:
        """What it is expected to get on other items, in [0, 1]."""
        return max(float(self.scores.mean()) - self.luck, 0.0)


def single_of(
    table: PredictionTable, column: int, money: float | None = None, seed: int = 0
) -> Single:
    """The single best query, and what it owes to having been picked.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    column : int
        Which one it is.
    money : float, optional
        Most that a query may cost: it was picked from those alone.
    seed : int

    Returns
    -------
    Single

    Examples
    --------
    Two queries that are right on half of the items, by chance: the better one is not better.

    >>> rng = np.random.default_rng(0)
    >>> table = PredictionTable(rng.integers(2, size=(100, 2)), rng.integers(2, size=100),
    ...                         classes=["no", "yes"], queries=["a", "b"])
    >>> best = int(np.argmax(table.accuracies))
    >>> single_of(table, best).luck > 0.01
    True
    """
    rivals: np.ndarray = np.arange(table.n_queries)
    if money is not None and table.costs is not None:
        rivals = np.flatnonzero(table.costs <= money * (1 + ROUNDING))
    right = (table.answers[:, rivals] == table.known_labels[:, None]).astype(float)
    right = by_question(right, table.groups)
    scores = right[:, int(np.flatnonzero(rivals == column)[0])]

    n_questions = len(right)
    rng = np.random.default_rng([check_seed(seed), 7])
    n_draws = n_reweightings(n_questions)
    seen = right.mean(axis=0)
    noise = np.empty((n_draws, len(rivals)))
    for draw in range(n_draws):
        noise[draw] = draw_with_replacement(n_questions, rng) @ right / n_questions - seen
    true = _drawn_together(seen, noise)
    picked = (true + noise).argmax(axis=1)
    luck = noise[np.arange(n_draws), picked].mean()
    return Single(column, scores, max(float(luck), 0.0), float(true[picked].var()))


def bought_single(table: PredictionTable, candidate: Candidate, seed: int) -> Single:
    """What the candidate of the single best query buys from all items.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    candidate : Candidate
        The single best query, of a sum of money or of none.
    seed : int

    Returns
    -------
    Single
    """
    column = int(buy(table, candidate, distinct_rows(table), seed).order_[0])
    return single_of(table, column, candidate.money, seed)


def n_reweightings(n_questions: int) -> int:
    """How often the questions are reweighted; many need it less, since less of it is luck."""
    return REWEIGHTINGS if n_questions < MANY else REWEIGHTINGS_OF_MANY


def _drawn_together(seen: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Accuracies, as far as they differ by more than chance: positive-part James-Stein."""
    if len(seen) < 2:
        return seen
    by_chance = float((noise - noise.mean(axis=1, keepdims=True)).var(axis=0).mean())
    spread = float(((seen - seen.mean()) ** 2).sum()) / max(len(seen) - 1, 1)
    kept = max(1.0 - by_chance / spread, 0.0) if spread > 0 else 0.0
    centred: np.ndarray = seen.mean() + kept * (seen - seen.mean())
    return centred
