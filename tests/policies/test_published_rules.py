"""Stopping rules of the literature, by hand and by what they promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ensel import InputError
from ensel.policies import FixedSet, Sequential, TrainingSet
from ensel.policies.published_rules import (
    AdaptiveConsistency,
    CannotBeOverturned,
    EarlyStopping,
    FixedConfidence,
)
from ensel.policies.stages import stages_of
from ensel.voting import LogitVote, MajorityVote, WeightedVote
from ensel.voting.open_weighted import OpenWeighted


def heard(codes, p=0.7):
    """Stages of some answers, whose votes all say p."""
    codes = np.asarray(codes)
    votes = np.full((len(codes), 3), (1 - p) / 2)
    votes[:, 0] = p
    return stages_of(codes, [votes] * codes.shape[1], is_open=False)


def n_asked(rule, codes):
    """How many answers each item stops after, by the votes of the majority."""
    codes = np.asarray(codes)
    policy = Sequential(None, MajorityVote(n_classes=3), rule=rule)
    policy.fit(np.tile(codes, (3, 1)), np.arange(3 * len(codes)) % 3)
    return policy.asked(codes).sum(axis=1).tolist()


# -- Adaptive-Consistency -------------------------------------------------------------------------


def test_adaptive_consistency_by_hand():
    """n equal answers: P(p <= 1/2) under Beta(n + 1, 1) is .5^(n + 1): .0625 of 3, .03125 of 4."""
    scores = AdaptiveConsistency().scores(heard([[0] * 6, [2] * 6]))
    np.testing.assert_allclose(scores, [[0.25, 0.125, 0.0625, 0.03125, 0.015625]] * 2)
    assert n_asked(AdaptiveConsistency(), [[0] * 6, [2] * 6]) == [4, 4]
    assert n_asked(AdaptiveConsistency(0.9), [[0] * 6]) == [3]  # .0625 <= .1
    assert n_asked(AdaptiveConsistency(0.99), [[0] * 6]) == [6]  # .0078 after six, .0156 after five


def test_adaptive_consistency_where_answers_differ():
    """3 against 1: Beta(4, 2), P(p <= 1/2) = 6 / 32 = .1875; 5 against 1: 8 / 128 = .0625.

    P(Beta(a, b) <= 1/2) is the chance of a heads or more in a + b - 1 throws: 5 + 1 of 32 for
    (4, 2), 7 + 1 of 128 for (6, 2), 8 + 1 of 256 for (7, 2), .0352.
    """
    codes = [[0, 0, 1, 0, 0, 0, 0, 0]]
    scores = AdaptiveConsistency().scores(heard(codes))[0]
    assert scores[3] == pytest.approx(6 / 32)
    assert scores[5] == pytest.approx(8 / 128)
    assert scores[6] == pytest.approx(9 / 256)
    assert n_asked(AdaptiveConsistency(), codes) == [7]


def test_missing_answers_are_no_votes_and_a_third_class_does_not_count():
    """1 of class 0: Beta(2, 1), .25. With one each of three classes: Beta(2, 2), .5."""
    scores = AdaptiveConsistency().scores(heard([[-1, 0, -1, 0], [0, 1, 2, 0]]))
    np.testing.assert_allclose(scores, [[0.5, 0.25, 0.25], [0.25, 0.5, 0.5]])


@given(st.lists(st.integers(-1, 2), min_size=2, max_size=9))
def test_adaptive_consistency_is_a_beta_distribution_of_the_two_largest_counts(row):
    scores = AdaptiveConsistency().scores(heard([row]))[0]
    for size, score in enumerate(scores, 1):
        second, first = sorted(row[:size].count(k) for k in range(3))[-2:]
        assert score == pytest.approx(stats.beta(first + 1, second + 1).cdf(0.5))


# -- ESC ------------------------------------------------------------------------------------------


def test_windows_by_hand():
    """Of two: (0, 0) stops; (0, 1), then (1, 1) stops; (0, 1), (1, 0), and that is all."""
    codes = [[0, 0, 1, 1, 0], [0, 1, 1, 1, 0], [0, 1, 1, 0, 0]]
    assert n_asked(EarlyStopping(2), codes) == [2, 4, 5]
    # Windows do not slide: the first three answers, then the next three.
    assert n_asked(EarlyStopping(3), [[0, 0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 0, 0, 0]]) == [3, 7]
    assert n_asked(EarlyStopping(3), [[0, 1, 2, 2, 2, 2, 0]]) == [6]


def test_a_window_without_an_answer_does_not_agree():
    """Nor does one of missing answers alone, also where there were answers before."""
    codes = [[-1, -1, 0, 0, 0, 0, 0], [0, -1, 0, 0, 0, 0, 0], [0, 1, -1, -1, 0, 0, 0]]
    assert n_asked(EarlyStopping(2), codes) == [4, 4, 6]


def test_windows_of_one_and_of_more_than_there_are():
    assert n_asked(EarlyStopping(1), [[0, 1, 1], [-1, 1, 1]]) == [1, 2]
    assert n_asked(EarlyStopping(), [[0, 0, 0, 0]]) == [4]
    assert n_asked(EarlyStopping(4), [[0, 0, 0, 0]]) == [4]


def test_scores_of_windows_are_0_at_an_end_that_agrees():
    scores = EarlyStopping(2).scores(heard([[0, 0, 1, 2, 2, 2]]))
    assert scores.tolist() == [[1, 0, 1, 1, 1]]


# -- ThriftLLM ------------------------------------------------------------------------------------


@st.composite
def pools(draw):
    """Answers of two to four classes, good and bad queries, some answers missing."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 4))
    shape = draw(st.integers(8, 30)), draw(st.integers(1, 6))
    y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, shape[0] - n_classes)]
    right = rng.random(shape) < rng.uniform(0.0, 1.0, shape[1])
    X = np.where(right, y[:, None], rng.integers(0, n_classes, shape))
    X = np.where(rng.random(shape) < draw(st.sampled_from([0.0, 0.3])), -1, X)
    new = rng.integers(-1, n_classes, (40, shape[1]))
    return X, y, new


