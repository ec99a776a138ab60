"""Exact search against itertools, its tie rule, money, and the shortfall of greedy."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.information import mutual_information
from ensel.selection import ExactMI, GreedyMI, greedy_shortfall


@st.composite
def pools(draw):
    n_items, n_queries = draw(st.integers(4, 40)), draw(st.integers(1, 6))
    n_classes = draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = rng.integers(0, n_classes, n_items)
    y[:2] = [0, 1]
    X = rng.integers(-1, n_classes, (n_items, n_queries))
    X = np.where(rng.random(X.shape) < draw(st.sampled_from([0.1, 0.6])), y[:, None], X)
    twins = rng.integers(0, n_queries, 2)  # equal columns: ties
    X[:, twins[0]] = X[:, twins[1]]
    return X, y, rng.integers(0, 3, n_queries) / 10


def allowed(X, y, costs, budget, money=np.inf):
    """Sets that the definition and its tie rule allow; the draw decides among them."""
    n_queries = X.shape[1]
    alone = [mutual_information(X[:, j], y) for j in range(n_queries)]
    sizes = range(1, budget + 1)
    sets = [s for size in sizes for s in combinations(range(n_queries), size)]
    sets = [s for s in sets if costs[list(s)].sum() <= money + 1e-9]
    bits = {s: mutual_information(X[:, s], y) for s in sets}
    sets = [s for s in sets if bits[s] >= max(bits.values()) - 1e-12]
    sets = [s for s in sets if len(s) == max(map(len, sets))]
    total = {s: sum(alone[j] for j in s) for s in sets}
    sets = [s for s in sets if total[s] >= max(total.values()) - 1e-12]
    cost = {s: costs[list(s)].sum() for s in sets}
    return [s for s in sets if cost[s] <= min(cost.values()) + 1e-9]


@given(pools(), st.integers(1, 6), st.sampled_from([None, 0.0, 0.1, 0.3, 0.6, 100.0]))
def test_equals_the_best_of_all_sets(pool, budget, money):
    X, y, costs = pool
    budget = min(budget, X.shape[1])
    selector = ExactMI(budget, money=money)
    if money is not None and money < costs.min():
        with pytest.raises(ValueError, match="the cheapest query costs"):
            selector.fit(X, y, costs=costs)
        return
    selector.fit(X, y, costs=costs)
    found = tuple(sorted(selector.order_.tolist()))
    assert found in allowed(X, y, costs, budget, np.inf if money is None else money)
    assert selector.gains_.sum() == pytest.approx(mutual_information(X[:, found], y), abs=1e-9)


@given(pools(), st.data())
def test_never_less_than_greedy(pool, data):
    X, y, _ = pool
    found = greedy_shortfall(X, y, data.draw(st.integers(1, X.shape[1])))
    assert found.bits >= 0
    assert found.greedy_bits == pytest.approx(mutual_information(X[:, found.greedy], y), abs=1e-9)
    assert found.optimum_bits == pytest.approx(found.greedy_bits + found.bits, abs=1e-11)


def test_all_of_the_pool_has_no_shortfall(small_pool):
    found = greedy_shortfall(small_pool.answers, small_pool.labels, 6)
    assert (found.bits, found.share) == (0.0, 0.0)
    assert found.greedy == found.optimum


def test_exclusive_or_is_beyond_greedy():
    # Two fair bits and their XOR, the label: 1 bit together, nothing alone. Column 2 is right 3 of
    # 4 times: 1 - H(1/4) = .189 bits alone, so greedy takes it; with column 0, items split 4 and 4:
    # (0, 0) has labels 0, 0, 0 and (1, 0) 0, 1 ... greedy ends at half a bit.
    X = [[0, 0, 0], [1, 1, 0], [0, 0, 0], [1, 1, 1], [0, 1, 1], [1, 0, 1], [0, 1, 1], [1, 0, 0]]
    found = greedy_shortfall(X, [0, 0, 0, 0, 1, 1, 1, 1], 2)
    assert sorted(found.optimum) == [0, 1]
    assert (found.optimum_bits, found.greedy_bits, found.share) == pytest.approx((1, 0.5, 0.5))


def test_best_three_need_not_hold_the_best_two():
    # The label is the XOR of columns 0, 1, 2; column 3 is right but on 000 and 111.
    bits = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
    y = bits.sum(axis=1) % 2
    X = np.column_stack([bits, np.where(np.arange(8) % 7 == 0, 1 - y, y)])
    assert 3 in ExactMI(2).fit(X, y).order_
    assert sorted(ExactMI(3).fit(X, y).order_) == [0, 1, 2]


def test_ties_go_to_the_cheaper_then_to_a_seeded_draw():
    X, y = np.repeat([[0], [1], [0], [1]], 4, axis=1), [0, 1, 0, 1]
    assert sorted(ExactMI(2).fit(X, y, costs=[0.3, 0.1, 0.3, 0.2]).order_) == [1, 3]
    drawn = {tuple(sorted(ExactMI(2, seed).fit(X, y).order_)) for seed in range(100)}
    assert drawn == set(combinations(range(4), 2))
    # .1 + .2 and .3 + 0 differ by 6e-17 in floating point: a tie.
    costs = np.array([0.1, 0.2, 0.3, 0.0, 9.0, 9.0])
    X = np.array([[0, 0, 0, 0, 0, 0], [0, 1, 0, 1, 0, 0], [1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0]])
    drawn = {
        tuple(sorted(ExactMI(2, seed).fit(X, [0, 1, 2, 3], costs=costs).order_))
        for seed in range(40)
    }
    assert drawn == {(0, 3)}  # .1, the cheapest of four complementary pairs


def test_money_may_buy_one_good_query_rather_than_two_poor():
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    good, poor = y, np.array([0, 0, 1, 0, 1, 0, 1, 1])
    X = np.column_stack([poor, good, poor])
    costs = [1.0, 2.0, 1.0]
    assert ExactMI(2, money=2.0).fit(X, y, costs=costs).order_.tolist() == [1]
    selector = ExactMI(2, money=3.0).fit(X, y, costs=costs)
    assert selector.order_[0] == 1
    assert (selector.cost_, selector.unspent_) == (3.0, 0)


def test_too_many_sets_are_refused(small_pool):
    X, y = small_pool.answers, small_pool.labels
    with pytest.raises(
        ValueError, match="20 sets of 3 among 6 queries; at most 19 are tried: a budget of 2"
    ):
        ExactMI(3, most_sets=19).fit(X, y)
    assert len(ExactMI(3, most_sets=20).fit(X, y).order_) == 3
    # Money for some triples only: pairs and single queries count too, 20 + 15 + 6.
    costs = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
    with pytest.raises(ValueError, match="41 sets"):
        ExactMI(3, money=5.0, most_sets=40).fit(X, y, costs=costs)


def test_orders_as_greedy_within_the_set(imdb):
    X, y = imdb.answers[::25, :12], imdb.known_labels[::25]
    order = ExactMI(4).fit(X, y).order_
    within = GreedyMI(4).fit(X[:, order], y).order_
    assert within.tolist() == [0, 1, 2, 3]
