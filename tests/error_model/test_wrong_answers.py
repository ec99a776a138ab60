"""Where wrong answers go: by hand, and on simulated and real pools."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.error_model import concentration, popularity, simulate, wrong_agreement
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
