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

from ensel.information.kernels.bit_planes import LANES, PackedAnswers, compiled, pack, set_bits
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
        items = None
        if weights is not None and isinstance(answers, PackedAnswers):
            weights = np.asarray(weights, dtype=np.int64)
        elif weights is not None:
            items = np.flatnonzero(weights)
            labels, weights = labels[items], np.asarray(weights, dtype=np.int64)[items]
            items = None if len(items) == len(answers) else items
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
        base = target if pattern is None else pattern * n_targets + target
        # Only pairs of pattern and target that occur; those of one pattern stay together.
        occurs = np.bincount(base, minlength=n_patterns * n_targets) > 0
        cells = (np.cumsum(occurs) - 1)[base]
        n_cells = int(occurs.sum())
        first_cell = np.zeros(n_patterns + 1, dtype=np.int64)
        np.cumsum(occurs.reshape(n_patterns, n_targets).sum(axis=1), out=first_cell[1:])
        n_queries = self.packed.n_queries
        columns = np.arange(n_queries) if candidates is None else np.asarray(candidates)
        if self.packed.planes is None:
            assert self.packed.rows is not None
            found = np.empty(len(columns), dtype=np.int64)
            said, weights = self.packed.rows, self.weights
            weight = np.ones(len(rows), dtype=np.int64) if weights is None else weights[rows]

            def by_rows(a: int, b: int) -> None:
                _left_by_rows(
                    said,
                    columns[a:b],
                    rows,
                    cells,
                    weight,
                    first_cell,
                    self.width,
                    self._n_log_n,
                    self._scale,
                    found[a:b],
                )

            over_chunks(by_rows, len(columns), len(rows) * len(columns) * 4 / WORK_A_THREAD)
            return found / self._scale
        entries = self.words_of(cells, n_cells, rows)
        in_cell = self.count(cells, n_cells, rows)
        planes = self.packed.planes
        groups = np.unique(columns // LANES)
        by_group = np.empty((len(groups), LANES), dtype=np.int64)

        def by_planes(a: int, b: int) -> None:
            _left_by_planes(
                planes,
                groups[a:b],
                self.width,
                *entries,
                in_cell,
                first_cell,
                self._n_log_n,
                self._scale,
                by_group[a:b],
            )

        steps = (len(entries[1]) + n_cells + n_patterns + planes.shape[2]) * self.width
        over_chunks(by_planes, len(groups), steps * len(groups) * LANES / WORK_A_THREAD)
        return by_group[np.searchsorted(groups, columns // LANES), columns % LANES] / self._scale

    def words_of(
        self, cells: np.ndarray, n_cells: int, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Items of each cell as sets of bits, a word at a time: see `_words_of_cells`."""
        weight = np.zeros(0, dtype=np.int64) if self.weights is None else self.weights[rows]
        return _words_of_cells(cells, n_cells, rows, weight)


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
def _words_of_cells(cells, n_cells, rows, weight):
    """Sets of bits that make up each cell: first entry of each cell, word, bits, and power.

    An entry counts 2^power for each of its items; several entries make up other weights.
    """
    n_rows = len(rows)
    first = np.zeros(n_cells + 1, dtype=np.int64)
    for i in range(n_rows):
        first[cells[i] + 1] += 1
    for cell in range(n_cells):
        first[cell + 1] += first[cell]
    place = first[:-1].copy()
    sorted_ = np.empty(n_rows, dtype=np.int64)
    for i in range(n_rows):
        sorted_[place[cells[i]]] = i
        place[cells[i]] += 1
    powers = 1
    if len(weight):
        powers = 0
        most = weight.max()
        while most >> powers > 0:
            powers += 1
    word = np.empty(n_rows * powers, dtype=np.int64)
    bits = np.empty(n_rows * powers, dtype=np.uint64)
    power = np.empty(n_rows * powers, dtype=np.uint64)
    gathered = np.zeros(powers, dtype=np.uint64)
    entry_of = np.zeros(n_cells + 1, dtype=np.int64)
    n = 0
    for cell in range(n_cells):
        at, last = first[cell], first[cell + 1]
        while at < last:
            here = rows[sorted_[at]] >> 6
            gathered[:] = 0
            while at < last and rows[sorted_[at]] >> 6 == here:
                i = sorted_[at]
                one = np.uint64(1) << np.uint64(rows[i] & 63)
                if len(weight):
                    for b in range(powers):
                        if (weight[i] >> b) & 1:
                            gathered[b] |= one
                else:
                    gathered[0] |= one
                at += 1
            for b in range(powers):
                if gathered[b]:
                    word[n], bits[n], power[n] = here, gathered[b], b
                    n += 1
        entry_of[cell + 1] = n
    return entry_of, word[:n].copy(), bits[:n].copy(), power[:n].copy()


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
def code_products(planes, width, products):
    """Items whose code has all bits of s, for s = 1 to width - 1, of each lane of a group.

    `products` has shape (n_words, (width - 1) * 8).
    """
    for s in range(1, width):
        b = 0
        while not (s >> b) & 1:
            b += 1
        to, rest = (s - 1) * 8, ((s & (s - 1)) - 1) * 8
        for w in range(planes.shape[1]):
            for lane in range(8):
                bits = planes[b, w, lane]
                if rest >= 0:
                    bits &= products[w, rest + lane]
                products[w, to + lane] = bits


@compiled
def count_cell(first, last, word, bits, power, products, in_cell, width, counts):
    """Count the codes in one cell, for every lane; `counts` has shape (width * 8,)."""
    n = products.shape[1]
    counts[:8] = in_cell
    sums = counts[8:]
    sums[:] = 0
    e = first
    while e + 4 <= last:  # four at a time: a sum is read and written once for all
        m0, m1, m2, m3 = bits[e], bits[e + 1], bits[e + 2], bits[e + 3]
        p0, p1, p2, p3 = power[e], power[e + 1], power[e + 2], power[e + 3]
        s0, s1 = products[word[e]], products[word[e + 1]]
        s2, s3 = products[word[e + 2]], products[word[e + 3]]
        for t in range(n):
            more = (set_bits(m0 & s0[t]) << p0) + (set_bits(m1 & s1[t]) << p1)
            more += (set_bits(m2 & s2[t]) << p2) + (set_bits(m3 & s3[t]) << p3)
            sums[t] += np.int64(more)
        e += 4
    while e < last:
        m0, p0, s0 = bits[e], power[e], products[word[e]]
        for t in range(n):
            sums[t] += np.int64(set_bits(m0 & s0[t]) << p0)
        e += 1
    # So far counts of codes that have all bits of s: take out those that have more.
    b = 1
    while b < width:
        for s in range(width - b):
            if not s & b:
                for lane in range(8):
                    counts[8 * s + lane] -= counts[8 * (s + b) + lane]
        b *= 2


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
