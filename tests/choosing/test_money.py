"""Buying for money: nobody overspends, and what each sum buys."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel import InputError, frontier, select
from ensel.error_model import simulate
from ensel.selection import SELECTORS, GainPerCost, GreedyLogit, TopK


@given(st.sampled_from(sorted(SELECTORS)), st.integers(0, 2**32 - 1), st.floats(0.5, 12))
@settings(max_examples=60)
def test_no_selector_overspends(name, seed, money):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 40)
    y[:3] = [0, 1, 2]
    X = np.where(rng.random((40, 6)) < 0.6, y[:, None], rng.integers(-1, 3, (40, 6)))
    costs = rng.integers(0, 5, 6).astype(float)
    selector = SELECTORS[name]().set_params(money=money)
    if name != "single-best":
        selector.set_params(budget=6)
    if money < costs.min():
        with pytest.raises(ValueError, match="the cheapest query costs"):
            selector.fit(X, y, costs=costs)
        return
    order = selector.fit(X, y, costs=costs).order_
    assert costs[order].sum() <= money + 1e-9
    assert len(order) >= 1
    if name in (
        "top-k",
        "mrmr",
        "greedy-mi",
        "greedy-logit",
        "gain-per-cost",
        "random",
        "exact-mi",
    ):
        others = np.setdiff1d(np.arange(6), order)  # nothing affordable is left lying
        assert (costs[others] > money - costs[order].sum() - 1e-9).all()


def test_enough_money_is_no_limit(small_pool):
    X, y, costs = small_pool.answers, small_pool.labels, small_pool.costs
    for make in (TopK, GreedyLogit):
        free = make(budget=4).fit(X, y, costs=costs).order_.tolist()
        assert make(budget=4, money=1e6).fit(X, y, costs=costs).order_.tolist() == free


def test_gain_per_cost_buys_the_cheap_ones():
    """Two good dear queries, four poorer cheap ones; money for one dear or all cheap ones."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    right = rng.random((2000, 6)) < [0.9, 0.9, 0.8, 0.8, 0.8, 0.8]
    X = np.where(right, y[:, None], 1 - y[:, None])
    costs = [4.0, 4.0, 1.0, 1.0, 1.0, 1.0]
    plain = GreedyLogit(budget=6, caution=0, money=4.0).fit(X, y, costs=costs).order_
    by_cost = GainPerCost(budget=6, money=4.0).fit(X, y, costs=costs).order_
    assert plain.tolist() in ([0], [1])
    assert sorted(by_cost.tolist()) == [2, 3, 4, 5]


def test_a_free_query_fits_whatever_rounding_says():
    X, y = [[0, 0, 1], [1, 1, 1], [0, 0, 0], [1, 0, 0]], [0, 1, 0, 1]
    # .3 - (.1 + .2) is -5.6e-17 in floating point.
    bought = TopK(budget=3, money=0.3).fit(X, y, costs=[0.1, 0.2, 0.0]).order_
    assert sorted(bought.tolist()) == [0, 1, 2]


def test_the_unit_of_cost_does_not_matter():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 300)
    X = np.where(rng.random((300, 4)) < 0.75, y[:, None], 1 - y[:, None])
    costs = np.array([1.0, 5.0, 1.1, 2.0])
    orders = [GainPerCost(budget=4).fit(X, y, costs=costs * unit).order_ for unit in (1, 1e12)]
    assert orders[0].tolist() == orders[1].tolist()


def test_money_without_costs():
    with pytest.raises(ValueError, match="without costs"):
        TopK(budget=1, money=1.0).fit([[0, 1], [1, 1]], [0, 1])


def test_select_for_money(real):
    table = real("imdb-api").subset(items=slice(0, None, 10))
    result = select(table, money=1.0, n_boot=3, n_repeats=1)
    assert result.cost <= 1.0
    assert set(result.queries) <= {"Amazon", "VADER"}  # Google costs 2.5, Baidu 3.5
    assert result.single_best == "Amazon"
    rich = select(table, money=100.0, n_boot=3, n_repeats=1)
    assert rich.single_best == "Google"
    # Nothing affordable is more accurate than the pair: all sets, judged by the same vote.
    assert result.expected.value > table.accuracies["VADER"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"money": 0.01}, "buys nothing: the cheapest query"),
        ({}, "give a budget"),
        ({"budget": 2, "n_boot": 2.5}, "2.5 resamples; a whole number from 2"),
        ({"budget": 2, "n_folds": 1}, "1 folds; a whole number from 2"),
        ({"budget": 1, "method": "single-best", "vote": "map"}, "does not vote"),
        ({"budget": 2, "method": "single-best"}, "budget 2 is not 1"),
    ],
)
def test_select_refuses(small_pool, arguments, said):
    with pytest.raises(InputError, match=said):
        select(small_pool, **arguments)


