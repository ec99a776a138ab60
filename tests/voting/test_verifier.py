"""A verifier that errs, by hand and against enumeration; pass@k against counting subsets."""

from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.exceptions import InputError
from ensel.voting.verifier import expected_coverage, pass_at_k, solved

rates = st.sampled_from([0.0, 0.1, 0.5, 1.0])


@st.composite
def answers(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    answered = rng.random(shape) < 0.8
    return (rng.random(shape) < 0.5) & answered, answered


def test_by_hand():
    # Wrong, right, missing, right. fa = .1, fr = .2.
    # Accepted: wrong at once .1; the second .9 x .8 = .72; the fourth .9 x .2 x .8 = .144.
    # Nothing: .9 x .2 x .2 = .036. Looked at: 1 + .9 + .9 x .2 = 2.08 (the missing one is not).
    # Asked: the missing one too, 1 + .9 + .18 + .18 = 2.26.
    result = solved(
        [[False, True, False, True]],
        answered=[[True, True, False, True]],
        false_accept=0.1,
        false_reject=0.2,
    )
    assert result.right[0] == pytest.approx(0.72 + 0.144)
    assert result.wrong[0] == pytest.approx(0.1)
    assert result.nothing[0] == pytest.approx(0.036)
    assert result.looked[0] == pytest.approx(2.08)
    assert result.asked[0] == pytest.approx(2.26)


def test_cached_verdicts_by_hand():
    # Item 0: the wrong first answer passes. Item 1: the second is right and passes. Item 2: none.
    right = [[False, True], [False, True], [True, False]]
    accepted = [[True, True], [False, True], [False, False]]
    result = solved(right, accepted=accepted)
    assert result.right.tolist() == [0, 1, 0]
    assert result.wrong.tolist() == [1, 0, 0]
    assert result.nothing.tolist() == [0, 0, 1]
    assert result.looked.tolist() == [1, 2, 2]


@given(answers())
def test_without_errors_an_item_is_solved_if_any_answer_is_right(pool):
    right, answered = pool
    result = solved(right, answered=answered)
    assert np.array_equal(result.right, right.any(axis=1))
    assert not result.wrong.any()


@given(answers(), rates, rates)
def test_is_the_mean_over_all_verdicts(pool, false_accept, false_reject):
    """Expectation = sum over verdicts of their probability times what exact verdicts give."""
    right, answered = pool
    chance = np.where(right, 1 - false_reject, false_accept) * answered
    names = ("right", "wrong", "nothing", "looked", "asked")
    sums = {name: np.zeros(len(right)) for name in names}
    for row in product([False, True], repeat=right.shape[1]):
        verdict = np.tile(row, (len(right), 1))
        weight = np.where(verdict, chance, 1 - chance).prod(axis=1)
        exact = solved(right, answered=answered, accepted=verdict & answered)
        for name in names:
            sums[name] += weight * getattr(exact, name)
    found = solved(right, answered=answered, false_accept=false_accept, false_reject=false_reject)
    for name in names:
        np.testing.assert_allclose(getattr(found, name), sums[name], atol=1e-12)


@given(answers(), rates, rates)
def test_something_or_nothing_is_accepted(pool, false_accept, false_reject):
    right, answered = pool
    found = solved(right, answered=answered, false_accept=false_accept, false_reject=false_reject)
    np.testing.assert_allclose(found.right + found.wrong + found.nothing, 1)
    assert (found.right <= right.any(axis=1) + 1e-12).all()
    assert (found.looked <= found.asked + 1e-12).all()
    assert (found.asked <= right.shape[1]).all()


@given(answers(), rates)
def test_one_more_answer_never_hurts_where_no_wrong_one_passes(pool, false_reject):
    right, answered = pool
    fewer = solved(right[:, :-1], answered=answered[:, :-1], false_reject=false_reject).right
    more = solved(right, answered=answered, false_reject=false_reject).right
    assert (more >= fewer - 1e-12).all()


@pytest.mark.parametrize(
    ("right", "more", "said"),
    [
        ([True], {}, r"right of shape \(1,\)"),
        ([[2]], {}, "neither true nor false"),
        ([[True]], {"answered": [[False]]}, "answer 0 is missing, but right"),
        ([[False]], {"answered": [[False]], "accepted": [[True]]}, "missing, but accepted"),
        ([[False]], {"false_accept": 1.5}, r"false_accept=1\.5; a probability"),
        ([[False]], {"false_reject": float("nan")}, "false_reject=nan"),
        ([[False]], {"accepted": [[True]], "false_accept": 0.1}, "the verdicts or the rates"),
        ([[False]], {"accepted": [[True, False]]}, "accepted of shape"),
    ],
)
def test_refuses(right, more, said):
    with pytest.raises(InputError, match=said):
        solved(right, **more)


@given(st.integers(1, 7), st.data())
def test_pass_at_k_is_the_share_of_subsets(n, data):
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    sample = [True] * c + [False] * (n - c)
    subsets = [any(subset) for subset in combinations(sample, k)]
    assert pass_at_k(n, c, k) == pytest.approx(np.mean(subsets), abs=1e-12)


@given(st.integers(1, 500), st.data())
def test_pass_at_k_keeps_its_digits(n, data):
    """Against whole numbers; also where the chance is near 0, and k samples of n = 10^15."""
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    exact = 1 - comb(n - c, k) / comb(n, k)
    assert pass_at_k(n, c, k) == pytest.approx(exact, rel=1e-9, abs=1e-14)
    assert pass_at_k(10**15, 3, 2) == pytest.approx(6e-15, rel=1e-9)


def test_pass_at_k_of_arrays():
    # C(3, 2) / C(5, 2) = 3 / 10; no right one: 0; four right, so one of any two is: 1.
    np.testing.assert_allclose(pass_at_k(5, [2, 0, 4], 2), [0.7, 0.0, 1.0])


def test_pass_at_k_is_unbiased():
    """Its mean over draws of n = 5 samples is 1 - (1 - p)^k."""
    p, k = 0.3, 3
    weights = [comb(5, c) * p**c * (1 - p) ** (5 - c) for c in range(6)]
    assert np.dot(weights, pass_at_k(5, np.arange(6), k)) == pytest.approx(1 - (1 - p) ** k)


@pytest.mark.parametrize("numbers", [(2, 1, 3), (2, 3, 1), (2, -1, 1), (2, 1, 0)])
def test_pass_at_k_refuses(numbers):
    with pytest.raises(InputError, match="0 <= c <= n"):
        pass_at_k(*numbers)
    with pytest.raises(InputError, match="k of type float64"):
        pass_at_k(2, 1, 1.0)


def test_expected_coverage_is_that_of_all_choices_of_samples():
    right = np.random.default_rng(0).random((30, 6)) < 0.4
    weights = np.arange(30) % 3
    sets = combinations(range(6), 3)
    each = [np.average(right[:, s].any(axis=1), weights=weights) for s in sets]
    found = expected_coverage(right, 3, sample_weight=weights)
    assert found == pytest.approx(np.mean(each))
