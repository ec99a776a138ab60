"""What is promised of stopping early: counts and bounds by hand, and how often it is broken."""

import json
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from ensel import InputError
from ensel.policies import Sequential, TrainingSet
from ensel.policies.betting import mean_upper_bound
from ensel.policies.certificates import Certificate, certificate_of, check_promise
from ensel.policies.certified import CertifiedSequential
from ensel.policies.exact_tests import labels_needed, loss_p_value
from ensel.policies.stopping import ASK_ALL, StoppingRule
from ensel.voting import MajorityVote, WeightedVote


class TrustsZeros(StoppingRule):
    """Scores a first answer by its code: at threshold 0 zeros suffice, at 1 any answer does."""

    def scores(self, stages):
        scores = np.full((len(stages.codes), stages.n_stages - 1), 9.0)
        scores[:, 0] = stages.codes[:, 0]
        return scores


# Answers, label, how often, and what comes of it: 100 items.
#   000 is 0: 60 times. One answer suffices, and is right.
#   011 is 1:  2 times. The first says 0, all three say 1: lost, at both thresholds.
#   011 is 0:  1 time.  Gained, at both.
#   100 is 0:  5 times. At threshold 0 a first 1 asks on; at 1 it stops, and is lost.
#   111 is 1: 32 times. Right in any case.
PATTERNS = [([0, 0, 0], 0, 60), ([0, 1, 1], 1, 2), ([0, 1, 1], 0, 1), ([1, 0, 0], 0, 5)]
PATTERNS += [([1, 1, 1], 1, 32)]


def hand(**known):
    """The items above."""
    X = np.repeat([x for x, _, _ in PATTERNS], [n for _, _, n in PATTERNS], axis=0)
    y = np.repeat([y for _, y, _ in PATTERNS], [n for _, _, n in PATTERNS])
    return TrainingSet(X, y, **known)


def policy(*levels):
    """A majority of three that may stop after the first; shares of votes are its probabilities."""
    fitted = Sequential(None, MajorityVote(), rule=TrustsZeros(), threshold=0.0)
    fitted.fit(hand().X, hand().y)
    fitted.levels_ = np.array(levels)
    return fitted


def certificate(test, loss, confidence=0.95, *, levels=(0.0, 1.0), labelled=True):
    return certificate_of(policy(*levels), test, loss, confidence, labelled=labelled)


# -- by hand --------------------------------------------------------------------------------------


def test_counts_by_hand():
    found = certificate(hand(), 0.1)
    strict, loose = found.tested
    assert (strict.n_lost, strict.n_gained) == (2, 1)
    assert (loose.n_lost, loose.n_gained) == (7, 1)
    # A first 0 on 63 items asks once; the other 37 ask three times: (63 + 111) / 100.
    assert (strict.mean_queries, loose.mean_queries) == (1.74, 1.0)
    assert (strict.threshold, loose.threshold) == (0.0, 1.0)
    assert strict.p_value == loss_p_value(2, 1, 100, 0.1)
    assert loose.p_value == loss_p_value(7, 1, 100, 0.1)
    # .001 and .12: each is tested at half of .05, and the second fails.
    assert (strict.passed, loose.passed) == (True, False)
    assert (found.kind, found.certified, found.n_test) == ("loss", True, 100)
    assert found.taken is strict
    assert found.labels_needed is None


def test_without_labels_what_differs_by_hand():
    found = certificate(hand(), 0.1, labelled=False)
    strict, loose = found.tested
    # 011 three times, and 100 five times: lost or gained, the answers differ.
    assert (strict.n_lost, strict.n_gained) == (3, 0)
    assert (loose.n_lost, loose.n_gained) == (8, 0)
    # Up to 3 of 100 at a chance of .1: sums of the binomial.
    up_to = [sum(comb(100, k) * 0.1**k * 0.9 ** (100 - k) for k in range(n + 1)) for n in (3, 8)]
    assert [strict.p_value, loose.p_value] == pytest.approx(up_to)
    assert (found.kind, strict.passed, loose.passed) == ("disagreement", True, False)


