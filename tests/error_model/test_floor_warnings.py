"""What an error floor warns of."""

import json

import numpy as np
import pytest

from ensel import PredictionTable, error_floor
from ensel.error_model import GaussianCopulaErrors, simulate
from ensel.error_model.co_failure import co_failure
from ensel.error_model.floor_warnings import Findings, floor_warnings
from ensel.heldout.intervals import Estimate


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


def warned(rule, excess):
    """Warnings of a simulated pool whose (c) is said to be 10 %."""
    pool = simulate(2000, [0.2, 0.25, 0.3], 0.5, random_state=0)
    X, y = pool.answers, pool.known_labels.astype(np.int64)
    model = GaussianCopulaErrors(n_classes=2).fit(X, y)
    point = {
        "bayes_error": 0.1,
        "uniform_floor": 0.12,
        "best_single_error": 0.2,
        "all_wrong_predicted": 0.5,
    }
    findings = Findings(pool.query_names, model, point, co_failure(X, y), rule, excess)
    return [text for text in floor_warnings(findings) if "(c)" in text]


def test_c_is_refuted_by_the_items_it_was_fitted_to():
    (text,) = warned(Estimate(0.14, 0.13, 0.15), Estimate(0.03, 0.01, 0.05))
    assert text == (
        "(c) is refuted: the model's own rule gets 14.0 % held out and 13.0 % on the items it was "
        "fitted to, not 10.0 %. (c) is what the model believes, not a floor"
    )


def test_held_out_items_alone_only_say_that_there_are_few():
    (text,) = warned(Estimate(0.14, 0.13, 0.15), Estimate(0.01, -0.01, 0.03))
    assert "may be too few to learn it" in text
    assert "refuted" not in text
    assert warned(Estimate(0.11, 0.1, 0.12), Estimate(0.01, -0.01, 0.03)) == []


def test_an_unknown_line_c_is_not_refuted():
    unknown = Estimate(float("nan"), float("nan"), float("nan"))
    assert warned(unknown, unknown) == []
