"""What stopping is expected to cost: learned from held-out votes, without a label."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from ensel.policies.stages import Stages, stages_of
from ensel.policies.stopping import RULES, LearnedRule, StoppingRule


@st.composite
def voted(draw, max_stages=4):
    """Stages of random votes on a few classes, with margins that repeat; and weights."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_items, n_stages = draw(st.integers(1, 12)), draw(st.integers(1, max_stages))
    n_classes = draw(st.integers(2, 3))
    counts = rng.integers(1, 4, (n_stages, n_items, n_classes)).astype(float)
    p = counts / counts.sum(axis=2, keepdims=True)
    stages = stages_of(rng.integers(-1, n_classes, (n_items, n_stages)), list(p), is_open=False)
    return stages, rng.integers(1, 4, n_items).astype(float)


def outcomes(rule, stages):
    return (stages.overturned if rule == "overturn" else stages.losses).astype(float)


@given(voted(), st.sampled_from(["overturn", "gain"]))
def test_the_curve_is_the_isotonic_regression_of_scikit_learn(known, kind):
    """1/2 f + 1/2 r (1 - p), with f by another library, also at margins that were not seen."""
    stages, weights = known
    rule = LearnedRule(kind).fit(stages, weights)
    elsewhere = np.linspace(-0.5, 3, 40)
    for j in range(stages.n_stages - 1):
        curve = IsotonicRegression(increasing=False, out_of_bounds="clip")
        curve.fit(stages.margins[:, j], outcomes(kind, stages)[:, j], sample_weight=weights)
        lines = rule.slopes_[j] * stages.doubts[:, j]
        right = 0.5 * curve.predict(stages.margins[:, j]) + 0.5 * lines
        np.testing.assert_allclose(rule.scores(stages)[:, j], right, atol=1e-12)

        of_curve = [2 * rule.score_at(j, margin, 0.0) for margin in elsewhere]
        np.testing.assert_allclose(of_curve, curve.predict(elsewhere), atol=1e-12)


@given(voted(), st.sampled_from(RULES))
def test_one_item_in_plain_python_scores_as_all_do(known, kind):
    stages, weights = known
    rule = LearnedRule(kind).fit(stages, weights)
    scores = rule.scores(stages)
    assert scores.shape == (len(weights), stages.n_stages - 1)
    assert (scores >= 0).all()
    for i, j in np.ndindex(*scores.shape):
        alone = rule.score_at(j, float(stages.margins[i, j]), float(stages.doubts[i, j]))
        assert abs(alone - scores[i, j]) <= 1e-9


@given(voted(), st.sampled_from(RULES))
def test_weights_are_repeated_items(known, kind):
    stages, weights = known
    weighted = LearnedRule(kind).fit(stages, weights)
    repeated = stages.rows(np.repeat(np.arange(len(weights)), weights.astype(int)))
    rule = LearnedRule(kind).fit(repeated, np.ones(len(repeated.codes)))
    np.testing.assert_allclose(rule.slopes_, weighted.slopes_, rtol=1e-9)
    np.testing.assert_allclose(rule.scores(stages), weighted.scores(stages), atol=1e-9)


@given(voted(), st.sampled_from(RULES))
def test_a_rule_survives_a_file(known, kind):
    stages, weights = known
    rule = LearnedRule(kind).fit(stages, weights)
    data = json.loads(json.dumps(rule.to_data()))
    back = LearnedRule.from_data(data, stages.n_stages)
    assert back.to_data() == rule.to_data()
    np.testing.assert_array_equal(back.scores(stages), rule.scores(stages))


@given(voted(), st.sampled_from(RULES), st.data())
def test_the_score_of_a_stage_depends_on_nothing_after_it(known, kind, data):
    """What is to come is drawn anew: codes, votes, and what the last would say."""
    stages, weights = known
    rule = LearnedRule(kind).fit(stages, weights)
    upto = data.draw(st.integers(1, stages.n_stages))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    later = [getattr(stages, name).copy() for name in Stages.__dataclass_fields__]
    for values in later[:-1]:  # all but `kept`, which is of the last stage everywhere
        values[:, upto:] = values[rng.permutation(len(values)), upto:]
    later[-1] = rng.random(later[-1].shape)
    changed = rule.scores(Stages(*later))
    np.testing.assert_array_equal(changed[:, :upto], rule.scores(stages)[:, :upto])


# -- by hand --------------------------------------------------------------------------------------


def four():
    """Four items, two stages, two classes: at .6, .6, .8 and .9 for class 0.

    In the end the first is overturned with .3 for class 0, the others keep their answers.
    """
    first = np.array([[0.6, 0.4], [0.6, 0.4], [0.8, 0.2], [0.9, 0.1]])
    last = np.array([[0.3, 0.7], [0.9, 0.1], [0.9, 0.1], [0.9, 0.1]])
    return stages_of(np.zeros((4, 2), dtype=int), [first, last], is_open=False)


