"""Frames of text cells, wide or long, to prediction tables."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, InputWarning, shorten
from ensel.formats.cells import MISSING_WORDS, classes_of, encoded, plain_cells, whole_numbers
from ensel.formats.layouts import from_long, from_wide, is_long, item_index
from ensel.formats.reading import Reading, TextTable
from ensel.table.prediction_table import PredictionTable


def table_from_frame(
    frame: pd.DataFrame, reading: Reading, labels: pd.DataFrame | None = None
) -> PredictionTable:
    """Make a table of a frame of text cells.

    Parameters
    ----------
    frame : DataFrame of str
        Wide (`item`, `label`, a column per query) or long (`item`, `model` or `query`, `answer`).
    reading : Reading
    labels : DataFrame of str, optional
        Labels from a second file: `item` and `label`.

    Returns
    -------
    PredictionTable

    Raises
    ------
    InputError
        What is wrong, where, and what would be right.

    See Also
    --------
    ensel.read_table : From a file.

    Examples
    --------
    >>> frame = pd.DataFrame({"item": ["a", "b"], "label": ["x", "y"], "m": ["x", ""]})
    >>> table_from_frame(frame, Reading("pool")).answers.tolist()
    [[0], [-1]]
    """
    frame = _without_ignored(frame, reading)
    if len(frame) == 0:
        raise InputError(f"{reading.name}: empty table (a header and no items)")
    text = from_long(frame, reading) if is_long(frame) else from_wide(frame, reading)
    text = text._replace(items=_typed_items(text.items, reading))

    if labels is not None:
        text = _with_labels(text, labels, reading)
    if text.labels is None and reading.labelled:
        raise InputError(
            f"{reading.name}: no column {reading.label!r}; name the label column with --label or "
            f"give a second file with --labels (columns: {shorten(list(frame.columns), 8)})"
        )

    if reading.reader is not None:
        return _open_table(text, reading.reader, reading.name)
    classes = _classes(text, reading)
    label_codes = _label_codes(text, classes, reading)
    return PredictionTable(
        encoded(text.answers, classes, reading, may_be_missing=True),
        label_codes,
        classes=classes,
        queries=text.queries,
        items=text.items,
        name=reading.name,
        source=reading.name,
    )


def _open_table(text: TextTable, reader: str, name: str) -> PredictionTable:
    """A table of answers that are not classes."""
    return PredictionTable.open(
        text.answers.to_numpy(dtype=object),
        None if text.labels is None else text.labels.tolist(),
        queries=text.queries,
        items=text.items,
        reader=reader,
        name=name,
        source=name,
    )


def _without_ignored(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """The frame without the columns to ignore, which must be there."""
    absent = [column for column in reading.ignore if column not in frame]
    if absent:
        raise InputError(
            f"{reading.name}: no column {shorten(absent)} to ignore; "
            f"it has {shorten(list(frame.columns), 8)}"
        )
    return frame.drop(columns=reading.ignore)


def _typed_items(items: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Numbers of options as integers; a group that is missing as empty text."""
    items = items.copy()
    if "n_options" in items:
        items["n_options"] = whole_numbers(items["n_options"], "n_options", reading)
    if "group" in items:
        items["group"] = items["group"].where(~items["group"].str.lower().isin(MISSING_WORDS), "")
    return items


def _with_labels(text: TextTable, labels: pd.DataFrame, reading: Reading) -> TextTable:
    """The same with the labels of a second file, and with its items that nobody answered."""
    given = _labels_of(labels, text.items.index, reading)
    if text.labels is not None:
        same_items = given[text.labels.index]
        if (plain_cells(text.labels) != plain_cells(same_items)).any():
            raise InputError(
                f"{reading.name}: its column {reading.label!r} contradicts the labels file; "
                "leave one of them out"
            )
    # An item that no query answered is no less an item.
    return text._replace(
        answers=text.answers.reindex(given.index, fill_value=""),
        items=text.items.reindex(given.index),
        labels=given,
    )


def _labels_of(labels: pd.DataFrame, items: pd.Index, reading: Reading) -> pd.Series:
    """Labels of a second file: first of these items, then of those that no query answered."""
    if "item" not in labels or reading.label not in labels:
        raise InputError(
            f"{reading.name}: the labels file needs the columns 'item' and {reading.label!r}; "
            f"it has {shorten(list(labels.columns))}"
        )
    series = labels.set_index(item_index(labels["item"], reading))[reading.label]

    unlabelled = items.difference(series.index)
    if len(unlabelled):
        raise InputError(f"{reading.name}: the labels file lacks item {shorten(list(unlabelled))}")

    unanswered = series.index.difference(items)
    if len(unanswered):
        warnings.warn(
            f"{reading.name}: {len(unanswered)} labelled items have no answer of any query and "
            f"count as missing: {shorten(list(unanswered), 3)}",
            InputWarning,
            stacklevel=2,
        )
    return series.reindex(items.append(unanswered))


def _classes(text: TextTable, reading: Reading) -> list[str]:
    """The classes that were named, or else those that occur among the labels."""
    if reading.classes is not None:
        return plain_cells(pd.Series(reading.classes)).tolist()
    if text.labels is None:
        raise InputError(f"{reading.name}: no labels to take the classes from; name them")
    return classes_of(plain_cells(text.labels), reading, text.items.index)


def _label_codes(text: TextTable, classes: list[str], reading: Reading) -> np.ndarray | None:
    """Codes of the labels; None where there are none, or none are wanted."""
    if text.labels is None or not reading.labelled:
        return None
    column = text.labels.to_frame(reading.label)
    return encoded(column, classes, reading, may_be_missing=False)[:, 0]
