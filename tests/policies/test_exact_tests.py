"""Exact tests of what stopping loses: valid for every truth, and worth their labels."""

import functools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, multinomial

from ensel import InputError
from ensel.policies.exact_tests import (
    NUISANCE_CHANCE,
    _nuisance_interval,
    _score,
    binomial_p_value,
    disagreement_p_value,
    labels_needed,
    loss_p_value,
)

LOSSES = [0.0, 0.02, 0.1, 0.3]


def outcomes(n):
    """All numbers lost and gained of n items."""
    return [(lost, gained) for lost in range(n + 1) for gained in range(n + 1 - lost)]


def chances(n, p10, p01):
    """Of each outcome."""
    rest = max(1 - p10 - p01, 0.0)
    counts = [(lost, gained, n - lost - gained) for lost, gained in outcomes(n)]
    return multinomial.pmf(counts, n, [p10, p01, rest])


@functools.cache
def slow_score(lost, gained, n, loss):
    """Tango's statistic with the most likely p01 found by search."""

    def minus_log_likelihood(p01):
        parts = [(lost, p01 + loss), (gained, p01), (n - lost - gained, 1 - 2 * p01 - loss)]
        return -sum(count * math.log(max(p, 1e-300)) for count, p in parts if count)

    inside = minimize_scalar(
        minus_log_likelihood,
        bounds=(0, (1 - loss) / 2),
        method="bounded",
        options={"xatol": 1e-13},
    )
    p01 = min([0.0, float(inside.x)], key=minus_log_likelihood)  # no search goes to the border
    return (lost - gained - n * loss) / math.sqrt(n * (2 * p01 + loss - loss**2))


def slow_p_value(lost, gained, n, loss):
    """By the definition: enumerate all outcomes, for many values of p10 + p01."""
    low, high = _nuisance_interval(lost + gained, n)
    if high < loss:
        return NUISANCE_CHANCE
    observed = slow_score(lost, gained, n, loss)
    below = np.array([slow_score(*one, n, loss) <= observed + 1e-6 for one in outcomes(n)])
    both = np.linspace(max(low, loss), high, 250)
    largest = max(chances(n, (b + loss) / 2, (b - loss) / 2) @ below for b in both)
    return min(1.0, largest + NUISANCE_CHANCE)


