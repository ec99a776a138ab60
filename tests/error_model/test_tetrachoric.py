"""Tetrachoric correlations against hand values, a plain solver, real pools and simulated ones."""

import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import multivariate_normal, norm

from ensel import InputError
from ensel.error_model import Phi2, phi_coefficient, tetrachoric

module = importlib.import_module("ensel.error_model.tetrachoric")

error_tables = st.tuples(st.integers(2, 60), st.integers(2, 5)).flatmap(
    lambda shape: arrays(bool, shape, elements=st.booleans())
)


def table(n11: int, n10: int, n01: int, n00: int) -> np.ndarray:
    """Errors of two models with the given 2x2 counts."""
    return np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [n11, n10, n01, n00], axis=0)


def errors_of(pool) -> np.ndarray:
    """Missing answers count as wrong."""
    return pool.answers != pool.labels[:, None]


def simulated_pairs(rates, rho, n_items, replicates, seed) -> np.ndarray:
    """Columns 2r and 2r + 1 are the errors of a Gaussian copula pair, simulated anew for each r."""
    rng = np.random.default_rng(seed)
    common, own = rng.normal(size=(2, n_items, replicates))
    second = rho * common + np.sqrt(1 - rho**2) * own
    errors = np.stack([common <= ndtri(rates[0]), second <= ndtri(rates[1])], axis=-1)
    return errors.reshape(n_items, 2 * replicates)


def pairs_only(matrix: np.ndarray) -> np.ndarray:
    """Entries (2r, 2r + 1)."""
    first = np.arange(0, len(matrix), 2)
    return matrix[first, first + 1]


def off_diagonal(matrix: np.ndarray) -> np.ndarray:
    return matrix[np.triu_indices(len(matrix), 1)]


def test_at_error_rates_of_a_half_it_is_a_sine():
    # Phi2(0, 0, rho) = 1/4 + asin(rho) / (2 pi), so rho = sin(2 pi (p11 - 1/4)); d rho / d p11 is
    # 2 pi sqrt(1 - rho^2), A = B = 1/2 and Var(E1 E2 - (E1 + E2) / 2) = p11 (1 - 2 p11) / 2.
    n, p11 = 200, 0.4
    result = tetrachoric(table(80, 20, 20, 80))
    rho = np.sin(2 * np.pi * (p11 - 0.25))
    assert result.correlation[0, 1] == pytest.approx(rho, abs=1e-12)
    se = 2 * np.pi * np.sqrt(1 - rho**2) * np.sqrt(p11 * (1 - 2 * p11) / 2 / n)
    assert result.standard_error[0, 1] == pytest.approx(se, rel=1e-12)
    assert result.error_rates.tolist() == [0.5, 0.5]
    assert result.thresholds.tolist() == [0, 0]
    assert result.n_items == n


def test_independent_errors_have_correlation_0_and_pearson_standard_error():
    # eps = .2 and .5, p11 = .1: Pearson's sqrt(e1 (1 - e1) e2 (1 - e2) / n) / (phi(t1) phi(t2))
    result = tetrachoric(table(100, 100, 400, 400))
    assert result.correlation[0, 1] == pytest.approx(0, abs=1e-12)
    expected = np.sqrt(0.2 * 0.8 * 0.5 * 0.5 / 1000) / (norm.pdf(ndtri(0.2)) * norm.pdf(0))
    assert result.standard_error[0, 1] == pytest.approx(expected, rel=1e-10)


def test_agrees_with_brentq_over_scipy_on_real_pairs(real):
    result = tetrachoric(errors_of(real("medmcqa")))
    errors = errors_of(real("medmcqa"))
    t = norm.ppf(errors.mean(axis=0))

    def plain(i, j):
        p11 = np.mean(errors[:, i] & errors[:, j])

        def excess(rho):
            cov = [[1, rho], [rho, 1]]
            return multivariate_normal.cdf([t[i], t[j]], cov=cov, abseps=1e-12, releps=1e-12) - p11

        return brentq(excess, -0.999999, 0.999999, xtol=1e-10)

    pairs = list(zip(*np.triu_indices(len(t), 1), strict=True))
    assert len(pairs) == 45
    expected = [plain(i, j) for i, j in pairs]
    np.testing.assert_allclose(off_diagonal(result.correlation), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "mean_correlation", "mean_phi"),
    [("medmcqa", 0.695, 0.465), ("imdb-llm", 0.519, 0.332)],
)
def test_means_of_real_pools(real, name, mean_correlation, mean_phi):
    errors = errors_of(real(name))
    assert off_diagonal(tetrachoric(errors).correlation).mean() == pytest.approx(
        mean_correlation, abs=5e-4
    )
    assert off_diagonal(phi_coefficient(errors)).mean() == pytest.approx(mean_phi, abs=5e-4)


