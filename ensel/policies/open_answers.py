"""Answers without classes, as a policy meets them: options numbered as they are first heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ensel.readers import reader_named
from ensel.table.codes import MISSING
from ensel.voting.partitions import canonical_rows


def heard_options(texts: Sequence[str | None], reader: str) -> tuple[np.ndarray, list[str]]:
    """Number the answers to one item in the order in which they are first heard.

    Parameters
    ----------
    texts : sequence of str or None, length n_queries
        None = not asked, or asked and unusable.
    reader : str
        Says which texts are the same answer.

    Returns
    -------
    codes : ndarray of int, shape (n_queries,)
        -1 where there is no answer, or none that can be read.
    options : list of str
        The first spelling of each.

    Examples
    --------
    >>> codes, options = heard_options(["7", None, "8", "7"], "verbatim")
    >>> codes.tolist(), options
    ([0, -1, 1, 0], ['7', '8'])
    """
    read = reader_named(reader)
    keys: list[object] = []
    options: list[str] = []
    codes = np.full(len(texts), MISSING)
    for j, text in enumerate(texts):
        key = None if text is None else read.key(str(text))
        if key is None:
            continue
        known = (n for n, other in enumerate(keys) if other == key or read.same(other, key))
        place = next(known, len(keys))
        if place == len(keys):
            keys.append(key)
            options.append(str(text))
        codes[j] = place
    return codes, options


def renumbered(answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number each item's options in the order of the queries that first give them.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
        Options as codes; -1 = missing.

    Returns
    -------
    codes : ndarray of int, shape (n_items, n_queries)
        From 0, below n_queries.
    original : ndarray of int, shape (n_items, n_queries)
        The code that each new number stands for; -1 beyond those given.

    Examples
    --------
    >>> codes, original = renumbered(np.array([[5, -1, 2, 5]]))
    >>> codes.tolist(), original.tolist()
    ([[0, -1, 1, 0]], [[5, 2, -1, -1]])
    """
    codes = canonical_rows(answers)
    original = np.full(answers.shape, MISSING)
    rows, columns = np.nonzero(codes != MISSING)
    original[rows, codes[rows, columns]] = answers[rows, columns]
    return codes, original
