"""Answer codes against labels: the conventions that selectors and votes share."""

from typing import Any

import numpy as np

MISSING = -1
"""The code of a query that gave no usable answer."""


def checked_whole_numbers(X: np.ndarray) -> np.ndarray:
    """Whole numbers in the integer type they come in; anything else is refused.

    Parameters
    ----------
    X : ndarray, shape (n_items, n_queries)
        Integers are not copied.

    Returns
    -------
    ndarray of int, shape (n_items, n_queries)

    Raises
    ------
    ValueError
        If a value is not a whole number, or is below -1.

    See Also
    --------
    as_codes : As int64.
    ensel.table.parts.checked_class_indices : For a table, whose classes are known.

    Examples
    --------
    >>> checked_whole_numbers(np.array([[0, -1]], dtype=np.int8)).dtype
    dtype('int8')
    """
    codes = X.view(np.int8) if X.dtype.kind == "b" else X
    if X.dtype.kind not in "iub":
        codes = X.astype(np.int64)
        if not np.array_equal(codes, X):
            raise ValueError(
                "answers must be whole numbers: class codes, and -1 for a missing answer"
            )
    if codes.size and codes.min() < MISSING:
        raise ValueError(f"answer code {codes.min()}; -1 (missing) or a class code is needed")
    return codes


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

    See Also
    --------
    checked_whole_numbers : In the type they come in.

    Examples
    --------
    >>> as_codes(np.array([[0.0, -1.0]])).tolist()
    [[0, -1]]
    """
    return checked_whole_numbers(X).astype(np.int64, copy=False)


MOST_WEIGHT = 2**53
"""Sums of weights are exact up to here, also as floating-point numbers."""


def checked_weights(weights: Any, n_items: int) -> np.ndarray | None:
    """How often each item counts, as int64; None where all count once.

    Parameters
    ----------
    weights : array_like, shape (n_items,), or None
        Whole numbers from 0, like those of a bootstrap.
    n_items : int

    Returns
    -------
    ndarray of int64, shape (n_items,), or None

    Raises
    ------
    ValueError
        If weights are of another shape, negative or fractions, all 0, or too large.

    See Also
    --------
    as_codes : The same care for answers.

    Examples
    --------
    >>> checked_weights([2.0, 0.0], 2)
    array([2, 0])
    """
    if weights is None:
        return None
    given = np.asarray(weights)
    if given.shape != (n_items,):
        raise ValueError(
            f"sample_weight of shape {given.shape}; one for each of {n_items} items is needed"
        )
    if given.dtype.kind not in "iubf":
        raise ValueError(f"sample_weight of type {given.dtype}; whole numbers are needed")
    if not (np.isfinite(given).all() and (given >= 0).all() and (given == np.rint(given)).all()):
        raise ValueError("sample_weight has a value that is no whole number from 0")
    if not given.sum(dtype=float) < MOST_WEIGHT:
        raise ValueError(f"sample_weight adds up to more than {MOST_WEIGHT:.0e}")
    if not given.any():
        raise ValueError("sample_weight is zero for every item; at least one must count")

    whole = given.astype(np.int64)
    return None if (whole == 1).all() else whole


def check_class_codes(codes: np.ndarray, classes: np.ndarray) -> None:
    """Check that answers and labels can be compared.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_queries)
    classes : ndarray, shape (n_classes,)

    Raises
    ------
    ValueError
        If a class is a negative number, or names are fewer than the codes.

    See Also
    --------
    class_positions : Compares them.
    """
    if classes.dtype.kind in "iuf":
        if len(classes) and classes.min() < 0:
            raise ValueError(f"label {classes.min()}; labels are codes from 0, since -1 is missing")
    elif codes.size and codes.max() >= len(classes):
        raise ValueError(
            f"answer code {codes.max()}, but the labels name {len(classes)} classes; give labels "
            "as codes, or make sure that every class occurs among them"
        )


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

    See Also
    --------
    label_codes : The way back.

    Examples
    --------
    >>> class_positions(np.array([[2, 0, -1]]), classes=np.array([1, 2])).tolist()
    [[1, -1, -1]]
    """
    check_class_codes(codes, classes)
    values: Any = classes if classes.dtype.kind in "iuf" else np.arange(len(classes))
    if np.array_equal(values, np.arange(len(values))):  # codes are positions: the usual case
        return np.where(codes < len(values), codes, MISSING)
    place = np.clip(np.searchsorted(values, codes), 0, len(values) - 1)
    return np.where((values[place] == codes) & (codes != MISSING), place, MISSING)


def label_codes(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """The answer code that is right for each label.

    Parameters
    ----------
    labels : ndarray of int, shape (n_items,)
        Positions in `classes`.
    classes : ndarray, shape (n_classes,)

    Returns
    -------
    ndarray of int or float, shape (n_items,)

    See Also
    --------
    class_positions : From codes to positions.

    Examples
    --------
    >>> label_codes(np.array([1, 0]), classes=np.array([2, 5])).tolist()
    [5, 2]
    """
    return classes[labels] if classes.dtype.kind in "iuf" else labels