def test_a_real_matrix_need_not_be_positive_definite(real):
    correlation = tetrachoric(errors_of(real("imdb-llm"))).correlation
    assert np.linalg.eigvalsh(correlation)[0] == pytest.approx(-0.022, abs=5e-4)


@pytest.mark.parametrize(
    ("counts", "p11"),
    [
        ((0, 6, 5, 9), 0.5 / 20),  # 11 empty: + 1/2
        ((9, 6, 5, 0), 9.5 / 20),  # 00 empty: + 1/2
        ((6, 0, 5, 9), 5.5 / 20),  # 10 empty: - 1/2
        ((6, 5, 0, 9), 5.5 / 20),  # 01 empty: - 1/2
        ((0, 8, 12, 0), 0.5 / 20),  # opposite models
        ((0, 1, 1, 1), 0.5 / 3),  # the cells that give hold a single item
    ],
)
def test_an_empty_cell_gets_half_an_item_and_margins_stay(counts, p11):
    n11, n10, n01, _ = counts
    n = sum(counts)
    result = tetrachoric(table(*counts))
    rho = result.correlation[0, 1]
    assert result.empty_cell.tolist() == [[False, True], [True, False]]
    assert result.error_rates.tolist() == [(n11 + n10) / n, (n11 + n01) / n]
    assert -1 < rho < 1
    assert Phi2(*ndtri(result.error_rates), rho) == pytest.approx(p11, abs=1e-12)
    assert 0 < result.standard_error[0, 1] < np.inf


def test_weights_so_small_that_half_an_item_is_too_much():
    # total weight 1: half an item would be .5; half the smaller of .2 and .3 is moved instead
    result = tetrachoric(table(0, 1, 1, 1), weights=[0.2, 0.3, 0.5])
    assert Phi2(*ndtri([0.2, 0.3]), result.correlation[0, 1]) == pytest.approx(0.1, abs=1e-12)


def test_full_tables_are_not_marked():
    assert not tetrachoric(table(1, 1, 1, 1)).empty_cell.any()


def test_models_wrong_always_or_never_are_reported_and_unknown():
    errors = np.column_stack([table(5, 3, 4, 8), np.zeros(20), np.ones(20), np.ones(20)])
    result = tetrachoric(errors)
    assert result.degenerate.tolist() == [2, 3, 4]
    assert result.duplicates == []
    assert result.thresholds[2:].tolist() == [-np.inf, np.inf, np.inf]
    assert result.empty_cell[0].tolist() == [False, False, True, True, True]
    for matrix in (result.correlation, result.standard_error, phi_coefficient(errors)):
        known = ~np.isnan(matrix)
        known[np.diag_indices(5)] = False
        assert np.argwhere(known).tolist() == [[0, 1], [1, 0]]
    np.testing.assert_array_equal(np.diag(result.correlation), 1)
    np.testing.assert_array_equal(np.diag(result.standard_error), 0)


def test_duplicates_are_exactly_1_and_reported():
    errors = table(5, 3, 4, 8)[:, [0, 1, 0, 1, 0]]
    result = tetrachoric(errors)
    assert result.duplicates == [(0, 2), (0, 4), (1, 3), (2, 4)]
    same = tuple(np.transpose(result.duplicates))
    assert (result.correlation[same] == 1).all()
    assert (result.standard_error[same] == 0).all()
    assert result.correlation[2, 3] == result.correlation[0, 1] < 1


