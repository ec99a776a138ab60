"""Asking in sequence: it stops where the answer is settled, and reads no answer unasked."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import GaussianNB

from ensel import InputError
from ensel.policies import FixedSet, Sequential, TrainingSet, UnfilledBudget
from ensel.policies.published_rules import (
    AdaptiveConsistency,
    CannotBeOverturned,
    EarlyStopping,
    FixedConfidence,
)
from ensel.policies.stopping import ASK_ALL, LearnedRule, StoppingRule
from ensel.registry import OPEN_VOTES, VOTES
from ensel.selection import GreedyLogit, SelfMoA, TopK
from ensel.testing import check_policy
from ensel.voting import LogitVote, MajorityVote, WeightedVote

RULES = {
    "adaptive-consistency": (AdaptiveConsistency(), MajorityVote()),
    "esc": (EarlyStopping(window=2), MajorityVote()),
    "cannot-be-overturned": (CannotBeOverturned(), WeightedVote()),
    "fixed-confidence": (FixedConfidence(0.8), LogitVote()),
}
LEARNED = st.sampled_from(["overturn", "gain", "posterior"])
HUGE = 1e300


@st.composite
def pools(draw, max_queries=4):
    """Answers of two or three classes, some missing, some queries twins; labels of all classes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 3))
    shape = draw(st.integers(8, 16)), draw(st.integers(1, max_queries))
    y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, shape[0] - n_classes)]
    right = rng.random(shape) < rng.uniform(0.3, 1.0, shape[1])
    X = np.where(right, y[:, None], rng.integers(0, n_classes, shape))
    X = np.where(rng.random(shape) < draw(st.sampled_from([0.0, 0.3])), -1, X)
    if draw(st.booleans()):
        X[:, -1] = X[:, 0]
    return X, y


def at(policy, threshold):
    """The same policy at another threshold."""
    policy.threshold_ = threshold
    return policy


def first_usable(X, columns):
    """Queries asked of each item by who stops at the first usable answer; all if none is."""
    return [next((n for n, j in enumerate(columns, 1) if row[j] != -1), len(columns)) for row in X]


# -- laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vote", "rule"),
    [("majority", "overturn"), ("weighted", "gain"), ("map", "posterior"), ("logit", None)],
)
def test_sequential_policies_keep_the_laws(vote, rule):
    check_policy(
        lambda: Sequential(TopK(budget=3), VOTES[vote](), rule=rule, tolerance=0.1, n_folds=2),
        refuses=ValueError,
        max_examples=3,
    )


@pytest.mark.parametrize("name", RULES)
def test_published_rules_keep_the_laws(name):
    rule, vote = RULES[name]
    check_policy(lambda: Sequential(None, vote, rule=rule), refuses=ValueError, max_examples=3)


@settings(max_examples=20)
@given(
    pools(),
    st.sampled_from(list(VOTES)),
    st.one_of(LEARNED, st.sampled_from([rule for rule, _ in RULES.values()])),
    st.lists(st.floats(-3, 3), min_size=2, max_size=5),
)
def test_policies_nest_a_lower_threshold_asks_at_least_as_much_of_every_item(
    pool, vote, rule, thresholds
):
    X, y = pool
    policy = Sequential(None, VOTES[vote](), rule=rule, threshold=0.1, n_folds=2).fit(X, y)
    asked = [at(policy, threshold).asked(X) for threshold in sorted(thresholds)]
    for more, less in pairwise(asked):
        assert (more >= less).all()


@settings(max_examples=15)
@given(pools(), st.sampled_from(list(VOTES)), LEARNED, st.integers(1, 4))
def test_who_asks_everything_answers_as_the_set_does(pool, vote, rule, budget):
    X, y = pool
    selector = TopK(budget=min(budget, X.shape[1]))
    whole = FixedSet(selector, VOTES[vote]()).fit(X, y)
    policy = Sequential(selector, VOTES[vote](), rule=rule, threshold=ASK_ALL, n_folds=2)
    policy.fit(X, y)
    assert policy.columns_ == whole.columns_
    np.testing.assert_array_equal(policy.asked(X), whole.asked(X))
    np.testing.assert_array_equal(policy.predict_proba(X), whole.predict_proba(X))
    np.testing.assert_array_equal(policy.full_proba(X), whole.predict_proba(X))


