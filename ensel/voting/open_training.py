"""What there is to learn from labelled open answers: who agreed, and who was right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from ensel.exceptions import InputError
from ensel.voting.conditional_logit import Alternatives, fit_conditional_logit
from ensel.voting.partitions import Partitions

PRECISION = 1.0
"""Of the normal prior on weights."""
BIAS_PRECISION = 0.01
"""Of the weak one on the score of the outside option."""


@dataclass(frozen=True)
class OpenTraining:
    """What there is to learn from labelled items, and no code in it.

    Attributes
    ----------
    partitions : Partitions
    counts : ndarray of float, shape (n_alternatives,)
        Weight of the items for which each alternative is right.
    right, answered : ndarray of float, shape (n_queries,)
        Weight of the items on which the query was right, and on which it answered.
    models : ndarray of int, shape (n_queries,)
        Number of each query's model, from 0; without models each query is its own.
    """

    partitions: Partitions
    counts: np.ndarray
    right: np.ndarray
    answered: np.ndarray
    models: np.ndarray

    @property
    def of_models(self) -> sparse.csr_array:
        """Which query is of which model, as 0 and 1: shape (n_queries, n_models)."""
        n_queries = len(self.models)
        places = (np.arange(n_queries), self.models)
        shape = (n_queries, int(self.models.max()) + 1)
        return sparse.coo_array((np.ones(n_queries), places), shape=shape).tocsr()

    def pooled(self, of_queries: np.ndarray) -> np.ndarray:
        """Sums over the queries of one model, given to each of them: shape (n_queries,)."""
        return np.bincount(self.models, of_queries)[self.models]

    @property
    def backers(self) -> np.ndarray:
        """How many queries gave each alternative: shape (n_alternatives,)."""
        return np.diff(self.partitions.backing.indptr).astype(float)

    @property
    def log_odds(self) -> np.ndarray:
        """log(p / (1 - p)), p = (right + 1) / (answered + 2) of a model: shape (n_queries,)."""
        right, answered = self.pooled(self.right), self.pooled(self.answered)
        return np.log((right + 1) / (answered - right + 1))

    def fit(self, columns: Any, precision: np.ndarray) -> tuple[np.ndarray, float]:
        """Weights of features of the alternatives, and the score of the outside option.

        Parameters
        ----------
        columns : csr_array or ndarray, shape (n_alternatives, n_features)
            0 for outside options.
        precision : ndarray, shape (n_features,)
            Of the normal prior of each weight around 0.

        Returns
        -------
        weights : ndarray, shape (n_features,)
        bias : float
        """
        is_outside = np.zeros((columns.shape[0], 1))
        is_outside[self.partitions.outside] = 1
        parts = [sparse.csr_array(columns), sparse.csr_array(is_outside)]
        given = Alternatives(
            sparse.hstack(parts, format="csr"), self.partitions.starts, self.counts
        )
        theta = fit_conditional_logit(given, np.append(precision, BIAS_PRECISION))
        return theta[:-1], float(theta[-1])

    def fit_common(self) -> tuple[float, float]:
        """One weight for all answers, at least 0, and the score of the outside option."""
        (weight,), bias = self.fit(self.backers[:, None], np.array([PRECISION]))
        if weight >= 0:
            return float(weight), bias
        nothing = np.empty((len(self.counts), 0))
        return 0.0, self.fit(nothing, np.empty(0))[1]  # the loss is convex: the best is at the edge


def model_numbers(models: Any, n_queries: int) -> np.ndarray:
    """Number of each query's model, from 0.

    Parameters
    ----------
    models : sequence, shape (n_queries,), or None
        None: each query is a model of its own.
    n_queries : int

    Returns
    -------
    ndarray of int, shape (n_queries,)

    Raises
    ------
    InputError
        If they are not one a query.

    Examples
    --------
    >>> model_numbers(["b", "a", "b"], 3)
    array([1, 0, 1])
    """
    if models is None:
        return np.arange(n_queries)
    names = np.asarray(models).astype(str)
    if names.shape != (n_queries,):
        raise InputError(
            f"models of shape {names.shape}; one for each of {n_queries} queries is needed"
        )
    return np.unique(names, return_inverse=True)[1]
