"""Phi2 against closed forms, two other ways to compute it, and the laws it obeys."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, owens_t
from scipy.stats import multivariate_normal

from ensel import InputError
from ensel.error_model import Phi2, phi2

limits = st.floats(-9, 9)
correlations = st.floats(-1, 1)

HARD = [  # (h, k, rho): tails, near-singular, both sides of where the method changes
    (0.0, 0.0, 0.5),
    (-1.3, 0.4, 0.924),
    (-1.3, 0.4, 0.926),
    (-1.3, 0.4, -0.924),
    (-1.3, 0.4, -0.926),
    (-2.5, -2.4, 0.97),
    (-2.5, 2.4, -0.97),
    (0.7, 0.700001, 0.999999),
    (0.7, -0.700001, -0.999999),
    (-0.4, -0.41, 0.9999),
    (-5.0, -5.0, 0.9),
    (-5.0, 3.0, -0.95),
    (6.0, -1.0, 0.3),
    (1e-9, -1e-9, 0.99999999),
]


def conditional_integral(h: float, k: float, rho: float) -> float:
    """Phi2 as the integral of phi(x) Phi((k - rho x) / sqrt(1 - rho^2)), in pieces."""
    width = np.sqrt((1 - rho) * (1 + rho))
    breaks = [-12.0, *sorted(k / rho + width * np.array([-20, -4, 0, 4, 20])), h]
    breaks = [min(max(b, -12.0), h) for b in breaks]

    def integrand(x):
        return np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * ndtr((k - rho * x) / width)

    pieces = pairwise(breaks)
    return sum(quad(integrand, a, b, epsabs=1e-15, epsrel=1e-13)[0] for a, b in pieces if a < b)


def from_owens_t(h, k, rho):
    """Phi2 from Owen's function T (Owen 1956), differences taken so that they keep their digits."""
    sign, width, short = np.sign(rho), np.sqrt((1 - rho) * (1 + rho)), 1 - np.abs(rho)
    along_h = ((k - sign * h) + sign * h * short) / (h * width)
    along_k = ((h - sign * k) + sign * k * short) / (k * width)
    apart = np.where(h * k > 0, 0.0, 0.5)
    return (ndtr(h) + ndtr(k)) / 2 - owens_t(h, along_h) - owens_t(k, along_k) - apart


@pytest.mark.parametrize("rho", [-1, -0.99, -0.5, 0, 0.3, 0.92, 0.93, 0.999999, 1])
def test_value_at_the_centre(rho):
    assert Phi2(0, 0, rho) == pytest.approx(0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-15)


@pytest.mark.parametrize(("h", "k", "rho"), HARD)
def test_agrees_with_adaptive_quadrature(h, k, rho):
    assert Phi2(h, k, rho) == pytest.approx(conditional_integral(h, k, rho), abs=1e-13)


@pytest.mark.parametrize(("h", "k", "rho"), HARD)
def test_agrees_with_scipy(h, k, rho):
    cov = [[1, rho], [rho, 1]]
    expected = multivariate_normal.cdf([h, k], cov=cov, abseps=1e-13, releps=1e-13)
    assert Phi2(h, k, rho) == pytest.approx(expected, abs=1e-10)


def test_agrees_with_owens_t_everywhere():
    rng = np.random.default_rng(20260101)
    size = 200_000
    h = 2 * rng.normal(size=size)
    near = rng.choice([-1, 1], size) * h + rng.normal(size=size) * 10 ** rng.uniform(-8, 0, size)
    k = np.where(rng.random(size) < 0.5, near, 2 * rng.normal(size=size))
    strong = 1 - 10 ** rng.uniform(-14, 0, size)
    rho = np.where(rng.random(size) < 0.5, strong, rng.random(size)) * rng.choice([-1, 1], size)
    np.testing.assert_allclose(Phi2(h, k, rho), from_owens_t(h, k, rho), rtol=0, atol=2e-15)