@settings(max_examples=15)
@given(pools(), st.sampled_from(list(VOTES)), LEARNED)
def test_it_stops_at_the_first_usable_answer_and_never_before(pool, vote, rule):
    X, y = pool
    policy = Sequential(None, VOTES[vote](), rule=rule, n_folds=2).fit(X, y)
    soonest = first_usable(X, policy.columns_)
    assert (policy.asked(X).sum(axis=1) >= soonest).all()
    assert at(policy, HUGE).asked(X).sum(axis=1).tolist() == soonest
    # An item with missing answers alone asks everything, whatever the threshold.
    assert policy.asked(np.full((1, X.shape[1]), -1)).all()


@settings(max_examples=15)
@given(pools(), st.sampled_from(list(OPEN_VOTES)), LEARNED, st.integers(0, 2**16))
def test_of_open_answers_it_reads_none_that_it_did_not_ask(pool, vote, rule, seed):
    """Options of an item are numbered anew: what was not asked may be any of them, or none."""
    X, y = pool
    vote = OPEN_VOTES[vote](n_classes=6)
    policy = Sequential(None, vote, rule=rule, tolerance=0.1, n_folds=2).fit(X, y)
    asked, p = policy.asked(X), policy.predict_proba(X)
    drawn = np.random.default_rng(seed).integers(-1, int(y.max()) + 1, X.shape)
    changed = np.where(asked, X, drawn)
    np.testing.assert_array_equal(policy.asked(changed), asked)
    np.testing.assert_array_equal(policy.predict_proba(changed), p)

    whole = FixedSet(None, vote).fit(X, y)
    np.testing.assert_array_equal(at(policy, ASK_ALL).predict_proba(X), whole.predict_proba(X))
    assert at(policy, HUGE).asked(X).sum(axis=1).tolist() == first_usable(X, range(X.shape[1]))


# -- real answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["imdb-llm", "mgsm"])
def test_on_real_answers_it_reads_none_that_it_did_not_ask(real, name):
    table = real(name).subset(queries=slice(0, 10, 2))
    is_open = table.reader is not None
    vote = (OPEN_VOTES if is_open else VOTES)["weighted"]()
    train, test = table.split(0.5)
    policy = Sequential(TopK(budget=4), vote).fit_table(train)

    X = np.where(test.answers >= len(policy.classes_), -1, test.answers)
    rng, means = np.random.default_rng(0), set()
    for threshold in policy.levels_:  # from asking nearly everything down
        asked, p = at(policy, threshold).asked(X), policy.predict_proba(X)
        drawn = rng.integers(-1, test.n_classes if not is_open else 3, X.shape)
        changed = np.where(asked, X, drawn)
        np.testing.assert_array_equal(policy.asked(changed), asked)
        np.testing.assert_array_equal(policy.predict_proba(changed), p)
        assert (asked.sum(axis=1) >= 1).all()
        means.add(float(asked.sum(axis=1).mean()))
    assert len([mean for mean in means if 1 < mean < 4]) >= 2


def test_on_real_answers_half_the_queries_lose_little(real):
    train, test = real("imdb-llm").split(0.5)
    whole = FixedSet(GreedyLogit(budget=6), LogitVote()).fit_table(train)
    policy = Sequential(GreedyLogit(budget=6), LogitVote()).fit_table(train)
    assert policy.asked(test.answers).sum(axis=1).mean() < 4
    right = [(one.predict(test.answers) == test.labels).mean() for one in (whole, policy)]
    assert right[1] > right[0] - 0.01


# -- by hand --------------------------------------------------------------------------------------


class Alternating(StoppingRule):
    """Stops after one answer where that is of class 0, and after two where it is not."""

    threshold = 0.0

    def scores(self, stages):
        scores = np.zeros((len(stages.codes), stages.n_stages - 1))
        scores[:, 0] = stages.codes[:, 0]
        return scores


X3 = np.array([[0, 1, 1], [1, 0, 0], [-1, 0, 1], [-1, -1, 0]] * 3)
Y3 = np.array([0, 1, 0, 1] * 3)


