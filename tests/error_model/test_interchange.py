"""To copulae's Gaussian copula and back: theirs is ours."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from ensel.error_model import from_copulae


def test_round_trip_through_copulae(fitted):
    pytest.importorskip("copulae")
    model = fitted("medmcqa")
    copula = model.to_copulae()
    np.testing.assert_allclose(from_copulae(copula), model.correlation_, atol=1e-12)


def test_copulae_samples_have_our_correlation(fitted):
    pytest.importorskip("copulae")
    model = fitted("medmcqa")
    u = np.asarray(model.to_copulae().random(40_000, seed=1))
    found = np.corrcoef(norm.ppf(u), rowvar=False)
    np.testing.assert_allclose(found, model.correlation_, atol=0.02)
    # Thresholded at each class's error rates, its samples err together as often as ours.
    shares = model.prior_ if model.by_class_ else np.ones(1)
    theirs = shares @ [(u <= rates).all(axis=1).mean() for rates in model.error_rates_]
    assert theirs == pytest.approx(model.all_wrong()[-1], abs=0.005)


def test_copulae_density_is_the_gaussian_copulas(fitted):
    pytest.importorskip("copulae")
    model = fitted("medmcqa")
    u = np.random.default_rng(0).uniform(0.05, 0.95, (6, len(model.columns_)))
    z = norm.ppf(u)
    ours = multivariate_normal(cov=model.correlation_).pdf(z) / norm.pdf(z).prod(axis=1)
    np.testing.assert_allclose(model.to_copulae().pdf(u), ours, rtol=1e-6)
