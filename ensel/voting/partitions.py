"""Who agrees with whom: all that may be read from the answers to an open question.

Codes of an open table number the options of one item and mean nothing beyond it. What is left of a
row of codes is its partition: which queries gave the same option. Rows with the same partition are
judged once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from ensel.information.patterns import first_rows, pattern_ids
from ensel.table.codes import MISSING


def canonical_rows(codes: np.ndarray) -> np.ndarray:
    """Number the options of each item in the order in which the columns first give them.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_queries)
        -1 = missing.

    Returns
    -------
    ndarray of int64, shape (n_items, n_queries)
        -1 stays -1; two rows are equal exactly if the same queries agree with each other.

    Examples
    --------
    >>> canonical_rows(np.array([[7, 2, 7], [-1, 5, 0]])).tolist()
    [[0, 1, 0], [-1, 0, 1]]
    """
    places = np.arange(codes.shape[1])
    order = np.argsort(codes, axis=1, kind="stable")
    ordered = np.take_along_axis(codes, order, axis=1)

    # Equal codes lie side by side, the first column that holds one before the others.
    opens = np.ones(codes.shape, dtype=bool)
    opens[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    opened = np.maximum.accumulate(np.where(opens, places, 0), axis=1)
    first = np.empty(codes.shape, dtype=np.int64)
    np.put_along_axis(first, order, np.take_along_axis(order, opened, axis=1), axis=1)

    given = codes != MISSING
    numbers = np.cumsum((first == places) & given, axis=1) - 1
    return np.where(given, np.take_along_axis(numbers, first, axis=1), MISSING)


@dataclass(frozen=True)
class Partitions:
    """Distinct partitions, and what may be true of an item that has one.

    The *alternatives* of a partition are the options that were given, in canonical order, and
    after them the outside one: that none of them is right. Alternatives of all partitions stand
    one after another.

    Attributes
    ----------
    rows : ndarray of int64, shape (n_partitions, n_queries)
        Canonical codes.
    """

    rows: np.ndarray

    @cached_property
    def n_options(self) -> np.ndarray:
        """Options given, of each partition: shape (n_partitions,)."""
        return self.rows.max(axis=1, initial=MISSING) + 1

    @cached_property
    def starts(self) -> np.ndarray:
        """First alternative of each partition: shape (n_partitions,)."""
        return np.cumsum(self.n_options + 1) - (self.n_options + 1)

    @cached_property
    def outside(self) -> np.ndarray:
        """The outside alternative of each partition: shape (n_partitions,)."""
        return self.starts + self.n_options

    @property
    def n_alternatives(self) -> int:
        """Of all partitions together."""
        return int(self.outside[-1]) + 1 if len(self.rows) else 0

    @cached_property
    def backing(self) -> sparse.csr_array:
        """Which query gives which alternative, as 0 and 1: shape (n_alternatives, n_queries)."""
        rows, columns = np.nonzero(self.rows != MISSING)
        alternatives = self.starts[rows] + self.rows[rows, columns]
        cells = sparse.coo_array(
            (np.ones(len(rows)), (alternatives, columns)),
            shape=(self.n_alternatives, self.rows.shape[1]),
        )
        return cells.tocsr()


def partitions_of(codes: np.ndarray) -> tuple[Partitions, np.ndarray]:
    """Distinct partitions of a matrix of codes, and the number of each item's.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_queries)

    Returns
    -------
    partitions : Partitions
    ids : ndarray of int64, shape (n_items,)

    Examples
    --------
    >>> partitions, ids = partitions_of(np.array([[4, 4], [0, 1], [2, 2]]))
    >>> partitions.rows.tolist(), ids.tolist()
    ([[0, 0], [0, 1]], [0, 1, 0])
    >>> partitions.backing.toarray().tolist()  # one option and none; two options and none
    [[1.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    rows = canonical_rows(codes)
    ids = pattern_ids(rows)
    return Partitions(rows[first_rows(ids)]), ids