@settings(max_examples=40)
@given(pools())
def test_what_cannot_be_overturned_is_the_answer_of_all(pool):
    """Also where queries are worse than chance, and count against what they say."""
    X, y, new = pool
    policy = Sequential(None, WeightedVote(), rule=CannotBeOverturned()).fit(X, y)
    whole = FixedSet(None, WeightedVote()).fit(X, y)
    for answers in (X, new):
        full = whole.predict_proba(answers).argmax(axis=1)
        np.testing.assert_array_equal(policy.predict_proba(answers).argmax(axis=1), full)


@settings(max_examples=20)
@given(pools())
def test_no_rule_that_is_always_right_stops_sooner(pool):
    """Where it asks on, the queries to come could still bring another answer, or a tie.

    Of two classes: all of them for the other class, or against it where they are worse than chance.
    """
    X, y, _ = pool
    X, y = np.minimum(X, 1), np.minimum(y, 1)
    policy = Sequential(None, WeightedVote(), rule=CannotBeOverturned()).fit(X, y)
    weights = policy.rule_.weights_
    for row, asked in zip(X, policy.asked(X), strict=True):
        for size in range(1, int(asked.sum())):
            told = row[:size]
            lead = sum(
                w * (1 if c == 0 else -1) for w, c in zip(weights, told, strict=False) if c >= 0
            )
            to_come = np.abs(weights[size:]).sum()
            assert (told == -1).all() or abs(lead) <= to_come + 1e-6


def test_overturning_by_hand():
    """Right on 9 of 10, 7 of 10 and 7 of 10: weights log(10 / 2) = 1.609, and log(8 / 4) = .693.

    After the first alone .693 + .693 = 1.386 is to come, less than its 1.609. After one of the
    others, two are: 1.609 + .693.
    """
    y = np.array([0, 1] * 5)
    wrong = np.zeros((10, 3), dtype=bool)
    wrong[0, 0] = wrong[:3, 1] = wrong[5:8, 2] = True
    X = np.where(wrong, 1 - y[:, None], y[:, None])
    policy = Sequential(None, WeightedVote(), rule=CannotBeOverturned()).fit(X, y)
    np.testing.assert_allclose(policy.rule_.weights_, np.log([5, 2, 2]))
    scores = policy.rule_.scores(policy.stages_of(np.array([[0, 0, 0], [-1, 0, 1]])))
    log2, log5 = np.log(2), np.log(5)
    expected = [[2 * log2 - log5, log2 - (log5 + log2)], [2 * log2, 0.0]]
    np.testing.assert_allclose(scores, expected, atol=1e-12)
    assert policy.asked(np.array([[0, 0, 0], [-1, 0, 1]])).sum(axis=1).tolist() == [1, 3]

    # In another order the weights are those of the queries as they are asked.
    turned = Sequential(None, WeightedVote(), rule=CannotBeOverturned()).fit(X[:, ::-1], y)
    np.testing.assert_allclose(turned.rule_.weights_, np.log([2, 2, 5]))
    assert turned.asked(np.array([[0, 0, 1], [0, 0, 0]])).sum(axis=1).tolist() == [3, 3]


