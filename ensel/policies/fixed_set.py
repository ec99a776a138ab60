"""The same queries for every item: a selector buys them, a vote makes one answer of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from ensel.policies.base import DamagedPolicy, Policy
from ensel.policies.saved_votes import vote_from_data, vote_to_data
from ensel.policies.training import TrainingSet
from ensel.selection.base import QuerySelector
from ensel.table.codes import MISSING
from ensel.voting.own_answer import OwnAnswer


class UnfilledBudget(ValueError):
    """A method that cannot buy as many queries as its budget, where money does not limit it."""

    def __init__(self, model: str, n_bought: int) -> None:
        self.model, self.n_bought = model, n_bought
        super().__init__(f"the best model, {model}, has {n_bought} sample(s)")


def at_budget(selector: Any, budget: int | None) -> Any:
    """A selector with another budget; itself where it has none, or the same."""
    own = getattr(selector, "budget", None)
    if budget is None or own is None or own == budget:
        return selector
    return clone(selector).set_params(budget=budget)


def purchase(selector: Any, training: TrainingSet, draw: int) -> tuple[Any, tuple[int, ...]]:
    """What a selector buys.

    Parameters
    ----------
    selector : estimator
        Not fitted.
    training : TrainingSet
    draw : int

    Returns
    -------
    selector : estimator
        Fitted. It may have bought more, for a larger budget.
    columns : tuple of int
        In the order of buying.

    Raises
    ------
    UnfilledBudget
        If it buys fewer queries than its budget, and money is not why.
    """
    fitted = training.bought(selector, draw)
    if not isinstance(fitted, QuerySelector):
        return fitted, tuple(np.flatnonzero(fitted.get_support()).tolist())
    order = [int(j) for j in fitted.order_]
    budget = int(getattr(selector, "budget", 1))
    if len(order) < budget and fitted.money is None:
        models = training.models
        model = str(order[0]) if models is None else str(models[order[0]])
        raise UnfilledBudget(model, len(order))
    return fitted, tuple(order[:budget])


class Unaffordable(UnfilledBudget):
    """A mean cost that even stopping after the first answer exceeds."""

    def __init__(self, most: float) -> None:
        text = f"asking until there is one usable answer costs more than {most:g} on average"
        ValueError.__init__(self, text)


class FixedSet(Policy):
    """Buy queries by a selector, ask all of them of every item, and vote.

    Parameters
    ----------
    selector : estimator, optional
        One of `ensel.selection`, or any feature selector of scikit-learn's form; default: every
        query of the pool, as they stand.
    vote : estimator, optional
        One of `ensel.voting`, or any classifier of scikit-learn's form; default: the one query's
        own answer.
    budget : int, optional
        Most queries; default, the selector's own.

    Attributes
    ----------
    columns_ : tuple of int
        The bought queries, in the order of buying.
    selector_ : estimator or None
        Fitted. It may have bought more, for a larger budget; the first are this policy's.
    vote_ : estimator
        Fitted, on `voting_columns_`.
    voting_columns_ : tuple of int

    See Also
    --------
    ensel.selection, ensel.voting : What it is made of.

    Examples
    --------
    >>> from ensel.selection import TopK
    >>> from ensel.voting import MajorityVote
    >>> X = [[0, 0, 1], [1, 0, 1], [1, 1, 0], [0, 0, 0]]
    >>> policy = FixedSet(TopK(budget=1), MajorityVote()).fit(X, [0, 1, 1, 0])
    >>> policy.next({}), policy.answer({"0": 1}).label
    (('0',), 1)
    """

    def __init__(self, selector: Any = None, vote: Any = None, budget: int | None = None) -> None:
        self.selector = selector
        self.vote = vote
        self.budget = budget

    def fit_to(self, training: TrainingSet, draw: int = 0) -> Self:
        """Buy queries and learn the vote: see `Policy.fit_to`.

        Raises
        ------
        UnfilledBudget
            If the selector buys fewer queries than the budget, and money is not why.
        """
        self.n_features_in_ = training.n_queries
        self.columns_ = self._bought(training, draw)
        vote = OwnAnswer() if self.vote is None else self.vote
        # In one order, so that policies that ask the same queries share one fitted vote.
        self.voting_columns_ = tuple(sorted(self.columns_))
        self.vote_ = training.voted(vote, self.voting_columns_)
        self.classes_ = self.vote_.classes_
        return self

    def _bought(self, training: TrainingSet, draw: int) -> tuple[int, ...]:
        """Columns in the order of buying."""
        self.selector_ = None
        if self.selector is None:
            return tuple(range(training.n_queries))
        self.selector_, columns = purchase(self.sized_selector, training, draw)
        return columns

    @property
    def sized_selector(self) -> Any:
        """The selector at this policy's budget."""
        return at_budget(self.selector, self.budget)

    def narrowed(self) -> Self:
        """See `Policy.narrowed`."""
        narrow = super().narrowed()
        narrow.voting_columns_ = tuple(sorted(narrow.columns_))
        return narrow

    def asked(self, X: Any) -> np.ndarray:
        """The same queries of every item: see `Policy.asked`."""
        check_is_fitted(self)
        mask = np.zeros(self.n_features_in_, dtype=bool)
        mask[list(self.columns_)] = True
        return np.broadcast_to(mask, (len(X), self.n_features_in_))

    def heard(self, X: np.ndarray) -> np.ndarray:
        """Whether any bought query gave a usable answer: see `Policy.heard`."""
        heard: np.ndarray = (X[:, list(self.columns_)] != MISSING).any(axis=1)
        return heard

    def costs_of(self, X: np.ndarray, costs: np.ndarray) -> np.ndarray:
        """The cost of the set, or of its answers: see `Policy.costs_of`."""
        bought = np.asarray(costs)[..., list(self.columns_)].sum(axis=-1)
        return np.broadcast_to(bought, len(X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class by the vote: see `Policy.predict_proba`."""
        check_is_fitted(self)
        chosen = self.matrix_of(X)[:, list(self.voting_columns_)]
        if hasattr(self.vote_, "predict_proba"):
            probabilities: np.ndarray = self.vote_.predict_proba(chosen)
            return probabilities
        return (self.vote_.predict(chosen)[:, None] == self.classes_).astype(float)

    @property
    def names_probabilities(self) -> bool:  # type: ignore[override]
        """Whether the vote's probabilities are more than a way to name the answer."""
        if not hasattr(self.vote_, "predict_proba"):
            return False
        return bool(getattr(self.vote_, "names_probabilities", True))

    def _to_ask(self, row: np.ndarray, taken: np.ndarray) -> Sequence[int]:
        return [j for j in self.columns_ if not taken[j]]

    # -- files ------------------------------------------------------------------------------------

    def to_data(self) -> dict[str, Any]:
        """The bought queries and the fitted vote, for a file."""
        return {
            "asks": list(self.columns_),
            "votes_on": list(self.voting_columns_),
            "vote": vote_to_data(self.vote_),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any], n_queries: int, n_classes: int) -> Self:
        """A fitted set from what `to_data` gave: see `Policy.from_data`."""
        columns = tuple(data["asks"])
        vote = vote_from_data(data["vote"], len(columns), n_classes)
        policy = cls(None, vote)
        policy.n_features_in_ = n_queries
        policy.columns_, policy.voting_columns_ = columns, tuple(data["votes_on"])
        policy.vote_, policy.classes_ = vote, vote.classes_
        policy._check_damage()
        return policy

    def _check_damage(self) -> None:
        """A damaged vote fails here, not in use."""
        asked, n_queries = sorted(self.columns_), self.n_features_in_
        known = [j for j in range(n_queries) if j in asked]
        if asked != known or asked != sorted(self.voting_columns_):
            raise DamagedPolicy(f"asks {asked} of {n_queries} queries")
        if not np.isfinite(self.predict_proba(np.full((1, n_queries), MISSING))).all():
            raise DamagedPolicy("the vote gives no probabilities")
