"""What votes on open answers share: each item has options of its own, and perhaps none is right."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from ensel.exceptions import InputError
from ensel.table.codes import MISSING, as_codes, checked_weights
from ensel.voting.base import weight_where
from ensel.voting.conditional_logit import probabilities
from ensel.voting.letters import checked, checked_again, is_text
from ensel.voting.open_training import OpenTraining, model_numbers
from ensel.voting.partitions import Partitions, partitions_of

TIED = 1e-9
"""Scores closer than this are equal: they are sums of weights, in natural-log odds."""
SHIFT = 1e-9
"""What settles a tie adds this to a probability."""


class OpenVote(ClassifierMixin, BaseEstimator):
    r"""Base of the votes on open answers: numbers, formulas, short texts.

    Every item has options of its own, numbered anew: a code means nothing beyond its item, and
    only who agrees with whom is used. Each option o that somebody gave has a score, the sum of the
    weights of the queries that gave it, and

        P(o is right) = exp(score_o) / (exp(b) + sum over given options of exp(score)),

        P(none of them is right) = exp(b) / (the same sum):

    a conditional logit with an outside option [1]_. So a probability means something where the
    truth may be missing from the answers, and the vote can be told to abstain. How weights and b
    are learned is the subclass's. Missing answers abstain.

    Ties go to the option whose best backer was more often right in training, then to the option
    with the first backer in a seeded draw of the queries. Where all weights are 0, the option that
    most queries gave is the best.

    Parameters
    ----------
    n_classes : int, optional
        Largest number of options of an item, so codes go up to n_classes - 1: columns of
        `predict_proba`. Default: what is needed for the items of `fit`.
    random_state : int, Generator or None
        Seed of the draw of queries.

    Attributes
    ----------
    classes_ : ndarray of int, shape (n_classes,)
        0 to n_classes - 1: placeholders.
    weights_ : ndarray of float, shape (n_queries,)
        What each query adds to the score of the option it gives, in natural-log odds.
    bias_ : ndarray of float, shape (1,)
        b, the score of the outside option.
    accuracies_ : ndarray of float, shape (n_queries,)
        Share of the training items on which the query's model was right; for ties.
    lottery_ : ndarray of int, shape (n_queries,)
        Place of each query in the draw.

    See Also
    --------
    ensel.voting.Vote : Where all items share their classes.

    References
    ----------
    .. [1] McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In
       Frontiers in Econometrics, 105-142. The outside option is classical, too.
    """

    def __init__(self, n_classes: int | None = None, random_state: Any = 0) -> None:
        self.n_classes = n_classes
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None, models: Any = None) -> Self:
        """Learn from labelled items.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)
            Options as codes from 0, numbered item by item; -1 = missing.
        y : array_like of int, shape (n_items,)
            Code of the right option, from 0; it need not be among the answers.
        sample_weight : array_like of int, shape (n_items,), optional
            How often each item counts, from 0: the same as items repeated that often.
        models : sequence, shape (n_queries,), optional
            Model of each query: samples of one model share what is learned of it. Default: each
            query is a model of its own.

        Returns
        -------
        self

        Raises
        ------
        InputError
            If answers are text, codes are outside `n_classes`, or models are not one a query.
        ValueError
            If X, y or the weights have fractions or NaN.
        """
        X, y = checked(self, X, y)
        codes, labels = self._codes(X), self._labels(y)
        weights = checked_weights(sample_weight, len(codes))
        if weights is not None:
            counted = weights > 0
            codes, labels, weights = codes[counted], labels[counted], weights[counted]

        most = max(int(codes.max(initial=0)), int(labels.max(initial=0))) + 1
        self.classes_ = np.arange(most if self.n_classes is None else self.n_classes)
        self._check_options(max(int(X.max(initial=0)), int(y.max(initial=0))))
        self._fit(codes, labels, weights, models)
        return self

    def fit_codes(
        self,
        codes: np.ndarray,
        labels: np.ndarray,
        weights: np.ndarray | None = None,
        models: Any = None,
    ) -> Self:
        """Do what `fit` does with codes that were checked before: nothing is checked again.

        Parameters
        ----------
        codes : ndarray of int, shape (n_items, n_queries)
            From 0 to `n_classes` - 1; -1 = missing. `n_classes` must be given.
        labels : ndarray of int, shape (n_items,)
        weights : ndarray of int64, shape (n_items,), optional
            All above 0.
        models : sequence, shape (n_queries,), optional

        Returns
        -------
        self
        """
        assert self.n_classes is not None
        self.n_features_in_ = codes.shape[1]
        self.classes_ = np.arange(self.n_classes)
        self._fit(codes, labels, weights, models)
        return self

    def _fit(
        self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray | None, models: Any
    ) -> None:
        if weights is None:
            weights = np.ones(len(codes), dtype=np.int64)
        partitions, ids = partitions_of(codes)
        right = codes == labels[:, None]
        option = partitions.rows[ids, right.argmax(axis=1)]
        chosen = np.where(
            right.any(axis=1), partitions.starts[ids] + option, partitions.outside[ids]
        )
        training = OpenTraining(
            partitions,
            np.bincount(chosen, weights, partitions.n_alternatives),
            weight_where(weights, right),
            weight_where(weights, codes != MISSING),
            model_numbers(models, codes.shape[1]),
        )

        samples = training.pooled(np.ones(codes.shape[1]))
        self.accuracies_ = training.pooled(training.right) / (samples * weights.sum())
        self.lottery_ = np.random.default_rng(self.random_state).permutation(codes.shape[1])
        self.weights_, self.bias_ = self._learn(training)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability that each option of the item is right.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray, shape (n_items, n_classes)
            0 for options that nobody gave; rows sum to 1 - `none_proba`.
        """
        return self.codes_proba(self._checked_codes(X))

    def none_proba(self, X: Any) -> np.ndarray:
        """Probability that no given answer is right; 1 where no query answers.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray, shape (n_items,)
        """
        partitions, ids = partitions_of(self._checked_codes(X))
        return self._judged(partitions)[0][partitions.outside][ids]

    def predict(self, X: Any) -> np.ndarray:
        """Code of the most probable option; -1 where no query answers.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray of int, shape (n_items,)
        """
        codes = self._checked_codes(X)
        partitions, ids = partitions_of(codes)
        _, best = self._judged(partitions)
        backs = partitions.rows[ids] == (best - partitions.starts)[ids][:, None]
        chosen = codes[np.arange(len(codes)), backs.argmax(axis=1)]
        return np.where(backs.any(axis=1), chosen, MISSING)

    def codes_proba(self, codes: np.ndarray) -> np.ndarray:
        """Do what `predict_proba` does with codes that were checked before.

        Parameters
        ----------
        codes : ndarray of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray, shape (n_items, n_classes)
        """
        partitions, ids = partitions_of(codes)
        p, _ = self._judged(partitions)
        given = np.zeros((len(codes), len(self.classes_)))
        items, columns = np.nonzero(codes != MISSING)
        alternatives = partitions.starts[ids[items]] + partitions.rows[ids[items], columns]
        given[items, codes[items, columns]] = p[alternatives]
        return given

    def _judged(self, partitions: Partitions) -> tuple[np.ndarray, np.ndarray]:
        """Probability of each alternative, and the best option of each partition."""
        scores = partitions.backing @ self.weights_
        best = self._best(partitions, scores)
        scores[partitions.outside] = self.bias_[0]
        p, _ = probabilities(scores, partitions.starts)

        # As in closed votes: what settled a tie shows in the probabilities.
        second = scores.copy()
        second[best] = second[partitions.outside] = -np.inf
        some = np.flatnonzero(partitions.n_options > 1)
        tied = some[_largest(second, partitions)[some] >= scores[best[some]] - TIED]
        shifted = np.zeros(len(partitions.rows))
        shifted[tied] = SHIFT
        p[best] += shifted
        return p / np.repeat(1 + shifted, partitions.n_options + 1), best

    def _best(self, partitions: Partitions, scores: np.ndarray) -> np.ndarray:
        """The best option of each partition; its outside alternative where there is none."""
        backing = partitions.backing
        backed = np.flatnonzero(np.diff(backing.indptr))
        firsts = backing.indptr[backed]

        def of_backers(values: np.ndarray) -> np.ndarray:
            largest = np.full(len(scores), -np.inf)
            if len(firsts):
                largest[backed] = np.maximum.reduceat(values[backing.indices], firsts)
            return largest

        silent = np.abs(self.weights_).max() <= TIED
        keys = [
            np.diff(backing.indptr).astype(float) if silent else scores,
            of_backers(self.accuracies_),
            of_backers(-self.lottery_.astype(float)),
        ]
        left = np.ones(len(scores), dtype=bool)
        left[partitions.outside] = partitions.n_options == 0
        for key in keys:
            values = np.where(left, key, -np.inf)
            most = np.repeat(_largest(values, partitions), partitions.n_options + 1)
            left &= values >= most - TIED
        return np.flatnonzero(left)

    @abstractmethod
    def _learn(self, training: OpenTraining) -> tuple[np.ndarray, np.ndarray]:
        """Return weights, shape (n_queries,), and the outside option's score, shape (1,)."""

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have; for checking what a file holds."""
        of_queries = dict.fromkeys(("weights_", "accuracies_", "lottery_"), (n_queries,))
        return {"classes_": (n_classes,), "bias_": (1,), **of_queries}

    def _checked_codes(self, X: Any) -> np.ndarray:
        """Codes to judge, of a fitted vote."""
        check_is_fitted(self)
        codes = self._codes(checked_again(self, X))
        self._check_options(int(codes.max(initial=0)))
        return codes

    def _codes(self, X: np.ndarray) -> np.ndarray:
        if is_text(X):
            raise InputError(
                "answers are text; an open vote reads codes that number the options of each item"
            )
        return as_codes(X)

    def _labels(self, y: np.ndarray) -> np.ndarray:
        if y.dtype.kind in "OU":
            raise InputError("labels are text; the code of each item's right option is needed")
        labels = as_codes(y)
        if labels.min() < 0:
            raise InputError("label -1; where nobody is right, a code that no query gave is needed")
        return labels

    def _check_options(self, largest: int) -> None:
        most = len(self.classes_)
        if largest >= most:
            raise InputError(f"option {largest}, but n_classes={most}; {largest + 1} is needed")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.classifier_tags.poor_score = True
        return tags


def _largest(values: np.ndarray, partitions: Partitions) -> np.ndarray:
    """Of each partition's alternatives: shape (n_partitions,)."""
    return np.maximum.reduceat(values, partitions.starts) if len(values) else np.empty(0)
