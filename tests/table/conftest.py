"""A small table, of which tests change one thing at a time."""

from collections.abc import Callable

import pytest

from ensel import PredictionTable


def small_table(**changes) -> PredictionTable:
    arguments = {
        "answers": [[0, 1, 2], [1, 1, -1], [2, 0, 2], [0, 0, 0]],
        "labels": [0, 1, 2, 0],
        "classes": "ABC",
        "queries": ["p", "q#1", "q#2"],
        "items": ["w", "x", "y", "z"],
    } | changes
    answers, labels = arguments.pop("answers"), arguments.pop("labels")
    return PredictionTable(answers, labels, **arguments)


@pytest.fixture
def table() -> Callable[..., PredictionTable]:
    """Makes a table of four items and three queries; arguments replace its own."""
    return small_table
