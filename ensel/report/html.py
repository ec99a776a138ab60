"""A report as a fragment of HTML: headings, paragraphs and tables, with every text escaped."""

from __future__ import annotations

from html import escape

from ensel.report.blocks import Block, Cell, Column, Facts, Listing, Note, Paragraph, Table
from ensel.report.report import Report


def to_html(report: Report) -> str:
    """Turn a report into a fragment that needs nothing else.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        One ``<section>``. Hints for the command line are left out.

    Examples
    --------
    >>> print(to_html(Report("<script>", "a model", ((Paragraph("All is well."),),))))
    <section class="ensel-report">
    <h2>&lt;script&gt;</h2>
    <p>a model</p>
    <div>
    <p>All is well.</p>
    </div>
    </section>
    """
    lines = ['<section class="ensel-report">']
    if report.title:
        lines.append(f"<h2>{escape(report.title)}</h2>")
    if report.lead:
        lines.append(f"<p>{escape(report.lead)}</p>")

    for blocks in report.sections:
        lines += ["<div>", *map(_block, blocks), "</div>"]
    return "\n".join([*lines, "</section>"])


def _block(block: Block) -> str:
    match block:
        case Table():
            return _table(block)
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Note(text):
            return f'<p class="note"><strong>Note:</strong> {escape(text)}.</p>'
        case Listing(lines):
            items = "".join(f"<li>{escape(line)}</li>" for line in lines)
            return f"<ul>{items}</ul>"
        case Facts(pairs):
            items = "".join(
                f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs
            )
            return f"<dl>{items}</dl>"


def _table(table: Table) -> str:
    headers = "".join(
        f"<th{_style(column)}>{escape(column.header)}</th>" for column in table.columns
    )
    lines = ["<table>", f"<thead><tr>{headers}</tr></thead>", "<tbody>"]

    for row, texts in zip(table.rows, table.shown(), strict=True):
        columns = zip(table.columns, row, texts, strict=True)
        cells = "".join(_cell(column, cell, text) for column, cell, text in columns)
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join([*lines, "</tbody>", "</table>"])


def _cell(column: Column, cell: Cell, text: str) -> str:
    mark = column.mark(cell)
    kind = f' class="{mark}"' if mark else ""
    return f"<td{kind}{_style(column)}>{escape(text)}</td>"


def _style(column: Column) -> str:
    return ' style="text-align: right"' if column.align == "right" else ' style="text-align: left"'
