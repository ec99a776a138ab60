"""Votes weighted by log-odds of being right."""

import numpy as np

from ensel.voting.base import Vote, weight_where, weighted_counts


class WeightedVote(Vote):
    """Each answer counts log((K - 1) p / (1 - p)), p its query's accuracy when it answers.

    The Bayes rule under a uniform prior when errors are independent and wrong answers uniform
    over the other K - 1 classes (classical; [1]_ for K = 2). p is smoothed
    towards chance, (right + 1) / (answered + K), so weights are finite; worse than chance counts
    against. Missing answers abstain. `predict_proba` is that rule's posterior: too sure of itself
    where errors are correlated. Ties go to the class more frequent in training, then to a seeded
    draw. Parameters: `Vote`.

    Attributes
    ----------
    weights_ : ndarray of float, shape (n_queries,)
        Natural-log odds.

    See Also
    --------
    LogitVote : Weights that know of each other.

    References
    ----------
    .. [1] Nitzan, S. & Paroush, J. (1982). Optimal decision rules in uncertain dichotomous choice
       situations. International Economic Review 23(2), 289-297.

    Examples
    --------
    >>> vote = WeightedVote().fit([[0, 0], [1, 0], [1, 1], [0, 1]], [0, 1, 1, 0])
    >>> vote.weights_.round(3)  # log(5/6 : 1/6) and log(1/2 : 1/2)
    array([1.609, 0.   ])
    """

    def _learn(self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
        n_classes = len(self.classes_)
        right = weight_where(weights, codes == labels[:, None])
        answered = weight_where(weights, codes >= 0)
        p = (right + 1) / (answered + n_classes)
        self.weights_ = np.log((n_classes - 1) * p / (1 - p))

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        return super().fitted_shapes(n_queries, n_classes) | {"weights_": (n_queries,)}

    def _posterior(self, codes: np.ndarray) -> np.ndarray:
        scores = weighted_counts(codes, self.weights_, len(self.classes_))
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)
