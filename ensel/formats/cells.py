"""Cells of text to numbers, classes and codes: what a word means."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, InputWarning, shorten
from ensel.formats.reading import Reading
from ensel.table.codes import MISSING
from ensel.table.parts import MAX_CLASSES

MISSING_WORDS = frozenset({"", "?", "-1", "na", "n/a", "nan", "none", "null", "<na>"})
"""Cells (lower case) that stand for a missing answer, unless a class has that name."""

_WHOLE_FLOAT = re.compile(r"[+-]?\d+\.0+")
_WHOLE_NUMBER = re.compile(r"[+-]?\d+")


def plain_cell(cell: str) -> str:
    """Write a whole float as an integer.

    Examples
    --------
    >>> plain_cell("1.0"), plain_cell("1.5"), plain_cell("yes")
    ('1', '1.5', 'yes')
    """
    return str(int(float(cell))) if _WHOLE_FLOAT.fullmatch(cell) else str(cell)


def plain_cells(column: pd.Series) -> pd.Series:
    """Write whole floats as integers: a column with gaps comes out of pandas as 1.0, 0.0.

    Examples
    --------
    >>> plain_cells(pd.Series(["1.0", "", "0.0"])).tolist()
    ['1', '', '0']
    """
    return column.map({cell: plain_cell(cell) for cell in column.unique()})


def whole_numbers(column: pd.Series, what: str, reading: Reading) -> pd.Series:
    """A column of text as integers; `InputError` where one is no whole number."""
    numbers = pd.to_numeric(column, errors="coerce")
    unusable = numbers.isna() | (numbers % 1 != 0)
    if unusable.any():
        bad = column[unusable].iloc[0]
        raise InputError(f"{reading.name}: {what} {bad!r}; a whole number is needed")
    return numbers.astype(int)


def classes_of(labels: pd.Series, reading: Reading, items: pd.Index) -> list[str]:
    """The classes that labels name, sorted: as numbers if they all are.

    Parameters
    ----------
    labels : Series of str
        As `plain_cells` writes them.
    reading : Reading
    items : Index
        Item ids in the order of `labels`.

    Returns
    -------
    list of str

    Raises
    ------
    InputError
        If a label is missing, or the labels name fewer than 2 classes or more than 127.

    See Also
    --------
    encoded : From class names to codes.
    """
    _check_no_label_missing(labels, reading, items)

    names = list(labels.unique())
    try:
        classes = sorted(names, key=int)
    except ValueError:
        classes = sorted(names)

    if len(classes) == 1:
        raise InputError(
            f"{reading.name}: all labels are {classes[0]!r}; at least two classes are needed"
        )
    if len(classes) > MAX_CLASSES:
        raise InputError(
            f"{reading.name}: {len(classes)} different labels in {reading.label!r} "
            f"({shorten(classes, 3)}); 2 to {MAX_CLASSES} classes are needed - is this the label "
            "column?"
        )
    return classes


def _check_no_label_missing(labels: pd.Series, reading: Reading, items: pd.Index) -> None:
    """Refuse labels that say "missing". Among whole numbers, -1 is a class like any other."""
    all_whole = all(_WHOLE_NUMBER.fullmatch(label) for label in labels.unique())
    missing = labels.str.lower().isin(MISSING_WORDS - {"-1"} if all_whole else MISSING_WORDS)
    if missing.any():
        item = items[int(np.flatnonzero(missing.to_numpy())[0])]
        word = labels[missing].iloc[0]
        raise InputError(
            f"{reading.name}: no label for item {item!r} ({word!r}; {int(missing.sum())} such); "
            "every item needs one; if that is a class, name all classes with --classes"
        )


def encoded(
    text: pd.DataFrame, classes: list[str], reading: Reading, *, may_be_missing: bool
) -> np.ndarray:
    """Turn class names into codes, column by column.

    Parameters
    ----------
    text : DataFrame of str, shape (n_items, n_columns)
    classes : list of str
    reading : Reading
        Its `other` says what becomes of an answer that is none of the classes.
    may_be_missing : bool
        Whether the cells are answers, of which some may be missing, or labels.

    Returns
    -------
    ndarray of int8, shape (n_items, n_columns)
        -1 = missing.

    Raises
    ------
    InputError
        If a cell is none of the classes; the message names the first.

    Warns
    -----
    InputWarning
        If such answers count as missing.

    See Also
    --------
    classes_of : The classes, where nobody named them.
    """
    code_of = {name: code for code, name in enumerate(classes)}
    missing_words = MISSING_WORDS if may_be_missing else frozenset[str]()
    others: list[str] = []
    n_others = 0

    codes = np.empty(text.shape, dtype=np.int8)
    for j, column in enumerate(text.columns):
        cells, positions = np.unique(text[column].to_numpy(dtype=str), return_inverse=True)
        words = [plain_cell(cell) for cell in cells]
        codes[:, j] = np.array([code_of.get(word, MISSING) for word in words], np.int8)[positions]

        strange = [
            place
            for place, word in enumerate(words)
            if word not in code_of and word.lower() not in missing_words
        ]
        if strange and not (may_be_missing and reading.other == "missing"):
            item = text.index[int(np.flatnonzero(positions == strange[0])[0])]
            where = f"in column {column!r} (item {item!r})"
            raise _no_class(words[strange[0]], where, classes, reading, may_be_missing)
        others += [words[place] for place in strange]
        n_others += int(np.isin(positions, strange).sum())

    if others:
        warnings.warn(
            f"{reading.name}: {n_others:,} of {codes.size:,} answers are none of the classes and "
            f"count as missing: {shorten(list(dict.fromkeys(others)), 4)}",
            InputWarning,
            stacklevel=2,
        )
    return codes


def _no_class(
    word: str, where: str, classes: list[str], reading: Reading, may_be_missing: bool
) -> InputError:
    """Says of a cell that it is none of the classes, and what would be right."""
    advice = "name it among all classes with --classes"
    if may_be_missing:
        advice = "leave a missing answer empty"
        if reading.labelled:
            advice += ", name all classes with --classes, --ignore the column"
        advice += ", or let all such answers count as missing with --other missing"
    return InputError(
        f"{reading.name}: {word!r} {where} is none of the classes {shorten(classes, 8)}; {advice}"
    )
