"""The report of accuracy against money."""

import pandas as pd

from ensel.choosing import Frontier
from ensel.report.frontier import frontier_report


def row(money, method, queries, accuracy, *, worth_it=True):
    numbers = {"accuracy": accuracy, "gain_vs_single": 0.01}
    intervals = {f"{name}_low": value - 0.01 for name, value in numbers.items()}
    intervals |= {f"{name}_high": value + 0.01 for name, value in numbers.items()}
    return {
        "money": money,
        "cost": money,
        "method": method,
        "vote": "own-answer" if method == "single-best" else "map",
        "queries": queries,
        "worth_it": worth_it,
        **numbers,
        **intervals,
    }


def report_of(*rows):
    return frontier_report(Frontier("pool", 1000, pd.DataFrame(list(rows)), "USD"))


def test_rows_and_what_is_bought():
    report = report_of(row(0.5, "single-best", ["a"], 0.8), row(2.0, "top-k", ["a", "b"], 0.9))
    assert report.title == "Accuracy against money on pool (1,000 items), in USD"
    assert report.blocks[0].shown() == [
        ["0.5", "0.5", "1", "80.0 [79.0, 81.0]", "-", "single-best", ""],
        ["2", "2", "2", "90.0 [89.0, 91.0]", "+1.0 [+0.0, +2.0]", "top-k + map", ""],
    ]
    assert [block.text for block in report.blocks[-2:]] == ["0.5: a", "2: a, b"]


def test_what_is_not_worth_it_has_a_star():
    report = report_of(
        row(0.5, "single-best", ["a"], 0.8),
        row(2.0, "top-k", ["a", "b"], 0.8, worth_it=False),
    )
    assert [cells[-1] for cells in report.blocks[0].rows] == ["", "*"]
    assert report.blocks[1].text.startswith("* something cheaper")
    assert [block.text for block in report.blocks[-1:]] == ["0.5: a"]
