"""Parts of a training set: questions whole, labels even, and every item in one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.policies import TrainingSet
from ensel.voting import MajorityVote


@st.composite
def training_sets(draw):
    """Items with labels, some copies of one question, some of no weight."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_items = draw(st.integers(1, 30))
    labels = rng.integers(0, 3, n_items)
    if draw(st.booleans()):
        labels = np.array([*"abc"])[labels].astype(draw(st.sampled_from([object, "U1"])))
    groups = rng.integers(0, n_items, n_items) if draw(st.booleans()) else None
    weights = rng.integers(0, 3, n_items) if draw(st.booleans()) else None
    X = rng.integers(-1, 3, (n_items, 2))
    return TrainingSet(X, labels, groups=groups, sample_weight=weights)


@given(training_sets(), st.integers(1, 12), st.integers(0, 3), st.booleans())
def test_every_item_that_counts_is_dealt_to_one_part_questions_whole(
    training, n_parts, draw, by_label
):
    part = training.dealt(n_parts, draw, by_label)
    weights = training.sample_weight
    counts = np.ones(len(part), dtype=bool) if weights is None else weights > 0
    assert (part[~counts] == -1).all()
    assert ((part[counts] >= 0) & (part[counts] < n_parts)).all()
    if training.groups is not None:
        for group in np.unique(training.groups):
            assert len(set(part[counts & (training.groups == group)])) <= 1
    np.testing.assert_array_equal(part, training.dealt(n_parts, draw, by_label))


@given(st.integers(0, 2**32 - 1), st.integers(2, 7))
def test_labels_are_spread_evenly(seed, n_parts):
    """Parts differ by one item at most, and by one item of each label but the seams' (two)."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 40)
    part = TrainingSet(np.zeros((40, 1)), y).dealt(n_parts)
    sizes = np.bincount(part, minlength=n_parts)
    assert sizes.max() - sizes.min() <= 1
    for label in range(3):
        of_label = np.bincount(part[y == label], minlength=n_parts)
        assert of_label.max() - of_label.min() <= 1


@given(st.integers(0, 2**32 - 1), st.integers(2, 7))
def test_where_codes_mean_nothing_the_deal_does_not_look_at_them(seed, n_parts):
    """Labels of open answers are drawn anew for each item: parts are of one size, and no more."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, (2, 40))
    one, other = (TrainingSet(np.zeros((40, 1)), y).dealt(n_parts, 0, False) for y in labels)
    np.testing.assert_array_equal(one, other)
    sizes = np.bincount(one, minlength=n_parts)
    assert sizes.max() - sizes.min() <= 1


@given(training_sets(), st.integers(1, 12), st.booleans())
def test_folds_are_the_parts_and_the_others_teach(training, n_folds, by_label):
    part = training.dealt(n_folds, by_label=by_label)
    counts = part >= 0
    rows = []
    for others, fold in training.folds(n_folds, by_label):
        (number,) = set(part[fold])
        np.testing.assert_array_equal(fold, np.flatnonzero(part == number))
        teaching = counts & (part != number)
        np.testing.assert_array_equal(others.X, training.X[teaching])
        np.testing.assert_array_equal(others.y, training.y[teaching])
        for name in ("groups", "sample_weight"):
            own = getattr(training, name)
            if own is None:
                assert getattr(others, name) is None
            else:
                np.testing.assert_array_equal(getattr(others, name), own[teaching])
        if training.sample_weight is not None:
            assert (others.sample_weight > 0).all()
        rows += fold.tolist()
    assert sorted(rows) == np.flatnonzero(counts).tolist()
    assert training.folds(n_folds, by_label) is training.folds(n_folds, by_label)  # kept


@given(training_sets(), st.sampled_from([0.01, 0.3, 0.5, 0.99]), st.booleans())
def test_cut_in_two_every_item_that_counts_is_on_one_side(training, share, by_label):
    first, second = training.in_two(share, 1, by_label)
    weights = training.sample_weight
    counts = len(training.y) if weights is None else (weights > 0).sum()
    assert len(first.y) + len(second.y) == counts
    if training.groups is not None:
        assert not set(first.groups) & set(second.groups)
    if weights is not None:
        assert (np.r_[first.sample_weight, second.sample_weight] > 0).all()
    assert training.in_two(share, 1, by_label)[0] is first  # kept


