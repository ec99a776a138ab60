"""How often resamples buy what is bought; samples of one model are exchangeable."""

import numpy as np
import pytest

from ensel import PredictionTable, select
from ensel.choosing.shares import shares_as_many, shares_bought

NAMES = ["m#1", "m#2", "m#3", "k#1"]


def of_two_models():
    return PredictionTable([[0, 0, 1, 1], [1, 1, 0, 0]], [0, 1], classes="ab", queries=NAMES)


def test_by_hand():
    """m#1, m#2, k#1 are bought. Of four resamples all buy one of m, two buy two, one buys k."""
    draws = [[2], [1, 2], [0, 1], [0, 3]]
    assert shares_as_many(of_two_models(), [0, 1, 3], draws) == [1.0, 0.5, 0.25]
    shares = shares_bought(of_two_models(), draws).set_index("query")["share"]
    assert shares.to_dict() == {"m#1": 0.5, "m#2": 0.5, "m#3": 0.5, "k#1": 0.25}


def test_a_model_at_another_temperature_is_another():
    names = ["m@0.0", "m@1.0"]
    table = PredictionTable([[0, 1], [1, 0]], [0, 1], classes="ab", queries=names)
    queries = table.queries.assign(model="m", temperature=[0.0, 1.0])
    heated = table.replace(queries=queries)
    assert shares_as_many(heated, [0, 1], [[0], [0]]) == [1.0, 0.0]


def test_samples_are_no_less_stable_for_being_many(imdb):
    """Ten alike samples of one classifier, and one of them bought: it is always that classifier."""
    names = [name for name in imdb.query_names if name.startswith("bow-nb#")]
    samples = imdb.subset(items=slice(0, None, 60), queries=names)
    result = select(samples, 1, n_boot=5, n_again=30, progress=False)
    assert result.steps["bought_again"].tolist() == [1.0]
    assert result.stability["share"].max() < 1
    assert result.stability["share"].sum() == pytest.approx(1.0)
    assert np.isfinite(result.expected.value)
