"""Frames of text cells, wide or long, to prediction tables."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, InputWarning, shorten
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable

ITEM_COLUMNS = ("subject", "topic", "n_options", "error_type", "option", "group")
"""Columns of a wide file that describe the item and are not queries."""

MISSING_WORDS = frozenset({"", "?", "-1", "na", "n/a", "nan", "none", "null", "<na>"})
"""Cells (lower case) that stand for a missing answer, unless a class has that name."""

_WHOLE = re.compile(r"[+-]?\d+\.0+")


@dataclass(frozen=True)
class Reading:
    """How a file is to be read: see `ensel.formats.read_table`."""

    name: str
    label: str = "label"
    classes: list[str] | None = None
    ignore: list[str] = field(default_factory=list)
    labelled: bool = True
    queries: list[str] | None = None
    other: str = "error"


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
    """
    absent = [column for column in reading.ignore if column not in frame]
    if absent:
        raise InputError(
            f"{reading.name}: no column {shorten(absent)} to ignore; "
            f"it has {shorten(list(frame.columns), 8)}"
        )
    frame = frame.drop(columns=reading.ignore)
    if len(frame) == 0:
        raise InputError(f"{reading.name}: empty table (a header and no items)")
    long = "answer" in frame and ("model" in frame or "query" in frame)
    answers, items, queries, label_text = (
        _from_long(frame, reading) if long else _from_wide(frame, reading)
    )
    if "n_options" in items:
        items["n_options"] = _whole_numbers(items["n_options"], "n_options", reading)
    if "group" in items:
        items["group"] = items["group"].where(~items["group"].str.lower().isin(MISSING_WORDS), "")
    if labels is not None:
        stated = label_text
        label_text = _labels_of(labels, items.index, reading)
        if stated is not None and (_plain(stated) != _plain(label_text[stated.index])).any():
            raise InputError(
                f"{reading.name}: its column {reading.label!r} contradicts the labels file; "
                "leave one of them out"
            )
        # An item that no query answered is no less an item.
        answers = answers.reindex(label_text.index, fill_value="")
        items = items.reindex(label_text.index)
    if label_text is None and reading.labelled:
        raise InputError(
            f"{reading.name}: no column {reading.label!r}; name the label column with --label or "
            f"give a second file with --labels (columns: {shorten(list(frame.columns), 8)})"
        )
    classes = None if reading.classes is None else _plain(pd.Series(reading.classes)).tolist()
    if label_text is not None:
        label_text = _plain(label_text)
        if classes is None:
            classes = _sorted_classes(label_text, reading, items.index)
    if classes is None:
        raise InputError(f"{reading.name}: no labels to take the classes from; name them")
    label_codes = None
    if label_text is not None and reading.labelled:
        label_codes = _encode(label_text.to_frame(reading.label), classes, reading, missing=False)
        label_codes = label_codes[:, 0]
    return PredictionTable(
        _encode(answers, classes, reading, missing=True),
        label_codes,
        classes=classes,
        queries=queries,
        items=items,
        name=reading.name,
        source=reading.name,
    )


def _from_wide(
    frame: pd.DataFrame, reading: Reading
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.Series | None]:
    named = "item" in frame
    index = _item_index(frame["item"], reading) if named else pd.RangeIndex(len(frame))
    label = frame[reading.label].set_axis(index) if reading.label in frame else None
    aside = {"item", reading.label, *ITEM_COLUMNS}
    columns = [column for column in frame.columns if column not in aside]
    if reading.queries is not None:
        absent = [query for query in reading.queries if query not in frame]
        if absent:
            raise InputError(
                f"{reading.name}: no column for the query {shorten(absent)}; "
                f"it has {shorten(columns, 8)}"
            )
        columns = reading.queries
    if not columns:
        raise InputError(f"{reading.name}: no query columns beside {shorten(list(frame.columns))}")
    items = pd.DataFrame(index=index)
    for column in ITEM_COLUMNS:
        if column in frame:
            items[column] = frame[column].to_numpy()
    queries = pd.DataFrame(index=pd.Index(columns))
    return frame[columns].set_axis(index), items, queries, label


def _from_long(
    frame: pd.DataFrame, reading: Reading
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.Series | None]:
    if "item" not in frame:
        raise InputError(
            f"{reading.name}: a long file needs the column 'item'; "
            f"it has {shorten(list(frame.columns), 8)}"
        )
    keys = [key for key in ("model", "temperature", "sample") if key in frame]
    if "query" in frame:
        names = frame["query"].astype(str)
    else:
        names = frame["model"].astype(str)
        if "temperature" in frame:
            warmth = pd.to_numeric(frame["temperature"], errors="coerce").astype(str)
            names = names + "@" + warmth.where(warmth != "nan", frame["temperature"].astype(str))
        if "sample" in frame:
            names = names + "#" + _plain(frame["sample"].astype(str))
    if (frame["item"] == "").any():
        raise InputError(f"{reading.name}: an item id is empty; every row needs one")
    frame = frame.assign(_query=names)
    if reading.queries is not None:
        absent = sorted(set(reading.queries) - set(names))
        if absent:
            raise InputError(
                f"{reading.name}: no answers of the query {shorten(absent)}; "
                f"it has {shorten(list(names.unique()), 8)}"
            )
    twice = frame.duplicated(["item", "_query"])
    if twice.any():
        row = frame[twice].iloc[0]
        raise InputError(
            f"{reading.name}: item {row['item']!r} has two answers of {row['_query']!r}; "
            "tell repeated calls apart with a column 'sample'"
        )
    order = reading.queries or list(names.unique())
    index = pd.Index(frame["item"].unique())
    answers = (
        frame.pivot(index="item", columns="_query", values="answer")
        .reindex(index=index, columns=order)
        .fillna("")
    )
    described = frame.drop_duplicates("_query").set_index("_query").reindex(order)
    queries = described[keys].copy()
    if "sample" in queries:
        queries["sample"] = _whole_numbers(queries["sample"], "sample", reading)
    if "temperature" in queries:
        queries["temperature"] = pd.to_numeric(queries["temperature"], errors="coerce")
    items = pd.DataFrame(index=index)
    label = None
    for column in (reading.label, *ITEM_COLUMNS):
        if column in frame:
            pairs = frame[["item", column]].drop_duplicates()
            conflict = pairs["item"].duplicated()
            if conflict.any():
                item = pairs["item"][conflict].iloc[0]
                values = pairs[column][pairs["item"] == item].tolist()
                raise InputError(
                    f"{reading.name}: item {item!r} has several values of {column!r}: "
                    f"{shorten(values)}; one is needed"
                )
            values_by_item = pairs.set_index("item")[column].reindex(index)
            if column == reading.label:
                label = values_by_item
            else:
                items[column] = values_by_item
    return answers, items, queries, label


