"""Any classifier over the answers of a whole pool, as a policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from ensel.policies.base import Policy
from ensel.policies.training import TrainingSet


class EstimatorPolicy(Policy):
    """Ask what an estimator's leading selectors keep (else everything), and let it answer.

    Parameters
    ----------
    estimator : estimator
        A classifier over answer matrices, or a pipeline that ends in one. The columns that its
        leading steps drop are not asked, and not paid for.

    Attributes
    ----------
    estimator_ : estimator
        Fitted.
    columns_ : tuple of int

    See Also
    --------
    FixedSet : A selector and a vote, which share their work with others.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from ensel.selection import TopK
    >>> from ensel.voting import MAPVote
    >>> X = [[0, 0, 1], [1, 0, 1], [1, 1, 0], [0, 0, 0]]
    >>> policy = EstimatorPolicy(make_pipeline(TopK(1), MAPVote())).fit(X, [0, 1, 1, 0])
    >>> policy.asked(X)[0].tolist()
    [True, False, False]
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit_to(self, training: TrainingSet, draw: int = 0) -> Self:
        """Fit the estimator: see `Policy.fit_to`. Copies of an item are repeated rows to it."""
        self.n_features_in_ = training.n_queries
        rows = training.repeated_rows
        self.estimator_ = clone(self.estimator).fit(training.X[rows], training.y[rows])
        self.classes_ = self.estimator_.classes_
        kept = np.arange(self.n_features_in_)
        for step in _leading_steps(self.estimator_):
            kept = kept[step.get_support()]
        self.columns_ = tuple(kept.tolist())
        return self

    def asked(self, X: Any) -> np.ndarray:
        """The columns that its leading selectors keep: see `Policy.asked`."""
        check_is_fitted(self)
        mask = np.zeros(self.n_features_in_, dtype=bool)
        mask[list(self.columns_)] = True
        return np.broadcast_to(mask, (len(X), self.n_features_in_))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of the estimator, or 1 for what it predicts: see `Policy.predict_proba`."""
        check_is_fitted(self)
        X = self.matrix_of(X)
        if self.names_probabilities:
            probabilities: np.ndarray = self.estimator_.predict_proba(X)
            return probabilities
        return (self.estimator_.predict(X)[:, None] == self.classes_).astype(float)

    @property
    def names_probabilities(self) -> bool:  # type: ignore[override]
        """Whether the estimator has probabilities."""
        return hasattr(self.estimator_, "predict_proba")

    def _to_ask(self, row: np.ndarray, taken: np.ndarray) -> Sequence[int]:
        return [j for j in self.columns_ if not taken[j]]


def _leading_steps(estimator: Any) -> list[Any]:
    """The fitted selectors that a pipeline begins with."""
    leading = []
    for _, step in getattr(estimator, "steps", []):
        if not hasattr(step, "get_support"):
            break
        leading.append(step)
    return leading
