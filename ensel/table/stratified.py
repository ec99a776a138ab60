"""A random part of the items with the same mix of labels as the whole."""

from __future__ import annotations

import numpy as np

from ensel.exceptions import InputError


def stratified_part(
    labels: np.ndarray,
    train: float | int,
    rng: np.random.Generator,
    name: str = "table",
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Mark a random, label-stratified part of the items.

    Parameters
    ----------
    labels : ndarray of int, shape (n_items,)
    train : float or int
        Share or number of items to mark.
    rng : Generator
    name : str
        For error messages.
    groups : ndarray of int, shape (n_items,), optional
        Question of each item, from 0 without gaps. Copies of one are marked together, so that the
        number of marked items is only about the one asked for.

    Returns
    -------
    ndarray of bool, shape (n_items,)
        Exactly ``round(train * n_items)`` (or `train`) items are True; each class's count is
        within one of its share.

    Raises
    ------
    InputError
        If no item would be marked, or all of them, or if all are copies of one question.

    See Also
    --------
    ensel.PredictionTable.split : A table cut in two by it.

    Examples
    --------
    >>> labels = np.array([0, 0, 0, 0, 1, 1])
    >>> part = stratified_part(labels, 0.5, np.random.default_rng(0))
    >>> np.bincount(labels[part]).tolist()
    [2, 1]
    """
    n_items = len(labels)
    n_train = _number_to_mark(train, n_items, name)
    n_groups = n_items if groups is None else int(groups.max()) + 1

    if groups is not None and n_groups < n_items:
        if n_groups == 1:
            raise InputError(f"{name}: all items are copies of one question; two are needed")
        first = np.unique(groups, return_index=True)[1]
        wanted = min(max(round(n_train * n_groups / n_items), 1), n_groups - 1)
        return stratified_part(labels[first], wanted, rng, name)[groups]

    shuffled = rng.permutation(n_items)
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]

    # Walk through the items class by class and take every (n/n_train)-th: each class gets its
    # share to within one item, whatever its size. A random start keeps rounding unbiased.
    steps = (np.arange(n_items + 1) * n_train + rng.integers(n_items)) // n_items
    chosen = np.zeros(n_items, dtype=bool)
    chosen[by_class] = np.diff(steps) > 0
    return chosen


def _number_to_mark(train: float | int, n_items: int, name: str) -> int:
    """A share or a number as a number that leaves items on both sides."""
    whole = isinstance(train, int | np.integer) and not isinstance(train, bool)
    sensible = whole or 0 < train < 1  # False for NaN
    n_train = (int(train) if whole else round(float(train) * n_items)) if sensible else 0
    if not 0 < n_train < n_items:
        raise InputError(
            f"{name}: train={train!r} of {n_items} items; give a share between 0 and 1 "
            f"or a number from 1 to {n_items - 1}, so that both sides hold items"
        )
    return n_train