def _labels_of(labels: pd.DataFrame, items: pd.Index, reading: Reading) -> pd.Series:
    if "item" not in labels or reading.label not in labels:
        raise InputError(
            f"{reading.name}: the labels file needs the columns 'item' and {reading.label!r}; "
            f"it has {shorten(list(labels.columns))}"
        )
    series = labels.set_index(_item_index(labels["item"], reading))[reading.label]
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


def _item_index(column: pd.Series, reading: Reading) -> pd.Index:
    if (column == "").any():
        raise InputError(f"{reading.name}: an item id is empty; every row needs one")
    repeated = column[column.duplicated()]
    if len(repeated):
        raise InputError(
            f"{reading.name}: item ids repeat: {shorten(list(repeated.unique()))}; "
            "give each item its own"
        )
    return pd.Index(column.to_numpy())


def _whole_numbers(column: pd.Series, what: str, reading: Reading) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.isna().any() or (numbers % 1 != 0).any():
        bad = column[numbers.isna() | (numbers % 1 != 0)].iloc[0]
        raise InputError(f"{reading.name}: {what} {bad!r}; a whole number is needed")
    return numbers.astype(int)


def _plain(column: pd.Series) -> pd.Series:
    """Write whole floats as integers: a column with gaps comes out of pandas as 1.0, 0.0."""
    plain = {
        value: str(int(float(value))) if _WHOLE.fullmatch(value) else value
        for value in column.unique()
    }
    return column.map(plain)


def _sorted_classes(label_text: pd.Series, reading: Reading, items: pd.Index) -> list[str]:
    missing = MISSING_WORDS - {"-1"} if _all_whole(label_text) else MISSING_WORDS
    empty = label_text.str.lower().isin(missing)
    if empty.any():
        item = items[int(np.flatnonzero(empty.to_numpy())[0])]
        word = label_text[empty].iloc[0]
        raise InputError(
            f"{reading.name}: no label for item {item!r} ({word!r}; {int(empty.sum())} such); "
            "every item needs one; if that is a class, name all classes with --classes"
        )
    found = list(label_text.unique())
    try:
        classes = sorted(found, key=int)
    except ValueError:
        classes = sorted(found)
    if len(classes) == 1:
        raise InputError(
            f"{reading.name}: all labels are {classes[0]!r}; at least two classes are needed"
        )
    if len(classes) > 127:
        raise InputError(
            f"{reading.name}: {len(classes)} different labels in {reading.label!r} "
            f"({shorten(classes, 3)}); 2 to 127 classes are needed - is this the label column?"
        )
    return classes


def _all_whole(label_text: pd.Series) -> bool:
    """Whether all labels are whole numbers, among which -1 is a class like any other."""
    return all(re.fullmatch(r"[+-]?\d+", value) for value in label_text.unique())


def _encode(
    text: pd.DataFrame, classes: list[str], reading: Reading, *, missing: bool
) -> np.ndarray:
    """Turn class names into codes, column by column; missing answers become -1."""
    code_of = {name: code for code, name in enumerate(classes)}
    others: list[str] = []
    n_others = 0
    codes = np.empty(text.shape, dtype=np.int8)
    for j, name in enumerate(text.columns):
        values, positions = np.unique(text[name].to_numpy(dtype=str), return_inverse=True)
        column_codes = np.empty(len(values), dtype=np.int8)
        for i, raw in enumerate(values):
            value = str(int(float(raw))) if _WHOLE.fullmatch(raw) else str(raw)
            if value in code_of:
                column_codes[i] = code_of[value]
            elif missing and value.lower() in MISSING_WORDS:
                column_codes[i] = MISSING
            elif missing and reading.other == "missing":
                column_codes[i] = MISSING
                others.append(value)
                n_others += int((positions == i).sum())
            else:
                row = int(np.flatnonzero(positions == i)[0])
                advice = "name it among all classes with --classes"
                if missing:
                    advice = "leave a missing answer empty"
                    if reading.labelled:
                        advice += ", name all classes with --classes, --ignore the column"
                    advice += ", or let all such answers count as missing with --other missing"
                raise InputError(
                    f"{reading.name}: {value!r} in column {name!r} (item {text.index[row]!r}) is "
                    f"none of the classes {shorten(classes, 8)}; {advice}"
                )
        codes[:, j] = column_codes[positions]
    if others:
        warnings.warn(
            f"{reading.name}: {n_others:,} of {codes.size:,} answers are none of the classes and "
            f"count as missing: {shorten(list(dict.fromkeys(others)), 4)}",
            InputWarning,
            stacklevel=2,
        )
    return codes
