"""The report of `compare`: held-out accuracies, a row per method and vote, a column per budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ensel.exceptions import shorten
from ensel.heldout.candidates import SINGLE
from ensel.heldout.comparison import Comparison
from ensel.report.blocks import Block, Cell, Column, Paragraph, Table, text_column
from ensel.report.phrases import estimate, merged, vote_name
from ensel.report.report import Report, section, sections

BUDGETS_PER_TABLE = 8


def comparison_report(result: Comparison) -> Report:
    """Report held-out accuracies at equal budgets.

    Parameters
    ----------
    result : Comparison

    Returns
    -------
    Report

    Examples
    --------
    >>> from ensel import compare, load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 100), queries=slice(0, None, 30))
    >>> report = comparison_report(compare(pool, methods=["top-k"], votes=["map"], budgets=[1]))
    >>> report.title
    'Held-out accuracy (%) on imdb'
    """
    parts = sections(
        *(section(table) for table in _accuracies(result)),
        _in_sequence(result),
        section(
            _legend(result),
            _single_best(result),
            *merged(result.copies),
            *_early_stops(result),
            *_skipped(result),
        ),
    )
    return Report(
        title=f"Held-out accuracy (%) on {result.dataset}",
        lead=(
            f"{result.n_train:,} of {result.n_items:,} items to learn from, mean of "
            f"{result.n_splits} random splits; a column per budget (queries a question)."
        ),
        sections=parts,
    )


def _accuracies(result: Comparison) -> list[Table]:
    """Tables of a few budgets each, so that they fit a page."""
    wide, marks = result.accuracy_table(), _marks(result)
    budgets = list(wide.columns)
    if wide.empty:
        return []
    starts = range(0, len(budgets), BUDGETS_PER_TABLE)
    return [_table(wide[budgets[start : start + BUDGETS_PER_TABLE]], marks) for start in starts]


def _in_sequence(result: Comparison) -> tuple[Block, ...]:
    """What asks in sequence, by the most queries that it may ask."""
    rows = result.sequence_rows
    if not len(rows):
        return ()
    with_cost = not rows["cost"].isna().any()
    unit, same = ("cost", "cost") if with_cost else ("queries", "number of queries")
    columns = (
        text_column("in sequence", once=True, wrap=False),
        Column("most"),
        Column("mean", "{:.2f}"),
        *([Column("cost", "{:.3g}")] if with_cost else []),
        Column("accuracy %", "{:.1f}", scale=100),
        Column(f"at equal {unit}", "{:+.1f} [{:+.1f}, {:+.1f}]", scale=100),
    )
    shown = [_sequence_row(row, with_cost) for row in rows.to_dict("records")]
    return (
        Table(columns, tuple(shown)),
        Paragraph(
            "In sequence: most queries, and their mean; points against fixed sets "
            f"({result.in_sequence}) of the same mean {same}"
            ": a coin between the next smaller and the next larger one."
        ),
    )


def _sequence_row(row: dict[str, Any], with_cost: bool) -> tuple[Cell, ...]:
    return (
        str(row["method"]),
        int(row["budget"]),
        float(row["mean_queries"]),
        *([float(row["cost"])] if with_cost else []),
        float(row["accuracy"]),
        estimate(row, "diff_equal_cost" if with_cost else "diff_equal_queries"),
    )


def _marks(result: Comparison) -> dict[tuple[str, str, int], str]:
    """``+`` or ``-`` of the rows that differ from the baseline for sure."""
    marks = {}
    for row in result.rows.itertuples():
        if row.diff_vs_top_k_low > 0:
            marks[row.method, row.vote, row.budget] = "+"
        elif row.diff_vs_top_k_high < 0:
            marks[row.method, row.vote, row.budget] = "-"
    return marks


def _early_stops(result: Comparison) -> list[Block]:
    """What is asked on average by methods that do not ask their whole budget of every item."""
    others = result.rows.drop(result.sequence_rows.index)
    rows = others[others["mean_queries"] < others["budget"] - 0.005]
    return [
        Paragraph(
            f"{row.method} asks {row.mean_queries:.2f} queries a question on average"
            + ("" if pd.isna(row.cost) else f", for {row.cost:.3g}")
            + f"; it stands in column {row.budget}, the most that it may ask, and is compared with "
            "sets of that size."
        )
        for row in rows.itertuples()
    ]


def _table(wide: pd.DataFrame, marks: dict[tuple[str, str, int], str]) -> Table:
    columns = (
        text_column("method", once=True),
        text_column("vote", wrap=False),
        *(
            Column(f"{budget}", "{:.1f}{}", scale=100, missing="", marked=True)
            for budget in wide.columns
        ),
    )

    rows = []
    for (method, vote), accuracies in wide.iterrows():
        if accuracies.isna().all():
            continue
        cells: Sequence[Cell] = [
            None if pd.isna(value) else (float(value), marks.get((method, vote, budget), ""))
            for budget, value in accuracies.items()
        ]
        rows.append((str(method), vote_name(vote), *cells))
    return Table(columns, tuple(rows))


def _legend(result: Comparison) -> Paragraph:
    return Paragraph(
        f"+ above, - below {result.baseline} at the same budget (95 % interval of the paired "
        "difference leaves out 0).",
        hint="All intervals: --json FILE; a picture: --figure FILE.",
    )


def _single_best(result: Comparison) -> Paragraph | None:
    single = result.rows[result.rows["method"] == SINGLE]
    if not len(single):
        return None
    accuracy = estimate(single.iloc[0].to_dict(), "accuracy")
    return Paragraph(f"The single best query alone: {accuracy.percent}.")


def _skipped(result: Comparison) -> list[Block]:
    """What could not be filled, a sentence for each method and reason."""
    budgets: dict[tuple[str, str], list[int]] = {}
    for entry in result.skipped:
        budgets.setdefault((entry["method"], entry["reason"]), []).append(entry["budget"])
    return [
        Paragraph(f"Skipped {method} at budget {shorten(skipped, 10)}: {reason}.")
        for (method, reason), skipped in budgets.items()
    ]
