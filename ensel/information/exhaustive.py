"""Information of every set of k queries: what a greedy choice is measured against.

The work is C(N, k) counts. Branch and bound is no help: the bounds at hand, I(Y; X_S) <= H(Y) and
I(Y; X_S, X_j) <= I(Y; X_S) + min over i in S of H(X_j | X_i), are far above what real queries add:
they would leave out less than 1 % of the triples of mmlu, medmcqa and 60 queries of imdb.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ensel.information.entropy import entropy_of_counts
from ensel.information.kernels.threads import n_threads as available

if TYPE_CHECKING:
    from ensel.information.kernels.every_set import SortedByLabel

# Nanoseconds for a plane's range of words, for one of its words, and for an item of a histogram:
# measured on one machine, to compare the two ways.
RANGE_TIME, WORD_TIME, ITEM_TIME = 4.0, 0.15, 1.1
LARGE = 5e7  # sets times items from which threads pay
CHUNKS = 16  # for each thread: later ones have less to do


def every_information(
    answers: np.ndarray,
    labels: np.ndarray,
    size: int,
    *,
    weights: np.ndarray | None = None,
    costs: np.ndarray | None = None,
    limit: float = math.inf,
    n_threads: int | None = None,
) -> np.ndarray:
    """Plug-in information I(Y; X_S) of every set S of `size` queries.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
        -1, a missing answer, is a symbol of its own.
    labels : ndarray of int, shape (n_items,)
    size : int
        k, from 1 to n_queries.
    weights : ndarray of int, shape (n_items,), optional
        How often each item counts; default once. Their sum must be positive.
    costs : ndarray of float, shape (n_queries,), optional
    limit : float
        Sets that cost more are left out.
    n_threads : int, optional
        Default: one where there is little to do, else as many as
        `ensel.information.kernels.threads.n_threads` allows. The result is the same.

    Returns
    -------
    ndarray of float, shape (C(n_queries, size),)
        Bits, in the order of `itertools.combinations`; minus infinity for sets left out.

    Examples
    --------
    >>> X = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]])
    >>> every_information(X, np.array([0, 1, 2, 3]), 2)  # of 0, 1; of 0, 2; of 1, 2
    array([2., 1., 2.])
    """
    from ensel.information.kernels.every_set import sort_by_label

    n_queries = answers.shape[1]
    if not 1 <= size <= n_queries:
        raise ValueError(f"sets of {size}; a size from 1 to {n_queries} is needed")
    prices = np.zeros(n_queries) if costs is None else np.asarray(costs, dtype=float)
    n_sets = math.comb(n_queries, size)
    if size == 1:  # pairs with a query that says nothing
        answers = np.column_stack([np.zeros(len(answers), dtype=answers.dtype), answers])
        prices = np.concatenate([[0.0], prices])
    laid_out = sort_by_label(answers, labels, weights)
    left = np.empty(n_sets)
    starts = _starts(n_queries, size, n_sets, n_threads, len(laid_out.labels))
    firsts = (
        np.zeros((1, 1), dtype=np.int64)
        if size == 1
        else sets_at(np.array(starts[:-1]), n_queries, size)[:, :-1]
    )
    parts = [left[first:end] for first, end in pairwise(starts)]

    def count(first: np.ndarray, part: np.ndarray) -> None:
        _count(laid_out, first, prices, limit, part)

    if len(parts) == 1:
        count(firsts[0], parts[0])
    else:
        with ThreadPoolExecutor(available() if n_threads is None else n_threads) as pool:
            list(pool.map(count, firsts, parts))
    n_items = len(laid_out.labels)
    h_label = float(entropy_of_counts(np.bincount(laid_out.labels)))
    left /= -n_items
    left += h_label
    return np.maximum(left, 0.0, out=left, where=np.isfinite(left))


def sets_at(ranks: np.ndarray, n_queries: int, size: int) -> np.ndarray:
    """Sets at given places in the order of `itertools.combinations`.

    By the combinatorial number system: the last set is 0, and a place counted from the end is
    C(d_1, k) + C(d_2, k - 1) + ... with d_1 > d_2 > ...; its queries are n - 1 - d.

    Parameters
    ----------
    ranks : ndarray of int, shape (n,)
    n_queries, size : int

    Returns
    -------
    ndarray of int64, shape (n, size)
        Each row sorted.

    Examples
    --------
    >>> sets_at(np.array([0, 1, 5]), 4, 2).tolist()
    [[0, 1], [0, 2], [2, 3]]
    """
    after = math.comb(n_queries, size) - 1 - ranks.astype(np.int64)
    sets = np.empty((len(after), size), dtype=np.int64)
    for i in range(size):
        # Those beyond reach are as good as infinite; they may not fit an integer.
        most = np.iinfo(np.int64).max
        sizes = np.array([min(math.comb(d, size - i), most) for d in range(n_queries)])
        d = np.searchsorted(sizes, after, side="right") - 1
        sets[:, i] = n_queries - 1 - d
        after = after - sizes[d]
    return sets


def _count(
    laid_out: SortedByLabel, first: np.ndarray, costs: np.ndarray, limit: float, left: np.ndarray
) -> None:
    """The quicker of the two ways for the sets from `first` on."""
    from ensel.information.kernels.every_set import by_histogram, by_planes

    n_items, n_words = len(laid_out.labels), laid_out.planes.shape[2]
    n_patterns = min(float(laid_out.n_codes.mean()) ** (len(first) - 1), n_items / 2)
    n_planes = n_patterns * float((laid_out.n_codes - 1).mean()) ** 2
    if n_planes * (RANGE_TIME * laid_out.n_labels + WORD_TIME * n_words) < ITEM_TIME * n_items:
        by_planes(
            first,
            laid_out.codes,
            laid_out.labels,
            laid_out.n_codes,
            laid_out.planes,
            laid_out.ends,
            laid_out.counted,
            costs,
            limit,
            left,
        )
    else:
        by_histogram(
            first,
            laid_out.codes,
            laid_out.labels,
            laid_out.n_codes,
            laid_out.n_labels,
            laid_out.counted,
            costs,
            limit,
            left,
        )


def _starts(
    n_queries: int, size: int, n_sets: int, n_threads: int | None, n_items: int
) -> list[int]:
    """Places where parts begin, each with new first k - 1 queries, and the end."""
    threads = available() if n_threads is None else n_threads
    if size == 1 or threads == 1 or (n_threads is None and n_sets * n_items < LARGE):
        return [0, n_sets]
    ranks = np.unique(np.linspace(0, n_sets - 1, CHUNKS * threads).astype(np.int64))
    sets = sets_at(ranks, n_queries, size)
    ranks = np.unique(ranks - (sets[:, -1] - sets[:, -2] - 1))
    return [*ranks.tolist(), n_sets]