def test_at_correlation_plus_and_minus_1_it_is_a_frechet_bound():
    h, k = np.array([-1.0, 0.5, 2.0, 1.0]), np.array([0.3, 0.5, -2.0, -0.2])
    np.testing.assert_allclose(Phi2(h, k, 1), ndtr(np.minimum(h, k)), rtol=1e-15)
    both = np.maximum(ndtr(h) + ndtr(k) - 1, 0)
    np.testing.assert_allclose(Phi2(h, k, -1), both, atol=1e-16)


@pytest.mark.parametrize("rho", [-1, -0.99, 0.4, 0.99, 1])
def test_infinite_limits(rho):
    assert Phi2(np.inf, 0.7, rho) == pytest.approx(ndtr(0.7), abs=1e-16)
    assert Phi2(np.inf, np.inf, rho) == 1
    assert Phi2(-np.inf, [0.7, np.inf, -np.inf], rho).tolist() == [0, 0, 0]
    assert phi2([np.inf, -np.inf], 0.7, rho).tolist() == [0, 0]


@pytest.mark.parametrize(("h", "k"), [(-0.8, -0.6), (0.3, -1.2), (1.5, 1.5), (-2.0, -2.1)])
def test_plackett_density_is_the_derivative_in_rho(h, k):
    rho = np.linspace(-0.98, 0.98, 99)
    step = 1e-5
    slope = (Phi2(h, k, rho + step) - Phi2(h, k, rho - step)) / (2 * step)
    np.testing.assert_allclose(phi2(h, k, rho), slope, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(("h", "k", "rho"), [(0.3, -1.1, 0.4), (-1.0, -1.1, 0.97), (2, -2, -0.99)])
def test_density_agrees_with_scipy(h, k, rho):
    expected = multivariate_normal.pdf([h, k], cov=[[1, rho], [rho, 1]])
    assert phi2(h, k, rho) == pytest.approx(expected, rel=1e-12)


def test_density_at_correlation_1_is_its_limit():
    assert phi2([0.5, 0.5, 1.0], [0.5, 0.6, -1.0], [1, 1, -1]).tolist() == [np.inf, 0, np.inf]


@given(limits, limits, correlations)
def test_symmetry(h, k, rho):
    assert Phi2(h, k, rho) == pytest.approx(Phi2(k, h, rho), abs=1e-15)
    assert phi2(h, k, rho) == phi2(k, h, rho)


@given(limits, limits, correlations)
def test_frechet_bounds(h, k, rho):
    p = Phi2(h, k, rho)
    assert max(0, ndtr(h) + ndtr(k) - 1 - 1e-15) <= p <= min(ndtr(h), ndtr(k))


@given(limits, limits, correlations, correlations)
def test_slepian_more_correlation_more_probability(h, k, one, other):
    low, high = sorted([one, other])
    assert Phi2(h, k, low) <= Phi2(h, k, high) + 1e-15


@given(limits, limits, correlations)
def test_total_probability_over_the_second_variable(h, k, rho):
    assert Phi2(h, k, rho) + Phi2(h, -k, -rho) == pytest.approx(ndtr(h), abs=1e-15)


def test_arguments_broadcast():
    h, k, rho = np.zeros((3, 1)), np.linspace(-1, 1, 4), 0.95
    assert Phi2(h, k, rho).shape == (3, 4)
    assert Phi2(0.0, 0.0, 0.0).shape == ()
    assert Phi2([], [], []).shape == (0,)
    assert Phi2(h, k, rho)[1, 2] == Phi2(0, k[2], rho)


def test_missing_values_stay_missing():
    assert np.isnan(Phi2([np.nan, 0, 0], [0, np.nan, 0], [0.95, 0.2, np.nan])).all()


@pytest.mark.parametrize("function", [Phi2, phi2])
def test_correlations_beyond_1_are_refused(function):
    with pytest.raises(InputError, match=r"correlation 1\.2 found; expected -1 to 1"):
        function(0, 0, [0.5, 1.2])
