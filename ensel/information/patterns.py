"""Answer patterns: what several queries say together about one item, as one number."""

import numpy as np


def pattern_ids(answers: np.ndarray) -> np.ndarray:
    """Number the distinct rows of an integer matrix.

    A missing answer (-1) is a symbol like any other.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items,) or (n_items, n_queries)

    Returns
    -------
    ndarray of int64, shape (n_items,)
        Equal rows share a number; numbers run from 0 without gaps, in lexicographic order.

    Examples
    --------
    >>> pattern_ids(np.array([[0, 1], [-1, 1], [0, 1]])).tolist()
    [1, 0, 1]
    """
    columns = answers[:, None] if answers.ndim == 1 else answers
    ids = np.zeros(len(columns), dtype=np.int64)
    span = 1
    for column in columns.T:
        low = int(column.min())
        width = int(column.max()) - low + 1
        if span > 2**62 // width:  # the next digit would overflow: close the gaps first
            ids = np.unique(ids, return_inverse=True)[1]
            span = int(ids.max()) + 1
        ids = ids * width + (column.astype(np.int64) - low)
        span *= width
    return np.unique(ids, return_inverse=True)[1]
