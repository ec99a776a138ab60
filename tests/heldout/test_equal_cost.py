"""What asks in sequence, against a coin between two fixed sets of the same mean cost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel.heldout.equal_cost import UNKNOWN, difference_at_equal_cost, mixed
from ensel.heldout.intervals import Estimate, SplitScores, difference_interval

TESTS = [np.array([0, 1, 2]), np.array([1, 3])]


def scores(*of_splits, groups=None):
    return SplitScores(4, TESTS, [np.array(one) for one in of_splits], groups)


POLICY = scores([1.0, 1.0, 0.0], [1.0, 1.0])
ONE = scores([1.0, 0.0, 0.0], [0.0, 1.0])
TWO = scores([1.0, 1.0, 1.0], [0.0, 1.0])
THREE = scores([1.0, 1.0, 1.0], [1.0, 1.0])
SETS, COSTS = [ONE, TWO, THREE], [1.0, 2.0, 4.0]


def test_a_coin_by_hand():
    """At 1.25: 3/4 of the set of one, 1/4 of that of two.

    Means of the splits: policy 2/3 and 1; one 1/3 and 1/2; two 1 and 1/2. So (2/3 + 1) / 2 = 5/6
    less 3/4 (1/3 + 1/2) / 2 + 1/4 (1 + 1/2) / 2 = 5/16 + 3/16 = 1/2.
    """
    found = difference_at_equal_cost(POLICY, 1.25, SETS, COSTS)
    assert found.value == pytest.approx(5 / 6 - 1 / 2)
    assert found.low < found.value < found.high


def test_between_sets_whose_costs_are_two_apart():
    """At 2.5, a quarter of the way from 2 to 4: 3/4 of two, 1/4 of three."""
    found = difference_at_equal_cost(POLICY, 2.5, SETS, COSTS)
    assert found.value == pytest.approx(5 / 6 - (3 / 4 * 3 / 4 + 1 / 4 * 1))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_at_the_cost_of_a_set_it_is_the_plain_paired_difference(at):
    found = difference_at_equal_cost(POLICY, COSTS[at], SETS, COSTS)
    assert found == difference_interval(POLICY - SETS[at])


def test_outside_the_range_the_nearest_set_is_the_rival():
    below = difference_at_equal_cost(POLICY, 0.5, SETS, COSTS)
    above = difference_at_equal_cost(POLICY, 9.0, SETS, COSTS)
    assert below == difference_interval(POLICY - ONE)
    assert above == difference_interval(POLICY - THREE)
    assert difference_at_equal_cost(POLICY, 3.0, [TWO], [2.0]) == difference_interval(POLICY - TWO)


def test_sets_come_in_any_order():
    found = difference_at_equal_cost(POLICY, 1.25, SETS[::-1], COSTS[::-1])
    assert found == difference_at_equal_cost(POLICY, 1.25, SETS, COSTS)


def test_of_sets_that_cost_the_same_the_largest_is_the_rival():
    found = difference_at_equal_cost(POLICY, 2.0, [ONE, TWO, THREE], [1.0, 2.0, 2.0])
    assert found == difference_interval(POLICY - THREE)
    free = difference_at_equal_cost(POLICY, 0.0, [ONE, TWO], [0.0, 0.0])
    assert free == difference_interval(POLICY - TWO)


@pytest.mark.parametrize(
    ("cost", "sets", "costs"),
    [
        (1.0, [], []),
        (np.nan, SETS, COSTS),
        (1.5, SETS, [1.0, np.nan, 4.0]),
        (np.inf, SETS, COSTS),
    ],
)
def test_of_unknown_costs_nothing_is_said(cost, sets, costs):
    found = difference_at_equal_cost(POLICY, cost, sets, costs)
    assert found is UNKNOWN
    assert np.isnan(found).all()
    assert isinstance(found, Estimate)


def test_the_mean_of_a_coin_and_not_its_throw():
    half = mixed(ONE, TWO, 0.5)
    np.testing.assert_allclose(half.scores, [[1, 0.5, 0.5, 0], [0, 0, 0, 1]])
    np.testing.assert_array_equal(half.tested, ONE.tested)
    np.testing.assert_array_equal(mixed(ONE, TWO, 0.0).scores, ONE.scores)
    np.testing.assert_array_equal(mixed(ONE, TWO, 1.0).scores, TWO.scores)


def test_copies_of_a_question_stay_one_question():
    groups = np.array([0, 1, 1, 2])
    sets = [scores([1.0, 0.0, 0.0], [0.0, 1.0], groups=groups), POLICY]
    policy = scores([1.0, 1.0, 0.0], [1.0, 1.0], groups=groups)
    np.testing.assert_array_equal(mixed(*sets, 0.3).groups, groups)
    assert difference_at_equal_cost(policy, 1.5, [sets[0]], [2.0]) == difference_interval(
        policy - sets[0]
    )


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.floats(0, 6))
def test_it_is_the_difference_of_means_at_the_interpolated_accuracy(seed, cost):
    """The rival's accuracy is the line through those of the sets, flat beyond the ends."""
    rng = np.random.default_rng(seed)
    n_sets = int(rng.integers(1, 5))
    costs = np.sort(rng.uniform(0.5, 5, n_sets))
    sets = [scores(rng.integers(0, 2, 3), rng.integers(0, 2, 2)) for _ in costs]
    rival = np.interp(cost, costs, [one.mean for one in sets])
    found = difference_at_equal_cost(POLICY, cost, sets, costs)
    assert found.value == pytest.approx(POLICY.mean - rival, abs=1e-6)
    assert found.low <= found.value <= found.high