def test_an_integer_weight_is_a_repeated_item():
    rng = np.random.default_rng(5)
    errors = simulated_pairs((0.3, 0.4), 0.6, 300, 3, seed=5)
    weights = rng.integers(0, 4, size=300)
    weighted, repeated = (
        tetrachoric(errors, weights=weights),
        tetrachoric(np.repeat(errors, weights, axis=0)),
    )
    for name in ("correlation", "standard_error", "error_rates"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name), rtol=1e-10)
    np.testing.assert_allclose(
        phi_coefficient(errors, weights=weights),
        phi_coefficient(np.repeat(errors, weights, axis=0)),
        rtol=1e-12,
    )


@pytest.mark.parametrize("seed", range(20))
def test_special_cases_are_seen_through_the_rounding_of_weights(seed):
    # Model 2 repeats model 1, model 3 is always wrong, and no item is right by both 0 and 1
    errors = table(50, 30, 40, 0)[:, [0, 1, 1]]
    errors = np.column_stack([errors, np.ones(120)])
    result = tetrachoric(errors, weights=np.random.default_rng(seed).exponential(size=120))
    assert result.duplicates == [(1, 2)]
    assert result.empty_cell[0].tolist() == [False, True, True, True]
    assert result.degenerate.tolist() == [3]


def test_blocks_of_items_and_pairs_change_nothing(monkeypatch):
    errors = simulated_pairs((0.3, 0.4), 0.6, 300, 4, seed=6)
    weights = np.arange(300)
    whole = tetrachoric(errors, weights=weights)
    monkeypatch.setattr(module, "ITEMS_AT_ONCE", 37)
    monkeypatch.setattr(module, "PAIRS_AT_ONCE", 5)
    blocks = tetrachoric(errors, weights=weights)
    np.testing.assert_array_equal(tetrachoric(errors).error_rates, errors.mean(axis=0))
    np.testing.assert_allclose(blocks.correlation, whole.correlation, atol=1e-12)
    np.testing.assert_allclose(blocks.standard_error, whole.standard_error, atol=1e-12)


def test_very_rare_errors_are_solved():
    # One item in 100,000 that both get wrong, thresholds beyond -3.5: nearly flat far from rho
    for counts in [(1, 15, 20, 99_964), (15, 1, 5, 99_979), (0, 15, 20, 99_965)]:
        result = tetrachoric(table(*counts))
        p11 = max(counts[0], 0.5) / sum(counts)
        found = Phi2(*result.thresholds, result.correlation[0, 1])
        assert found == pytest.approx(p11, rel=1e-9)


@pytest.mark.parametrize("start", [-1.5, -0.7, 0.0, 0.7, 1.5])
def test_the_safeguard_leads_to_the_solution_from_any_start(monkeypatch, start):
    errors = np.hstack([table(1, 40, 50, 909), table(30, 1, 2, 967), table(500, 10, 390, 100)])
    expected = tetrachoric(errors).correlation
    monkeypatch.setattr(module, "_start_angle", lambda cells: np.full(cells.shape[1], start))
    np.testing.assert_allclose(tetrachoric(errors).correlation, expected, atol=1e-9)


@given(error_tables)
def test_the_solution_gives_the_table_back(errors):
    result = tetrachoric(errors)
    p11 = errors.T.astype(float) @ errors / len(errors)
    i, j = np.nonzero(~(result.empty_cell | np.eye(len(p11), dtype=bool)))
    t = result.thresholds
    np.testing.assert_allclose(Phi2(t[i], t[j], result.correlation[i, j]), p11[i, j], atol=1e-12)


@given(error_tables)
def test_matrices_are_symmetric_with_unit_diagonal(errors):
    result = tetrachoric(errors)
    for matrix in (result.correlation, phi_coefficient(errors)):
        np.testing.assert_array_equal(matrix, matrix.T)
        np.testing.assert_array_equal(np.diag(matrix), 1)
        assert np.nanmax(np.abs(matrix)) <= 1
    np.testing.assert_array_equal(result.standard_error, result.standard_error.T)