def test_how_often_it_is_overturned_by_hand():
    """Half of the two items at .6 are, none at .8 or .9: f = .5, 0, 0.

    r: 1 of 4 came; doubts .4 + .4 + .2 + .1 = 1.1, of mean .275, of which a fifth is .055:
    (1 + .055) / (1.1 + .055) = .9134.
    """
    rule = LearnedRule("overturn").fit(four(), np.ones(4))
    r = 1.055 / 1.155
    np.testing.assert_allclose(rule.slopes_, [r])
    expected = [0.25 + r * 0.2, 0.25 + r * 0.2, r * 0.1, r * 0.05]
    np.testing.assert_allclose(rule.scores(four())[:, 0], expected)
    # log(.6 / .4) = .4055, log(.8 / .2) = 1.3863, log(.9 / .1) = 2.1972; heights .5, 0, 0.
    ((margins, heights),) = rule.knots_
    np.testing.assert_allclose(margins, [0.4055, 1.3863, 2.1972])
    assert heights == [0.5, 0, 0]
    # Halfway between .6's margin and .8's: half of .5, and half of that is the score's.
    assert rule.score_at(0, (0.4055 + 1.3863) / 2, 0.0) == pytest.approx(0.125)


def test_what_is_gained_by_hand():
    """The first loses .7 - .3 = .4, so that f = .2, 0, 0; the line has .455 / 1.155 = .3939."""
    rule = LearnedRule("gain").fit(four(), np.ones(4))
    np.testing.assert_allclose(rule.slopes_, [0.455 / 1.155])
    np.testing.assert_allclose(rule.scores(four())[0, 0], 0.1 + 0.5 * 0.4 * 0.455 / 1.155)


def test_what_the_posterior_says_by_hand():
    rule = LearnedRule("posterior").fit(four(), np.ones(4))
    np.testing.assert_allclose(rule.scores(four())[:, 0], [0.4, 0.4, 0.2, 0.1])
    assert rule.score_at(0, 5.0, 0.25) == 0.25


def test_where_nothing_was_ever_lost_the_line_still_says_who_is_less_sure():
    """No case: f = 0, but a fifth of an item that was not seen keeps r above 0."""
    always = stages_of(four().codes, [np.array([[0.6, 0.4], [0.9, 0.1]] * 2)] * 2, is_open=False)
    rule = LearnedRule("gain").fit(always, np.ones(4))
    # doubts .4 + .1 + .4 + .1 = 1, of mean .25, a fifth .05: r = .05 / 1.05.
    np.testing.assert_allclose(rule.slopes_, [0.05 / 1.05])
    np.testing.assert_allclose(rule.scores(always)[:2, 0], [0.2 / 21, 0.05 / 21])


def test_of_one_query_there_is_nothing_to_say():
    one = four().rows(np.arange(4))
    only = Stages(*(getattr(one, name)[:, :1] for name in Stages.__dataclass_fields__))
    for kind in RULES:
        assert LearnedRule(kind).fit(only, np.ones(4)).scores(only).shape == (4, 0)


# -- files ----------------------------------------------------------------------------------------

DATA = {
    "kind": "gain",
    "slopes": [0.5],
    "knots": [{"margins": [0.0, 1.0], "heights": [0.2, 0.0]}],
}


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d.update(kind="oracle"),
        lambda d: d.pop("kind"),
        lambda d: d.update(slopes=[]),
        lambda d: d.update(slopes=[0.5, 0.5]),
        lambda d: d.update(slopes=[float("nan")]),
        lambda d: d.update(slopes=["steep"]),
        lambda d: d.update(knots=[]),
        lambda d: d.update(knots=d["knots"] * 2),
        lambda d: d.update(kind="posterior"),  # which has no knots
        lambda d: d["knots"][0].update(margins=[1.0, 0.0]),
        lambda d: d["knots"][0].update(margins=[], heights=[]),
        lambda d: d["knots"][0].update(heights=[0.2]),
        lambda d: d["knots"][0].update(heights=[0.2, float("inf")]),
        lambda d: d["knots"][0].pop("margins"),
    ],
)
def test_a_damaged_rule_is_refused(damage):
    assert LearnedRule.from_data(DATA, 2).to_data() == DATA
    data = copy.deepcopy(DATA)
    damage(data)
    with pytest.raises((ValueError, KeyError)):
        LearnedRule.from_data(data, 2)
    with pytest.raises(ValueError, match="no stopping rule of these stages"):
        LearnedRule.from_data(DATA, 3)


def test_a_rule_that_only_scores_is_enough():
    class Never(StoppingRule):
        def scores(self, stages):
            return np.ones((len(stages.codes), stages.n_stages - 1))

    rule = Never()
    assert rule.fit(four(), np.ones(4)) is rule
    assert rule.threshold is None
    with pytest.raises(TypeError, match="abstract"):
        StoppingRule()
