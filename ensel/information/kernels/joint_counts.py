"""Counts of answer patterns joined with every candidate query, compiled.

Selectors spend their time here: for each candidate, how often does each of its answers fall
together with each pattern of the bought queries and each label. `JointCounts` is what greedy
information, mRMR and JMI are made of; the plain versions are in `ensel.information.candidates`
and in the tests.

Counts are whole numbers and so are the sums of n log2 n (fixed point): results do not depend on
the order of items, the number of threads, or whether an item is repeated or weighted.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ensel.information.kernels.bit_planes import LANES, PackedAnswers, compiled, pack
from ensel.information.kernels.cells import code_products, count_cell, words_of_cells
from ensel.information.kernels.threads import over_chunks

MOST_TABULATED = 2**22  # longest table of n log2 n
WORK_A_THREAD = 2**22  # counting steps; fewer are not worth a thread


class JointCounts:
    """Joint counts of every query's answers with labels and patterns of one pool.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries), or PackedAnswers
        Any codes; packed once, without a copy of the matrix. Of answers packed before, items of
        weight 0 stay where they are and count nothing.
    labels : ndarray of int, shape (n_items,)
        From 0.
    weights : ndarray of int, shape (n_items,), optional
        How often each item counts, from 0. Items of weight 0 are left out of what is packed.

    Attributes
    ----------
    labels : ndarray of int64, shape (n_kept,)
        Of the items that count.
    weights : ndarray of int64, shape (n_kept,), or None
        None: all are 1.
    n_labels : int
    total : int
        Sum of the weights.

    Examples
    --------
    >>> counts = JointCounts(np.array([[0, 0], [1, 0], [0, 1], [1, 1]]), np.array([0, 1, 0, 1]))
    >>> counts.left(counts.labels, 2)  # n H(Y | X_j) of both queries
    array([0., 4.])
    """

    def __init__(
        self,
        answers: np.ndarray | PackedAnswers,
        labels: np.ndarray,
        weights: np.ndarray | None = None,
    ) -> None:
        labels = np.asarray(labels, dtype=np.int64)
        n_items, items = len(labels), None
        if weights is not None and isinstance(answers, PackedAnswers):
            weights = np.asarray(weights, dtype=np.int64)
        elif weights is not None:
            items = np.flatnonzero(weights)
            labels, weights = labels[items], np.asarray(weights, dtype=np.int64)[items]
            items = None if len(items) == n_items else items
            weights = None if (weights == 1).all() else weights
        self.labels, self.weights = labels, weights
        self.n_labels = int(labels.max(initial=0)) + 1
        self.total = len(labels) if weights is None else int(weights.sum())
        self.packed = answers if isinstance(answers, PackedAnswers) else pack(answers, items)
        self._scale, self._n_log_n = _tabulated(self.total)

    def reweighted(self, weights: np.ndarray) -> JointCounts:
        """The same packed answers with other weights of the items, for resamples.

        Parameters
        ----------
        weights : ndarray of int, shape (n_kept,)
            From 0, with a positive sum. Items of weight 0 stay where they are and count nothing.

        Returns
        -------
        JointCounts
        """
        return JointCounts(self.packed, self.labels, weights)

    @property
    def width(self) -> int:
        """Number of different answers in the pool, and so of dense codes."""
        return self.packed.width

    def codes(self, query: int) -> np.ndarray:
        """Dense codes of one query on the items that count, int64, shape (n_kept,)."""
        return self.packed.codes(query)

    def count(self, ids: np.ndarray, n_ids: int, rows: np.ndarray | None = None) -> np.ndarray:
        """Weighted count of each id from 0 to n_ids - 1 over the items, or some of them."""
        if self.weights is None:
            return np.bincount(ids, minlength=n_ids)
        weights = self.weights if rows is None else self.weights[rows]
        return np.bincount(ids, weights, minlength=n_ids).astype(np.int64)  # exact below 2^53

    def entropy(self, ids: np.ndarray, n_ids: int) -> float:
        """Plug-in entropy of ids from 0 to n_ids - 1 over all items, in bits times items."""
        counts = self.count(ids, n_ids)
        large = counts >= len(self._n_log_n)
        sums = self._n_log_n[np.where(large, 0, counts)]
        sums[large] = np.rint(counts[large] * np.log2(counts[large]) * self._scale)
        whole = round(self.total * np.log2(self.total) * self._scale) if self.total > 1 else 0
        return float((whole - int(sums.sum())) / self._scale)

    def left(
        self,
        target: np.ndarray,
        n_targets: int,
        pattern: np.ndarray | None = None,
        n_patterns: int = 1,
        rows: np.ndarray | None = None,
        candidates: np.ndarray | None = None,
    ) -> np.ndarray:
        """What stays unknown of a target given a pattern and each candidate's answer.

        n H(T | Z, X_j), plug-in, n the sum of the weights: with the labels as target, what
        greedy information minimises; with another query's codes, what redundancy is made of.

        Parameters
        ----------
        target : ndarray of int64, shape (n_rows,)
            From 0 to n_targets - 1.
        n_targets : int
        pattern : ndarray of int64, shape (n_rows,), optional
            From 0 to n_patterns - 1; default one pattern.
        n_patterns : int
        rows : ndarray of int64, shape (n_rows,), optional
            Items to count, ascending; default all. Those whose pattern settles the target can be
            left out: they add 0.
        candidates : ndarray of int64, optional
            Queries to look at, ascending; default all.

        Returns
        -------
        ndarray of float, shape (n_candidates,)
            Bits times items.
        """
        rows = np.arange(len(self.labels)) if rows is None else rows
        columns = np.arange(self.packed.n_queries) if candidates is None else np.asarray(candidates)
        cells, first_cell = _cells_of(target, n_targets, pattern, n_patterns)
        if self.packed.planes is None:
            sums = self._left_by_rows(cells, first_cell, rows, columns)
        else:
            sums = self._left_by_planes(cells, first_cell, rows, columns)
        return sums / self._scale

    def _left_by_rows(
        self, cells: np.ndarray, first_cell: np.ndarray, rows: np.ndarray, columns: np.ndarray
    ) -> np.ndarray:
        """Scaled sums of n log2 n of each candidate, item by item."""
        said, weights, width = self.packed.rows, self.weights, self.width
        assert said is not None
        weight = np.ones(len(rows), dtype=np.int64) if weights is None else weights[rows]
        table, scale = self._n_log_n, self._scale
        sums = np.empty(len(columns), dtype=np.int64)

        def by_rows(a: int, b: int) -> None:
            some = columns[a:b], rows, cells, weight, first_cell
            _left_by_rows(said, *some, width, table, scale, sums[a:b])

        over_chunks(by_rows, len(columns), len(rows) * len(columns) * 4 / WORK_A_THREAD)
        return sums

    def _left_by_planes(
        self, cells: np.ndarray, first_cell: np.ndarray, rows: np.ndarray, columns: np.ndarray
    ) -> np.ndarray:
        """Scaled sums of n log2 n of each candidate, eight candidates at a time."""
        planes, width = self.packed.planes, self.width
        assert planes is not None
        n_cells = int(first_cell[-1])
        entries = self.words_of(cells, n_cells, rows)
        in_cell = self.count(cells, n_cells, rows)
        table, scale = self._n_log_n, self._scale
        groups = np.unique(columns // LANES)
        sums = np.empty((len(groups), LANES), dtype=np.int64)

        def by_planes(a: int, b: int) -> None:
            of_cells = *entries, in_cell, first_cell
            _left_by_planes(planes, groups[a:b], width, *of_cells, table, scale, sums[a:b])

        steps = (len(entries[1]) + n_cells + len(first_cell) + planes.shape[2]) * width
        over_chunks(by_planes, len(groups), steps * len(groups) * LANES / WORK_A_THREAD)
        return sums[np.searchsorted(groups, columns // LANES), columns % LANES]

    def words_of(
        self, cells: np.ndarray, n_cells: int, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Items of each cell as sets of bits, a word at a time: see `words_of_cells`."""
        weight = np.zeros(0, dtype=np.int64) if self.weights is None else self.weights[rows]
        return words_of_cells(cells, n_cells, rows, weight)


