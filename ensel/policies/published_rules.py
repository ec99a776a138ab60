"""Stopping rules of the literature, as baselines: each with the vote and threshold it comes with.

They are re-implemented from their descriptions. None learns when to stop from labels: that is what
they are compared for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy.special import betainc

from ensel.exceptions import InputError
from ensel.policies.stages import Stages
from ensel.policies.stopping import StoppingRule
from ensel.table.codes import MISSING
from ensel.voting.open import OpenVote
from ensel.voting.open_weighted import OpenWeighted
from ensel.voting.weighted import WeightedVote


class AdaptiveConsistency(StoppingRule):
    """Stop when the leading answer is probably the majority of all that could come.

    With the two largest counts v1 and v2: stop when P(p > 1/2) under Beta(v1 + 1, v2 + 1) exceeds
    the confidence [1]_. It takes answers as independent draws of one distribution. The score is
    the probability of the contrary.

    Parameters
    ----------
    confidence : float
        In (0, 1); .95 in the paper.

    References
    ----------
    .. [1] Aggarwal, P. et al. (2023). Let's Sample Step by Step: Adaptive-Consistency for
       Efficient Reasoning and Coding with LLMs. arXiv 2305.11860.
    """

    matched_vote = "majority"

    def __init__(self, confidence: float = 0.95) -> None:
        self.confidence = _checked_share(confidence, "confidence")
        self.threshold = 1 - confidence

    def scores(self, stages: Stages) -> np.ndarray:
        """P(p <= 1/2) of every stage but the last: see `StoppingRule.scores`."""
        columns = [betainc(v1 + 1, v2 + 1, 0.5) for v1, v2 in _two_largest(stages.codes[:, :-1], 2)]
        return _side_by_side(columns, len(stages.codes))


class EarlyStopping(StoppingRule):
    """Stop when all answers of one window are the same (ESC) [1]_.

    Parameters
    ----------
    window : int
        Answers of a window; 5 in the paper, on multiple choice and arithmetic.

    References
    ----------
    .. [1] Li, Y. et al. (2024). Escape Sky-high Cost: Early-stopping Self-Consistency for
       Multi-step Reasoning. arXiv 2401.10480.
    """

    matched_vote = "majority"
    threshold = 0.0

    def __init__(self, window: int = 5) -> None:
        if not isinstance(window, int | np.integer) or window < 1:
            raise InputError(f"window {window!r}: a whole number of answers from 1 is needed")
        self.window = window

    def scores(self, stages: Stages) -> np.ndarray:
        """0 at the end of a window that agrees, else 1: see `StoppingRule.scores`."""
        scores = np.ones((len(stages.codes), stages.n_stages - 1))
        for end in range(self.window, stages.n_stages, self.window):
            codes = stages.codes[:, end - self.window : end]
            agrees = (codes == codes[:, :1]).all(axis=1) & (codes[:, 0] != MISSING)
            scores[agrees, end - 1] = 0.0
        return scores


class CannotBeOverturned(StoppingRule):
    """Stop when the weights of the queries to come cannot overturn the leader (ThriftLLM) [1]_.

    Weights are the log-odds of each query's accuracy, so errors are taken as independent. The score
    is what the queries to come could add, less the leader's lead; with the weighted vote the answer
    is that of all of them, always. Open answers weigh as in `OpenWeighted`; there every number of
    answers has weights of its own, and the answer is that of all of them but for that.

    References
    ----------
    .. [1] Huang, K. et al. (2025). ThriftLLM: On Cost-Effective Selection of Large Language Models
       for Classification Queries. arXiv 2501.04901.
    """

    matched_vote = "weighted"
    threshold = -1e-6
    """Just below 0: a tie could still be settled either way."""

    def learn_from(self, training: Any, columns: Sequence[int], vote: Any) -> None:
        """Take the weights of the weighted vote: see `StoppingRule.learn_from`."""
        ascending = tuple(sorted(columns))
        weighted = OpenWeighted() if isinstance(vote, OpenVote) else WeightedVote()
        weights = training.voted(weighted, ascending).weights_
        self.weights_ = np.array([weights[ascending.index(column)] for column in columns])
        self.n_classes_ = training.n_classes

    def scores(self, stages: Stages) -> np.ndarray:
        """What is to come, less the lead, in natural-log odds: see `StoppingRule.scores`."""
        to_come = np.abs(self.weights_).sum() - np.cumsum(np.abs(self.weights_))
        leads = [
            first - second
            for first, second in _two_largest(
                stages.codes[:, :-1], self.n_classes_, self.weights_[:-1]
            )
        ]
        return to_come[:-1] - _side_by_side(leads, len(stages.codes))


class FixedConfidence(StoppingRule):
    """Stop when the posterior of the present answer exceeds a fixed confidence.

    Where all models share errors such a posterior never comes, and it asks nearly everything.

    Parameters
    ----------
    confidence : float
        In (0, 1).
    """

    matched_vote = "logit"

    def __init__(self, confidence: float = 0.95) -> None:
        self.confidence = _checked_share(confidence, "confidence")
        self.threshold = 1 - confidence

    def scores(self, stages: Stages) -> np.ndarray:
        """1 less the posterior: see `StoppingRule.scores`."""
        doubts: np.ndarray = stages.doubts[:, :-1]
        return doubts


def _two_largest(
    codes: np.ndarray, n_classes: int, weights: np.ndarray | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The two largest sums of weights (default: counts) over the classes, after each answer.

    Each of shape (n_items,), in the order of asking. Where weights may be below 0, a class that
    nobody gave counts as well: `n_classes` of them, or as many as the codes need.
    """
    n_items, n_stages = codes.shape
    items = np.arange(n_items)
    sums = np.zeros((n_items, max(int(codes.max(initial=0)) + 1, n_classes)))
    for j in range(n_stages):
        given = codes[:, j] != MISSING
        sums[items[given], codes[given, j]] += 1.0 if weights is None else weights[j]
        pair = np.partition(sums, -2, axis=1)[:, -2:]
        yield pair[:, 1].copy(), pair[:, 0].copy()


def _side_by_side(columns: Sequence[np.ndarray], n_items: int) -> np.ndarray:
    """Columns as a matrix, also where there is none."""
    return np.stack(columns, axis=1) if columns else np.empty((n_items, 0))


def _checked_share(value: float, what: str) -> float:
    if not 0 < value < 1:
        raise InputError(f"{what} {value!r}: a share between 0 and 1 is needed")
    return float(value)
