"""Coverage: greedy and exact against every set, their bounds, money, weights, and ties."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from ensel.registry import SELECTORS, VERIFIER_SELECTORS
from ensel.selection import ExactCoverage, GreedyCoverage
from ensel.testing import check_selector


@st.composite
def verdicts(draw):
    """Right (1), wrong (0) or missing (-1), with copied columns, costs and weights."""
    n_items, n_queries = draw(st.integers(1, 20)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = (rng.random((n_items, n_queries)) < rng.random(n_queries)).astype(int)
    X[rng.random(X.shape) < 0.1] = -1
    twins = rng.integers(0, n_queries, 2)
    X[:, twins[0]] = X[:, twins[1]]
    weights = rng.integers(0, 4, n_items)
    weights[0] = 1
    return X, rng.integers(0, 4, n_queries) / 10, weights


def coverage(X, columns, weights=None):
    return float(np.average((X[:, list(columns)] == 1).any(axis=1), weights=weights))


def sets_within(costs, budget, money):
    n_queries = len(costs)
    sizes = range(1, budget + 1) if money is not None else [min(budget, n_queries)]
    sets = [s for size in sizes for s in combinations(range(n_queries), size)]
    return [s for s in sets if money is None or costs[list(s)].sum() <= money + 1e-9]


@given(verdicts(), st.integers(1, 6), st.sampled_from([None, 0.1, 0.3, 0.5]))
@settings(max_examples=60)
def test_exact_is_the_best_of_all_sets(pool, budget, money):
    """Most solved, then cheapest, then most accurate."""
    X, costs, weights = pool
    budget = min(budget, X.shape[1])
    assume(money is None or costs.min() <= money)
    selector = ExactCoverage(budget, money=money)
    selector.fit(X, np.ones(len(X), int), costs=costs, sample_weight=weights)

    single = [coverage(X, [j], weights) for j in range(X.shape[1])]
    sets = sets_within(costs, budget, money)
    most = max(coverage(X, s, weights) for s in sets)
    sets = [s for s in sets if coverage(X, s, weights) >= most - 1e-9]
    least = min(costs[list(s)].sum() for s in sets)
    sets = [s for s in sets if costs[list(s)].sum() <= least + 1e-9]
    best = max(sum(single[j] for j in s) for s in sets)
    sets = [s for s in sets if sum(single[j] for j in s) >= best - 1e-9]
    assert tuple(sorted(selector.order_.tolist())) in sets
    assert selector.gains_.sum() == pytest.approx(most)


@given(verdicts(), st.integers(1, 6))
@settings(max_examples=60)
def test_greedy_covers_at_least_1_minus_1_over_e_of_the_best(pool, budget):
    X, costs, weights = pool
    budget = min(budget, X.shape[1])
    y = np.ones(len(X), int)
    greedy = GreedyCoverage(budget).fit(X, y, costs=costs, sample_weight=weights)
    best = max(coverage(X, s, weights) for s in sets_within(costs, budget, None))
    assert (1 - 1 / np.e) * best - 1e-12 <= greedy.gains_.sum() <= best + 1e-12
    assert greedy.gains_.sum() == pytest.approx(coverage(X, greedy.order_, weights))
    assert (np.diff(greedy.gains_) <= 1e-12).all()


@given(verdicts(), st.sampled_from([0.1, 0.2, 0.3, 0.5]))
@settings(max_examples=60)
def test_greedy_under_money_covers_at_least_half_of_that(pool, money):
    """Of the best that the money buys, (1 - 1/e) / 2; the count does not bind."""
    X, costs, weights = pool
    assume(costs.min() <= money)
    selector = GreedyCoverage(X.shape[1], money=money)
    selector.fit(X, np.ones(len(X), int), costs=costs, sample_weight=weights)
    best = max(coverage(X, s, weights) for s in sets_within(costs, X.shape[1], money))
    assert selector.gains_.sum() >= (1 - 1 / np.e) / 2 * best - 1e-12
    assert selector.cost_ <= money + 1e-9


@given(verdicts(), st.integers(1, 6))
def test_greedy_takes_the_largest_gain(pool, budget):
    X, costs, _ = pool
    order = GreedyCoverage(X.shape[1]).fit(X, np.ones(len(X), int), costs=costs).order_.tolist()
    single = [coverage(X, [j]) for j in range(X.shape[1])]
    for step, choice in enumerate(order):
        left = [j for j in range(X.shape[1]) if j not in order[:step]]
        reach = {j: coverage(X, [*order[:step], j]) for j in left}
        best = [j for j in left if reach[j] >= max(reach.values()) - 1e-12]
        best = [j for j in best if single[j] >= max(single[i] for i in best) - 1e-12]
        assert choice in [j for j in best if costs[j] == min(costs[i] for i in best)]


@pytest.mark.parametrize("make", [GreedyCoverage, ExactCoverage])
@given(verdicts(), st.sampled_from([None, 0.3]))
@settings(max_examples=30)
def test_weights_are_repeated_items(make, pool, money):
    X, costs, weights = pool
    assume(money is None or costs.min() <= money)
    selector, y = make(min(2, X.shape[1]), money=money), np.ones(len(X), int)
    weighted = clone(selector).fit(X, y, costs=costs, sample_weight=weights)
    times = np.repeat(np.arange(len(X)), weights)
    repeated = clone(selector).fit(X[times], y[times], costs=costs)
    assert weighted.order_.tolist() == repeated.order_.tolist()
    np.testing.assert_allclose(weighted.gains_, repeated.gains_, atol=1e-12)


def test_codes_are_right_where_they_equal_the_label():
    # Right: query 0 on items 0 and 1, query 1 on item 2, query 2 on items 0 and 2.
    X, y = [[2, 0, 2], [1, 0, -1], [0, 3, 3]], [2, 1, 3]
    assert sorted(GreedyCoverage(2).fit(X, y).order_.tolist()) == [0, 2]
    assert ExactCoverage(2).fit(X, y).gains_.tolist() == pytest.approx([2 / 3, 1 / 3])


def test_greedy_may_miss_a_pair_that_covers_all():
    # Queries 1 and 2 solve 3 items each; query 0 solves 4, and leaves one to each of them: 5 of 6.
    X = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1], [0, 1, 0], [0, 0, 1]])
    greedy, exact = GreedyCoverage(2).fit(X, np.ones(6)), ExactCoverage(2).fit(X, np.ones(6))
    assert greedy.gains_.tolist() == pytest.approx([4 / 6, 1 / 6])
    assert sorted(exact.order_.tolist()) == [1, 2]
    assert exact.gains_.tolist() == pytest.approx([3 / 6, 3 / 6])


def test_one_dear_query_may_beat_the_best_for_their_cost():
    # 10 items. Query 0 costs 1 and solves 2 (2 a unit), query 1 costs 10 and solves 8 (.8 a unit).
    # Money for 10: by gain for cost 0 comes first, and 1 no longer fits: 2 of 10 against 8 of 10.
    X, y = np.zeros((10, 2), int), np.ones(10)
    X[:2, 0], X[2:, 1] = 1, 1
    selector = GreedyCoverage(2, money=10.0).fit(X, y, costs=[1.0, 10.0])
    assert selector.order_.tolist() == [1]
    assert GreedyCoverage(2, money=11.0).fit(X, y, costs=[1.0, 10.0]).gains_.sum() == 1.0


def test_a_free_query_that_solves_something_comes_first():
    X = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 0]])
    selector = GreedyCoverage(3, money=2.0).fit(X, np.ones(3), costs=[2.0, 0.0, 1.0])
    assert selector.order_.tolist()[:2] == [1, 0]
    assert selector.cost_ == 2.0


@pytest.mark.parametrize("unit", [1e-7, 1.0, 1e7])
def test_the_unit_of_cost_does_not_matter(unit):
    rng = np.random.default_rng(3)
    X, y = (rng.random((40, 8)) < 0.3).astype(int), np.ones(40)
    costs = rng.integers(1, 9, 8).astype(float)
    for make in (GreedyCoverage, ExactCoverage):
        usual = make(8, money=12.0).fit(X, y, costs=costs)
        other = make(8, money=12.0 * unit).fit(X, y, costs=costs * unit)
        assert usual.order_.tolist() == other.order_.tolist()


def test_exact_spends_no_more_than_the_money_by_a_hair():
    # Both cost a part in ten million too much: within the solver's tolerance, not ours.
    costs = [0.50000005, 0.5]
    selector = ExactCoverage(2, money=1.0).fit([[1, 0], [0, 1]], np.ones(2), costs=costs)
    assert selector.gains_.tolist() == [0.5]
    assert selector.order_.tolist() == [1]  # the cheaper of two that solve as much


def test_exact_buys_nothing_that_adds_nothing_for_money():
    X = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1]])
    selector = ExactCoverage(3, money=9.0).fit(X, np.ones(3), costs=[1.0, 1.0, 1.0])
    assert selector.order_.tolist() == [0, 2]
    assert selector.unspent_ == 1


def test_ties_are_drawn_evenly():
    X, y = np.ones((4, 4), int), np.ones(4)
    drawn = [tuple(sorted(ExactCoverage(2, seed).fit(X, y).order_)) for seed in range(60)]
    assert set(drawn) == set(combinations(range(4), 2))
    assert ExactCoverage(2, 5).fit(X, y, costs=[3, 1, 2, 1]).support_.tolist() == [0, 1, 0, 1]


def test_an_answer_that_is_not_proven_is_no_answer():
    X = (np.random.default_rng(0).random((800, 40)) < 0.3).astype(int)
    with pytest.raises(ValueError, match=r"not proven within time_limit=0\.05 seconds"):
        ExactCoverage(6, time_limit=0.05).fit(X, np.ones(800))
    with pytest.raises(ValueError, match="time_limit=0; seconds above 0"):
        ExactCoverage(6, time_limit=0).fit(X, np.ones(800))


def test_nobody_right_is_no_error():
    for make in (GreedyCoverage, ExactCoverage):
        selector = make(2).fit([[0, -1, 0], [0, 0, 0]], [1, 1])
        assert selector.gains_.tolist() == [0.0, 0.0]


def test_greedy_is_nested_unless_money_binds():
    assert GreedyCoverage(2).nested
    assert not GreedyCoverage(2, money=1.0).nested
    assert not ExactCoverage.nested


@pytest.mark.parametrize("name", ["greedy-coverage", "exact-coverage"])
def test_keeps_the_laws_of_selectors(name):
    check_selector(VERIFIER_SELECTORS[name], max_examples=15)


@pytest.mark.parametrize("name", list(VERIFIER_SELECTORS))
def test_verdicts_are_enough_for_what_a_verifier_uses(name):
    selector = VERIFIER_SELECTORS[name]().fit([[1, 0, 1], [0, -1, 1]], [1, 1], models=list("aab"))
    assert len(selector.order_) >= 1


@pytest.mark.parametrize("name", ["mrmr", "jmi", "greedy-mi", "greedy-logit", "exact-mi"])
def test_verdicts_tell_nothing_to_what_needs_classes(name):
    with pytest.raises(ValueError, match="all items have one class"):
        SELECTORS[name](budget=1).fit([[1, 0], [0, -1]], [1, 1])


@pytest.mark.parametrize("name", list(VERIFIER_SELECTORS))
def test_verdicts_may_be_codes_or_words_or_true_and_false(name):
    codes = np.array([[1, 0, 0], [1, 0, 1], [0, 1, 1], [1, 0, 0]])
    readings = [
        (codes, np.ones(4, int)),
        (codes == 1, np.ones(4, bool)),
        (np.where(codes == 1, "pass", "fail"), ["pass"] * 4),
    ]
    orders = [VERIFIER_SELECTORS[name]().fit(*given_).order_.tolist() for given_ in readings]
    assert orders[0] == orders[1] == orders[2]
    assert name == "random" or orders[0][0] == 0  # right on three of four
