"""Simulated items: wrong answers agree as they were fitted to."""

import numpy as np
import pytest

from ensel.error_model import concentration
from ensel.error_model.draws import spread_wrong_answers


def test_spread_wrong_answers_agree_as_fitted():
    rng = np.random.default_rng(0)
    labels, wrong = np.zeros(50_000, dtype=int), np.ones((50_000, 2), dtype=bool)
    a = concentration(0.7, 4)
    drawn = spread_wrong_answers(labels, wrong, 4, a, rng)
    assert (drawn != 0).all()
    assert (drawn[:, 0] == drawn[:, 1]).mean() == pytest.approx(0.7, abs=0.01)
