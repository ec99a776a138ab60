"""What an error floor says: keys, figures."""

import json

import numpy as np
import pytest

from ensel import error_floor

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


def test_a_refuted_model_is_no_floor_anywhere(mmlu_floor):
    """On mmlu the rule of (c) errs on 14 % of items, seen or not, and (c) says 11.7 %."""
    data = json.loads(mmlu_floor.to_json())
    assert data["model_refuted"] is True
    assert data["rule_excess"] == pytest.approx(0.0248, abs=5e-4)
    assert 0 < data["rule_excess_low"] < data["rule_excess"] < data["rule_excess_high"]
    assert data["assumptions"]["bayes_error"].startswith("(c) refuted, no floor")
    assert data["assumptions"]["bayes_error"].endswith("its own rule gets 14.1 % held out")
    assert "(refuted)" in repr(mmlu_floor)
    figure = mmlu_floor.figures()["error_by_size"]
    labels = [text.get_text() for text in figure.legends[0].get_texts() if "(c)" in text.get_text()]
    assert "(c) refuted: believed of all queries" in labels
    assert not any("best rule" in label for label in labels)


def test_a_model_that_keeps_its_word_is_no_less_a_floor_than_before(real):
    result = error_floor(real("imdb-llm"), n_boot=10, progress=False)
    data = result.to_dict()
    assert data["model_refuted"] is False
    assert data["bayes_error"] == pytest.approx(0.0155, abs=5e-5)
    assert data["assumptions"]["bayes_error"].startswith("(c) best possible rule")
    assert "refuted" not in repr(result)


def test_right_and_wrong_alone_refute_nothing(real):
    pool = real("imdb-llm").subset(items=slice(0, 300)).verdicts()
    data = error_floor(pool, n_boot=3, progress=False).to_dict()
    assert data["bayes_error"] is None
    assert data["model_refuted"] is False
