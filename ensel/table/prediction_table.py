"""The prediction table: cached answers of a pool of models on labelled questions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, shorten
from ensel.table.codes import MISSING
from ensel.table.parts import (
    MAX_CLASSES,
    blocks,
    checked_codes,
    checked_items,
    checked_probabilities,
    checked_queries,
    stratified_half,
)

MANY_COPIES = 0.9
"""Questions per item below which `trouble` speaks of copies."""


class PredictionTable:
    """Answers of a pool of queries on a set of items, with the true labels where known.

    A *query* is one call of one model (model, sample number, temperature, prompt). Columns are
    queries, not models, so six samples of one model and one answer of each of six models are
    the same kind of object. Tables are immutable; `subset` returns new ones.

    Parameters
    ----------
    answers : array_like of int, shape (n_items, n_queries)
        Class index of each answer; -1 = no usable answer.
    labels : array_like of int, shape (n_items,), optional
        Class index of each true label; None for unlabelled items.
    classes : sequence of str
        Class names, in the order of the class indices; two to 127 of them.
    queries : DataFrame or sequence of str
        One row per column of `answers`, indexed by a unique query name. Known columns: `model`
        and `sample` (default: the two parts of ``model#sample``, or the whole name and 1),
        `temperature`, `family`, `cost`, `input_tokens`, `output_tokens`.
    items : DataFrame or sequence, optional
        One row per item, indexed by a unique item id. Known columns: `subject`, `n_options`
        (where items offer fewer options than there are classes), `error_type` (a verdict on the
        label, "ok" or what is wrong), `group` (copies of one question share it; splits keep them
        on one side).
    probabilities : array_like of float, shape (n_items, n_queries, n_classes), optional
        Class probabilities behind the answers, in [0, 1].
    name : str
        What to call this table in print.
    cost_unit : str, optional
        Unit of `queries["cost"]`, such as ``"USD per 10,000 texts"``.
    source : str, optional
        Where the answers come from, for captions.

    Raises
    ------
    InputError
        If shapes disagree, codes are outside the classes, or names repeat.

    Examples
    --------
    >>> table = PredictionTable([[0, 1], [1, -1]], [0, 1], classes=["no", "yes"],
    ...                         queries=["small", "large"])
    >>> table
    PredictionTable(2 items, 2 queries of 2 models, 2 classes)
    >>> table.accuracies.to_dict()
    {'small': 1.0, 'large': 0.0}
    """

    answers: np.ndarray
    labels: np.ndarray | None
    classes: tuple[str, ...]
    _queries: pd.DataFrame
    _items: pd.DataFrame
    probabilities: np.ndarray | None
    name: str
    cost_unit: str | None
    source: str | None

    def __init__(
        self,
        answers: Any,
        labels: Any = None,
        *,
        classes: Sequence[str],
        queries: pd.DataFrame | Sequence[str],
        items: pd.DataFrame | Sequence[Any] | None = None,
        probabilities: Any = None,
        name: str = "table",
        cost_unit: str | None = None,
        source: str | None = None,
    ) -> None:
        class_names = tuple(str(c) for c in classes)
        if not 2 <= len(class_names) <= MAX_CLASSES:
            raise InputError(
                f"{name}: {len(class_names)} classes ({shorten(class_names)}); "
                f"2 to {MAX_CLASSES} are needed"
            )
        if len(set(class_names)) != len(class_names):
            raise InputError(f"{name}: class names repeat: {shorten(class_names)}")
        codes = checked_codes(
            answers, len(class_names), f"{name}: answers", allow_missing=True, ndim=2
        )
        n_items, n_queries = codes.shape
        if n_items == 0 or n_queries == 0:
            raise InputError(f"{name}: empty table ({n_items} items, {n_queries} queries)")
        label_codes = None
        if labels is not None:
            label_codes = checked_codes(
                labels, len(class_names), f"{name}: labels", allow_missing=False, ndim=1
            )
            if len(label_codes) != n_items:
                raise InputError(f"{name}: {len(label_codes)} labels for {n_items} items")
        fields = {
            "answers": codes,
            "labels": label_codes,
            "classes": class_names,
            "_queries": checked_queries(queries, n_queries, name),
            "_items": checked_items(items, n_items, name),
            "probabilities": checked_probabilities(
                probabilities, (*codes.shape, len(class_names)), name
            ),
            "name": name,
            "cost_unit": cost_unit,
            "source": source,
        }
        for field, value in fields.items():
            object.__setattr__(self, field, value)

    def __setattr__(self, field: str, value: Any) -> None:
        raise AttributeError(f"a PredictionTable is immutable; cannot set {field!r}")

    def __delattr__(self, field: str) -> None:
        raise AttributeError(f"a PredictionTable is immutable; cannot delete {field!r}")

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    # -- what it holds ------------------------------------------------------------------------

    @property
    def queries(self) -> pd.DataFrame:
        """What is known of each query: a copy, indexed by query name."""
        return self._queries.copy()

    @property
    def items(self) -> pd.DataFrame:
        """What is known of each item: a copy, indexed by item id."""
        return self._items.copy()

    @property
    def n_items(self) -> int:
        """Number of items (rows)."""
        return int(self.answers.shape[0])

    @property
    def n_queries(self) -> int:
        """Number of queries (columns)."""
        return int(self.answers.shape[1])

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def query_names(self) -> list[str]:
        """Query names in column order."""
        return [str(q) for q in self._queries.index]

    @property
    def models(self) -> np.ndarray:
        """Model behind each query, shape (n_queries,), spelled as the source spells it."""
        return self._queries["model"].to_numpy(dtype=str)

    @property
    def costs(self) -> np.ndarray | None:
        """Cost of each query in `cost_unit`, shape (n_queries,), or None where not all known."""
        if "cost" not in self._queries:
            return None
        costs = self._queries["cost"].to_numpy(dtype=float)
        return None if np.isnan(costs).any() else costs

    @property
    def accuracies(self) -> pd.Series:
        """Share of right answers of each query, in [0, 1]; a missing answer is never right."""
        labels = self.known_labels[:, None]
        share = self._by_query(lambda answers: (answers == labels).mean(axis=0))
        return pd.Series(share, index=self._queries.index, name="accuracy")

    @property
    def known_labels(self) -> np.ndarray:
        """The labels, or an `InputError` where the table has none."""
        if self.labels is None:
            raise InputError(f"{self.name}: no labels; this needs labelled items")
        return self.labels

    @property
    def groups(self) -> np.ndarray:
        """Question behind each item, shape (n_items,): copies share a number, from 0 on.

        Items whose entry in the item column `group` is empty are questions of their own.
        """
        if "group" not in self._items:
            return np.arange(self.n_items)
        named = self._items["group"]
        numbers = pd.factorize(named.where(named.astype(str) != ""))[0]
        alone = numbers < 0
        numbers[alone] = numbers.max(initial=-1) + 1 + np.arange(alone.sum())
        return pd.factorize(numbers)[0]

    @property
    def n_questions(self) -> int:
        """Number of different questions: `n_items`, where no item is a copy of another."""
        return int(self.groups.max()) + 1

    # -- slicing ------------------------------------------------------------------------------

    def subset(
        self, items: Any = None, queries: Iterable[Any] | slice | None = None
    ) -> PredictionTable:
        """Keep some items and some queries, in the order given.

        Parameters
        ----------
        items : slice, array_like of int or of bool, optional
            Row positions or a mask. A slice shares memory with this table.
        queries : slice or sequence of str or int, optional
            Query names, or column positions.

        Examples
        --------
        >>> table = PredictionTable([[0, 1], [1, 1]], [0, 1], classes="ab", queries=["p", "q"])
        >>> table.subset(queries=["q"]).query_names
        ['q']
        """
        rows = slice(None) if items is None else items
        if not isinstance(rows, slice):
            rows = np.asarray(rows)
        columns = slice(None) if queries is None else self._columns(queries)
        probabilities = self.probabilities
        answers = self.answers[:, columns][rows]
        answers.flags.writeable = False  # nobody else holds it: no second copy
        return PredictionTable(
            answers,
            None if self.labels is None else self.labels[rows],
            classes=self.classes,
            queries=self._queries.iloc[columns],
            items=self._items.iloc[rows],
            probabilities=None if probabilities is None else probabilities[:, columns][rows],
            name=self.name,
            cost_unit=self.cost_unit,
            source=self.source,
        )

    def _columns(self, queries: Iterable[Any] | slice) -> slice | np.ndarray:
        if isinstance(queries, slice):
            return queries
        wanted = list(queries)
        if any(isinstance(query, str) for query in wanted):
            absent = [query for query in wanted if query not in self._queries.index]
            if absent:
                raise InputError(
                    f"{self.name}: no query {shorten(absent)}; "
                    f"the table has {shorten(self.query_names)}"
                )
            return np.array([self._queries.index.get_loc(query) for query in wanted], dtype=int)
        return np.asarray(wanted, dtype=int)

    def split(
        self, train: float | int = 0.5, random_state: int | np.random.Generator = 0
    ) -> tuple[PredictionTable, PredictionTable]:
        """Split the items at random into two tables with the same mix of labels.

        Parameters
        ----------
        train : float or int
            Share of the items (a float in (0, 1)) or their number (an int) in the first table.
        random_state : int or Generator

        Returns
        -------
        train, test : PredictionTable

        Examples
        --------
        >>> table = PredictionTable([[0], [1], [0], [1]], [0, 1, 0, 1], classes="ab", queries=["q"])
        >>> train, test = table.split(0.5)
        >>> sorted(train.labels.tolist()), sorted(test.labels.tolist())
        ([0, 1], [0, 1])
        """
        first = stratified_half(
            self.known_labels, train, np.random.default_rng(random_state), self.name, self.groups
        )
        return self.subset(np.flatnonzero(first)), self.subset(np.flatnonzero(~first))

    def as_statements(self, random_state: int | np.random.Generator = 0) -> PredictionTable:
        """Turn a multiple-choice table into the paper's binary one: true or false statements.

        Each item becomes one statement "the answer is option o": o is the true option with
        probability 1/2, else one of the item's wrong options, uniformly. A query answers *true*
        where it chose that option, *false* where it chose another; a missing answer stays
        missing. Source: arXiv 2602.08003 judges statements true or false; how it made them from
        options is not public, this construction is ours.

        Parameters
        ----------
        random_state : int or Generator

        Returns
        -------
        PredictionTable
            Classes ``("false", "true")``; `items` gains the column `option`, the option asked.

        Examples
        --------
        >>> table = PredictionTable([[2], [0]], [2, 1], classes="ABC", queries=["q"])
        >>> statements = table.as_statements(random_state=3)
        >>> statements.classes
        ('false', 'true')
        """
        if self.n_classes == 2:
            raise InputError(f"{self.name}: already two classes; statements need multiple choice")
        labels = self.known_labels.astype(int)
        rng = np.random.default_rng(random_state)
        n_options = np.full(self.n_items, self.n_classes)
        if "n_options" in self._items:
            n_options = self._items["n_options"].to_numpy(dtype=int)
        if (n_options < 2).any() or (labels >= n_options).any():
            bad = self._items.index[(n_options < 2) | (labels >= n_options)][0]
            raise InputError(
                f"{self.name}: item {bad!r} has fewer options than its label or than 2; statements "
                "need a wrong option to ask about"
            )
        truth = rng.random(self.n_items) < 0.5
        shift = 1 + np.floor(rng.random(self.n_items) * (n_options - 1)).astype(int)
        option = np.where(truth, labels, (labels + shift) % n_options)
        answers = np.where(
            self.answers == MISSING, MISSING, (self.answers == option[:, None]).astype(np.int8)
        )
        return PredictionTable(
            answers,
            truth.astype(np.int8),
            classes=("false", "true"),
            queries=self._queries,
            items=self._items.drop(columns="n_options", errors="ignore").assign(
                option=[self.classes[o] for o in option]
            ),
            name=f"{self.name} (statements)",
            cost_unit=self.cost_unit,
            source=self.source,
        )

    # -- a closer look --------------------------------------------------------------------------

    def duplicate_queries(self) -> list[tuple[str, str]]:
        """Pairs (first, later) of queries with the same answers on every item."""
        # Digests, since a dictionary of the columns would be a copy of them all.
        first: dict[bytes, int] = {}
        names, pairs = self.query_names, []
        for block in blocks(self.answers.shape):
            lines = np.ascontiguousarray(self.answers[:, block].T)
            for later, line in enumerate(lines, start=block.start):
                seen = first.setdefault(blake2b(line).digest(), later)
                if seen != later:
                    pairs.append((names[seen], names[later]))
        return pairs

    def constant_queries(self) -> list[str]:
        """Queries that give one and the same answer (or none) on every item."""
        constant = self._by_query(lambda answers: (answers == answers[:1]).all(axis=0))
        return [name for name, same in zip(self.query_names, constant, strict=True) if same]

    def silent_queries(self) -> list[str]:
        """Queries without a usable answer on any item."""
        silent = self._by_query(lambda answers: (answers == MISSING).all(axis=0))
        return [name for name, none in zip(self.query_names, silent, strict=True) if none]

    def _by_query(self, of_block: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """What a function says of each query, asked for a block of them at a time."""
        return np.concatenate([of_block(self.answers[:, b]) for b in blocks(self.answers.shape)])

    def trouble(self) -> list[str]:
        """What deserves a look, a line each; empty if nothing.

        Silent, constant and duplicate queries, and copies of questions.
        """
        lines = []
        silent = self.silent_queries()
        if silent:
            lines.append(f"no usable answer on any item: {shorten(silent)}")
        if constant := [name for name in self.constant_queries() if name not in silent]:
            lines.append(f"constant answers: {shorten(constant)} (they tell nothing)")
        if duplicates := self.duplicate_queries():
            pairs = [f"{later} = {first}" for first, later in duplicates]
            lines.append(f"duplicate columns: {shorten(pairs)} (a second copy tells nothing)")
        n_questions = self.n_questions
        if n_questions < MANY_COPIES * self.n_items:
            lines.append(
                f"{self.n_items:,} items are copies of {n_questions:,} questions (column group); "
                "splits and intervals count questions"
            )
        return lines

    def __repr__(self) -> str:
        n_models = len(set(self.models))
        labelled = "" if self.labels is not None else ", unlabelled"
        return (
            f"PredictionTable({self.n_items:,} items, {self.n_queries} queries of "
            f"{n_models} models, {self.n_classes} classes{labelled})"
        )

    def _repr_html_(self) -> str:
        columns = [c for c in ("model", "sample", "temperature", "cost") if c in self._queries]
        shown = self._queries[columns].copy()
        if self.labels is not None:
            shown["accuracy"] = self.accuracies.round(4)
        shown["missing"] = self._by_query(lambda answers: (answers == MISSING).sum(axis=0))
        return f"<p>{self!r} of <b>{self.name}</b></p>" + shown.to_html(max_rows=12)

    # -- files (the work is done in ensel.formats, imported late: floors point down) -----------

    @classmethod
    def read(cls, path: str | os.PathLike[str], **options: Any) -> PredictionTable:
        """Read a CSV or Parquet file; options as in `ensel.formats.read_table`."""
        from ensel.formats import read_table

        return read_table(path, **options)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write one Parquet file in long form, one row group per query."""
        from ensel.formats.parquet_writer import write_parquet

        write_parquet(self, path)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a wide CSV: `item`, `label`, a column per query."""
        from ensel.formats.delimited import write_csv

        write_csv(self, path)
