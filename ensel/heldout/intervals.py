"""Intervals of held-out scores over repeated random splits of the same items.

Over several splits an item is tested more than once, so tests are not independent, and a 95 %
interval from the standard errors within splits covers far less. Two things move the mean score over
S splits away from what the method would score on all the items there are.

*Which items were at hand.* Give each item a random weight, once, and use it in every split that
tests it: that is the joint bootstrap. To first order its variance has a closed form, which is used
here: the sum over items of u_i^2, where u_i is the sum over the splits s that test item i of
(c_si - mean) / (n_test S). (Classical: the infinitesimal jackknife. The tests check it against
drawn weights.)

*What was learned.* Two splits differ, on the items that both test, by how far two training sets
lead apart; the luck of the items is not in that difference. Half its mean square, less its own
noise, estimates the variance s2 between training sets. Training sets overlap: with n1 training and
n2 test items, a score that is linear in the training items has variance (1/S + n1/n2) s2 in the
mean over S splits. (Derived here. The correction for overlap is in the spirit of Nadeau & Bengio
2003, whose (1/S + n2/n1) is for the share of the test part.)

`compare` takes both from its splits. What a single query's purchase adds to a difference, splits
show badly, since all of them share the sample's luck: there the variance t2 between fresh training
sets comes from buying again (`ensel.heldout.bought_again`), if that shows the choice to be
unstable. A choice between two queries is a step, not linear. How far one leads the other correlates
by n1 / (n1 + n2) between two training sets of one sample. So at a tie, what they choose correlates
by r = (2 / pi) arcsin(n1 / (n1 + n2)) (Sheppard 1899), elsewhere by less, and the mean over S
splits has the variance (r + (1 - r) / S) t2. (Derived here.)

Folds of a cross-validation share most of their training items and show too little of the second.
So `select` resamples the items, repeats the whole cross-validation (`ensel.choosing.promise`), and
hands the variance in.

Copies of one question are no more items than one: both variances are over questions, with the
scores of copies summed (`PredictionTable.groups`).

Means of fewer than 50 questions have Student's t quantiles in place of the normal ones, with the
number of questions less 1 as degrees of freedom. Coverage is measured in
``benchmarks/interval_coverage.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import stats

LEVEL = 0.95
Z = float(stats.norm.ppf((1 + LEVEL) / 2))
FEW = 50
"""Fewer questions than that make a normal quantile more than 2.5 % too small."""


class Estimate(NamedTuple):
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float

    def named(self, name: str) -> dict[str, float]:
        """The number under a name, and the ends of its interval under NAME_low and NAME_high.

        Examples
        --------
        >>> Estimate(0.5, 0.4, 0.6).named("accuracy")
        {'accuracy': 0.5, 'accuracy_low': 0.4, 'accuracy_high': 0.6}
        """
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}

    @property
    def percent(self) -> str:
        """``86.4 % [85.5, 87.3]``."""
        value, low, high = (100 * number for number in self)
        return f"{value:.1f} % [{low:.1f}, {high:.1f}]"

    @property
    def points(self) -> str:
        """``+0.4 points [-0.1, +0.9]``."""
        value, low, high = (100 * number for number in self)
        return f"{value:+.1f} points [{low:+.1f}, {high:+.1f}]"


def by_question(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Sums over the copies of each question, scaled so that the mean stays that over items.

    Parameters
    ----------
    values : ndarray of float, shape (n_items, ...)
    groups : ndarray of int, shape (n_items,)
        Question of each item, from 0 without gaps.

    Returns
    -------
    ndarray of float, shape (n_questions, ...)

    Examples
    --------
    >>> by_question(np.array([1.0, 0.0, 1.0, 1.0]), np.array([0, 1, 0, 2]))  # 3 / 4 of 2, 0 and 1
    array([1.5 , 0.  , 0.75])
    """
    n_questions = int(groups.max()) + 1
    if n_questions == len(groups):
        return values
    sums = np.zeros((n_questions, *values.shape[1:]))
    np.add.at(sums, groups, values)
    return sums * n_questions / len(groups)


