"""Votes weighted by log-odds of being right, where every item has options of its own."""

from __future__ import annotations

import numpy as np

from ensel.voting.open import OpenTraining, OpenVote
from ensel.voting.partitions import Partitions


class OpenWeighted(OpenVote):
    r"""Each answer counts theta log(p / ((1 - p) c)): p its query's accuracy, c one for all.

    c is the chance that two wrong answers are the same. Were errors independent, and a wrong
    answer any given one with probability c, then an option that a query gives would gain the
    factor p / ((1 - p) c) over one that it does not: it says the truth with probability p, and this
    with (1 - p) c if it errs. With K classes and wrong answers uniform over the other K - 1,
    c = 1 / (K - 1), and this is the rule of `WeightedVote` [1]_. Open answers have no K, but their
    wrong answers show how often they coincide; so c is measured (derived here):

        p = (right + 1) / (answered + 2),        c = (pairs that agree + 1) / (pairs + 2),

    over pairs of wrong answers to one item. A query that is right one time in three counts for its
    answer where wrong ones scatter. The scale theta, at least 0, makes up for errors that are not
    independent; it and b, the score of "none of these", have the highest likelihood, as in
    `OpenMajority`. Samples of one model share p. Parameters: `OpenVote`.

    Attributes
    ----------
    log_odds_ : ndarray of float, shape (n_queries,)
        log(p / ((1 - p) c)); `weights_` are theta times these.
    coincidence_ : ndarray of float, shape (1,)
        c.

    See Also
    --------
    OpenLogit : Weights that know of each other.

    References
    ----------
    .. [1] Nitzan, S. & Paroush, J. (1982). Optimal decision rules in uncertain dichotomous choice
       situations. International Economic Review 23(2), 289-297.

    Examples
    --------
    >>> X = [[3, 3, 0], [1, 1, 1], [0, 2, 2], [5, 0, 0]]
    >>> vote = OpenWeighted(n_classes=6).fit(X, [3, 1, 0, 5])
    >>> vote.coincidence_  # two pairs, 2 and 2, 0 and 0, both agree: (2 + 1) / (2 + 2)
    array([0.75])
    >>> vote.log_odds_.round(3)  # log(5/6 : 1/6 0.75), log(1/2 : 1/2 0.75), log(1/3 : 2/3 0.75)
    array([ 1.897,  0.288, -0.405])
    """

    def _learn(self, training: OpenTraining) -> tuple[np.ndarray, np.ndarray]:
        right, answered = training.pooled(training.right), training.pooled(training.answered)
        p = (right + 1) / (answered + 2)
        self.coincidence_ = np.array([coincidence(training)])
        self.log_odds_ = np.log(p / ((1 - p) * self.coincidence_[0]))
        scale, bias = training.fit_scale(self.log_odds_)
        return scale * self.log_odds_, np.array([bias])

    def _tie_keys(self, partitions: Partitions) -> list[np.ndarray]:
        return [partitions.backing @ self.log_odds_]  # where theta is 0

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        return super().fitted_shapes(n_queries, n_classes) | {
            "log_odds_": (n_queries,),
            "coincidence_": (1,),
        }


def coincidence(training: OpenTraining) -> float:
    """Chance that two wrong answers to one item are the same, smoothed by one pair of each kind.

    Parameters
    ----------
    training : OpenTraining

    Returns
    -------
    float
        In (0, 1).
    """
    partitions = training.partitions
    sizes = partitions.n_options + 1
    backers = np.diff(partitions.backing.indptr).astype(float)
    items = np.repeat(np.add.reduceat(training.counts, partitions.starts), sizes)
    answers = np.repeat(np.add.reduceat(backers, partitions.starts), sizes)

    # Where an alternative was right, all answers but its own backers' were wrong.
    wrong = answers - backers
    pairs = training.counts @ (wrong * (wrong - 1) / 2)
    agree = (items - training.counts) @ (backers * (backers - 1) / 2)
    return float((agree + 1) / (pairs + 2))
