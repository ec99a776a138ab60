"""A weight a model, learned together, where every item has options of its own."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ensel.voting.open import OpenVote
from ensel.voting.open_training import PRECISION, OpenTraining

SHRINKAGE = 10.0
"""Precision of what the deviations of a model's samples add up to."""


class OpenLogit(OpenVote):
    """Each answer adds its model's weight to its option; weights know of each other.

    The weight of a model m is

        w_m = theta log(p_m / (1 - p_m)) + gamma + d_m,

    what `OpenWeighted` would give it, and a deviation of its own. Minimised is the log loss of
    which option was right, "none of these" among them, summed over items, plus

        1/2 (theta^2 + gamma^2 + 10 sum_m (n_m d_m)^2 + 0.01 b^2),

    n_m being how many queries are of model m: normal priors of variance 1 on theta and gamma, 1/10
    on what the deviations of a model's samples add up to, 100 on the score b of "none of these". It
    is strictly convex. So with few labels it is the weighted vote, and with more of them queries
    that err together share a weight, and one that is worse than no answer counts against what it
    says. With `models` in `fit`, the samples of one model have one weight: what is learned of its
    first sample holds for the seventh. Parameters: `OpenVote`.

    Conditional logit is classical [1]_; the prior is ours.

    See Also
    --------
    ensel.voting.LogitVote : For answers from classes that all items share.

    References
    ----------
    .. [1] McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In
       Frontiers in Econometrics, 105-142.

    Examples
    --------
    >>> X = [[3, 3, 0], [1, 1, 0], [0, 0, 1], [5, 5, 2]] * 5  # two that agree, one that is right
    >>> vote = OpenLogit(n_classes=6).fit(X, [0, 0, 1, 2] * 5)
    >>> vote.predict([[4, 4, 1]])
    array([1])
    """

    def _learn(self, training: OpenTraining) -> tuple[np.ndarray, np.ndarray]:
        backing, log_odds = training.partitions.backing, training.log_odds
        shared = np.column_stack([backing @ log_odds, training.backers])
        of_models = backing @ training.of_models
        columns = sparse.hstack([of_models, sparse.csr_array(shared)], format="csr")
        samples = np.bincount(training.models).astype(float)
        precision = np.append(SHRINKAGE * samples**2, [PRECISION, PRECISION])

        weights, bias = training.fit(columns, precision)
        deviations, (scale, offset) = weights[:-2], weights[-2:]
        return scale * log_odds + offset + deviations[training.models], np.array([bias])
