"""From the single best query upward, what is worth its cost: by hand, and as laws."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import select
from ensel.choosing.nested import Ask
from ensel.choosing.promise import Decision
from ensel.choosing.rules import choose
from ensel.choosing.verdict import (
    MOST_ERROR,
    SPREAD,
    Bought,
    Worth,
    climb,
    expected_gain,
    usual_gain,
)
from ensel.error_model import simulate
from ensel.heldout.candidates import Candidate, single_best
from ensel.heldout.intervals import Estimate, Z

SINGLE = single_best()
FREE = Worth(0.0, 1.0)


def set_of(size):
    return Candidate("greedy-logit", "logit", size)


class Told:
    """Promises that are given: held-out gain and error of each size."""

    def __init__(self, gains, n_questions=1000):
        self.gains = gains
        self.board = SimpleNamespace(single=SINGLE, n_questions=n_questions)
        self.single_accuracy = Estimate(0.8, 0.78, 0.82)

    def gain_anew(self, ask, decision, columns):
        value, error = self.gains[ask.budget]
        return Estimate(value, value - Z * error, value + Z * error)

    def accuracy_anew(self, ask, decision, gain):
        return Estimate(0.8 + gain, 0.7, 0.9)


def climbed(gains, worth=FREE, n_questions=1000):
    """Verdicts of sets of as many queries as the budget; cost 1 each."""
    asks = {Ask(size, None, choose): Decision(set_of(size), set_of(size)) for size in gains}
    bought = {ask: Bought(tuple(range(ask.budget)), float(ask.budget)) for ask in asks}
    return climb(asks, Told(gains, n_questions), bought, 1.0, worth)


def test_what_is_usual_by_hand():
    """1 point less .7 / (k - 1): .3 of two queries, .65 of three, .9 of eight."""
    assert [usual_gain(k) for k in (1, 2, 3, 8)] == pytest.approx([0, 0.003, 0.0065, 0.009])


def test_expected_by_hand():
    """m = 1, t = 1.5 points. g = 3, s = 2: T = max(2.25, 4 - 4), 1 + 2 x 2.25 / 6.25 = 1.72.

    g = 11, s = 2: T = 100 - 4 = 96, so that 1 + 10 x 96 / 100 = 10.6: far gains stay.
    """
    assert expected_gain(0.03, 0.02, 0.01, 0.015) == pytest.approx(0.0172)
    assert expected_gain(0.11, 0.02, 0.01, 0.015) == pytest.approx(0.106)


@given(st.floats(-0.3, 0.3), st.floats(1e-4, 0.2), st.floats(0, 0.01))
def test_it_lies_between_what_was_seen_and_what_is_usual_and_rises(seen, error, usual):
    found = expected_gain(seen, error, usual, SPREAD)
    assert min(seen, usual) - 1e-12 <= found <= max(seen, usual) + 1e-12
    assert expected_gain(seen + 0.01, error, usual, SPREAD) >= found - 1e-12


@given(
    st.lists(st.tuples(st.floats(-0.1, 0.1), st.floats(1e-3, 0.1)), min_size=1, max_size=6),
    st.floats(0, 0.01),
)
def test_more_queries_never_promise_less_and_what_is_bought_gains(cells, points):
    gains = dict(enumerate(cells, start=2))
    verdicts = climbed(gains, Worth(points, 1.0))
    values = [verdict.gain.value for verdict in verdicts]
    assert values == sorted(values)
    paid = 1
    for verdict in verdicts:
        bought = verdict.decision.chosen
        if bought.is_single:
            assert verdict.gain == (0, 0, 0)
            continue
        assert verdict.gain.low <= verdict.gain.value <= verdict.gain.high
        assert verdict.gain.value > points * (bought.budget - 1)
        assert bought.budget >= paid
        paid = bought.budget


def test_a_further_query_must_be_worth_it():
    """Two and three gain 1 point at an error of .1: .3 + .7 x 2.25 / 2.26 = .9969 points, and

    .65 + .35 x 2.25 / 2.26 = .9985: .0016 points more, since three usually gain more.
    """
    gains = {2: (0.01, 0.001), 3: (0.01, 0.001)}
    two, three = climbed(gains)
    assert two.gain.value == pytest.approx(0.009969, abs=1e-6)
    assert three.gain.value == pytest.approx(0.0099845, abs=1e-6)
    # Three gain 2.5 points at an error of 1, .65 are usual. T is max(2.25, 1.85^2 - 1) = 2.4225,
    # so .65 + 1.85 x 2.4225 / 3.4225 = 1.96.
    _, far = climbed({2: (0.0, 0.01), 3: (0.025, 0.01)})
    assert far.gain.value == pytest.approx(0.01959, abs=1e-5)
    two, three = climbed(gains, Worth(0.0005, 1.0))
    assert three.decision.chosen == two.decision.chosen == set_of(2)
    assert three.passed_over.candidate == set_of(3)
    (one,) = climbed({2: (0.01, 0.001)}, Worth(0.02, 1.0))
    assert one.decision.chosen == SINGLE


def test_too_few_questions_buy_one_query_and_say_how_many_would_tell():
    """The error is twice as large as may be: four times as many questions."""
    (verdict,) = climbed({3: (0.02, 2 * MOST_ERROR)}, n_questions=50)
    assert verdict.decision.chosen == SINGLE
    assert verdict.too_few == 200
    assert verdict.passed_over.size == 3
    (clear,) = climbed({3: (0.5, 2 * MOST_ERROR)})  # 50 points are clear at any error
    assert clear.decision.chosen == set_of(3)


def test_where_no_resample_could_fill_it_nothing_is_bought():
    (verdict,) = climbed({3: (0.02, math.nan)})
    assert verdict.decision.chosen == SINGLE


@pytest.mark.parametrize("seed", range(3))
def test_what_is_recommended_is_what_is_bought(seed):
    """Simulated: the printed rows climb, and the last is the purchase."""
    pool = simulate(200, [0.2, 0.22, 0.25, 0.25], 0.3, random_state=seed)
    result = select(pool, 4, n_boot=5, n_again=1, n_repeats=1, progress=False)
    gains = result.by_budget["gain_vs_single"].to_numpy()
    assert (np.diff(gains) >= 0).all()
    last = result.by_budget.iloc[-1]
    assert (last["gain_vs_single"], last["queries"]) == (
        result.gain_vs_single.value,
        result.queries,
    )
    assert result.expected.value == pytest.approx(result.single.value + gains[-1])
    assert len(result.queries) == 1 or gains[-1] > 0


def alike(n_items, n_queries, seed, accuracy=0.75):
    """Simulated: queries of one accuracy, whose errors are independent."""
    return simulate(n_items, [1 - accuracy] * n_queries, 0.0, random_state=seed)


@pytest.mark.parametrize("seed", [22, 3, 8])
def test_a_query_is_never_better_than_itself(seed):
    """Of eight alike the best owes its lead to luck, under whichever name it is bought."""
    result = select(alike(300, 8, seed), 2, n_boot=5, n_again=1, n_repeats=1, progress=False)
    if result.queries == [result.single_best] and result.vote in ("majority", "weighted"):
        assert result.gain_vs_single.value <= 1e-9
    for name in ("top-k", "single-best"):
        vote = {} if name == "single-best" else {"vote": "majority"}
        named = select(alike(300, 8, seed), 1, method=name, n_boot=5, n_again=1, **vote)
        assert named.gain_vs_single == (0, 0, 0)
        assert named.expected == named.single


def test_too_few_is_said_of_questions_and_not_beside_what_is_bought():
    gains = {2: (0.03, 0.01), 3: (0.0, 3 * MOST_ERROR)}
    two, three = climbed(gains)
    assert three.decision.chosen == two.decision.chosen == set_of(2)
    assert three.too_few is None
    (nearly,) = climbed({3: (0.0, 1.001 * MOST_ERROR)}, n_questions=100)
    assert nearly.too_few == 101