def test_half_of_what_may_go_wrong_is_for_the_loss_and_half_for_the_mean():
    """P-values of .0503 and .68 at a loss of 5 points: certified from delta = .1007 on."""
    p = loss_p_value(2, 1, 100, 0.05)
    assert 0.05 < p < 0.051
    assert certificate(hand(), 0.05, 1 - 2 * p - 1e-6).certified
    assert not certificate(hand(), 0.05, 1 - 2 * p + 1e-6).certified
    found = certificate(hand(), 0.05, 0.8)
    strict, loose = found.tested
    # delta / 2 = .1, shared by the two thresholds: .05 each.
    share = 0.2 / 2 / 2
    bound = mean_upper_bound([1, 3], [63, 37], 1, 3, share)
    assert strict.mean_queries_bound == pytest.approx(bound)
    assert loose.mean_queries_bound == pytest.approx(mean_upper_bound([1], [100], 1, 3, share))
    assert found.mean_queries == strict.mean_queries_bound > strict.mean_queries
    assert strict.mean_cost_bound is loose.mean_cost_bound is found.mean_cost is None


def test_costs_are_those_of_the_queries_in_the_order_of_asking():
    found = certificate(hand(costs=np.array([1.0, 2.0, 4.0])), 0.1)
    # One query costs 1, all three 7; queries and costs share what two thresholds share.
    each = 0.05 / 2 / 2 / 2
    assert found.mean_cost == pytest.approx(mean_upper_bound([1, 7], [63, 37], 1, 7, each))
    assert found.mean_queries == pytest.approx(mean_upper_bound([1, 3], [63, 37], 1, 3, each))

    turned = policy(0.0)
    turned.columns_ = (2, 0, 1)
    costs = np.array([1.0, 2.0, 4.0])
    test = TrainingSet(hand().X[:, [1, 2, 0]], hand().y, costs=costs)
    found = certificate_of(turned, test, 0.1, 0.95, labelled=True)
    assert found.tested[0].n_lost == 2
    # First the third column, for 4; all for 7.
    bound = mean_upper_bound([4, 7], [63, 37], 4, 7, 0.05 / 2 / 2)
    assert found.mean_cost == pytest.approx(bound)


def test_free_queries_cost_nothing_for_sure():
    assert certificate(hand(costs=np.zeros(3)), 0.1).mean_cost == 0.0


def test_labels_that_would_do():
    """2 of 100 lost and 1 gained, as before, at a loss that is not certified."""
    found = certificate(hand(), 0.05)
    assert not found.certified
    assert found.labels_needed == labels_needed(0.02, 0.01, 0.05, 0.025) > 100
    assert found.taken is found.mean_queries is found.mean_cost is None
    # It loses 2 - 1 of 100 by what is seen: no number certifies less than that.
    assert certificate(hand(), 0.01).labels_needed is None


def test_a_later_threshold_does_not_pass_where_an_earlier_one_failed():
    """Of thresholds 1 and 0, in this order, the first fails; the second is not asked."""
    first, second = certificate(hand(), 0.1, levels=(1.0, 0.0)).tested
    assert (first.passed, second.passed) == (False, False)
    assert second.p_value < 0.025
    assert not certificate(hand(), 0.1, levels=(1.0, 0.0)).certified


def test_asking_everything_is_not_certified_and_takes_no_part_of_the_bound():
    with_all = certificate(hand(), 0.1, levels=(ASK_ALL, 0.0, 1.0))
    assert with_all == certificate(hand(), 0.1, levels=(0.0, 1.0))
    # Stopping loses here, whatever the number of labels: there is nothing to promise.
    found = certificate(hand(), 0.05, levels=(ASK_ALL, 1.0))
    assert (found.certified, found.labels_needed) == (False, None)
    only = certificate(hand(), 0.1, levels=(ASK_ALL,))
    assert (only.certified, only.tested, only.labels_needed) == (False, (), None)


