"""Answers and labels as places among the classes, which all votes of a policy share."""

from __future__ import annotations

from typing import Any

import numpy as np

from ensel.exceptions import InputError
from ensel.policies.training import TrainingSet
from ensel.table.codes import MISSING, as_codes, class_positions
from ensel.voting.letters import is_text, sorted_classes, text_codes


def positions(X: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Answers as places among the classes; -1 where missing, or right for no label.

    Parameters
    ----------
    X : ndarray, shape (n_items, n_queries)
        Codes, or names of classes.
    classes : ndarray, shape (n_classes,)

    Returns
    -------
    ndarray of int, shape (n_items, n_queries)

    Examples
    --------
    >>> positions(np.array([[7, 3, 5, -1]]), np.array([3, 7])).tolist()
    [[1, 0, -1, -1]]
    """
    if not is_text(X):
        return class_positions(as_codes(X), classes)
    codes, _ = text_codes(X, classes)
    return np.where(codes < len(classes), codes, MISSING)


def in_positions(
    training: TrainingSet, is_open: bool, n_options: int | None = None
) -> tuple[np.ndarray, TrainingSet]:
    """Classes, and the training items in their positions.

    Parameters
    ----------
    training : TrainingSet
        Of codes below `n_classes`, it stays as it is.
    is_open : bool
        Whether every item has options of its own.
    n_options : int, optional
        Most options of an item that an open vote is to know; at least those that are there.

    Returns
    -------
    classes : ndarray, shape (n_classes,)
    coded : TrainingSet

    Raises
    ------
    ValueError
        If there is one class only.
    """
    if training.n_classes is not None:
        return np.arange(training.n_classes), training
    if is_open:
        X, labels = as_codes(np.asarray(training.X)), as_codes(np.asarray(training.y))
        most = max(int(X.max(initial=0)), int(labels.max(initial=0))) + 1
        classes = np.arange(max(most, n_options or 0))
    else:
        classes, labels = sorted_classes(np.asarray(training.y))
        if len(classes) < 2:
            raise ValueError(f"y has one class, {classes[0]!r}; two or more are needed")
        X = positions(np.asarray(training.X), classes)

    coded = TrainingSet(
        X,
        labels,
        n_classes=len(classes),
        models=training.models,
        costs=training.costs,
        sample_weight=training.sample_weight,
        groups=training.groups,
        rng_of=training.rng_of,
    )
    return classes, coded


def unlabelled_codes(X: Any, n_queries: int) -> np.ndarray:
    """Answers to other questions, checked.

    Raises
    ------
    InputError
        If they are no codes of all queries.
    """
    X = np.asarray(X)
    if X.ndim != 2 or X.shape[1] != n_queries or X.dtype.kind not in "iu":
        raise InputError(
            f"unlabelled answers of shape {X.shape} ({X.dtype}); codes of all {n_queries} queries "
            "are needed"
        )
    return X
