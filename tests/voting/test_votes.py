"""Votes by hand, by law, and against slow definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.voting import VOTES, MajorityVote, MAPVote, WeightedVote

K = 3


@st.composite
def answered(draw):
    n_queries, n_items = draw(st.integers(1, 4)), draw(st.integers(3, 30))
    row = st.lists(st.integers(-1, K - 1), min_size=n_queries, max_size=n_queries)
    X = np.array(draw(st.lists(row, min_size=n_items, max_size=n_items)))
    y = np.array(draw(st.lists(st.integers(0, K - 1), min_size=n_items, max_size=n_items)))
    y[:2] = [0, 1]
    return X, y


@given(answered())
def test_map_errs_least_on_its_own_items(data):
    """On the items it was fitted to, no rule of the pattern errs less."""
    X, y = data
    predicted = MAPVote(n_classes=K).fit(X, y).predict(X)
    best = sum(np.bincount(y[(row == X).all(axis=1)]).max() for row in np.unique(X, axis=0))
    assert (predicted == y).sum() == best


def test_majority_by_hand():
    # Accuracies: 1, 2/3, 1/3. A 1-1 tie goes to the class of the most accurate voter.
    vote = MajorityVote(n_classes=2).fit([[0, 0, 1], [1, 1, 1], [1, 0, 0]], [0, 1, 1])
    assert vote.accuracies_.tolist() == pytest.approx([1, 2 / 3, 1 / 3])
    assert vote.predict([[0, 1, -1], [-1, 1, 0], [0, 1, 1]]).tolist() == [0, 1, 1]
    assert vote.predict_proba([[0, 1, 1]])[0] == pytest.approx([1 / 3, 2 / 3], abs=1e-5)


@pytest.mark.parametrize("name", ["majority", "weighted"])
def test_no_answer_at_all_is_the_commonest_class(name):
    vote = VOTES[name](n_classes=3).fit([[0, 1], [1, 1], [1, 0], [2, 2]], [0, 1, 1, 2])
    assert vote.predict([[-1, -1]]).tolist() == [1]


def test_weights_by_hand():
    # Query 0: 3 of 4 right -> p = 4/6, log(2 * (4/6) / (2/6)) = log 4 for K = 3.
    # Query 1: 1 right of 2 answered -> p = 2/5, log(2 * (2/5) / (3/5)) = log 4/3.
    # Query 2: never answers -> p = 1/3, weight log 1 = 0.
    # p = (right + 1) / (answered + K): query 0: 4/7 -> log(2 * 4/3); query 1: 2/5 -> log(4/3).
    X = [[0, 0, -1], [1, 0, -1], [2, -1, -1], [0, -1, -1]]
    vote = WeightedVote(n_classes=3).fit(X, [0, 1, 2, 2])
    assert vote.weights_ == pytest.approx([np.log(8 / 3), np.log(4 / 3), 0.0])
    # Posterior odds of [0, 1, -1]: e^log(8/3) : e^log(4/3) : 1 = 8 : 4 : 3.
    assert vote.predict_proba([[0, 1, -1]])[0] == pytest.approx([8 / 15, 4 / 15, 3 / 15], abs=1e-6)


def test_weighted_vote_is_the_bayes_rule_of_independent_errors():
    """On exact shares of independent symmetric errors the posterior is Bayes' own."""
    rng = np.random.default_rng(0)
    errors = np.array([0.1, 0.2, 0.3])
    y = rng.integers(0, 2, 200_000)
    X = np.where(rng.random((len(y), 3)) < errors, 1 - y[:, None], y[:, None])  # simulated
    p = WeightedVote(n_classes=2).fit(X, y).predict_proba([[1, 0, 1]])[0, 1]
    up, down = 0.9 * 0.2 * 0.7, 0.1 * 0.8 * 0.3
    assert p == pytest.approx(up / (up + down), abs=0.01)


