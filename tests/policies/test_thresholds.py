"""From which score on it stops: nested, cheapest under a loss, best under a cost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel.policies import Sequential, TrainingSet
from ensel.policies.stages import Stages, counted, stages_of
from ensel.policies.stopping import ASK_ALL, RULES, LearnedRule, StoppingRule
from ensel.policies.thresholds import (
    MONEY,
    UNSEEN_LOSS,
    Curve,
    Limit,
    _swept,
    best_of,
    curve_of,
    learned_rules,
    settled_scores,
    stop_stages,
)
from ensel.voting import MajorityVote


def stages_with(codes):
    """Stages whose votes are all .7 for class 0."""
    codes = np.asarray(codes)
    return stages_of(codes, [np.tile([0.7, 0.3], (len(codes), 1))] * codes.shape[1], is_open=False)


@st.composite
def scored(draw):
    """Stages with missing answers, and any scores."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    stages = stages_with(rng.integers(-1, 2, shape))
    return stages, rng.integers(-3, 4, (shape[0], shape[1] - 1)) / 4


def slow_stops(stages, scores, threshold):
    """One item, one stage after the other."""
    stops = []
    for i, codes in enumerate(stages.codes):
        stage = 0
        while stage < stages.n_stages - 1:
            heard = any(code != -1 for code in codes[: stage + 1])
            if heard and scores[i, stage] <= threshold:
                break
            stage += 1
        stops.append(stage)
    return stops


@given(scored(), st.integers(-4, 4))
def test_it_stops_at_the_first_stage_whose_score_is_at_most_the_threshold(known, quarters):
    stages, scores = known
    stops = stop_stages(stages, scores, quarters / 4)
    assert stops.tolist() == slow_stops(stages, scores, quarters / 4)


@given(scored())
def test_stops_nest(known):
    stages, scores = known
    stops = [stop_stages(stages, scores, quarters / 4) for quarters in range(-4, 5)]
    assert (np.diff(stops, axis=0) <= 0).all()
    assert (stops[0] == stages.n_stages - 1).all()  # below all scores: everything


def test_no_answer_yet_is_never_settled():
    stages = stages_with([[-1, -1, 0, 1]])
    scores = np.array([[-9.0, -9.0, 0.5]])
    assert settled_scores(stages, scores).tolist() == [[np.inf, np.inf, 0.5]]
    assert stop_stages(stages, scores, 0.5).tolist() == [2]
    assert stop_stages(stages, scores, 0.4).tolist() == [3]
    assert stop_stages(stages_with([[-1, -1, -1]]), np.zeros((1, 2)), 1e300).tolist() == [2]


# -- curves ---------------------------------------------------------------------------------------


def curve(loss, cost, queries=None, unseen=0.0002):
    n_items = UNSEEN_LOSS / unseen  # so many that this is added to every loss
    thresholds = np.arange(len(loss)) - 1.0
    queries = cost if queries is None else queries
    return Curve(LearnedRule(), thresholds, *map(np.array, (cost, queries, loss)), n_items)


def test_losing_at_most_by_hand():
    """So few items that .0002 may not have been seen is added to every loss."""
    one = curve(loss=[0.0, 0.0005, 0.0009, 0.01], cost=[4.0, 3.0, 2.0, 1.0])
    assert one.losing_at_most(0.001) == 1  # .0009 + .0002 is too much
    assert one.losing_at_most(0.0011) == 2
    assert one.losing_at_most(0.5) == 3
    # Nobody can say so of a smaller loss: of those that lose nothing, the cheapest.
    assert one.losing_at_most(0.0001) == 0
    none = curve(loss=[0.0, 0.0, 0.3], cost=[4.0, 2.0, 1.0], unseen=0.02)
    assert none.losing_at_most(0.001) == 1


def test_of_equal_cost_the_one_that_loses_less():
    assert curve(loss=[0.002, 0.001], cost=[2.0, 2.0]).losing_at_most(0.1) == 1
    assert curve(loss=[0.1, 0.1], cost=[3.0, 2.0]).within(Limit(5)) == 1


def test_costing_at_most_by_hand():
    one = curve(loss=[0.0, 0.001, 0.01], cost=[8.0, 3.0, 1.0], queries=[4.0, 2.5, 1.0])
    assert one.within(Limit(4)) == 0
    assert one.within(Limit(3.9)) == 1
    assert one.within(Limit(2.5)) == 1
    assert one.within(Limit(2.4)) == 2
    assert one.within(Limit(0.5)) == 2  # none fits: the fewest
    assert one.within(Limit(3.9, MONEY)) == 1
    assert one.within(Limit(2.9, MONEY)) == 2


