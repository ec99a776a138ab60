"""Answer codes against labels: the conventions that selectors and votes share."""

from typing import Any

import numpy as np

MISSING = -1
"""The code of a query that gave no usable answer."""


def as_codes(X: np.ndarray) -> np.ndarray:
    """Whole numbers as int64; anything else is refused.

    Parameters
    ----------
    X : ndarray, shape (n_items, n_queries)

    Returns
    -------
    ndarray of int64, shape (n_items, n_queries)

    Raises
    ------
    ValueError
        If a value is not a whole number, or is below -1.

    Examples
    --------
    >>> as_codes(np.array([[0.0, -1.0]])).tolist()
    [[0, -1]]
    """
    codes = X.astype(np.int64)
    if X.dtype.kind == "f" and not np.array_equal(codes, X):
        raise ValueError("answers must be whole numbers: class codes, and -1 for a missing answer")
    if codes.size and codes.min() < MISSING:
        raise ValueError(f"answer code {codes.min()}; -1 (missing) or a class code is needed")
    return codes


def class_positions(codes: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Position of each answer among the classes; -1 where it is none of them.

    Where classes are numbers, a code is the class of that number; where they are names, code c
    is the c-th name. A numeric answer that is no class of the labels counts as missing: it can be
    right for no label seen.

    Parameters
    ----------
    codes : ndarray of int64, shape (n_items, n_queries)
    classes : ndarray, shape (n_classes,)
        Sorted.

    Returns
    -------
    ndarray of int64, shape (n_items, n_queries)

    Raises
    ------
    ValueError
        If a class is a negative number, or names are fewer than the codes.

    Examples
    --------
    >>> class_positions(np.array([[2, 0, -1]]), classes=np.array([1, 2])).tolist()
    [[1, -1, -1]]
    """
    named = classes.dtype.kind not in "iuf"
    if named and codes.size and codes.max() >= len(classes):
        raise ValueError(
            f"answer code {codes.max()}, but the labels name {len(classes)} classes; give labels "
            "as codes, or make sure that every class occurs among them"
        )
    values: Any = np.arange(len(classes)) if named else classes
    if not named and len(classes) and classes.min() < 0:
        raise ValueError(f"label {classes.min()}; labels are codes from 0, since -1 is missing")
    if np.array_equal(values, np.arange(len(values))):  # codes are positions: the usual case
        return np.where(codes < len(values), codes, MISSING)
    place = np.clip(np.searchsorted(values, codes), 0, len(values) - 1)
    return np.where((values[place] == codes) & (codes != MISSING), place, MISSING)


def right_answers(codes: np.ndarray, labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Which answers are right; a missing one never is.

    Parameters
    ----------
    codes : ndarray of int64, shape (n_items, n_queries)
    labels : ndarray of int, shape (n_items,)
        Positions in `classes`.
    classes : ndarray, shape (n_classes,)

    Returns
    -------
    ndarray of bool, shape (n_items, n_queries)
    """
    return class_positions(codes, classes) == labels[:, None]
