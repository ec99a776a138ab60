"""A fixed set whose answers a verifier checks: an item is solved if a right one is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ensel.exceptions import InputError
from ensel.policies.base import DamagedPolicy
from ensel.policies.fixed_set import FixedSet
from ensel.policies.training import TrainingSet
from ensel.table.codes import MISSING
from ensel.voting.verifier import Verified, solved


class VerifiedSet(FixedSet):
    """Buy queries by a selector, and let a verifier read their answers in the order of buying.

    The verifier (unit tests, a proof checker, a person who picks) accepts the first answer that
    passes. One that never errs solves an item if any bought query is right.

    Parameters
    ----------
    selector : estimator, optional
        Default: every query, as they stand.
    budget : int, optional
        Most queries; default, the selector's own.
    false_accept, false_reject : float
        The verifier's error rates, in [0, 1].

    See Also
    --------
    ensel.selection.GreedyCoverage : Buys for a verifier that never errs.
    ensel.voting.verifier.solved : The formula.

    Examples
    --------
    >>> from ensel.selection import TopK
    >>> X, y = np.array([[0, 1], [1, 1], [0, 1]]), np.array([0, 1, 1])
    >>> VerifiedSet(TopK(budget=2)).fit(X, y).solve(X, y).right.tolist()
    [1.0, 1.0, 1.0]
    """

    def __init__(
        self,
        selector: Any = None,
        budget: int | None = None,
        false_accept: float = 0.0,
        false_reject: float = 0.0,
    ) -> None:
        super().__init__(selector, None, budget)
        self.false_accept = false_accept
        self.false_reject = false_reject

    def fit_to(self, training: TrainingSet, draw: int = 0) -> Self:
        """Buy queries: see `Policy.fit_to`. Nothing is learned of how to vote."""
        self.n_features_in_ = training.n_queries
        self.columns_ = self._bought(training, draw)
        self.classes_ = np.unique(training.y)
        return self

    def solve(self, X: np.ndarray, y: np.ndarray) -> Verified:
        """What the verifier makes of the bought queries' answers, read in the order of buying.

        Parameters
        ----------
        X : ndarray of int, shape (n_items, n_queries)
        y : ndarray of int, shape (n_items,)
            The right answers: what the verifier goes by.

        Returns
        -------
        Verified
        """
        check_is_fitted(self)
        answers = X[:, list(self.columns_)]
        return solved(
            answers == y[:, None],
            answered=answers != MISSING,
            false_accept=self.false_accept,
            false_reject=self.false_reject,
        )

    def to_data(self) -> dict[str, Any]:
        """The bought queries and the verifier's rates, for a file."""
        rates = {"false_accept": self.false_accept, "false_reject": self.false_reject}
        return {"asks": list(self.columns_), "verifier": rates}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], n_queries: int, n_classes: int) -> Self:
        """A verified set from what `to_data` gave: see `Policy.from_data`."""
        policy = cls(None, None, **data["verifier"])
        policy.n_features_in_, policy.classes_ = n_queries, np.arange(n_classes)
        policy.columns_ = tuple(data["asks"])
        if not set(policy.columns_) <= set(range(n_queries)) or not policy.columns_:
            raise DamagedPolicy(f"asks {list(policy.columns_)} of {n_queries} queries")
        return policy

    def predict_proba(self, X: Any) -> np.ndarray:
        """Nothing that answers alone could say: a verdict is the verifier's.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError("a verifier picks the answer of this policy; `solve` says what it gets")
