"""The fitted copula: recovery of known pools, real pools."""

import numpy as np
import pytest

from ensel import InputError
from ensel.error_model import GaussianCopulaErrors, simulate

R = np.array([[1, 0.7, 0.5, 0.3], [0.7, 1, 0.6, 0.2], [0.5, 0.6, 1, 0.4], [0.3, 0.2, 0.4, 1]])


RATES = np.array([0.15, 0.25, 0.3, 0.4])


def test_known_correlations_are_recovered_within_their_standard_errors():
    upper = np.triu_indices(4, k=1)
    inside = []
    for seed in range(60):
        pool = simulate(1500, RATES, R, random_state=seed)
        found = GaussianCopulaErrors(thresholds="one").fit(pool.answers, pool.labels).tetrachoric_
        z = (found.correlation - R)[upper] / found.standard_error[upper]
        inside.append(np.abs(z) < 1.96)
    coverage = np.mean(inside)
    # 360 intervals, correlated within a replicate: sd about 1.5 %.
    assert 0.91 < coverage < 0.985


def test_samples_look_like_what_was_fitted(fitted, real):
    model = fitted("imdb-llm")
    labels, answers = model.sample(100_000, random_state=0)
    errors = answers != labels[:, None]
    for y in (0, 1):
        np.testing.assert_allclose(
            errors[labels == y].mean(axis=0), model.error_rates_[y], atol=0.006
        )
    assert errors.all(axis=1).mean() < 0.003


def test_probabilities_of_patterns_sum_and_agree_with_frequencies(fitted):
    model = fitted("medmcqa")
    found = model.pattern_probabilities([0, 3, 7])
    assert found.probabilities.sum() == pytest.approx(1)
    labels, answers = model.sample(200_000, random_state=1)
    errors = (answers != labels[:, None])[:, [0, 3, 7]]
    for pattern, p in zip(found.patterns, found.probabilities, strict=True):
        seen = (errors == pattern).all(axis=1).mean()
        assert seen == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 200_000) + 1e-4)


def test_log_likelihood_by_hand():
    """Two independent models: log2 of products of their rates."""
    pool = simulate(4000, [0.2, 0.4], 0.0, random_state=3)
    model = GaussianCopulaErrors(thresholds="one").fit(pool.answers, pool.labels)
    e = (pool.answers != pool.labels[:, None])[:5]
    p = np.where(e, model.error_rates_[0], 1 - model.error_rates_[0]).prod(axis=1)
    found = model.score_samples(pool.answers[:5], pool.labels[:5])
    np.testing.assert_allclose(found, np.log2(p), atol=0.12)
    assert model.score(pool.answers, pool.labels) < 0


@pytest.mark.parametrize(
    ("name", "rho", "phi"), [("medmcqa", 0.695, 0.465), ("imdb-llm", 0.519, 0.332)]
)
def test_real_correlations(fitted, name, rho, phi):
    model = fitted(name)
    upper = np.triu_indices(len(model.phi_), k=1)
    assert round(float(model.tetrachoric_.correlation[upper].mean()), 3) == rho
    assert round(float(model.phi_[upper].mean()), 3) == phi


def test_class_form_is_preferred_and_the_matrix_repaired_on_imdb_llm(fitted):
    model = fitted("imdb-llm")
    assert model.by_class_
    assert model.held_out_.difference > 3 * model.held_out_.standard_error
    assert model.repair_.smallest_before < -0.01
    assert 0 < model.repair_.largest_change < 0.05
    np.linalg.cholesky(model.correlation_)


def test_its_rule_predicts_held_out_labels(real):
    table = real("imdb-llm")
    train, test = table.split(0.5, random_state=0)
    model = GaussianCopulaErrors(n_classes=2).fit(train.answers, train.labels)
    p = model.predict_proba(test.answers)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (p.argmax(axis=1) == test.labels).mean() > test.accuracies.max()


def test_missing_labels_are_refused():
    with pytest.raises(InputError, match="label is missing"):
        GaussianCopulaErrors().fit([[0, 1], [1, 0]], [0, -1])


def test_order_of_models_does_not_matter(real):
    table = real("imdb-llm")
    order = np.random.default_rng(0).permutation(10)
    a = GaussianCopulaErrors(n_classes=2).fit(table.answers, table.labels)
    b = GaussianCopulaErrors(n_classes=2).fit(table.answers[:, order], table.labels)
    np.testing.assert_allclose(b.correlation_, a.correlation_[np.ix_(order, order)], atol=2e-3)
    assert b.bayes_error().error == pytest.approx(a.bayes_error().error, abs=1e-3)


def test_models_always_or_never_right_are_left_out():
    pool = simulate(500, [0.2, 0.3], 0.5, random_state=0)
    X = np.column_stack([pool.answers, pool.labels, 1 - pool.labels])
    model = GaussianCopulaErrors(thresholds="one").fit(X, pool.labels)
    assert model.columns_.tolist() == [0, 1]
    assert model.tetrachoric_.degenerate.tolist() == [2, 3]
    with pytest.raises(InputError, match="1 of 3 models"):
        GaussianCopulaErrors().fit(X[:, 1:], pool.labels)
    with pytest.raises(InputError, match="auto, one or class"):
        GaussianCopulaErrors(thresholds="two").fit(X, pool.labels)
