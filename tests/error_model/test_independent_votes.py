"""The plain vote, and what independence promises it: by hand and by trying everything."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.error_model import independent_accuracy, plurality_scores, uniform_majority_error

rates = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda two: (two[0], two[1] * (1 - two[0]))),
    min_size=1,
    max_size=4,
)


def by_trying_everything(right, wrong, shares, alone=False):
    """Every way in which models may answer: 0 right, 1 ... a wrong option, -1 nothing.

    With `alone`, the last option stands for answers that are all different.
    """
    accuracy = 0.0
    for answers in itertools.product(range(-1, len(shares) + 1), repeat=len(right)):
        chance = 1.0
        for answer, a, w in zip(answers, right, wrong, strict=True):
            if answer < 0:
                chance *= max(1 - a - w, 0.0)
            else:
                chance *= a if answer == 0 else w * shares[answer - 1]
        counts = [answers.count(option) for option in range(len(shares) + 1)]
        if alone:
            counts = [*counts[:-1], *[1] * counts[-1]]
        if counts[0] and counts[0] == max(counts):
            accuracy += chance / counts.count(counts[0])
    return accuracy


@given(rates, st.floats(0, 1), st.integers(2, 5))
def test_is_the_sum_over_all_ways_to_answer(pool, popularity, n_options):
    right, wrong = map(list, zip(*pool, strict=True))
    others = n_options - 2
    shares = [popularity, *[(1 - popularity) / others] * others] if others else [1.0]
    slow = by_trying_everything(right, wrong, shares)
    found = independent_accuracy(right, wrong, popularity=popularity, n_options=n_options)
    assert found == pytest.approx(slow, abs=1e-9)


@given(rates, st.floats(0, 1))
def test_options_without_end(pool, popularity):
    right, wrong = map(list, zip(*pool, strict=True))
    slow = by_trying_everything(right, wrong, [popularity, 1 - popularity], alone=True)
    found = independent_accuracy(right, wrong, popularity=popularity, n_options=None)
    assert found == pytest.approx(slow, abs=1e-9)


@given(st.integers(1, 25), st.floats(0.01, 0.5))
def test_of_equal_models_and_two_classes_it_is_condorcet(n_models, error):
    found = independent_accuracy(np.full(n_models, 1 - error), np.full(n_models, error))
    assert found == pytest.approx(1 - float(uniform_majority_error(n_models, error, 0.0)))


def test_by_hand():
    """Right .9, .6 and .5, two classes: all three .27; two of them .9 * .6 * .5 = .27,
    .9 * .4 * .5 = .18 and .1 * .6 * .5 = .03. A model without an answer leaves a tie to a draw."""
    right = np.array([0.9, 0.6, 0.5])
    assert independent_accuracy(right, 1 - right) == pytest.approx(0.75)
    # Two models: both right .25; right and missing 2 * .5 * .25; right and wrong 2 * .5 * .25 / 2.
    assert independent_accuracy([0.5] * 2, [0.25] * 2) == pytest.approx(0.25 + 0.25 + 0.125)


@given(rates.filter(lambda pool: len(pool) > 1), st.integers(3, 5))
def test_wrong_answers_that_gather_do_no_good(pool, n_options):
    """All wrong answers alike against all spread evenly."""
    right, wrong = map(np.array, zip(*pool, strict=True))
    gathered = independent_accuracy(right, wrong, popularity=1.0, n_options=n_options)
    even = 1 / (n_options - 1)
    spread = independent_accuracy(right, wrong, popularity=even, n_options=n_options)
    assert gathered <= spread + 1e-9


def test_large_pools_stay_probabilities():
    """300 models, 40 % right; wrong answers evenly over three options, 20 % each: right wins."""
    found = independent_accuracy(
        np.full(300, 0.4), np.full(300, 0.6), popularity=1 / 3, n_options=4
    )
    assert 0.999 < found <= 1
    few = independent_accuracy(np.full(300, 0.4), np.full(300, 0.6), popularity=1.0, n_options=4)
    assert few < 0.001  # .4 against .6


def test_scores_of_a_plain_vote():
    answers = [[2, 2, 1], [2, 1, -1], [0, 1, 2], [-1, -1, -1], [0, 0, 1]]
    found = plurality_scores(np.array(answers), np.array([2, 1, 1, 0, 1]), 3)
    assert found.tolist() == pytest.approx([1, 1 / 2, 1 / 3, 0, 0])


def test_models_that_are_independent_get_what_is_promised():
    """Simulated: 60,000 items, standard error of the vote's accuracy .002."""
    rng = np.random.default_rng(0)
    right, n_items = np.array([0.7, 0.6, 0.6, 0.5, 0.4]), 60_000
    draws = rng.random((n_items, 5))
    popular = rng.random((n_items, 5)) < 0.5
    answers = np.where(draws < right, 0, np.where(popular, 1, rng.integers(2, 4, (n_items, 5))))
    answers[draws > 0.95] = -1
    got = plurality_scores(answers, np.zeros(n_items, dtype=int), 4).mean()
    promised = independent_accuracy(right, 0.95 - right, popularity=0.5, n_options=4)
    assert got == pytest.approx(promised, abs=0.008)