def test_map_backs_off_to_naive_bayes():
    X, y = [[0, 0], [0, 0], [1, 1], [1, 1]], [0, 0, 1, 1]
    vote = MAPVote(n_classes=2).fit(X, y)
    # Unseen [0, -1]: naive Bayes with add-one counts over the answers {0, 1, none}:
    # P(0|y=0) = 3/5, P(0|y=1) = 1/5, P(none|y) = 1/5 each, prior 1/2: 3 : 1.
    assert vote.predict_proba([[0, -1]])[0] == pytest.approx([0.75, 0.25], abs=1e-6)
    # Seen [0, 0], twice class 0: naive Bayes 9 : 1, so (2 + 0.9) / 3 = 0.9667.
    assert vote.predict_proba([[0, 0]])[0, 0] == pytest.approx(2.9 / 3, abs=1e-6)


def test_map_learns_what_silence_means():
    vote = MAPVote(n_classes=2).fit([[-1]] * 5 + [[0]] * 5, [1] * 5 + [0] * 5)
    assert vote.predict([[-1]]).tolist() == [1]


def test_map_refuses_a_backoff_of_nothing():
    with pytest.raises(ValueError, match="backoff"):
        MAPVote(backoff=0).fit([[0], [1]], [0, 1])


def test_names_as_labels():
    vote = MajorityVote().fit([[0], [1], [0]], ["no", "yes", "no"])
    assert vote.predict([[1], [0]]).tolist() == ["yes", "no"]


def test_number_labels_are_codes_whatever_their_type():
    X = [[1], [2], [1], [2]]
    assert MajorityVote().fit(X, [1.0, 2.0, 1.0, 2.0]).score(X, [1.0, 2.0, 1.0, 2.0]) == 1
    with pytest.raises(ValueError, match="labels are codes from 0"):
        MajorityVote().fit([[-1], [1]], [-1, 1])
    with pytest.raises(ValueError, match="the labels name 2 classes"):
        MajorityVote().fit([[1], [2]], ["B", "C"])


def test_majority_tie_rule_holds_against_a_lopsided_prior():
    # Accuracies .95 and .9495, prior .9 : .1, one vote each: the more accurate voter decides.
    y = np.repeat([0, 1], [1800, 200])
    X = np.column_stack([y, y])
    X[:100, 0], X[:101, 1] = 1, 1
    assert MajorityVote(n_classes=2).fit(X, y).predict([[1, 0]]).tolist() == [1]


def test_map_answers_with_the_label_seen_once_against_all_odds():
    rng = np.random.default_rng(0)
    y = (rng.random(600) < 0.9).astype(int)
    X = np.where(rng.random((600, 14)) < 0.02, 1 - y[:, None], y[:, None])  # simulated
    odd = np.ones((1, 14), dtype=int)
    odd[0, ::2] = -1
    vote = MAPVote(n_classes=2).fit(np.vstack([X, odd]), np.append(y, 0))
    assert vote.predict(odd).tolist() == [0]


def test_the_draw_among_classes_is_seeded():
    X, y = [[0], [1], [2], [3]] * 5, [0, 1, 2, 3] * 5
    drawn = {
        int(MajorityVote(n_classes=4, random_state=s).fit(X, y).predict([[-1]])[0])
        for s in range(40)
    }
    assert drawn == {0, 1, 2, 3}


def test_codes_outside_the_classes_are_refused():
    with pytest.raises(ValueError, match="outside 0 to 1"):
        MajorityVote(n_classes=2).fit([[0], [2]], [0, 1])


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="one class"):
        MajorityVote().fit([[0], [1]], [1, 1])


@pytest.mark.parametrize("make", list(VOTES.values()))
@pytest.mark.parametrize("weighted", [False, True])
def test_codes_checked_before_give_the_same(make, weighted):
    rng = np.random.default_rng(5)
    y = rng.integers(0, 3, 80)
    X = np.where(rng.random((80, 4)) < 0.5, y[:, None], rng.integers(-1, 3, (80, 4)))
    weights = rng.integers(1, 4, 80) if weighted else None
    fitted = make(n_classes=3).fit(X, y, sample_weight=weights)
    trusted = make(n_classes=3).fit_codes(X.astype(np.int8), y, weights)
    new = rng.integers(-1, 3, (200, 4))
    np.testing.assert_array_equal(
        trusted.codes_proba(new.astype(np.int8)), fitted.predict_proba(new)
    )
