"""Greedy on the log loss of the logit vote: against a plain version, and on real pools."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import compare
from ensel.selection import GreedyLogit, TopK
from ensel.selection.greedy_logit import SHRINKAGE
from ensel.voting.logit import class_precision, fit_weights, log_probabilities


@st.composite
def pools(draw):
    n_classes, n_queries = draw(st.integers(2, 4)), draw(st.integers(1, 5))
    n_items = draw(st.integers(4, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = rng.integers(0, n_classes, n_items)
    y[:2] = [0, 1]
    X = np.where(rng.random((n_items, n_queries)) < 0.6, y[:, None], rng.integers(-1, n_classes))
    return X, y, rng.integers(0, 3, n_queries).astype(float)


def plain_gains(X, y, bought, candidate, n_classes):
    """Log-likelihood gain of every item from one Newton step on the candidate's weights."""
    if bought:
        theta, _ = fit_weights(X[:, bought], np.eye(n_classes)[y], SHRINKAGE)
        scores = log_probabilities(X[:, bought], theta)
    else:
        scores = np.tile(np.log(np.bincount(y, minlength=n_classes) / len(y)), (len(y), 1))
    p = np.exp(scores)
    chose = X[:, candidate][:, None] == np.arange(n_classes)
    slope = (chose * (np.eye(n_classes)[y] - p)).sum(axis=0)
    curvature = np.diag((chose * p * (1 - p)).sum(axis=0)) + class_precision(n_classes, SHRINKAGE)
    moved = scores + chose * np.linalg.solve(curvature, slope)
    after = moved - np.logaddexp.reduce(moved, axis=1)[:, None]
    return (after - scores)[np.arange(len(y)), y]


@pytest.mark.parametrize("caution", [0.0, 1.0])
@given(pools())
def test_equals_a_plain_reimplementation(caution, pool):
    X, y, costs = pool
    classes, labels = np.unique(y, return_inverse=True)
    place = {int(c): k for k, c in enumerate(classes)}
    codes = np.array([[place.get(int(a), -1) for a in row] for row in X])
    accuracy = (codes == labels[:, None]).mean(axis=0)
    selector = GreedyLogit(budget=X.shape[1], caution=caution).fit(X, y, costs=costs)
    bought: list[int] = []
    for choice, gain in zip(selector.order_.tolist(), selector.gains_, strict=True):
        left = [j for j in range(X.shape[1]) if j not in bought]
        gains = {j: plain_gains(codes, labels, bought, j, len(classes)) for j in left}
        assert gain == pytest.approx(gains[choice].mean() / np.log(2), abs=1e-6)
        # The next of top-k, up to ties; the choice is no worse than it by the rule.
        defaults = [j for j in left if accuracy[j] >= max(accuracy[left]) - 1e-12]
        scores = []
        for default in defaults:
            lead = {j: gains[j] - gains[default] for j in left}
            score = {
                j: d.mean()
                - (d.mean() > 0) * caution * np.sqrt(np.log(max(len(left), 2)) / len(y)) * d.std()
                for j, d in lead.items()
            }
            scores.append(score[choice] >= max(score.values()) - 1e-6)
        assert any(scores)
        bought.append(choice)


def test_the_commonest_label_is_no_gain():
    """A tenth of the labels are 1: a query that always says 0 tells nothing, one of .8 does."""
    rng = np.random.default_rng(0)
    y = (rng.random(2000) < 0.1).astype(int)
    X = np.column_stack([np.zeros(2000, dtype=int), np.where(rng.random(2000) < 0.8, y, 1 - y)])
    selector = GreedyLogit(budget=2, caution=0).fit(X, y)
    assert selector.order_.tolist() == [1, 0]
    entropy = -(0.1 * np.log2(0.1) + 0.9 * np.log2(0.9))
    assert selector.gains_.sum() < entropy
    assert selector.gains_[1] == pytest.approx(0, abs=1e-3)


def test_endless_caution_is_top_k(small_pool):
    X, y = small_pool.answers, small_pool.labels
    ours = GreedyLogit(budget=6, caution=np.inf).fit(X, y)
    assert ours.order_.tolist() == TopK(budget=6).fit(X, y).order_.tolist()
    with pytest.raises(ValueError, match="caution"):
        GreedyLogit(caution=-1.0).fit(X, y)


def test_finds_complements_that_top_k_misses(real):
    rows = compare(
        real("imdb-llm"), methods=["greedy-logit"], votes=["logit"], budgets=[3], n_splits=10
    ).rows
    assert rows["diff_vs_top_k_low"].iloc[0] > 0


def test_does_not_lose_to_top_k_with_few_labels(real):
    """MMLU, 300 labels: plain greedy MI + MAP loses 2 points here."""
    rows = compare(
        real("mmlu"), methods=["greedy-logit"], votes=["logit"], budgets=[3, 8], train=300,
        n_splits=10,
    ).rows  # fmt: skip
    assert (rows["diff_vs_top_k_high"] > 0).all()
    assert (rows["diff_vs_top_k"] > -0.005).all()
