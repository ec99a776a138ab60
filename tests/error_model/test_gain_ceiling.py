"""The gain ceiling holds, and counts questions."""

import numpy as np
import pytest

from ensel.error_model import co_failure, gain_ceiling, simulate


def test_every_item_three_times_says_no_more():
    pool = simulate(200, [0.3, 0.3, 0.35], 0.4, random_state=0)
    right = pool.answers == pool.labels[:, None]
    thrice, groups = np.repeat(right, 3, axis=0), np.repeat(np.arange(200), 3)
    once = gain_ceiling(right)
    assert gain_ceiling(thrice, groups=groups) == pytest.approx(once)
    assert gain_ceiling(thrice) < once - 0.03  # as if there were 600 questions


def test_one_question_asked_often_by_hand():
    # Twelve items of one question, right by one of two models: one item each. Clopper-Pearson's
    # lower limit of 1 of 1, .05 / (2 x 2) beyond it, is .0125; none is all wrong.
    right = np.repeat([[True, False]], 12, axis=0)
    assert gain_ceiling(right, groups=np.zeros(12, dtype=int)) == pytest.approx(1 - 0.0125)


def test_gain_ceiling_holds_over_simulated_pools():
    """Gain of the oracle over the best model, on fresh items: rarely above the ceiling."""
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