def test_the_best_rule_by_hand():
    slow = curve(loss=[0.0, 0.0005, 0.02], cost=[4.0, 2.0, 1.0])
    quick = curve(loss=[0.0, 0.0005, 0.03], cost=[4.0, 1.5, 1.0])
    twin = curve(loss=slow.loss, cost=slow.cost)

    def best(curves, tolerance, limit):
        chosen, place = best_of(curves, tolerance, limit)
        return next(n for n, one in enumerate(curves) if one is chosen), place

    assert best([slow, quick], 0.001, None) == (1, 1)
    assert best([slow, quick], 0.5, Limit(1)) == (0, 2)  # loses .02, not .03
    assert best([quick, slow], 0.5, Limit(4)) == (0, 0)  # the first of equals
    assert best([slow, twin], 0.001, None) == (0, 1)


def test_levels_are_steps_of_the_mean_cost():
    """From 4 down to 1 in three steps: 3, 2 and 1; the nearest are 2.9, 2.2 and 1."""
    one = curve(loss=[0.0] * 6, cost=[4.0, 3.6, 2.9, 2.2, 1.2, 1.0])
    assert one.levels(3).tolist() == [1.0, 2.0, 4.0]
    flat = curve(loss=[0.0, 0.0], cost=[2.0, 2.0])
    assert flat.levels(20).tolist() == [-1.0]


class Recorder(StoppingRule):
    """Scores are its last sight of the weights' sum; it keeps what it was shown."""

    def __init__(self):
        self.shown = []

    def fit(self, stages, weights):
        self.shown.append(stages.codes[:, 0].tolist())
        self.total = weights.sum()
        return self

    def scores(self, stages):
        return np.full((len(stages.codes), stages.n_stages - 1), float(self.total))


def test_an_item_is_scored_by_a_rule_that_has_not_seen_its_fold():
    stages = stages_with([[0, 1], [1, 1], [0, 0], [1, 0]])
    rule, folds = Recorder(), np.array([0, 1, 1, 2])
    found = curve_of(rule, stages, folds, np.array([1.0, 2.0, 3.0, 4.0]), None)
    assert rule.shown == [[1, 0, 1], [0, 1], [0, 1, 0], [0, 1, 0, 1]]  # at last, all
    # The rule that is used has learned from all: 1 + 2 + 3 + 4 = 10 is every score.
    assert found.thresholds == pytest.approx([ASK_ALL, 10], rel=1e-5)
    assert found.queries == pytest.approx([2, 1])
    np.testing.assert_array_equal(found.cost, found.queries)
    # What is lost where all stop at once does not depend on scores.
    assert found.loss == pytest.approx([0, np.average(stages.losses[:, 0], weights=[1, 2, 3, 4])])


def test_what_is_lost_is_read_where_other_folds_rules_ask_as_much():
    """Scores of the folds' rules: 9 for the first item, 5 for the next two, 6 for the last.

    Their rules stop items 1 and 2 first (weight 5 of 10: 1.5 queries), then 3, then 0; the rule of
    all items, which knows of nothing but one score, stops all or none, so only the ends are left.
    """
    stages = stages_with([[0, 1], [1, 1], [0, 0], [1, 0]])
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    scores = np.array([[9.0], [5.0], [5.0], [6.0]])
    thresholds, _, queries, loss = _swept(stages, scores, weights, None)
    for threshold, stopped in ((5.5, [1, 2]), (7.5, [1, 2, 3]), (9.5, [0, 1, 2, 3])):
        place = np.searchsorted(thresholds, threshold, side="right") - 1
        share = weights[stopped].sum() / 10
        assert queries[place] == pytest.approx(2 - share)
        lost = weights[stopped] @ stages.losses[stopped, 0] / 10
        assert loss[place] == pytest.approx(lost)


def test_costs_are_of_the_queries_in_the_order_of_asking():
    """The first costs 1 and the second 5: stopping at once costs 1, and else 6."""
    stages = stages_with([[0, 1], [-1, 1]])
    found = curve_of(Recorder(), stages, np.array([0, 1]), np.ones(2), np.array([1.0, 5.0]))
    assert (found.cost[0], found.cost[-1]) == (6.0, 3.5)  # the second has no answer at first
    assert (found.queries[0], found.queries[-1]) == (2.0, 1.5)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from(RULES), st.booleans())
