"""A weight a model, learned together, where every item has options of its own."""

import numpy as np

from ensel.voting.open import OpenTraining, OpenVote


class OpenLogit(OpenVote):
    """Each answer adds its model's weight to its option; weights know of each other.

    Minimised is the log loss of which option was right, "none of these" among them, summed over
    items, plus 1/2 sum of squared weights plus 1/200 b^2: normal priors of variance 1 and 100. It
    is strictly convex. Queries that err together share a weight between them; one that is worse
    than no answer counts against what it says. With `models` in `fit`, the samples of one model
    have one weight: what is learned of its first sample holds for the seventh. Parameters:
    `OpenVote`.

    See Also
    --------
    ensel.voting.LogitVote : For answers from classes that all items share.

    References
    ----------
    McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In Frontiers in
    Econometrics, 105-142.

    Examples
    --------
    >>> X = [[3, 3, 0], [1, 1, 0], [0, 0, 1], [5, 5, 2]] * 5  # two that agree, and one that is right
    >>> vote = OpenLogit(n_classes=6).fit(X, [0, 0, 1, 2] * 5)
    >>> vote.predict([[4, 4, 1]])
    array([1])
    """

    def _learn(self, training: OpenTraining) -> tuple[np.ndarray, np.ndarray]:
        weights, bias = training.fit(training.partitions.backing @ training.of_models)
        return weights[training.models], np.array([bias])
