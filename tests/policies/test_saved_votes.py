"""Votes as plain data, and back: the same vote, or what is wrong with it."""

import copy
import json

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from ensel.policies.base import DamagedPolicy
from ensel.policies.saved_votes import vote_from_data, vote_to_data
from ensel.registry import OPEN_VOTES, SAVED_VOTES
from ensel.voting import MajorityVote, WeightedVote


def answers(n_queries=3, seed=0):
    rng = np.random.default_rng(seed)
    y = np.r_[0, 1, 2, rng.integers(0, 3, 57)]
    right = rng.random((60, n_queries)) < 0.7
    X = np.where(right, y[:, None], rng.integers(0, 3, (60, n_queries)))
    return np.where(rng.random(X.shape) < 0.1, -1, X), y


@pytest.mark.parametrize("name", SAVED_VOTES)
def test_a_round_trip_keeps_every_probability(name):
    X, y = answers(1 if name == "own-answer" else 3)
    vote = SAVED_VOTES[name](n_classes=4).fit(X, y)  # of one class, no item
    data = json.loads(json.dumps(vote_to_data(vote)))
    assert data["name"] == name
    back = vote_from_data(data, X.shape[1], 4)
    assert type(back) is type(vote)
    assert back.get_params() == vote.get_params()
    np.testing.assert_array_equal(back.predict_proba(X), vote.predict_proba(X))


def test_parameters_are_kept():
    X, y = answers()
    vote = WeightedVote(n_classes=3, random_state=7).fit(X, y)
    back = vote_from_data(vote_to_data(vote), 3, 3)
    assert back.random_state == 7


class Mine(MajorityVote):
    """A vote of one's own, whatever it inherits."""


@pytest.mark.parametrize("vote", [Mine(), GaussianNB()])
def test_votes_that_are_not_ours_are_not_kept(vote):
    X, y = answers()
    with pytest.raises(NotImplementedError, match=f"a {type(vote).__name__} cannot be kept"):
        vote_to_data(vote.fit(X, y))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "magic"}, "no vote 'magic'; votes: majority, weighted"),
        ({"classes_": [0, 1]}, "the vote has other classes than the 3 that are named"),
        ({"classes_": [2, 1, 0]}, "the vote has other classes"),
        ({"accuracies_": [0.5, 0.5]}, r"of shape \(2,\), not \(3,\)"),
        ({"accuracies_": 0.5}, r"of shape \(\), not \(3,\)"),
        ({"accuracies_": [0.5, 0.5, float("nan")]}, "holds what is no number"),
        ({"accuracies_": [0.5, 0.5, float("inf")]}, "holds what is no number"),
        ({"accuracies_": ["a", "b", "c"]}, "holds what is no number"),
    ],
)
def test_damage_is_named(change, said):
    X, y = answers()
    data = copy.deepcopy(vote_to_data(MajorityVote(n_classes=3).fit(X, y)))
    for name, value in change.items():
        (data if name == "name" else data["fitted"])[name] = value
    with pytest.raises(DamagedPolicy, match=said):
        vote_from_data(data, 3, 3)


def test_a_vote_of_another_number_of_queries_is_refused():
    X, y = answers()
    data = vote_to_data(OPEN_VOTES["weighted"](n_classes=3).fit(X, y))
    with pytest.raises(DamagedPolicy, match=r"of shape \(3,.*, not \(2,"):
        vote_from_data(data, 2, 3)
