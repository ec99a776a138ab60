"""What resamples count, against the same of the items themselves drawn and repeated."""

import numpy as np
import pytest

from ensel.error_model import capa, phi_coefficient
from ensel.error_model.opinions_resampled import Pool, _weights, resampled
from ensel.error_model.similarity import even_share


@pytest.fixture
def pool():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 60)
    answers = np.where(rng.random((60, 4)) < 0.6, labels[:, None], rng.integers(-1, 3, (60, 4)))
    right = answers == labels[:, None]
    wrong = (answers >= 0) & ~right
    n_options = np.where(np.arange(60) % 2, 3, 4)
    pairs = np.array([0, 1]), np.array([3, 2])
    return Pool(right, wrong, answers, even_share(n_options), *pairs), labels, n_options


def test_is_phi_and_capa_of_the_drawn_items(pool):
    counted, labels, n_options = pool
    groups = np.arange(60) // 2
    draws = resampled(counted, groups, 5, seed=3)
    weights = np.concatenate(list(_weights(groups, 5, 3)))
    for weight, correlation, similarity in zip(weights, *draws, strict=True):
        rows = np.repeat(np.arange(60), np.rint(weight * 60).astype(int))
        phi = phi_coefficient(~counted.right[rows])
        assert correlation == pytest.approx(phi[np.triu_indices(4, 1)].mean())
        slow = capa(counted.answers[rows], labels[rows], n_options[rows])
        assert similarity.tolist() == pytest.approx([slow[0, 3], slow[1, 2]])


def test_copies_of_a_question_are_drawn_together():
    groups = np.array([0, 0, 1, 2, 2, 2])
    for weights in _weights(groups, 50, 0):
        assert (weights[:, 0] == weights[:, 1]).all()
        assert (weights[:, 3] == weights[:, 5]).all()
        np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_a_query_that_does_not_vary_is_left_out(pool):
    counted, _, _ = pool
    groups = np.arange(60)
    right = counted.right.copy()
    right[:, 3] = True
    none = np.zeros(0, dtype=int)
    with_it = resampled(counted._replace(right=right, first=none, second=none), groups, 4, 0)
    three = counted._replace(right=right[:, :3], first=none, second=none)
    without = resampled(three, groups, 4, 0)
    np.testing.assert_allclose(with_it.correlations, without.correlations)
    alone = three._replace(right=right[:, 2:])
    assert np.isnan(resampled(alone, groups, 4, 0).correlations).all()
