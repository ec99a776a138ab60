"""The contract of a policy: what to ask, when to stop, and what to answer."""

from __future__ import annotations

import copy
import os
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ensel.exceptions import InputError, shorten
from ensel.policies.live import LivePolicy
from ensel.policies.of_tables import read_by
from ensel.policies.training import TrainingSet
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.voting.letters import text_codes


class DamagedPolicy(ValueError):
    """A file holds no policy that could be used: what is wrong with it."""


class Policy(LivePolicy, BaseEstimator):
    """What to ask, when to stop, and what to answer.

    A policy is fitted on labelled answers, replayed on cached ones (`asked`, `predict_proba`), or
    run live (`next`, `answer`). It never reads an answer that it has not asked for: changing one
    changes nothing (`ensel.testing.check_policy` tries it). Its cost is the sum of the costs of
    what it asked, a number an item.

    Subclasses write `fit_to`, `asked`, `predict_proba`, `_to_ask` and, to be kept in a file,
    `to_data` and `from_data`.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
        Columns of `predict_proba`.
    n_features_in_ : int
        Size of the pool it was fitted on.
    query_names : tuple of str
        One for each column; those of a DataFrame, else "0", "1" and so on.
    class_names : tuple of str or None
        Names of the classes, where it was fitted on a table; of open answers, numbers of options.
    reader : str or None
        How open answers are read; None where classes are shared by all items.
    queries : list of dict
        What is known of each query (`name`, `model`, `cost`, ...), where fitted on a table.
    about : dict
        For the reader: what it was trained on, and what it is expected to get.

    See Also
    --------
    FixedSet : The same queries for every item.
    EstimatorPolicy : Any classifier over the answers of a whole pool.
    load_policy : Reads what `save` wrote.
    """

    class_names: tuple[str, ...] | None = None
    reader: str | None = None
    query_names: tuple[str, ...] = ()
    queries: Sequence[Mapping[str, Any]] = ()
    about: Mapping[str, Any] = {}
    names_probabilities = True
    """Whether `predict_proba` is more than a way to name the answer."""

    # -- learning ---------------------------------------------------------------------------------

    def fit(
        self, X: Any, y: Any, *, models: Any = None, costs: Any = None, sample_weight: Any = None
    ) -> Self:
        """Learn from labelled answers.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n_items, n_queries)
            Answers: class codes with -1 for a missing one, or letters and class names.
        y : array_like, shape (n_items,)
            Labels, spelled as the answers are.
        models : sequence of str, shape (n_queries,), optional
            Model behind each query; default: every column is a model of its own.
        costs : array_like of float, shape (n_queries,), optional
        sample_weight : array_like of int, shape (n_items,), optional
            How often each item counts, from 0.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            What its parts refuse: fractions, one class only, a budget outside the pool.
        """
        matrix = as_matrix(X)
        if matrix.ndim != 2:
            raise InputError(f"answers of shape {matrix.shape}; a row an item, a column a query")
        names = list(X.columns) if isinstance(X, pd.DataFrame) else range(matrix.shape[1])
        self.query_names = tuple(str(name) for name in names)
        if len(set(self.query_names)) < len(self.query_names):
            raise InputError(f"names of queries repeat: {shorten(self.query_names, 10)}")
        # What an earlier `fit_table` knew does not hold for these answers.
        self.class_names, self.reader, self.queries, self.about = None, None, (), {}
        training = TrainingSet(
            matrix, np.asarray(y), models=models, costs=costs, sample_weight=sample_weight
        )
        return self.fit_to(training)

    @abstractmethod
    def fit_to(self, training: TrainingSet, draw: int = 0) -> Self:
        """Learn from a training set, whose parts other policies may share.

        Parameters
        ----------
        training : TrainingSet
        draw : int
            Which of several draws, where the choice of queries is random.

        Returns
        -------
        self
        """

    def fit_table(self, table: PredictionTable, **about: Any) -> Self:
        """Learn from a labelled table, and keep the names of its queries and classes.

        Parameters
        ----------
        table : PredictionTable
        **about
            Kept in `about`.

        Returns
        -------
        self
        """
        names = table.classes
        if table.reader is not None:  # on other items, queries may give one option each
            names = tuple(str(code) for code in range(max(table.n_classes, table.n_queries + 1)))
        training = TrainingSet(
            table.answers,
            table.known_labels,
            n_classes=len(names),
            models=table.models,
            costs=table.costs,
            groups=table.groups,
        )
        self.fit_to(training)
        self.class_names, self.reader = names, table.reader
        self.query_names = tuple(table.query_names)
        described = table.queries.drop(columns="name", errors="ignore").reset_index(names="name")
        self.queries = [
            {key: value for key, value in row.items() if not _is_nan(value)}
            for row in described.astype(object).to_dict("records")
        ]
        self.about = about
        return self

    def narrowed(self) -> Self:
        """A copy that knows no query but those that it may ask, in their old order.

        Returns
        -------
        Policy
            Of a policy that was fitted on a table, so that new answers need hold no others.
        """
        asks = self.columns_
        kept = sorted(asks)
        narrow = copy.copy(self)
        narrow.n_features_in_ = len(kept)
        narrow.columns_ = tuple(kept.index(j) for j in asks)
        narrow.query_names = tuple(self.query_names[j] for j in kept)
        narrow.queries = [self.queries[j] for j in kept] if self.queries else self.queries
        return narrow

    # -- replay -----------------------------------------------------------------------------------

    @abstractmethod
    def asked(self, X: Any) -> np.ndarray:
        """Which queries it would have asked of each item.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray of bool, shape (n_items, n_queries)
            May be read-only.
        """

    @abstractmethod
    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class, from the asked answers alone.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray of float, shape (n_items, n_classes)
        """

    def predict(self, X: Any) -> np.ndarray:
        """Most probable class of each item.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray, shape (n_items,)
        """
        best = self.predict_proba(X).argmax(axis=1)
        classes: np.ndarray = self.classes_[best]
        if self.class_names is not None and not self._is_codes(X):
            return np.array(self.class_names, dtype=object)[classes]
        return classes

    def _is_codes(self, X: Any) -> bool:
        """Whether answers are numbers, not letters and class names."""
        return bool(as_matrix(X).dtype.kind in "iufb")

    def matrix_of(self, X: Any) -> np.ndarray:
        """Answers as this policy's columns and, where it was fitted on a table, in its codes.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n_items, n_queries)
            A DataFrame that names all of the policy's queries is taken by their names.

        Returns
        -------
        ndarray, shape (n_items, n_queries)

        Raises
        ------
        InputError
            If a policy that was fitted on a table is given an answer that names none of its
            classes, or another number of queries.
        """
        if isinstance(X, pd.DataFrame) and set(self.query_names) <= set(X.columns):
            X = X[list(self.query_names)]
        matrix = as_matrix(X)
        if self.class_names is None:
            return matrix
        if matrix.ndim != 2 or matrix.shape[1] != len(self.query_names):
            raise InputError(
                f"answers of shape {matrix.shape}; the policy knows {len(self.query_names)} "
                f"queries: {shorten(self.query_names, 10)}"
            )
        if self._is_codes(matrix):
            return matrix
        codes, others = text_codes(matrix.astype(object), np.array(self.class_names, dtype=object))
        if others:
            raise InputError(
                f"answers {shorten(others)}; the policy knows {shorten(self.class_names, 10)}, and "
                "None for a missing answer"
            )
        return codes

    def heard(self, X: np.ndarray) -> np.ndarray:
        """Whether any query that it asked gave a usable answer, shape (n_items,).

        Parameters
        ----------
        X : ndarray of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray of bool, shape (n_items,)
        """
        heard: np.ndarray = (self.asked(X) & (X != MISSING)).any(axis=1)
        return heard

    def costs_of(self, X: np.ndarray, costs: np.ndarray) -> np.ndarray:
        """What it would have spent on each item.

        Parameters
        ----------
        X : ndarray of int, shape (n_items, n_queries)
        costs : ndarray of float, shape (n_queries,) or (n_items, n_queries)
            Of a query, or of each answer.

        Returns
        -------
        ndarray of float, shape (n_items,)
        """
        spent: np.ndarray = np.where(self.asked(X), costs, 0.0).sum(axis=1)
        return spent

    def replay(self, table: PredictionTable) -> pd.DataFrame:
        """Answer the items of a table from its cached answers.

        Parameters
        ----------
        table : PredictionTable
            Holds the policy's queries, by name; others are left aside. No labels needed.

        Returns
        -------
        DataFrame
            Indexed by item id: `label` (class name), `probability` (of that label) and `asked`
            (number of queries).

        Raises
        ------
        InputError
            If a query is absent, or an answer is a class that the policy does not know.
        """
        own = read_by(self, table)
        probabilities = self.predict_proba(own.codes)
        best = probabilities.argmax(axis=1)
        return pd.DataFrame(
            {
                "label": own.labels_named(self, best),
                "probability": probabilities[np.arange(len(best)), best],
                "asked": self.asked(own.codes).sum(axis=1),
            },
            index=own.table.items.index,
        )

    # -- files ------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write readable JSON, whole or not at all.

        Parameters
        ----------
        path : path-like
        """
        from ensel.policies.saved import save_policy

        save_policy(self, path)

    def to_data(self) -> dict[str, Any]:
        """Plain data of what was learned, for a file."""
        raise NotImplementedError(f"a {type(self).__name__} cannot be kept in a file")

    @classmethod
    def from_data(cls, data: Mapping[str, Any], n_queries: int, n_classes: int) -> Self:
        """A fitted policy from what `to_data` gave; ValueError or KeyError where damaged."""
        raise NotImplementedError(f"a {cls.__name__} cannot be read from a file")


def as_matrix(X: Any) -> np.ndarray:
    """Answers as an array; lists with text in them as objects, so that None stays None."""
    if isinstance(X, pd.DataFrame):
        return X.to_numpy()
    matrix = np.asarray(X)
    return np.asarray(X, dtype=object) if matrix.dtype.kind in "US" else matrix


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and np.isnan(value)
