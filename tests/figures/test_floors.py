"""A floor's picture is drawn from its rows: from a CSV as from the result."""

from dataclasses import replace

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from ensel import error_floor
from ensel.figures.floor_lines import REFUTED, floor_lines
from ensel.figures.floors import LINES, error_by_size_figure, floors_figure, one_floor_figure
from ensel.heldout.intervals import Estimate
from ensel.studies.paper.recipe import csv_text, from_csv


@pytest.fixture(scope="module")
def floor(imdb):
    table = imdb.subset(items=slice(0, None, 50), queries=slice(0, None, 12))
    return error_floor(table, n_boot=3, progress=False)


def pixels(figure, path):
    figure.savefig(path, format="png", dpi=40)
    return matplotlib.image.imread(path)


def test_rows_hold_every_line_and_the_estimates(floor):
    rows = floor_lines(floor)
    assert set(rows["line"]) <= set(LINES)
    by_line = rows.set_index("line")
    assert by_line.loc["vote limit", "error"] == floor.estimates["vote_limit"].value
    whole = by_line.loc["bayes, all queries" + (REFUTED if floor.model_refuted else "")]
    assert (whole["size"], whole["error"]) == (floor.n_models, floor.estimates["bayes_error"].value)


def refuted(floor):
    excess = {"rule_excess": Estimate(0.02, 0.01, 0.03)}
    return replace(floor, estimates={**floor.estimates, **excess})


def kept(floor):
    excess = {"rule_excess": Estimate(0.0, -0.01, 0.01)}
    return replace(floor, estimates={**floor.estimates, **excess})


def test_a_refuted_line_c_is_drawn_as_such(floor):
    """Another name in the rows, so that pictures from a CSV say it as well; the same numbers."""
    known, broken = floor_lines(kept(floor)), floor_lines(refuted(floor))
    renamed = known["line"].replace(
        {"bayes": "bayes (refuted)", "bayes, all queries": "bayes, all queries (refuted)"}
    )
    pd.testing.assert_frame_equal(known.assign(line=renamed), broken)

    drawn = {}
    for result in (kept(floor), refuted(floor)):
        (axis,) = error_by_size_figure(result).axes
        lines = [line for line in axis.get_lines() if "(c)" in line.get_label()]
        drawn[result.model_refuted] = {line.get_label(): line for line in lines}
    assert not any("refuted" in label for label in drawn[False])
    believed = drawn[True]["(c) refuted: believed of best subset"]
    assert believed.get_linestyle() == "--"  # what matplotlib calls any dashes
    assert drawn[False]["(c) best subset, best rule, copula"].get_linestyle() == "-"
    assert "(c) refuted: believed of all queries" in drawn[True]
    assert "(c) all queries" not in drawn[True]


def test_rows_from_a_csv_draw_the_same_picture(floor, tmp_path):
    again = from_csv(csv_text(floor_lines(floor)))
    about = {"dataset": floor.dataset, "n_queries": floor.n_models, "n_items": floor.n_items}
    one = pixels(error_by_size_figure(floor), tmp_path / "one.png")
    two = pixels(one_floor_figure(again, **about), tmp_path / "two.png")
    np.testing.assert_allclose(one, two, atol=0.02)


def test_several_floors_share_one_legend(floor):
    rows = floor_lines(floor)
    both = [rows.assign(dataset=name, n_items=floor.n_items) for name in ("a", "b")]
    figure = floors_figure(pd.concat(both, ignore_index=True))
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == [f"{name}: {floor.n_models} queries,\nn = 500 items" for name in ("a", "b")]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(labels) == len(set(labels))
