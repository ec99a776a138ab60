"""Selectors against brute force, hand-made pools, and their contract."""

import numpy as np
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from ensel.information import mutual_information
from ensel.selection import MRMR, GreedyMI, Random, SelfMoA, SingleBest, TopK
from ensel.voting import MAPVote


@st.composite
def pools(draw):
    n_classes = draw(st.integers(2, 4))
    n_queries = draw(st.integers(1, 5))
    n_items = draw(st.integers(4, 30))
    row = st.lists(st.integers(-1, n_classes - 1), min_size=n_queries, max_size=n_queries)
    X = np.array(draw(st.lists(row, min_size=n_items, max_size=n_items)))
    y = np.array(draw(st.lists(st.integers(0, n_classes - 1), min_size=n_items, max_size=n_items)))
    y[:2] = [0, 1]
    costs = np.array(draw(st.lists(st.integers(0, 2), min_size=n_queries, max_size=n_queries)))
    return X, y, costs.astype(float)


def allowed_next(order, n_queries, costs, score):
    """Columns that the definition and its tie rule allow next; the draw decides among them."""
    alone = [score([j]) for j in range(n_queries)]
    scores = {j: score([*order, j]) for j in range(n_queries) if j not in order}
    best = [j for j in scores if scores[j] >= max(scores.values()) - 1e-12]
    best = [j for j in best if alone[j] >= max(alone[i] for i in best) - 1e-12]
    return [j for j in best if costs[j] == min(costs[i] for i in best)]


@pytest.mark.parametrize("make", [GreedyMI, TopK, MRMR])
@given(pools())
def test_equals_a_brute_force_reimplementation(make, pool):
    X, y, costs = pool
    relevance = [mutual_information(X[:, j], y) for j in range(X.shape[1])]

    def score(columns):
        if make is TopK:
            return float((X[:, columns[-1]] == y).mean())
        if make is GreedyMI:
            return mutual_information(X[:, columns], y)
        *bought, new = columns
        shared = [mutual_information(X[:, new], X[:, i]) for i in bought]
        return relevance[new] - (np.mean(shared) if shared else 0.0)

    found = make(budget=X.shape[1]).fit(X, y, costs=costs).order_.tolist()
    for step, choice in enumerate(found):
        assert choice in allowed_next(found[:step], X.shape[1], costs, score)


@given(pools())
def test_greedy_gains_add_up_to_the_information(pool):
    X, y, _ = pool
    selector = GreedyMI(budget=X.shape[1]).fit(X, y)
    assert selector.gains_.sum() == pytest.approx(mutual_information(X, y), abs=1e-9)


def test_greedy_by_hand():
    # y = 0, 1, 2, 3. Column 0 tells y >= 2 (1 bit), column 2 repeats it, column 1 tells y odd:
    # after 0 (or its twin 2), only column 1 adds (1 bit).
    X = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]])
    selector = GreedyMI(budget=2, random_state=1).fit(X, [0, 1, 2, 3])
    assert selector.gains_.tolist() == [1.0, 1.0]
    assert 1 in selector.order_


def test_greedy_finds_complements_that_top_k_misses():
    # Two copies of a good query (5/6 right) and a poorer one (4/6) that errs elsewhere.
    y = [0, 0, 0, 1, 1, 1]
    X = np.array([[0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 1, 0], [1, 0, 0, 0, 1, 1]]).T
    assert set(TopK(budget=2).fit(X, y).order_) == {0, 1}
    assert set(GreedyMI(budget=2).fit(X, y).order_) in ({0, 2}, {1, 2})


def test_ties_go_to_the_cheaper_then_to_a_seeded_draw():
    X, y = np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0], [1, 1, 1]]), [0, 1, 0, 1]
    for make in (TopK, GreedyMI, MRMR):
        assert make(budget=1).fit(X, y, costs=[3, 1, 2]).order_.tolist() == [1]
        drawn = {int(make(budget=1, random_state=s).fit(X, y).order_[0]) for s in range(40)}
        assert drawn == {0, 1, 2}
        twice = [make(budget=1, random_state=5).fit(X, y).order_.tolist() for _ in range(2)]
        assert twice[0] == twice[1]


