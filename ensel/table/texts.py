"""Answers as text, and verdicts as cells of any kind, to codes."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, InputWarning, shorten
from ensel.readers import Reader, reader_named
from ensel.table.codes import MISSING
from ensel.table.kinds import Options

_WHOLE_FLOAT = re.compile(r"[+-]?\d+\.0+")


class CodedTexts(NamedTuple):
    """What `codes_of_texts` makes of text.

    Attributes
    ----------
    answers : ndarray of int16, shape (n_items, n_queries)
        Index of each answer among its item's options; -1 = missing or unreadable.
    labels : ndarray of int16, shape (n_items,), or None
        Index of each truth.
    options : tuple of tuple of str or None
        Of each item, in an order drawn at random.
    reader : str
        Name of the reader.
    """

    answers: np.ndarray
    labels: np.ndarray | None
    options: Options
    reader: str


def named_frame(cells: Any, queries: Any, items: Any, name: str) -> tuple[pd.DataFrame, Any, Any]:
    """Cells as a frame of objects; names of rows and columns are its own, where none are given.

    Raises
    ------
    InputError
        If there is no matrix, or it has no names of queries.

    See Also
    --------
    ensel.PredictionTable.open : Whose arguments these are.
    """
    if isinstance(cells, pd.DataFrame):
        frame = cells.astype(object)
        queries = [str(column) for column in cells.columns] if queries is None else queries
        items = cells.index if items is None else items
    else:
        try:
            raw = np.asarray(cells, dtype=object)
        except ValueError:
            raw = np.empty(0, dtype=object)
        if raw.ndim != 2:
            raise InputError(f"{name}: answers are no matrix; one row of equal length an item")
        frame = pd.DataFrame(raw, dtype=object)
    if queries is None:
        raise InputError(f"{name}: no queries; name the columns of the answers")
    return frame, queries, items


def codes_of_verdicts(right: pd.DataFrame, name: str) -> np.ndarray:
    """Verdicts as codes: 1 for right, 0 for wrong, -1 for none.

    Parameters
    ----------
    right : DataFrame of object
    name : str
        For error messages.

    Returns
    -------
    ndarray of int8, shape (n_items, n_queries)

    Raises
    ------
    InputError
        If a cell is no verdict.

    See Also
    --------
    ensel.PredictionTable.of_verdicts : Makes a table of them.

    Examples
    --------
    >>> codes_of_verdicts(pd.DataFrame([[True, 0.0, None]], dtype=object), "pool").tolist()
    [[1, 0, -1]]
    """
    missing = right.isna().to_numpy()
    cells = right.to_numpy(dtype=object)
    passed, failed = cells == 1, cells == 0
    strange = ~(missing | passed.astype(bool) | failed.astype(bool))
    if strange.any():
        raise InputError(
            f"{name}: {cells[strange][0]!r} is no verdict; True or 1, False or 0, and NaN or None "
            "for a missing answer are needed"
        )
    return np.where(missing, np.int8(MISSING), passed.astype(np.int8))


def codes_of_texts(
    answers: pd.DataFrame,
    truths: Sequence[Any] | None,
    reader: str | Reader,
    rng: np.random.Generator,
    name: str,
) -> CodedTexts:
    """Sort the answers to each item into options, and draw the order of these.

    An answer belongs to the truth where the reader takes the two for the same, else to the most
    frequent answer that it is the same as. (Sameness need not be transitive: two roundings of a
    root may both be the truth, and yet differ. The truth has the first claim, so that every right
    answer is marked right.) What cannot be read is no answer, and where a truth cannot be read, no
    answer is right: to take the same text for right would let the truth decide which of the
    unreadable answers count. Each option is spelled as it was most often (of equally frequent
    spellings the shorter one), and the truth as the truth is.

    Parameters
    ----------
    answers : DataFrame of object, shape (n_items, n_queries)
    truths : sequence, shape (n_items,), or None
    reader : str or Reader
    rng : Generator
    name : str
        For error messages.

    Returns
    -------
    CodedTexts

    Raises
    ------
    InputError
        If there are more or fewer truths than items, or they are indexed differently.

    Warns
    -----
    InputWarning
        If a truth cannot be read.

    See Also
    --------
    ensel.PredictionTable.open : Makes a table of it.
    """
    reader = reader_named(reader)
    cells = [[_text(cell) for cell in row] for row in answers.to_numpy(dtype=object)]
    known = _truths(truths, answers, name)
    read = {text: reader.key(text) for text in {t for row in cells for t in row if t is not None}}

    codes = np.full(answers.shape, MISSING, dtype=np.int16)
    labels = np.full(len(cells), MISSING, dtype=np.int16)
    options = []
    for i, row in enumerate(cells):
        own = _Options(reader)
        if known is not None:
            own.add_truth(known[i])
        codes[i] = own.sort(row, read)
        order = rng.permutation(len(own.groups))  # old position of each new option
        place = np.append(np.argsort(order), MISSING)
        codes[i] = place[codes[i]]
        options.append(tuple(own.groups[old].spelling for old in order))
        if known is not None:
            labels[i] = place[0]  # the truth came first

    _warn_of_unreadable(known or [], reader, name)
    return CodedTexts(codes, None if known is None else labels, tuple(options), reader.name)


@dataclass
class _Group:
    """Answers to an item that count as one."""

    key: Hashable
    truth: str | None = None
    is_truth: bool = False
    spellings: Counter[str] = field(default_factory=Counter)

    @property
    def spelling(self) -> str | None:
        """How the option is spelled: None for a truth that is not known."""
        if self.is_truth:
            return self.truth
        return min(self.spellings, key=lambda text: (-self.spellings[text], len(text), text))


class _Options:
    """The options of an item, while they are found."""

    def __init__(self, reader: Reader) -> None:
        self.groups: list[_Group] = []
        self._reader = reader

    def add_truth(self, text: str | None) -> None:
        """Make the first option. What cannot be read is the same as nothing."""
        key = None if text is None else self._reader.key(text)
        self.groups.append(_Group(key, truth=text, is_truth=True))

    def sort(self, row: list[str | None], read: dict[str, Hashable | None]) -> list[int]:
        """Position of the option of each answer; -1 for none."""
        readable = Counter(read[t] for t in row if t is not None and read[t] is not None)
        first = {read[t]: j for j, t in reversed(list(enumerate(row))) if t is not None}
        # By frequency, so that the commonest answer stands for those that are the same as it.
        place_of = {
            key: self._place(key)
            for key in sorted(readable, key=lambda key: (-readable[key], first[key]))
        }

        places = []
        for text in row:
            place = MISSING if text is None else place_of.get(read[text], MISSING)
            if place != MISSING and text is not None:
                self.groups[place].spellings[text] += 1
            places.append(place)
        return places

    def _place(self, key: Hashable) -> int:
        """Position of the first option that a key is the same as; a new one, if there is none."""
        for place, group in enumerate(self.groups):
            if group.key is not None and self._reader.same(group.key, key):
                return place
        self.groups.append(_Group(key))
        return len(self.groups) - 1


def _text(cell: Any) -> str | None:
    """A cell as text; None for a missing one. Whole floats are written as integers."""
    if pd.isna(cell):
        return None
    text = str(cell).strip()
    if isinstance(cell, float | np.floating) and _WHOLE_FLOAT.fullmatch(text):
        text = text.partition(".")[0]
    return text or None


def _truths(truths: Any, answers: pd.DataFrame, name: str) -> list[str | None] | None:
    """The truth of each item as text; None where it is not known."""
    if truths is None:
        return None
    if isinstance(truths, pd.Series) and not truths.index.equals(answers.index):
        raise InputError(
            f"{name}: the truths are indexed differently from the answers; reindex them, or give "
            "a plain list in the order of the answers"
        )
    known = [_text(truth) for truth in truths]
    if len(known) != len(answers):
        raise InputError(f"{name}: {len(known)} truths for {len(answers)} items")
    return known


def _warn_of_unreadable(truths: list[str | None], reader: Reader, name: str) -> None:
    """Say which truths a reader cannot read."""
    strange = [text for text in truths if text is not None and reader.key(text) is None]
    if strange:
        warnings.warn(
            f"{name}: {len(strange)} truths cannot be read by {reader.name!r} "
            f"({shorten(strange, 3)}); there no answer is right (the reader 'verbatim' compares "
            "texts)",
            InputWarning,
            stacklevel=4,
        )
