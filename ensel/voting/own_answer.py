"""One query's own answer, for whoever asks but one."""

from __future__ import annotations

import numpy as np

from ensel.voting.base import Vote


class OwnAnswer(Vote):
    """What the one query says, believed as far as it was right in training.

    With K classes and p = (right + 1) / (answered + K), smoothed towards chance, its answer has
    probability p, or a hair over 1/K where p is less, and the other classes share the rest alike.
    Without an answer: the shares of the classes in training. Parameters: `Vote`.

    Attributes
    ----------
    accuracy_ : ndarray of float, shape (1,)
        p.

    See Also
    --------
    MAPVote : Learns what each answer of a query means, and may contradict it.

    Examples
    --------
    >>> vote = OwnAnswer().fit([[0], [1], [1], [0]], [0, 1, 1, 1])
    >>> vote.predict_proba([[1]]).round(3)  # 3 of 4 right: (3 + 1) / (4 + 2)
    array([[0.333, 0.667]])
    """

    names_probabilities = False

    def _learn(self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
        if codes.shape[1] != 1:
            raise ValueError(
                f"{codes.shape[1]} queries; an own answer is one query's, a vote is needed for more"
            )
        right = weights @ (codes[:, 0] == labels)
        answered = weights @ (codes[:, 0] >= 0)
        self.accuracy_ = np.array([(right + 1) / (answered + len(self.classes_))])

    def _posterior(self, codes: np.ndarray) -> np.ndarray:
        n_classes = len(self.classes_)
        p = max(float(self.accuracy_[0]), 1 / n_classes + 1e-6)
        own = codes == np.arange(n_classes)
        told = np.where(own, p, (1 - p) / (n_classes - 1))
        return np.where(codes >= 0, told, self.prior_)

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        return super().fitted_shapes(n_queries, n_classes) | {"accuracy_": (1,)}
