"""All-wrong rates of growing pools."""

import numpy as np
import pytest

from ensel import PredictionTable
from ensel.error_model import GaussianCopulaErrors
from ensel.error_model.joint_failure import joint_failure


def test_all_wrong_rates_end_at_the_whole_pool(small_pool):
    model = GaussianCopulaErrors().fit(small_pool.answers, small_pool.known_labels)
    found = joint_failure(small_pool, model)
    wrong = small_pool.answers != small_pool.known_labels[:, None]
    assert found["observed"].iloc[-1] == pytest.approx(wrong.all(axis=1).mean())
    assert found["observed"].is_monotonic_decreasing
    assert found["observed_low"].le(found["observed"]).all()
    assert found["observed"].le(found["observed_high"]).all()


def test_all_wrong_interval_is_wilson_where_orders_do_not_matter():
    # Two copies: every subset fails on the same 3 of 40 items, whatever the order.
    labels = np.arange(40) % 2
    answers = np.repeat(np.where(np.arange(40) < 3, 1 - labels, labels)[:, None], 2, axis=1)
    table = PredictionTable(answers, labels, classes="ab", queries=["p", "q"])
    model = GaussianCopulaErrors().fit(answers, labels)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(3, 40, method="wilson")
    found = joint_failure(table, model)
    # The package's variance divides by n - 1: an effective n of 39.
    assert found["observed"].tolist() == [3 / 40, 3 / 40]
    np.testing.assert_allclose(found["observed_low"], low, atol=2e-3)
    np.testing.assert_allclose(found["observed_high"], high, atol=5e-3)
