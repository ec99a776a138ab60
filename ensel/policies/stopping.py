"""When to stop: a score for every stage, low where the answer is settled.

A policy that asks in sequence stops at the first stage whose score is at most its threshold. One
scalar, so that policies nest: with a lower threshold, no item stops earlier.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from scipy.optimize import isotonic_regression

from ensel.policies.stages import MARGIN_DIGITS, TINY, Stages

OVERTURN, GAIN, POSTERIOR = "overturn", "gain", "posterior"
RULES = (OVERTURN, GAIN, POSTERIOR)
"""Rules that are learned, in the order in which ties between them are settled."""
SHRINKAGE = 0.5
"""Share of the straight line through 0 in a learned score, beside the curve."""
ASK_ALL = -1e9
"""A threshold below every score."""
PlainVote = Callable[[Sequence[int]], tuple[float, float]]
"""From codes in the order of asking to the probabilities of the best class and of the next."""


class StoppingRule(ABC):
    """A score for every stage but the last; a policy stops where it is at most a threshold.

    Subclasses write `scores`, and `fit` where there is something to learn. A rule that is to be
    kept in a file has `to_data` and `from_data`, and one that is asked live at every question
    `of_one`.

    Attributes
    ----------
    threshold : float or None
        The rule's own; None: chosen on the training items.

    See Also
    --------
    LearnedRule : What is lost by stopping, learned from held-out votes.
    ensel.policies.polya_urn.PolyaUrn : Of samples of one model.
    ensel.policies.published_rules : Rules of the literature.
    """

    threshold: float | None = None
    matched_vote: str | None = None
    """The vote that it goes with; None: the one that serves best."""

    def fit(self, stages: Stages, weights: np.ndarray) -> Self:
        """Learn from held-out votes; nothing, unless a subclass does.

        Parameters
        ----------
        stages : Stages
        weights : ndarray of float, shape (n_items,)

        Returns
        -------
        self
        """
        return self

    def learn_from(self, training: Any, columns: Sequence[int], vote: Any) -> None:  # noqa: B027
        """Learn from labelled answers; nothing, unless a subclass does.

        Parameters
        ----------
        training : TrainingSet
        columns : sequence of int
            In the order of asking.
        vote : estimator
            The policy's, not fitted.
        """

    @abstractmethod
    def scores(self, stages: Stages) -> np.ndarray:
        """Score of every stage but the last; that of a stage depends on nothing after it.

        Parameters
        ----------
        stages : Stages

        Returns
        -------
        ndarray of float, shape (n_items, n_stages - 1)
        """

    def of_one(
        self, votes: Sequence[PlainVote], n_stages: int
    ) -> Callable[[Sequence[int]], float] | None:
        """The same score in plain Python, for one item; None where there is no such thing.

        Parameters
        ----------
        votes : sequence of callable, length n_stages
            Of every stage: see `PlainVote`.
        n_stages : int

        Returns
        -------
        callable or None
            From the codes so far, in the order of asking, to the score.
        """
        return None

    @property
    def learns(self) -> bool:
        """Whether there is something to learn, and so to learn anew."""
        return type(self).fit is not StoppingRule.fit

    def to_data(self) -> dict[str, Any]:
        """Plain data, for a file, with the rule's `kind`.

        Raises
        ------
        NotImplementedError
            If the rule cannot be kept in a file.
        """
        raise NotImplementedError(f"a {type(self).__name__} cannot be kept in a file")


class LearnedRule(StoppingRule):
    r"""What stopping is expected to cost, as a function of the vote so far.

    - ``overturn``: the chance that asking the rest would change the answer.
    - ``gain``: the accuracy that asking the rest is expected to bring (`Stages.losses`).
    - ``posterior``: the probability that the present answer is wrong, as the vote has it.

    The first two are learned, stage by stage, from votes that had not seen an item's label, and
    need no label themselves:

        score = 1/2 f(margin) + 1/2 r (1 - p),

    where p is the posterior of the present answer, the margin its log-odds against the next class,
    f the isotonic regression (falling) of what came of it on the margin, and r (1 - p) the straight
    line through 0 with the same mean. Alone, f says "never" wherever a few hundred items show no
    case; the line does not. Where all models share errors a posterior near 1 never comes, but the
    answer no longer changes; where errors depend on the class the posterior is the better guide. So
    none of the three wins everywhere (``benchmarks/adaptive.py``). Derived here.

    Parameters
    ----------
    kind : str
        Of ``overturn gain posterior``.

    Attributes
    ----------
    knots_ : list of (list, list)
        Margins and heights of f, for each stage but the last; empty for ``posterior``.
    slopes_ : list of float
        r, for each stage but the last.

    Examples
    --------
    >>> LearnedRule("posterior").kind
    'posterior'
    """

    def __init__(self, kind: str = GAIN) -> None:
        self.kind = kind

    def fit(self, stages: Stages, weights: np.ndarray) -> Self:
        """Learn what came of stopping: see `StoppingRule.fit`."""
        n_scores = stages.n_stages - 1
        self.knots_: list[tuple[list[float], list[float]]] = []
        self.slopes_ = [1.0] * n_scores
        if self.kind == POSTERIOR:
            return self

        outcomes = stages.overturned if self.kind == OVERTURN else stages.losses
        for j in range(n_scores):
            outcome, margins, doubts = (a[:, j] for a in (outcomes, stages.margins, stages.doubts))
            self.knots_.append(_falling(margins, outcome.astype(float), weights))
            # A fifth of an item of which nothing is known keeps the line above 0.
            unknown = 0.2 * float(np.average(doubts, weights=weights)) + 1e-12
            came, expected = float(weights @ outcome), float(weights @ doubts)
            self.slopes_[j] = (came + unknown) / (expected + unknown)
        return self

    def scores(self, stages: Stages) -> np.ndarray:
        """See `StoppingRule.scores`."""
        lines = stages.doubts[:, :-1] * np.array(self.slopes_)
        if self.kind == POSTERIOR:
            return lines
        curves = [
            np.interp(stages.margins[:, j], *knots) if len(knots[0]) else np.zeros(len(lines))
            for j, knots in enumerate(self.knots_)
        ]
        if not curves:
            return lines
        return (1 - SHRINKAGE) * np.stack(curves, axis=1) + SHRINKAGE * lines

    def of_one(self, votes: Sequence[PlainVote], n_stages: int) -> Callable[[Sequence[int]], float]:
        """The same score in plain Python: see `StoppingRule.of_one`."""

        def score(codes: Sequence[int]) -> float:
            stage = len(codes) - 1
            top, second = votes[stage](codes)
            odds = (top + TINY) / (second + TINY)
            margin = round(max(math.log(odds), 0.0), MARGIN_DIGITS)
            return self.score_at(stage, margin, 1.0 - top)

        return score

    def score_at(self, stage: int, margin: float, doubt: float) -> float:
        """The score of one stage, from 0, at a margin and doubt of its vote."""
        line = self.slopes_[stage] * doubt
        if self.kind == POSTERIOR:
            return line
        curve = _interpolated(margin, *self.knots_[stage])
        return (1 - SHRINKAGE) * curve + SHRINKAGE * line

    def to_data(self) -> dict[str, Any]:
        """Plain data, for a file."""
        knots = [{"margins": x, "heights": y} for x, y in self.knots_]
        return {"kind": self.kind, "slopes": list(self.slopes_), "knots": knots}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], n_stages: int) -> Self:
        """A fitted rule from what `to_data` gave.

        Raises
        ------
        ValueError
            If it is no rule for so many stages.
        """
        rule = cls(data["kind"])
        rule.slopes_ = [float(slope) for slope in data["slopes"]]
        rule.knots_ = [
            ([float(x) for x in one["margins"]], [float(y) for y in one["heights"]])
            for one in data["knots"]
        ]
        n_knots = 0 if rule.kind == POSTERIOR else n_stages - 1
        numbers = [*rule.slopes_, *(v for pair in rule.knots_ for side in pair for v in side)]
        fits = len(rule.slopes_) == n_stages - 1 and len(rule.knots_) == n_knots
        paired = all(len(x) == len(y) and x == sorted(x) and x for x, y in rule.knots_)
        if rule.kind not in RULES or not fits or not paired or not np.isfinite(numbers).all():
            raise ValueError("no stopping rule of these stages")
        return rule


def _falling(
    margins: np.ndarray, outcome: np.ndarray, weights: np.ndarray
) -> tuple[list[float], list[float]]:
    """Knots of the falling curve that is closest to the outcomes, flat pieces by their ends."""
    at, place = np.unique(margins, return_inverse=True)
    total = np.bincount(place, weights)
    means = np.bincount(place, weights * outcome) / total
    heights = isotonic_regression(means, weights=total, increasing=False).x
    inner = (heights[1:-1] == heights[:-2]) & (heights[1:-1] == heights[2:])
    kept = np.concatenate([[True], ~inner, [True]])[: len(at)]
    return at[kept].tolist(), heights[kept].tolist()


def _interpolated(x: float, knots: list[float], heights: list[float]) -> float:
    """Height of a curve of straight pieces, flat beyond its ends."""
    place = bisect_right(knots, x)
    if place == 0:
        return heights[0]
    if place == len(knots):
        return heights[-1]
    left, right = knots[place - 1], knots[place]
    share = (x - left) / (right - left)
    return heights[place - 1] + share * (heights[place] - heights[place - 1])