def _cells_of(
    target: np.ndarray, n_targets: int, pattern: np.ndarray | None, n_patterns: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cell of each row, and the first cell of each pattern (and their number, at the end).

    A cell is a pair of pattern and target that occurs; those of one pattern stay together.
    """
    base = target if pattern is None else pattern * n_targets + target
    occurs = np.bincount(base, minlength=n_patterns * n_targets) > 0
    cells = (np.cumsum(occurs) - 1)[base]
    first_cell = np.zeros(n_patterns + 1, dtype=np.int64)
    np.cumsum(occurs.reshape(n_patterns, n_targets).sum(axis=1), out=first_cell[1:])
    return cells, first_cell


@lru_cache(maxsize=2)
def _tabulated(total: int) -> tuple[float, np.ndarray]:
    """A power of 2 that keeps sums within 63 bits, and the table of n log2 n times it."""
    largest = max(total, 2)
    scale = 2.0 ** np.floor(61 - np.log2(largest * np.log2(largest)))
    n = np.arange(2.0, min(total, MOST_TABULATED) + 1)
    table = np.zeros(len(n) + 2, dtype=np.int64)
    table[2:] = np.rint(n * np.log2(n) * scale)
    return scale, table


@compiled
def _n_log_n(n, table, scale):
    if n < len(table):
        return table[n]
    return np.int64(np.rint(n * np.log2(n) * scale))


@compiled
def _add_n_log_n(counts, sign, tabulated, table, scale, sums):
    """Add n log2 n of each code's counts to the sum of its lane."""
    if tabulated:
        for t in range(0, len(counts), 8):
            for lane in range(8):
                sums[lane] += sign * table[np.uint64(counts[t + lane])]
    else:
        for t in range(len(counts)):
            sums[t % 8] += sign * _n_log_n(counts[t], table, scale)


@compiled
def _left_by_planes(
    planes, groups, width, entry_of, word, bits, power, in_cell, first_cell, n_log_n, scale, found
):
    products = np.empty((planes.shape[2], (width - 1) * 8), dtype=np.uint64)
    counts = np.empty(width * 8, dtype=np.int64)
    together = np.empty(width * 8, dtype=np.int64)
    tabulated = in_cell.sum() < len(n_log_n)

    for g in range(len(groups)):
        code_products(planes[groups[g]], width, products)
        sums = found[g]
        sums[:] = 0
        for z in range(len(first_cell) - 1):
            together[:] = 0
            for cell in range(first_cell[z], first_cell[z + 1]):
                count_cell(
                    entry_of[cell],
                    entry_of[cell + 1],
                    word,
                    bits,
                    power,
                    products,
                    in_cell[cell],
                    width,
                    counts,
                )
                for t in range(width * 8):
                    together[t] += counts[t]
                if in_cell[cell] > 1:  # 1 log 1 = 0
                    _add_n_log_n(counts, -1, tabulated, n_log_n, scale, sums)
            _add_n_log_n(together, 1, tabulated, n_log_n, scale, sums)


@compiled
def _left_by_rows(said, columns, rows, cells, weight, first_cell, width, n_log_n, scale, found):
    counts = np.zeros((first_cell[-1], width), dtype=np.int64)
    for c in range(len(columns)):
        counts[:] = 0
        answers = said[columns[c]]
        for i in range(len(rows)):
            counts[cells[i], answers[rows[i]]] += weight[i]
        total = 0
        for z in range(len(first_cell) - 1):
            for x in range(width):
                together = 0
                for cell in range(first_cell[z], first_cell[z + 1]):
                    together += counts[cell, x]
                    total -= _n_log_n(counts[cell, x], n_log_n, scale)
                total += _n_log_n(together, n_log_n, scale)
        found[c] = total
