"""Which claims a table makes: an item, and an option that some query gave."""

from __future__ import annotations

import numpy as np


def claims_of(answers: np.ndarray, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Items and options that some query gave, each pair once.

    They come item by item, and those of an item in the order of the queries that gave them first.
    So the order, too, does not depend on which code an option has.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
        -1 = no usable answer.
    n_classes : int
        Codes are below it.

    Returns
    -------
    items, codes : ndarray of int, shape (n_claims,)

    See Also
    --------
    ensel.PredictionTable.claims : The table of them.
    ensel.table.statements.judged : Who makes them.

    Examples
    --------
    >>> items, codes = claims_of(np.array([[2, 0, 2], [-1, -1, 1]]), 3)
    >>> items.tolist(), codes.tolist()
    ([0, 0, 1], [2, 0, 1])
    """
    items, codes, first = [], [], []
    for code in range(n_classes):
        given = answers == code
        rows = np.flatnonzero(given.any(axis=1))
        items.append(rows)
        codes.append(np.full(len(rows), code))
        first.append(given[rows].argmax(axis=1))

    order = np.lexsort((np.concatenate(first), np.concatenate(items)))
    return np.concatenate(items)[order], np.concatenate(codes)[order]