def test_a_rule_of_ones_own_by_hand():
    """One answer, 0: stop. A 1: one more. None yet: to the first usable one."""
    policy = Sequential(None, MajorityVote(), rule=Alternating()).fit(X3, Y3)
    assert policy.threshold_ == 0.0
    assert policy.asked(X3[:4]).sum(axis=1).tolist() == [1, 2, 2, 3]
    # Shares of the votes: 0 alone; a tie of 1 and 0 is half and half; 0 alone; 0 alone.
    p = policy.predict_proba(X3[:4])
    np.testing.assert_allclose(p[[0, 2, 3]], [[1, 0], [1, 0], [1, 0]])
    np.testing.assert_allclose(p[1], [0.5, 0.5], atol=1e-8)
    # What the last answers are, it has not asked, but in the last item.
    np.testing.assert_allclose(policy.full_proba(X3[:1]), [[1 / 3, 2 / 3]])


class Fits(Alternating):
    """Learns as well."""

    def fit(self, stages, weights):
        self.n_seen = len(weights)
        return self


def test_a_rule_with_a_threshold_of_its_own_learns_too():
    policy = Sequential(None, MajorityVote(), rule=Fits(), n_folds=3).fit(X3, Y3)
    assert (policy.rule_.n_seen, policy.threshold_) == (12, 0.0)


def test_a_rule_that_is_given_is_not_changed():
    mine = LearnedRule("gain")
    Sequential(None, MajorityVote(), rule=mine, n_folds=3).fit(X3, Y3)
    assert not hasattr(mine, "slopes_")


def test_queries_are_asked_in_the_order_of_buying():
    """Right on 12 of 12, on 6 (without an answer on 6), and on none."""
    X = np.stack([1 - Y3, Y3, np.where(np.arange(12) < 6, Y3, -1)], axis=1)
    policy = Sequential(TopK(budget=3), MajorityVote(), rule="gain", threshold=ASK_ALL, n_folds=2)
    assert policy.fit(X, Y3).columns_ == (1, 2, 0)
    assert policy.next({}) == ("1",)
    assert policy.next({"1": 0}) == ("2",)
    assert Sequential(TopK(budget=3), MajorityVote(), 2, n_folds=2).fit(X, Y3).columns_ == (1, 2)
    assert Sequential(None, MajorityVote(), 2, n_folds=2).fit(X, Y3).columns_ == (0, 1)


def test_two_answers_that_agree_are_not_eight_of_which_six_are_missing():
    """Each number of answers has a vote of its own, fitted on so many."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 80)
    X = np.where(rng.random((80, 4)) < 0.8, y[:, None], 1 - y[:, None])
    policy = Sequential(None, LogitVote(), rule="posterior", threshold=HUGE, n_folds=2).fit(X, y)
    alone = FixedSet(None, LogitVote()).fit(X[:, :1], y)
    np.testing.assert_array_equal(policy.predict_proba(X), alone.predict_proba(X[:, :1]))
    of_all = FixedSet(None, LogitVote()).fit(X, y).predict_proba(np.array([[0, -1, -1, -1]]))
    assert abs(policy.predict_proba(np.array([[0, -1, -1, -1]])) - of_all).max() > 0.01


def test_money_may_buy_more_queries_in_one_fold_than_in_another():
    """Which are the best, and so how many the money buys, differs between parts of the items."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 30)
    right = rng.random((30, 5)) < rng.uniform(0.5, 0.9, 5)
    X = np.where(right, y[:, None], 1 - y[:, None])
    costs = np.array([1.0, 2.0, 3.0, 0.5, 1.5])
    training = TrainingSet(X, y, costs=costs)
    selector = TopK(budget=4, money=4.0)
    bought = {len(part.bought(selector).order_) for part, _ in training.folds(5)}
    assert len(bought) == 2
    policy = Sequential(selector, n_folds=5).fit(X, y, costs=costs)
    assert costs[list(policy.columns_)].sum() <= 4


def test_samples_that_are_not_there_are_not_bought():
    models = ["m", "m", "k"]
    with pytest.raises(UnfilledBudget, match=r"has 2 sample\(s\)"):
        Sequential(SelfMoA(3), MajorityVote(), n_folds=2).fit(X3, Y3, models=models)


