"""What every vote shares: checks, classes, and ties that do not depend on spelling."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from ensel.exceptions import InputWarning, shorten
from ensel.information.patterns import first_rows, pattern_ids
from ensel.table.codes import MISSING, as_codes, checked_weights, class_positions
from ensel.voting.letters import (
    check_labels,
    checked,
    checked_again,
    is_text,
    sorted_classes,
    text_codes,
)

TIED = 1e-12


class Vote(ClassifierMixin, BaseEstimator):
    """Base of the votes: scikit-learn classifiers over answer matrices.

    Parameters
    ----------
    n_classes : int, optional
        Number of classes; labels and answers are then codes from 0 to n_classes - 1, also where
        a class does not occur in the training labels. Default: the classes are the labels seen.
    random_state : int, Generator or None
        Seed of the last resort among ties.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
    prior_ : ndarray of float, shape (n_classes,)
        Share of each class among the training labels.
    lottery_ : ndarray of float, shape (n_classes,)
        Random numbers in [0, 1) that settle what is left of ties.
    """

    calibrated = False
    """Whether its probabilities can be taken at their word: for a bound on the information."""

    def __init__(self, n_classes: int | None = None, random_state: Any = 0) -> None:
        self.n_classes = n_classes
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from labelled items.

        Parameters
        ----------
        X : array_like of int or str, shape (n_items, n_queries)
            Answers as class codes, -1 = missing; or as text: the name of a class is that class,
            None, NaN and "" are missing, and any other text counts as missing, with a warning.
        y : array_like, shape (n_items,)
            Labels. Integer labels are the codes; other labels are numbered in sorted order.
        sample_weight : array_like of int, shape (n_items,), optional
            How often each item counts, from 0: the same as items repeated that often.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X or the weights have fractions or NaN, codes are outside `n_classes`, or y has one
            class.
        """
        X, y = checked(self, X, y)
        check_labels(y)
        if not is_text(X):
            X = as_codes(X)
        weights = checked_weights(sample_weight, len(X))
        if weights is not None:
            counted = weights > 0
            X, y, weights = X[counted], y[counted], weights[counted]

        self.classes_, labels = self._classes(y)
        if self.n_classes is not None and not is_text(X) and X.max() >= self.n_classes:
            raise ValueError(f"a code outside 0 to {self.n_classes - 1} in X or y")
        self._fit(self._positions(X), labels, weights)
        return self

    def fit_codes(
        self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> Self:
        """Do what `fit` does with codes that were checked before: nothing is checked again.

        Parameters
        ----------
        codes : ndarray of int, shape (n_items, n_queries)
            From 0 to `n_classes` - 1; -1 = missing. `n_classes` must be given.
        labels : ndarray of int, shape (n_items,)
        weights : ndarray of int64, shape (n_items,), optional
            All above 0.

        Returns
        -------
        self

        Examples
        --------
        >>> from ensel.voting import MajorityVote
        >>> vote = MajorityVote(n_classes=2).fit_codes(np.array([[0, 0, 1]] * 2), np.array([0, 1]))
        >>> vote.codes_proba(np.array([[0, 0, 1]])).argmax(axis=1)
        array([0])
        """
        assert self.n_classes is not None
        self.n_features_in_ = codes.shape[1]
        self.classes_ = np.arange(self.n_classes)
        self._fit(codes, labels, weights)
        return self

    def _fit(self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray | None) -> None:
        if weights is None:
            weights = np.ones(len(codes), dtype=np.int64)
        self.prior_ = np.bincount(labels, weights, len(self.classes_)) / weights.sum()
        self.lottery_ = np.random.default_rng(self.random_state).random(len(self.classes_))
        self._learn(codes, labels, weights)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class.

        Parameters
        ----------
        X : array_like of int or str, shape (n_items, n_queries)

        Returns
        -------
        ndarray, shape (n_items, n_classes)
            Rows sum to 1; columns in the order of `classes_`.
        """
        check_is_fitted(self)
        return self.codes_proba(self._positions(checked_again(self, X)))

    def codes_proba(self, codes: np.ndarray) -> np.ndarray:
        """Do what `predict_proba` does with class positions; nothing is checked.

        Parameters
        ----------
        codes : ndarray of int, shape (n_items, n_queries)
            Positions in `classes_`; -1 = missing.

        Returns
        -------
        ndarray, shape (n_items, n_classes)
        """
        ids = pattern_ids(codes)
        return self._settled(codes[first_rows(ids)])[ids]

    def _settled(self, codes: np.ndarray) -> np.ndarray:
        """Class probabilities without ties."""
        posterior = self._posterior(codes)
        rows = _tied_rows(posterior)
        if len(rows):
            keys = [*self._tie_keys(codes[rows]), self.prior_, self.lottery_]
            posterior[rows] = settle_ties(posterior[rows], keys)
        return posterior

    def _classes(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Classes, and the place of each label among them."""
        if self.n_classes is None:
            classes, labels = sorted_classes(y)
            if len(classes) < 2:
                raise ValueError(f"y has one class, {classes[0]!r}; two or more are needed")
            return classes, labels
        if y.dtype.kind in "OU":
            raise ValueError(f"n_classes={self.n_classes} with labels that are names; leave it out")
        labels = as_codes(np.asarray(y))
        if labels.min() < 0 or labels.max() >= self.n_classes:
            raise ValueError(f"a code outside 0 to {self.n_classes - 1} in X or y")
        return np.arange(self.n_classes), labels

    def _positions(self, X: np.ndarray) -> np.ndarray:
        """Class of each answer; -1 where it is missing or can be right for no label."""
        if not is_text(X):
            return class_positions(as_codes(X), self.classes_)
        codes, others = text_codes(X, self.classes_)
        unknown = codes >= len(self.classes_)
        if others:
            warnings.warn(
                f"{int(unknown.sum())} answers name no class ({shorten(others)}): taken as missing",
                InputWarning,
                stacklevel=3,
            )
        return np.where(unknown, MISSING, codes)

    def predict(self, X: Any) -> np.ndarray:
        """Most probable class.

        Parameters
        ----------
        X : array_like of int or str, shape (n_items, n_queries)

        Returns
        -------
        ndarray, shape (n_items,)
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    @abstractmethod
    def _learn(self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
        """Set the fitted attributes from class positions (-1 = missing), labels and counts."""

    @abstractmethod
    def _posterior(self, codes: np.ndarray) -> np.ndarray:
        """Return class probabilities, shape (n_items, n_classes)."""

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have; for checking what a file holds."""
        return dict.fromkeys(("classes_", "prior_", "lottery_"), (n_classes,))

    def _tie_keys(self, codes: np.ndarray) -> list[np.ndarray]:
        """What settles ties of the posterior before class frequency and the draw do."""
        return []

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.classifier_tags.poor_score = True  # the checks' blobs are no answers of models
        return tags


def settle_ties(posterior: np.ndarray, keys: list[np.ndarray]) -> np.ndarray:
    """Let the first key that tells tied classes apart decide, by a shift of 1e-9.

    Rows without a tie stay as they are. The shift is far below any difference that means
    something, and makes the largest probability that of the predicted class.

    Parameters
    ----------
    posterior : ndarray, shape (n_items, n_classes)
        Rows sum to 1.
    keys : list of ndarray
        Each of shape (n_items, n_classes) or (n_classes,); larger wins.

    Returns
    -------
    ndarray, shape (n_items, n_classes)

    Examples
    --------
    >>> settle_ties(np.array([[0.5, 0.5], [0.6, 0.4]]), [np.array([0.1, 0.9])]).argmax(axis=1)
    array([1, 0])
    """
    rows = _tied_rows(posterior)
    if len(rows) == 0:
        return posterior
    left = posterior[rows] >= posterior[rows].max(axis=1, keepdims=True) - TIED
    for key in keys:
        values = np.where(left, np.broadcast_to(key, posterior.shape)[rows], -np.inf)
        left = left & (values >= values.max(axis=1, keepdims=True) - TIED)
    settled = posterior.copy()
    settled[rows, left.argmax(axis=1)] += 1e-9
    return settled / settled.sum(axis=1, keepdims=True)


def _tied_rows(posterior: np.ndarray) -> np.ndarray:
    """Rows in which several classes are the most probable."""
    tied = posterior >= posterior.max(axis=1, keepdims=True) - TIED
    return np.flatnonzero(np.count_nonzero(tied, axis=1) > 1)


def weight_where(weights: np.ndarray, holds: np.ndarray) -> np.ndarray:
    """Sum of the weights of the items for which something holds, column by column.

    Parameters
    ----------
    weights : ndarray of int, shape (n_items,)
        Sums below 2^53 are exact.
    holds : ndarray of bool, shape (n_items, n_queries)

    Returns
    -------
    ndarray of float, shape (n_queries,)

    Examples
    --------
    >>> weight_where(np.array([2, 1]), np.array([[True, False], [True, True]]))
    array([3., 1.])
    """
    return weights.astype(float) @ holds  # a product of integers would be ten times slower


def weighted_counts(codes: np.ndarray, weights: np.ndarray, n_classes: int) -> np.ndarray:
    """Sum of the weights of the queries that chose each class.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_queries)
        Class positions; -1 adds to no class.
    weights : ndarray of float, shape (n_queries,)
    n_classes : int

    Returns
    -------
    ndarray, shape (n_items, n_classes)

    Examples
    --------
    >>> weighted_counts(np.array([[0, 1, 1]]), np.array([2.0, 1.0, 0.5]), 2).tolist()
    [[2.0, 1.5]]
    """
    sums = np.empty((len(codes), n_classes))
    for k in range(n_classes):
        sums[:, k] = (codes == k) @ weights
    return sums
