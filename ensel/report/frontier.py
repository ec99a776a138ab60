"""The report of `frontier`: what each sum of money would buy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ensel.exceptions import shorten
from ensel.heldout.candidates import SINGLE
from ensel.heldout.settings import ADAPTIVE
from ensel.report.blocks import Block, Cell, Column, Paragraph, Table, text_column
from ensel.report.phrases import estimate, merged, policy_name
from ensel.report.report import Report, section, sections

if TYPE_CHECKING:
    from ensel.choosing import Frontier

COLUMNS = (
    Column("money", "{:.3g}"),
    Column("cost", "{:.3g}"),
    Column("buys", "{}"),
    Column("expected %", "{:.1f} [{:.1f}, {:.1f}]", scale=100),
    Column("gain on single", "{:+.1f} [{:+.1f}, {:+.1f}]", scale=100),
    text_column("method"),
    Column(""),
)


def frontier_report(result: Frontier) -> Report:
    """Report accuracy against money.

    Parameters
    ----------
    result : Frontier

    Returns
    -------
    Report

    Examples
    --------
    >>> from ensel import frontier, load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 100), queries=slice(0, None, 30))
    >>> frontier_report(frontier(pool, levels=[0.2], n_boot=2)).title
    'Accuracy against money on imdb (250 items), in CPU ms per review'
    """
    unit = result.cost_unit or "the unit of the file"
    rows = tuple(_row(row) for row in result.rows.to_dict("records"))
    parts = sections(
        section(Table(COLUMNS, rows)),
        section(_cheaper(result)),
        section(
            Paragraph("gain on single: over the best single query that the money buys, in points."),
            *_purchases(result),
            *merged(result.copies),
        ),
    )
    title = f"Accuracy against money on {result.dataset} ({result.n_items:,} items), in {unit}"
    return Report(title, lead="", sections=parts)


def _row(row: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        float(row["money"]),
        float(row["cost"]),
        _bought(row),
        estimate(row, "accuracy"),
        None if row["method"] == SINGLE else estimate(row, "gain_vs_single"),
        policy_name(row["method"], row["vote"]),
        "" if row["worth_it"] else "*",
    )


def _bought(row: dict[str, Any]) -> str:
    """How many queries; of what asks in sequence, how many on average of how many."""
    if row["method"] == ADAPTIVE:
        return f"{row['mean_queries']:.1f} of {len(row['queries'])}"
    return str(len(row["queries"]))


def _cheaper(result: Frontier) -> Paragraph | None:
    if result.rows["worth_it"].all():
        return None
    return Paragraph("* something cheaper is expected to be as accurate.")


def _purchases(result: Frontier) -> list[Block]:
    """The queries behind each sum that is worth it."""
    worth_it = result.rows[result.rows["worth_it"]].drop_duplicates("cost")
    return [
        Paragraph(f"{row['cost']:.3g}: {shorten(row['queries'], 8)}")
        for row in worth_it.to_dict("records")
    ]
