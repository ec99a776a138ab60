"""One threshold or one a class: chosen by what predicts held-out labels."""

import numpy as np

from ensel.error_model import GaussianCopulaErrors, simulate

R = np.array([[1, 0.7, 0.5, 0.3], [0.7, 1, 0.6, 0.2], [0.5, 0.6, 1, 0.4], [0.3, 0.2, 0.4, 1]])


RATES = np.array([0.15, 0.25, 0.3, 0.4])


def test_class_dependent_rates_are_found_and_recovered():
    rates = np.array([[0.05, 0.1, 0.1, 0.2], [0.35, 0.3, 0.45, 0.5]])
    pool = simulate(6000, rates, R, random_state=1)
    model = GaussianCopulaErrors().fit(pool.answers, pool.labels)
    assert model.by_class_
    assert model.held_out_.difference > 2 * model.held_out_.standard_error
    np.testing.assert_allclose(model.error_rates_, rates, atol=0.03)
    np.testing.assert_allclose(model.raw_correlation_, R, atol=0.1)


def test_equal_rates_need_no_classes():
    chosen = [
        GaussianCopulaErrors().fit(pool.answers, pool.labels).by_class_
        for pool in (simulate(1500, RATES, R, random_state=seed) for seed in range(8))
    ]
    assert sum(chosen) <= 3