def test_a_lead_of_what_is_still_to_come_is_no_reason_to_stop():
    """Two equal queries: the second could make it a tie."""
    X = np.array([[0, 0], [1, 1], [0, 0], [1, 1], [1, 0], [0, 1]])
    y = np.array([0, 1, 0, 1, 0, 0])
    policy = Sequential(None, WeightedVote(), rule=CannotBeOverturned()).fit(X, y)
    np.testing.assert_allclose(*policy.rule_.weights_)
    assert policy.asked(X).all()


def test_open_answers_weigh_as_in_the_open_vote():
    """The closed weights would count options as classes, and know of no common scale."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 5, 60)
    right = rng.random((60, 4)) < np.array([0.9, 0.7, 0.6, 0.6])
    X = np.where(right, truth[:, None], rng.integers(0, 5, (60, 4)))
    policy = Sequential(None, OpenWeighted(), rule=CannotBeOverturned()).fit(X, truth)
    whole = OpenWeighted().fit(X, truth)
    np.testing.assert_array_equal(policy.rule_.weights_, whole.weights_)
    stopped = policy.predict_proba(X).argmax(axis=1)
    assert (stopped == whole.predict_proba(X).argmax(axis=1)).mean() > 0.95
    assert policy.asked(X).sum(axis=1).mean() < 4


# -- fixed confidence -----------------------------------------------------------------------------


def test_fixed_confidence_by_hand():
    """Shares of the votes are the posterior of the majority: 1, 1/2, 2/3, 3/4, 4/5, 5/6."""
    codes = [[-1, 0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0]]
    assert n_asked(FixedConfidence(0.95), [[0, 0, 0, 0]]) == [1]
    # 1 alone would do, but for the threshold: it is above any confidence there is.
    assert n_asked(FixedConfidence(0.7), codes) == [2, 1]
    scores = FixedConfidence(0.7).scores(heard([[0, 0]], p=0.8))
    np.testing.assert_allclose(scores, [[0.2]])
    assert FixedConfidence(0.8).threshold == pytest.approx(0.2)


def test_fixed_confidence_asks_everything_where_errors_are_shared():
    """Five copies of one query that is right on three of four: no posterior comes to .95."""
    y = np.array([0, 1, 0, 1] * 10)
    first = np.where(np.arange(40) % 4 == 3, 1 - y, y)
    X = np.tile(first[:, None], (1, 5))
    policy = Sequential(None, LogitVote(), rule=FixedConfidence(0.95)).fit(X, y)
    assert policy.asked(X[first == 0]).all()


# -- what they share ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [AdaptiveConsistency(), EarlyStopping(2), FixedConfidence(), CannotBeOverturned()],
    ids=lambda rule: type(rule).__name__,
)
def test_they_come_with_a_threshold_and_learn_nothing_from_held_out_votes(rule):
    """One query leaves no score, and folds are not even dealt."""
    X, y = np.array([[0, 0], [1, 1], [0, 1]] * 4), np.array([0, 1, 0] * 4)
    training = TrainingSet(X, y, n_classes=2)
    policy = Sequential(None, WeightedVote(), rule=rule).fit_to(training)
    assert policy.threshold_ == rule.threshold
    assert training._folds == {}
    alone = Sequential(None, WeightedVote(), 1, rule=rule).fit(X, y)
    assert alone.asked(X).tolist() == [[True, False]] * 12
    # A threshold that is given takes the place of its own.
    assert Sequential(None, WeightedVote(), rule=rule, threshold=0.4).fit(X, y).threshold_ == 0.4


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: AdaptiveConsistency(1.0), "confidence 1.0: a share between 0 and 1"),
        (lambda: AdaptiveConsistency(0), "confidence 0: a share between 0 and 1"),
        (lambda: FixedConfidence(95), "confidence 95: a share between 0 and 1"),
        (lambda: FixedConfidence(float("nan")), "confidence nan: a share between 0 and 1"),
        (lambda: EarlyStopping(0), "window 0: a whole number of answers from 1"),
        (lambda: EarlyStopping(2.5), "window 2.5: a whole number of answers from 1"),
    ],
)
def test_refuses(make, said):
    with pytest.raises(InputError, match=said):
        make()


def test_they_cannot_be_kept_in_a_file(small_pool, tmp_path):
    policy = Sequential(None, MajorityVote(), rule=EarlyStopping(2)).fit_table(small_pool)
    with pytest.raises((InputError, NotImplementedError), match="a EarlyStopping cannot be kept"):
        policy.save(tmp_path / "p.json")
    assert list(tmp_path.iterdir()) == []
