"""The chance that a model's other samples overturn what it said: by hand, and by every sequence."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ensel import InputError, PredictionTable, load_policy, select
from ensel.heldout.scoring import Exam
from ensel.heldout.settings import setting_of
from ensel.heldout.splits import random_splits
from ensel.policies import Sequential, TrainingSet, certify
from ensel.policies.polya_urn import (
    OPEN_OPTIONS,
    PolyaUrn,
    chance_of_overturning,
    counts_so_far,
    most_likely_concentration,
)
from ensel.policies.relearning import relearn_stopping
from ensel.policies.stages import stages_of
from ensel.policies.stopping import ASK_ALL
from ensel.voting import MajorityVote
from ensel.voting.open_majority import OpenMajority


def drawn(n_items, n_samples=10, concentration=0.3, n_options=4, seed=0):
    """Simulated samples of one model, and labels that are its likeliest answer four times in five.

    Each item has probabilities of its own, drawn from a Dirichlet distribution.
    """
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(n_options, concentration / n_options), size=n_items)
    X = np.array([rng.choice(n_options, size=n_samples, p=p) for p in shares])
    labels = np.where(rng.random(n_items) < 0.8, shares.argmax(1), rng.integers(n_options))
    return X, labels


def overturned(counts, n_left, concentration, n_options):
    """The chance that the first option does not win, through every sequence of answers to come.

    A tie of k counts as lost with probability 1 - 1/k.
    """

    @cache
    def lost(now, left):
        if not left:
            most = max(now)
            return 1.0 if now[0] < most else 1 - 1 / now.count(most)
        total, each = sum(now) + concentration, concentration / n_options
        return sum(
            (n + each) / total * lost((*now[:k], n + 1, *now[k + 1 :]), left - 1)
            for k, n in enumerate(now)
        )

    return lost((*counts, *[0] * (n_options - len(counts))), n_left)


states = st.tuples(
    st.lists(st.integers(1, 5), min_size=1, max_size=3),
    st.integers(1, 5),
    st.floats(0.01, 20),
    st.integers(3, 5),
)


def test_by_hand():
    """Uniform prior: A = K. After n of one answer the next is another with (K - 1) / (n + K).

    Two options, 2-0 with two to come: overturned never, tied if both differ, 1/4 x 2/5 = 1/10, of
    which half counts. Three options, 1-0-0 with one to come: a tie with probability 2/4, and half
    of that.
    """
    assert chance_of_overturning((2,), 2, 2.0, 2) == pytest.approx(1 / 20)
    assert chance_of_overturning((1,), 1, 3.0, 3) == pytest.approx(1 / 4)
    assert chance_of_overturning((3,), 2, 2.0, 2) == 0
    assert chance_of_overturning((), 2, 2.0, 2) == 1


@given(st.integers(1, 6), st.integers(0, 5), st.integers(1, 6), st.floats(0.01, 20))
def test_of_two_options_it_is_the_chance(leader, behind, n_left, concentration):
    counts = (leader, max(leader - behind, 0))
    expected = overturned(counts, n_left, concentration, 2)
    found = chance_of_overturning(tuple(c for c in counts if c), n_left, concentration, 2)
    assert found == pytest.approx(expected, abs=1e-9)


@given(states)
@settings(deadline=None)
def test_of_more_it_is_never_below_and_close_where_small(state):
    """Rivals are summed; two of them seldom overtake one leader."""
    given_, n_left, concentration, n_options = state
    counts = tuple(sorted(given_, reverse=True))
    expected = overturned(counts, n_left, concentration, n_options)
    found = chance_of_overturning(counts, n_left, concentration, n_options)
    # Of a tie of three, two thirds are lost; two rivals count it as half each.
    assert found >= expected - 1e-9
    if expected < 0.05:
        assert found < 1.5 * expected + 0.01


def test_what_it_says_comes_true_on_samples_like_those():
    """Simulated: of states with about one chance, that share (or less) is overturned."""
    X, _ = drawn(6000, concentration=1.0)
    rule = PolyaUrn()
    rule.n_options_ = 4
    stages = stages_of(X, votes_of(X), is_open=False)
    rule.fit(stages, np.ones(len(X)))
    assert rule.concentration_ == pytest.approx(1.0, rel=0.1)
    scores = rule.scores(stages)
    *_, final = counts_so_far(X)
    winners = final == final.max(axis=1, keepdims=True)
    for stage in (0, 2, 4, 7):
        kept = winners[np.arange(len(X)), stages.best[:, stage]] / winners.sum(axis=1)
        lost = 1 - kept
        for value in np.unique(scores[:, stage]):
            rows = scores[:, stage] == value
            if rows.sum() > 300:
                spread = np.sqrt(value * (1 - value) / rows.sum())
                assert lost[rows].mean() < value + 4 * spread + 0.005


def votes_of(X):
    return [MajorityVote(n_classes=4).fit(X[:, :j], X[:, 0]).predict_proba(X[:, :j])
            for j in range(1, X.shape[1] + 1)]  # fmt: skip


def test_the_concentration_against_scipy():
    """The likelihood is that of a Dirichlet-multinomial, to which one differing pair is added."""
    X, _ = drawn(80, n_samples=6, concentration=0.7)
    *_, counts = counts_so_far(X)
    counts = np.column_stack([counts, np.zeros((80, 4 - counts.shape[1]), int)])
    grid = np.exp(np.linspace(-3, 3, 1201))
    of_items = [
        stats.dirichlet_multinomial(np.full(4, a / 4), 6).logpmf(counts).sum()
        + stats.dirichlet_multinomial(np.full(4, a / 4), 2).logpmf([1, 1, 0, 0])
        for a in grid
    ]
    found = most_likely_concentration(counts, np.ones(80), 4)
    assert found == pytest.approx(grid[np.argmax(of_items)], rel=0.01)


def test_weights_count_an_item_several_times():
    X, _ = drawn(30)
    *_, counts = counts_so_far(X)
    twice = most_likely_concentration(np.vstack([counts, counts]), np.ones(60), 4)
    assert most_likely_concentration(counts, np.full(30, 2), 4) == pytest.approx(twice, rel=1e-4)


def test_a_model_that_never_contradicts_itself_is_asked_once_and_few_items_do_not_say_so():
    labels = np.arange(40) % 2
    X = np.tile(labels[:, None], (1, 10))
    many = Sequential(None, MajorityVote(), rule=PolyaUrn()).fit(X, labels)
    assert many.asked(X).sum(axis=1).tolist() == [1] * 40
    few = Sequential(None, MajorityVote(), rule=PolyaUrn()).fit(X[:2], labels[:2])
    assert few.asked(X).sum(axis=1).min() > 1


def test_labels_do_not_matter_and_answers_without_labels_teach():
    X, labels = drawn(60, seed=1)
    others, _ = drawn(3000, concentration=3.0, seed=2)
    vote = MajorityVote(n_classes=4)
    one = Sequential(None, vote, rule=PolyaUrn()).fit(X, labels)
    two = Sequential(None, vote, rule=PolyaUrn()).fit(X, (labels + 1) % 4)
    taught = Sequential(None, vote, rule=PolyaUrn(), unlabelled=others).fit(X, labels)
    assert one.rule_.to_data() == two.rule_.to_data()
    assert one.rule_.concentration_ < 0.6 < 2 < taught.rule_.concentration_


def test_missing_answers_are_asked_and_say_nothing():
    X, labels = drawn(60, seed=3)
    policy = Sequential(None, MajorityVote(n_classes=4), rule=PolyaUrn()).fit(X, labels)
    silent = np.full((1, 10), -1)
    silent[0, 3:] = 2
    assert policy.asked(silent)[0].sum() >= 4
    assert policy.asked(np.full((1, 10), -1)).all()


def test_a_limit_on_the_mean_is_kept_and_the_rule_may_be_looser_or_stricter():
    X, labels = drawn(400, concentration=1.5, seed=4)
    vote = MajorityVote(n_classes=4)
    for limit in (1.5, 3, 6):
        policy = Sequential(None, vote, rule=PolyaUrn(), mean_budget=limit).fit(X, labels)
        assert limit - 1.5 < policy.asked(X).sum(axis=1).mean() <= limit


def test_asked_live_it_does_what_it_does_replayed_and_a_file_keeps_it(tmp_path):
    X, labels = drawn(80, seed=5)
    X = np.where(np.random.default_rng(0).random(X.shape) < 0.1, -1, X)
    names = [f"m#{j}" for j in range(1, 11)]
    table = PredictionTable(X, labels, classes=list("abcd"), queries=names)
    policy = Sequential(None, MajorityVote(n_classes=4), rule=PolyaUrn()).fit_table(table)
    policy.save(tmp_path / "policy.json")
    for one in (policy, load_policy(tmp_path / "policy.json")):
        assert one.rule_.to_data() == policy.rule_.to_data()
        for codes, asked in zip(X, policy.asked(X), strict=True):
            told = {}
            while wave := one.next(told):
                code = codes[names.index(wave[0])]
                told[wave[0]] = None if code < 0 else "abcd"[code]
            assert len(told) == asked.sum()


def test_a_damaged_file_is_no_rule(tmp_path):
    data = PolyaUrn()
    data.concentration_, data.n_options_ = 1.0, 4
    kept = data.to_data()
    assert PolyaUrn.from_data(kept, 3).to_data() == kept
    for wrong in ({"concentration": 0.0}, {"n_options": 1}, {"concentration": float("nan")}):
        with pytest.raises(ValueError, match="no urn"):
            PolyaUrn.from_data(kept | wrong, 3)


def test_it_can_be_certified_and_learned_anew():
    X, labels = drawn(3000, seed=6)
    table = PredictionTable(X, labels, classes=list("abcd"), queries=[f"m#{j}" for j in range(10)])
    vote = MajorityVote(n_classes=4)
    policy = Sequential(None, vote, rule=PolyaUrn()).fit_table(table.subset(items=slice(0, 200)))
    fresh = certify(policy, table.subset(items=slice(200, None)), loss=0.02)
    assert fresh.certificate_.certified
    other, _ = drawn(500, concentration=3.0, seed=7)
    doubtful = PredictionTable(other, classes=table.classes, queries=table.query_names)
    again = relearn_stopping(policy, doubtful)
    assert again.threshold_ == policy.threshold_ == pytest.approx(0.05)
    assert again.rule_.concentration_ > policy.rule_.concentration_
    assert policy.rule_.to_data() != again.rule_.to_data()


def test_open_answers_have_as_many_options_as_there_may_be():
    X, labels = drawn(60, seed=8)
    training = TrainingSet(X, labels)
    policy = Sequential(None, OpenMajority(), rule=PolyaUrn()).fit_to(training)
    assert policy.rule_.n_options_ == OPEN_OPTIONS
    assert policy.asked(X).sum(axis=1).mean() < 5


def test_confidence_is_a_share():
    for wrong in (0, 1, 1.5):
        with pytest.raises(InputError, match="a share between 0 and 1"):
            PolyaUrn(wrong)


@pytest.mark.parametrize("heat", [0.3, 1.0])
def test_a_fifth_fewer_than_adaptive_consistency_on_real_samples(real, heat):
    """Real answers of nine models, ten samples each, learned on half of the questions.

    The difference to asking all ten is within its noise: about 1 point for these 1,800 answers.
    """
    temperatures = real("temperatures")
    asked, right = [], []
    for _, group in temperatures.queries.groupby("model"):
        rows = group.index[group["temperature"] == heat]
        if len(rows) < 10:
            continue
        table = temperatures.subset(queries=list(rows))
        setting = setting_of(table)
        for split in random_splits(table, 2, 50, 0):
            exam = Exam(table, split)
            own = setting.sequence("adaptive", 10, None, None).fit_to(exam.training)
            theirs = setting.sequence("adaptive-consistency", 10, None, None)
            scored = [exam.score(p) for p in (own, theirs.fit_to(exam.training))]
            own.threshold_ = ASK_ALL
            scored.append(exam.score(own))
            asked.append([one.n_asked.mean() for one in scored])
            right.append([one.correct.mean() for one in scored])
    ours, theirs, _ = np.mean(asked, axis=0)
    assert ours < 0.8 * theirs
    right = np.mean(right, axis=0)
    assert abs(right[0] - right[2]) < 0.015


def test_select_recommends_it_for_samples_of_one_model():
    X, labels = drawn(300, seed=9)
    table = PredictionTable(X, labels, classes=list("abcd"), queries=[f"m#{j}" for j in range(10)])
    result = select(table, budget=10, adaptive=True, progress=False)
    assert isinstance(result.adaptive.policy.rule_, PolyaUrn)
    assert result.adaptive.mean_queries.value < 5
