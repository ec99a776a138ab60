"""Policies with a certificate: what teaches does not test, and the promise goes with the policy."""

import pickle
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel import InputError, PredictionTable, load_policy
from ensel.error_model import simulate
from ensel.policies import (
    CertifiedSequential,
    FixedSet,
    Sequential,
    TrainingSet,
    VerifiedSequence,
    certify,
)
from ensel.policies.certificates import certificate_of
from ensel.policies.certified import TEST_DRAW, TooFewLabels
from ensel.policies.published_rules import FixedConfidence
from ensel.policies.stopping import ASK_ALL
from ensel.registry import OPEN_VOTES
from ensel.selection import TopK
from ensel.testing import check_policy
from ensel.voting import MajorityVote, WeightedVote


def pool(n_items=200, seed=0, n_classes=2, rates=(0.15, 0.2, 0.2, 0.25)):
    """Simulated: queries of alike accuracy, with errors in common."""
    return simulate(n_items, rates, 0.3, n_classes=n_classes, random_state=seed)


def certified(loss=0.15, vote=None, **settings):
    vote = WeightedVote() if vote is None else vote
    return CertifiedSequential(TopK(budget=3), vote, loss=loss, n_folds=2, **settings)


def learned(policy):
    """What stands before the test: order, votes, rule and grid."""
    rule = policy.rule_
    votes = [pickle.dumps(vote) for vote in policy.votes_]
    return policy.columns_, votes, rule.to_data(), policy.levels_.tolist()


# -- laws -----------------------------------------------------------------------------------------


def test_keeps_the_laws_of_policies():
    check_policy(
        lambda: CertifiedSequential(TopK(budget=3), WeightedVote(), loss=0.5, n_folds=2),
        refuses=ValueError,
        max_examples=3,
    )


@settings(max_examples=8)
@given(st.integers(0, 2**16), st.sampled_from([0.3, 0.5, 0.7]), st.booleans())
def test_one_part_teaches_and_the_other_tests_and_questions_stay_whole(seed, share, copied):
    """Fitted on all, it is what `Sequential` learns from one part, tested on the other."""
    rng = np.random.default_rng(seed)
    table = pool(120, seed)
    groups = rng.integers(0, 60, 120) if copied else np.arange(120)
    training = TrainingSet(table.answers, table.known_labels, n_classes=2, groups=groups)
    teaching, test = training.in_two(share, TEST_DRAW, by_label=False)
    assert len(teaching.y) + len(test.y) == 120
    assert not set(teaching.groups) & set(test.groups)

    policy = certified(share=share).fit_to(training)
    alone = Sequential(TopK(budget=3), WeightedVote(), tolerance=0.15, n_folds=2).fit_to(teaching)
    assert learned(policy) == learned(alone)
    found = certificate_of(alone, test, 0.15, 0.95, labelled=True)
    assert policy.certificate_.tested == found.tested
    assert policy.certificate_.n_test == len(set(test.groups))
    # What would do is a number of labels in all, of which the test part is a share.
    if found.labels_needed is not None:
        needed = policy.certificate_.labels_needed
        assert needed == int(np.ceil(found.labels_needed / (1 - share)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["closed", "open"])
def test_labels_that_test_teach_nothing(seed, kind):
    """Turned round, they change the certificate, and neither order nor votes nor rule nor grid.

    Of two answers that differ one is right, so that what was lost is gained, and what was gained
    is lost.
    """
    table = pool(120, seed)
    y = np.array(table.labels, dtype=int)
    marked = TrainingSet(np.arange(120)[:, None], y)
    tests = marked.in_two(0.5, TEST_DRAW, by_label=False)[1].X[:, 0]
    turned = y.copy()
    turned[tests] = 1 - y[tests]

    vote = WeightedVote() if kind == "closed" else OPEN_VOTES["weighted"]()
    one, other = (
        certified(vote=vote).fit_to(TrainingSet(table.answers, labels, n_classes=2))
        for labels in (y, turned)
    )
    assert learned(one) == learned(other)
    outcomes, exchanged = (
        [pair(tested) for tested in policy.certificate_.tested]
        for policy, pair in (
            (one, lambda tested: (tested.n_lost, tested.n_gained)),
            (other, lambda tested: (tested.n_gained, tested.n_lost)),
        )
    )
    assert outcomes == exchanged
    assert any(lost != gained for lost, gained in outcomes)


@settings(max_examples=10)
@given(st.integers(0, 2**16), st.sampled_from([0.02, 0.1, 0.3]))
def test_it_stops_where_the_certificate_says_and_asks_everything_without_one(seed, loss):
    table = pool(120, seed)
    policy = certified(loss).fit_table(table)
    if policy.certificate_.certified:
        assert policy.threshold_ == policy.certificate_.taken.threshold > ASK_ALL
        return
    assert policy.threshold_ == ASK_ALL
    assert (policy.asked(table.answers).sum(axis=1) == 3).all()
    assert policy.certificate_.mean_queries is policy.certificate_.taken is None


def test_both_come_out_of_some_hundred_labels():
    small, large = (certified(loss).fit_table(pool()).certificate_ for loss in (0.005, 0.2))
    assert (small.certified, large.certified) == (False, True)
    # 598 without a loss would do (.995 ** 598 = .0499), at delta / 2 some 740; twice as many teach.
    assert small.labels_needed is None or small.labels_needed >= 2 * 735
    assert 1 <= large.mean_queries < 3


def test_a_rare_class_may_be_on_either_side():
    """Twelve items of 200: few enough that a deal by label would give all of them to one side."""
    labels = np.r_[np.zeros(188, dtype=int), np.ones(12, dtype=int)]
    rng = np.random.default_rng(0)
    X = np.where(rng.random((200, 3)) < 0.85, labels[:, None], 1 - labels[:, None])
    policy = CertifiedSequential(vote=WeightedVote(), loss=0.2, n_folds=2).fit(X, labels)
    assert policy.certificate_.n_test == 100


@pytest.mark.parametrize("n_items", [2, 10])
def test_labels_that_cannot_be_cut_in_two_are_refused(n_items):
    """One item of the second class: it teaches or tests; where it tests, nothing is to learn."""
    y = np.array([0] * (n_items - 1) + [1])
    said = f"{n_items} labels are too few to learn from some and certify a loss on the others"
    with pytest.raises(TooFewLabels, match=said) as raised:
        CertifiedSequential(loss=0.1).fit(np.stack([y, y], axis=1), y)
    assert "\n" not in str(raised.value)
    assert isinstance(pickle.loads(pickle.dumps(raised.value)), InputError)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"loss": 0}, "loss 0: a share between 0 and 1"),
        ({"loss": 5}, "loss 5: a share between 0 and 1"),
        ({"confidence": 1}, "confidence 1: a share between 0 and 1"),
        ({"confidence": 95}, "confidence 95: a share between 0 and 1"),
        ({"share": 1}, "share 1: a share between 0 and 1"),
        ({"share": 0.0}, "share 0.0: a share between 0 and 1"),
        ({"n_folds": 1}, "n_folds 1: a whole number from 2"),
    ],
)
def test_refuses(parameters, said):
    with pytest.raises(InputError, match=re.escape(said)):
        CertifiedSequential(**parameters).fit(pool().answers, pool().labels)


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [0.005, 0.2])
def test_saved_and_loaded_it_promises_the_same(tmp_path, loss):
    train, test = pool(240).split(0.7)
    policy = certified(loss).fit_table(train, method="adaptive").narrowed()
    policy.save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    assert isinstance(back, CertifiedSequential)
    assert back.certificate_ == policy.certificate_
    assert back.threshold_ == policy.threshold_
    assert back.about == {"method": "adaptive"}
    np.testing.assert_array_equal(back.levels_, policy.levels_)
    pd.testing.assert_frame_equal(back.replay(test), policy.replay(test))
    # Tested again, it promises on those items what the other does.
    assert certify(back, test, 0.2).certificate_ == certify(policy, test, 0.2).certificate_