def test_single_best_for_money_needs_no_budget(small_pool):
    result = select(small_pool, money=1.0, method="single-best", n_boot=2, n_repeats=1)
    assert result.method == "single-best"
    assert len(result.queries) == 1


def test_select_for_money_needs_costs(real):
    with pytest.raises(InputError, match="not every query has a cost"):
        select(real("medmcqa"), money=1.0)
    with pytest.raises(InputError, match="not every query has a cost"):
        frontier(real("medmcqa"))


def test_frontier(real):
    table = real("imdb-api").subset(items=slice(0, None, 10))
    result = frontier(table, [0.5, 3.0, 1.0], n_boot=2)
    rows = result.rows
    assert rows["money"].tolist() == [0.5, 1.0, 3.0]
    assert (rows["cost"] <= rows["money"]).all()
    for one, other in itertools.permutations(rows.itertuples(), 2):
        if one.cost < other.cost and one.accuracy >= other.accuracy:
            assert not other.worth_it
    assert result.figure().axes[0].get_xlabel() == "cost (USD per 10,000 texts)"
    assert '"cost_unit": "USD per 10,000 texts"' in result.to_json()


# -- asked in sequence ----------------------------------------------------------------------------


def at_one_each(n_items=160, seed=1, correlation=0.1):
    """Simulated: four queries of alike accuracy, at a cost of 1 each."""
    pool = simulate(n_items, [0.2] * 4, correlation, random_state=seed)
    return pool.replace(queries=pool.queries.assign(cost=1.0))


def test_frontier_of_what_asks_in_sequence():
    """For 2 on average, three may be asked of a question: more accurate than two of every one."""
    table = at_one_each(400)
    result = frontier(table, [2.0], budget=3, adaptive=True, n_boot=10)
    row = result.rows.iloc[0]
    assert (row["method"], row["vote"], len(row["queries"])) == ("adaptive", "logit", 3)
    # Cost and number are held-out means, each query at 1; with so few labels they pass the sum.
    assert row["cost"] == pytest.approx(row["mean_queries"])
    assert 1.5 < row["cost"] < 2.5
    assert row["accuracy_low"] < row["accuracy"] < row["accuracy_high"]
    assert set(row["queries"]) <= set(table.query_names)
    assert '"method": "adaptive"' in result.to_json()


def test_frontier_with_a_verifier_asks_one_after_another():
    """It stops when an answer passes, so that what is not reached is not paid for."""
    table = at_one_each(80)
    verdicts = table.verdicts()
    rows = frontier(verdicts, [3.0], budget=3, adaptive=True, verifier=True, n_boot=2).rows
    assert (rows["cost"] <= 3).all()
    assert (rows["mean_queries"] <= 3).all()
    assert rows["method"].isin(["adaptive", "greedy-coverage", "top-k", "single-best"]).all()


# -- more money never promises less ---------------------------------------------------------------


def test_more_money_never_promises_less_and_buys_what_it_is_worth(real):
    """Real: what a larger sum buys costs more only where it is expected to be more accurate."""
    table = real("imdb-api").subset(items=slice(0, None, 40))
    for worth in (0.0, 0.01):
        rows = frontier(table, [0.75, 1.0, 2.5, 3.3], worth=worth, n_boot=3).rows
        assert rows["accuracy"].is_monotonic_increasing
        assert rows["cost"].is_monotonic_increasing
        cheaper = rows.shift()
        dearer = rows["cost"] > cheaper["cost"]
        needed = worth * (rows["cost"] - cheaper["cost"]) / cheaper["cost"]
        assert (rows["accuracy"] - cheaper["accuracy"] > needed)[dearer].all()


@pytest.mark.parametrize("worth", [-0.1, 1.5, "much", True])
def test_what_is_no_worth_is_refused(small_pool, worth):
    with pytest.raises(InputError, match="a share of accuracy from 0 to 1"):
        select(small_pool, 2, worth=worth)


def test_dear_queries_are_not_bought_for_little():
    """Simulated: the second to fourth query cost twenty times the first, and bring little."""
    pool = simulate(600, [0.1, 0.12, 0.12, 0.12], 0.6, random_state=1)
    priced = pool.replace(queries=pool.queries.assign(cost=[0.01, 0.2, 0.2, 0.2]))
    cheap = select(priced, money=1.0, n_boot=5, n_again=1, progress=False)
    assert cheap.cost <= 0.01 or cheap.gain_vs_single.value > 0.0002 * (cheap.cost / 0.01 - 1)
    dear = select(priced, money=1.0, worth=0.01, n_boot=5, n_again=1, progress=False)
    assert (dear.method, dear.cost) == ("single-best", 0.01)