def test_higher_thresholds_ask_and_pay_no_more(seed, kind, priced):
    rng = np.random.default_rng(seed)
    shape = 12, int(rng.integers(1, 5))
    p = [rng.dirichlet([1, 1, 1], shape[0]) for _ in range(shape[1])]
    stages = stages_of(rng.integers(-1, 3, shape), p, is_open=False)
    folds, weights = np.arange(12) % 3, rng.integers(1, 4, 12).astype(float)
    costs = rng.random(shape[1]) if priced else None
    found = curve_of(LearnedRule(kind), stages, folds, weights, costs)
    assert (np.diff(found.thresholds) > 0).all()
    assert (np.diff(found.queries) <= 1e-12).all()
    assert (np.diff(found.cost) <= 1e-12).all()
    assert found.queries[0] == pytest.approx(shape[1])
    assert found.loss[0] == pytest.approx(0)
    assert (found.loss >= 0).all()
    if not priced:
        np.testing.assert_array_equal(found.cost, found.queries)
    # At the last, everyone stops at the first usable answer.
    heard = [next((j for j, c in enumerate(row) if c != -1), shape[1] - 1) for row in stages.codes]
    assert found.queries[-1] == pytest.approx(np.average(np.array(heard) + 1, weights=weights))


def test_of_one_query_there_is_one_threshold():
    stages = stages_with([[0], [1]])
    assert isinstance(stages, Stages)
    found = curve_of(LearnedRule(), stages, np.array([0, 1]), np.ones(2), None)
    assert (found.thresholds.tolist(), found.queries.tolist()) == ([ASK_ALL], [1.0])


def test_rules_to_choose_from():
    assert [rule.kind for rule in learned_rules(None)] == ["overturn", "gain", "posterior"]
    assert [rule.kind for rule in learned_rules("gain")] == ["gain"]


# -- in a policy ----------------------------------------------------------------------------------


def pool(seed=0, n_items=200):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n_items)
    right = rng.random((n_items, 5)) < np.array([0.9, 0.8, 0.75, 0.7, 0.65])
    return np.where(right, y[:, None], 1 - y[:, None]), y, np.array([5.0, 1.0, 1.0, 2.0, 1.0])


@pytest.mark.parametrize(("limit", "unit"), [(1.5, "queries"), (3, "queries"), (7.0, "money")])
def test_a_limit_on_the_mean_is_kept_on_the_training_items(limit, unit):
    """By votes that had not seen them; and no other threshold or rule under it loses less."""
    X, y, costs = pool()
    name = "mean_budget" if unit == "queries" else "mean_money"
    policy = Sequential(None, MajorityVote(), **{name: limit}, n_folds=4).fit(X, y, costs=costs)
    training = TrainingSet(X, y, n_classes=2, costs=costs)
    curves = policy.curves(training, learned_rules(None))
    losses = []
    for one in curves:
        means = one.queries if unit == "queries" else one.cost
        losses.append(one.loss[means <= limit].min())
        if one.rule.kind == policy.rule_.kind:
            chosen = int(np.flatnonzero(one.thresholds == policy.threshold_)[0])
            assert means[chosen] <= limit
            assert one.loss[chosen] == losses[-1]
            own = losses[-1]
    assert own == min(losses)
    assert counted(training).sum() == 200


def test_money_and_queries_are_limits_of_their_own():
    """The first query costs 5 of 10 in all, so that 5.5 buys it and little else."""
    X, y, costs = pool()
    by_money = Sequential(None, MajorityVote(), mean_money=5.5, n_folds=4).fit(X, y, costs=costs)
    by_number = Sequential(None, MajorityVote(), mean_budget=5.0, n_folds=4).fit(X, y, costs=costs)
    assert by_money.costs_of(X, costs).mean() <= 5.6
    assert by_number.costs_of(X, costs).mean() > 6


def test_without_a_limit_little_is_lost_to_asking_everything():
    X, y, _ = pool(n_items=600)
    policy = Sequential(None, MajorityVote(), tolerance=0.01, n_folds=4).fit(X, y)
    held_out = policy.curves(TrainingSet(X, y, n_classes=2), [LearnedRule(policy.rule_.kind)])[0]
    chosen = int(np.flatnonzero(held_out.thresholds == policy.threshold_)[0])
    assert held_out.loss[chosen] + UNSEEN_LOSS / 600 <= 0.01
    new, truth, _ = pool(seed=1, n_items=2000)
    full = policy.full_proba(new).argmax(axis=1)
    assert policy.asked(new).sum(axis=1).mean() < 4
    assert (full == truth).mean() - (policy.predict(new) == truth).mean() < 0.02
