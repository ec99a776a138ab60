"""Step four: promise what the choice will get, honestly about having chosen.

What `select` promises would move on other items, for three reasons.

- *Which items were at hand.* The variance of the mean of the held-out scores: V_items.
- *What was learned from them.* The chosen method is fitted and cross-validated again on items drawn
  with replacement, copies of an item in one fold (where items are copies of a question, questions
  are drawn). A resample carries the luck of the sample and its own, so whatever depends on what was
  learned varies twice as much as it should: V_boot = V_items + 2 V_learned. What is wanted,
  V_items + V_learned, is the mean of V_items and V_boot.
- *What was chosen.* Items are reweighted, and the choice is made again from the held-out scores at
  hand. V_chosen is the variance of the full-sample scores of what it lands on.

The same reweighting prices the winner's luck, the optimism. What is chosen leads the single best
query by more on the items that chose it than on all items, and the difference is taken off (Efron
1983). Leads over the single best query are compared, not accuracies, since that takes the luck of
the drawn items out. The items that a resample leaves out would not do in place of all items: they
are as unlucky as the drawn ones are lucky.

The sum of variances is derived here; ``benchmarks/interval_coverage.py`` measures what it covers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ensel.choosing.rules import Choice, choose
from ensel.choosing.scoreboard import MANY, Scoreboard
from ensel.exceptions import InputError
from ensel.heldout.candidates import Candidate
from ensel.heldout.intervals import (
    Estimate,
    SplitScores,
    accuracy_interval,
    difference_interval,
)
from ensel.heldout.scoring import score_split
from ensel.heldout.splits import (
    Split,
    check_seed,
    distinct_rows,
    draw_with_replacement,
    holds_two_classes,
)
from ensel.parallel import run_all
from ensel.table.prediction_table import PredictionTable

Chooses = Callable[[Scoreboard, int, np.ndarray | None], Choice]
"""From a scoreboard, a budget and weights of its rows to a choice."""
RESAMPLE_FOLDS = 5
RECHOICES, RECHOICES_OF_MANY = 500, 100
"""Resamples of the choice; of more than 4,000 questions fewer do, since less of it is luck."""


@dataclass(frozen=True)
class Optimism:
    """How much of a held-out score is luck of the choice.

    Attributes
    ----------
    value : float
        To be taken off the score of what was chosen, and off its gain.
    variance, gain_variance : float
        V_chosen of the accuracy, and of the gain.
    """

    value: float = 0.0
    variance: float = 0.0
    gain_variance: float = 0.0


NO_OPTIMISM = Optimism()
"""Of what was not chosen."""


@dataclass(frozen=True)
class Decision(Choice):
    """The choice for one budget, and how much of its held-out score is luck of the choice."""

    optimism: Optimism = NO_OPTIMISM


def optimism_of_choice(
    board: Scoreboard, budget: int, seed: int, chooses: Chooses = choose
) -> Optimism:
    """Choose again on reweighted items.

    Parameters
    ----------
    board : Scoreboard
    budget : int
    seed : int
    chooses : callable
        How the choice is made.

    Returns
    -------
    Optimism
    """
    rng = np.random.default_rng([check_seed(seed), 5])
    n_rows = board.n_questions
    whole = dict(zip(board.candidates, board.correct.mean(axis=0), strict=True))
    single = board.scores(board.single)
    optimism, landed_on = [], []
    for _ in range(RECHOICES if n_rows < MANY else RECHOICES_OF_MANY):
        weights = draw_with_replacement(n_rows, rng)
        candidate = chooses(board, budget, weights).chosen
        lead = board.scores(candidate) - single
        optimism.append(weights @ lead / n_rows - lead.mean())
        landed_on.append((whole[candidate], whole[candidate] - whole[board.single]))
    variance, gain_variance = np.var(landed_on, axis=0, ddof=1)
    return Optimism(max(float(np.mean(optimism)), 0.0), float(variance), float(gain_variance))


@dataclass(frozen=True)
class Spread:
    """V_boot of a candidate's accuracy, and of its gain over the single best query."""

    accuracy: float
    gain: float