def test_a_file_without_its_certificate_is_damaged(tmp_path):
    path = tmp_path / "p.json"
    certified().fit_table(pool()).save(path)
    path.write_text(path.read_text().replace('"n_test"', '"n_tests"'))
    with pytest.raises(InputError, match="damaged policy"):
        load_policy(path)


# -- on new answers -------------------------------------------------------------------------------


def halves(**known):
    table = pool(400, seed=3, **known)
    policy = Sequential(TopK(budget=3), WeightedVote(), n_folds=2)
    return policy.fit_table(table.subset(items=slice(0, 150))), table.subset(items=slice(150, 400))


def other_order(table, *, labels=True):
    """The same answers, classes and queries in another order."""
    turned = np.where(table.answers < 0, -1, table.n_classes - 1 - table.answers)
    return PredictionTable(
        turned,
        table.n_classes - 1 - table.labels if labels else None,
        classes=table.classes[::-1],
        queries=table.queries,
        items=table.items,
    ).subset(queries=table.query_names[::-1])


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("labels", [True, False])
def test_another_order_of_classes_and_queries_promises_the_same(n_classes, labels):
    policy, fresh = halves(n_classes=n_classes)
    given = fresh if labels else fresh.replace(labels=None)
    found = certify(policy, given, 0.1).certificate_
    assert found.kind == ("loss" if labels else "disagreement")
    assert found == certify(policy, other_order(fresh, labels=labels), 0.1).certificate_
    assert found.n_test == 250
    own = TrainingSet(fresh.answers, fresh.known_labels)
    if labels:
        assert found == certificate_of(policy, own, 0.1, 0.95, labelled=True)


def test_it_is_a_copy_that_stops_where_the_new_answers_vouch_for_it():
    policy, fresh = halves()
    before = policy.threshold_
    strict, loose = (certify(policy, fresh, loss) for loss in (0.001, 0.3))
    assert policy.threshold_ == before
    assert not hasattr(policy, "certificate_")
    assert (strict.certificate_.certified, loose.certificate_.certified) == (False, True)
    assert (strict.replay(fresh)["asked"] == 3).all()
    assert loose.replay(fresh)["asked"].mean() < 3
    assert (strict.loss, loose.loss, loose.confidence) == (0.001, 0.3, 0.95)
    # Live, it asks what the copy says, whatever the policy was asked before.
    assert policy.next({}) == strict.next({}) == loose.next({})
    first = strict.next({})[0]
    assert strict.next({first: "0"}) != ()
    for other in (strict, loose):
        assert (learned(other), other.query_names) == (learned(policy), policy.query_names)
        assert (other.class_names, other.about) == (policy.class_names, policy.about)


