"""Choosing anew: nothing that is scored had a say in what was chosen."""

import numpy as np
import pytest

from ensel.choosing.candidates import candidates_up_to, families_of
from ensel.choosing.nested import Ask, nested_scores
from ensel.choosing.rules import Choice, choose
from ensel.error_model import simulate
from ensel.heldout.candidates import single_best
from ensel.heldout.settings import CLOSED_SETTING

FAMILIES = families_of(CLOSED_SETTING)


def always_single(board, budget, weights=None):
    return Choice(board.single, board.single)


def anew(table, asks, budget=2):
    return nested_scores(
        table, candidates_up_to(budget), asks, families=FAMILIES, setting=CLOSED_SETTING,
        progress=False,
    )  # fmt: skip


def test_the_label_of_an_item_has_no_say_in_its_score(small_pool):
    """Turning the labels of one fold's items turns their scores, and no more, of one query."""
    from ensel.heldout.splits import folds

    ask = Ask(1, None, always_single)
    before = anew(small_pool, [ask])[ask]
    test = folds(small_pool, 10, 1, 1)[0].test
    labels = small_pool.labels.copy()
    labels[test] = 1 - labels[test]
    seen = []

    def watching(board, budget, weights=None):
        seen.append(board.n_questions)
        return Choice(board.single, board.single)

    turned = small_pool.replace(labels=labels)
    watched = Ask(1, None, watching)
    after = anew(turned, [watched])[watched]
    # What is chosen for that fold saw none of its items, so each of its scores is the opposite,
    # but where the answer was missing.
    answered = before[test] + after[test]
    assert set(np.unique(answered)) <= {0.0, 1.0}
    assert answered.mean() > 0.95
    assert all(n == small_pool.n_items - len(test) for n in seen)


def test_the_single_best_alone_is_its_cross_validation():
    """Simulated, one query clearly best: its score is its accuracy."""
    pool = simulate(300, [0.1, 0.4, 0.4], 0.2, random_state=1)
    ask = Ask(1, None, always_single)
    scores = anew(pool, [ask])[ask]
    best = int(np.argmax(pool.accuracies))
    np.testing.assert_array_equal(scores, pool.answers[:, best] == pool.labels)


def test_each_request_is_answered_and_none_needs_none():
    pool = simulate(120, [0.2, 0.25, 0.3], 0.2, random_state=2)
    asks = [Ask(size, None, choose) for size in (1, 2)]
    found = anew(pool, asks)
    assert list(found) == asks
    assert all(scores.shape == (120,) for scores in found.values())
    assert anew(pool, []) == {}


def test_too_few_of_a_class_ask_the_single_best():
    pool = simulate(24, [0.2, 0.25, 0.3], 0.2, random_state=3)
    labels = np.zeros(24, dtype=int)
    labels[:2] = 1
    rare = pool.replace(labels=labels)
    ask = Ask(2, None, choose)
    assert np.isfinite(anew(rare, [ask])[ask]).all()
    assert single_best().is_single


@pytest.mark.parametrize("seed", range(2))
def test_on_noise_it_is_the_truth(seed):
    """Simulated: labels drawn at random. Choosing anew gets a half, give or take 1,200 coins."""
    pools = [simulate(120, [0.5] * 5, 0.0, random_state=10 * seed + k) for k in range(10)]
    ask = Ask(2, None, choose)
    found = [anew(pool, [ask])[ask].mean() for pool in pools]
    assert np.mean(found) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(1200))
