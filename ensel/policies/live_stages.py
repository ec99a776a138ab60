"""The live half of a sequential policy, in plain Python: no array is needed to ask what is next."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ensel.policies.stages import stages_of
from ensel.policies.stopping import PlainVote
from ensel.table.codes import MISSING
from ensel.voting.logit import LogitVote
from ensel.voting.majority import MajorityVote
from ensel.voting.open import OpenVote
from ensel.voting.weighted import WeightedVote

if TYPE_CHECKING:
    from ensel.policies.sequential import Sequential


class LiveStages:
    """Says whether a question is settled, and what to ask if not.

    Parameters
    ----------
    policy : Sequential
        Fitted.
    made_for : tuple
        What of the policy this was built from.
    """

    def __init__(self, policy: Sequential, made_for: Any) -> None:
        self.policy, self.made_for = policy, made_for
        self.names = [policy.query_names[j] for j in policy.columns_]
        self.known = frozenset(policy.query_names)
        names = policy.class_names
        shared = names is not None and policy.reader is None
        self.codes: dict[Any, int] | None = None
        if shared and names is not None:
            self.codes = {name: code for code, name in enumerate(names)} | {None: MISSING}
        columns = policy.columns_
        self.votes = [
            plain_vote(vote, columns[: size + 1]) for size, vote in enumerate(policy.votes_)
        ]
        self.score = policy.rule_.of_one(self.votes, len(self.names))

    def n_in_order(self, answers: Mapping[str, Any]) -> int:
        """How many queries have been asked before the first that has not, in order."""
        for place, name in enumerate(self.names):
            if name not in answers:
                return place
        return len(self.names)

    def next(self, answers: Mapping[str, Any], n: int) -> tuple[str, ...]:
        """What to ask now: up to n names, none where the answer is settled."""
        if not isinstance(answers, Mapping) or not self.known.issuperset(answers):
            self.policy._row_of(answers)  # says what is wrong
        stage = self.n_in_order(answers)
        if stage == len(self.names) or (stage and self.is_settled(answers, stage)):
            return ()
        return tuple(name for name in self.names[stage:] if name not in answers)[:n]

    def is_settled(self, answers: Mapping[str, Any], stage: int) -> bool:
        """Whether the first `stage` answers, of fewer queries than there are, suffice."""
        codes = self._codes_of(answers, stage)
        if all(code == MISSING for code in codes):
            return False
        if self.score is None:
            return self._settled_by_arrays(codes)
        return self.score(codes) <= self.policy.threshold_

    def _codes_of(self, answers: Mapping[str, Any], stage: int) -> list[int]:
        """Class positions in the order of asking."""
        if self.codes is not None:
            try:
                return [self.codes[answers[name]] for name in self.names[:stage]]
            except (KeyError, TypeError):
                pass  # spelled otherwise, or nothing that it knows
        row = self.policy.positions_of(self.policy._row_of(answers)[None, :])[0]
        codes: list[int] = row[list(self.policy.columns_[:stage])].tolist()
        return codes

    def _settled_by_arrays(self, codes: list[int]) -> bool:
        """The same for any rule: the stages of one item, those to come without an answer."""
        policy = self.policy
        n_stages, n_asked = len(policy.columns_), len(codes)
        row = np.full((1, policy.n_features_in_), MISSING)
        row[0, list(policy.columns_[:n_asked])] = codes
        probabilities = [
            vote.predict_proba(row[:, sorted(policy.columns_[: size + 1])])
            for size, vote in enumerate(policy.votes_)
        ]
        in_order = row[:, list(policy.columns_)]
        stages = stages_of(in_order, probabilities, isinstance(policy.votes_[-1], OpenVote))
        if n_asked == n_stages:
            return True
        return bool(policy.rule_.scores(stages)[0, n_asked - 1] <= policy.threshold_)


def plain_vote(vote: Any, columns: Sequence[int]) -> PlainVote:
    """A fitted vote in plain Python, where it is one of ours that adds weights up.

    Parameters
    ----------
    vote : estimator
        Fitted on the columns in ascending order.
    columns : sequence of int
        In the order of asking.

    Returns
    -------
    callable
        Ties are not settled: they do not matter to the two probabilities.
    """
    ascending = sorted(columns)
    places = [ascending.index(column) for column in columns]
    if not type(vote).__module__.startswith("ensel.voting."):
        return _by_arrays(vote, places)  # whatever it inherits, it may vote in its own way
    if isinstance(vote, LogitVote):
        weights = [vote.weights_[place].tolist() for place in places]
        return _closed(weights, vote.bias_.tolist())
    if isinstance(vote, WeightedVote):
        n_classes = len(vote.classes_)
        return _closed([[vote.weights_[p]] * n_classes for p in places], [0.0] * n_classes)
    if isinstance(vote, MajorityVote):
        return _shares(len(vote.classes_))
    if isinstance(vote, OpenVote):
        return _open([float(vote.weights_[place]) for place in places], float(vote.bias_[0]))
    return _by_arrays(vote, places)


def _closed(weights: Sequence[Sequence[float]], bias: Sequence[float]) -> PlainVote:
    def probabilities(codes: Sequence[int]) -> tuple[float, float]:
        scores = list(bias)
        for code, weight in zip(codes, weights, strict=True):
            if code >= 0:
                scores[code] += weight[code]
        return _two_largest(scores)

    return probabilities


def _open(weights: Sequence[float], outside: float) -> PlainVote:
    def probabilities(codes: Sequence[int]) -> tuple[float, float]:
        scores: dict[int, float] = {}
        for code, weight in zip(codes, weights, strict=True):
            if code >= 0:
                scores[code] = scores.get(code, 0.0) + weight
        # None being right is a rival of the best option, and never the answer itself.
        options = sorted(scores.values(), reverse=True)
        largest = max(options[0], outside)
        total = sum(math.exp(s - largest) for s in options) + math.exp(outside - largest)
        second = max(options[1], outside) if len(options) > 1 else outside
        return math.exp(options[0] - largest) / total, math.exp(second - largest) / total

    return probabilities


def _shares(n_classes: int) -> PlainVote:
    def probabilities(codes: Sequence[int]) -> tuple[float, float]:
        counts = [0] * n_classes
        for code in codes:
            if code >= 0:
                counts[code] += 1
        second, first = sorted(counts)[-2:]
        n_cast = sum(counts)
        return first / n_cast, second / n_cast

    return probabilities


def _by_arrays(vote: Any, places: Sequence[int]) -> PlainVote:
    def probabilities(codes: Sequence[int]) -> tuple[float, float]:
        row = np.empty((1, len(places)), dtype=int)
        row[0, list(places)] = codes
        p = vote.predict_proba(row)[0]
        others = [1.0 - p.sum()] if isinstance(vote, OpenVote) else []
        first = int(p.argmax())
        return float(p[first]), float(max([*np.delete(p, first), *others]))

    return probabilities


def _two_largest(scores: Sequence[float]) -> tuple[float, float]:
    """The two largest of the probabilities that are proportional to exp(score)."""
    second, first = sorted(scores)[-2:]
    total = sum(math.exp(score - first) for score in scores)
    return 1.0 / total, math.exp(second - first) / total
