"""Answer patterns: what several queries say together about one item, as one number."""

import numpy as np

NUMBERS_AN_ITEM = 24  # up to here a table of all numbers costs less than sorting the items


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

    See Also
    --------
    first_rows : Where each pattern stands for the first time.

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
            ids = _without_gaps(ids, span)
            span = int(ids.max()) + 1
        ids = ids * width + (column.astype(np.int64) - low)
        span *= width
    return _without_gaps(ids, span)


def _without_gaps(ids: np.ndarray, span: int) -> np.ndarray:
    """Numbers from 0 to span - 1 numbered anew, in the same order."""
    if span > NUMBERS_AN_ITEM * len(ids):
        return np.unique(ids, return_inverse=True)[1]
    occurs = np.zeros(span, dtype=bool)
    occurs[ids] = True
    numbers = np.flatnonzero(occurs)
    place = np.empty(span, dtype=np.int64)
    place[numbers] = np.arange(len(numbers))
    return place[ids]


def first_rows(ids: np.ndarray) -> np.ndarray:
    """Where each number stands for the first time.

    Parameters
    ----------
    ids : ndarray of int, shape (n_items,)
        Numbers from 0 without gaps, as `pattern_ids` gives them.

    Returns
    -------
    ndarray of int64, shape (n_patterns,)

    Examples
    --------
    >>> first_rows(np.array([1, 0, 1])).tolist()
    [1, 0]
    """
    first = np.empty(int(ids.max(initial=-1)) + 1, dtype=np.int64)
    first[ids[::-1]] = np.arange(len(ids) - 1, -1, -1)  # of repeated places the last one stays
    return first
