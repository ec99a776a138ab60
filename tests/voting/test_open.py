"""What votes on open answers share: probabilities, ties, input, and no look at codes."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from sklearn.base import clone

from ensel.exceptions import InputError
from ensel.policies import FixedSet
from ensel.registry import OPEN_VOTES
from ensel.voting import OpenLogit, OpenMajority, OpenWeighted

EVERY = pytest.mark.parametrize("name", list(OPEN_VOTES))


def open_pool(n_items=120, n_queries=5, seed=0, options=6, samples=1):
    """Queries right with .4 to .8; some wrong answers are popular; some are missing."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, options, n_items)
    X = np.empty((n_items, n_queries * samples), dtype=int)
    popular = (y + 1) % options
    for j in range(X.shape[1]):
        skill = 0.4 + 0.4 * (j // samples) / max(n_queries - 1, 1)
        wrong = np.where(rng.random(n_items) < 0.5, popular, rng.integers(0, options, n_items))
        X[:, j] = np.where(rng.random(n_items) < skill, y, wrong)
    X[rng.random(X.shape) < 0.05] = -1
    return X, y


def with_weights(weights, bias, accuracies, lottery):
    """A vote of given weights; options 0 to 3."""
    vote = OpenMajority(n_classes=4).fit([[0] * len(weights)], [0])
    vote.weights_, vote.bias_ = np.array(weights), np.array([bias])
    vote.accuracies_, vote.lottery_ = np.array(accuracies), np.array(lottery)
    return vote


def test_probabilities_by_hand():
    # Weights log 2 each, b = 0. Two backers: odds 4, one backer: 2, none: 1. Together 7.
    vote = with_weights([np.log(2)] * 3, 0.0, [0.5] * 3, [0, 1, 2])
    X = [[3, 3, 1], [-1, 2, -1], [-1, -1, -1]]
    expected = [[0, 2 / 7, 0, 4 / 7], [0, 0, 2 / 3, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(vote.predict_proba(X), expected)
    np.testing.assert_allclose(vote.none_proba(X), [1 / 7, 1 / 3, 1])
    assert vote.predict(X).tolist() == [3, 2, -1]


def test_ties_go_to_the_better_backer_then_to_the_first_drawn():
    # Equal weights. Items: 1 against 2, and 1 against 2 by the other two queries.
    vote = with_weights([1.0] * 4, 0.0, [0.5, 0.6, 0.5, 0.5], [3, 2, 1, 0])
    X = [[1, 2, -1, -1], [1, -1, 2, -1], [2, -1, 1, -1], [3, 3, 0, 0], [0, -1, 3, 3]]
    # Item 0: query 1 is better. Items 1, 2: query 2 comes before query 0 in the draw. Item 3:
    # query 1 is among the backers of 3. Item 4: two for 3, no tie.
    assert vote.predict(X).tolist() == [2, 2, 1, 3, 3]
    p = vote.predict_proba(X)
    np.testing.assert_array_equal(p.argmax(axis=1), [2, 2, 1, 3, 3])
    np.testing.assert_allclose(p.sum(axis=1) + vote.none_proba(X), 1)
    assert 0 < p[0, 2] - p[0, 1] < 3e-9


@EVERY
def test_a_tie_is_settled_alike_wherever_the_columns_stand(name):
    X, y = open_pool(30, 4, options=4)
    vote = OPEN_VOTES[name](6).fit(X, y)
    order = np.array([2, 0, 3, 1])
    moved = OPEN_VOTES[name](6).fit(X[:, order], y)
    moved.lottery_ = vote.lottery_[order]
    asked = np.random.default_rng(1).integers(-1, 4, (300, 4))
    np.testing.assert_array_equal(moved.predict(asked[:, order]), vote.predict(asked))
    np.testing.assert_allclose(moved.weights_, vote.weights_[order], atol=1e-8)


@EVERY
def test_codes_redrawn_change_nothing_at_all(name):
    X, y = open_pool()
    rng = np.random.default_rng(3)
    names = rng.permuted(np.tile(np.arange(6), (len(X), 1)), axis=1)
    items = np.arange(len(X))
    renamed = np.where(X < 0, -1, names[items[:, None], X])
    vote = OPEN_VOTES[name](6).fit(X, y)
    other = OPEN_VOTES[name](6).fit(renamed, names[items, y])
    for attribute in vars(vote):
        np.testing.assert_array_equal(getattr(vote, attribute), getattr(other, attribute))
    p, q = vote.predict_proba(X), other.predict_proba(renamed)
    np.testing.assert_array_equal(p, np.take_along_axis(q, names, axis=1))
    chosen = vote.predict(X)
    renamed_choice = np.where(chosen < 0, -1, names[items, chosen])
    np.testing.assert_array_equal(renamed_choice, other.predict(renamed))


def plain_scores(row, weights, bias):
    """Scores of the options of one item in order of their codes, then that of none."""
    options = sorted(set(row) - {-1})
    scores = [sum(w for w, code in zip(weights, row, strict=True) if code == o) for o in options]
    return options, np.array([*scores, bias])


def plain_loss(weights, bias, X, y):
    loss = 0.0
    for row, label in zip(X.tolist(), y.tolist(), strict=True):
        options, scores = plain_scores(row, weights, bias)
        place = options.index(label) if label in options else -1
        loss += np.logaddexp.reduce(scores) - scores[place]
    return loss


def by_optimiser(make, n_parameters, X, y, precision):
    """Weights and b of the least penalised loss: `make` turns parameters into weights."""

    def loss(theta):
        weights = make(theta[:-1])
        return plain_loss(weights, theta[-1], X, y) + (precision * theta**2).sum() / 2

    theta = minimize(loss, np.zeros(n_parameters), options={"gtol": 1e-7}).x
    return make(theta[:-1]), theta[-1]


def plain_odds(X, y):
    right, answered = (y[:, None] == X).sum(axis=0), (X >= 0).sum(axis=0)
    p = (right + 1) / (answered + 2)
    return np.log(p / (1 - p))


def test_fits_are_those_of_a_general_optimiser():
    X, y = open_pool(60, 4)
    odds = plain_odds(X, y)
    makes = {
        OpenMajority: (lambda t: t[0] * np.ones(4), [1.0]),
        OpenWeighted: (lambda t: t[0] * odds + t[1], [1.0, 1.0]),
        OpenLogit: (lambda t: t[4] * odds + t[5] + t[:4], [10.0] * 4 + [1.0, 1.0]),
    }
    for kind, (make, precision) in makes.items():
        precision = np.array([*precision, 0.01])
        weights, bias = by_optimiser(make, len(precision), X, y, precision)
        vote = kind(6).fit(X, y)
        np.testing.assert_allclose(vote.weights_, weights, atol=1e-4)
        np.testing.assert_allclose(vote.bias_, bias, atol=1e-3)


@EVERY
def test_weights_are_repeated_items(name):
    X, y = open_pool()
    weights = np.random.default_rng(2).integers(0, 4, len(X))
    times = np.repeat(np.arange(len(X)), weights)
    weighted = OPEN_VOTES[name](6).fit(X, y, sample_weight=weights)
    repeated = OPEN_VOTES[name](6).fit(X[times], y[times])
    for attribute in vars(repeated):
        np.testing.assert_array_equal(getattr(weighted, attribute), getattr(repeated, attribute))


@EVERY
def test_fast_paths_and_frames_say_the_same(name):
    X, y = open_pool()
    vote = OPEN_VOTES[name](6).fit(X, y)
    fast = OPEN_VOTES[name](6).fit_codes(X, y)
    np.testing.assert_array_equal(fast.codes_proba(X), vote.predict_proba(X))
    frame = pd.DataFrame(X, columns=list("abcde"))
    named = clone(vote).fit(frame, pd.Series(y))
    np.testing.assert_array_equal(named.predict(frame), vote.predict(X))
    assert vote.score(X, y) == (vote.predict(X) == y).mean()


@EVERY
def test_saved_sets_vote_alike(name):
    X, y = open_pool()
    policy = FixedSet(None, OPEN_VOTES[name](6)).fit(X, y)
    again = FixedSet.from_data(policy.to_data(), 5, 6)
    np.testing.assert_array_equal(again.predict_proba(X), policy.predict_proba(X))
    vote = policy.vote_
    for attribute, shape in vote.fitted_shapes(5, 6).items():
        assert getattr(vote, attribute).shape == shape


@EVERY
def test_samples_of_a_model_share_a_weight(name):
    X, y = open_pool(samples=4, n_queries=3)
    models = np.repeat(["a", "b", "c"], 4)
    vote = OPEN_VOTES[name](6).fit(X, y, models=models)
    for one in (vote.weights_, vote.accuracies_):
        np.testing.assert_array_equal(one, np.repeat(one[::4], 4))
    # So any of them may speak: the draw only tells ties.
    asked = np.full((4, 12), -1)
    asked[np.arange(4), np.arange(4)] = 2
    np.testing.assert_array_equal(np.ptp(vote.predict_proba(asked), axis=0), 0)


@EVERY
def test_abstaining_is_as_often_right_as_it_says(name):
    """P(none) and the probability of the choice on held-out items: means are close."""
    X, y = open_pool(4000, seed=4)
    vote = OPEN_VOTES[name](6).fit(X[:2000], y[:2000])
    X, y = X[2000:], y[2000:]
    none = ~(y[:, None] == X).any(axis=1)
    assert abs(vote.none_proba(X).mean() - none.mean()) < 0.01
    assert abs(vote.predict_proba(X).max(axis=1).mean() - (vote.predict(X) == y).mean()) < 0.02


@EVERY
def test_nothing_to_learn_from(name):
    """All silent, all wrong, all right."""
    silent = OPEN_VOTES[name](3).fit([[-1, -1]] * 3, [0, 1, 2])
    assert silent.predict([[2, 2], [-1, -1]]).tolist() == [2, -1]
    wrong = OPEN_VOTES[name](3).fit([[0, 0], [1, 2]] * 20, [1, 0] * 20)
    assert wrong.none_proba([[0, 0]])[0] > 0.9
    assert wrong.predict([[1, 1]]).tolist() == [1]
    right = OPEN_VOTES[name](3).fit([[0, 0], [1, 1]] * 20, [0, 1] * 20)
    assert right.none_proba([[2, 2]])[0] < 0.05


@EVERY
def test_bad_input_is_refused_in_one_line(name):
    X, y = open_pool(20)
    make = OPEN_VOTES[name]
    vote = make(6).fit(X, y)
    with pytest.raises(InputError, match="option 7, but n_classes=6; 8 is needed"):
        vote.predict([[7, 0, 0, 0, 0]])
    with pytest.raises(InputError, match="option 5, but n_classes=3"):
        make(3).fit(np.full((3, 2), 5), [5, 5, 5])
    with pytest.raises(InputError, match="answers are text"):
        make().fit([["1/2", "0.5"]] * 3, [0, 0, 0])
    with pytest.raises(InputError, match="labels are text"):
        make().fit([[0, 1]] * 3, ["a", "b", "c"])
    with pytest.raises(InputError, match="label -1"):
        make().fit([[0, 1]] * 3, [0, -1, 1])
    with pytest.raises(InputError, match="one for each of 5 queries"):
        make().fit(X, y, models=["a", "b"])
