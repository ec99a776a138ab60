"""Probabilities of error patterns under a full matrix: against simulation and scipy."""

import numpy as np
import pytest
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