class SplitScores:
    """Scores of one method on the test items of several splits.

    Parameters
    ----------
    n_items : int
        Items in all.
    tests : sequence of ndarray of int
        Test item positions of each split.
    scores : sequence of ndarray of float
        Scores of those items (1 right, 0 wrong, or a mean over draws), one array a split.
    groups : ndarray of int, shape (n_items,), optional
        Question of each item, from 0; copies of one are tested together. Default: all differ.

    Attributes
    ----------
    scores : ndarray of float, shape (n_splits, n_items)
        0 where an item is not tested.
    tested : ndarray of bool, shape (n_splits, n_items)
    groups : ndarray of int, shape (n_items,)
    """

    def __init__(
        self,
        n_items: int,
        tests: Sequence[np.ndarray],
        scores: Sequence[np.ndarray],
        groups: np.ndarray | None = None,
    ) -> None:
        self.groups = np.arange(n_items) if groups is None else groups
        self.scores = np.zeros((len(tests), n_items), dtype=np.float32)
        self.tested = np.zeros((len(tests), n_items), dtype=bool)
        for s, (test, score) in enumerate(zip(tests, scores, strict=True)):
            self.scores[s, test] = score
            self.tested[s, test] = True

    @classmethod
    def of_matrix(cls, scores: np.ndarray, tested: np.ndarray, groups: np.ndarray) -> SplitScores:
        """Scores that stand in a matrix already; see the attributes."""
        of_none = cls(scores.shape[1], [], [], groups)
        of_none.scores, of_none.tested = scores, tested
        return of_none

    def __sub__(self, other: SplitScores) -> SplitScores:
        """Paired difference: same splits, item by item."""
        if not np.array_equal(self.tested, other.tested):
            raise ValueError("paired differences need the same splits")
        return SplitScores.of_matrix(self.scores - other.scores, self.tested, self.groups)

    @property
    def split_means(self) -> np.ndarray:
        """Mean score of each split, shape (n_splits,)."""
        return self.scores.sum(axis=1, dtype=float) / self.tested.sum(axis=1)

    @property
    def mean(self) -> float:
        """Mean over splits of the mean over test items."""
        return float(self.split_means.mean())

    @property
    def n_tested(self) -> int:
        """Number of different questions tested in any split."""
        return int(self._questions.tested.any(axis=0).sum())

    @cached_property
    def _questions(self) -> _QuestionScores:
        """The same scores by question."""
        n_copies = np.bincount(self.groups)
        if len(n_copies) == len(self.groups):  # no copies: the questions are the items
            order = np.argsort(self.groups)
            sums, tested = self.scores[:, order].astype(float), self.tested[:, order].astype(float)
            return _QuestionScores(sums, n_copies, tested)
        sums = np.stack([np.bincount(self.groups, of_split) for of_split in self.scores])
        first = np.unique(self.groups, return_index=True)[1]
        return _QuestionScores(sums, n_copies, self.tested[:, first].astype(float))

    def item_variance(self) -> float:
        """Variance of the mean from the choice of items: the joint bootstrap's, in closed form.

        Scores are centred at the mean over all splits. Centring each split at its own mean would
        lose a degree of freedom a split, which matters once test parts are folds of a few items.
        """
        n_splits, n = len(self.scores), self.n_tested
        centred = np.where(self.tested, self.scores - self.mean, 0.0)
        influence = (centred / (self.tested.sum(axis=1, keepdims=True) * n_splits)).sum(axis=0)
        return float((np.bincount(self.groups, influence) ** 2).sum()) * n / max(n - 1, 1)

    def training_variance(self) -> float:
        """Variance between scores learned from different training sets; 0 for one split.

        The estimate s2 is what two splits differ by on common items, less the noise v of that
        difference. Cutting it off at 0 would leave an upward bias (measured: 98 % coverage), so
        it is shrunk by s2^2 / (s2^2 + e^2), e = v sqrt(2 / (S - 1)) its standard error.
        """
        mean, noise_of_pair, both = self._questions.pairwise()
        if not both.any():
            return 0.0
        noise = float(np.mean(noise_of_pair[both])) / 2
        estimate = float(np.mean((mean**2)[both])) / 2 - noise
        error = noise * np.sqrt(2 / (len(self.scores) - 1))
        return estimate**3 / (estimate**2 + error**2) if estimate > 0 else 0.0

    def variance(self, n_train: float | None = None, fresh: float | None = None) -> float:
        """Variance of the mean: from items and from training sets.

        Parameters
        ----------
        n_train : float, optional
            Questions learned from; default all that are not tested. Fewer overlap less: in the
            module's formula n2 is the number of questions that are not learned from.
        fresh : float, optional
            Variance between what is bought with fresh training sets (t2 in the module's formula),
            where it is known; default: what was learned is read off these splits.
        """
        questions = self._questions
        n_questions = len(questions.n_copies)
        if n_train is None:
            n_train = n_questions - float(questions.tested.sum(axis=1).mean())
        if fresh is not None:
            alike = 2 / np.pi * np.arcsin(n_train / n_questions)
            return self.item_variance() + (alike + (1 - alike) / len(self.scores)) * fresh
        overlap = 1 / len(self.scores) + n_train / (n_questions - n_train)
        return self.item_variance() + overlap * self.training_variance()


