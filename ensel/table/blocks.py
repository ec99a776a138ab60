"""Large matrices a part at a time, so that nothing makes a second copy of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

BLOCK_CELLS = 1 << 24


def blocks(shape: tuple[int, ...], axis: int = 1) -> Iterator[slice]:
    """Cut an axis of a matrix into parts of at most about 16 million cells, and of one line.

    What makes a temporary copy of the matrix makes one of a part at a time.

    Parameters
    ----------
    shape : tuple of int
        Of a vector or a matrix.
    axis : int
        The axis to cut.

    Yields
    ------
    slice
        The parts follow one another and cover the axis.

    See Also
    --------
    by_query : The usual reason to cut.

    Examples
    --------
    >>> list(blocks((10_000_000, 3)))
    [slice(0, 1, None), slice(1, 2, None), slice(2, 3, None)]
    """
    other = max(shape[1 - axis] if len(shape) > 1 else 1, 1)
    step = max(BLOCK_CELLS // other, 1)
    for start in range(0, shape[axis], step):
        yield slice(start, min(start + step, shape[axis]))


def by_query(of_block: Callable[[np.ndarray], np.ndarray], answers: np.ndarray) -> np.ndarray:
    """What a function says of each query, asked for a block of them at a time.

    Parameters
    ----------
    of_block : callable
        From some columns of `answers` to one value for each of them.
    answers : ndarray, shape (n_items, n_queries)

    Returns
    -------
    ndarray, shape (n_queries,)

    See Also
    --------
    blocks : Cuts the columns.

    Examples
    --------
    >>> by_query(lambda answers: answers.max(axis=0), np.array([[0, 1], [2, 1]])).tolist()
    [2, 1]
    """
    return np.concatenate([of_block(answers[:, block]) for block in blocks(answers.shape)])