def test_a_certified_policy_is_tested_anew(tmp_path):
    policy = certified(0.001).fit_table(pool())
    assert not policy.certificate_.certified
    fresh = certify(policy, pool(400, seed=7), 0.3, 0.9)
    assert fresh.certificate_.certified
    assert (fresh.certificate_.n_test, fresh.certificate_.confidence) == (400, 0.9)
    fresh.save(tmp_path / "p.json")
    assert load_policy(tmp_path / "p.json").certificate_ == fresh.certificate_


def test_copies_of_new_questions_count_once():
    policy, fresh = halves()
    alike = PredictionTable(
        np.repeat(fresh.answers, 2, axis=0),
        np.repeat(fresh.labels, 2),
        classes=fresh.classes,
        queries=fresh.queries,
        items=pd.DataFrame({"group": np.repeat(np.arange(250), 2)}, index=np.arange(500)),
    )
    found = certify(policy, alike, 0.2).certificate_
    assert found.n_test == 250
    assert found == certify(policy, fresh, 0.2).certificate_


def test_costs_are_those_of_the_new_table():
    policy, fresh = halves()
    assert certify(policy, fresh, 0.3).certificate_.mean_cost is None
    priced = fresh.replace(queries=fresh.queries.assign(cost=2.0))
    found = certify(policy, priced, 0.3).certificate_
    # Every query costs 2, so the bound of the mean cost is twice that of the mean number.
    assert found.mean_cost == pytest.approx(2 * found.mean_queries, rel=1e-3)


def test_what_cannot_be_certified_is_refused_in_one_line():
    policy, fresh = halves()
    unknown = fresh.replace(classes=["0", "2"], answers=np.zeros_like(fresh.answers))
    verified = VerifiedSequence(TopK(budget=2)).fit_table(fresh.verdicts())
    published = Sequential(None, WeightedVote(), rule=FixedConfidence(0.8)).fit_table(fresh)
    for call, said in (
        (lambda: certify(policy, unknown, 0.1), "some items have no label .or one that the policy"),
        (lambda: certify(policy, fresh.subset(queries=[0]), 0.1), "no answers of simulated-1"),
        (lambda: certify(policy, fresh, 10), "loss 10: a share between 0 and 1"),
        (lambda: certify(policy, fresh, 0.1, 95), "confidence 95: a share"),
        (lambda: certify(policy, fresh.answers, 0.1), "ndarray given; a PredictionTable"),
        (
            lambda: certify(FixedSet(None, MajorityVote()).fit_table(fresh), fresh),
            "a FixedSet is given; only what asks in sequence by a learned rule",
        ),
        (lambda: certify(verified, fresh.verdicts()), "a VerifiedSequence is given; only what"),
        (lambda: certify(published, fresh), "only what asks in sequence by a learned rule"),
    ):
        with pytest.raises(InputError, match=said) as raised:
            call()
        assert "\n" not in str(raised.value)


# -- open answers ---------------------------------------------------------------------------------


def open_tables():
    """Simulated: numbers, right nine times in ten; a wrong one is near, and may be common."""
    rng = np.random.default_rng(0)
    right = rng.integers(100, 1000, 300)
    wrong = right[:, None] + rng.integers(1, 3, (300, 3))
    given = np.where(rng.random((300, 3)) < 0.9, right[:, None], wrong)
    texts = [[str(number) for number in row] for row in given]
    table = PredictionTable.open(
        texts, [str(number) for number in right], queries=[*"pqr"], reader="numbers"
    )
    return table.subset(items=slice(0, 100)), table.subset(items=slice(100, 300)), texts[100:]


def test_open_answers_are_certified_too(tmp_path):
    train, fresh, texts = open_tables()
    vote = OPEN_VOTES["majority"]()
    policy = Sequential(None, vote, n_folds=2).fit_table(train)
    found = certify(policy, fresh, 0.15)
    assert (found.certificate_.kind, found.certificate_.n_test) == ("loss", 200)
    assert found.certificate_.certified

    # Options in another order are the same answers; a right answer that nobody gave is never right.
    turned = PredictionTable.open(
        [row[::-1] for row in texts],
        [fresh.options[i][code] if code >= 0 else None for i, code in enumerate(fresh.labels)],
        queries=[*"rqp"],
        reader="numbers",
    )
    assert certify(policy, turned, 0.15).certificate_ == found.certificate_
    found.save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    pd.testing.assert_frame_equal(back.replay(fresh), found.replay(fresh))

    one = CertifiedSequential(None, vote, loss=0.15, n_folds=2).fit_table(train)
    assert one.certificate_.n_test == 50
