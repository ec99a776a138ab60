"""What is known after each answer: votes of prefixes, by votes that have not seen the label."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB

from ensel.policies import FixedSet, TrainingSet
from ensel.policies.stages import (
    FIELDS,
    OfAllClasses,
    counted,
    crossed,
    prefix_votes,
    replayed,
    stages_of,
)
from ensel.registry import OPEN_VOTES, VOTES
from ensel.voting import MajorityVote


@st.composite
def pools(draw, max_queries=4):
    """Answers of three classes, some missing; labels of all classes; an order of asking."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(6, 14)), draw(st.integers(1, max_queries))
    y = np.r_[0, 1, 2, rng.integers(0, 3, shape[0] - 3)]
    X = np.where(rng.random(shape) < 0.6, y[:, None], rng.integers(0, 3, shape))
    X = np.where(rng.random(shape) < draw(st.sampled_from([0.0, 0.3])), -1, X)
    order = tuple(int(j) for j in rng.permutation(shape[1]))
    return X, y, order


def of_pool(X, y, vote, columns):
    return replayed(prefix_votes(TrainingSet(X, y, n_classes=3), vote, columns), columns, X)


def slowly(codes, probabilities, is_open):
    """The stages of every item and stage, one by one, as they are defined."""
    found = {name: np.zeros(codes.shape) for name in (*FIELDS[1:], "losses", "margins")}
    for i in range(len(codes)):
        last = probabilities[-1][i]
        for j, p in enumerate(probabilities):
            best = max(range(len(p[i])), key=lambda k: p[i][k])
            rivals = [value for k, value in enumerate(p[i]) if k != best]
            rivals += [1 - sum(p[i])] if is_open else []
            found["best"][i, j] = best
            found["top"][i, j] = p[i][best]
            found["second"][i, j] = max([0.0, *rivals])
            found["heard"][i, j] = any(code != -1 for code in codes[i, : j + 1])
            found["kept"][i, j] = last[best]
            found["losses"][i, j] = max(last) - last[best]
            odds = (p[i][best] + 1e-12) / (found["second"][i, j] + 1e-12)
            found["margins"][i, j] = max(0.0, np.log(odds))
    return found


# -- votes of prefixes ----------------------------------------------------------------------------


@settings(max_examples=10)
@given(pools(), st.sampled_from([*VOTES, *(f"open-{name}" for name in OPEN_VOTES)]))
def test_the_vote_of_a_stage_is_that_of_a_set_of_so_many(pool, name):
    X, y, columns = pool
    kind = OPEN_VOTES[name.removeprefix("open-")] if name.startswith("open-") else VOTES[name]
    vote = kind(n_classes=3)
    _, probabilities = of_pool(X, y, vote, columns)
    for size, p in enumerate(probabilities, 1):
        first = X[:, sorted(columns[:size])]
        np.testing.assert_array_equal(p, FixedSet(None, vote).fit(first, y).predict_proba(first))


@settings(max_examples=25)
@given(pools(), st.sampled_from(["majority", "map", "open-weighted"]))
def test_stages_are_as_defined(pool, name):
    X, y, columns = pool
    is_open = name.startswith("open-")
    vote = OPEN_VOTES[name[5:]](n_classes=3) if is_open else VOTES[name]()
    stages, probabilities = of_pool(X, y, vote, columns)
    np.testing.assert_array_equal(stages.codes, X[:, list(columns)])
    for what, right in slowly(stages.codes, probabilities, is_open).items():
        np.testing.assert_allclose(getattr(stages, what), right, atol=1e-4, err_msg=what)


@settings(max_examples=25)
@given(pools(), st.sampled_from([*VOTES, *(f"open-{name}" for name in OPEN_VOTES)]))
def test_nothing_is_lost_where_stopping_answers_as_all_do_and_never_less(pool, name):
    X, y, columns = pool
    is_open = name.startswith("open-")
    vote = (OPEN_VOTES[name[5:]] if is_open else VOTES[name])(n_classes=3)
    stages, _ = of_pool(X, y, vote, columns)
    assert (stages.losses >= 0).all()
    assert (stages.losses[~stages.overturned] == 0).all()
    assert (stages.losses[:, -1] == 0).all()
    assert not stages.overturned[:, -1].any()
    assert (stages.margins >= 0).all()
    assert ((stages.doubts >= 0) & (stages.doubts <= 1)).all()
    assert (stages.heard == (np.cumsum(stages.codes != -1, axis=1) > 0)).all()