class _QuestionScores(NamedTuple):
    """Scores of several splits by question."""

    sums: np.ndarray
    """Sum over the copies of each question, shape (n_splits, n_questions)."""
    n_copies: np.ndarray
    """Shape (n_questions,)."""
    tested: np.ndarray
    """1.0 or 0.0, shape (n_splits, n_questions)."""

    def pairwise(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What every two splits differ by on the items that both test.

        All pairs at once: sums over common questions are products of matrices. With copies, the
        noise is that of whole questions.

        Returns
        -------
        mean, noise : ndarray of float, shape (n_splits, n_splits)
            Mean difference, and the variance that the items alone would give it.
        both : ndarray of bool, shape (n_splits, n_splits)
            Pairs, each once, with two common items or more.
        """
        sums, n_copies, tested = self
        both = np.triu(np.ones((len(sums), len(sums)), dtype=bool), k=1)
        n_common = (tested * n_copies) @ tested.T
        both &= n_common >= 2
        n_common = np.maximum(n_common, 1)

        mean = (sums @ tested.T - tested @ sums.T) / n_common
        square = sums**2 @ tested.T + tested @ (sums**2).T - 2 * sums @ sums.T
        cross = (sums * n_copies) @ tested.T - tested @ (sums * n_copies).T
        spread = square - 2 * mean * cross + mean**2 * ((tested * n_copies**2) @ tested.T)
        return mean, spread / n_common**2, both


def accuracy_interval(scores: SplitScores, variance: float | None = None) -> Estimate:
    """Mean accuracy with a Wilson interval at the effective number of items.

    The effective number is p (1 - p) / variance: as many independent items as would give the
    variance that the splits have. Where less than half of an item is wrong (or right) on average,
    p (1 - p) says nothing of what a variance means: there two right and two wrong items are added
    to p for it, and the number is at most that of the items.

    Parameters
    ----------
    scores : SplitScores
    variance : float, optional
        Of the mean; default `SplitScores.variance`.

    Returns
    -------
    Estimate
        In [0, 1].

    Examples
    --------
    >>> ones = SplitScores(4, [np.array([0, 1, 2, 3])], [np.ones(4)])
    >>> tuple(round(x, 3) for x in accuracy_interval(ones))  # z^2 = 3.84: 4 / (4 + 3.84)
    (1.0, 0.51, 1.0)
    """
    p = min(max(scores.mean, 0.0), 1.0)
    variance = scores.variance() if variance is None else variance
    n = _effective_number(p, variance, float(scores.n_tested))

    # Wilson's interval for n items.
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    low, high = float(max(middle - half, 0.0)), float(min(middle + half, 1.0))
    return Estimate(p, min(low, p), max(high, p))  # rounding may cross at 0 and 1


def _effective_number(p: float, variance: float, tested: float) -> float:
    """As many independent items as would give a mean of p this variance."""
    if variance == 0:
        return tested
    if p * (1 - p) * tested >= 0.5:
        return p * (1 - p) / variance
    near = (p * tested + 2) / (tested + 4)
    return min(near * (1 - near) / variance, tested)


def quantile(n_questions: int) -> float:
    """Standard errors on either side of a mean: Student's t below 50 questions, else normal.

    Parameters
    ----------
    n_questions : int
        Tested, from 1. Of two there is one degree of freedom, and of one no less.

    Returns
    -------
    float

    Examples
    --------
    >>> [round(quantile(n), 3) for n in (2, 10, 49, 50)]
    [12.706, 2.262, 2.011, 1.96]
    """
    if n_questions >= FEW:
        return Z
    return float(stats.t.ppf((1 + LEVEL) / 2, max(n_questions - 1, 1)))


def difference_interval(
    scores: SplitScores, variance: float | None = None, *, same: bool = False
) -> Estimate:
    """Mean paired difference with its interval.

    Two imaginary items, one won and one lost, are added to the variance (Bonett & Price 2012, for
    one split), so that two methods that happened to agree on every test item are not declared
    equal for certain.

    Parameters
    ----------
    scores : SplitScores
        Differences of two methods' scores, from ``a - b``.
    variance : float, optional
        Of the mean; default `SplitScores.variance`.
    same : bool
        Whether a method is compared with itself; the interval is then [0, 0].

    Returns
    -------
    Estimate
        In [-1, 1].
    """
    value = scores.mean
    if same:
        return Estimate(value, value, value)
    variance = scores.variance() if variance is None else variance
    half = quantile(scores.n_tested) * np.sqrt(variance + 2 / (scores.n_tested + 2) ** 2)
    return Estimate(value, float(max(value - half, -1.0)), float(min(value + half, 1.0)))


def mean_interval(scores: SplitScores, variance: float | None = None) -> Estimate:
    """Mean of unbounded scores, such as bits, with its interval.

    Parameters
    ----------
    scores : SplitScores
    variance : float, optional
        Of the mean; default `SplitScores.variance`.

    Returns
    -------
    Estimate
    """
    variance = scores.variance() if variance is None else variance
    half = quantile(scores.n_tested) * float(np.sqrt(variance))
    return Estimate(scores.mean, scores.mean - half, scores.mean + half)
