"""Text to codes: what each answer was read as, and a table of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, shorten
from ensel.formats.answers_read import AnswersRead, check_readable, query_reading
from ensel.formats.cells import (
    MISSING_WORDS,
    check_no_label_missing,
    classes_of,
    plain_cell,
    plain_cells,
)
from ensel.formats.chosen_reader import chosen_reader
from ensel.formats.class_readers import ClassReader, ColumnRead, letter_classes, read_labels
from ensel.formats.not_models import FEW_ITEMS, labels_again, not_models
from ensel.formats.reading import Reading, TextTable
from ensel.readers.base import CLASS_READERS, UNREADABLE_CLASS, Reader, reader_named
from ensel.table.codes import MISSING
from ensel.table.kinds import CLOSED
from ensel.table.parts import read_only
from ensel.table.prediction_table import PredictionTable

MOST_LOOKED_AT = 2_000
"""Different answers that the choice of a reader looks at."""


def decoded_table(
    text: TextTable, reading: Reading, *, wide: bool = False
) -> tuple[PredictionTable, AnswersRead, tuple[str, ...]]:
    """Make a table of text, closed or open, and say what was read as what.

    Parameters
    ----------
    text : TextTable
    reading : Reading
    wide : bool
        Whether columns were taken for queries, and may be none: see `ensel.formats.not_models`.

    Returns
    -------
    table : PredictionTable
    read : AnswersRead
    notes : tuple of str
        Columns that were left aside.

    Raises
    ------
    InputError
        If more than 2 % of a query's answers cannot be read and nobody said what becomes of
        them, or labels cannot be read.

    See Also
    --------
    ensel.formats.chosen_reader.chosen_reader : Which reader, where none was named.

    Examples
    --------
    >>> answers = pd.DataFrame({"m": ["(B)", "the answer is A"]}, index=["1", "2"])
    >>> text = TextTable(answers, pd.DataFrame(index=answers.index),
    ...                  pd.DataFrame(index=["m"]), pd.Series(["B", "B"], index=answers.index))
    >>> table, read, _ = decoded_table(text, Reading("pool"))
    >>> table.answers.ravel().tolist(), read.reader, read.queries[0].normalised
    ([1, 0], 'letters', 2)
    """
    labels = None if text.labels is None else plain_cells(text.labels.astype(str).str.strip())
    given = [str(cell) for cell in pd.unique(text.answers.to_numpy().ravel())]
    names = None if labels is None else labels.tolist()
    reader, kind = chosen_reader(names, reading, given[:MOST_LOOKED_AT])
    text = text._replace(labels=labels)
    make = _closed if kind == CLOSED else _open
    table, read = make(text, reader, reading)
    notes: list[str] = []
    if wide and table.labels is not None:
        aside = _no_models(text, read, reading)
        if 0 < len(aside) < len(text.answers.columns):
            text = _without(text, list(aside))
            table, read = make(text, reader, reading)
            notes += [
                f"column {name!r} is no model's ({what}): left aside"
                for name, what in aside.items()
            ]
        notes += _perfect(read, table.n_items)
    check_readable(read, reading, f" ({shorten(table.classes, 8)})" if kind == CLOSED else "")
    return table, read, tuple(notes)


def _no_models(text: TextTable, read: AnswersRead, reading: Reading) -> dict[str, str]:
    """Columns that are no model's, and what they are."""
    n = len(text.answers)
    again = labels_again(text.answers, {q.query: q.right for q in read.queries}, reading)
    if read.kind == CLOSED:
        return again | not_models(
            text.answers, {q.query: 1 - q.unreadable_share for q in read.queries}
        )
    right = {q.query: q.right / n for q in read.queries}
    return again | not_models(text.answers, right, decimals=False)


def _without(text: TextTable, names: list[str]) -> TextTable:
    answers = text.answers.drop(columns=names)
    return text._replace(answers=answers, queries=text.queries.drop(index=names))


def _perfect(read: AnswersRead, n_items: int) -> list[str]:
    """A sentence about columns that are right on every item: they may be the label once more."""
    perfect = [query.query for query in read.queries if query.right == n_items >= FEW_ITEMS]
    if not perfect:
        return []
    return [
        f"{shorten(perfect)}: right on all {n_items:,} items; --ignore what is no model but the "
        "right answer under another name"
    ]


# -- closed -------------------------------------------------------------------------------------


