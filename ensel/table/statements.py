"""Multiple choice as true or false: which option each item asks about, and who said true.

arXiv 2602.08003 judges statements to be true or false. How it made them from options is not public;
this construction is ours.
"""

from __future__ import annotations

import numpy as np

from ensel.table.codes import MISSING


def drawn_options(
    labels: np.ndarray, n_options: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw the option that the statement of each item is about.

    It is the true option with probability 1/2, else one of the item's wrong options, each as
    likely as the others. The statement is therefore true where the option is the label.

    Parameters
    ----------
    labels : ndarray of int, shape (n_items,)
        The true option of each item, below `n_options`.
    n_options : ndarray of int, shape (n_items,)
        How many options each item offers: 2 or more.
    rng : Generator

    Returns
    -------
    ndarray of int, shape (n_items,)

    See Also
    --------
    judged : What queries say of these statements.

    Examples
    --------
    >>> drawn_options(np.array([2, 1]), np.array([3, 3]), np.random.default_rng(3)).tolist()
    [2, 1]
    """
    n_items = len(labels)
    is_true = rng.random(n_items) < 0.5
    shift = 1 + np.floor(rng.random(n_items) * (n_options - 1)).astype(int)
    return np.where(is_true, labels, (labels + shift) % n_options)


def judged(answers: np.ndarray, options: np.ndarray) -> np.ndarray:
    """What each query says of "the answer is this option".

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
        The option that each query chose; -1 = no usable answer.
    options : ndarray of int, shape (n_items,)
        The option that the statement of each item is about.

    Returns
    -------
    ndarray of int8, shape (n_items, n_queries)
        1 (true) where the query chose that option, 0 (false) where it chose another one, and -1
        where it gave no usable answer.

    See Also
    --------
    drawn_options : Draws the options.

    Examples
    --------
    >>> judged(np.array([[2, 0, -1]], np.int8), np.array([2])).tolist()
    [[1, 0, -1]]
    """
    chosen = (answers == options[:, None]).astype(np.int8)
    return np.where(answers == MISSING, np.int8(MISSING), chosen)