def test_a_share_is_of_the_first_part_in_twentieths():
    training = TrainingSet(np.zeros((40, 1)), np.arange(40) % 2)
    sizes = {share: len(training.in_two(share, 1)[0].y) for share in (0.001, 0.3, 0.5, 0.999)}
    assert sizes == {0.001: 2, 0.3: 12, 0.5: 20, 0.999: 38}
    first, second = training.in_two(0.5, 1)
    assert (first.y.sum(), second.y.sum()) == (10, 10)
    assert training.in_two(0.5, 2)[0] is not first


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_both_sides_hold_rare_labels_and_few_questions(share):
    """Dealt by label, a rare one fills neighbouring parts: the sides take turns."""
    y = np.repeat([0, 1], [188, 12])
    first, second = TrainingSet(np.zeros((200, 1)), y).in_two(share, 1)
    assert len(first.y) == round(200 * share)
    assert abs(first.y.sum() - 12 * share) <= 1
    assert second.y.sum() == 12 - first.y.sum()
    for n in range(4, 20):
        first, second = TrainingSet(np.zeros((n, 1)), np.arange(n) % 2).in_two(share, 1, False)
        assert abs(len(first.y) - n * share) < 1
        assert len(first.y) + len(second.y) == n


def test_deals_of_other_numbers_are_other_deals():
    training = TrainingSet(np.zeros((60, 1)), np.arange(60) % 2)
    assert (training.dealt(5, draw=0) != training.dealt(5, draw=1)).any()


def test_the_deal_is_the_generator_s_of_the_training_set():
    """Numbers of the generators say for what they are: the deal neither repeats nor moves."""
    asked = []

    def rng_of(number):
        asked.append(number)
        return np.random.default_rng(number)

    training = TrainingSet(np.zeros((20, 1)), np.arange(20) % 2, rng_of=rng_of)
    first = training.dealt(4)
    np.testing.assert_array_equal(first, training.dealt(4))
    training.dealt(4, draw=2)
    assert asked == [TrainingSet.FOLD_DRAW, TrainingSet.FOLD_DRAW, TrainingSet.FOLD_DRAW + 2]


def test_copies_of_one_question_count_once_in_the_deal():
    """Two questions of three copies each, and two alone: two parts of two questions."""
    groups = np.array([7, 7, 7, 2, 2, 2, 5, 9])
    part = TrainingSet(np.zeros((8, 1)), np.zeros(8, dtype=int), groups=groups).dealt(2)
    of_question = {int(group): int(part[groups == group][0]) for group in groups}
    assert sorted(of_question.values()) == [0, 0, 1, 1]


def test_more_parts_than_questions_are_as_many_as_there_are():
    training = TrainingSet(np.zeros((3, 1)), np.array([0, 1, 0]))
    assert len(training.folds(10)) == 3
    assert len(training.folds(1)) == 1
    ((others, fold),) = TrainingSet(np.zeros((1, 1)), np.array([0])).folds(5)
    assert (len(others.y), fold.tolist()) == (0, [0])


@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True])])
def test_a_part_keeps_what_is_known(rows):
    costs, models = np.array([1.0, 2.0]), ["m", "k"]
    training = TrainingSet(
        np.array([[0, 1], [1, 1], [0, 0]]),
        np.array([0, 1, 0]),
        n_classes=3,
        models=models,
        costs=costs,
        sample_weight=np.array([1, 2, 3]),
        groups=np.array([0, 0, 1]),
    )
    part = training.part(rows)
    np.testing.assert_array_equal(part.X, training.X[rows])
    np.testing.assert_array_equal(part.y, training.y[rows])
    np.testing.assert_array_equal(part.sample_weight, np.array([1, 2, 3])[rows])
    np.testing.assert_array_equal(part.groups, np.array([0, 0, 1])[rows])
    assert (part.n_classes, part.n_queries) == (3, 2)
    assert part.models is models
    assert part.costs is costs
    with pytest.raises(ValueError, match="read-only"):
        part.X[0, 0] = 1


def test_a_part_learns_by_itself():
    X, y = np.array([[0, 1], [1, 0], [0, 1], [1, 0]]), np.array([0, 1, 1, 0])
    training = TrainingSet(X, y, n_classes=2)
    part = training.part(np.array([0, 1]))
    whole, half = (one.voted(MajorityVote(), (0, 1)) for one in (training, part))
    assert whole.accuracies_.tolist() == [0.5, 0.5]
    assert half.accuracies_.tolist() == [1.0, 0.0]
