"""The limit of a vote: the uniform floor, and simulated pools of many copies."""

import numpy as np
import pytest

from ensel.error_model import simulate, uniform_floor, vote_limit

CHECKS = [  # eps, rho, floor, limit of the information
    (0.2, 0.3, 0.0622, 0.775),
    (0.3, 0.5, 0.2292, 0.314),
    (0.226, 0.55, 0.1553, 0.495),
    (0.1, 0.9, 0.0884, 0.691),
]


def test_vote_limit_of_a_uniform_pool_is_its_floor():
    for eps, rho, *_ in CHECKS:
        found = vote_limit(np.full(4, eps), np.full(4, np.sqrt(rho)))
        assert found == pytest.approx(float(uniform_floor(eps, rho)), abs=1e-9)


def test_scattering_wrong_answers_lower_the_limit():
    """K = 4, eps = .186, rho = .80: .159 by the binary formula, .095 simulated."""
    n_models = 400
    pool = simulate(60_000, [0.186] * n_models, 0.80, n_classes=4, random_state=1)
    counts = np.stack([(pool.answers == k).sum(axis=1) for k in range(4)], axis=1)
    draw = np.random.default_rng(0).random(counts.shape)
    error = ((counts + draw / 2).argmax(axis=1) != pool.labels).mean()
    assert error == pytest.approx(0.095, abs=0.004)
    limit = vote_limit(np.full(4, 0.186), np.full(4, np.sqrt(0.8)), popularity=1 / 3, n_classes=4)
    assert 0.085 < limit < error
    assert uniform_floor(0.186, 0.8) == pytest.approx(0.159, abs=5e-4)


def test_vote_limit_with_unequal_models_is_the_limit_of_simulated_copies():
    errors, loadings = np.array([0.1, 0.25, 0.4]), np.array([0.6, 0.8, 0.5])
    copies = 150
    all_loadings = np.tile(loadings, copies)
    R = np.outer(all_loadings, all_loadings)
    np.fill_diagonal(R, 1)
    pool = simulate(40_000, np.tile(errors, copies), R, random_state=2)
    wrong = (pool.answers != pool.labels[:, None]).mean(axis=1) > 0.5
    limit = vote_limit(errors, loadings)
    assert wrong.mean() == pytest.approx(limit, abs=0.006)


def test_vote_limit_by_class_is_the_limit_of_simulated_copies(tmp_path):
    """Error rates .05 and .40: pooling the rates would give another number."""
    from ensel import error_floor

    rates = np.tile([[0.05], [0.40]], 401)
    pool = simulate(20_000, rates, 0.5, random_state=3)
    wrong = ((pool.answers != pool.labels[:, None]).mean(axis=1) > 0.5).mean()
    few = pool.subset(queries=slice(0, 5))
    found = error_floor(few, n_boot=2).estimates["vote_limit"].value
    assert found == pytest.approx(wrong, abs=0.02)


def test_vote_limit_refuses_negative_weights():
    with pytest.raises(ValueError, match="negative"):
        vote_limit(np.array([0.1, 0.2]), np.array([0.5, 0.5]), weights=np.array([1.0, -1.0]))
