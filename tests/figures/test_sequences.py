"""Asking in sequence: marks at their mean queries, bars from the line of fixed sets, stops."""

import numpy as np
import pandas as pd
import pytest

from ensel.figures.sequences import in_sequence, sequence_figure, stops_figure

NAN = float("nan")


@pytest.fixture
def rows():
    """Made-up numbers: fixed sets of 1 to 3, the single best query, and two that ask in sequence.

    At 2 queries on average, adaptive is .04 above the fixed set of 2, interval .01 to .07; esc is
    .06 below the coin between 2 and 3.
    """
    columns = ["method", "vote", "budget", "mean_budget", "accuracy", "mean_queries"]
    policies = [
        ("single-best", "own-answer", 1, NAN, 0.80, 1.0),
        ("greedy-logit", "logit", 3, NAN, 0.88, 3.0),
        ("greedy-logit", "logit", 1, NAN, 0.80, 1.0),
        ("greedy-logit", "logit", 2, NAN, 0.84, 2.0),
        ("adaptive", "logit", 3, NAN, 0.88, 2.0),
        ("adaptive", "logit", 3, 1.5, 0.85, 1.5),
        ("esc", "majority", 3, NAN, 0.80, 2.5),
        ("fixed-confidence", "logit", 3, NAN, NAN, NAN),  # could not be filled
    ]
    differences = [(NAN,) * 3] * 4 + [(0.04, 0.01, 0.07), (0.03, -0.01, 0.07)]
    differences += [(-0.06, -0.09, -0.03), (NAN,) * 3]
    frame = pd.DataFrame(policies, columns=columns)
    names = [f"diff_equal_queries{end}" for end in ("", "_low", "_high")]
    frame[names] = differences
    return frame.assign(dataset="made-up", n_items=1000, n_train=300)


def containers(axis):
    """Marks with their bars, by label."""
    return {one.get_label(): one for one in axis.containers}


def test_marks_stand_at_mean_queries_and_bars_start_from_the_line(rows):
    (axis,) = sequence_figure(rows).axes
    assert axis.get_title() == "made-up\nn = 1,000, 300 labels"
    marks = containers(axis)
    assert set(marks) == {"adaptive + logit", "adaptive + logit, mean limited", "esc + majority"}
    mark, _, (bar,) = marks["adaptive + logit"].lines
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (2.0, 88.0)
    # The set of two gets 84: the interval of the difference, 1 to 7 points, is drawn from there.
    np.testing.assert_allclose(bar.get_segments()[0], [(2, 85), (2, 91)])
    # esc: the coin between 84 and 88 gets 86 at 2.5; less 9 to 3 points.
    _, _, (bar,) = marks["esc + majority"].lines
    np.testing.assert_allclose(bar.get_segments()[0], [(2.5, 77), (2.5, 83)])


def test_a_limited_mean_is_hollow(rows):
    marks = containers(sequence_figure(rows).axes[0])
    hollow = marks["adaptive + logit, mean limited"].lines[0]
    assert hollow.get_markerfacecolor() == "white"
    assert marks["adaptive + logit"].lines[0].get_markerfacecolor() != "white"
    assert hollow.get_marker() == marks["adaptive + logit"].lines[0].get_marker()


def test_fixed_sets_are_a_line_in_the_order_of_their_size(rows):
    (axis,) = sequence_figure(rows).axes
    lines = {line.get_label(): line for line in axis.get_lines()}
    sets = lines["fixed sets: greedy-logit + logit"]
    np.testing.assert_allclose(sets.get_xdata(), [1, 2, 3])
    np.testing.assert_allclose(sets.get_ydata(), [80, 84, 88])
    np.testing.assert_allclose(lines["single best query"].get_ydata(), 80)


def test_without_fixed_sets_their_line_is_what_differences_were_taken_to(rows):
    (axis,) = sequence_figure(rows[in_sequence(rows)]).axes
    lines = {line.get_label(): line for line in axis.get_lines()}
    rival = lines["fixed sets of as many queries"]
    # .85 - .03 at 1.5, .88 - .04 at 2, .80 + .06 at 2.5
    np.testing.assert_allclose(rival.get_xdata(), [1.5, 2.0, 2.5])
    np.testing.assert_allclose(rival.get_ydata(), [82, 84, 86])


def test_hindsight_is_thin_and_behind(rows):
    curves = pd.DataFrame(
        {"dataset": "made-up", "rule": "gain", "queries": [1.0, 2.0], "accuracy": [0.8, 0.9]}
    )
    (axis,) = sequence_figure(rows, curves).axes
    lines = {line.get_label(): line for line in axis.get_lines()}
    gain = lines["in hindsight: gain"]
    np.testing.assert_allclose(gain.get_ydata(), [80, 90])
    assert gain.get_linewidth() < lines["fixed sets: greedy-logit + logit"].get_linewidth()
    assert gain.get_zorder() < containers(axis)["adaptive + logit"].lines[0].get_zorder()


@pytest.mark.parametrize(("n", "shape"), [(2, (1, 2)), (4, (2, 2)), (5, (2, 3))])
def test_every_dataset_has_a_panel_and_every_column_a_label(rows, n, shape):
    figure = sequence_figure(pd.concat([rows.assign(dataset=f"pool {i}") for i in range(n)]))
    assert len(figure.axes) == n
    assert figure.axes[0].get_gridspec().get_geometry() == shape
    labelled = [axis for axis in figure.axes if axis.get_xlabel()]
    assert len(labelled) == shape[1]
    columns = {axis.get_subplotspec().colspan.start for axis in labelled}
    assert columns == set(range(shape[1]))


def test_rows_of_sets_alone_hold_nothing_in_sequence(rows):
    assert not in_sequence(rows.drop(columns="diff_equal_queries")).any()


def test_stops_are_shares_and_how_right_they_are():
    # Half stop after one query, and 90 % of those are right; four in ten after two; the rest, too
    # few to be drawn below, after four.
    stops = pd.DataFrame(
        {"dataset": "made-up", "asked": [4, 1, 2], "share": [0.001, 0.599, 0.4]}
    ).assign(accuracy=[0.0, 0.9, 0.6])
    above, below = stops_figure(stops).axes
    heights = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in above.patches}
    assert heights == pytest.approx({1: 59.9, 2: 40.0, 4: 0.1})
    # 0.599 + 0.8 + 0.004 queries on average
    assert [text.get_text() for text in above.texts] == ["mean 1.40"]
    (marks,) = below.collections
    np.testing.assert_allclose(marks.get_offsets(), [(1, 90), (2, 60)])
    level = next(line for line in below.get_lines() if line.get_label() == "all questions")
    np.testing.assert_allclose(level.get_ydata(), 100 * (0.599 * 0.9 + 0.4 * 0.6))
