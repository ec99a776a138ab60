"""Shares of items that are copies of questions: how many items they are worth, exact intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from ensel.error_model.proportions import effective_items, exact_interval

BITS = st.lists(st.booleans(), min_size=2, max_size=30).filter(any)


@given(BITS, st.integers(2, 4))
def test_copies_count_once(bits, times):
    """Every item standing several times, whether side by side or as the table repeated."""
    hits = np.array(bits)
    n = len(hits)
    side_by_side = effective_items(np.repeat(hits, times), np.repeat(np.arange(n), times))
    repeated = effective_items(np.tile(hits, times), np.tile(np.arange(n), times))
    assert side_by_side == pytest.approx(n)
    assert repeated == pytest.approx(n)


def test_copies_that_differ_by_hand():
    # Four items, p = 1/2. Questions {1, 0} and {1, 0}: sums of x - p are 0, nothing speaks against
    # four items. Questions {1, 1} and {0, 0}: sums 1 and -1, 16 (1/4) / 2 = 2 items.
    # Questions {1, 1}, {0} and {0}: sums 1, -1/2, -1/2; 4 / (3/2) = 8/3 items.
    groups = np.array([0, 0, 1, 1])
    assert effective_items(np.array([1, 0, 1, 0]), groups) == 4
    assert effective_items(np.array([1, 1, 0, 0]), groups) == pytest.approx(2)
    assert effective_items(np.array([1, 1, 0, 0]), np.array([0, 0, 1, 2])) == pytest.approx(8 / 3)


@given(BITS, st.data())
def test_copies_are_never_worth_more_than_items(bits, data):
    hits = np.array(bits)
    drawn = data.draw(st.lists(st.integers(0, 5), min_size=len(hits), max_size=len(hits)))
    groups = np.unique(drawn, return_inverse=True)[1]
    assert 0 < effective_items(hits, groups) <= len(hits)


def test_without_copies_items_are_counted():
    assert effective_items(np.array([1, 0, 0])) == 3
    assert effective_items(np.array([1, 0, 0]), np.array([2, 0, 1])) == 3


@pytest.mark.parametrize("constant", [True, False])
def test_a_share_of_0_or_1_counts_questions(constant):
    hits = np.full(12, constant)
    assert effective_items(hits, np.repeat([0, 1, 2], 4)) == 3


@pytest.mark.parametrize(("hits", "n"), [(0, 60), (3, 40), (60, 60), (1, 1), (204, 5700)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_exact_interval_is_that_of_statsmodels(hits, n, level):
    theirs = proportion_confint(hits, n, alpha=1 - level, method="beta")
    assert exact_interval(hits / n, n, level) == pytest.approx(theirs, abs=1e-12)


def test_no_hit_in_sixty_items():
    # The share at which sixty items hold none with probability .025: (1 - s)^60 = .025.
    low, high = exact_interval(0.0, 60)
    assert low == 0
    assert (1 - high) ** 60 == pytest.approx(0.025)
    assert high == pytest.approx(0.0596, abs=5e-5)
    assert exact_interval(1.0, 60) == pytest.approx((1 - high, 1.0))


def test_intervals_of_copied_questions_cover():
    """Simulated: 60 questions, each three times, right with probability .1. Items alone do not."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 3)
    by_question = by_item = 0
    for _ in range(300):
        hits = np.repeat(rng.random(60) < 0.1, 3)
        share = float(hits.mean())
        low, high = exact_interval(share, effective_items(hits, groups))
        by_question += low <= 0.1 <= high
        low, high = exact_interval(share, len(hits))
        by_item += low <= 0.1 <= high
    assert by_question >= 0.95 * 300
    assert by_item < 0.85 * 300
