"""Information of every set of queries, compiled: counts by bit-planes, or by histogram.

A bit-plane holds, for one answer of one query, a bit an item. Items are sorted by label, each
label from a new word on, so that the items of a label are a range of words. How often two answers
fall together with a label is then the number of ones of an AND, 64 items at a time. One plane a
query is left out: its counts are what the others leave of the total, which is known. That holds
for each of the last two queries of a set, within each pattern of those before.

Planes multiply with the answers and the queries; a histogram goes through the items once a set,
whatever they are. `ensel.information.exhaustive` picks the quicker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.information.kernels.bit_planes import WORD, compiled, set_bits


@dataclass(frozen=True)
class SortedByLabel:
    """Answers and labels as the kernels read them.

    Attributes
    ----------
    codes : ndarray of int16 or int32, shape (n_queries, n_items)
        Answers numbered from 0 without gaps, query by query; a missing one is a code of its own.
    labels : ndarray of int64, shape (n_items,)
        From 0.
    n_codes : ndarray of int64, shape (n_queries,)
    planes : ndarray of uint64, shape (n_queries, max(n_codes) - 1, n_words)
        Of the codes from 1; code 0 is left out.
    ends : ndarray of int64, shape (n_labels + 1,)
        Words of label y: from ends[y] to ends[y + 1].
    counted : ndarray of float, shape (n_items + 1,)
        c log2 c.
    """

    codes: np.ndarray
    labels: np.ndarray
    n_codes: np.ndarray
    planes: np.ndarray
    ends: np.ndarray
    counted: np.ndarray

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.ends) - 1


def sort_by_label(
    answers: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
) -> SortedByLabel:
    """Number the codes and lay out the planes.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    labels : ndarray of int, shape (n_items,)
    weights : ndarray of int, shape (n_items,), optional
        How often each item counts.

    Returns
    -------
    SortedByLabel
    """
    order = np.argsort(labels, kind="stable")
    if weights is not None:
        order = np.repeat(order, weights[order])
    _, labels = np.unique(labels[order], return_inverse=True)
    codes, n_codes = _numbered(np.ascontiguousarray(answers[order].T))
    sizes = np.bincount(labels)
    ends = np.concatenate([[0], np.cumsum(-(-sizes // WORD))])
    before = np.cumsum(sizes) - sizes  # items of the labels before
    place = np.arange(len(order)) - before[labels] + WORD * ends[labels]
    placed = np.zeros((len(codes), WORD * ends[-1]), dtype=codes.dtype)
    placed[:, place] = codes
    planes = np.empty((len(codes), max(int(n_codes.max()) - 1, 1), ends[-1]), dtype=np.uint64)
    for x in range(planes.shape[1]):
        planes[:, x] = np.packbits(placed == x + 1, axis=1, bitorder="little").view("<u8")
    counted = np.arange(len(order) + 1, dtype=float)
    counted[1:] *= np.log2(counted[1:])
    return SortedByLabel(codes, labels, n_codes, planes, ends, counted)


def _numbered(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes of each row from 0 without gaps, and their number."""
    rows = rows.astype(np.int64) - rows.min(axis=1, keepdims=True)
    if rows.max() >= max(rows.shape[1], 2**10):  # a table of codes would be larger than the row
        rows = np.array([np.unique(row, return_inverse=True)[1] for row in rows])
    n_codes = np.empty(len(rows), dtype=np.int64)
    for j, row in enumerate(rows):
        number = np.cumsum(np.bincount(row) > 0)
        n_codes[j] = number[-1]
        if number[-1] < len(number):
            rows[j] = number[row] - 1
    return rows.astype(np.int16 if n_codes.max() < 2**15 else np.int32), n_codes


@compiled
def _in_common(a: np.ndarray, b: np.ndarray, first: int, end: int) -> Any:
    """Number of ones that two rows of words share in a range."""
    total = np.uint64(0)
    a, b = a[first:end], b[first:end]
    for w in range(len(a)):  # by number: over zip(a, b), LLVM does not vectorise
        total += set_bits(a[w] & b[w])
    return np.int64(total)


