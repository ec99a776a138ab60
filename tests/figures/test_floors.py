"""A floor's picture is drawn from its rows: from a CSV as from the result."""

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from ensel import error_floor
from ensel.figures.floor_lines import floor_lines
from ensel.figures.floors import LINES, error_by_size_figure, floors_figure, one_floor_figure
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
    whole = by_line.loc["bayes, all queries"]
    assert (whole["size"], whole["error"]) == (floor.n_models, floor.estimates["bayes_error"].value)


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
