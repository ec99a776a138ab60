"""The nearest correlation matrix: nothing changed without need; against statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.correlation_tools import corr_nearest
from statsmodels.tools.sm_exceptions import IterationLimitWarning

from ensel import InputError
from ensel.error_model import make_positive_definite


def test_repair_changes_no_sound_matrix():
    R = np.array([[1, 0.3], [0.3, 1]])
    repaired, repair = make_positive_definite(R)
    assert repaired is R
    assert repair.largest_change == 0


def test_repair_makes_cholesky_possible():
    R = np.array([[1, 0.9, 0.2], [0.9, 1, 0.9], [0.2, 0.9, 1]])
    repaired, repair = make_positive_definite(R)
    np.linalg.cholesky(repaired)
    assert repair.smallest_before < 0 < repair.smallest_after
    assert repair.largest_change == pytest.approx(np.abs(repaired - R).max())


@pytest.mark.parametrize("seed", range(6))
def test_repair_is_that_of_statsmodels(seed):
    """The same alternating projections, run to their end there, 300 rounds a model."""
    rng = np.random.default_rng(seed)
    n = 8 + 3 * seed
    loadings = rng.uniform(0.5, 0.95, n)
    R = np.clip(np.outer(loadings, loadings) + rng.normal(0, 0.3, (n, n)), -0.99, 0.99)
    R = np.tril(R, -1) + np.tril(R, -1).T + np.eye(n)
    repaired, repair = make_positive_definite(R)
    assert repair.smallest_before < 0
    with pytest.warns(IterationLimitWarning):  # it goes on where nothing changes any more
        theirs = corr_nearest(R, threshold=2e-6, n_fact=300)
    np.testing.assert_allclose(repaired, theirs, atol=1e-8)


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, np.nan], [np.nan, 1]], "correlation nan of models 0 and 1"),
        ([[0, 0], [0, 1]], "correlation 0 of model 0 with itself"),
        ([[1, 0.5], [0.4, 1]], "differ both ways"),
        ([[1, 0.5, 0.1], [0.5, 1, 0.1]], r"shape \(2, 3\)"),
    ],
)
def test_what_is_no_matrix_of_correlations_is_refused(matrix, said):
    with pytest.raises(InputError, match=said + ".*ones on its diagonal is needed"):
        make_positive_definite(np.array(matrix, dtype=float))


@pytest.mark.parametrize("n_models", [2, 5, 8, 12, 15])
def test_copies_of_one_model_are_repaired(n_models):
    """Eigenvalues that are equal but for rounding: LAPACK finds no part of them, all it does."""
    repaired, repair = make_positive_definite(np.ones((n_models, n_models)))
    np.linalg.cholesky(repaired)
    assert repair.largest_change < 1e-5