def test_what_gives_no_usable_answer_is_asked_everything_and_never_right():
    test = TrainingSet(np.array([[-1, -1, -1], [-1, 1, 1], [0, 0, 0]]), np.array([0, 1, 0]))
    strict, loose = certificate(test, 0.1).tested
    assert (strict.n_lost, strict.n_gained, loose.n_lost) == (0, 0, 0)
    # -1 is at most 0: but nobody stops before a usable answer. 3 + 3 + 1 queries.
    assert strict.mean_queries == loose.mean_queries == pytest.approx(7 / 3)


# -- copies and weights ---------------------------------------------------------------------------


def test_of_each_question_one_copy_counts_drawn_at_random():
    """100 questions, each once as above and once with every answer turned round.

    Of the 60 that are 000, the copy is 111 and wrong: it asks three times, and is not lost.
    """
    X = np.concatenate([hand().X, 1 - hand().X])
    groups = np.tile(np.arange(100), 2)
    twice = TrainingSet(X, np.tile(hand().y, 2), groups=groups)
    found = certificate(twice, 0.1)
    assert found == certificate(twice, 0.1)  # the draw is the same each time
    assert found.n_test == 100
    # Either copy in half of the cases: once for a first 0 (63 or 37 of 100), else three times.
    assert 1.7 < found.tested[0].mean_queries < 2.3
    for copies in (hand().X, 1 - hand().X):
        assert found != certificate(TrainingSet(copies, hand().y), 0.1)

    alike = TrainingSet(
        np.tile(hand().X, (3, 1)), np.tile(hand().y, 3), groups=np.arange(300) % 100
    )
    assert certificate(alike, 0.1) == certificate(hand(), 0.1)


@pytest.mark.parametrize("grouped", [False, True])
def test_items_of_no_weight_do_not_count_and_others_count_once(grouped):
    """An item that was drawn several times is one witness."""
    rng = np.random.default_rng(0)
    weights = rng.integers(0, 4, 100)
    known = {"groups": np.arange(100)} if grouped else {}
    weighted = TrainingSet(hand().X, hand().y, sample_weight=weights, **known)
    assert certificate(weighted, 0.1) == certificate(hand().part(weights > 0), 0.1)


def test_a_copy_of_no_weight_does_not_stand_for_its_question():
    X, y = np.array([[0, 1, 1], [1, 1, 1]]), np.array([1, 1])
    for weights, n_lost in (([1, 0], 1), ([0, 1], 0)):
        both = TrainingSet(X, y, groups=np.array([0, 0]), sample_weight=np.array(weights))
        assert certificate(both, 0.1).tested[0].n_lost == n_lost
        assert certificate(both, 0.1).n_test == 1


# -- laws -----------------------------------------------------------------------------------------


