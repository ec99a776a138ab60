"""Votes weighted by log-odds of being right, where every item has options of its own."""

from __future__ import annotations

import numpy as np

from ensel.voting.open import OpenVote
from ensel.voting.open_training import PRECISION, OpenTraining


class OpenWeighted(OpenVote):
    """Each answer counts theta log(p / (1 - p)) + gamma, p its query's accuracy when it answers.

    Were errors independent, and a wrong answer any given one with probability c, then an option
    would gain the factor p / ((1 - p) c) from a query that gives it: the query says the truth with
    probability p, and this with (1 - p) c if it errs. With K classes and wrong answers uniform over
    the other K - 1, c = 1 / (K - 1), and the logarithm is the weight of `WeightedVote` [1]_. Open
    answers have no K: gamma stands for log 1/c, so that a query that is right one time in three
    counts for its answer where wrong ones scatter. The scale theta makes up for errors that are
    not independent (derived here).

    p = (right + 1) / (answered + 2), over all samples of a model. Theta, gamma and b, the score of
    "none of these", have the highest likelihood of which option was right in training, with normal
    priors of variance 1, 1 and 100. Where theta would be below 0 it is 0, and this is
    `OpenMajority`. Parameters: `OpenVote`.

    Attributes
    ----------
    log_odds_ : ndarray of float, shape (n_queries,)
        log(p / (1 - p)).
    scale_, offset_ : ndarray of float, shape (1,)
        Theta and gamma: ``weights_`` are ``scale_ * log_odds_ + offset_``.

    See Also
    --------
    OpenLogit : Weights that know of each other.

    References
    ----------
    .. [1] Nitzan, S. & Paroush, J. (1982). Optimal decision rules in uncertain dichotomous choice
       situations. International Economic Review 23(2), 289-297.

    Examples
    --------
    >>> X = [[3, 3, 0], [1, 1, 2], [0, 2, 2], [5, 0, 1]]
    >>> vote = OpenWeighted(n_classes=6).fit(X, [3, 1, 0, 5])
    >>> vote.log_odds_.round(3)  # log(5/6 : 1/6), log(3/6 : 3/6), log(1/6 : 5/6)
    array([ 1.609,  0.   , -1.609])
    >>> vote.predict([[0, 1, 1]])
    array([0])
    """

    def _learn(self, training: OpenTraining) -> tuple[np.ndarray, np.ndarray]:
        self.log_odds_ = training.log_odds
        of_odds = training.partitions.backing @ self.log_odds_
        columns = np.column_stack([of_odds, training.backers])
        (scale, offset), bias = training.fit(columns, np.array([PRECISION, PRECISION]))
        if scale < 0:  # the loss is convex: the best is at the edge
            scale, (offset, bias) = 0.0, training.fit_common()

        self.scale_, self.offset_ = np.array([scale]), np.array([offset])
        return scale * self.log_odds_ + offset, np.array([bias])

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        return super().fitted_shapes(n_queries, n_classes) | {
            "log_odds_": (n_queries,),
            "scale_": (1,),
            "offset_": (1,),
        }
