"""The comparison figure shows what the result holds."""

import numpy as np
import pytest

from ensel import compare
from ensel.figures.comparison import votes_figure


@pytest.fixture(scope="module")
def result(imdb):
    table = imdb.subset(items=slice(0, None, 50), queries=imdb.query_names[::5])
    return compare(table, budgets=[1, 2, 4], n_splits=2)


def test_lines_are_the_numbers(result):
    figure = result.figure()
    above = [axis for axis in figure.axes if axis.get_title()]
    assert [axis.get_title() for axis in above] == [
        "majority vote",
        "weighted vote",
        "map vote",
        "logit vote",
    ]
    for axis, vote in zip(above, ("majority", "weighted", "map", "logit"), strict=True):
        lines = {line.get_label(): line for line in axis.get_lines()}
        rows = result.rows[(result.rows["vote"] == vote) & (result.rows["method"] == "greedy-mi")]
        np.testing.assert_allclose(lines["greedy-mi"].get_ydata(), 100 * rows["accuracy"])
        assert "single-best" in lines


def test_caption_says_data_and_size(result):
    assert "n = 500 items, 250 to learn from, 2 random splits" in result.figure().get_supxlabel()


def test_one_method_alone_can_be_drawn(imdb):
    table = imdb.subset(items=slice(0, None, 50), queries=imdb.query_names[::5])
    figure = compare(table, methods=["single-best"], n_splits=1).figure()
    assert figure.axes


def test_a_method_of_ones_own_can_be_drawn(result):
    rows = result.rows.replace({"method": {"mrmr": "mine"}})
    about = {"dataset": "mine", "n_items": 500, "n_train": 250, "n_splits": 2}
    figure = votes_figure(rows, **about)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert {"mine", "top-k"} <= set(labels)
