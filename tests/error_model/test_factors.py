"""Factor approximations: what they must recover."""

import numpy as np

from ensel.error_model import fit_factors


def test_one_factor_is_recovered():
    loadings = np.array([0.9, 0.7, 0.5, 0.3])
    R = np.outer(loadings, loadings)
    np.fill_diagonal(R, 1)
    found = fit_factors(R)
    np.testing.assert_allclose(found.loadings[:, 0], loadings, atol=1e-3)
    assert found.misfit < 1e-4


def test_more_factors_fit_better():
    rng = np.random.default_rng(0)
    loadings = rng.uniform(-0.6, 0.9, (9, 3)) / 1.3
    R = loadings @ loadings.T
    np.fill_diagonal(R, 1)
    misfits = [fit_factors(R, k).misfit for k in (1, 2, 3)]
    assert misfits[0] > misfits[1] > misfits[2]
    assert misfits[2] < 0.01
