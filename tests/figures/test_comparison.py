"""The comparison figure shows what the result holds."""

import numpy as np
import pytest

from ensel import compare
from ensel.figures.comparison import votes_figure


@pytest.fixture(scope="module")
def small(imdb):
    return imdb.subset(items=slice(0, None, 50), queries=imdb.query_names[::5])


@pytest.fixture(scope="module")
def result(small):
    return compare(small, budgets=[1, 2, 4], n_splits=2)


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


def test_one_method_alone_can_be_drawn(small):
    figure = compare(small, methods=["single-best"], n_splits=1).figure()
    assert figure.axes


def test_a_method_of_ones_own_can_be_drawn(result):
    rows = result.rows.replace({"method": {"mrmr": "mine"}})
    about = {"dataset": "mine", "n_items": 500, "n_train": 250, "n_splits": 2}
    figure = votes_figure(rows, **about)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert {"mine", "top-k"} <= set(labels)


@pytest.fixture(scope="module")
def asking(small):
    """Sets and policies that ask in sequence, side by side."""
    methods = ["single-best", "greedy-mi", "adaptive", "esc"]
    return compare(small, methods=methods, votes=["map", "logit"], budgets=[1, 4], n_splits=2)


def test_what_asks_in_sequence_is_a_mark_above_and_not_below(asking):
    figure = asking.figure()
    above = [axis for axis in figure.axes if axis.get_title()]
    below = [axis for axis in figure.axes if axis.get_xlabel()]
    assert [axis.get_title() for axis in above] == ["map vote", "logit vote"]
    rows = asking.rows[(asking.rows["method"] == "adaptive") & (asking.rows["budget"] == 4)]
    assert rows["mean_queries"].max() < 4  # it stops early, so a mark at its budget would be wrong
    for axis in above:
        marks = {line.get_label(): line for line in axis.get_lines()}["adaptive + logit"]
        np.testing.assert_allclose(marks.get_xdata(), rows["mean_queries"])
        np.testing.assert_allclose(marks.get_ydata(), 100 * rows["accuracy"])
        assert marks.get_linestyle() == "None"
        low, high = axis.get_ylim()
        assert low < 100 * rows["accuracy"].min() <= 100 * rows["accuracy"].max() < high
    for axis in below:  # the level of no difference, and greedy-mi
        assert len(axis.get_lines()) == 2
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["single-best", "greedy-mi", "adaptive + logit", "esc + majority"]


def test_nothing_but_sequences_is_one_panel_with_its_size(asking):
    rows = asking.rows[asking.rows["method"] != "greedy-mi"]
    about = {"dataset": "imdb", "n_items": 500, "n_train": 250, "n_splits": 2}
    figure = votes_figure(rows, **about)
    (axis,) = figure.axes
    assert axis.get_title() == "imdb"
    assert {one.get_label() for one in axis.containers} == {"adaptive + logit", "esc + majority"}
    said = figure.get_supxlabel().replace("\n", " ")
    assert "n = 500 items, 250 to learn from, 2 random splits; bars: 95 % of" in said
