"""What a plain vote of the pool gets, and what it would get if the models erred independently."""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.special import gammaln, xlog1py, xlogy

from ensel.voting.base import weighted_counts

NEGLIGIBLE = 1e-12
"""Counts of right and wrong answers less likely than this are not worked out."""


def plurality_scores(answers: np.ndarray, labels: np.ndarray, n_options: int) -> np.ndarray:
    """How right a plain vote is on each item: the answer that most models gave, ties drawn.

    Every answer counts the same and missing ones abstain. A tie of t answers is right with
    probability 1 / t if one of them is; nothing is learned, so nothing need be held out.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_models)
        -1 = missing.
    labels : ndarray of int, shape (n_items,)
    n_options : int
        Codes go from 0 to n_options - 1.

    Returns
    -------
    ndarray of float, shape (n_items,)
        In [0, 1]; 0 where nobody answers.

    See Also
    --------
    independent_accuracy : What their mean would be if errors were independent.
    ensel.voting.MajorityVote : The vote that settles ties by what it learned.

    Examples
    --------
    >>> plurality_scores(np.array([[0, 0, 1], [0, 1, -1], [-1, -1, -1]]), np.array([0, 1, 0]), 2)
    array([1. , 0.5, 0. ])
    """
    counts = weighted_counts(answers, np.ones(answers.shape[1]), n_options)
    most = counts.max(axis=1)
    n_tied = (counts == most[:, None]).sum(axis=1)
    backing = counts[np.arange(len(labels)), labels]
    return np.where((backing == most) & (most > 0), 1 / n_tied, 0.0)


def independent_accuracy(
    right: np.ndarray, wrong: np.ndarray, *, popularity: float = 1.0, n_options: int | None = 2
) -> float:
    """Accuracy of a plain vote if models of these accuracies erred independently.

    Model j is right with probability right_j, wrong with wrong_j, and else without a usable answer,
    whatever the others do and whatever is true. Wrong answers spread as observed: to an item's
    popular wrong option with probability c, and evenly over the other n_options - 2 wrong ones
    (`ensel.error_model.popularity`); where options are without end (open answers) the others are
    all different. The most frequent answer wins, and a tie of t is right with probability 1 / t.

    It is exact. The numbers of right and wrong answers are two counts of independent trials of
    unequal probabilities (for two classes, all answering: Poisson's binomial); given their numbers,
    wrong answers are spread one option after another. Derived here; for two classes and equal
    accuracies it is Condorcet's jury theorem, 1 - `uniform_majority_error` at correlation 0.

    Parameters
    ----------
    right : ndarray of float, shape (n_models,)
        In [0, 1].
    wrong : ndarray of float, shape (n_models,)
        In [0, 1], at most 1 - right.
    popularity : float
        c, in [0, 1].
    n_options : int, optional
        Answers that an item offers, at least 2; None: without end.

    Returns
    -------
    float
        In [0, 1].

    See Also
    --------
    plurality_scores : What the vote gets in fact.
    ensel.error_model.uniform_majority_error : Equal models with correlated errors.

    References
    ----------
    N. de Condorcet (1785), Essai sur l'application de l'analyse (two classes, equal accuracies).

    Examples
    --------
    Two or three of three are right: 3 * .8^2 * .2 + .8^3 = .896.

    >>> round(independent_accuracy(np.full(3, 0.8), np.full(3, 0.2)), 6)
    0.896
    """
    joint = _counts(np.asarray(right, dtype=float), np.asarray(wrong, dtype=float))
    n_models = len(joint) - 1
    accuracy = 0.0
    for n_right in range(1, n_models + 1):
        likely = np.flatnonzero(joint[n_right] > NEGLIGIBLE)
        if not len(likely):
            continue
        most_wrong = int(likely[-1])
        if n_right > most_wrong:
            accuracy += float(joint[n_right].sum())
        else:
            won = _won(n_right, most_wrong, popularity, n_options)
            accuracy += float(joint[n_right, : most_wrong + 1] @ won)
    return min(accuracy, 1.0)


def _counts(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Probability of each number of right and of wrong answers, shape (n_models + 1,) * 2."""
    n_models = len(right)
    joint = np.zeros((n_models + 1, n_models + 1))
    joint[0, 0] = 1.0
    for a, w in zip(right, wrong, strict=True):
        before = joint
        joint = max(1 - a - w, 0.0) * before
        joint[1:] += a * before[:-1]
        joint[:, 1:] += w * before[:, :-1]
    return joint


def _won(n_right: int, most_wrong: int, popularity: float, n_options: int | None) -> np.ndarray:
    """How right the vote is at so many right answers, for each number of wrong ones from 0 on."""
    if n_options is None:
        return _won_without_end(n_right, most_wrong, popularity)
    n_others = n_options - 2
    shares = [popularity, *(1 / left for left in range(n_others, 0, -1))]
    if not n_others:
        shares = [1.0]

    # From the last option backwards: expected score by wrong answers left and options tied so far.
    most_tied = min(most_wrong // n_right, len(shares))
    score = np.zeros((most_wrong + 1, most_tied + 2))
    score[0] = 1 / (1 + np.arange(most_tied + 2))
    log_factorial = gammaln(np.arange(most_wrong + 1) + 1)
    for share in reversed(shares):
        after, score = score, np.zeros_like(score)
        for took in range(min(n_right, most_wrong) + 1):
            chance = _took(took, share, log_factorial)[:, None]
            rest = after[: most_wrong + 1 - took]
            if took < n_right:
                score[took:] += chance * rest
            else:  # one more option as frequent as the right answer
                score[took:, :-1] += chance * rest[:, 1:]
    return score[:, 0]


def _took(took: int, share: float, log_factorial: np.ndarray) -> np.ndarray:
    """Binomial probability that so many of the answers left go to an option of this share.

    For every number of answers left from `took` on. scipy's own is slow on many short arrays.
    """
    rest = np.arange(len(log_factorial) - took)
    ways = log_factorial[took:] - log_factorial[took] - log_factorial[rest]
    return np.exp(ways + xlogy(took, share) + xlog1py(rest, -share))


def _won_without_end(n_right: int, most_wrong: int, popularity: float) -> np.ndarray:
    """The same where wrong answers that are not the popular one are all different."""
    number = np.arange(most_wrong + 1)
    if n_right == 1:  # then every single answer ties with it
        return stats.binom.cdf(1, number, popularity) / (1 + number)
    below = stats.binom.cdf(n_right - 1, number, popularity)
    return below + stats.binom.pmf(n_right, number, popularity) / 2
