"""A report on a terminal: text and tables that fit its width."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from ensel.report.blocks import Block, Cell, Column, Facts, Listing, Note, Paragraph, Table
from ensel.report.report import Report

STYLES = {"better": "green", "worse": "red", "": ""}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Codes by which the name of a model could move the cursor."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # the command treats it alike wherever it happens


def print_report(report: Report, console: Console | None = None, *, hints: bool = True) -> None:
    """Print a report.

    Parameters
    ----------
    report : Report
    console : rich.console.Console, optional
        Default: standard output, as wide as the terminal.
    hints : bool
        Whether to name options of the command, such as ``--json FILE``.

    Examples
    --------
    >>> print_report(Report("pool", "2 queries", ((Paragraph("All is well."),),)))
    pool: 2 queries
    <BLANKLINE>
    All is well.
    """
    console = console or _Console(highlight=False, soft_wrap=False)
    heading = ": ".join(part for part in (report.title, report.lead) if part)
    if heading:
        console.print(_text(heading))

    for number, blocks in enumerate(report.sections):
        if number or heading:
            console.print()
        for block in blocks:
            _print_block(console, block, hints)


def as_text(report: Report, width: int = 80) -> str:
    """A report as plain text.

    Parameters
    ----------
    report : Report
    width : int
        Columns.

    Returns
    -------
    str

    Examples
    --------
    >>> as_text(Report("pool", "2 queries", ()))
    'pool: 2 queries'
    """
    console = Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=False)
    with console.capture() as captured:
        print_report(report, console, hints=False)
    return captured.get().rstrip("\n")


def _print_block(console: Console, block: Block, hints: bool) -> None:
    match block:
        case Table():
            console.print(_grid(block))
        case Paragraph(text, hint):
            console.print(_text(f"{text} {hint}" if hint and hints else text))
        case Note(text):
            console.print(_text(f"Note: {text}."))
        case Listing(lines):
            for line in lines:
                console.print(_text(f"  {line}"))
        case Facts(pairs):
            width = max((len(name) for name, _ in pairs), default=0)
            for name, value in pairs:
                console.print(_text(f"{name:{width}}   {value}"))


def _grid(table: Table) -> Grid:
    """The table as one of rich's."""
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in table.columns:
        grid.add_column(
            _text(column.header),
            justify="right" if column.align == "right" else "left",
            no_wrap=not column.wrap,
            overflow="fold" if column.wrap or column.align == "left" else "ellipsis",
        )

    for row, texts in zip(table.rows, table.shown(), strict=True):
        columns = zip(table.columns, row, texts, strict=True)
        grid.add_row(*(_cell(column, cell, text) for column, cell, text in columns))
    return grid


def _cell(column: Column, cell: Cell, text: str) -> Text:
    """A blank in place of a mark makes columns with marks and without equally wide."""
    mark = column.mark(cell)
    blank = " " if column.marked and text and not mark else ""
    return _text(text + blank, STYLES[mark])


def _text(text: str, style: str = "") -> Text:
    """Text as it is: brackets and colons in the name of a model mean nothing."""
    return Text(UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text), style=style)
