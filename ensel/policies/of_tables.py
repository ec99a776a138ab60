"""A table as a policy reads it: its own queries, its own classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ensel.exceptions import InputError, shorten
from ensel.policies.open_answers import renumbered
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable

if TYPE_CHECKING:
    from ensel.policies.base import Policy

NOBODY = -2
"""Stands for a right answer that no query gave."""


@dataclass(frozen=True)
class ReadTable:
    """A policy's queries of a table, in its codes.

    Attributes
    ----------
    table : PredictionTable
        Its queries alone, in its order.
    codes : ndarray of int, shape (n_items, n_queries)
        Of the policy's classes; of open answers, numbered in the order of the queries.
    original : ndarray of int or None, shape (n_items, n_queries)
        Of open answers, the table's code of each number.
    places : ndarray of int or None, shape (n_classes,)
        Of closed tables, the policy's code of each of the table's classes.
    """

    table: PredictionTable
    codes: np.ndarray
    original: np.ndarray | None
    places: np.ndarray | None

    def labels_named(self, policy: Policy, best: np.ndarray) -> np.ndarray:
        """Names of classes by their codes; of open answers, the option of each item, or None."""
        table = self.table
        if table.options is None or self.original is None:
            # A class that the labels lack may have no column.
            return np.array(policy.class_names, dtype=object)[policy.classes_[best]]
        picked = np.full(len(best), None, dtype=object)
        for i, place in enumerate(best):
            code = self.original[i, place] if place < self.original.shape[1] else MISSING
            if code != MISSING:
                picked[i] = table.options[i][code]
        return picked

    @property
    def label_codes(self) -> np.ndarray | None:
        """The table's labels in the policy's codes; None where it has none.

        A right answer that no query gave is `NOBODY`.
        """
        labels = self.table.labels
        if labels is None:
            return None
        if self.original is None:
            assert self.places is not None
            return np.where(labels == MISSING, MISSING, self.places[labels])
        given = self.original == labels[:, None]
        found = np.where(given.any(axis=1), given.argmax(axis=1), NOBODY)
        return np.where(labels == MISSING, MISSING, found)


def read_by(policy: Policy | _Like, table: PredictionTable) -> ReadTable:
    """Take a policy's queries from a table, by name, and read them in its codes.

    Parameters
    ----------
    policy : Policy
        Fitted on a table.
    table : PredictionTable

    Returns
    -------
    ReadTable

    Raises
    ------
    InputError
        If a query is absent, or an answer is a class that the policy does not know.
    """
    if not isinstance(table, PredictionTable):
        raise InputError(f"{type(table).__name__} given; a PredictionTable is needed")
    absent = [name for name in policy.query_names if name not in table.queries.index]
    if absent:
        raise InputError(
            f"{table.name}: no answers of {shorten(absent)}, which the policy asks; "
            f"it needs {shorten(policy.query_names, 10)}"
        )
    own = table.subset(queries=list(policy.query_names))
    if own.reader != policy.reader:
        raise InputError(
            f"{own.name}: answers read as {own.reader or 'classes'}; the policy was fitted "
            f"on answers read as {policy.reader or 'classes'}"
        )
    if policy.reader is not None:
        return ReadTable(own, *renumbered(own.answers), None)
    places = _places(policy, own)
    return ReadTable(own, np.append(places, MISSING).astype(np.int8)[own.answers], None, places)


def codes_like(other: PredictionTable, table: PredictionTable) -> np.ndarray:
    """The answers of one table in the columns and classes of another.

    Parameters
    ----------
    other : PredictionTable
        Holds the other's queries, by name.
    table : PredictionTable

    Returns
    -------
    ndarray of int, shape (n_items, n_queries)

    Raises
    ------
    InputError
        If a query is absent, or an answer is a class that the other does not know.
    """
    return read_by(_Like(table), other).codes


class _Like:
    """What `read_by` has to know of a policy."""

    def __init__(self, table: PredictionTable) -> None:
        self.query_names, self.reader = tuple(table.query_names), table.reader
        self.class_names: tuple[str, ...] = tuple(table.classes)


def _places(policy: Policy | _Like, table: PredictionTable) -> np.ndarray:
    """The policy's code of each of the table's classes; -1 of those that no answer uses."""
    known = policy.class_names or ()
    used = [table.classes[code] for code in np.unique(table.answers) if code != MISSING]
    unknown = [name for name in used if name not in known]
    if unknown:
        raise InputError(
            f"{table.name}: answers {shorten(unknown)}; "
            f"the policy knows the classes {shorten(known, 10)}"
        )
    places = [known.index(name) if name in known else MISSING for name in table.classes]
    return np.array(places, dtype=int)
