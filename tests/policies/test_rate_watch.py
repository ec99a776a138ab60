"""Wealth of who bets that a promise is broken: fair while it holds, and soon large once it is."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.policies.betting import log_wealth
from ensel.policies.rate_watch import BETS, BLOCK, RateWatch


def watched(promise, least, values):
    watch = RateWatch(promise, least)
    for value in values:
        watch.add(value)
    return watch


def test_hand_value():
    # One bettor has started with half of the wealth. Bets on a promise of .1, of at most .9 / .1:
    # all six, 2.625 on average. A zero costs .1 b of a bet b; a one earns .9 b.
    # After the one: 1 + .9 * 2.625 = 3.3625; with the other half, 2.18125.
    assert watched(0.1, 0, [1]).e_value == pytest.approx(2.18125)
    # Loss, promise .1: bets of at most .9 / 1.1 = .82 are .25 and .5. After 1 and -1:
    # (1 + .225) (1 - .275) = .888125 and (1 + .45) (1 - .55) = .6525; mean .7703125.
    assert watched(0.1, -1, [1, -1]).e_value == pytest.approx(0.5 + 0.5 * 0.7703125)
    assert RateWatch(0.1, 0).e_value == 1


def test_bettors_start_one_by_one():
    """After 101 numbers two have started, with 1/2 and 1/6; 1/3 is kept."""
    watch = watched(0.05, 0, [0] * BLOCK + [1])
    assert watch.blocks == [[0, BLOCK, 0], [0, 0, 1]]
    first = np.mean([(1 - 0.05 * b) ** BLOCK * (1 + 0.95 * b) for b in BETS])
    second = np.mean([1 + 0.95 * b for b in BETS])
    assert watch.e_value == pytest.approx(first / 2 + second / 6 + 1 / 3)
    assert watch.counts_lately.tolist() == [0, 0, 1]
    assert watch.counts.tolist() == [0, BLOCK, 1]


full_blocks = st.integers(0, BLOCK).map(lambda ones: [0, BLOCK - ones, ones])
last_block = st.integers(0, BLOCK - 1).map(lambda ones: [0, BLOCK - ones, ones])


@given(st.lists(full_blocks, max_size=4), st.integers(0, BLOCK - 1), st.floats(0.001, 0.9))
def test_a_promise_kept_to_the_letter_is_a_fair_game(blocks, rest, promise):
    """E[next e-value] = e-value where the mean is the promise, whatever has been; also at the
    moment a bettor starts."""
    blocks = [*blocks, [0, rest, 0]] if rest else blocks

    def after(value):
        watch = RateWatch(promise, 0)
        watch.take_blocks(blocks)
        if value is not None:
            watch.add(value)
        return watch.e_value

    expected = (1 - promise) * after(0) + promise * after(1)
    assert expected == pytest.approx(after(None), rel=1e-9) or after(None) > 1e300


@given(st.lists(st.sampled_from([-1, 0, 1]), max_size=150), st.floats(0.001, 0.9))
def test_losses_that_even_out_are_a_fair_game(values, promise):
    """-1 and 1 with chances (1 - promise) / 2 and (1 + promise) / 2: their mean is the promise."""
    now = watched(promise, -1, values).e_value
    below, above = (watched(promise, -1, [*values, v]).e_value for v in (-1, 1))
    assert (1 - promise) / 2 * below + (1 + promise) / 2 * above == pytest.approx(now)


def test_false_alarms():
    """Looked at after each of 400 questions, at a rate of just what was promised."""
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(60):
        watch = RateWatch(0.05, 0)
        for value in rng.random(400) < 0.05:
            watch.add(int(value))
            if watch.e_value >= 10:
                alarms += 1
                break
    assert alarms <= 60 * 0.1 + 2 * math.sqrt(60 * 0.09)


def test_twice_the_promise_is_noticed():
    """Half of the time within 500 questions, at .1 instead of .05."""
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(40):
        watch = RateWatch(0.05, 0)
        watch.take_blocks([[0, BLOCK - k, k] for k in rng.binomial(BLOCK, 0.1, 5)])
        alarms += watch.e_value >= 20
    assert alarms >= 20


def test_a_good_past_does_not_hide_what_has_changed():
    """Ten hundreds without a one, then two at three times the promise."""
    watch = RateWatch(0.05, 0)
    watch.take_blocks([[0, BLOCK, 0]] * 10 + [[0, BLOCK - 15, 15]] * 2)
    assert watch.e_value > 20
    assert watch.counts_lately.tolist() == [0, 170, 30]
    from_the_start = log_wealth(np.array([-1, 0, 1]) - 0.05, watch.counts, BETS)
    assert from_the_start < 0


@given(st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=250))
def test_mean_and_bounds(values):
    watch = watched(0.1, -1, values)
    low, high = watch.bounds(0.95)
    assert watch.mean == pytest.approx(np.mean(values))
    assert -1 <= low <= watch.mean + 1e-9
    assert watch.mean - 1e-9 <= high <= 1
    # The same, turned round.
    other = watched(0.1, -1, [-value for value in values]).bounds(0.95)
    assert (-other[1], -other[0]) == pytest.approx((low, high), abs=1e-9)


def test_without_numbers():
    watch = RateWatch(0.1, 0)
    assert math.isnan(watch.mean)
    assert watch.bounds(0.95) == (0, 1)
    assert RateWatch(0.1, -1).bounds(0.95) == (-1, 1)
    assert watch.counts.tolist() == watch.counts_lately.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "blocks",
    [
        [[0, 50, 0], [0, 1, 0]],
        [[0, 101, 0]],
        [[1, 5, 0]],
        [[0, -1, 2]],
        [[0, 5]],
        [[]],
        [[0, 0, 0]],
    ],
)
def test_blocks_that_cannot_be(blocks):
    with pytest.raises(ValueError, match="blocks of other"):
        RateWatch(0.1, 0).take_blocks(blocks)
