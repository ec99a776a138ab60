"""The class that most queries chose."""

import numpy as np

from ensel.voting.base import Vote, weight_where, weighted_counts


class MajorityVote(Vote):
    """Plurality of the answers; missing answers abstain.

    A tie goes to the class backed by the query most accurate in training, then to the class more
    frequent in training, then to a seeded draw. With no answer at all: the most frequent class.
    `predict_proba` gives the shares of the votes. Parameters: `Vote`.

    Attributes
    ----------
    accuracies_ : ndarray of float, shape (n_queries,)
        Training accuracy of each query; used in ties only.

    See Also
    --------
    WeightedVote : Better queries count for more.

    Examples
    --------
    >>> vote = MajorityVote().fit([[0, 0, 1], [1, 1, 1]], [0, 1])
    >>> vote.predict([[0, 1, 1], [0, -1, -1]])
    array([1, 0])
    """

    def _learn(self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
        self.accuracies_ = weight_where(weights, codes == labels[:, None]) / weights.sum()

    def _posterior(self, codes: np.ndarray) -> np.ndarray:
        votes = weighted_counts(codes, np.ones(codes.shape[1]), len(self.classes_))
        cast = votes.sum(axis=1, keepdims=True)
        return np.where(cast > 0, votes / np.maximum(cast, 1), self.prior_)

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        return super().fitted_shapes(n_queries, n_classes) | {"accuracies_": (n_queries,)}

    def _tie_keys(self, codes: np.ndarray) -> list[np.ndarray]:
        best_backer = [
            np.where(codes == k, self.accuracies_, -1.0).max(axis=1)
            for k in range(len(self.classes_))
        ]
        return [np.stack(best_backer, axis=1)]
