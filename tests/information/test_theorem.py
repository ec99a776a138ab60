"""Theorem 4.1 (independent errors: top-k is optimal) on exact distributions, and where it fails.

Distributions are enumerated, not sampled: every (label, answers) cell is a row, its probability
the row's weight, so information is exact.
"""

from itertools import combinations, product

import numpy as np
import pytest

from ensel.information import mutual_information


def enumerated(
    channels: np.ndarray, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (answers), labels and probabilities of independent models.

    channels: (n_models, n_classes, n_answers), P(answer | label).
    """
    n_models, n_classes, n_answers = channels.shape
    X, y, p = [], [], []
    for label in range(n_classes):
        for answers in product(range(n_answers), repeat=n_models):
            X.append(answers)
            y.append(label)
            p.append(prior[label] * np.prod([channels[i, label, a] for i, a in enumerate(answers)]))
    return np.array(X), np.array(y), np.array(p)


def symmetric(errors: np.ndarray, n_classes: int) -> np.ndarray:
    """Errors independent of the label, wrong answers uniform."""
    wrong = errors[:, None, None] / (n_classes - 1)
    return np.where(np.eye(n_classes, dtype=bool), 1 - errors[:, None, None], wrong)


def informations(channels: np.ndarray, prior: np.ndarray, k: int) -> dict[tuple[int, ...], float]:
    X, y, p = enumerated(channels, prior)
    return {
        s: mutual_information(X[:, list(s)], y, weights=p)
        for s in combinations(range(len(channels)), k)
    }


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("seed", range(10))
def test_top_k_is_optimal_under_its_conditions(n_classes, seed):
    rng = np.random.default_rng([seed, n_classes])
    errors = np.sort(rng.uniform(0.02, 0.48, size=5))
    prior = rng.dirichlet(np.full(n_classes, 4.0))
    channels = symmetric(errors, n_classes)
    for k in (1, 2, 3):
        found = informations(channels, prior, k)
        assert found[tuple(range(k))] >= max(found.values()) - 1e-12


def test_fails_where_errors_depend_on_the_class():
    # Uniform prior. Model 0: wrong on 20 % of either class: 80 % accurate, 1 - h(.2) = 0.278 bits.
    # Model 1: never wrong on class 0, wrong on 42 % of class 1: 79 % accurate. It says 0 with
    # probability .71, 1 with .29; H(X) = 0.8687, H(X|Y) = (0 + h(.42)) / 2 = 0.4907: 0.378 bits.
    channels = np.array([[[0.8, 0.2], [0.2, 0.8]], [[1.0, 0.0], [0.42, 0.58]]])
    found = informations(channels, np.array([0.5, 0.5]), 1)
    assert found[0,] == pytest.approx(0.2781, abs=1e-4)
    assert found[1,] == pytest.approx(0.3780, abs=1e-4)


def test_fails_with_abstentions():
    # Answers: 0, 1, none. Model 0 always answers, 80 % right: 0.278 bits. Model 1 answers 70 % of
    # the time and is then always right: 70 % accurate, but 0.7 bits.
    channels = np.array([[[0.8, 0.2, 0.0], [0.2, 0.8, 0.0]], [[0.7, 0.0, 0.3], [0.0, 0.7, 0.3]]])
    found = informations(channels, np.array([0.5, 0.5]), 1)
    assert found[0,] == pytest.approx(0.2781, abs=1e-4)
    assert found[1,] == pytest.approx(0.7, abs=1e-9)


def test_fails_where_wrong_answers_are_uneven():
    # Four classes. Model 0: 70 % right, errors uniform. Model 1: 68 % right, but it only ever
    # confuses 0 with 1 and 2 with 3, so each answer rules out two classes.
    even = symmetric(np.array([0.30]), 4)[0]
    pairs = np.kron(np.eye(2), np.array([[0.68, 0.32], [0.32, 0.68]]))
    found = informations(np.stack([even, pairs]), np.full(4, 0.25), 1)
    # 2 - h(.3) - .3 log2 3 = 0.6432;  2 - h(.32) = 1.0956
    assert found[0,] == pytest.approx(0.6432, abs=1e-4)
    assert found[1,] == pytest.approx(1.0956, abs=1e-4)
