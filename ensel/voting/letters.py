"""Answers and labels as they come: codes, or letters and class names.

Text is read by name: an answer that equals a class's name is that class, and None, NaN and the
empty string are missing answers. Everything else is checked as scikit-learn checks it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from ensel.information.patterns import first_rows, pattern_ids
from ensel.table.codes import MISSING

CODES = "iub"  # kinds of arrays that hold codes


def checked(estimator: Any, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Answers and labels to learn from, as scikit-learn checks them.

    Parameters
    ----------
    estimator : estimator
        Learns the number and the names of the columns.
    X : array_like, shape (n_items, n_queries)
    y : array_like, shape (n_items,)

    Returns
    -------
    X : ndarray
        Of objects where `is_text` says so, else of numbers.
    y : ndarray
    """
    if (
        _whole_numbers(X)
        and (type(y) is np.ndarray and y.dtype.kind in CODES and y.shape == (len(X),))
        and not hasattr(estimator, "feature_names_in_")  # from a fit before: to be forgotten
    ):
        estimator.n_features_in_, estimator._learned_from_text = X.shape[1], False
        return X, y
    text = _holds_text(X)
    X, y = _as_checked(estimator, X, text, y)
    estimator._learned_from_text = text
    return X, y


def checked_again(estimator: Any, X: Any) -> np.ndarray:
    """Answers to a fitted estimator, as scikit-learn checks them.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X : array_like, shape (n_items, n_queries)

    Returns
    -------
    ndarray
        See `checked`.
    """
    if (
        _whole_numbers(X)
        and X.shape[1] == getattr(estimator, "n_features_in_", None)
        and not hasattr(estimator, "feature_names_in_")
    ):
        return X
    return _as_checked(estimator, X, _holds_text(X) or expects_text(estimator, X))


def check_labels(y: np.ndarray) -> None:
    """Check that labels are classes; scikit-learn looks closely, and takes its time.

    Raises
    ------
    ValueError
        If they are measurements.
    """
    # Whole numbers are codes, however many: items may have options of their own.
    if y.dtype.kind in "iu":
        return
    check_classification_targets(y)


def sorted_classes(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct labels, sorted, and the place of each label among them.

    Parameters
    ----------
    y : ndarray, shape (n_items,)

    Returns
    -------
    classes : ndarray, shape (n_classes,)
    labels : ndarray of int64, shape (n_items,)

    Examples
    --------
    >>> sorted_classes(np.array([7, 3, 7]))
    (array([3, 7]), array([1, 0, 1]))
    """
    if y.dtype.kind != "i":
        return np.unique(y, return_inverse=True)
    labels = pattern_ids(y)
    return y[first_rows(labels)], labels


def is_text(X: np.ndarray) -> bool:
    """Whether answers from `checked` are to be read by name."""
    return X.dtype.kind == "O"


def text_codes(X: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Read answers by the names of the classes.

    Parameters
    ----------
    X : ndarray of object, shape (n_items, n_queries)
    classes : ndarray, shape (n_classes,)

    Returns
    -------
    codes : ndarray of int64, shape (n_items, n_queries)
        Position among the classes, -1 where missing; texts that name no class follow the classes,
        in sorted order.
    others : list of str
        Those texts.

    Examples
    --------
    >>> X = np.array([["A", "B"], ["", "I think A"]], dtype=object)
    >>> codes, others = text_codes(X, np.array(["A", "B"]))
    >>> codes.tolist(), others
    ([[0, 1], [-1, 2]], ['I think A'])
    """
    import pandas as pd

    names = [_name(value) for value in X.ravel()]
    numbers, texts = pd.factorize(np.array(names, dtype=object))  # None is -1
    places = {_name(value): place for place, value in enumerate(classes.tolist())}
    others = sorted(set(texts) - set(places))
    places |= {text: len(classes) + i for i, text in enumerate(others)}
    # The last one is for the missing answers, which -1 picks.
    code_of = np.array([*(places[text] for text in texts), MISSING], dtype=np.int64)
    return code_of[numbers].reshape(X.shape), others


def as_objects(X: Any) -> Any:
    """Lists as arrays of objects: NumPy would make text of the None and NaN in them."""
    return np.array(X, dtype=object) if isinstance(X, list | tuple) else X


def expects_text(estimator: Any, X: Any) -> bool:
    """Whether answers without any text are text that is missing: the estimator learned from text.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X : array_like
    """
    if not getattr(estimator, "_learned_from_text", False):
        return False
    return np.asarray(X).dtype.kind not in CODES


def _whole_numbers(X: Any) -> bool:
    """Whether scikit-learn could find no fault in the answers by themselves."""
    return type(X) is np.ndarray and X.ndim == 2 and X.dtype.kind in CODES and X.size > 0


def _as_checked(estimator: Any, X: Any, text: bool, *y: Any) -> Any:
    """What scikit-learn makes of it; of text it only checks the shape and the columns' names."""
    if not text:
        return validate_data(estimator, X, *y, dtype="numeric", reset=bool(y))
    X = as_objects(X)
    return validate_data(estimator, X, *y, dtype=object, ensure_all_finite=False, reset=bool(y))


def _holds_text(X: Any) -> bool:
    """Whether any of the answers is a text."""
    if isinstance(X, list | tuple):
        try:
            values = np.array(X, dtype=object)
        except ValueError:  # ragged: scikit-learn says so
            return False
    elif isinstance(X, np.ndarray):
        values = X
    elif hasattr(X, "columns") and hasattr(X, "to_numpy"):
        kinds = {getattr(kind, "kind", "O") for kind in X.dtypes}
        if kinds <= set(CODES + "f"):
            return False
        values = np.asarray(X, dtype=object)
    else:
        return False
    if values.dtype.kind == "U":
        return True
    return values.dtype.kind == "O" and any(isinstance(value, str) for value in values.flat)


def _name(value: Any) -> str | None:
    """An answer or a class as text; None for a missing answer."""
    if isinstance(value, str):
        return str(value) or None
    if value is None or type(value).__name__ == "NAType" or value != value:  # NaN is not itself
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))  # a column with missing answers turns 1 into 1.0
    return str(value)