def _closed(text: TextTable, reader: str, reading: Reading) -> tuple[PredictionTable, AnswersRead]:
    classes, label_names = _classes_and_labels(text, reader, reading)
    class_reader = ClassReader(reader, classes, text.options)
    missing_words = MISSING_WORDS - {name.lower() for name in classes}

    codes = np.full(text.answers.shape, MISSING, dtype=np.int8)
    queries = []
    code_of = {name: code for code, name in enumerate(classes)}
    truth = None if label_names is None else np.array([code_of[name] for name in label_names])
    for j, name in enumerate(text.answers.columns):
        read = class_reader.read_column(_cells(text.answers[name], missing_words))
        of_text = [MISSING if one is None else code_of[one] for one in read.read]
        codes[:, j] = np.array(of_text, dtype=np.int8)[read.positions]
        right = 0 if truth is None else int((codes[:, j] == truth).sum())
        queries.append(query_reading(str(name), read, right))

    chosen = reading.reader is None
    found = AnswersRead(reader, CLOSED, chosen, _kept(reading), tuple(queries))
    if reading.unreadable == "wrong" and any(query.unreadable for query in queries):
        classes = [*classes, UNREADABLE_CLASS]
        codes = _marked_wrong(codes, text, missing_words, len(classes) - 1)

    table = PredictionTable(
        read_only(codes),
        truth,
        classes=classes,
        queries=text.queries,
        items=text.items,
        name=reading.name,
        source=reading.name,
    )
    return table, found


def _cells(column: pd.Series, missing_words: frozenset[str]) -> pd.Series:
    """A column as stripped text, empty where an answer is missing; each text is looked at once."""
    positions, distinct = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=False)
    stripped = [str(text).strip() for text in distinct]
    plain = np.array(
        ["" if text.lower() in missing_words else text for text in stripped], dtype=object
    )
    return pd.Series(plain[positions], index=column.index, dtype=object)


def _classes_and_labels(
    text: TextTable, reader: str, reading: Reading
) -> tuple[list[str], list[str] | None]:
    """The classes, named or found among the labels, and the class of each label."""
    if text.labels is None or not reading.labelled:
        if reading.classes is None:
            raise InputError(f"{reading.name}: no labels to take the classes from; name them")
        return plain_cells(pd.Series(reading.classes)).tolist(), None
    first = None
    if reading.classes is not None:
        classes = plain_cells(pd.Series(reading.classes)).tolist()
    elif reader == "letters":
        check_no_label_missing(text.labels, reading, text.items.index)
        classes, first = letter_classes(text.labels, text.answers, text.options, reading)
    else:
        classes = classes_of(text.labels, reading, text.items.index)
    return classes, read_labels(text.labels, classes, reader, text.options, reading, first)


def _marked_wrong(
    codes: np.ndarray, text: TextTable, missing_words: frozenset[str], wrong: int
) -> np.ndarray:
    """The codes with that of a class which is never right, where an answer was given but unread."""
    codes = codes.copy()
    for j, name in enumerate(text.answers.columns):
        given = (_cells(text.answers[name], missing_words) != "").to_numpy()
        codes[given & (codes[:, j] == MISSING), j] = wrong
    return codes


# -- open ---------------------------------------------------------------------------------------


def _open(text: TextTable, reader: str, reading: Reading) -> tuple[PredictionTable, AnswersRead]:
    read_by = _open_reader(reader)
    answers = text.answers.astype(str)
    keys = {cell: read_by.key(cell) for cell in pd.unique(answers.to_numpy().ravel())}
    table = PredictionTable.open(
        answers.where(answers != "", None).to_numpy(dtype=object),
        None if text.labels is None or not reading.labelled else text.labels.tolist(),
        queries=text.queries,
        items=text.items,
        reader=read_by,
        name=reading.name,
        source=reading.name,
    )

    queries = []
    for j, name in enumerate(answers.columns):
        cells = answers[name]
        positions, texts = pd.factorize(cells.to_numpy(dtype=object))
        read = [None if keys[text] is None else plain_cell(text) for text in texts]
        right = 0 if table.labels is None else int((table.answers[:, j] == table.labels).sum())
        queries.append(query_reading(str(name), ColumnRead(positions, list(texts), read), right))
    found = AnswersRead(
        read_by.name, table.kind, reading.reader is None, _kept(reading), tuple(queries)
    )
    if reading.unreadable == "wrong" and any(query.unreadable for query in queries):
        table = _open_marked_wrong(table, answers)
    return table, found


def _open_reader(reader: str) -> Reader:
    """A reader of open answers; what is compared as it is, where the reader is one of classes."""
    return reader_named("verbatim" if reader in CLASS_READERS else reader)


def _open_marked_wrong(table: PredictionTable, answers: pd.DataFrame) -> PredictionTable:
    """The table with an option that is never right for what was given but not read."""
    unread = (answers != "").to_numpy() & (table.answers == MISSING)
    codes, options = table.answers.copy(), list(table.options)
    for i in np.flatnonzero(unread.any(axis=1)):
        codes[i, unread[i]] = len(options[i])
        options[i] = (*options[i], UNREADABLE_CLASS)
    return table.replace(answers=read_only(codes), options=tuple(options))


def _kept(reading: Reading) -> str:
    return "wrong" if reading.unreadable == "wrong" else "missing"
