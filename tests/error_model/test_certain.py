"""Queries that are always right or always wrong: the rule goes by them, and so does its error."""

import numpy as np
import pytest

from ensel.error_model import GaussianCopulaErrors, simulate
from ensel.error_model.certain import certain_queries, with_certain
from ensel.error_model.draws import draw_answers


def fitted(n_classes, certain_answers):
    """A simulated pool of three queries, with others behind them; all items, and the model."""
    pool = simulate(400, [0.3, 0.35, 0.4], 0.3, n_classes=n_classes, random_state=0)
    labels = pool.known_labels.astype(np.int64)
    X = np.column_stack([pool.answers, *certain_answers(labels)])
    return X, labels, GaussianCopulaErrors(n_classes=n_classes).fit(X, labels)


def test_which_queries_are_certain():
    labels = np.array([0, 1, 1])
    answers = np.array([[0, 1, 1, -1, 0], [1, 0, -1, -1, -1], [1, 0, 0, -1, 1]])
    found = certain_queries(answers, answers != labels[:, None])
    assert found.right.tolist() == [0]
    assert found.wrong.tolist() == [1]  # the third and fourth are silent, the fifth missed one
    assert found.columns.tolist() == [0, 1]


@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_query_that_is_never_wrong_is_followed(n_classes):
    X, labels, model = fitted(n_classes, lambda y: [y])
    assert model.bayes_error() == (0.0, 0.0, 0)
    assert (model.predict_proba(X).argmax(axis=1) == labels).all()
    others = np.zeros((n_classes, 4), dtype=int)  # all others answer 0
    others[:, 3] = np.arange(n_classes)
    np.testing.assert_allclose(model.predict_proba(others), np.eye(n_classes), atol=1e-9)


def test_of_two_classes_the_opposite_of_a_query_that_is_never_right():
    X, labels, model = fitted(2, lambda y: [1 - y])
    assert model.bayes_error().error == 0
    assert (model.predict_proba(X).argmax(axis=1) == labels).all()


def test_of_more_classes_its_answer_is_ruled_out():
    X, _, model = fitted(3, lambda y: [(y + 1) % 3])
    p = model.predict_proba(X)
    np.testing.assert_allclose(p[np.arange(len(X)), X[:, 3]], 0, atol=1e-9)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    without = model.bayes_error([0, 1, 2]).error
    assert 0 < model.bayes_error().error < without


def test_its_bayes_error_is_what_the_rule_errs_on_items_of_the_model():
    """By drawing items, the query that is never right among them, and asking the rule."""
    _, _, model = fitted(3, lambda y: [(y + 1) % 3])
    rng = np.random.default_rng(1)
    labels, answers = draw_answers(
        model.whole_mixture_, model.prior_, model.concentration_, 100_000, rng
    )
    assert (answers[:, 3] != labels).all()
    errs = (model.predict_proba(answers).argmax(axis=1) != labels).mean()
    assert model.bayes_error().error == pytest.approx(errs, abs=4 * np.sqrt(errs / 100_000))


def test_two_that_contradict_each_other_leave_it_to_the_others():
    _, _, model = fitted(2, lambda y: [y, y])
    without = GaussianCopulaErrors(n_classes=2)
    X, labels, _ = fitted(2, lambda y: [])
    without.fit(X, labels)
    disagreeing = np.column_stack([X, np.zeros(len(X), int), np.ones(len(X), int)])
    np.testing.assert_allclose(
        model.predict_proba(disagreeing), without.predict_proba(X), atol=1e-9
    )


def test_a_silent_query_says_nothing():
    X, labels, model = fitted(2, lambda y: [np.full(len(y), -1)])
    without = GaussianCopulaErrors(n_classes=2).fit(X[:, :3], labels)
    assert len(model.certain_.columns) == 0
    assert model.bayes_error() == without.bayes_error()
    np.testing.assert_array_equal(model.predict_proba(X), without.predict_proba(X[:, :3]))


def test_nothing_is_added_where_no_query_is_certain():
    _, _, model = fitted(2, lambda y: [])
    assert with_certain(model.mixture_, model.certain_) is model.mixture_
