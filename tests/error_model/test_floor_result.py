"""What an error floor says: keys, figures."""

import json

import numpy as np
import pytest

KEYS = [
    "n_models",
    "n_items",
    "mean_error",
    "best_single_error",
    "mean_tetrachoric",
    "mean_phi",
    "uniform_floor",
    "mi_limit_bits",
    "vote_limit",
    "bayes_error",
    "bayes_error_se",
    "all_wrong_observed",
    "all_wrong_observed_low",
    "all_wrong_observed_high",
    "all_wrong_predicted",
    "gain_ceiling",
    "warnings",
]


def test_json_has_the_promised_keys(mmlu_floor):
    data = json.loads(mmlu_floor.to_json())
    assert set(KEYS) <= data.keys()
    for key in KEYS[2:-1]:
        assert isinstance(data[key], float), key
    assert data["uniform_floor_low"] < data["uniform_floor"] < data["uniform_floor_high"]


def test_figures_show_the_numbers(mmlu_floor):
    figures = mmlu_floor.figures()
    axis = figures["error_by_size"].axes[0]
    drawn = {line.get_label(): line.get_ydata() for line in axis.get_lines()}
    np.testing.assert_allclose(
        drawn["(a) its floor, endless copies"], 100 * mmlu_floor.estimates["uniform_floor"].value
    )
    assert "n = 5,700 items" in figures["error_by_size"].get_suptitle()


def test_opinions_stand_under_one_key(mmlu_floor):
    """What stood there before is as it was; sound items have their own."""
    data = json.loads(mmlu_floor.to_json())
    opinions = data["opinions"]
    assert opinions["error_correlation"] == pytest.approx(data["mean_phi"])
    assert opinions["gain_ceiling"] == data["gain_ceiling"]
    assert opinions["any_right"] == pytest.approx(1 - data["all_wrong_observed"])
    assert data["ok_items"]["opinions"]["n_items"] == data["ok_items"]["n_items"]