# -- by hand --------------------------------------------------------------------------------------


def test_two_stages_by_hand():
    """First .6 against .4 for class 0; then .9 against .1 for class 1."""
    stages = stages_of(
        np.array([[-1, 1]]), [np.array([[0.6, 0.4]]), np.array([[0.1, 0.9]])], is_open=False
    )
    assert stages.n_stages == 2
    assert stages.best.tolist() == [[0, 1]]
    assert stages.top.tolist() == [[0.6, 0.9]]
    assert stages.second.tolist() == [[0.4, 0.1]]
    assert stages.heard.tolist() == [[False, True]]
    assert stages.overturned.tolist() == [[True, False]]
    # All answers give class 1 .9, and class 0, which the first stage would answer, .1.
    np.testing.assert_allclose(stages.losses, [[0.8, 0.0]])
    np.testing.assert_allclose(stages.doubts, [[0.4, 0.1]])
    # log(.6 / .4) = .4055, log(.9 / .1) = 2.1972
    np.testing.assert_allclose(stages.margins, [[0.4055, 2.1972]])


def test_of_open_answers_none_being_right_is_a_rival():
    """.5 and .2 leave .3 for none, more than the next option; .4 alone leaves .6, more than it."""
    p = [np.array([[0.5, 0.2], [0.4, 0.0]])]
    stages = stages_of(np.array([[0], [0]]), p, is_open=True)
    np.testing.assert_allclose(stages.second, [[0.3], [0.6]])
    np.testing.assert_allclose(stages.margins, [[0.5108], [0.0]])  # log(.5 / .3); .4 < .6
    np.testing.assert_allclose(stages_of(stages.codes, p, False).second, [[0.2], [0.0]])


def test_what_settles_a_tie_is_no_margin():
    """Half and half is settled by 1e-9, a tie of three likewise: neither is more sure."""
    X = np.array([[0, 1, -1], [0, 1, 2], [1, 0, -1], [2, 2, 2]])
    training = TrainingSet(X, np.array([0, 1, 2, 2]), n_classes=3)
    stages, _ = replayed(prefix_votes(training, MajorityVote(), (0, 1, 2)), (0, 1, 2), X)
    assert stages.margins[:3, 1:].max() == 0.0
    assert stages.margins[3].min() > 20  # unanimous: kept finite by 1e-12


def test_some_items_of_stages():
    p = [np.array([[0.6, 0.4], [0.3, 0.7]])]
    stages = stages_of(np.array([[0], [1]]), p, is_open=False)
    second = stages.rows(np.array([False, True]))
    assert (second.codes.tolist(), second.top.tolist()) == ([[1]], [[0.7]])


# -- held-out votes -------------------------------------------------------------------------------


