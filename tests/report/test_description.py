"""The report of a pool."""

from dataclasses import replace

import numpy as np

from ensel import PredictionTable, describe
from ensel.error_model import count_opinions
from ensel.report import Note, Paragraph, Table
from ensel.report.description import MOST_QUERIES, description_report


def table_of(n_queries: int) -> PredictionTable:
    """Every query is right about the first and the third of four items, and they are alike."""
    answers = [[code] * n_queries for code in (0, 0, 1, 1)]
    names = [f"query {number}" for number in range(n_queries)]
    return PredictionTable(answers, [0, 1, 1, 0], classes=["no", "yes"], queries=names)


def texts(report) -> list[str]:
    return [getattr(block, "text", "") for block in report.blocks]


def test_only_the_most_accurate_unless_all_are_asked_for():
    result = describe(table_of(MOST_QUERIES + 3))
    report = description_report(result)
    assert len(report.blocks[0].rows) == MOST_QUERIES
    assert Paragraph("... and 3 less accurate ones", "(--all prints them)") in report.blocks
    assert len(description_report(result, every=True).blocks[0].rows) == MOST_QUERIES + 3


def test_queries_no_better_than_guessing_are_named():
    """Two of four items right are as many as always "no" would get."""
    said = texts(description_report(describe(table_of(2))))
    assert "No better than always answering no (50.0 %): query 0, query 1." in said


def test_copies_of_columns_are_named():
    assert "Duplicate columns: query 1 = query 0" in texts(
        description_report(describe(table_of(2)))
    )


def test_near_copies_and_samples_of_one_model_are_told_apart():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200)
    answers = np.where(rng.random((200, 4)) < 0.7, labels[:, None], rng.integers(0, 3, (200, 4)))
    near = answers[:, 0].copy()
    near[0] = (near[0] + 1) % 3
    table = PredictionTable(
        np.column_stack([answers, near, answers[:, 1]]),
        labels,
        classes="xyz",
        queries=["a", "b#1", "c", "d", "e", "b#2"],
    )
    said = texts(description_report(describe(table)))
    assert "e is a copy of a (same answer on 99.5 % of 200 items): counted as one." in said
    assert "identical samples of one model, which all count: b#2 = b#1." in said


def test_opinions_stand_at_the_end(small_imdb):
    report = description_report(describe(small_imdb))
    last = report.sections[-2]
    assert last[0].text.startswith("10 models are about ")
    assert "(gain ceiling, 95 %)" in last[2].text
    assert report.sections[-1][1].columns[1].header == "CAPA"


def test_opinions_that_are_known_are_not_counted_again(small_imdb):
    known = replace(count_opinions(small_imdb), notes=["known"])
    report = description_report(describe(small_imdb), opinions=known)
    assert Note("known") in report.blocks


def test_two_queries_have_no_table_of_pairs():
    report = description_report(describe(table_of(2)))
    assert not any(
        column.header == "CAPA"
        for block in report.blocks
        if isinstance(block, Table)
        for column in block.columns
    )