@compiled
def _patterns(
    chosen: np.ndarray, codes: np.ndarray, n_codes: np.ndarray, labels: np.ndarray, n_labels: int
) -> tuple[np.ndarray, int]:
    """Pattern of each item under the chosen queries; -1 where the pattern settles the label.

    No further query can tell more about those.
    """
    n_items = len(labels)
    pattern = np.zeros(n_items, dtype=np.int64)
    n_patterns = 1

    for j in chosen:
        said = codes[j]
        n = n_codes[j]
        # -2: no item yet; -1: several labels.
        label_of = np.full(n_patterns * n, -2, dtype=np.int64)
        for i in range(n_items):
            if pattern[i] >= 0:
                cell = pattern[i] * n + said[i]
                pattern[i] = cell
                if label_of[cell] == -2:
                    label_of[cell] = labels[i]
                elif label_of[cell] != labels[i]:
                    label_of[cell] = -1

        n_patterns = 0
        for cell in range(len(label_of)):
            if label_of[cell] == -1:
                label_of[cell] = n_patterns
                n_patterns += 1
            else:
                label_of[cell] = -1
        for i in range(n_items):
            if pattern[i] >= 0:
                pattern[i] = label_of[pattern[i]]
    return pattern, n_patterns


@compiled
def _next_set(chosen: np.ndarray, n: int) -> None:
    """Turn a set, sorted, into the next in lexicographic order."""
    k = len(chosen)
    i = k - 1
    while i >= 0 and chosen[i] == n - k + i:
        i -= 1
    if i >= 0:
        chosen[i] += 1
        for later in range(i + 1, k):
            chosen[later] = chosen[later - 1] + 1


@compiled
def by_planes(
    start: np.ndarray,
    codes: np.ndarray,
    labels: np.ndarray,
    n_codes: np.ndarray,
    planes: np.ndarray,
    ends: np.ndarray,
    counted: np.ndarray,
    costs: np.ndarray,
    limit: float,
    left: np.ndarray,
) -> None:
    """What is left of the label, n H(Y | X_S), of consecutive sets in order, by bit-planes.

    Parameters
    ----------
    start : ndarray of int64, shape (k - 1,)
        All but the last query of the first set, k at least 2. Sets are in lexicographic order.
    codes, labels, n_codes, planes, ends, counted : ndarray
        Of a `SortedByLabel`.
    costs : ndarray of float, shape (n_queries,)
    limit : float
        Sets that cost more get infinity.
    left : ndarray of float, shape (n_sets,)
        Written: bits times items. Ends with the last of the sets of some first k - 1 queries.
    """
    n_queries, most, n_words = planes.shape
    n_labels = len(ends) - 1
    last = start.copy()
    outer = last[:-1].copy()
    within = np.zeros((1, n_words), dtype=np.uint64)
    total = np.zeros((1, n_labels), dtype=np.int32)
    alone = np.zeros((1, n_queries, most, n_labels), dtype=np.int32)
    both = np.zeros((1, most, n_words), dtype=np.uint64)
    rest = np.zeros((most + 1, n_labels), dtype=np.int32)
    over = np.zeros(n_labels, dtype=np.int32)
    fresh = True
    out = 0

    while out < len(left):
        if fresh or not np.array_equal(outer, last[:-1]):
            fresh = False
            outer[:] = last[:-1]
            pattern, n_patterns = _patterns(outer, codes, n_codes, labels, n_labels)
            within, total = _items_of_patterns(pattern, n_patterns, labels, ends)
            alone = _with_one_more(within, planes, n_codes, ends, last[-1])
            both = np.zeros((n_patterns, most, n_words), dtype=np.uint64)

        j = last[-1]
        cost = costs[j]
        for q in outer:
            cost += costs[q]
        for z in range(len(within)):
            for a in range(n_codes[j] - 1):
                for w in range(n_words):
                    both[z, a, w] = within[z, w] & planes[j, a, w]

        for q in range(j + 1, n_queries):
            if cost + costs[q] > limit:
                left[out] = np.inf
            else:
                bits = 0.0
                for z in range(len(within)):
                    bits += _bits_left(
                        z, j, q, both, planes, n_codes, total, alone, ends, counted, rest, over
                    )
                left[out] = bits
            out += 1
        _next_set(last, n_queries)


