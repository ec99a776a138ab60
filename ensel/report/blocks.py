"""What a report is made of: paragraphs, facts, lists, notes and tables, all of plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Cell = Any
"""What a table's cell holds: text, a number, a tuple of them, or None where nothing is known."""

MARKS = {"+": "better", "-": "worse"}
"""What the mark after a number means."""


@dataclass(frozen=True)
class Paragraph:
    """Whole sentences.

    Attributes
    ----------
    text : str
    hint : str
        What to type at the command line for more; only the terminal shows it, after the text.
    """

    text: str
    hint: str = ""


@dataclass(frozen=True)
class Note:
    """A warning: one sentence, without its full stop.

    Attributes
    ----------
    text : str
    """

    text: str


@dataclass(frozen=True)
class Listing:
    """Short lines, one under the other.

    Attributes
    ----------
    lines : tuple of str
    """

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names and what they are: the result at a glance.

    Attributes
    ----------
    pairs : tuple of (str, str)
        Name and value.
    """

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """How a column of a table looks.

    Attributes
    ----------
    header : str
    spec : str
        `str.format` of a cell; a tuple fills several fields: ``"{:.1f} [{:.1f}, {:.1f}]"``.
    scale : float
        What decimal numbers are multiplied by first: 100 for percent. Whole numbers are counts,
        and stay.
    align : str
        ``"left"`` or ``"right"``.
    wrap : bool
        Whether a cell may take several lines.
    missing : str
        What stands for None.
    marked : bool
        Whether a cell is a number and a mark: ``"+"`` better, ``"-"`` worse, ``""`` neither.
    once : bool
        Whether a cell like the one above it is left blank.

    Examples
    --------
    >>> Column("accuracy %", "{:.1f} [{:.1f}, {:.1f}]", scale=100).shown((0.5, 0.45, 0.551))
    '50.0 [45.0, 55.1]'
    >>> Column("accuracy %", "{:.1f}", scale=100).shown(None)
    '-'
    """

    header: str
    spec: str = "{}"
    scale: float = 1.0
    align: str = "right"
    wrap: bool = False
    missing: str = "-"
    marked: bool = False
    once: bool = False

    def shown(self, cell: Cell) -> str:
        """The text of a cell.

        Parameters
        ----------
        cell : str, int, float, tuple or None

        Returns
        -------
        str
        """
        if is_missing(cell):
            return self.missing
        parts = cell if isinstance(cell, tuple) else (cell,)
        scaled = [self.scale * part if isinstance(part, float) else part for part in parts]
        return self.spec.format(*scaled)

    def mark(self, cell: Cell) -> str:
        """``"better"``, ``"worse"`` or nothing, by the mark of a cell."""
        return MARKS.get(cell[1], "") if self.marked and isinstance(cell, tuple) else ""


def text_column(header: str, *, wrap: bool = True, once: bool = False) -> Column:
    """Column of text, at the left.

    Parameters
    ----------
    header : str
    wrap, once : bool
        See `Column`.

    Returns
    -------
    Column
    """
    return Column(header, align="left", wrap=wrap, once=once)


@dataclass(frozen=True)
class Table:
    """Rows of cells under typed columns.

    Attributes
    ----------
    columns : tuple of Column
    rows : tuple of tuple
        A cell a column: text, a number, a tuple of them, or None where nothing is known. The
        numbers are those of the result; a column says how they look.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def shown(self) -> list[list[str]]:
        """The text of every cell.

        Returns
        -------
        list of list of str
            One list a row.

        Examples
        --------
        >>> table = Table((text_column("method", once=True), Column("%")), (("a", 1), ("a", 2)))
        >>> table.shown()
        [['a', '1'], ['', '2']]
        """
        above: tuple[Cell, ...] = (object(),) * len(self.columns)
        texts = []

        for row in self.rows:
            texts.append(
                [
                    "" if column.once and cell == before else column.shown(cell)
                    for column, cell, before in zip(self.columns, row, above, strict=True)
                ]
            )
            above = row
        return texts


Block = Paragraph | Note | Listing | Facts | Table


def is_missing(cell: Cell) -> bool:
    """Whether a cell, or its first number, is None or NaN.

    Examples
    --------
    >>> [is_missing(cell) for cell in (None, float("nan"), (float("nan"), 1.0), 0, "")]
    [True, True, True, False, False]
    """
    first = cell[0] if isinstance(cell, tuple) else cell
    return first is None or (isinstance(first, float) and math.isnan(first))
