"""A fixed set whose answers a verifier checks: an item is solved if a right one is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ensel.exceptions import InputError
from ensel.policies.base import DamagedPolicy
from ensel.policies.fixed_set import FixedSet
from ensel.policies.live import Answer, Answers
from ensel.policies.training import TrainingSet
from ensel.table.codes import MISSING, checked_weights
from ensel.voting.letters import text_codes
from ensel.voting.verifier import Verified, solved

PASSED = 1
"""An accepted answer in a row of a live run; 0 is a rejected one, MISSING none."""


class Spent(NamedTuple):
    """What the items cost, in expectation over the verifier's errors; each of shape (n_items,)."""

    asked: np.ndarray
    """Queries asked."""
    looked: np.ndarray
    """Answers that the verifier looks at."""
    cost: np.ndarray
    """Of the queries asked and of the answers looked at; NaN where costs are unknown."""


class VerifiedSet(FixedSet):
    """Buy queries by a selector, and let a verifier read their answers in the order of buying.

    The verifier (unit tests, a proof checker, a person who picks) accepts the first answer that
    passes. One that never errs solves an item if any bought query is right. All queries are asked
    of every item, and paid for.

    Live, answers are verdicts: True (it passed), False (it failed), None (there was no answer).
    `answer` names the query whose answer is taken, the first that passed in the order of buying.

    Parameters
    ----------
    selector : estimator, optional
        Default: every query, as they stand.
    budget : int, optional
        Most queries; default, the selector's own.
    false_accept, false_reject : float
        The verifier's error rates, in [0, 1].
    verifier_cost : float
        What it costs to look at one answer, from 0, in the unit of the queries' costs.

    Attributes
    ----------
    columns_ : tuple of int
        The bought queries, in the order in which the verifier reads them.
    precisions_ : tuple of float
        One for each of them: the chance that its answer is right, if it is the first that passes.
        1 where no wrong answer is accepted. Else that share of right answers among the training
        items that none before it is expected to have solved, to which one item with the query's
        own share of right answers is added, goes through Bayes' rule. Derived here.

    See Also
    --------
    VerifiedSequence : Asks them one after another.
    ensel.selection.GreedyCoverage : Buys for a verifier that never errs.
    ensel.voting.verifier.solved : The formula.

    Examples
    --------
    >>> from ensel.selection import TopK
    >>> X, y = np.array([[0, 1], [1, 1], [0, 1]]), np.array([0, 1, 1])
    >>> policy = VerifiedSet(TopK(budget=2)).fit(X, y)
    >>> policy.solve(X, y).right.tolist()
    [1.0, 1.0, 1.0]
    >>> policy.answer({"0": False, "1": True})
    Answer(label='1', probability=1.0, settled=True)
    """

    def __init__(
        self,
        selector: Any = None,
        budget: int | None = None,
        false_accept: float = 0.0,
        false_reject: float = 0.0,
        verifier_cost: float = 0.0,
    ) -> None:
        super().__init__(selector, None, budget)
        self.false_accept = false_accept
        self.false_reject = false_reject
        self.verifier_cost = verifier_cost

    # -- learning ---------------------------------------------------------------------------------

    def fit_to(self, training: TrainingSet, draw: int = 0) -> Self:
        """Buy queries: see `Policy.fit_to`. Nothing is learned of how to vote.

        Raises
        ------
        InputError
            If the verifier's rates or its cost are none.
        UnfilledBudget
            If the selector buys fewer queries than the budget, and money is not why.
        """
        self._check_verifier()
        self.n_features_in_ = training.n_queries
        self.classes_ = np.unique(training.y)
        self.columns_ = self._bought(training, draw)
        self.precisions_ = self._learned_precisions(training)
        return self

    def _check_verifier(self) -> None:
        for name in ("false_accept", "false_reject"):
            rate = getattr(self, name)
            if not is_number(rate) or not 0 <= rate <= 1:
                raise InputError(f"{name}={rate!r}; a probability from 0 to 1 is needed")
        cost = self.verifier_cost
        if not is_number(cost) or not 0 <= cost < np.inf:
            raise InputError(f"verifier_cost={cost!r}; a sum of money from 0 is needed")

    def _learned_precisions(self, training: TrainingSet) -> tuple[float, ...]:
        """See `precisions_`."""
        if not self.false_accept:
            return (1.0,) * len(self.columns_)
        right, answered = rightness(training.X[:, list(self.columns_)], training.y, self.classes_)
        weights = weights_of(training)
        reached = self._verified(right, answered).reached * weights[:, None]

        overall = (weights @ right + 1) / (weights @ answered + 2)
        share = ((reached * right).sum(axis=0) + overall) / ((reached * answered).sum(axis=0) + 1)
        accepted = share * (1 - self.false_reject)
        precisions = accepted / (accepted + (1 - share) * self.false_accept)
        return tuple(precisions.tolist())

    # -- replay -----------------------------------------------------------------------------------

    def solve(self, X: Any, y: Any) -> Verified:
        """What the verifier makes of the bought queries' answers, read in the order of `columns_`.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)
        y : array_like of int, shape (n_items,)
            The right answers: what the verifier goes by.

        Returns
        -------
        Verified
        """
        check_is_fitted(self)
        answers = np.asarray(X)[:, list(self.columns_)]
        return self._verified(*rightness(answers, np.asarray(y), self.classes_))

    def _verified(self, right: np.ndarray, answered: np.ndarray) -> Verified:
        return solved(
            right,
            answered=answered,
            false_accept=self.false_accept,
            false_reject=self.false_reject,
        )

    def spent(self, X: Any, y: Any, costs: Any = None) -> Spent:
        """What the items cost: all queries, and the verifier for each answer until one passes.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)
        y : array_like of int, shape (n_items,)
        costs : array_like of float, shape (n_queries,) or (n_items, n_queries), optional
            Of a query, or of each answer; default: not known.

        Returns
        -------
        Spent
            In expectation, where the verifier errs.

        Examples
        --------
        Two queries at 1 and 2, and .5 for each look: at one answer of the first item, at two of
        the second.

        >>> X, y = np.array([[0, 1], [0, 1]]), np.array([0, 1])
        >>> policy = VerifiedSet(verifier_cost=0.5).fit(X, y)
        >>> policy.spent(X, y, [1.0, 2.0]).cost.tolist()
        [3.5, 4.0]
        """
        looked = self.solve(X, y).looked
        asked = np.broadcast_to(float(len(self.columns_)), len(looked))
        if costs is None:
            return Spent(asked, looked, np.broadcast_to(np.nan, len(looked)))
        return Spent(asked, looked, self.costs_of(X, costs) + self.verifier_cost * looked)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Nothing that answers alone could say: a verdict is the verifier's.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError("a verifier picks the answer of this policy; `solve` says what it gets")

    # -- live -------------------------------------------------------------------------------------

    def answer(self, answers: Answers) -> Answer:
        """Which query's answer to take, by the verdicts that came back.

        Parameters
        ----------
        answers : mapping of str to bool or None
            By query name: True = passed, False = failed, None = no answer; absent = not asked.

        Returns
        -------
        Answer
            `label` is the name of the first query that passed, None while none did. `probability`
            is the chance that its answer is right (`precisions_`), 0 where there is none.

        Raises
        ------
        InputError
            If a verdict is no verdict, or of a query that the policy does not know.
        """
        check_is_fitted(self)
        row, settled = self._row_of(answers), self.next(answers) == ()
        for column, precision in zip(self.columns_, self.precisions_, strict=True):
            if row[column] == PASSED:
                return Answer(self.query_names[column], precision, settled)
        return Answer(None, 0.0, settled)

    def _row_of(self, answers: Answers) -> np.ndarray:
        """One item's verdicts by column, missing where not asked or where nothing came back."""
        # What the base says of names holds here as well; what it says of answers does not.
        super()._row_of(dict.fromkeys(answers) if isinstance(answers, Mapping) else answers)
        for name, verdict in answers.items():
            if verdict is not None and not isinstance(verdict, bool | np.bool_):
                raise InputError(
                    f"answer {verdict!r} of {name}: a verifier's verdict is needed, True (it "
                    "passed), False (it failed) or None (no answer)"
                )
        given = [answers.get(name) for name in self.query_names]
        return np.array([MISSING if verdict is None else int(verdict) for verdict in given])

    # -- files ------------------------------------------------------------------------------------

    def to_data(self) -> dict[str, Any]:
        """The bought queries, and what is known of the verifier, for a file."""
        verifier = {
            "false_accept": self.false_accept,
            "false_reject": self.false_reject,
            "verifier_cost": self.verifier_cost,
        }
        return {
            "asks": list(self.columns_),
            "verifier": verifier,
            "precisions": list(self.precisions_),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any], n_queries: int, n_classes: int) -> Self:
        """A policy from what `to_data` gave: see `Policy.from_data`."""
        policy = cls(None, None, **data["verifier"])
        policy.n_features_in_, policy.classes_ = n_queries, np.arange(n_classes)
        policy.columns_ = tuple(data["asks"])
        asked = set(policy.columns_)
        if not asked <= set(range(n_queries)) or not 0 < len(asked) == len(policy.columns_):
            raise DamagedPolicy(f"asks {list(policy.columns_)} of {n_queries} queries")
        try:
            policy._check_verifier()
        except InputError as error:
            raise DamagedPolicy(str(error)) from error
        policy.precisions_ = _kept_precisions(data, policy)
        return policy


