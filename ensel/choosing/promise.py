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

What was chosen owes something to luck. What is promised is therefore what choosing anew gets, on
items that had no say in the choice (`ensel.choosing.nested`), over the single best query, scored as
that query (`ensel.choosing.single`). What a named method buys was not chosen among others: there
the cross-validation that judges it will do.

The sum of variances is derived here; ``benchmarks/interval_coverage.py`` measures what it covers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ensel.choosing.nested import Ask
from ensel.choosing.rules import Choice, Chooses, choose, choose_ensemble
from ensel.choosing.scoreboard import Scoreboard
from ensel.choosing.single import Single, n_reweightings
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

RESAMPLE_FOLDS = 5


@dataclass(frozen=True)
class Spread:
    """Variances of a candidate's accuracy, and of its gain over the single best query."""

    accuracy: float = 0.0
    gain: float = 0.0


NOT_CHOSEN = Spread()
"""V_chosen of what was not chosen among others."""
NOTHING = Estimate(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Decision(Choice):
    """The choice for one budget, and V_chosen: what scores move by with the choice."""

    spread: Spread = NOT_CHOSEN


def spread_of_choice(
    board: Scoreboard, budget: int, seed: int, chooses: Chooses = choose
) -> Spread:
    """V_chosen: choose again on reweighted items.

    Parameters
    ----------
    board : Scoreboard
    budget : int
    seed : int
    chooses : callable
        How the choice is made.

    Returns
    -------
    Spread
    """
    rng = np.random.default_rng([check_seed(seed), 5])
    n_rows = board.n_questions
    whole = dict(zip(board.candidates, board.correct.mean(axis=0), strict=True))
    landed_on = []
    for _ in range(n_reweightings(n_rows)):
        weights = draw_with_replacement(n_rows, rng)
        candidate = chooses(board, budget, weights).chosen
        landed_on.append((whole[candidate], whole[candidate] - whole[board.single]))
    accuracy, gain = np.var(landed_on, axis=0, ddof=1)
    return Spread(float(accuracy), float(gain))


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
        V_boot, without those that fewer than two resamples could fill.

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
    single : Single
        The single best query, which gains are over.
    anew : dict of Ask to ndarray
        Scores of choosing anew: see `ensel.choosing.nested`.
    """

    def __init__(
        self,
        board: Scoreboard,
        spreads: dict[Candidate, Spread],
        single: Single,
        anew: dict[Ask, np.ndarray] | None = None,
    ) -> None:
        self.board = board
        self.spreads = spreads
        self.single = single
        self.anew = anew or {}

    @property
    def single_accuracy(self) -> Estimate:
        """Of the single best query, as that query."""
        scores = _as_one_split(self.single.scores - self.single.luck)
        return accuracy_interval(scores, scores.item_variance() + self.single.luck_variance)

    def accuracy(self, candidate: Candidate) -> Estimate:
        """Of what was not chosen among others; no interval where few resamples could fill it."""
        if candidate.is_single:
            return self.single_accuracy
        return self._accuracy(self.board.scores(candidate), candidate, NOT_CHOSEN)

    def gain(self, candidate: Candidate) -> Estimate:
        """Over the single best query, of what was not chosen among others."""
        if candidate.is_single:
            return NOTHING
        return self._gain(self.board.scores(candidate), candidate, NOT_CHOSEN)

    def accuracy_anew(self, ask: Ask, decision: Decision, gain: float) -> Estimate:
        """Of what was chosen: the interval of choosing anew, around what is expected."""
        found = self._accuracy(self.anew[ask], decision.chosen, decision.spread)
        value = min(self.single.accuracy + gain, 1.0)
        return Estimate(value, min(found.low, value), max(found.high, value))

    def gain_anew(self, ask: Ask, decision: Decision, columns: tuple[int, ...]) -> Estimate:
        """Held-out gain of choosing anew over the single best query.

        Where the single best query was preferred, of the ensemble that it was preferred to. A set
        that is that very query owes as much to luck as the query does.
        """
        scores = self.anew[anew_of(ask, decision)]
        if decision.chosen.is_single:
            return self._gain(scores, decision.ensemble, decision.spread)
        luck = 0.0 if columns == (self.single.column,) else self.single.luck
        return self._gain(scores, decision.chosen, decision.spread, luck)

    def _accuracy(self, scores: np.ndarray, candidate: Candidate, of_choice: Spread) -> Estimate:
        if candidate not in self.spreads:
            return Estimate(math.nan, math.nan, math.nan)
        held_out = _as_one_split(scores)
        variance = _halfway(held_out.item_variance(), self.spreads[candidate].accuracy)
        return accuracy_interval(held_out, variance + of_choice.accuracy)

    def _gain(
        self,
        scores: np.ndarray,
        candidate: Candidate,
        of_choice: Spread,
        luck: float | None = None,
    ) -> Estimate:
        if candidate not in self.spreads:
            return Estimate(math.nan, math.nan, math.nan)
        luck = self.single.luck if luck is None else luck
        held_out = _as_one_split(scores - self.single.scores + luck)
        variance = _halfway(held_out.item_variance(), self.spreads[candidate].gain)
        # Whether this pick was as lucky as picks are is not known: luck is as wide as it is large.
        return difference_interval(held_out, variance + of_choice.gain + luck**2)


def lead_of_single(one: Single, other: Single) -> Estimate:
    """How much more accurate one query is than another, less the luck of each."""
    if one.column == other.column:
        return NOTHING
    lead = _as_one_split(one.scores - one.luck - other.scores + other.luck)
    variance = lead.item_variance() + one.luck**2 + other.luck**2
    return difference_interval(lead, variance)


def anew_of(ask: Ask, decision: Decision) -> Ask:
    """What is chosen anew for a request: where one query was preferred, the ensemble."""
    return replace(ask, chooses=choose_ensemble) if decision.chosen.is_single else ask


def _as_one_split(values: np.ndarray) -> SplitScores:
    return SplitScores(len(values), [np.arange(len(values))], [values])


def _halfway(items: float, resampled: float) -> float:
    """V_items + V_learned, from V_items and V_boot."""
    return max((items + resampled) / 2, items)
