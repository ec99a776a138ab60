"""When to stop asking one model: by how often it repeats itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Self

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from ensel.exceptions import InputError
from ensel.policies.stages import Stages
from ensel.policies.stopping import StoppingRule
from ensel.table.codes import MISSING
from ensel.voting.open import OpenVote

POLYA_URN = "polya-urn"
OPEN_OPTIONS = 1000
"""Options of an item whose answers are open: many, of which nearly none is ever given."""
LEAST, MOST = math.log(1e-4), math.log(1e3)
"""Natural logarithms of the concentrations that are tried."""


class PolyaUrn(StoppingRule):
    r"""The chance that the samples to come would overturn the leading answer.

    Samples of one model are exchangeable. Each item is taken to have answer probabilities of its
    own, drawn from a symmetric Dirichlet distribution of K options with concentration A, so that
    after n answers, of which n_k are k, the next one is k with probability
    (n_k + A / K) / (n + A), as in a Pólya urn. How much a model repeats itself (a small A) shows in
    its answers to the training items, without labels, and A is their maximum likelihood. The score
    is the sum over rivals of the chance that the rival has overtaken the leader when all have been
    asked, a tie counted as half: at least the chance that anyone has, and exactly that of two
    options. Adaptive-Consistency [1]_ asks instead whether the leader would win an endless count,
    and knows neither the model nor how many samples are left. Derived here.

    The threshold is of each item, whatever the tolerance of the policy: with the confidence of .95
    it stops where one item in twenty like it would yet be overturned. On real samples the new
    leader was right no more often than the old one (``benchmarks/adaptive.py``); where labels were
    what a model says most often, each overturned answer would be a loss.

    Parameters
    ----------
    confidence : float
        It stops at a chance of at most one less this; in (0, 1).

    Attributes
    ----------
    concentration_ : float
        A.
    n_options_ : int
        K.

    See Also
    --------
    ensel.policies.published_rules.AdaptiveConsistency : Stops by an endless count.

    References
    ----------
    .. [1] Aggarwal, P. et al. (2023). Let's Sample Step by Step: Adaptive-Consistency for
       Efficient Reasoning and Coding with LLMs. arXiv 2305.11860.

    Examples
    --------
    With the uniform prior (A = 2 of two options), after one answer of three: both others must
    differ to overturn it, 1/3 x 2/4 = 1/6.

    >>> round(chance_of_overturning((1,), n_left=2, concentration=2.0, n_options=2), 4)
    0.1667
    """

    matched_vote = "majority"

    def __init__(self, confidence: float = 0.95) -> None:
        if not 0 < confidence < 1:
            raise InputError(f"confidence {confidence!r}: a share between 0 and 1 is needed")
        self.confidence = float(confidence)
        self.threshold = 1 - self.confidence

    def learn_from(self, training: Any, columns: Sequence[int], vote: Any) -> None:
        """Take the number of options: see `StoppingRule.learn_from`."""
        self.n_options_ = OPEN_OPTIONS if isinstance(vote, OpenVote) else training.n_classes

    def fit(self, stages: Stages, weights: np.ndarray) -> Self:
        """Learn how much the model repeats itself: see `StoppingRule.fit`."""
        *_, counts = counts_so_far(stages.codes)
        self.concentration_ = most_likely_concentration(counts, weights, self.n_options_)
        return self

    def scores(self, stages: Stages) -> np.ndarray:
        """Chance that the answers to come overturn the leader: see `StoppingRule.scores`."""
        scores = np.empty((len(stages.codes), stages.n_stages - 1))
        for j, counts in enumerate(counts_so_far(stages.codes[:, :-1])):
            states, place = np.unique(-np.sort(-counts, axis=1), axis=0, return_inverse=True)
            n_left = stages.n_stages - 1 - j
            chances = [self._chance(tuple(state[state > 0].tolist()), n_left) for state in states]
            scores[:, j] = np.array(chances)[place.ravel()]
        return scores

    def of_one(self, votes: Sequence[Any], n_stages: int) -> Callable[[Sequence[int]], float]:
        """The same score in plain Python: see `StoppingRule.of_one`."""

        def score(codes: Sequence[int]) -> float:
            given = Counter(code for code in codes if code != MISSING)
            counts = tuple(sorted(given.values(), reverse=True))
            return self._chance(counts, n_stages - len(codes))

        return score

    def _chance(self, counts: tuple[int, ...], n_left: int) -> float:
        return chance_of_overturning(counts, n_left, self.concentration_, self.n_options_)

    def to_data(self) -> dict[str, Any]:
        """Plain data, for a file."""
        own = {"concentration": self.concentration_, "n_options": self.n_options_}
        return {"kind": POLYA_URN, "confidence": self.confidence} | own

    @classmethod
    def from_data(cls, data: Mapping[str, Any], n_stages: int) -> Self:
        """A fitted rule from what `to_data` gave: see `StoppingRule.from_data`."""
        rule = cls(float(data["confidence"]))
        rule.concentration_ = float(data["concentration"])
        rule.n_options_ = int(data["n_options"])
        if not (0 < rule.concentration_ < np.inf and rule.n_options_ >= 2):
            raise ValueError("no urn of two options or more")
        return rule


def counts_so_far(codes: np.ndarray) -> Iterator[np.ndarray]:
    """How often each option was given, after each answer.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_stages)

    Yields
    ------
    ndarray of int, shape (n_items, n_seen)
        The same array every time, one answer further on.
    """
    items = np.arange(len(codes))
    counts = np.zeros((len(codes), max(int(codes.max(initial=0)) + 1, 2)), dtype=int)
    for answers in codes.T:
        given = answers != MISSING
        counts[items[given], answers[given]] += 1
        yield counts


def most_likely_concentration(counts: np.ndarray, weights: np.ndarray, n_options: int) -> float:
    """Concentration under which the counts are most likely.

    Two answers that differ, to one item more than there are, are added: a few items that all agree
    do not say that a model never contradicts itself.

    Parameters
    ----------
    counts : ndarray of int, shape (n_items, n_seen)
        How often each option was given; options that nobody gave may be left out.
    weights : ndarray of float, shape (n_items,)
    n_options : int

    Returns
    -------
    float

    Examples
    --------
    Of two answers each, half agree. With K options they do with probability
    (A / K + 1) / (A + 1), so of two options A = infinity would be likeliest, but for the limit.

    >>> most_likely_concentration(np.array([[2, 0], [1, 1]]), np.ones(2), 2) > 100
    True
    """
    added = np.zeros((1, counts.shape[1]), dtype=int)
    added[0, :2] = 1
    states, place = np.unique(np.vstack([counts, added]), axis=0, return_inverse=True)
    times = np.bincount(place.ravel(), np.append(weights, 1.0))
    n_given = states.sum(axis=1)

    def unlikeliness(log_concentration: float) -> float:
        total = math.exp(log_concentration)
        each = total / n_options
        of_options = (gammaln(each + states) - gammaln(each)).sum(axis=1)
        return -float(times @ (gammaln(total) - gammaln(total + n_given) + of_options))

    return math.exp(minimize_scalar(unlikeliness, bounds=(LEAST, MOST), method="bounded").x)


def chance_of_overturning(
    counts: tuple[int, ...], n_left: int, concentration: float, n_options: int
) -> float:
    """The chance that the answers to come overturn the leader, at most.

    Parameters
    ----------
    counts : tuple of int
        How often each option was given that was given at all, the leader first.
    n_left : int
        Answers to come.
    concentration : float
    n_options : int

    Returns
    -------
    float
        In [0, 1]; 1 where nothing was given.

    Examples
    --------
    Three of four for one answer: the last cannot overturn it.

    >>> chance_of_overturning((3, 1), n_left=1, concentration=1.0, n_options=4)
    0.0
    """
    if not counts:
        return 1.0
    rivals = Counter(counts[1:])
    rivals[0] += max(n_options - len(counts), 0)
    given, each = sum(counts), concentration / n_options
    total = sum(
        number * _overtakes(counts[0], rival, given, n_left, each, n_options)
        for rival, number in rivals.items()
        if number
    )
    return min(total, 1.0)


@lru_cache(maxsize=100_000)
def _overtakes(
    leader: int, rival: int, given: int, n_left: int, each: float, n_options: int
) -> float:
    """The chance that one rival overtakes the leader, with half of that of a tie."""
    if rival + n_left < leader:
        return 0.0
    for_pair = np.arange(n_left + 1)[:, None]  # answers to come that are of either
    for_rival = np.arange(n_left + 1)[None, :]
    possible = for_rival <= for_pair
    for_leader = np.where(possible, for_pair - for_rival, 0)

    own = (leader + rival + 2 * each, given - leader - rival + (n_options - 2) * each)
    of_pair = _beta_binomial(for_pair, n_left, *own)
    of_rival = _beta_binomial(for_rival, for_pair, rival + each, leader + each)
    lead = leader + for_leader - rival - for_rival
    counted = np.where(lead < 0, 1.0, np.where(lead == 0, 0.5, 0.0))
    return float((np.where(possible, of_pair * of_rival, 0.0) * counted).sum())


def _beta_binomial(k: Any, n: Any, a: float, b: float) -> Any:
    """Probability of k successes of n, whose chance is Beta(a, b); 0 where k exceeds n.

    With b = 0 there is nothing but successes.
    """
    if b == 0:
        return np.where(k == n, 1.0, 0.0)
    rest = np.maximum(n - k, 0)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(rest + 1)
    beta = gammaln(k + a) + gammaln(rest + b) - gammaln(n + a + b)
    log_p = ways + beta - gammaln(a) - gammaln(b) + gammaln(a + b)
    return np.where(k <= n, np.exp(log_p), 0.0)