def test_greedy_tie_goes_to_the_better_individual():
    # y = (first bit, second bit). Column 0 gives the first bit. Column 1 gives the second bit;
    # column 2 gives the second bit where the first is 0, and its negation where it is 1: after
    # column 0 each adds exactly 1 bit, but alone column 2 tells nothing of y ... as does column 1
    # of the first bit. Uneven classes make column 1 tell more alone.
    y = np.array([0, 0, 0, 1, 2, 3, 3, 3])
    X = np.column_stack([y // 2, y % 2, (y % 2) ^ (y // 2)])
    alone = [mutual_information(X[:, j], y) for j in range(3)]
    pairs = {j: mutual_information(X[:, [0, j]], y) for j in (1, 2)}
    assert pairs[1] == pytest.approx(pairs[2], abs=1e-12)
    assert alone[1] > alone[2] + 0.1
    for seed in range(10):
        order = GreedyMI(budget=3, random_state=seed).fit(X, y).order_.tolist()
        assert order[1] in (0, 1)
        assert order[2] == 2


def test_self_moa_takes_samples_of_the_best_model():
    y = np.array([0, 1, 0, 1])
    right, wrong = y, 1 - y
    half = np.array([0, 1, 1, 0])
    X = np.column_stack([right, wrong, half, right, half])
    models = ["a", "a", "b", "b", "c"]  # mean accuracy: a 1/2, b 3/4, c 1/2
    selector = SelfMoA(budget=4).fit(X, y, models=models)
    assert selector.order_.tolist() == [3, 2]
    assert selector.unspent_ == 2


def test_self_moa_without_models_is_the_single_best(small_pool):
    X, y = small_pool.answers, small_pool.labels
    assert SelfMoA(budget=1).fit(X, y).order_[0] == SingleBest().fit(X, y).order_[0]


def test_random_draws_every_query_equally(small_pool):
    X, y = small_pool.answers, small_pool.labels
    counts = np.zeros(6)
    for seed in range(600):
        counts[Random(budget=2, random_state=seed).fit(X, y).order_] += 1
    # Binomial(600, 1/3): mean 200, sd 11.5.
    assert (np.abs(counts - 200) < 4 * 11.5).all()


def test_cost_and_support(small_pool):
    selector = TopK(budget=2).fit(small_pool.answers, small_pool.labels, costs=small_pool.costs)
    assert selector.cost_ == pytest.approx(small_pool.costs[selector.order_].sum())
    assert selector.get_support().sum() == 2
    assert selector.transform(small_pool.answers).shape == (500, 2)
    assert np.isnan(TopK(budget=2).fit(small_pool.answers, small_pool.labels).cost_)


@pytest.mark.parametrize("budget", [0, 7, -1, 2.0, True, "2"])
def test_refuses_budgets(small_pool, budget):
    with pytest.raises(ValueError, match="budget"):
        TopK(budget=budget).fit(small_pool.answers, small_pool.labels)


def test_refuses_costs_and_models_of_another_length(small_pool):
    for wrong in ({"costs": [1.0]}, {"models": ["a"]}):
        with pytest.raises(ValueError, match="one for each of 6 queries"):
            TopK(budget=1).fit(small_pool.answers, small_pool.labels, **wrong)


def test_is_at_home_in_scikit_learn(small_pool):
    X, y = small_pool.answers, small_pool.labels
    ensemble = make_pipeline(GreedyMI(budget=3), MAPVote(n_classes=2))
    assert cross_val_score(clone(ensemble), X, y).mean() > 0.75
    search = GridSearchCV(ensemble, {"greedymi__budget": [1, 3]}).fit(X, y)
    assert search.best_estimator_[0].support_.sum() == search.best_params_["greedymi__budget"]
    assert search.best_score_ == max(search.cv_results_["mean_test_score"])


def test_fit_parameters_are_routed(small_pool):
    X, y = small_pool.answers, small_pool.labels
    with sklearn.config_context(enable_metadata_routing=True):
        selector = SelfMoA(budget=1).set_fit_request(models=True, costs=True)
        ensemble = make_pipeline(selector, MAPVote(n_classes=2))
        ensemble.fit(X, y, models=small_pool.models, costs=small_pool.costs)
    assert ensemble[0].cost_ > 0
