"""What a conditional entropy says of the error of the best rule, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ensel.information.patterns import pattern_ids

BISECTIONS = 60  # halvings of [0, 1]: below double precision


def binary_entropy(p: Any) -> np.ndarray:
    """Entropy h(p) of a coin, in bits.

    Parameters
    ----------
    p : array_like of float in [0, 1]

    Returns
    -------
    ndarray

    Examples
    --------
    >>> float(binary_entropy(0.5))
    1.0
    """
    p = np.asarray(p, dtype=float)
    inside = (p > 0) & (p < 1)
    safe = np.where(inside, p, 0.5)
    return np.where(inside, -safe * np.log2(safe) - (1 - safe) * np.log2(1 - safe), 0.0)


def fano_error_bound(conditional_entropy: Any, n_classes: int) -> np.ndarray:
    """Smallest error that Fano's inequality allows: h(e) + e log2(K - 1) >= H(Y | X).

    No rule that sees only X errs less. Classical [1]_.

    Parameters
    ----------
    conditional_entropy : array_like of float
        H(Y | X) in bits, in [0, log2 K].
    n_classes : int
        K, at least 2.

    Returns
    -------
    ndarray
        Lower bounds on the Bayes error, in [0, (K - 1) / K].

    Raises
    ------
    ValueError
        If an entropy is outside [0, log2 K].

    See Also
    --------
    hellman_raviv_error_bound : The bound from above.

    References
    ----------
    .. [1] Fano, R. M. (1961). Transmission of Information. MIT Press.

    Examples
    --------
    >>> fano_error_bound([0.0, 1.0], n_classes=2)
    array([0. , 0.5])
    """
    h = np.asarray(conditional_entropy, dtype=float)
    most = np.log2(n_classes)
    if (h < -1e-9).any() or (h > most + 1e-9).any():
        raise ValueError(
            f"conditional entropy outside [0, {most:.4g}] bits for {n_classes} classes"
        )
    low, high = np.zeros_like(h), np.full_like(h, 1 - 1 / n_classes)
    for _ in range(BISECTIONS):  # the left side grows with e up to (K - 1) / K
        middle = (low + high) / 2
        too_small = binary_entropy(middle) + middle * np.log2(max(n_classes - 1, 1)) < h
        low, high = np.where(too_small, middle, low), np.where(too_small, high, middle)
    return np.where(h <= 0, 0.0, np.where(h >= most, 1 - 1 / n_classes, low))


def hellman_raviv_error_bound(conditional_entropy: Any) -> np.ndarray:
    """Largest error the Bayes rule can make: e <= H(Y | X) / 2.

    Classical [1]_.

    Parameters
    ----------
    conditional_entropy : array_like of float
        H(Y | X) in bits.

    Returns
    -------
    ndarray
        Upper bounds on the Bayes error.

    References
    ----------
    .. [1] Hellman, M. & Raviv, J. (1970). Probability of error, equivocation, and the Chernoff
       bound. IEEE Transactions on Information Theory 16(4), 368-372.

    Examples
    --------
    >>> float(hellman_raviv_error_bound(1.0))
    0.5
    """
    return np.asarray(conditional_entropy, dtype=float) / 2


def pattern_bayes_error(
    answers: np.ndarray, labels: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Error of the best rule on these very items: the commonest label of each pattern.

    On a sample this is optimistic, since the rule has seen the items; on an enumerated
    distribution (with its probabilities as `weights`) it is the Bayes error.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items,) or (n_items, n_queries)
    labels : ndarray of int, shape (n_items,)
    weights : ndarray of float, shape (n_items,), optional

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> pattern_bayes_error(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))
    0.25
    """
    ids, classes = pattern_ids(answers), pattern_ids(labels)
    n_classes = int(classes.max()) + 1
    counts = np.bincount(
        ids * n_classes + classes, weights=weights, minlength=(ids.max() + 1) * n_classes
    ).reshape(-1, n_classes)
    return float(1 - counts.max(axis=1).sum() / counts.sum())