@pytest.mark.parametrize("loss", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("n", [3, 7])
def test_agrees_with_the_definition(n, loss):
    for lost, gained in outcomes(n):
        expected = slow_p_value(lost, gained, n, loss)
        assert loss_p_value(lost, gained, n, loss) == pytest.approx(expected, rel=2e-3)


def test_hand_values():
    # Nothing lost, nothing gained, two items, loss .5. As far below .5 are the outcomes without a
    # loss (1 lost, 1 gained: the statistic is -.82, here it is -1.41), with chance (1 - p10)^2,
    # and p10 = (pi + .5) / 2 is smallest at pi = .5: .25.
    assert loss_p_value(0, 0, 2, 0.5) == pytest.approx(0.25 + NUISANCE_CHANCE)
    # Nothing lost of 600 at .005: .995^600 = .04941.
    assert loss_p_value(0, 0, 600, 0.005) == pytest.approx(0.995**600 + NUISANCE_CHANCE)
    # Without items nothing is known.
    assert loss_p_value(0, 0, 0, 0.1) == 1.0
    # All discordant pairs in a thousand are too few for p10 - p01 = .05.
    assert loss_p_value(0, 0, 1000, 0.05) == NUISANCE_CHANCE


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("n", [1, 7, 20])
def test_valid_by_enumeration(n, loss):
    """P(p <= a) <= a for all a, where p10 - p01 is the loss, and where it is more."""
    p_values = np.array([loss_p_value(*one, n, loss) for one in outcomes(n)])
    order = np.argsort(p_values)
    ends = np.append(np.diff(p_values[order]) > 0, True)
    for both in np.linspace(loss, 1, 29):
        for excess in (0.0, 0.4):
            p01 = (both - loss) / 2 * (1 - excess)
            below = np.cumsum(chances(n, both - p01, p01)[order])
            assert (below[ends] <= p_values[order][ends] * (1 + 1e-3)).all()


@pytest.mark.parametrize("level", [0.01, 0.05])
@pytest.mark.parametrize("both", [0.02, 0.0231, 0.03, 0.06])
def test_valid_at_a_realistic_size(level, both):
    """400 items, a loss of .02: chance of a rejection, summed over up to 40 lost and 25 gained."""
    n, loss = 400, 0.02
    p10, p01 = (both + loss) / 2, (both - loss) / 2
    box = [(lost, gained) for lost in range(41) for gained in range(26)]
    weights = multinomial.pmf([(a, b, n - a - b) for a, b in box], n, [p10, p01, 1 - both])
    assert weights.sum() > 0.999
    rejected = np.array([loss_p_value(*one, n, loss) <= level for one in box])
    assert 0 < weights @ rejected + (1 - weights.sum()) <= level + 1e-3


cases = st.tuples(
    st.integers(20, 600),
    st.integers(0, 12),
    st.integers(0, 12),
    st.sampled_from([0.005, 0.02, 0.1]),
).filter(lambda case: case[1] + case[2] < case[0])


@given(cases)
@settings(max_examples=60)
def test_a_finer_grid_finds_no_higher_summit(case):
    from ensel.policies.exact_tests import _chances, _most_lost, _numbers_gained

    n, n_lost, n_gained, loss = case
    low, high = _nuisance_interval(n_lost + n_gained, n)
    if high < loss:
        return
    gained = _numbers_gained((max(low, loss) - loss) / 2, (high - loss) / 2, n)
    observed = float(_score(np.array([n_lost]), np.array([n_gained]), n, loss)[0])
    most = _most_lost(observed, gained, n, loss)
    both = np.linspace(max(low, loss), high, 600)
    finer = _chances((both + loss) / 2, (both - loss) / 2, n, gained, most).max()
    assert loss_p_value(n_lost, n_gained, n, loss) >= min(1, finer) * (1 - 1e-3)


@given(cases)
@settings(max_examples=60)
def test_what_is_lost_speaks_against_stopping_and_what_is_gained_for_it(case):
    """Where the p-value is below .2, up to the chance that pays for the nuisance parameter."""
    n, lost, gained, loss = case
    one = loss_p_value(lost, gained, n, loss)
    if lost + gained + 1 <= n:
        more_lost = loss_p_value(lost + 1, gained, n, loss)
        assert one <= more_lost + NUISANCE_CHANCE or more_lost > 0.2
        more_gained = loss_p_value(lost, gained + 1, n, loss)
        assert more_gained <= one + NUISANCE_CHANCE or one > 0.2


@given(cases)
def test_the_statistic_rises_with_the_lost_and_falls_with_the_gained(case):
    """So a truth beyond the loss is never harder than one at it (Barnard's convexity)."""
    n, lost, gained, loss = case

    def score(lost, gained):
        return _score(np.array([lost]), np.array([gained]), n, loss)[0]

    if lost + gained + 1 <= n:
        assert score(lost + 1, gained) >= score(lost, gained) - 1e-9
        assert score(lost, gained + 1) <= score(lost, gained) + 1e-9


@pytest.mark.parametrize(("n", "lost", "gained"), [(600, 3, 5), (1000, 9, 8), (2000, 8, 6)])
def test_what_is_gained_counts(n, lost, gained):
    """More than the binomial test of the lost items sees."""
    assert loss_p_value(lost, gained, n, 0.01) < binomial_p_value(lost, n, 0.01) / 2


@given(st.integers(1, 400), st.floats(0, 0.99), st.data())
def test_binomial_agrees_with_scipy(n, rate, data):
    count = data.draw(st.integers(0, n))
    expected = binomtest(count, n, rate, alternative="less").pvalue
    assert binomial_p_value(count, n, rate) == pytest.approx(expected, rel=1e-8, abs=1e-100)
    assert disagreement_p_value(count, n, rate) == binomial_p_value(count, n, rate)


def test_598_without_a_loss():
    # log .05 / log .995 = 597.6.
    assert binomial_p_value(0, 597, 0.005) > 0.05 >= binomial_p_value(0, 598, 0.005)


def test_labels_needed_without_a_loss():
    # .995^n + .0001 <= .05: log .0499 / log .995 = 598.05, so 599.
    assert labels_needed(0, 0, 0.005, 0.05) == 599
    # .95^n <= .0499: 58.4.
    assert labels_needed(0, 0, 0.05, 0.05) == 59


@pytest.mark.parametrize(
    ("p10", "p01", "loss", "delta"),
    [(0.002, 0.001, 0.005, 0.05), (0.004, 0, 0.02, 0.025), (0.01, 0.01, 0.05, 0.05)],
)
def test_labels_needed_by_trying_all(p10, p01, loss, delta):
    def p_value(n):
        return loss_p_value(math.ceil(n * p10 - 1e-9), math.floor(n * p01 + 1e-9), n, loss)

    first = next(n for n in range(1, 5000) if p_value(n) <= delta)
    assert labels_needed(p10, p01, loss, delta) == first


def test_labels_needed_where_many_are_lost():
    needed = labels_needed(0.05, 0.05, 0.01, 0.05)  # hundreds lost: by bisection
    lost, gained = math.ceil(needed * 0.05), math.floor(needed * 0.05)
    assert loss_p_value(lost, gained, needed, 0.01) <= 0.05
    assert loss_p_value(lost, gained, needed - 100, 0.01) > 0.05
    # Normal approximation: n = (1.645 / .01)^2 * .1 = 2,706.
    assert needed == pytest.approx(2706, rel=0.05)


def test_no_number_of_labels_would_do():
    assert labels_needed(0.01, 0.005, 0.005, 0.05) is None
    assert labels_needed(0.0102, 0.005, 0.005, 0.05) is None
    assert labels_needed(0.0499999, 0, 0.05, 0.05) is None  # above a million
    assert labels_needed(0, 0, 0.05, NUISANCE_CHANCE / 2) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: loss_p_value(3, 4, 6, 0.1), "n_lost=3 \\+ n_gained=4 of n=6"),
        (lambda: loss_p_value(-1, 0, 6, 0.1), "n_lost=-1; a number of items"),
        (lambda: loss_p_value(0, 1.5, 6, 0.1), "n_gained=1.5; a number of items"),
        (lambda: loss_p_value(0, 0, True, 0.1), "n=True; a number of items"),
        (lambda: loss_p_value(0, 0, 6, 1.0), "loss=1.0; a share of items"),
        (lambda: loss_p_value(0, 0, 6, float("nan")), "loss=nan; a share of items"),
        (lambda: binomial_p_value(7, 6, 0.1), "count=7 of n=6"),
        (lambda: disagreement_p_value(0, 6, -0.1), "rate=-0.1; a share of items"),
        (lambda: labels_needed(1.2, 0, 0.1, 0.05), "p10=1.2; a chance"),
        (lambda: labels_needed(0.6, 0.6, 0.1, 0.05), "they exclude each other"),
        (lambda: labels_needed(0, 0, 0.0, 0.05), "loss=0.0, delta=0.05; both must be in"),
        (lambda: labels_needed(0, 0, 0.1, 1.0), "loss=0.1, delta=1.0; both must be in"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()
