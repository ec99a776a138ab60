"""The uniform pool: check values, limits, and agreement of exact, closed and simulated forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from ensel.error_model import (
    simulate,
    uniform_floor,
    uniform_information_limit,
    uniform_majority_error,
)
from ensel.information import mutual_information

CHECKS = [  # eps, rho, floor, limit of the information
    (0.2, 0.3, 0.0622, 0.775),
    (0.3, 0.5, 0.2292, 0.314),
    (0.226, 0.55, 0.1553, 0.495),
    (0.1, 0.9, 0.0884, 0.691),
]


RATES, CORRELATIONS = st.floats(0.01, 0.49), st.floats(0.02, 0.98)


@pytest.mark.parametrize(("eps", "rho", "floor", "limit"), CHECKS)
def test_check_values(eps, rho, floor, limit):
    assert round(float(uniform_floor(eps, rho)), 4) == floor
    # The published .314 is .31347 exactly (adaptive quadrature, next test): its last digit is off.
    assert uniform_information_limit(eps, rho) == pytest.approx(limit, abs=6e-4)


@pytest.mark.parametrize(("eps", "rho"), [c[:2] for c in CHECKS])
def test_information_limit_agrees_with_adaptive_quadrature(eps, rho):
    d = -norm.ppf(eps) / np.sqrt(rho)

    def lost(s):
        return norm.pdf(s - d) * np.logaddexp(0, -2 * d * s) / np.log(2)

    exact = 1 - quad(lost, d - 12, d + 12, epsabs=1e-12, limit=400)[0]
    assert uniform_information_limit(eps, rho) == pytest.approx(exact, abs=1e-9)


@given(RATES, CORRELATIONS)
def test_finite_error_falls_to_the_floor_from_above(eps, rho):
    errors = uniform_majority_error([1, 3, 11, 101, 1001], eps, rho)
    assert errors[0] == pytest.approx(eps, abs=1e-6)
    assert (np.diff(errors) <= 1e-12).all()
    assert errors[-1] >= uniform_floor(eps, rho) - 1e-9


def test_finite_error_reaches_the_floor():
    # The gap shrinks like 1/N: ten times the models, a tenth of it.
    gaps = uniform_majority_error([101, 1001], 0.2, 0.3) - uniform_floor(0.2, 0.3)
    assert gaps[1] < gaps[0] / 8


@given(RATES, CORRELATIONS, st.floats(0.001, 0.02))
def test_floor_is_monotone_in_both(eps, rho, step):
    assert uniform_floor(eps, rho + step) >= uniform_floor(eps, rho)
    assert uniform_floor(min(eps + step, 0.5), rho) >= uniform_floor(eps, rho)


def test_independent_errors_by_hand():
    # eps = .2, N = 3: 3 * .04 * .8 + .008 = .104; N = 2 with ties halved: .04 + .32 / 2 = .2.
    np.testing.assert_allclose(uniform_majority_error([2, 3], 0.2, 0.0), [0.2, 0.104], atol=1e-9)


def test_ends_of_the_range():
    assert uniform_floor(0.3, 0.0) == 0
    assert uniform_floor(0.3, 1.0) == pytest.approx(0.3)
    assert uniform_floor(0.5, 0.0) == 0.5
    assert uniform_information_limit(0.3, 0.0) == 1
    assert uniform_information_limit(0.5, 0.4) == 0
    for bad in ((0.6, 0.5), (0.0, 0.5), (0.2, -0.1), (0.2, 1.1)):
        with pytest.raises(ValueError, match="needed"):
            uniform_floor(*bad)


@pytest.mark.parametrize("n_models", [3, 7])
def test_exact_and_simulated_errors_agree(n_models):
    pool = simulate(200_000, [0.226] * n_models, 0.55, random_state=n_models)
    wrong = (pool.answers != pool.labels[:, None]).mean(axis=1) > 0.5
    exact = uniform_majority_error(n_models, 0.226, 0.55)
    assert wrong.mean() == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 200_000))


def test_information_of_a_finite_pool_approaches_its_limit():
    pool = simulate(400_000, [0.2] * 15, 0.3, random_state=0)
    votes = (pool.answers == 1).sum(axis=1)  # sufficient in an exchangeable pool
    found = mutual_information(votes, pool.labels)
    limit = uniform_information_limit(0.2, 0.3)
    assert 0.85 * limit < found < limit
