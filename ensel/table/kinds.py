"""The kinds of table: what their codes mean, and the fields that say so, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ensel.exceptions import InputError, shorten
from ensel.table.codes import MISSING

CLOSED, OPEN, VERDICTS = "closed", "open", "verdicts"

VERDICT_CLASSES = ("fail", "pass")
"""Classes of a table that knows only right or wrong; every label is the second."""

MAX_OPTIONS = 2**15 - 1
"""Most options of an item: answers of an open table are int16."""

KIND_FIELDS = ("kind", "options", "reader")
"""Fields of a table that a closed one leaves at their defaults."""

Options = tuple[tuple[str | None, ...], ...]


def checked_kind(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that make the kind of a table, and the classes of those that are not closed.

    Parameters
    ----------
    fields : mapping of str to object
        One for each argument of `PredictionTable`.

    Returns
    -------
    dict of str to object
        `kind`, `options` and `reader`; also `classes`, where the kind says what they are.

    Raises
    ------
    InputError
        If there is no such kind, or fields contradict it.

    See Also
    --------
    check_codes : What the answers and labels of a kind may be.

    Examples
    --------
    >>> fields = {"name": "t", "kind": "open", "options": [["7"], ["2", "x"]], "reader": "math"}
    >>> checked_kind(fields | {"probabilities": None})["classes"]
    ('0', '1')
    """
    name, kind, options = fields["name"], fields["kind"], fields["options"]
    if kind not in (CLOSED, OPEN, VERDICTS):
        raise InputError(f"{name}: no kind of table {kind!r}; closed, open or verdicts is needed")
    if (options is not None) != (kind == OPEN):
        wanted = "need the options of each item" if kind == OPEN else "have no options of an item"
        raise InputError(f"{name}: {kind} tables {wanted}; open tables are made by .open(...)")

    if kind == CLOSED:
        return {"kind": kind, "options": None, "reader": None}
    if kind == VERDICTS:
        return {"kind": kind, "options": None, "reader": None, "classes": VERDICT_CLASSES}

    if fields["probabilities"] is not None:
        raise InputError(f"{name}: open answers have no class probabilities; leave them out")
    options = checked_options(options, name)
    most = max([2, *(len(own) for own in options)])
    return {
        "kind": kind,
        "options": options,
        "reader": str(fields["reader"] or "verbatim"),
        "classes": tuple(map(str, range(most))),  # placeholders: codes mean nothing across items
    }


def checked_options(options: Sequence[Sequence[str | None]], name: str) -> Options:
    """Options of each item as tuples of text; `InputError` where they repeat or are too many."""
    own = tuple(
        one if isinstance(one, tuple) else tuple(None if o is None else str(o) for o in one)
        for one in options
    )
    for place, one in enumerate(own):
        if len(one) > MAX_OPTIONS:
            raise InputError(f"{name}: {len(one)} options of item {place}; at most {MAX_OPTIONS}")
        if len(set(one)) != len(one):
            raise InputError(f"{name}: options of item {place} repeat: {shorten(one)}")
    return own


def check_codes(
    answers: np.ndarray, labels: np.ndarray | None, kind: str, options: Options | None, name: str
) -> None:
    """Refuse answers and labels that mean nothing in a table of this kind.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    labels : ndarray of int, shape (n_items,), or None
    kind : str
    options : tuple of tuple of str, or None
        Of each item, in an open table.
    name : str
        For error messages.

    Raises
    ------
    InputError
        If an open answer or label is none of its item's options, or an answer is the unknown
        truth; or if a label of verdicts is not *pass*.
    """
    if kind == VERDICTS and labels is not None and (labels != 1).any():
        raise InputError(f"{name}: a label is not 1 (pass); right is the only label of verdicts")
    if options is None:
        return
    if len(options) != len(answers):
        raise InputError(f"{name}: options of {len(options)} items for {len(answers)} rows")

    n_options = np.array([len(one) for one in options])
    unknown = np.array([one.index(None) if None in one else MISSING - 1 for one in options])
    outside = (answers >= n_options[:, None]) | (answers == unknown[:, None])
    if labels is not None:
        outside = np.column_stack([outside, labels >= n_options])
    if outside.any():
        place = int(np.flatnonzero(outside.any(axis=1))[0])
        raise InputError(
            f"{name}: a code of item {place} is none of its {n_options[place]} options "
            f"({shorten(options[place])})"
        )
