"""The scores of all splits, put together: the rows of a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ensel.heldout.bought_again import BoughtAgain
from ensel.heldout.candidates import Candidate
from ensel.heldout.equal_cost import UNKNOWN, difference_at_equal_cost
from ensel.heldout.intervals import (
    Estimate,
    SplitScores,
    accuracy_interval,
    difference_interval,
)
from ensel.heldout.scoring import SplitResult
from ensel.heldout.splits import Split
from ensel.table.prediction_table import PredictionTable


class Board:
    """The scores of all splits, put together.

    Parameters
    ----------
    table : PredictionTable
    splits : list of Split
    results : list of SplitResult
        One a split.
    baseline : (str, str)
        Method and vote that all others are compared with.
    sets : sequence of Candidate
        Fixed sets of all sizes that what asks in sequence is compared with.
    """

    def __init__(
        self,
        table: PredictionTable,
        splits: list[Split],
        results: list[SplitResult],
        baseline: tuple[str, str],
        sets: Sequence[Candidate] = (),
    ) -> None:
        self.table, self.results, self.baseline = table, results, baseline
        self.splits, self.tests = splits, [split.test for split in splits]
        self.sets = [one for one in sets if self.is_filled(one)]

    def is_filled(self, candidate: Candidate) -> bool:
        """Whether every split could fill a candidate."""
        return all(candidate in result.scored for result in self.results)

    def mean_of(self, candidate: Candidate, what: str) -> float:
        """Mean over splits of ``"cost"`` or ``"n_asked"``."""
        parts = [getattr(result.scored[candidate], what) for result in self.results]
        return float(np.mean([part.mean() for part in parts]))

    def at_equal(self, what: str, candidate: Candidate, scores: SplitScores) -> Estimate:
        """Difference to fixed sets of the same mean ``"cost"`` or ``"n_asked"``."""
        if not candidate.is_sequence:
            return UNKNOWN
        costs = [self.mean_of(one, what) for one in self.sets]
        sets = [self.scores(one) for one in self.sets]
        return difference_at_equal_cost(scores, self.mean_of(candidate, what), sets, costs)

    def scores(self, candidate: Candidate) -> SplitScores:
        """Scores of one candidate on all splits."""
        correct = [result.scored[candidate].correct for result in self.results]
        return SplitScores(self.table.n_items, self.tests, correct, self.table.groups)

    def rows(
        self, candidates: Iterable[Candidate], baselines: Iterable[Candidate]
    ) -> list[dict[str, Any]]:
        """A row for each candidate that every split could fill, against its budget's baseline."""
        baseline_of = {c.budget: (c, self.scores(c)) for c in baselines}
        filled = [c for c in candidates if self.is_filled(c)]
        of_baselines = [c for c, _ in baseline_of.values()]
        again = BoughtAgain(self.table, self.splits, self.results, [*filled, *of_baselines])
        return [self._row(c, *baseline_of[c.budget], again) for c in filled]

    def _row(
        self,
        candidate: Candidate,
        baseline: Candidate,
        of_baseline: SplitScores,
        again: BoughtAgain,
    ) -> dict[str, Any]:
        scores = self.scores(candidate)
        accuracy = accuracy_interval(scores)
        lead = scores - of_baseline
        variance = lead.variance(fresh=again.training_variance(candidate, baseline))
        difference = difference_interval(lead, variance, same=candidate.family == self.baseline)
        parts = [result.scored[candidate] for result in self.results]
        names = self.table.query_names
        return {
            "method": candidate.method,
            "vote": candidate.vote,
            "budget": candidate.budget,
            **accuracy.named("accuracy"),
            **difference.named("diff_vs_top_k"),
            "cost": self.mean_of(candidate, "cost"),
            "mean_queries": self.mean_of(candidate, "n_asked"),
            "mean_budget": np.nan if candidate.mean_budget is None else candidate.mean_budget,
            **self.at_equal("n_asked", candidate, scores).named("diff_equal_queries"),
            **self.at_equal("cost", candidate, scores).named("diff_equal_cost"),
            "queries": [[names[j] for j in part.columns] for part in parts],
        }

    def skipped(self, candidates: Iterable[Candidate]) -> list[dict[str, Any]]:
        """Each method and budget that some split could not fill, and why (in the last of them)."""
        reasons: dict[tuple[str, int], str] = {}
        for candidate in candidates:
            for result in self.results:
                if candidate in result.unfilled:
                    reasons[candidate.method, candidate.budget] = result.unfilled[candidate]
        return [
            {"method": method, "budget": budget, "reason": reason}
            for (method, budget), reason in reasons.items()
        ]
