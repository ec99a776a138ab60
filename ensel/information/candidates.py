"""Information of many candidate queries at once, each joined to the same pattern."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ensel.information.entropy import Correction, entropy_of_counts
from ensel.information.patterns import pattern_ids

CELLS_AT_ONCE = 2**22  # counts held in memory at a time


class Terms(NamedTuple):
    """The three terms of I(Y; X_j | X_S), one entry per candidate, in bits.

    `gain` = `relevance` - `redundancy` + `dependence`. Identity: Brown et al. 2012; that the
    ablation of arXiv 2602.08003 is over these three is inferred.
    """

    relevance: np.ndarray
    """I(Y; X_j): what the candidate tells alone."""
    redundancy: np.ndarray
    """I(X_j; X_S): what it shares with the bought ones."""
    dependence: np.ndarray
    """I(X_j; X_S | Y): how they move together within a class."""

    @property
    def gain(self) -> np.ndarray:
        """I(Y; X_j | X_S)."""
        return self.relevance - self.redundancy + self.dependence


def joint_entropies(
    base: np.ndarray,
    candidates: np.ndarray,
    *,
    correction: Correction = "plug-in",
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Entropy H(Z, X_j) of one variable joined with each candidate.

    Parameters
    ----------
    base : ndarray of int, shape (n_items,)
        Codes from 0 without gaps, as `pattern_ids` gives them.
    candidates : ndarray of int, shape (n_items, n_candidates)
    correction : {"plug-in", "miller-madow"}
    weights : ndarray of float, shape (n_items,), optional

    Returns
    -------
    ndarray, shape (n_candidates,)
        Bits.
    """
    n_candidates = candidates.shape[1]
    if n_candidates == 0:
        return np.empty(0)
    low = int(candidates.min())
    width = int(candidates.max()) - low + 1
    n_cells = (int(base.max()) + 1) * width
    at_once = max(1, CELLS_AT_ONCE // max(n_cells, len(base)))
    start_code = base.astype(np.int64) * width - low
    result = np.empty(n_candidates)
    for start in range(0, n_candidates, at_once):
        block = candidates[:, start : start + at_once]
        n_block = block.shape[1]
        codes = start_code[:, None] + block + np.arange(n_block) * n_cells
        block_weights = None if weights is None else np.repeat(weights, n_block)
        counts = np.bincount(codes.ravel(), weights=block_weights, minlength=n_block * n_cells)
        result[start : start + n_block] = entropy_of_counts(
            counts.reshape(n_block, n_cells), correction
        )
    return result


def information_with(
    pattern: np.ndarray,
    candidates: np.ndarray,
    labels: np.ndarray,
    *,
    correction: Correction = "plug-in",
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Information I(Y; X_S, X_j) of a pattern joined with each candidate.

    Parameters
    ----------
    pattern : ndarray of int, shape (n_items,)
        The bought queries' pattern; all zeros where none is bought.
    candidates : ndarray of int, shape (n_items, n_candidates)
    labels : ndarray of int, shape (n_items,)
    correction : {"plug-in", "miller-madow"}
    weights : ndarray of float, shape (n_items,), optional

    Returns
    -------
    ndarray, shape (n_candidates,)
        Bits.

    Examples
    --------
    >>> none = np.zeros(4, dtype=int)
    >>> information_with(none, np.array([[0, 0], [1, 0], [0, 1], [1, 1]]), np.array([0, 1, 0, 1]))
    array([1., 0.])
    """
    label_ids = pattern_ids(labels)
    with_label = pattern_ids(np.column_stack([pattern, label_ids]))
    h_label = entropy_of_counts(np.bincount(label_ids, weights=weights), correction)
    h_answers = joint_entropies(pattern, candidates, correction=correction, weights=weights)
    h_both = joint_entropies(with_label, candidates, correction=correction, weights=weights)
    value = h_label + h_answers - h_both
    return np.maximum(value, 0.0) if correction == "plug-in" else value


def information_terms(
    answers: np.ndarray,
    labels: np.ndarray,
    bought: list[int],
    candidates: list[int] | None = None,
    *,
    correction: Correction = "plug-in",
    weights: np.ndarray | None = None,
) -> Terms:
    """Split what each candidate adds to the bought queries into three terms.

    I(Y; X_j | X_S) = I(Y; X_j) - I(X_j; X_S) + I(X_j; X_S | Y) [1]_.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    labels : ndarray of int, shape (n_items,)
    bought : list of int
        Columns bought so far; empty: redundancy and dependence are 0.
    candidates : list of int, optional
        Columns to look at; default all.
    correction : {"plug-in", "miller-madow"}
    weights : ndarray of float, shape (n_items,), optional

    Returns
    -------
    Terms
        One entry per candidate, bits.

    References
    ----------
    .. [1] Brown, G., Pocock, A., Zhao, M.-J. & Lujan, M. (2012). Conditional likelihood
       maximisation: a unifying framework for information theoretic feature selection. Journal of
       Machine Learning Research 13, 27-66.

    Examples
    --------
    >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> xor = np.array([0, 1, 1, 0])
    >>> terms = information_terms(X, xor, bought=[0], candidates=[1])
    >>> [float(term[0]) for term in terms], float(terms.gain[0])
    ([0.0, 0.0, 1.0], 1.0)
    """
    columns = answers if candidates is None else answers[:, candidates]
    none = np.zeros(len(labels), dtype=np.int64)
    label_ids = pattern_ids(labels)
    pattern = pattern_ids(answers[:, bought]) if bought else none
    with_label = pattern_ids(np.column_stack([pattern, label_ids]))

    def h(codes: np.ndarray) -> np.ndarray:
        return entropy_of_counts(np.bincount(codes, weights=weights), correction)

    def h_with(codes: np.ndarray) -> np.ndarray:
        return joint_entropies(codes, columns, correction=correction, weights=weights)

    h_alone, h_label = h_with(none), h_with(label_ids)
    relevance = h(label_ids) + h_alone - h_label
    redundancy = h(pattern) + h_alone - h_with(pattern)
    dependence = h_label + h(with_label) - h_with(with_label) - h(label_ids)
    if correction == "plug-in":  # each is an information: negative only by rounding
        return Terms(*(np.maximum(term, 0.0) for term in (relevance, redundancy, dependence)))
    return Terms(relevance, redundancy, dependence)
