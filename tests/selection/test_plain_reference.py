"""Greedy information, mRMR and JMI choose what a plain program chooses, ties included."""

from collections import Counter
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.selection import JMI, MRMR, GreedyMI


def entropy(symbols):
    counts = Counter(symbols).values()
    return log2(sum(counts)) - sum(c * log2(c) for c in counts) / sum(counts)


def information(y, *columns):
    x = list(zip(*columns, strict=True))
    return entropy(y) + entropy(x) - entropy(list(zip(y, x, strict=True)))


def greedy_mi(X, y, bought, j):
    return information(y, *(X[i] for i in [*bought, j]))


def mrmr(X, y, bought, j):
    shared = [information(X[i], X[j]) for i in bought]
    return information(y, X[j]) - (sum(shared) / len(shared) if shared else 0.0)


def jmi(X, y, bought, j):
    if not bought:
        return information(y, X[j])
    return sum(information(y, X[i], X[j]) for i in bought)


def buy(score, X, y, costs, budget, seed):
    """Best score, then best alone, then cheapest, then drawn; 1e-12 is equal."""
    lottery = np.random.default_rng(seed).permutation(len(X))
    alone = [information(y, column) for column in X]
    order = []
    for _ in range(budget):
        left = [j for j in range(len(X)) if j not in order]
        scores = {j: score(X, y, order, j) for j in left}
        left = [j for j in left if scores[j] >= max(scores.values()) - 1e-12]
        left = [j for j in left if alone[j] >= max(alone[i] for i in left) - 1e-12]
        order.append(min(left, key=lambda j: (costs[j], lottery[j])))
    return order


@st.composite
def tables(draw):
    """Small tables, with copies, relabelled copies and few items, so that ties abound."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_items, n_queries = draw(st.integers(3, 60)), draw(st.integers(1, 11))
    n_classes, n_codes = draw(st.integers(2, 4)), draw(st.sampled_from([2, 3, 5, 18]))
    y = rng.integers(0, n_classes, n_items)
    y[:2] = [0, 1]
    X = np.where(
        rng.random((n_items, n_queries)) < 0.5,
        y[:, None],
        rng.integers(-1, n_codes, (n_items, n_queries)),
    )
    if n_queries > 2 and draw(st.booleans()):
        X[:, 1] = X[:, 0]
        X[:, 2] = (X[:, 0] + 1) % (n_codes + 1)  # another spelling of the same
    return X, y, rng.integers(0, 2, n_queries).astype(float), draw(st.integers(0, 9))


@pytest.mark.parametrize(("make", "score"), [(GreedyMI, greedy_mi), (MRMR, mrmr), (JMI, jmi)])
@given(tables())
def test_chooses_what_a_plain_program_chooses(make, score, table):
    X, y, costs, seed = table
    budget = min(5, X.shape[1])
    expected = buy(score, X.T.tolist(), y.tolist(), costs, budget, seed)
    found = make(budget=budget, random_state=seed).fit(X, y, costs=costs)
    assert found.order_.tolist() == expected


def test_jmi_gains_by_hand():
    # y = 0, 1, 2, 3: each column tells 1 bit. The pair tells all: 1 bit more. The third repeats
    # the first: given the first 0 bits, given the second 1: mean 1/2.
    X = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]])
    selector = JMI(budget=3).fit(X, [0, 1, 2, 3])
    assert selector.gains_.tolist() == pytest.approx([1.0, 1.0, 0.5])
