"""One market, laid out once, serves every selector as a fit of its own would."""

import numpy as np
import pytest

from ensel.selection import SELECTORS
from ensel.selection.market import open_market
from ensel.voting import VOTES


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(3)
    y = rng.integers(0, 3, 90)
    noise = rng.integers(-1, 3, (90, 7))
    return np.where(rng.random((90, 7)) < 0.5, y[:, None], noise), y, rng.integers(1, 4, 7) / 8


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("money", [None, 0.9])
def test_a_shared_market_changes_nothing(answers, money, weighted):
    X, y, costs = answers
    weights = np.arange(len(y)) % 4 if weighted else None
    market = open_market(X, y, costs=costs, money=money, sample_weight=weights)
    for make in SELECTORS.values():
        for seed in (0, 1):
            selector = make(random_state=seed, money=money)
            selector.fit(X, y, costs=costs, sample_weight=weights)
            assert selector.buy(market.reseeded(seed)) == selector.order_.tolist()


def test_layout_does_not_matter_to_accuracies(answers):
    X, y, _ = answers
    weights = np.arange(len(y)) % 4
    for sample_weight in (None, weights):
        rows, columns = (
            open_market(np.asarray(X, dtype=np.int8, order=order), y, sample_weight=sample_weight)
            for order in "CF"
        )
        counted = np.ones(len(y)) if sample_weight is None else weights
        plain = [np.average(column == y, weights=counted) for column in X.T]
        np.testing.assert_allclose(rows.accuracies, plain, rtol=1e-12)
        np.testing.assert_array_equal(rows.accuracies, columns.accuracies)


def test_a_narrowed_market_is_the_market_of_those_queries(answers):
    X, y, costs = answers
    market = open_market(X, y, costs=costs, money=0.9)
    narrowed = market.narrowed(np.array([5, 2]))
    np.testing.assert_array_equal(narrowed.accuracies, market.accuracies[[5, 2]])
    np.testing.assert_array_equal(narrowed.counts.codes(0), market.counts.codes(5))
    assert narrowed.open([]).all()


def test_each_method_names_a_vote_and_when_it_is_compared():
    assert {name: kind.matched_vote for name, kind in SELECTORS.items()} == {
        "single-best": "weighted",
        "random": "weighted",
        "top-k": "weighted",
        "mrmr": "weighted",
        "jmi": "weighted",
        "greedy-mi": "map",
        "greedy-logit": "logit",
        "gain-per-cost": "logit",
        "self-moa": "weighted",
        "exact-mi": "map",
    }
    assert [name for name, kind in SELECTORS.items() if kind.on_request] == ["jmi", "exact-mi"]
    assert [name for name, kind in SELECTORS.items() if kind.needs_costs] == ["gain-per-cost"]
    assert {name: kind.n_draws for name, kind in SELECTORS.items() if kind.n_draws > 1} == {
        "random": 10
    }
    assert [name for name, kind in VOTES.items() if kind.calibrated] == ["logit"]
