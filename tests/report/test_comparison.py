"""The report of a comparison."""

import numpy as np
import pandas as pd
import pytest

from ensel import compare
from ensel.heldout import Comparison
from ensel.report import Table
from ensel.report.comparison import BUDGETS_PER_TABLE, comparison_report


def row(method, vote, budget, accuracy, difference, half=0.01):
    return {
        "method": method,
        "vote": vote,
        "budget": budget,
        "accuracy": accuracy,
        "accuracy_low": accuracy - 0.02,
        "accuracy_high": accuracy + 0.02,
        "diff_vs_top_k": difference,
        "diff_vs_top_k_low": difference - half,
        "diff_vs_top_k_high": difference + half,
    }


def comparison(rows, skipped=()):
    frame = pd.DataFrame(rows)
    frame["mean_queries"] = frame["budget"].astype(float)
    if "diff_equal_queries" not in frame:
        frame["diff_equal_queries"] = np.nan
    return Comparison("pool", 100, 2, 50, 5, 0, frame, list(skipped))


def test_marks_are_of_differences_that_leave_out_zero():
    rows = [row("a", "map", 1, 0.9, 0.05), row("a", "map", 2, 0.8, -0.05)]
    rows += [row("b", "own", 1, 0.85, 0.005)]
    table = comparison_report(comparison(rows)).blocks[0]
    assert table.rows == (
        ("a", "map", (0.9, "+"), (0.8, "-")),
        ("b", "", (0.85, ""), None),
    )


def test_many_budgets_take_several_tables(small_imdb):
    budgets = range(1, BUDGETS_PER_TABLE + 2)
    result = compare(small_imdb, methods=["single-best", "top-k"], budgets=budgets, n_splits=1)
    tables = [block for block in comparison_report(result).blocks if isinstance(block, Table)]
    assert [len(table.columns) - 2 for table in tables] == [BUDGETS_PER_TABLE, 1]
    assert "single-best" not in {cells[0] for cells in tables[1].rows}  # it has one budget


def test_reasons_of_what_was_skipped_are_said_once():
    skipped = [{"method": "a", "budget": budget, "reason": "too few"} for budget in (2, 3)]
    report = comparison_report(comparison([row("a", "map", 1, 0.9, 0.0)], skipped))
    assert [block.text for block in report.blocks[-1:]] == ["Skipped a at budget 2, 3: too few."]


@pytest.mark.parametrize("method", ["single-best", "top-k"])
def test_the_single_best_is_said_where_it_was_compared(small_imdb, method):
    report = comparison_report(compare(small_imdb, methods=[method], budgets=[1], n_splits=1))
    said = any(getattr(block, "text", "").startswith("The single best") for block in report.blocks)
    assert said == (method == "single-best")
