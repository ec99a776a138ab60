"""Bets on a mean: no bettor gains on average, and bounds of the mean follow."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import InputError
from ensel.policies.betting import (
    N_BETS,
    SHARES,
    log_wealth,
    mean_p_value,
    mean_upper_bound,
)

VALUES = np.array([-1.0, 0.0, 0.5, 1.0])
samples = st.lists(st.sampled_from([-1.0, -0.25, 0.0, 0.5, 1.0]), min_size=1, max_size=60)


def test_wealth_by_hand():
    # Bets of 0 and 1/2 on gains 1, 1, -1/2: 1 and 1.5 * 1.5 * .75 = 1.6875; their mean 1.34375.
    wealth = log_wealth(np.array([1.0, -0.5]), np.array([2, 1]), np.array([0.0, 0.5]))
    assert math.exp(wealth) == pytest.approx(1.34375)
    # Of several bettors at once.
    wealths = log_wealth(np.array([1.0, -0.5]), np.array([[2, 1], [0, 0]]), np.array([0.0, 0.5]))
    np.testing.assert_allclose(np.exp(wealths), [1.34375, 1.0])


@pytest.mark.parametrize(
    "chances",
    [
        [0.2, 0.5, 0.1, 0.2],  # mean -.2 + .05 + .2 = .05
        [0.0, 0.9, 0.1, 0.0],  # .05
        [0.0, 0.95, 0.0, 0.05],  # .05
        [0.1, 0.5, 0.1, 0.3],  # .25, above the limit
    ],
)
def test_nobody_gains_on_average(chances):
    """E[wealth] <= 1 by enumeration of five values; exactly 1 where the mean is the limit."""
    limit, n = 0.05, 5
    mean, p_values = 0.0, {}
    for drawn in itertools.combinations_with_replacement(range(4), n):
        counts = np.bincount(drawn, minlength=4)
        ways = math.factorial(n) / math.prod(math.factorial(c) for c in counts)
        chance = ways * math.prod(float(p) ** c for p, c in zip(chances, counts, strict=True))
        wealth = math.exp(log_wealth(limit - VALUES, counts, SHARES / (1 - limit)))
        mean += chance * wealth
        p_value = mean_p_value(VALUES, counts, limit=limit)
        assert p_value == pytest.approx(min(1, 1 / wealth))
        p_values[p_value] = p_values.get(p_value, 0.0) + chance
    at_limit = np.dot(chances, VALUES) == pytest.approx(limit)
    assert mean == pytest.approx(1) if at_limit else mean < 1
    below = 0.0
    for p_value in sorted(p_values):
        below += p_values[p_value]
        assert below <= p_value + 1e-12


@given(samples, st.randoms())
def test_neither_order_nor_how_values_are_counted_matters(values, random):
    shuffled = random.sample(values, len(values))
    distinct = sorted(set(values))
    counts = [values.count(value) for value in distinct]
    one = mean_p_value(values, limit=0.2)
    assert mean_p_value(shuffled, limit=0.2) == one == mean_p_value(distinct, counts, limit=0.2)
    bound = mean_upper_bound(values, None, -1, 1, 0.05)
    assert mean_upper_bound(distinct, counts, -1, 1, 0.05) == bound
    assert mean_upper_bound([*distinct, 1], [*counts, 0], -1, 1, 0.05) == bound


@given(samples)
def test_the_bound_is_where_the_test_turns(values):
    bound = mean_upper_bound(values, None, -1, 1, 0.05)
    assert np.mean(values) - 1e-12 <= bound <= 1
    if bound < 1:
        assert mean_p_value(values, limit=bound) <= 0.05
        assert mean_p_value(values, limit=bound - 1e-9) > 0.05


@given(samples)
def test_laws_of_the_bound(values):
    bound = mean_upper_bound(values, None, -1, 1, 0.05)
    assert mean_upper_bound(values, None, -1, 1, 0.01) >= bound  # surer, higher
    assert mean_upper_bound([*values, 1.0], None, -1, 1, 0.05) >= bound - 1e-12
    moved = mean_upper_bound(3 * np.array(values) + 7, None, 4, 10, 0.05)
    assert moved == pytest.approx(3 * bound + 7, abs=1e-9)


@given(samples, st.floats(0.01, 0.8), st.floats(0.01, 0.19))
def test_a_higher_limit_is_easier_to_refute(values, limit, more):
    assert mean_p_value(values, limit=limit + more) <= mean_p_value(values, limit=limit) + 1e-15


@given(samples, st.integers(0, N_BETS - 1))
def test_never_far_behind_the_best_bet(values, which):
    """Of 64 bets that start alike, the best alone is worth at most 64 times all."""
    gains, bets = 0.1 - np.array(values), SHARES / 0.9
    together = log_wealth(gains, np.ones(len(gains), dtype=int), bets)
    alone = log_wealth(gains, np.ones(len(gains), dtype=int), bets[[which]])
    assert together >= alone - math.log(N_BETS) - 1e-9


def test_without_a_loss_it_needs_little_more_than_the_binomial_test():
    """All at stake, n zeros multiply wealth by (1 - loss)^-n, what the binomial test rests on."""
    needed = next(n for n in range(598, 2000) if mean_p_value([0], [n], limit=0.005) <= 0.05)
    assert 598 < needed < 1000


def test_coverage():
    """Costs with a long tail: the bound is below the mean in 5 % of samples at most."""
    rng = np.random.default_rng(7)
    paid, chances = np.array([1.0, 2.0, 8.0]), [0.7, 0.2, 0.1]
    counts = rng.multinomial(400, chances, size=400)
    bounds = np.array([mean_upper_bound(paid, one, 1, 8, 0.05) for one in counts])
    mean = 0.7 + 0.4 + 0.8
    assert (bounds < mean).mean() <= 0.05
    assert np.mean(bounds) < mean + 7 * math.sqrt(math.log(20) / 800)  # Hoeffding's is wider


def test_extremes():
    assert mean_upper_bound([], None, 0, 3, 0.05) == 3
    assert mean_upper_bound([3, 3], None, 0, 3, 0.05) == 3
    assert mean_p_value([], limit=0.5) == 1
    assert mean_p_value([1, 1], limit=0.5) == 1
    assert 0 < mean_upper_bound([0], [10**6], 0, 1, 0.05) < 1e-4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_p_value([0, 2], limit=0.5), "values up to 2.0; finite numbers up to 1.0"),
        (lambda: mean_p_value([np.nan], limit=0.5), "finite numbers up to 1.0 are needed"),
        (lambda: mean_p_value([0], limit=1.0), "limit=1.0; below the largest possible value"),
        (lambda: mean_p_value([0], [1, 2], limit=0.5), "one of each"),
        (lambda: mean_p_value([0], [0.5], limit=0.5), "counts from 0.5; whole numbers"),
        (lambda: mean_p_value([0], [-1], limit=0.5), "counts from -1; whole numbers"),
        (lambda: mean_upper_bound([0], None, 0, 1, 0.0), "delta=0.0; a probability"),
        (lambda: mean_upper_bound([0], None, 1, 2, 0.05), "values from 0.0; 1 was given"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()
