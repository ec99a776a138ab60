"""What an error floor warns of."""

import json

import numpy as np
import pytest

from ensel import PredictionTable, error_floor
from ensel.error_model import simulate


def test_textbook_formula_is_no_floor_on_mmlu(mmlu_floor):
    e = mmlu_floor.estimates
    assert e["uniform_floor"].value == pytest.approx(0.150, abs=5e-4)
    assert e["best_single_error"].value == pytest.approx(0.135, abs=5e-4)
    assert any("no floor of this pool" in text for text in mmlu_floor.warnings)
    assert e["bayes_error"].value <= e["best_single_error"].value


def test_tail_dependence_is_noticed():
    """Simulated: a fifth of the errors strike all models at once."""
    pool = simulate(8000, [0.15] * 6, 0.1, random_state=1)
    hard = np.random.default_rng(2).random(8000) < 0.03
    answers = np.where(hard[:, None], 1 - pool.labels[:, None], pool.answers)
    table = PredictionTable(answers, pool.labels, classes=pool.classes, queries=pool.queries)
    result = error_floor(table, n_boot=5)
    assert any("times as often as the copula says" in text for text in result.warnings)


def test_pools_where_the_formula_does_not_apply():
    pool = simulate(1000, [0.6, 0.7, 0.55], 0.3, random_state=0)
    result = error_floor(pool, n_boot=5)
    assert np.isnan(result.estimates["uniform_floor"].value)
    assert any("does not apply" in text for text in result.warnings)
    json.loads(result.to_json())
    assert len(result.figures()) == 3
