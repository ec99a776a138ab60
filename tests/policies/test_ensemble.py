"""Ensembles survive a round trip through JSON, and refuse what they cannot vote on."""

import json

import numpy as np
import pandas as pd
import pytest

from ensel import Ensemble, InputError, PredictionTable
from ensel.voting import VOTES


@pytest.mark.parametrize("vote", sorted(VOTES))
def test_round_trip(tmp_path, small_pool, vote):
    train, test = small_pool.split(0.5)
    ensemble = Ensemble.fit(train, [4, 0, 2], method="top-k", vote=vote)
    ensemble.save(tmp_path / "e.json")
    back = Ensemble.load(tmp_path / "e.json")
    assert back.query_names == ["lexicon#1", "bow-nb#1", "char-logreg#1"]
    pd.testing.assert_frame_equal(back.predict(test), ensemble.predict(test))
    # It takes its columns by name, wherever they stand.
    turned = test.subset(queries=test.query_names[::-1])
    pd.testing.assert_frame_equal(back.predict(turned), ensemble.predict(test))


def test_is_readable_and_versioned(tmp_path, small_pool):
    Ensemble.fit(small_pool, [0, 1], method="top-k", vote="map").save(tmp_path / "e.json")
    text = (tmp_path / "e.json").read_text()
    data = json.loads(text)
    assert data["ensel_ensemble"] == 1
    assert data["queries"][0]["model"] == "bow-nb"
    assert max(len(line) for line in text.splitlines()) < 120


def test_classes_are_matched_by_name(small_pool):
    ensemble = Ensemble.fit(small_pool, [0, 1, 2], method="top-k", vote="map")
    swapped = PredictionTable(
        np.where(small_pool.answers >= 0, 1 - small_pool.answers, -1),
        classes=small_pool.classes[::-1],
        queries=small_pool.queries,
        items=small_pool.items,
    )
    pd.testing.assert_frame_equal(ensemble.predict(swapped), ensemble.predict(small_pool))


def test_refuses_absent_queries_and_unknown_classes(small_pool):
    ensemble = Ensemble.fit(small_pool, [0, 1], method="top-k", vote="map")
    with pytest.raises(InputError, match="no answers of bigram-svm#1, which the ensemble asks"):
        ensemble.predict(small_pool.subset(queries=[0]))
    other = PredictionTable(
        [[0, 1]], classes=["negative", "mixed"], queries=["bow-nb#1", "bigram-svm#1"]
    )
    with pytest.raises(InputError, match="answers mixed; the ensemble knows the classes"):
        ensemble.predict(other)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[:-60], "not an ensemble"),
        (lambda text: "[1, 2]", "not an ensemble"),
        (lambda text: "{}", "not an ensemble"),
        (lambda text: text.replace('"ensel_ensemble": 1', '"ensel_ensemble": 9'), "version 9"),
        (lambda text: text.replace('"name": "map"', '"name": "oracle"'), "damaged"),
        (lambda text: text.replace('"counts_"', '"count_"'), "damaged"),
        (lambda text: text.replace('"prior_": [0.5, 0.5]', '"prior_": [1.0]'), "damaged"),
    ],
)
def test_refuses_damaged_files(tmp_path, small_pool, spoil, said):
    path = tmp_path / "e.json"
    Ensemble.fit(small_pool, [0, 1], method="top-k", vote="map").save(path)
    path.write_text(spoil(path.read_text()))
    with pytest.raises(InputError, match=said) as raised:
        Ensemble.load(path)
    assert "\n" not in str(raised.value)
