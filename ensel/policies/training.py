"""Labelled answers to learn from, shared by all policies that are fitted on them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from ensel.selection.base import QuerySelector
from ensel.voting.base import Vote
from ensel.voting.open import OpenVote

TWENTY = 20
"""Parts that items are dealt into before they are cut in two."""
NOT_ITS_OWN = {"budget", "random_state", "n_classes"}
"""Parameters that two selectors, or two votes, may differ in and still be one method."""


class TrainingSet:
    """Labelled answers, and what several policies would learn from them alike.

    Policies that buy by one method at several budgets share one purchase, where a smaller budget
    buys the first queries of a larger one's. Policies that ask the same queries and vote in the
    same way share one fitted vote. So a comparison fits nothing twice.

    Parameters
    ----------
    X : ndarray of int, shape (n_items, n_queries)
        Answers as class codes; -1 = missing.
    y : ndarray of int, shape (n_items,)
        Labels as class codes.
    n_classes : int, optional
        Codes are below it; default: the classes are the labels seen.
    models : sequence of str, shape (n_queries,), optional
    costs : ndarray of float, shape (n_queries,), optional
    sample_weight : ndarray of int, shape (n_items,), optional
        How often each item counts; default once.
    groups : ndarray of int, shape (n_items,), optional
        Items of one number are copies of one question, which no fold may tear apart; default:
        every item is a question of its own.
    rng_of : callable, optional
        From a number to the seed or generator of the selector's draw of that number, and of the
        votes for `VOTE_DRAW`. Default: selectors and votes keep their own `random_state`.

    See Also
    --------
    Policy.fit_to : Learns from a training set.
    """

    VOTE_DRAW = 1000
    """Number of the generator that settles the votes' ties."""
    OPEN_DRAW = 2000
    """Number of the generator that seeds what estimators of other libraries leave to chance."""
    FOLD_DRAW = 3000
    """Number of the generator that deals the items into folds, for what learns held out."""

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        n_classes: int | None = None,
        models: Any = None,
        costs: Any = None,
        sample_weight: Any = None,
        groups: Any = None,
        rng_of: Any = None,
    ) -> None:
        # Whoever learns from them must not change them: others learn from them, too.
        self.X, self.y = kept_from_change(X), kept_from_change(y)
        self.n_classes = n_classes
        self.models, self.costs = models, costs
        self.sample_weight, self.groups = sample_weight, groups
        self.rng_of = rng_of
        self._cuts: dict[tuple[int, int, bool], tuple[TrainingSet, TrainingSet]] = {}
        self._folds: dict[tuple[int, bool], list[tuple[TrainingSet, np.ndarray]]] = {}
        self._purchases: dict[Any, tuple[Any, Any]] = {}
        self._votes: dict[Any, tuple[Any, Any]] = {}

    @property
    def n_queries(self) -> int:
        """Size of the pool."""
        return int(self.X.shape[1])

    def bought(self, selector: Any, draw: int = 0) -> Any:
        """The selector, or one that differs in its budget alone, fitted on these items.

        Parameters
        ----------
        selector : estimator
            With a fitted mask of columns; one of ours, or any of scikit-learn's form.
        draw : int
            Which of several draws, where the selector's choice is random.

        Returns
        -------
        estimator
            Fitted. Of one of ours, the first `budget` columns of `order_` are the purchase.
        """
        key: tuple[Any, ...] = (method_key(selector), draw)
        if not getattr(selector, "nested", False):
            key = (*key, getattr(selector, "budget", None))
        known = self._purchases.get(key)
        if known is None or _wants(selector) > _wants(known[0]):
            # The selector itself is kept too: as long as it lives, no other has its identity.
            known = self._purchases[key] = selector, self._fit_selector(selector, draw)
        return known[1]

    def _fit_selector(self, selector: Any, draw: int) -> Any:
        fitted = clone(selector)
        if not isinstance(selector, QuerySelector):
            rows = self.repeated_rows
            return self.seeded(fitted, draw).fit(self.X[rows], self.y[rows])
        if self.rng_of is not None:
            fitted.set_params(random_state=self.rng_of(draw))
        return fitted.fit(
            self.X,
            self.y,
            models=self.models,
            costs=self.costs,
            sample_weight=self.sample_weight,
        )

    def voted(self, vote: Any, columns: tuple[int, ...]) -> Any:
        """The vote, fitted on some of the columns.

        Parameters
        ----------
        vote : estimator
            A classifier over answers: one of ours, or any of scikit-learn's form.
        columns : tuple of int

        Returns
        -------
        estimator
            Fitted.
        """
        key = (method_key(vote), columns)
        if key not in self._votes:
            self._votes[key] = vote, self._fit_vote(vote, columns)
        return self._votes[key][1]

    def _fit_vote(self, vote: Any, columns: tuple[int, ...]) -> Any:
        fitted = clone(vote)
        chosen = self.X[:, list(columns)]
        if isinstance(vote, OpenVote):
            return self._fit_open_vote(fitted, chosen, columns)
        if not isinstance(vote, Vote):
            rows = self.repeated_rows
            return self.seeded(fitted).fit(chosen[rows], self.y[rows])
        if self.n_classes is not None:
            fitted.set_params(n_classes=self.n_classes)
        if self.rng_of is not None:
            fitted.set_params(random_state=self.rng_of(self.VOTE_DRAW))
        return fitted.fit(chosen, self.y, sample_weight=self.sample_weight)

    def _fit_open_vote(self, vote: Any, chosen: Any, columns: tuple[int, ...]) -> Any:
        """Samples of one model share what is learned of it."""
        if self.n_classes is not None:
            vote.set_params(n_classes=self.n_classes)
        if self.rng_of is not None:
            vote.set_params(random_state=self.rng_of(self.VOTE_DRAW))
        models = None if self.models is None else np.asarray(self.models)[list(columns)]
        return vote.fit(chosen, self.y, sample_weight=self.sample_weight, models=models)

    def folds(self, n_folds: int, by_label: bool = True) -> list[tuple[TrainingSet, np.ndarray]]:
        """Cut the items into folds, questions whole and labels spread evenly.

        Parameters
        ----------
        n_folds : int
            At most the number of questions is used.
        by_label : bool
            See `dealt`.

        Returns
        -------
        list of (TrainingSet, ndarray of int)
            The items outside a fold, and the rows of the fold. Kept, so that policies of several
            budgets learn from the same ones.
        """
        key = n_folds, by_label
        if key not in self._folds:
            fold = self.dealt(n_folds, by_label=by_label)
            numbers = np.unique(fold[fold >= 0])
            self._folds[key] = [
                (self.part((fold != number) & (fold >= 0)), np.flatnonzero(fold == number))
                for number in numbers
            ]
        return self._folds[key]

    def dealt(self, n_parts: int, draw: int = 0, by_label: bool = True) -> np.ndarray:
        """Deal the items that count into parts, at random: the part of each, -1 of weight 0.

        Parameters
        ----------
        n_parts : int
        draw : int
            Which of several deals.
        by_label : bool
            Whether to deal each label out evenly; not where its code means nothing.

        Returns
        -------
        ndarray of int, shape (n_items,)
        """
        rng = np.random.default_rng(draw)
        if self.rng_of is not None:
            rng = self.rng_of(self.FOLD_DRAW + draw)
        n_items = len(self.y)
        groups = np.arange(n_items) if self.groups is None else self.groups
        _, first, question = np.unique(groups, return_index=True, return_inverse=True)

        shuffled = rng.permutation(len(first))
        if by_label:
            labels = np.asarray(self.y)[first[shuffled]]
            shuffled = shuffled[np.argsort(labels, kind="stable")]
        part = np.empty(len(first), dtype=int)
        part[shuffled] = np.arange(len(first)) % n_parts
        parts = part[question]
        if self.sample_weight is not None:
            parts[np.asarray(self.sample_weight) == 0] = -1
        return parts

    def in_two(
        self, share: float, draw: int, by_label: bool = True
    ) -> tuple[TrainingSet, TrainingSet]:
        """Cut the items in two, questions whole and labels spread evenly.

        Parameters
        ----------
        share : float
            Of the first part, between 0 and 1; in steps of a twentieth.
        draw : int
            Which of several cuts.
        by_label : bool
            See `dealt`.

        Returns
        -------
        first, second : TrainingSet
            Kept, so that policies that differ in their promise alone learn from the same ones.
        """
        n_first = min(max(round(share * TWENTY), 1), TWENTY - 1)
        key = n_first, draw, by_label
        if key not in self._cuts:
            part = self.dealt(TWENTY, draw, by_label)
            # The parts of the first are spread over the deal, so that rare labels, which fill a few
            # neighbouring parts, are on both sides.
            is_first = part * n_first % TWENTY < n_first
            counts = part >= 0
            self._cuts[key] = self.part(counts & is_first), self.part(counts & ~is_first)
        return self._cuts[key]

    def part(self, rows: np.ndarray) -> TrainingSet:
        """Some of the items.

        Parameters
        ----------
        rows : ndarray of bool or int

        Returns
        -------
        TrainingSet
        """

        def of_rows(values: Any) -> Any:
            return None if values is None else np.asarray(values)[rows]

        return TrainingSet(
            self.X[rows],
            self.y[rows],
            n_classes=self.n_classes,
            models=self.models,
            costs=self.costs,
            sample_weight=of_rows(self.sample_weight),
            groups=of_rows(self.groups),
            rng_of=self.rng_of,
        )

    @property
    def repeated_rows(self) -> Any:
        """Rows for estimators of other libraries: an item that counts twice is there twice."""
        if self.sample_weight is None:
            return slice(None)
        return np.repeat(np.arange(len(self.y)), self.sample_weight)

    def seeded(self, estimator: Any, draw: int = 0) -> Any:
        """The estimator, with a seed of this training set where it leaves one open.

        Parameters
        ----------
        estimator : estimator
            Changed in place: every `random_state` that is None is set.
        draw : int

        Returns
        -------
        estimator
        """
        if self.rng_of is None or not hasattr(estimator, "get_params"):
            return estimator
        open_to_chance = [
            name
            for name, value in estimator.get_params().items()
            if name.split("__")[-1] == "random_state" and value is None
        ]
        rng = self.rng_of(self.OPEN_DRAW + draw)
        seeds = {name: int(rng.integers(2**31)) for name in sorted(open_to_chance)}
        return estimator.set_params(**seeds) if seeds else estimator


def kept_from_change(array: Any) -> Any:
    """A view of an array that cannot be written to."""
    if not isinstance(array, np.ndarray):
        return array
    view = array.view()
    view.flags.writeable = False
    return view


def method_key(estimator: Any) -> Any:
    """What tells two methods apart: class and parameters of ours, identity of a user's.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    hashable
    """
    if not type(estimator).__module__.startswith("ensel."):
        return id(estimator)  # two that look alike may not be
    own = {k: repr(v) for k, v in estimator.get_params(False).items() if k not in NOT_ITS_OWN}
    return type(estimator), tuple(sorted(own.items()))


def _wants(selector: Any) -> int:
    return int(getattr(selector, "budget", 1))