@st.composite
def simulated(draw):
    """A fitted policy, and labelled items that it has not seen; some answers are missing."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 3))
    y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, 50 - n_classes)]
    right = rng.random((50, 3)) < rng.uniform(0.5, 1.0, 3)
    X = np.where(right, y[:, None], rng.integers(0, n_classes, (50, 3)))
    X = np.where(rng.random(X.shape) < 0.1, -1, X)
    fitted = Sequential(None, MajorityVote(), rule="gain", n_folds=2).fit(X[:30], y[:30])
    return fitted, X[30:], y[30:]


@settings(max_examples=8)
@given(simulated(), st.sampled_from([0.05, 0.2, 0.5]), st.booleans())
def test_agrees_with_asking_one_item_after_another(drawn, loss, labelled):
    """The plain reference: live, item by item, at each threshold of the grid."""
    fitted, X, y = drawn
    test = TrainingSet(X, y)
    found = certificate_of(fitted, test, loss, 0.9, labelled=labelled)
    levels = [level for level in fitted.levels_ if level > ASK_ALL]
    assert [one.threshold for one in found.tested] == levels == sorted(levels)
    for one in found.tested:
        fitted.threshold_ = one.threshold
        asked, lost, gained = [], 0, 0
        for row, label in zip(X, y, strict=True):
            given = {str(j): None if code == -1 else int(code) for j, code in enumerate(row)}
            told = {}
            while wave := fitted.next(told):
                told |= {name: given[name] for name in wave}
            stopped, full = fitted.answer(told).label, fitted.full_answer(given).label
            silent = (row == -1).all()
            asked.append(len(told))
            if labelled:
                lost += full == label != stopped and not silent
                gained += stopped == label != full and not silent
            else:
                lost += stopped != full
        assert (one.n_lost, one.n_gained) == (lost, gained)
        assert one.mean_queries == pytest.approx(np.mean(asked))
        assert one.mean_queries - 1e-9 <= one.mean_queries_bound <= 3
    passed = [one.passed for one in found.tested]
    assert passed == sorted(passed, reverse=True)
    assert found.certified == any(passed)


@settings(max_examples=15)
@given(simulated(), st.sampled_from([0.05, 0.2, 0.5]), st.booleans())
def test_plain_data_and_back(drawn, loss, labelled):
    fitted, X, y = drawn
    found = certificate_of(fitted, TrainingSet(X, y), loss, 0.9, labelled=labelled)
    data = json.loads(json.dumps(found.to_dict()))
    assert Certificate.from_dict(data) == found
    assert data["mean_queries"] == found.mean_queries
    assert data["certified"] == (data["mean_queries"] is not None)


@settings(max_examples=20)
@given(simulated())
def test_a_smaller_loss_is_never_easier_and_more_confidence_neither(drawn):
    fitted, X, y = drawn
    test = TrainingSet(X, y)

    def n_passed(loss, confidence):
        found = certificate_of(fitted, test, loss, confidence, labelled=False)
        return sum(one.passed for one in found.tested)

    assert n_passed(0.05, 0.9) <= n_passed(0.2, 0.9) <= n_passed(0.5, 0.9)
    assert n_passed(0.2, 0.99) <= n_passed(0.2, 0.9) <= n_passed(0.2, 0.5)


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5, "much", None, True, np.nan, np.inf])
def test_refuses_what_is_no_share(value):
    for name, pair in (("loss", (value, 0.95)), ("confidence", (0.01, value))):
        with pytest.raises(InputError, match=f"{name} .*: a share between 0 and 1") as raised:
            check_promise(*pair)
        assert "\n" not in str(raised.value)
    check_promise(0.01, np.float64(0.95))


# -- how often it is broken -----------------------------------------------------------------------


def test_simulated_promises_are_kept_as_often_as_they_say():
    """60 draws of 120 labels from a pool whose truth is known, promised with 80 % confidence.

    The 16 patterns of three answers and a label have known chances, so that the true loss of any
    policy is a sum. Whoever stops after two that agree loses nothing to all three; whoever always
    stops after one loses 4.9 points, a little more than the 4.5 that are allowed, and is certified
    by luck alone. Loss and mean may each be broken in a tenth of the draws. More than a binomial
    number of that chance exceeds once in a thousand would be too many.
    """
    patterns = np.stack(np.meshgrid(*[[0, 1]] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
    X, y = patterns[:, :3], patterns[:, 3]
    # An item in five is hard, and each answer to it right half of the time; else .92 of the time.
    hard, easy = (np.where(y[:, None] == X, p, 1 - p).prod(axis=1) / 2 for p in (0.5, 0.92))
    chances = 0.2 * hard + 0.8 * easy
    first, all_three = X[:, 0] == y, (X.sum(axis=1) > 1) == y
    assert chances @ all_three - chances @ first == pytest.approx(0.0494, abs=1e-4)

    rng, broken = np.random.default_rng(0), []
    for _ in range(60):
        rows = rng.choice(len(y), size=120, p=chances)
        one = CertifiedSequential(
            None, WeightedVote(), rule="posterior", loss=0.045, confidence=0.8, n_folds=2
        ).fit_to(TrainingSet(X[rows], y[rows], n_classes=2))
        full, stopped = one.full_proba(X).argmax(axis=1) == y, one.predict(X) == y
        loss, queries = chances @ full - chances @ stopped, chances @ one.asked(X).sum(axis=1)
        if one.certificate_.certified:
            broken.append((loss > 0.045, queries > one.certificate_.mean_queries))
    assert len(broken) >= 50
    assert (np.sum(broken, axis=0) <= binom.ppf(0.999, 60, 0.1)).all()
