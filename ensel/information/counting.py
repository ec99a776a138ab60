"""Counts of answer patterns joined with every candidate query, compiled.

Selectors spend their time here: for each candidate, how often does each of its answers fall
together with each pattern of the bought queries and each label. One pass over the items a
candidate, one scratch table for all. The plain versions are
in `ensel.information.candidates` and in the tests.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Compiled code is kept beside this file (or in the user's cache folder), for the next start.
# One thread: numba's own threads do not survive a fork, and splits, folds and resamples are what
# runs side by side.
_compiled = njit(cache=True, nogil=True, error_model="numpy")


def by_query(codes: np.ndarray) -> np.ndarray:
    """Answers with a row per query, in the smallest integer type that holds them.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_queries)
        From -1 (missing).

    Returns
    -------
    ndarray of int8, int16 or int64, shape (n_queries, n_items)
        Contiguous rows.
    """
    most = int(codes.max(initial=0))
    kind = np.int8 if most < 127 else np.int16 if most < 32767 else np.int64
    return np.ascontiguousarray(codes.T, dtype=kind)


def conditional_entropies(
    base: np.ndarray,
    n_patterns: int,
    n_labels: int,
    answers: np.ndarray,
    rows: np.ndarray,
    open_: np.ndarray,
) -> np.ndarray:
    """Entropy of the label given a pattern and each candidate, n H(Y | Z, X_j), plug-in.

    Parameters
    ----------
    base : ndarray of int64, shape (n_rows,)
        pattern * n_labels + label of each item in `rows`.
    n_patterns, n_labels : int
    answers : ndarray of int, shape (n_queries, n_items)
        From `by_query`.
    rows : ndarray of int64, shape (n_rows,)
        Items to count. Those whose pattern settles the label can be left out: they add 0.
    open_ : ndarray of int64, shape (n_open,)
        Candidates.

    Returns
    -------
    ndarray of float, shape (n_open,)
        Bits times items.
    """
    width = int(answers.max(initial=0)) + 2
    counted = np.arange(len(rows) + 1, dtype=float)
    counted[1:] *= np.log2(counted[1:])
    return _conditional_entropies(
        base * width + 1, n_patterns, n_labels, width, answers, rows, open_, counted,
    )  # fmt: skip


@_compiled
def _conditional_entropies(
    start: np.ndarray,
    n_patterns: int,
    n_labels: int,
    width: int,
    answers: np.ndarray,
    rows: np.ndarray,
    open_: np.ndarray,
    counted: np.ndarray,
) -> np.ndarray:
    n_open, n_rows = len(open_), len(rows)
    result = np.zeros(n_open)
    table = np.zeros(n_patterns * n_labels * width, dtype=np.int32)
    for c in range(n_open):
        table[:] = 0
        said = answers[open_[c]]
        for i in range(n_rows):
            table[start[i] + said[rows[i]]] += 1
        total = 0.0
        for z in range(n_patterns):
            first = z * n_labels * width
            for x in range(width):
                together = 0
                for y in range(n_labels):
                    count = table[first + y * width + x]
                    together += count
                    total -= counted[count]
                total += counted[together]
        result[c] = total
    return result


def logit_gains(
    base: np.ndarray,
    base_pattern: np.ndarray,
    base_label: np.ndarray,
    usual: np.ndarray,
    p: np.ndarray,
    shrinkage: float,
    answers: np.ndarray,
    open_: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-likelihood gain, in nats an item, from one Newton step on each candidate's weights.

    The weight of class k touches the score of k on items answered k, and nothing else: slope and
    curvature are sums over those items, and the curvature between classes is 0, but for the prior,
    whose precision is s I + (1 / K^2 - s / K) 1 1' (`ensel.voting.logit.class_precision`).

    Parameters
    ----------
    base : ndarray of int64, shape (n_items,)
        Cell of each item; items of one cell share pattern, label and `usual`.
    base_pattern, base_label : ndarray of int64, shape (n_cells,)
    usual : ndarray of float, shape (n_cells,)
        Gain of the candidate to compare with, in each cell.
    p : ndarray of float, shape (n_patterns, n_classes)
        Fitted class probabilities.
    shrinkage : float
        s.
    answers : ndarray of int, shape (n_queries, n_items)
        Class positions, from `by_query`.
    open_ : ndarray of int64, shape (n_open,)
        Candidates.

    Returns
    -------
    gains : ndarray of float, shape (n_open,)
        Mean over items.
    leads : ndarray of float, shape (n_open,)
        Mean of the gain less `usual`.
    spreads : ndarray of float, shape (n_open,)
        Standard deviation of the gain less `usual`.
    """
    return _logit_gains(base, base_pattern, base_label, usual, p, shrinkage, answers, open_)


@_compiled
def _logit_gains(
    base: np.ndarray,
    base_pattern: np.ndarray,
    base_label: np.ndarray,
    usual: np.ndarray,
    p: np.ndarray,
    shrinkage: float,
    answers: np.ndarray,
    open_: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n_patterns, n_classes = p.shape
    width = n_classes + 1  # 0 is the missing answer
    n_cells, n_items, n_open = len(usual), len(base), len(open_)
    gains, leads, spreads = np.zeros(n_open), np.zeros(n_open), np.zeros(n_open)
    between = 1.0 / n_classes**2 - shrinkage / n_classes
    table = np.zeros((n_cells, width), dtype=np.int32)
    normaliser = np.zeros((n_patterns, n_classes))
    slope, curvature = np.zeros(n_classes), np.zeros(n_classes)
    for c in range(n_open):
        table[:] = 0
        said = answers[open_[c]]
        for i in range(n_items):
            table[base[i], said[i] + 1] += 1
        slope[:] = 0.0
        curvature[:] = shrinkage
        for b in range(n_cells):
            for k in range(n_classes):
                count = table[b, k + 1]
                if count > 0:
                    own = p[base_pattern[b], k]
                    right = 1.0 if base_label[b] == k else 0.0
                    slope[k] += count * (right - own)
                    curvature[k] += count * own * (1 - own)
        # Sherman-Morrison: a diagonal, and `between` times a matrix of ones.
        weight = slope / curvature
        weight = weight - between * weight.sum() / (1 + between * (1 / curvature).sum()) / (
            curvature
        )
        for z in range(n_patterns):
            for k in range(n_classes):
                normaliser[z, k] = np.log1p(p[z, k] * np.expm1(weight[k]))
        total, lead, square = 0.0, 0.0, 0.0
        for b in range(n_cells):
            for x in range(width):
                count = table[b, x]
                if count > 0:
                    gain = 0.0
                    if x > 0:
                        gain = -normaliser[base_pattern[b], x - 1]
                        if base_label[b] == x - 1:
                            gain += weight[x - 1]
                    more = gain - usual[b]
                    total += count * gain
                    lead += count * more
                    square += count * more * more
        gains[c] = total / n_items
        leads[c] = lead / n_items
        spreads[c] = np.sqrt(max(square / n_items - leads[c] ** 2, 0.0))
    return gains, leads, spreads
