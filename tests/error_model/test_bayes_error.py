"""Error floor (c): enumerated, simulated, and bounded by the best single query."""

import numpy as np
import pytest

from ensel import InputError
from ensel.error_model import GaussianCopulaErrors, simulate
from ensel.error_model.subsets import best_subsets

REAL = ["mmlu", "medmcqa", "imdb-llm", "imdb-api"]


@pytest.mark.parametrize("name", REAL)
def test_bayes_error_never_exceeds_the_best_single_query(fitted, real, name):
    model = fitted(name)
    best = 1 - real(name).accuracies.max()
    assert model.bayes_error().error <= best + 1e-12
    for subset in best_subsets(model, 3):
        assert subset.error <= best + 1e-12


def test_monte_carlo_agrees_with_enumeration():
    pool = simulate(5000, [0.2, 0.25, 0.3], 0.5, n_classes=4, popularity=0.6, random_state=0)
    model = GaussianCopulaErrors(n_classes=4, thresholds="one").fit(pool.answers, pool.labels)
    exact = model.bayes_error()
    assert exact.n_draws == 0
    (drawn,) = [best_subsets(model, 3)[2]]
    assert drawn.error == pytest.approx(exact.error, abs=4 * drawn.standard_error + 1e-4)


def test_bayes_error_of_a_uniform_pool_is_the_majoritys():
    from ensel.error_model import uniform_majority_error

    pool = simulate(200_000, [0.25] * 5, 0.4, random_state=5)
    model = GaussianCopulaErrors(thresholds="one", n_factors=1).fit(pool.answers, pool.labels)
    assert model.bayes_error().error == pytest.approx(
        float(uniform_majority_error(5, 0.25, 0.4)), abs=0.004
    )


def test_bayes_error_of_many_models_with_more_than_two_classes_stays_near_the_plurality():
    """Wrong answers gather: with many models their exact shares must not betray the truth."""
    pool = simulate(4000, [0.34] * 30, 0.8, n_classes=4, popularity=0.85, random_state=0)
    counts = np.stack([(pool.answers == k).sum(axis=1) for k in range(4)], axis=1)
    plurality = (counts.argmax(axis=1) != pool.labels).mean()
    model = GaussianCopulaErrors(n_classes=4, thresholds="one", n_factors=1)
    found = model.fit(pool.answers, pool.labels).bayes_error().error
    assert found == pytest.approx(plurality, abs=0.03)


def test_small_pools_have_no_negative_bayes_error():
    for seed in range(10):
        pool = simulate(40, [0.03, 0.05, 0.08, 0.1, 0.1], 0.2, n_classes=4, random_state=seed)
        try:
            model = GaussianCopulaErrors(n_classes=4).fit(pool.answers, pool.labels)
        except InputError:  # fewer than two models err on forty items
            continue
        assert model.bayes_error().error >= 0