def learned(n_items=24, n_queries=3, seed=0, n_classes=2, **known):
    """Answers that are right four times in five, as a training set."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_items)
    shape = n_items, n_queries
    X = np.where(rng.random(shape) < 0.8, y[:, None], rng.integers(0, n_classes, shape))
    return TrainingSet(X, y, n_classes=n_classes, **known)


def cross(training, vote=None, buy=lambda part: (2, 0, 1), n_folds=3):
    return crossed(training, buy, vote or VOTES["logit"](), (2, 0, 1), n_folds)


def test_held_out_stages_are_those_of_votes_of_the_other_folds():
    training = learned()
    stages = cross(training)
    for others, fold in training.folds(3):
        by_others = prefix_votes(others, VOTES["logit"](), (2, 0, 1))  # asked in this order
        right, _ = replayed(by_others, (2, 0, 1), training.X[fold])
        for name in FIELDS:
            np.testing.assert_array_equal(getattr(stages, name)[fold], getattr(right, name))


@pytest.mark.parametrize("vote", [*VOTES, "open-logit"])
def test_labels_of_a_fold_do_not_change_its_own_stages(vote):
    """Scrambled within one fold, with the same deal: only the other folds' votes may change."""
    is_open = vote == "open-logit"
    kind = OPEN_VOTES["logit"] if is_open else VOTES[vote]
    training, part = learned(), learned().dealt(3, by_label=not is_open)
    labels = training.y.copy()
    labels[part == 1] = 1 - labels[part == 1]
    scrambled = TrainingSet(training.X, labels, n_classes=2)
    scrambled.dealt = lambda *_, **__: part

    def best_two(one):  # an order that depends on labels
        accuracies = (one.y[:, None] == one.X).mean(axis=0)
        return tuple(np.argsort(-accuracies, kind="stable").tolist())

    before, after = (cross(one, kind(n_classes=2), best_two) for one in (training, scrambled))
    own = part == 1
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(before, name)[own], getattr(after, name)[own])
    assert (before.top[~own] != after.top[~own]).any()


def test_every_fold_buys_by_itself():
    """Parts are asked in orders of their own; whoever cannot buy asks what is bought from all."""
    training = learned()
    orders = iter([(0, 1, 2), None, (1, 0)])
    stages = cross(training, buy=lambda part: next(orders))
    expected = [(0, 1, 2), (2, 0, 1), (2, 0, 1)]  # None, and one too few
    for (_, fold), order in zip(training.folds(3), expected, strict=True):
        np.testing.assert_array_equal(stages.codes[fold], training.X[fold][:, list(order)])


def test_items_of_no_weight_have_no_stages():
    weights = np.array([1, 0, 2] * 8)
    training = learned(sample_weight=weights)
    stages = cross(training)
    np.testing.assert_array_equal(stages.codes, training.X[weights > 0][:, [2, 0, 1]])
    np.testing.assert_array_equal(counted(training), [1, 2] * 8)
    # They teach nobody either: other labels on them change nothing but the deal, which is kept.
    labels = np.where(weights == 0, 1 - training.y, training.y)
    other = TrainingSet(training.X, labels, n_classes=2, sample_weight=weights)
    part = training.dealt(3)
    other.dealt = lambda *_, **__: part
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(cross(other), name), getattr(stages, name))


def test_weights_of_all_alike_count_once_each():
    np.testing.assert_array_equal(counted(learned(n_items=4)), np.ones(4))


@pytest.mark.parametrize("vote", [*(kind() for kind in map(VOTES.get, VOTES)), GaussianNB()])
def test_a_part_that_lacks_a_class_still_teaches(vote):
    """One item of class 2: the others of its fold learn from 0 and 1 alone."""
    training = learned(n_classes=2)
    y = np.r_[training.y[:-1], 2]
    stages = cross(TrainingSet(training.X, y, n_classes=3), vote)
    assert stages.top.shape == (24, 3)
    assert np.isfinite(stages.losses).all()
    assert (stages.best < 3).all()


def test_where_the_other_folds_have_one_class_all_items_teach():
    X = np.array([[0], [0], [0], [1]])
    training = TrainingSet(X, np.array([0, 0, 0, 1]), n_classes=2)
    stages = crossed(training, lambda part: (0,), MajorityVote(), (0,), 2)
    assert stages.best.ravel().tolist() == [0, 0, 0, 1]


def test_a_classifier_that_has_not_met_a_class_gives_it_nothing():
    X = np.array([[0, 0], [2, 2], [0, 2], [2, 0]] * 3)
    bare = GaussianNB().fit(X, [0, 2, 0, 2] * 3)
    p = OfAllClasses(bare, 3).predict_proba(X)
    np.testing.assert_array_equal(p[:, [0, 2]], bare.predict_proba(X))
    assert (p[:, 1] == 0).all()
    (vote, _) = prefix_votes(
        TrainingSet(X, np.array([0, 2] * 6), n_classes=3), GaussianNB(), (1, 0)
    )
    assert vote.classes_.tolist() == [0, 1, 2]
