"""The rule behind error floor (c), by its errors: where it refutes the model, and where not."""

import numpy as np
import pytest

from ensel import error_floor
from ensel.error_model import GaussianCopulaErrors, simulate
from ensel.error_model.rule_held_out import rule_excess, rule_held_out


def test_the_rule_of_the_floor_is_judged_on_held_out_items(mmlu_floor):
    """What (c) promises, its own rule cannot keep on real items; the result says how far off."""
    rule, bayes = mmlu_floor.rule_held_out, mmlu_floor.estimates["bayes_error"]
    assert rule.low < rule.value < rule.high
    assert rule.value > bayes.value
    assert mmlu_floor.to_dict()["rule_held_out"] == rule.value


def test_excess_by_hand():
    """Two independent queries: the rule follows the better one, here wrong on 2 of 10 items."""
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    better = labels ^ np.array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0])
    worse = labels ^ np.array([0, 1, 1, 0, 0, 0, 1, 1, 0, 0])
    X = np.column_stack([better, worse])
    model = GaussianCopulaErrors(n_classes=2, thresholds="one").fit(X, labels)
    assert rule_excess(model, X, labels, 0.15) == pytest.approx(0.2 - 0.15)
    # The first item three times, the others once: 4 of 12.
    times = np.array([3, *[1] * 9])
    assert rule_excess(model, X, labels, 0.15, times) == pytest.approx(4 / 12 - 0.15)


def test_an_item_without_answers_is_an_error():
    pool = simulate(200, [0.2, 0.3], 0.3, random_state=0)
    X, y = pool.answers.copy(), pool.known_labels.astype(np.int64)
    model = GaussianCopulaErrors(n_classes=2).fit(X, y)
    silent = np.full((3, 2), -1)
    assert rule_excess(model, silent, y[:3], 0.0) == 1


def test_few_items_do_not_refute_a_model_that_is_true():
    """Simulated from the model: the rule of 12 queries cannot be learned from 80 items.

    Held out, it errs more than (c); on the items that it was fitted to, both are as rosy.
    """
    held_out, excess = [], []
    for seed in range(12):
        pool = simulate(80, [0.25, 0.3, 0.3, 0.35, 0.35, 0.4] * 2, 0.4, random_state=seed)
        X, y = pool.answers, pool.known_labels.astype(np.int64)
        model = GaussianCopulaErrors(n_classes=2, thresholds="one").fit(X, y)
        bayes = model.bayes_error().error
        held_out.append(rule_held_out(pool, model).value - bayes)
        excess.append(rule_excess(model, X, y, bayes))
    assert np.mean(held_out) > 0.04
    assert abs(np.mean(excess)) < 0.02


def test_a_simulated_pool_of_the_fitted_form_is_not_refuted():
    pool = simulate(1500, [0.15, 0.2, 0.25, 0.3, 0.3], 0.5, random_state=1)
    assert not error_floor(pool, n_boot=20, progress=False).model_refuted