def test_classifiers_of_other_libraries_vote_also_where_a_part_lacks_a_class():
    """One item of class 2: the folds without it have never met that class."""
    rng = np.random.default_rng(0)
    y = np.array([0] * 20 + [1] * 19 + [2])
    X = np.where(rng.random((40, 3)) < 0.8, y[:, None], rng.integers(0, 3, (40, 3)))
    policy = Sequential(None, GaussianNB(), rule="gain", threshold=0.05, n_folds=3).fit(X, y)
    p = policy.predict_proba(X)
    assert p.shape == (40, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    whole = FixedSet(None, GaussianNB()).fit(X, y)
    np.testing.assert_array_equal(at(policy, ASK_ALL).predict_proba(X), whole.predict_proba(X))


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"rule": "best"}, "rule 'best': one of overturn, gain, posterior is needed"),
        ({"rule": []}, "rule .*: one of overturn"),
        ({"threshold": np.nan}, "threshold nan: a finite number"),
        ({"threshold": np.inf}, "threshold inf: a finite number"),
        ({"threshold": "low"}, "threshold 'low': a finite number"),
        ({"mean_budget": 0.5}, "mean_budget 0.5: a number from 1 is needed"),
        ({"mean_budget": True}, "mean_budget True: a number from 1"),
        ({"mean_money": -1}, "mean_money -1: a sum of money from 0"),
        ({"mean_money": 1.0}, "mean_money without costs"),
        ({"tolerance": None}, "tolerance None: a share from 0 to 1"),
        ({"tolerance": 2}, "tolerance 2: a share from 0 to 1"),
        ({"n_folds": 1}, "n_folds 1: a whole number from 2"),
        ({"n_folds": 2.5}, "n_folds 2.5: a whole number from 2"),
        ({"budget": 0}, "budget 0: a whole number from 1"),
        ({"vote": RidgeClassifier()}, r"vote RidgeClassifier\(\): .*predict_proba is needed"),
    ],
)
def test_refuses(parameters, said):
    with pytest.raises(InputError, match=said) as raised:
        Sequential(**{"vote": MajorityVote()} | parameters).fit(X3, Y3)
    assert "\n" not in str(raised.value)


def test_labels_of_one_class_are_refused():
    with pytest.raises(ValueError, match="y has one class"):
        Sequential(None, MajorityVote()).fit(X3, np.zeros(12, dtype=int))


def test_options_beyond_those_that_an_open_vote_knows_are_refused_as_by_a_set():
    vote = OPEN_VOTES["majority"]()
    for policy in (FixedSet(None, vote), Sequential(None, vote, n_folds=2)):
        policy.fit(X3, Y3)
        with pytest.raises(InputError, match="option 7, but n_classes=2"):
            policy.predict_proba(np.array([[7, 0, 0]]))


def test_the_same_queries_are_asked_cheap_first_where_that_is_cheaper():
    """Two good models at 10, four poorer ones at 1: settled by the cheap, the dear are spared."""
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=600)
    hard = rng.random((600, 1)) < 0.2
    rates = np.where(hard, 0.5, np.array([0.03, 0.04, 0.08, 0.09, 0.1, 0.1]))
    X = np.where(rng.random((600, 6)) < rates, 1 - y[:, None], y[:, None])
    costs = np.array([10.0, 10, 1, 1, 1, 1])
    spent = {}
    for cheap_first in (False, True):
        policy = Sequential(GreedyLogit(budget=6), n_folds=3, cheap_first=cheap_first)
        policy.fit(X[:300], y[:300], costs=costs)
        assert set(policy.columns_) == set(range(6))
        spent[cheap_first] = policy.costs_of(X[300:], costs).mean()
    assert spent[True] < spent[False]
    # Equal prices leave the order as it was bought.
    equal = Sequential(GreedyLogit(budget=6), n_folds=3).fit(X[:300], y[:300], costs=np.ones(6))
    assert (
        equal.columns_
        == Sequential(GreedyLogit(budget=6), n_folds=3).fit(X[:300], y[:300]).columns_
    )
