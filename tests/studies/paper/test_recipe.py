"""Numbers as a CSV holds them, and the line that names the data."""

import numpy as np
import pandas as pd

from ensel.studies.paper.recipe import csv_text, data_line


def test_csv_is_rounded_and_has_no_minus_zero():
    frame = pd.DataFrame({"dataset": "a", "value": [1 / 3, -1e-12, np.nan]})
    assert csv_text(frame) == "dataset,value\na,0.333333\na,0\na,\n"


def test_data_line_names_every_dataset():
    frame = pd.DataFrame({"dataset": ["a", "b"], "n_items": [10, 2000], "source": ["x", "y"]})
    assert data_line(frame) == "a (n = 10 items; x), b (n = 2,000 items; y)"
