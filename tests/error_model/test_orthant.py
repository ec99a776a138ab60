"""Probabilities of error patterns under a full matrix: against simulation and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.stats import multivariate_normal

from ensel.error_model import pattern_probabilities
from ensel.error_model.orthant import all_wrong_curve


def test_all_wrong_agrees_with_patterns_and_with_simulation():
    R = np.full((4, 4), 0.6) + 0.4 * np.eye(4)
    t = np.array([-1.0, -0.5, -1.2, -0.8])
    found = all_wrong_curve(t, R)
    patterns = pattern_probabilities(t, R)
    everyone = patterns.patterns.all(axis=1)
    assert found[-1] == pytest.approx(float(patterns.probabilities[everyone][0]), rel=0.01)
    z = np.random.default_rng(0).multivariate_normal(np.zeros(4), R, size=400_000)
    seen = np.logical_and.accumulate(z <= t, axis=1).mean(axis=0)
    np.testing.assert_allclose(found, seen, rtol=0.03)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_pattern_probabilities_agree_with_scipy(m):
    R = np.array([[1, 0.6, 0.5, 0.2], [0.6, 1, 0.7, 0.1], [0.5, 0.7, 1, 0.1], [0.2, 0.1, 0.1, 1]])
    t, R = np.array([-1.0, -0.3, 0.2, 0.8])[:m], R[:m, :m]
    found = pattern_probabilities(t, R)
    assert found.probabilities.sum() == pytest.approx(1)
    for pattern, p in zip(found.patterns, found.probabilities, strict=True):
        s = np.where(pattern, 1.0, -1.0)
        theirs = multivariate_normal(cov=s[:, None] * R * s).cdf(s * t)
        assert p == pytest.approx(theirs, abs=2e-5 if m > 2 else 1e-7)


# -- three models, to what is promised ------------------------------------------------------------


@pytest.mark.parametrize("rho", [-0.4999, -0.3, 0.0, 0.3, 0.9, 0.9999, 0.999999])
def test_three_models_at_chance_by_the_arcsine(rho):
    """P(all wrong) = 1/8 + 3 asin(rho) / (4 pi), near copies as well."""
    R = np.full((3, 3), rho)
    np.fill_diagonal(R, 1.0)
    found = pattern_probabilities(np.zeros(3), R)
    expected = 1 / 8 + 3 * np.arcsin(rho) / (4 * np.pi)
    assert found.probabilities[-1] == pytest.approx(expected, abs=1e-12)
    assert found.probabilities[0] == pytest.approx(expected, abs=1e-12)


@given(
    st.tuples(*[st.floats(-3, 2)] * 3),
    st.tuples(*[st.floats(-0.99, 0.99)] * 3),
)
@settings(max_examples=60, deadline=None)
def test_three_models_of_one_factor_by_an_integral_over_it(thresholds, loadings):
    """Given the factor, errors are independent: an integral over one normal variable."""
    t, a = np.array(thresholds), np.array(loadings)
    R = np.outer(a, a)
    np.fill_diagonal(R, 1.0)
    found = pattern_probabilities(t, R)

    def all_wrong(f):
        return stats.norm.pdf(f) * stats.norm.cdf((t - a * f) / np.sqrt(1 - a**2)).prod()

    expected = integrate.quad(all_wrong, -9, 9, points=[0], epsabs=1e-11, limit=400)[0]
    assert found.probabilities[-1] == pytest.approx(expected, abs=1e-9)
    # Each model is wrong as often as its threshold says.
    shares = found.probabilities @ found.patterns
    np.testing.assert_allclose(shares, stats.norm.cdf(t), atol=1e-10)


def test_a_near_copy_is_wrong_no_oftener_than_its_own_threshold():
    R = np.array([[1, 0.99999, 0.5], [0.99999, 1, 0.5], [0.5, 0.5, 1]])
    p = pattern_probabilities(np.full(3, -2.0), R).probabilities
    assert p[-1] <= p[-2:].sum() <= stats.norm.cdf(-2) + 1e-12
