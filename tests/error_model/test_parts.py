"""Wrong answers, factors, orthants, co-failure, families: by hand and against other methods."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, multivariate_normal

from ensel import InputError
from ensel.error_model import (
    co_failure,
    concentration,
    families_of,
    fit_factors,
    make_positive_definite,
    pattern_probabilities,
    popularity,
    read_families,
    simulate,
    within_and_across,
    wrong_agreement,
)
from ensel.error_model.draws import spread_wrong_answers
from ensel.error_model.posterior import log_joint
from ensel.error_model.mixture import mixture
from ensel.error_model.orthant import all_wrong_curve
from ensel.error_model.wrong_answers import log_wrong_likelihood


@given(st.floats(0, 1), st.integers(3, 8))
def test_popularity_solves_its_equation(share, n_classes):
    chance = 1 / (n_classes - 1)
    agreement = chance + share * (1 - chance)
    c = popularity(agreement, n_classes)
    assert c**2 + (1 - c) ** 2 / (n_classes - 2) == pytest.approx(agreement, abs=1e-9)
    assert chance - 1e-9 <= c <= 1


def test_simulated_wrong_answers_agree_as_the_model_says():
    pool = simulate(60_000, [0.4] * 4, 0.5, n_classes=4, popularity=0.7, random_state=0)
    found = wrong_agreement(pool.answers, pool.labels, 4)
    # c^2 + (1 - c)^2 / 2 = .49 + .045 = .535
    assert found.rate == pytest.approx(0.535, abs=0.006)
    assert popularity(found.rate, 4) == pytest.approx(0.7, abs=0.01)


def test_agreement_on_mmlu(real):
    table = real("mmlu")
    found = wrong_agreement(table.answers, table.labels, 4)
    assert found.rate == pytest.approx(0.72, abs=0.015)
    assert found.chance == pytest.approx(1 / 3)


def test_wrong_likelihood_by_hand():
    # K = 3, two models, label 0, both answer 1. Shares of the options 1 and 2 from Dirichlet(a, a):
    # the first takes 1 with probability 1/2, the second follows with (a + 1) / (2 a + 1).
    # a = .5: 1/2 * 1.5 / 2 = .375.
    p = np.exp(log_wrong_likelihood(np.array([[1, 1], [1, -1]]), 3, 0.5))
    assert p[0, 0] == pytest.approx(0.375)
    assert p[0, 1] == pytest.approx(1.0)  # nobody wrong: nothing to choose
    assert p[1, 0] == pytest.approx(0.5)  # the missing answer chooses nothing


@given(st.floats(0.01, 0.99), st.integers(3, 8))
def test_concentration_solves_its_equation(share, n_classes):
    agreement = 1 / (n_classes - 1) + share * (1 - 1 / (n_classes - 1))
    a = concentration(agreement, n_classes)
    assert (a + 1) / ((n_classes - 1) * a + 1) == pytest.approx(agreement, abs=1e-6)


def test_spread_wrong_answers_agree_as_fitted():
    rng = np.random.default_rng(0)
    labels, wrong = np.zeros(50_000, dtype=int), np.ones((50_000, 2), dtype=bool)
    a = concentration(0.7, 4)
    drawn = spread_wrong_answers(labels, wrong, 4, a, rng)
    assert (drawn != 0).all()
    assert (drawn[:, 0] == drawn[:, 1]).mean() == pytest.approx(0.7, abs=0.01)


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


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_joint_distribution_sums_to_one(n_classes):
    R = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    mixed = mixture(fit_factors(R), np.array([[-1.0, -0.5, -0.2]]))
    patterns = np.array(list(product(range(n_classes), repeat=3)))
    prior = np.full(n_classes, 1 / n_classes)
    assert np.exp(log_joint(mixed, prior, 0.4, patterns)).sum() == pytest.approx(1, abs=1e-9)


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


@pytest.mark.parametrize("n_factors", [1, 2])
def test_mixture_keeps_every_error_rate(n_factors):
    R = np.array([[1, 0.6, 0.5, 0.2], [0.6, 1, 0.7, 0.1], [0.5, 0.7, 1, 0.1], [0.2, 0.1, 0.1, 1]])
    thresholds = np.array([[-2.0, -1.0, 0.0, 0.5]])
    mixed = mixture(fit_factors(R, n_factors), thresholds)
    from scipy.special import ndtr

    rates = np.exp(mixed.log_weights) @ np.exp(mixed.log_wrong[0])
    np.testing.assert_allclose(rates, ndtr(thresholds[0]), atol=1e-8)


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


def test_co_failure_by_hand():
    # 2 of 40 items all wrong; models right on 30 and 20 of 40.
    y = np.zeros(40, dtype=int)
    X = np.ones((40, 2), dtype=int)
    X[:30, 0] = 0
    X[18:38, 1] = 0
    found = co_failure(X, y)
    assert found.items.tolist() == [38, 39]
    assert (found.low, found.high) == pytest.approx(
        (beta.ppf(0.025, 2, 39), beta.ppf(0.975, 3, 38))
    )
    # delta / 2 = .025 for beta; .05 / (2 * 2) = .0125 for the better of two models.
    low, accuracy = beta.ppf(0.025, 2, 39), beta.ppf(0.0125, 30, 11)
    assert found.gain_ceiling == pytest.approx(1 - low - accuracy)


def test_gain_ceiling_holds_over_simulated_pools():
    """Gain of the oracle over the best model, on fresh items: above the gain ceiling at most 5 %."""
    broken = 0
    for seed in range(200):
        pool = simulate(300, [0.3, 0.3, 0.35], 0.4, random_state=seed)
        broken += co_failure(pool.answers, pool.labels).gain_ceiling < TRUE_GAIN
    assert broken <= 0.05 * 200


def _true_gain() -> float:
    pool = simulate(400_000, [0.3, 0.3, 0.35], 0.4, random_state=999)
    right = pool.answers == pool.labels[:, None]
    return float(right.any(axis=1).mean() - right.mean(axis=0).max())


TRUE_GAIN = _true_gain()


def test_families(tmp_path):
    names = ["openai_gpt-4o-2024-05-13", "anthropic_claude-3-opus", "DeepSeek-R1", "mine"]
    assert families_of(names) == ["gpt", "claude", "deepseek", "mine"]
    path = tmp_path / "own.csv"
    path.write_text("pattern,family\n*-r1,reasoner\nmine,ours\n")
    assert families_of(names, read_families(path))[2:] == ["reasoner", "ours"]
    same = within_and_across(np.full((3, 3), 0.5), ["a", "a", "b"], ["m", "m", "n"])
    assert np.isnan(same[0])  # two samples of one model are no relatives
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="columns pattern and family"):
        read_families(tmp_path / "bad.csv")


def test_no_relatives_is_no_number():
    within, across, n_within, n_across = within_and_across(np.eye(3), ["a", "b", "c"])
    assert np.isnan(within)
    assert (across, n_within, n_across) == (0.0, 0, 3)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"error_rates": [0.2, 1.2]}, "rates in"),
        ({"error_rates": [[0.1, 0.2]] * 3}, "rates"),
        ({"correlation": [[1, 0.9, 0.1], [0.9, 1, 0.9], [0.1, 0.9, 1]],
          "error_rates": [0.2] * 3}, "positive semi-definite"),
        ({"correlation": [[4, 0], [0, 4]]}, "diagonal"),
        ({"correlation": [[1, 0, 0], [0, 1, 0]]}, "diagonal"),
        ({"error_rates": [np.nan, 0.2]}, "rates in"),
        ({"n_classes": 1}, "rates"),
        ({"prior": [0.5, 0.6]}, "sum to 1"),
        ({"popularity": 5}, "popularity"),
    ],
)  # fmt: skip
def test_simulate_refuses(arguments, said):
    given_ = {"n_items": 10, "error_rates": [0.2, 0.3], "correlation": 0.3} | arguments
    with pytest.raises(InputError, match=said):
        simulate(**given_)
