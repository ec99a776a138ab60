"""Items that are alike, as sets of bits, and the counting of answers in them.

A cell holds the items of one pattern and label. As a set of bits, a word at a time, it meets the
planes of the answers with one ``and``, and what they have in common is a population count.
"""

from __future__ import annotations

import numpy as np

from ensel.information.kernels.bit_planes import compiled, set_bits


@compiled
def words_of_cells(cells, n_cells, rows, weight):
    """Sets of bits that make up each cell: first entry of each cell, word, bits, and power.

    An entry counts 2^power for each of its items; several entries make up other weights.
    """
    n_rows = len(rows)
    first, by_cell = _sorted_by_cell(cells, n_cells)
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
            here = rows[by_cell[at]] >> 6
            gathered[:] = 0
            while at < last and rows[by_cell[at]] >> 6 == here:
                i = by_cell[at]
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
def _sorted_by_cell(cells, n_cells):
    """First place of each cell among the rows sorted by cell, and those rows."""
    first = np.zeros(n_cells + 1, dtype=np.int64)
    for i in range(len(cells)):
        first[cells[i] + 1] += 1
    for cell in range(n_cells):
        first[cell + 1] += first[cell]

    place = first[:-1].copy()
    by_cell = np.empty(len(cells), dtype=np.int64)
    for i in range(len(cells)):
        by_cell[place[cells[i]]] = i
        place[cells[i]] += 1
    return first, by_cell


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
