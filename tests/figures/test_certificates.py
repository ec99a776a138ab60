"""Certificates against labels: lines are the numbers, gaps stay gaps. All rows are simulated."""

import io

import numpy as np
import pandas as pd
import pytest

from ensel.figures.certificates import certificate_figure

NAN = float("nan")


@pytest.fixture
def rows():
    """Simulated: one of two losses is never certified with few labels."""
    return pd.DataFrame(
        {
            "dataset": "alike (simulated)",
            "n_labels": [4000, 200, 200, 4000],
            "loss": [0.01, 0.01, 0.02, 0.02],
            "share_certified": [1.0, 0.0, 0.5, 1.0],
            "mean_queries_bound": [3.0, NAN, 4.0, 2.5],
            "mean_queries": [2.8, NAN, 3.6, 2.4],
            "violations": [0.01, 0.0, 0.02, 0.0],
            "violations_high": [0.02, 0.005, 0.03, 0.004],
        }
    )


def lines_of(axis):
    return {line.get_label(): line for line in axis.get_lines()}


def test_lines_are_the_numbers_by_ascending_labels(rows):
    bound, certified, broken = certificate_figure(rows).axes
    lines = lines_of(bound)
    np.testing.assert_allclose(lines["loss of 1 point"].get_xdata(), [200, 4000])
    np.testing.assert_allclose(lines["loss of 1 point"].get_ydata(), [NAN, 3.0])
    np.testing.assert_allclose(lines["loss of 2 points"].get_ydata(), [4.0, 2.5])
    assert "true mean" in lines
    shares = [line.get_ydata() for line in certified.get_lines()]
    np.testing.assert_allclose(shares, [(0, 100), (50, 100)])
    np.testing.assert_allclose(lines_of(broken)["may be broken so often"].get_ydata(), 5.0)
    # a mark and a bar up to the limit for each number of labels and loss
    tops = [segment[1][1] for lines in broken.collections for segment in lines.get_segments()]
    np.testing.assert_allclose(tops, [0.5, 2.0, 3.0, 0.4])


def test_another_confidence_may_be_broken_more_often(rows):
    broken = certificate_figure(rows.assign(confidence=0.9)).axes[2]
    np.testing.assert_allclose(lines_of(broken)["may be broken so often"].get_ydata(), 10.0)


@pytest.mark.parametrize(
    "away", [["violations", "violations_high"], ["mean_queries"], ["violations_high"]]
)
def test_what_is_not_known_is_not_drawn(rows, away):
    figure = certificate_figure(rows.drop(columns=away))
    assert len(figure.axes) == (2 if "violations" in away else 3)
    assert ("true mean" in lines_of(figure.axes[0])) == ("mean_queries" not in away)


def test_many_pools_and_losses_nothing_certified(rows):
    many = pd.concat([rows.assign(dataset=f"pool {i} (simulated)") for i in range(5)])
    many = pd.concat([many.assign(loss=loss, mean_queries_bound=NAN) for loss in np.arange(1, 7)])
    figure = certificate_figure(many)
    assert len(figure.axes) == 15
    assert figure.axes[0].get_title() == "pool 0\n(simulated)"
    figure.savefig(io.BytesIO(), format="png", dpi=30)
