"""Entropies and mutual information of discrete answers, in bits."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ensel.information.patterns import pattern_ids

Correction = Literal["plug-in", "miller-madow"]


def entropy_of_counts(
    counts: np.ndarray, correction: Correction = "plug-in", axis: int = -1
) -> np.ndarray:
    """Entropy of the distributions that rows of counts stand for.

    Parameters
    ----------
    counts : array_like of float, shape (..., n_cells)
        Counts, weights or probabilities, each row with a positive sum.
    correction : {"plug-in", "miller-madow"}
        Miller-Madow adds (m - 1) / (2 n ln 2), m occupied cells, n the row's sum; it needs
        counts, not probabilities. Classical [1]_.
    axis : int
        The axis of the cells.

    Returns
    -------
    ndarray, shape (...)
        Bits; at least 0.

    References
    ----------
    .. [1] Miller, G. A. (1955). Note on the bias of information estimates. In Information Theory
       in Psychology, 95-100.

    Examples
    --------
    >>> float(entropy_of_counts(np.array([2, 2])))
    1.0
    >>> round(float(entropy_of_counts(np.array([2, 2]), "miller-madow")), 4)  # + 1/(8 ln 2)
    1.1803
    """
    _check_correction(correction)
    counts = np.asarray(counts, dtype=float)
    total = counts.sum(axis=axis)
    logs = np.log2(counts, out=np.zeros_like(counts), where=counts > 0)
    plug_in = np.log2(total) - (counts * logs).sum(axis=axis) / total
    plug_in = np.maximum(plug_in, 0.0)  # a certain outcome may round to -1e-17
    if correction == "plug-in":
        return plug_in
    occupied = (counts > 0).sum(axis=axis)
    return plug_in + (occupied - 1) / (2 * total * np.log(2))


def entropy(
    values: Any, *, correction: Correction = "plug-in", weights: np.ndarray | None = None
) -> float:
    """Entropy of observed values or patterns.

    Parameters
    ----------
    values : array_like of int, shape (n_items,) or (n_items, n_queries)
    correction : {"plug-in", "miller-madow"}
    weights : ndarray of float, shape (n_items,), optional
        Weight of each item; with probabilities of an enumerated distribution the result is exact.

    Returns
    -------
    float
        Bits.

    Examples
    --------
    >>> entropy([0, 1, 2, 3])
    2.0
    """
    ids = pattern_ids(_integers(values))
    return float(entropy_of_counts(np.bincount(ids, weights=weights), correction))


def mutual_information(
    answers: Any,
    labels: Any,
    *,
    correction: Correction = "plug-in",
    weights: np.ndarray | None = None,
) -> float:
    """Information I(Y; X_S) that the pattern of several queries' answers holds on the label.

    I = H(Y) + H(X_S) - H(X_S, Y). The quantity that [1]_ maximises under a budget.

    Parameters
    ----------
    answers : array_like of int, shape (n_items,) or (n_items, n_queries)
        -1, a missing answer, is a symbol of its own. No columns: 0 bits.
    labels : array_like of int, shape (n_items,)
    correction : {"plug-in", "miller-madow"}
        The plug-in grows with the number of patterns: on few items it overstates. Miller-Madow
        subtracts the leading bias; it may fall below 0 and break data processing.
    weights : ndarray of float, shape (n_items,), optional

    Returns
    -------
    float
        Bits; the plug-in is in [0, H(Y)].

    See Also
    --------
    every_information : Of every set of a size.

    References
    ----------
    .. [1] arXiv 2602.08003.

    Examples
    --------
    >>> mutual_information([[0], [1], [0], [1]], [0, 1, 0, 1])
    1.0
    """
    answers, labels = _integers(answers), _integers(labels)
    pattern = pattern_ids(answers)
    joint = pattern_ids(np.column_stack([pattern, labels]))
    value = (
        entropy(labels, correction=correction, weights=weights)
        + entropy(pattern, correction=correction, weights=weights)
        - entropy(joint, correction=correction, weights=weights)
    )
    return max(value, 0.0) if correction == "plug-in" else value


def conditional_mutual_information(
    answers: Any,
    labels: Any,
    given: Any,
    *,
    correction: Correction = "plug-in",
    weights: np.ndarray | None = None,
) -> float:
    """Information I(Y; X | Z) that answers add on the label once others are known.

    Parameters
    ----------
    answers, given : array_like of int, shape (n_items,) or (n_items, n_queries)
    labels : array_like of int, shape (n_items,)
    correction : {"plug-in", "miller-madow"}
    weights : ndarray of float, shape (n_items,), optional

    Returns
    -------
    float
        Bits: I(Y; X, Z) - I(Y; Z), the chain rule.

    Examples
    --------
    >>> y = [0, 1, 1, 0]
    >>> conditional_mutual_information([0, 0, 1, 1], y, given=[0, 1, 0, 1])  # XOR
    1.0
    """
    both = np.column_stack([_integers(given), _integers(answers)])
    with_both = mutual_information(both, labels, correction=correction, weights=weights)
    with_given = mutual_information(given, labels, correction=correction, weights=weights)
    gain = with_both - with_given
    return max(gain, 0.0) if correction == "plug-in" else gain


def _integers(values: Any) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind not in "iub":
        raise ValueError(f"integer codes are needed, not {array.dtype}; -1 is a missing answer")
    return array.astype(np.int64, copy=False)


def _check_correction(correction: str) -> None:
    if correction not in ("plug-in", "miller-madow"):
        raise ValueError(f"correction {correction!r}; 'plug-in' or 'miller-madow' is needed")