def resample(
    table: PredictionTable,
    candidates: Iterable[Candidate],
    singles: Iterable[Candidate],
    *,
    n_boot: int,
    seed: int,
    progress: bool | None = None,
) -> dict[Candidate, Spread]:
    """Cross-validate candidates on items drawn with replacement.

    Parameters
    ----------
    table : PredictionTable
    candidates : iterable of Candidate
        Those whose variances are wanted.
    singles : iterable of Candidate
        The single best query, of each sum of money among the candidates.
    n_boot : int
        At least 2.
    seed : int
    progress : bool, optional

    Returns
    -------
    dict of Candidate to Spread
        Without those that fewer than two resamples could fill.

    Raises
    ------
    InputError
        If hardly any resample holds two classes.
    """
    from joblib import delayed

    wanted = list(candidates)
    judged = tuple(dict.fromkeys([*singles, *wanted]))
    children = np.random.SeedSequence([check_seed(seed), 4]).spawn(n_boot)
    jobs = (delayed(_draw)(table, judged, child) for child in children)
    done = run_all(jobs, n_boot, shared=[table], label="resampling", unit="draw", progress=progress)
    draws = [draw for draw in done if draw is not None]
    if len(draws) < 2:
        raise InputError(
            f"{table.name}: too few items of the rarer classes to resample {table.n_items} items"
        )
    return _spreads(judged, draws)


def _spreads(
    candidates: Sequence[Candidate], draws: list[dict[Candidate, tuple[float, float]]]
) -> dict[Candidate, Spread]:
    spreads = {}
    for candidate in candidates:
        # In a resample another model may be best and have too few samples for a budget.
        pairs = [draw[candidate] for draw in draws if candidate in draw]
        if len(pairs) >= 2:
            accuracies, gains = zip(*pairs, strict=True)
            spreads[candidate] = Spread(
                float(np.var(accuracies, ddof=1)), float(np.var(gains, ddof=1))
            )
    return spreads


def _draw(
    table: PredictionTable, candidates: tuple[Candidate, ...], seed: np.random.SeedSequence
) -> dict[Candidate, tuple[float, float]] | None:
    """Accuracies and gains in one resample; None if a part has one class."""
    rng = np.random.default_rng(seed)
    n_questions = table.n_questions
    fold = (rng.permutation(n_questions) % min(RESAMPLE_FOLDS, n_questions))[table.groups]
    of_item = draw_with_replacement(n_questions, rng)[table.groups]
    once = np.zeros(table.n_items, dtype=bool)
    once[distinct_rows(table)] = True

    right: dict[Candidate, list[np.ndarray]] = {}
    tested = []
    for number in np.unique(fold[of_item > 0]):
        test = np.flatnonzero((of_item > 0) & (fold == number))
        train = np.flatnonzero((of_item > 0) & (fold != number) & once)
        if not holds_two_classes(table, train):
            return None
        tested.append(of_item[test])
        split = Split(train, test, seed, of_item[train])
        for candidate, scored in score_split(table, split, candidates).scored.items():
            right.setdefault(candidate, []).append(scored.correct)
    return _means_of_draw(right, np.concatenate(tested))


def _means_of_draw(
    right: dict[Candidate, list[np.ndarray]], counts: np.ndarray
) -> dict[Candidate, tuple[float, float]]:
    """Accuracy, and gain over the single best query, of what every fold could fill."""
    shares = counts / counts.sum()
    scores = {candidate: np.concatenate(parts) for candidate, parts in right.items()}
    single_of = {one.money: scores[one] for one in scores if one.is_single}
    means = {}
    for candidate, correct in scores.items():
        single = single_of[candidate.money]
        if len(correct) == len(single):
            means[candidate] = float(shares @ correct), float(shares @ (correct - single))
    return means


class Promises:
    """Held-out estimates with intervals that say what moves them.

    Parameters
    ----------
    board : Scoreboard
    spreads : dict of Candidate to Spread
    """

    def __init__(self, board: Scoreboard, spreads: dict[Candidate, Spread]) -> None:
        self.board = board
        self.spreads = spreads

    def accuracy(self, candidate: Candidate, optimism: Optimism = NO_OPTIMISM) -> Estimate:
        """Of a candidate; no interval where too few resamples could fill it."""
        if candidate not in self.spreads:
            return Estimate(math.nan, math.nan, math.nan)
        scores = _as_one_split(self.board.scores(candidate) - optimism.value)
        variance = _halfway(scores.item_variance(), self.spreads[candidate].accuracy)
        return accuracy_interval(scores, variance + optimism.variance)

    def gain(self, candidate: Candidate, optimism: Optimism = NO_OPTIMISM) -> Estimate:
        """Of a candidate over the single best query."""
        if candidate.is_single:
            return Estimate(0.0, 0.0, 0.0)
        if candidate not in self.spreads:
            return Estimate(math.nan, math.nan, math.nan)
        lead = self.board.scores(candidate) - self.board.scores(self.board.single)
        scores = _as_one_split(lead - optimism.value)
        variance = _halfway(scores.item_variance(), self.spreads[candidate].gain)
        return difference_interval(scores, variance + optimism.gain_variance)


def _as_one_split(values: np.ndarray) -> SplitScores:
    return SplitScores(len(values), [np.arange(len(values))], [values])


def _halfway(items: float, resampled: float) -> float:
    """V_items + V_learned, from V_items and V_boot."""
    return max((items + resampled) / 2, items)
