"""Random splits of items into a part to learn from and a part to be judged on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ensel.exceptions import InputError
from ensel.table.kinds import CLOSED, OPEN
from ensel.table.prediction_table import PredictionTable
from ensel.table.stratified import stratified_part


@dataclass(frozen=True)
class Split:
    """Item positions of one split, and the seed of whatever is random within it."""

    train: np.ndarray
    test: np.ndarray
    seed: np.random.SeedSequence
    weights: np.ndarray | None = None
    """How often each training item counts, for resamples; None: once."""

    def rng(self, number: int) -> np.random.Generator:
        """Generator number `number` of this split: the same each time it is asked for."""
        key = (*self.seed.spawn_key, number)
        return np.random.default_rng(np.random.SeedSequence(self.seed.entropy, spawn_key=key))


def folds(
    table: PredictionTable, n_folds: int = 10, n_repeats: int = 2, seed: int = 0
) -> list[Split]:
    """Cut the items into label-stratified folds, several times; each fold is a test part once.

    Parameters
    ----------
    table : PredictionTable
    n_folds : int
        From 2 to the number of items (of questions, where items are copies: see
        `PredictionTable.groups`).
    n_repeats : int
        Random ways to cut.
    seed : int

    Returns
    -------
    list of Split
        ``n_folds * n_repeats`` of them.

    Raises
    ------
    InputError
        If there are fewer items than folds, or a training part holds one class only.
    """
    groups = table.groups
    first = np.unique(groups, return_index=True)[1]  # of each question's copies
    n_questions = len(first)
    if n_questions < 2:
        raise InputError(
            f"{table.name}: all {table.n_items} items are copies of one question (column group); "
            "leave that column out if they are not"
        )
    if n_repeats < 1 or not 2 <= n_folds <= n_questions:
        raise InputError(
            f"{table.name}: {n_repeats} repeats of {n_folds} folds over {n_questions} questions; "
            f"1 or more repeats of 2 to {n_questions} folds are needed"
        )
    labels, once = table.strata[first], distinct_rows(table)
    splits = []
    for repeat in np.random.SeedSequence(check_seed(seed)).spawn(n_repeats):
        shuffled = np.random.default_rng(repeat).permutation(n_questions)
        by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
        fold = np.empty(n_questions, dtype=int)
        fold[by_class] = np.arange(n_questions) % n_folds  # deals each class out in turn
        for number, child in enumerate(repeat.spawn(n_folds)):
            splits.append(_split(table, fold[groups] != number, once, child))
    return splits


def random_splits(
    table: PredictionTable, n_splits: int = 5, train: float | int = 0.5, seed: int = 0
) -> list[Split]:
    """Draw independent label-stratified splits.

    Parameters
    ----------
    table : PredictionTable
    n_splits : int
        At least 1.
    train : float or int
        Share or number of training items; about so many, where items are copies (exact copies
        are learned from once).
    seed : int

    Returns
    -------
    list of Split

    Raises
    ------
    InputError
        If a part would be empty, or the training part of a split holds one class only.
    """
    if n_splits < 1:
        raise InputError(f"{n_splits} splits; at least 1 is needed")
    labels, groups, once = table.strata, table.groups, distinct_rows(table)
    splits = []
    for child in np.random.SeedSequence(check_seed(seed)).spawn(n_splits):
        rng = np.random.default_rng(child)
        chosen = stratified_part(labels, train, rng, table.name, groups)
        splits.append(_split(table, chosen, once, child))
    return splits


def _split(
    table: PredictionTable, chosen: np.ndarray, once: np.ndarray, seed: np.random.SeedSequence
) -> Split:
    """A split with the chosen items to learn from, exact copies once (see `distinct_rows`)."""
    train = np.flatnonzero(chosen)
    _check_two_classes(table, train)
    if len(once) < table.n_items:
        train = np.intersect1d(train, once, assume_unique=True)
    return Split(train, np.flatnonzero(~chosen), seed)


def draw_with_replacement(n: int, rng: np.random.Generator) -> np.ndarray:
    """How often each of n things is drawn in n draws with replacement.

    Parameters
    ----------
    n : int
    rng : Generator

    Returns
    -------
    ndarray of int, shape (n,)
    """
    return np.bincount(rng.integers(n, size=n), minlength=n)


def distinct_rows(table: PredictionTable) -> np.ndarray:
    """Items that are no exact copies of an earlier one: same question, same answers, same label.

    To learn from a copy again would tell nothing, but make whatever is learned surer of itself.

    Parameters
    ----------
    table : PredictionTable
        Labelled.

    Returns
    -------
    ndarray of int
        Ascending.
    """
    groups = table.groups
    copied = np.bincount(groups)[groups] > 1
    # Codes of open answers are drawn anew for each item: equal ones are no sign of a copy.
    if table.kind == OPEN or not copied.any():
        return np.arange(table.n_items)
    rows = np.flatnonzero(copied)
    known = np.column_stack([groups[rows], table.shared_codes()[rows]])
    first = np.unique(known, axis=0, return_index=True)[1]
    return np.sort(np.concatenate([np.flatnonzero(~copied), rows[first]]))


def check_seed(seed: int) -> int:
    """Check a seed.

    Raises
    ------
    InputError
        If it is not a whole number from 0.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed {seed!r}; a whole number from 0 is needed")
    return int(seed)


def holds_two_classes(table: PredictionTable, items: np.ndarray) -> bool:
    """Whether there is something to learn from the labels of some items.

    Only a closed table has classes that items share.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    items : ndarray of int

    Returns
    -------
    bool
    """
    return table.kind != CLOSED or len(np.unique(table.known_labels[items])) > 1


def _check_two_classes(table: PredictionTable, train: np.ndarray) -> None:
    if not holds_two_classes(table, train):
        raise InputError(
            f"{table.name}: only one class among {len(train)} training items; two are needed - "
            "more items, or a larger training share"
        )
