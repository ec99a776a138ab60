"""The parts of a prediction table, checked: codes, queries, items, probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, shorten
from ensel.table.codes import MISSING

MAX_CLASSES = 127  # answers are int8
BLOCK_CELLS = 1 << 24


def stratified_half(
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
    """
    n_items = len(labels)
    whole = isinstance(train, int | np.integer) and not isinstance(train, bool)
    sensible = whole or 0 < train < 1  # False for NaN
    n_train = (int(train) if whole else round(float(train) * n_items)) if sensible else 0
    if not 0 < n_train < n_items:
        raise InputError(
            f"{name}: train={train!r} of {n_items} items; give a share between 0 and 1 "
            f"or a number from 1 to {n_items - 1}, so that both sides hold items"
        )
    n_groups = n_items if groups is None else int(groups.max()) + 1
    if groups is not None and n_groups < n_items:
        if n_groups == 1:
            raise InputError(f"{name}: all items are copies of one question; two are needed")
        first = np.unique(groups, return_index=True)[1]
        wanted = min(max(round(n_train * n_groups / n_items), 1), n_groups - 1)
        return stratified_half(labels[first], wanted, rng, name)[groups]
    shuffled = rng.permutation(n_items)
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    # Walk through the items class by class and take every (n/n_train)-th: each class gets its
    # share to within one item, whatever its size. A random start keeps rounding unbiased.
    steps = (np.arange(n_items + 1) * n_train + rng.integers(n_items)) // n_items
    chosen = np.zeros(n_items, dtype=bool)
    chosen[by_class] = np.diff(steps) > 0
    return chosen


def split_query_name(query: str) -> tuple[str, int]:
    """Take ``model#2`` apart: the model, and which sample of it (1 where none is named).

    Examples
    --------
    >>> split_query_name("gpt-4#2"), split_query_name("gpt-4")
    (('gpt-4', 2), ('gpt-4', 1))
    """
    model, mark, sample = query.rpartition("#")
    return (model, int(sample)) if mark and model and sample.isdecimal() else (query, 1)


def blocks(shape: tuple[int, ...], axis: int = 1) -> Iterator[slice]:
    """Cut an axis of a matrix into parts of at most about 16 million cells, and of one line.

    What makes a temporary copy of the matrix makes one of a part at a time.

    Examples
    --------
    >>> list(blocks((10_000_000, 3)))
    [slice(0, 1, None), slice(1, 2, None), slice(2, 3, None)]
    """
    other = max(shape[1 - axis] if len(shape) > 1 else 1, 1)
    step = max(BLOCK_CELLS // other, 1)
    for start in range(0, shape[axis], step):
        yield slice(start, min(start + step, shape[axis]))


def checked_codes(
    values: Any, n_classes: int, what: str, *, allow_missing: bool, ndim: int
) -> np.ndarray:
    """Class indices as a read-only int8 array; `InputError` where they are none."""
    raw = np.asarray(values)
    if raw.ndim != ndim:
        raise InputError(f"{what}: {raw.ndim}-dimensional, {ndim} dimensions are needed")
    if raw.dtype != np.int8 and raw.dtype.kind not in "iufb":
        raise InputError(f"{what}: {raw.dtype} values; class indices (integers) are needed")
    lowest = MISSING if allow_missing else 0
    lines = raw.T if raw.flags.f_contiguous else raw  # along memory
    for part in blocks(lines.shape, axis=0):
        _check_part(lines[part], lowest, n_classes, what)
    # A writable array may be changed by its owner later; a read-only one is another table's.
    if raw.dtype == np.int8 and not raw.flags.writeable:
        return raw
    codes = raw.astype(np.int8)  # keeps the order in memory
    codes.flags.writeable = False
    return codes


def _check_part(values: np.ndarray, lowest: int, n_classes: int, what: str) -> None:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise InputError(f"{what}: NaN or infinite values; -1 marks a missing answer")
    if values.dtype.kind == "f" and (values != np.floor(values)).any():
        raise InputError(f"{what}: fractions; class indices (integers) are needed")
    if values.size and (values.min() < lowest or values.max() >= n_classes):
        bad = values[(values < lowest) | (values >= n_classes)].flat[0]
        raise InputError(f"{what}: code {bad}; {lowest} to {n_classes - 1} are allowed")


def checked_queries(
    queries: pd.DataFrame | Sequence[str] | Mapping[str, Any], n_queries: int, name: str
) -> pd.DataFrame:
    """Query metadata with unique names, and `model` and `sample` filled in."""
    if isinstance(queries, pd.DataFrame):
        frame = queries.copy()
    else:
        frame = pd.DataFrame(index=pd.Index([str(q) for q in queries]))
    frame.index = frame.index.astype(str)
    frame.index.name = "query"
    if len(frame) != n_queries:
        raise InputError(f"{name}: {len(frame)} query names for {n_queries} columns of answers")
    if not frame.index.is_unique:
        repeated = list(frame.index[frame.index.duplicated()].unique())
        raise InputError(
            f"{name}: query names repeat: {shorten(repeated)}; give each column its own"
        )
    parts = [split_query_name(query) for query in frame.index]
    if "model" not in frame:
        frame.insert(0, "model", [model for model, _ in parts])
    if "sample" not in frame:
        frame.insert(1, "sample", [sample for _, sample in parts])
    if "cost" in frame:
        cost = frame["cost"].to_numpy(dtype=float)
        if (cost < 0).any() or np.isinf(cost).any():
            raise InputError(f"{name}: a query cost is negative or infinite; 0 or more is needed")
    return frame


def checked_items(
    items: pd.DataFrame | Sequence[Any] | None, n_items: int, name: str
) -> pd.DataFrame:
    """Item metadata with unique ids."""
    if items is None:
        frame = pd.DataFrame(index=pd.RangeIndex(n_items))
    elif isinstance(items, pd.DataFrame):
        frame = items.copy()
    else:
        frame = pd.DataFrame(index=pd.Index(items))
    frame.index.name = "item"
    if len(frame) != n_items:
        raise InputError(f"{name}: {len(frame)} item ids for {n_items} rows of answers")
    if not frame.index.is_unique:
        repeated = list(frame.index[frame.index.duplicated()].unique())
        raise InputError(f"{name}: item ids repeat: {shorten(repeated)}; give each item its own")
    return frame


def checked_probabilities(values: Any, shape: tuple[int, ...], name: str) -> np.ndarray | None:
    """Probabilities as a read-only float32 array of the given shape."""
    if values is None:
        return None
    probabilities = np.asarray(values, dtype=np.float32).view()
    if probabilities.shape != shape:
        raise InputError(f"{name}: probabilities of shape {probabilities.shape}; {shape} is needed")
    # NaN marks an answer that came without probabilities.
    if np.nanmin(probabilities, initial=0) < 0 or np.nanmax(probabilities, initial=0) > 1:
        raise InputError(f"{name}: probabilities outside [0, 1]")
    probabilities.flags.writeable = False
    return probabilities
