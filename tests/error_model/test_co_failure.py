"""Items that all models get wrong, by hand."""

import numpy as np
import pytest
from scipy.stats import beta

from ensel.error_model import co_failure


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


def test_every_item_three_times_has_the_interval_of_items_counted_once():
    y = np.zeros(40, dtype=int)
    X = np.ones((40, 2), dtype=int)
    X[:30, 0] = 0
    X[18:38, 1] = 0
    once = co_failure(X, y)
    rows = np.tile(np.arange(40), 3)
    thrice = co_failure(X[rows], y[rows], groups=rows)
    assert thrice.observed == once.observed
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))
    assert thrice.gain_ceiling == pytest.approx(once.gain_ceiling)
    assert thrice.items.tolist() == [38, 39, 78, 79, 118, 119]