@given(error_tables, st.randoms(use_true_random=False))
def test_invariance_under_reordering_of_models(errors, random):
    order = random.sample(range(errors.shape[1]), errors.shape[1])
    before, after = tetrachoric(errors), tetrachoric(errors[:, order])
    for name in ("correlation", "standard_error", "empty_cell"):
        expected = getattr(before, name)[np.ix_(order, order)]
        np.testing.assert_allclose(getattr(after, name), expected, atol=1e-9)


@given(error_tables)
def test_sign_flips_when_one_model_is_negated(errors):
    flipped = errors.copy()
    flipped[:, 0] = ~flipped[:, 0]
    before, after = tetrachoric(errors), tetrachoric(flipped)
    # Duplicates are 1 exactly, while opposite models stay inside (-1, 1)
    partners = {j for i, j in before.duplicates + after.duplicates if i == 0}
    others = [j for j in range(1, errors.shape[1]) if j not in partners]
    np.testing.assert_allclose(
        after.correlation[0, others], -before.correlation[0, others], atol=1e-9
    )
    np.testing.assert_allclose(
        after.standard_error[0, others], before.standard_error[0, others], rtol=1e-6
    )


@given(error_tables)
def test_phi_is_the_correlation_of_the_indicators(errors):
    varies = np.flatnonzero(errors.any(axis=0) & ~errors.all(axis=0))
    expected = np.corrcoef(errors[:, varies], rowvar=False) if len(varies) > 1 else np.eye(1)
    found = phi_coefficient(errors)[np.ix_(varies, varies)]
    if len(varies):
        np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("rates", "rho", "n_items"),
    [
        ((0.2, 0.25), 0.6, 1000),
        ((0.1, 0.3), 0.3, 1500),
        ((0.2, 0.25), 0.9, 2000),
        ((0.4, 0.5), -0.4, 600),
    ],
)
def test_recovery_of_a_simulated_correlation(rates, rho, n_items):
    """Unbiased, standard errors match the spread, intervals cover: 200 simulated replicates."""
    errors = simulated_pairs(rates, rho, n_items, 200, seed=20260102)
    result = tetrachoric(errors)
    found, se = pairs_only(result.correlation), pairs_only(result.standard_error)
    spread = found.std(ddof=1)
    assert abs(found.mean() - rho) < 3 * spread / np.sqrt(200)
    assert (np.abs(found - rho) < 5 * se).all()
    assert 0.85 < se.mean() / spread < 1.15  # the spread of 200 is itself known to 5 %
    assert 0.90 <= np.mean(np.abs(found - rho) <= 1.96 * se) <= 0.98
    fisher = np.abs(np.arctanh(found) - np.arctanh(rho)) <= 1.96 * se / (1 - found**2)
    assert 0.90 <= fisher.mean() <= 0.98


@pytest.mark.parametrize(
    ("errors", "weights", "message"),
    [
        (np.zeros(3), None, r"errors of shape \(3,\); expected \(n_items, n_models\)"),
        (np.zeros((0, 3)), None, r"errors of shape \(0, 3\)"),
        (np.array([["a", "b"]]), None, "errors of type <U1; expected bool"),
        (np.array([[0, 1], [1, 2]]), None, "errors: 2 in row 1, column 1; expected 0 or 1"),
        (np.array([[0.0, np.nan]]), None, "errors: nan in row 0, column 1"),
        (np.eye(3), [1, 1], r"weights of shape \(2,\); expected one per item: \(3,\)"),
        (np.eye(3), [1, -1, 1], "weights: -1 for item 1; expected finite and not negative"),
        (np.eye(3), [1, 1, np.inf], "weights: inf for item 2"),
        (np.eye(3), [0, 0, 0], "weights: all are 0"),
    ],
)
@pytest.mark.parametrize("function", [tetrachoric, phi_coefficient])
def test_bad_input_is_named(function, errors, weights, message):
    with pytest.raises(InputError, match=message):
        function(errors, weights=weights)


def test_one_model_is_a_matrix_of_one():
    result = tetrachoric(table(1, 1, 1, 1)[:, :1])
    assert result.correlation.tolist() == [[1]]
    assert phi_coefficient(np.array([[0], [1]])).tolist() == [[1]]
