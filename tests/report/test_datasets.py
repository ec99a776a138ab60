"""The report of the datasets."""

from ensel.datasets import DATASETS
from ensel.report.datasets import datasets_report


def test_a_row_for_each_dataset():
    table = datasets_report(DATASETS.values()).blocks[0]
    assert [cells[0] for cells in table.rows] == list(DATASETS)
    assert {cells[2] for cells in table.rows} <= {"embedded", "yes", "no"}