def _kept_precisions(data: Mapping[str, Any], policy: VerifiedSet) -> tuple[float, ...]:
    """Those of a file; where an earlier version left them out, what is known without them."""
    size = len(policy.columns_)
    if "precisions" not in data:
        return (np.nan if policy.false_accept else 1.0,) * size
    precisions = tuple(data["precisions"])
    if len(precisions) != size or not all(is_number(p) and 0 <= p <= 1 for p in precisions):
        raise DamagedPolicy(f"precisions {list(precisions)} of {size} queries")
    return tuple(float(p) for p in precisions)


def rightness(
    answers: np.ndarray, truth: np.ndarray, classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which answers are right, and which there are: what a verifier can look at.

    Parameters
    ----------
    answers : ndarray, shape (n_items, k)
        Codes, or letters and class names.
    truth : ndarray, shape (n_items,)
        The right answers: codes, or names. Where only they are names, codes count the classes.
    classes : ndarray, shape (n_classes,)
        Sorted.

    Returns
    -------
    right, answered : ndarray of bool, shape (n_items, k)

    Examples
    --------
    >>> right, answered = rightness(np.array([[1, 0, -1]]), np.array([1]), np.array([0, 1]))
    >>> right.tolist(), answered.tolist()
    ([[True, False, False]], [[True, True, False]])
    """
    numbers = "iubf"
    if answers.dtype.kind not in numbers:  # read together, so that no two texts share a code
        both = np.column_stack([truth.astype(object), answers.astype(object)])
        codes, _ = text_codes(both, classes)
        truth, answers = codes[:, 0], codes[:, 1:]
    elif truth.dtype.kind not in numbers:
        truth = text_codes(truth.astype(object)[:, None], classes)[0][:, 0]
    answered = answers != MISSING
    return (answers == truth[:, None]) & answered, answered


def weights_of(training: TrainingSet) -> np.ndarray:
    """How often each training item counts, shape (n_items,); ValueError where no number says so."""
    weights = checked_weights(training.sample_weight, len(training.y))
    return np.ones(len(training.y)) if weights is None else weights.astype(float)


def is_number(value: Any) -> bool:
    """Whether a value is one number, not a truth value."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)
