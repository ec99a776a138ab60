"""How cells are shown."""

import pytest

from ensel.report.blocks import Column, Table, text_column

NAN = float("nan")


@pytest.mark.parametrize(
    ("column", "cell", "shown"),
    [
        (Column("n", "{:,}"), 1234, "1,234"),
        (Column("%", "{:.1f}", scale=100), 0.123, "12.3"),
        (Column("%", "{:.1f}", scale=100), NAN, "-"),
        (Column("%", "{:.1f}", missing=""), None, ""),
        (Column("95 %", "{:.1f}-{:.1f}", scale=100), (0.1, 0.2), "10.0-20.0"),
        (Column("95 %", "{:.1f}-{:.1f}", scale=100), (NAN, NAN), "-"),
        (Column("%", "{:.1f}{}", scale=100, marked=True), (0.5, "+"), "50.0+"),
        (Column("n", scale=100), 3, "3"),  # a count is no share
        (text_column("name"), "{}", "{}"),
    ],
)
def test_a_cell_is_shown_as_its_column_says(column, cell, shown):
    assert column.shown(cell) == shown


def test_marks_have_a_meaning():
    column = Column("%", "{:.1f}{}", marked=True)
    assert [column.mark((1.0, mark)) for mark in ("+", "-", "")] == ["better", "worse", ""]
    assert column.mark(None) == ""
    assert Column("95 %", "{}{}").mark((1.0, "+")) == ""


def test_a_repeated_cell_is_blank_only_where_asked():
    rows = (("a", "x"), ("a", "x"), ("b", "x"), ("a", "x"))
    table = Table((text_column("method", once=True), text_column("vote")), rows)
    assert table.shown() == [["a", "x"], ["", "x"], ["b", "x"], ["a", "x"]]
