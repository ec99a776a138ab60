"""Intervals of held-out scores over repeated random splits of the same items.

Over several splits an item is tested more than once, so tests are not independent, and a 95 %
interval from within-split standard errors covers far less. Two things move the mean score S over
splits away from what the method would score on all the items there are:

- *which items were at hand*. Give each item a random weight, once, and use it in every split that
  tests it: the joint bootstrap. Its variance has a closed form to first order, used here:
  sum over items of u_i^2, u_i = sum over splits s that test i of (c_si - mean) / (n_test S).
  (Classical infinitesimal jackknife; the tests check it against drawn weights.)
- *what was learned*. On the items that two splits both test, their difference shows how far two
  training sets lead apart, free of item luck; half its mean square, less its own noise, estimates
  the variance s2 between training sets. With n1 training and n2 test items, training sets overlap:
  a score that is linear in the training items has variance (1/S + n1/n2) s2 in the mean over S
  splits. Derived here; the correction for overlap is in the spirit of Nadeau & Bengio 2003, whose
  (1/S + n2/n1) is for the test part's share.

`compare` takes both from its splits. Folds of a cross-validation share most of their training
items, and show too little of the second: `select` resamples the items and repeats the whole
cross-validation instead (`ensel.choosing.promise`), and hands the variance in.

Copies of one question are no more items than one: both variances are over questions, with the
scores of copies summed (`PredictionTable.groups`).

Coverage is measured in ``benchmarks/interval_coverage.py``. It is low where two methods bought
the same queries in every split by luck, though on other items they would not: then nothing in
these splits can show that they differ.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import stats

LEVEL = 0.95
Z = float(stats.norm.ppf((1 + LEVEL) / 2))


class Estimate(NamedTuple):
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float

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
    """

    def __init__(
        self,
        n_items: int,
        tests: list[np.ndarray],
        scores: list[np.ndarray],
        groups: np.ndarray | None = None,
    ) -> None:
        self.groups = np.arange(n_items) if groups is None else groups
        self.scores = np.zeros((len(tests), n_items), dtype=np.float32)
        self.tested = np.zeros((len(tests), n_items), dtype=bool)
        for s, (test, score) in enumerate(zip(tests, scores, strict=True)):
            self.scores[s, test] = score
            self.tested[s, test] = True

    def __sub__(self, other: SplitScores) -> SplitScores:
        """Paired difference: same splits, item by item."""
        if not np.array_equal(self.tested, other.tested):
            raise ValueError("paired differences need the same splits")
        difference = object.__new__(SplitScores)
        difference.scores = self.scores - other.scores
        difference.tested, difference.groups = self.tested, self.groups
        return difference

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
        return int(self._by_question[2].any(axis=0).sum())

    @cached_property
    def _by_question(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sum of scores and whether tested, of each split and question; copies of each question."""
        counts = np.bincount(self.groups)
        if len(counts) == len(self.groups):  # no copies: the questions are the items
            order = np.argsort(self.groups)
            return self.scores[:, order].astype(float), counts, self.tested[:, order].astype(float)
        sums = np.stack([np.bincount(self.groups, own) for own in self.scores])
        first = np.unique(self.groups, return_index=True)[1]
        return sums, counts, self.tested[:, first].astype(float)

    def item_variance(self) -> float:
        """Variance of the mean from the choice of items: the joint bootstrap's, in closed form."""
        # Centred at the mean over all splits: centring each split at its own would lose a degree
        # of freedom a split, which matters once test parts are folds of a few items.
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
        # All pairs at once: sums over the questions that two splits both test are products of
        # matrices. With copies, the noise is that of whole questions.
        sums, counts, tested = self._by_question
        both = np.triu(np.ones((len(sums), len(sums)), dtype=bool), k=1)
        n_common = (tested * counts) @ tested.T
        both &= n_common >= 2
        if not both.any():
            return 0.0
        n_common = np.maximum(n_common, 1)
        mean = (sums @ tested.T - tested @ sums.T) / n_common
        square = sums**2 @ tested.T + tested @ (sums**2).T - 2 * sums @ sums.T
        cross = (sums * counts) @ tested.T - tested @ (sums * counts).T
        spread = square - 2 * mean * cross + mean**2 * ((tested * counts**2) @ tested.T)
        noise = float(np.mean((spread / n_common**2)[both])) / 2
        estimate = float(np.mean((mean**2)[both])) / 2 - noise
        error = noise * np.sqrt(2 / (len(self.scores) - 1))
        return estimate**3 / (estimate**2 + error**2) if estimate > 0 else 0.0

    def variance(self, n_train: float | None = None) -> float:
        """Variance of the mean: from items and from training sets.

        Parameters
        ----------
        n_train : float, optional
            Questions learned from; default all that are not tested. Fewer overlap less: in the
            module's formula n2 is the number of questions that are not learned from.
        """
        _, counts, tested = self._by_question
        n_questions = len(counts)
        if n_train is None:
            n_train = n_questions - float(tested.sum(axis=1).mean())
        overlap = 1 / len(self.scores) + n_train / (n_questions - n_train)
        return self.item_variance() + overlap * self.training_variance()


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
    spread, tested = p * (1 - p), float(scores.n_tested)
    if variance > 0 and spread * tested >= 0.5:
        n = spread / variance
    elif variance > 0:
        near = (p * tested + 2) / (tested + 4)
        n = min(near * (1 - near) / variance, tested)
    else:
        n = tested
    z = Z
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(spread / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    low, high = float(max(middle - half, 0.0)), float(min(middle + half, 1.0))
    return Estimate(p, min(low, p), max(high, p))  # rounding may cross at 0 and 1


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
    half = Z * np.sqrt(variance + 2 / (scores.n_tested + 2) ** 2)
    return Estimate(value, float(max(value - half, -1.0)), float(min(value + half, 1.0)))


def mean_interval(scores: SplitScores, variance: float | None = None) -> Estimate:
    """Mean of unbounded scores, such as bits, with a normal 95 % interval.

    Parameters
    ----------
    scores : SplitScores
    variance : float, optional
        Of the mean; default `SplitScores.variance`.

    Returns
    -------
    Estimate
    """
    half = Z * float(np.sqrt(scores.variance() if variance is None else variance))
    return Estimate(scores.mean, scores.mean - half, scores.mean + half)