@compiled
def _items_of_patterns(
    pattern: np.ndarray, n_patterns: int, labels: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Items of each pattern as bits, and their number by label."""
    within = np.zeros((n_patterns, ends[-1]), dtype=np.uint64)
    total = np.zeros((n_patterns, len(ends) - 1), dtype=np.int32)
    bit = 0
    for i in range(len(labels)):
        if i == 0 or labels[i] != labels[i - 1]:
            bit = 64 * ends[labels[i]]
        if pattern[i] >= 0:
            within[pattern[i], bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)
            total[pattern[i], labels[i]] += 1
        bit += 1
    return within, total


@compiled
def _with_one_more(
    within: np.ndarray, planes: np.ndarray, n_codes: np.ndarray, ends: np.ndarray, first: int
) -> np.ndarray:
    """Items of each pattern by the answer of each query from `first` on, and by label."""
    n_queries, most = planes.shape[:2]
    alone = np.zeros((len(within), n_queries, most, len(ends) - 1), dtype=np.int32)
    for z in range(len(within)):
        for q in range(first, n_queries):
            for x in range(n_codes[q] - 1):
                for y in range(len(ends) - 1):
                    alone[z, q, x, y] = _in_common(within[z], planes[q, x], ends[y], ends[y + 1])
    return alone


@compiled
def _bits_left(z, j, q, both, planes, n_codes, total, alone, ends, counted, rest, over):
    """What is left of the label within pattern z, given the answers of two queries j and q.

    Counted are all pairs of answers from code 1 on; those with a code 0 are what is left of the
    counts of one query, and of the pattern.
    """
    n_labels, n_a, n_x = total.shape[1], n_codes[j] - 1, n_codes[q] - 1
    bits = 0.0
    for y in range(n_labels):
        rest[n_x, y] = total[z, y]
        for x in range(n_x):
            rest[x, y] = alone[z, q, x, y]
            rest[n_x, y] -= rest[x, y]

    for a in range(n_a):
        for y in range(n_labels):
            over[y] = alone[z, j, a, y]
        for x in range(n_x):
            together = 0
            for y in range(n_labels):
                if alone[z, j, a, y] > 0:
                    count = _in_common(both[z, a], planes[q, x], ends[y], ends[y + 1])
                    rest[x, y] -= count
                    over[y] -= count
                    together += count
                    bits -= counted[count]
            bits += counted[together]
        together = 0
        for y in range(n_labels):
            rest[n_x, y] -= over[y]
            together += over[y]
            bits -= counted[over[y]]
        bits += counted[together]

    for x in range(n_x + 1):
        together = 0
        for y in range(n_labels):
            together += rest[x, y]
            bits -= counted[rest[x, y]]
        bits += counted[together]
    return bits


@compiled
def by_histogram(
    start: np.ndarray,
    codes: np.ndarray,
    labels: np.ndarray,
    n_codes: np.ndarray,
    n_labels: int,
    counted: np.ndarray,
    costs: np.ndarray,
    limit: float,
    left: np.ndarray,
) -> None:
    """What is left of the label, n H(Y | X_S), of consecutive sets in order, item by item.

    Parameters
    ----------
    start, codes, labels, n_codes, counted, costs, limit, left
        As for `by_planes`.
    n_labels : int
    """
    n_queries, n_items = codes.shape
    last = start.copy()
    rows = np.empty(n_items, dtype=np.int64)
    base = np.empty(n_items, dtype=np.int64)
    most = n_codes.max()
    table = np.zeros(1, dtype=np.int32)
    out = 0

    while out < len(left):
        pattern, n_patterns = _patterns(last, codes, n_codes, labels, n_labels)
        n_rows = 0
        for i in range(n_items):
            if pattern[i] >= 0:
                rows[n_rows] = i
                base[n_rows] = (pattern[i] * n_labels + labels[i]) * most
                n_rows += 1
        if len(table) < n_patterns * n_labels * most:
            table = np.zeros(n_patterns * n_labels * most, dtype=np.int32)
        cost = 0.0
        for q in last:
            cost += costs[q]

        for q in range(last[-1] + 1, n_queries):
            if cost + costs[q] > limit:
                left[out] = np.inf
                out += 1
                continue
            said = codes[q]
            for r in range(n_rows):
                table[base[r] + said[rows[r]]] += 1
            bits = 0.0
            for z in range(n_patterns):
                for x in range(n_codes[q]):
                    together = 0
                    for y in range(n_labels):
                        cell = (z * n_labels + y) * most + x
                        count = table[cell]
                        table[cell] = 0
                        together += count
                        bits -= counted[count]
                    bits += counted[together]
            left[out] = bits
            out += 1
        _next_set(last, n_queries)
