"""Asking in sequence beside the bought set: held out, honest, and the same every time."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel import InputError, PredictionTable, Verifier, select
from ensel.choosing import in_sequence
from ensel.error_model import simulate
from ensel.heldout.candidates import Candidate
from ensel.heldout.settings import setting_of
from ensel.heldout.splits import Split, folds
from ensel.policies import CertifiedSequential, FixedSet, Sequential, TrainingSet, VerifiedSequence
from ensel.policies.stopping import StoppingRule
from ensel.registry import OPEN_VOTES, SELECTORS, VOTES

SOON = 1.3
QUICK = {"n_folds": 2, "n_repeats": 1, "n_boot": 2, "n_again": 1}


def chosen(table, budget=3, **request):
    return select(table, budget, **QUICK | request)


@pytest.fixture(scope="module", autouse=True)
def few_draws():
    """Three draws with replacement, not ten, are enough to see that they are taken."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_sequence, "REPEATS", 3)
        yield


def simulated(n_items=160, seed=1, rates=(0.15, 0.2, 0.2, 0.25)):
    """Simulated: queries of alike accuracy, with errors in common."""
    return simulate(n_items, rates, 0.3, random_state=seed)


@pytest.fixture(scope="module")
def table():
    pool = simulated()
    return pool.replace(queries=pool.queries.assign(cost=[1.0, 2.0, 3.0, 4.0]))


@pytest.fixture(scope="module")
def asked_for(table):
    """Of a named method, so that nothing is chosen but when to stop: soon, so that some is lost."""
    return chosen(table, method="top-k", vote="logit", mean_budget=SOON)


# -- held out -------------------------------------------------------------------------------------


def test_numbers_are_those_of_policies_that_have_not_seen_the_fold(table, asked_for):
    """The plain reference: fit on all but a fold, ask its items, mark them."""
    asked, right, full_right, set_right, agrees, cost = [], [], [], [], [], []
    for split in folds(table, 2, 1, 0):
        training = TrainingSet(
            table.answers[split.train],
            table.labels[split.train],
            n_classes=2,
            models=table.models,
            costs=table.costs,
            groups=table.groups[split.train],
            rng_of=split.rng,
        )
        selector = SELECTORS["top-k"](budget=3)
        policy = Sequential(selector, VOTES["logit"](), 3, mean_budget=SOON).fit_to(training)
        bought = FixedSet(selector, VOTES["logit"](), 3).fit_to(training)
        X, y = table.answers[split.test], table.labels[split.test]
        stopped, everything = policy.predict(X), policy.full_proba(X).argmax(axis=1)
        asked.append(policy.asked(X).sum(axis=1))
        cost.append(policy.costs_of(X, table.costs))
        right.append(stopped == y)
        full_right.append(everything == y)
        set_right.append(bought.predict(X) == y)
        agrees.append(stopped == everything)
    asked, cost, right, full_right, set_right, agrees = (
        np.concatenate(one).astype(float)
        for one in (asked, cost, right, full_right, set_right, agrees)
    )

    found = asked_for.adaptive
    assert found.mean_queries.value == pytest.approx(asked.mean())
    assert found.mean_cost.value == pytest.approx(cost.mean())
    assert found.accuracy.value == pytest.approx(right.mean())
    assert found.full_accuracy.value == pytest.approx(full_right.mean())
    assert found.loss_to_full.value == pytest.approx((full_right - right).mean())
    assert found.loss_to_set.value == pytest.approx((set_right - right).mean())
    assert found.agreement_with_full == pytest.approx(agrees.mean())
    assert found.agreement_with_full < 1
    assert found.loss_to_full.value > 0
    # All of three queries of a set of three: the two are one and the same here.
    np.testing.assert_array_equal(full_right, set_right)
    assert found.loss_to_set == found.loss_to_full

    counts = pd.Series(asked).value_counts(normalize=True).sort_index()
    assert found.stops["asked"].tolist() == counts.index.tolist()
    np.testing.assert_allclose(found.stops["share"], counts)
    accuracies = [right[asked == n].mean() for n in counts.index]
    np.testing.assert_allclose(found.stops["accuracy"], accuracies)
    whole = (found.stops["share"] * found.stops["accuracy"]).sum()
    assert whole == pytest.approx(found.accuracy.value)


def test_intervals_hold_their_numbers_and_stay_in_range(asked_for):
    found = asked_for.adaptive
    for one in (
        found.mean_queries,
        found.mean_cost,
        found.accuracy,
        found.full_accuracy,
        found.loss_to_full,
        found.loss_to_set,
    ):
        assert one.low <= one.value <= one.high
    assert found.mean_queries.low >= 1
    assert found.mean_queries.high <= 3
    assert found.mean_cost.low >= 0
    # A pair that never differs is not called equal for certain.
    assert found.loss_to_full.low < found.loss_to_full.high


def test_the_policy_is_fitted_on_all_items_and_knows_its_own_queries_alone(table, asked_for):
    found, policy = asked_for.adaptive, asked_for.adaptive.policy
    assert asked_for.recommended_policy is policy
    assert isinstance(policy, Sequential)
    assert sorted(policy.query_names) == sorted(found.queries) == sorted(asked_for.queries)
    assert found.queries == [policy.query_names[j] for j in policy.columns_]
    assert (found.set_size, found.certificate) == (3, None)
    known = {"method": "adaptive", "trained_on": "simulated", "n_items": 160}
    assert known.items() <= policy.about.items()
    wide = Sequential(SELECTORS["top-k"](budget=3), VOTES["logit"](), 3, mean_budget=SOON)
    wide.fit_table(table)
    pd.testing.assert_frame_equal(policy.replay(table), wide.replay(table))
    assert found.first == policy.replay(table)["asked"].min()


def test_the_same_seed_gives_the_same_numbers_and_another_other_folds(table, asked_for):
    again = chosen(table, method="top-k", vote="logit", mean_budget=SOON)
    assert again.to_json() == asked_for.to_json()
    other = chosen(table, method="top-k", vote="logit", mean_budget=SOON, seed=1)
    assert other.adaptive.to_dict() != asked_for.adaptive.to_dict()


# -- when it is said ------------------------------------------------------------------------------


def test_what_is_bought_does_not_depend_on_it(table):
    """Left out, asked for or not: the set, its promise and its policy are the same."""
    known = {"method": "top-k", "vote": "weighted"}
    by_default, without, asked_for = (
        chosen(table, **known, adaptive=adaptive) for adaptive in (None, False, True)
    )
    assert without.adaptive is None
    assert by_default.adaptive is not None
    assert [one.adaptive_asked_for for one in (by_default, without, asked_for)] == [
        False,
        False,
        True,
    ]
    data = [one.to_dict() for one in (by_default, without, asked_for)]
    assert data[1]["adaptive"] is None
    for one in data:
        del one["adaptive"]
    assert data[0] == data[1] == data[2]
    # Kept is the set, unless the other was asked for.
    for one in (by_default, without):
        assert one.recommended_policy is one.policy
        assert isinstance(one.policy, FixedSet)
    assert isinstance(asked_for.recommended_policy, Sequential)


@pytest.mark.parametrize(
    ("n_items", "budget", "request_", "said"),
    [
        (60, 3, {}, True),
        (49, 3, {}, False),  # too few to say anything of it unasked
        (60, 2, {}, False),  # nothing to save in a set of two
        (49, 2, {"adaptive": True}, True),
        (60, 3, {"verifier": True, "method": "top-k", "vote": None}, False),
    ],
)
def test_unasked_it_is_said_of_three_queries_and_fifty_questions(n_items, budget, request_, said):
    known = {"method": "top-k", "vote": "majority"} | request_
    pool = simulated(n_items)
    result = chosen(pool.verdicts() if "verifier" in known else pool, budget, **known)
    assert (result.adaptive is not None) == said


def test_also_where_one_query_is_bought_it_is_said_of_the_whole_budget(table):
    """One is set against what asks up to three; nothing is saved by that."""
    found = chosen(table, method="single-best", budget=1, adaptive=True).adaptive
    assert (found.set_size, len(found.queries)) == (1, 1)
    assert found.mean_queries == (1.0, 1.0, 1.0)
    assert found.instruction.startswith("ask simulated-")
    assert found.instruction.endswith(" of every question")
    assert not found.is_recommended


def test_where_money_is_short_the_set_is_as_large_as_what_is_bought(table):
    """Every query costs 2, and money is 4: of four that the budget allows, two are bought."""
    priced = table.replace(queries=table.queries.assign(cost=2.0))
    result = chosen(priced, 4, money=4.0, method="top-k", vote="majority", adaptive=True)
    assert len(result.queries) == result.adaptive.set_size == 2
    assert len(result.adaptive.queries) == 2
    found = result.adaptive
    assert found.mean_cost.value == pytest.approx(2 * found.mean_queries.value)


def test_a_mean_budget_is_kept_where_it_was_learned(table):
    free, limited = (
        chosen(table, method="top-k", vote="weighted", mean_budget=mean).adaptive
        for mean in (3, 1.5)
    )
    for found, most in ((free, 3), (limited, 1.5)):
        # On the items that taught it; a little more where its curve was held out.
        assert found.policy.replay(table)["asked"].mean() <= most + 0.2
    assert limited.mean_queries.value < free.mean_queries.value


# -- only if they differ --------------------------------------------------------------------------


def test_only_if_they_differ_is_said_just_where_it_is_true():
    """Of policies that ask two of every item, those that go on just where the two differ."""
    said = set()
    for seed in range(6):
        pool = simulated(120, seed)
        for vote in ("majority", "weighted", "logit"):
            policy = Sequential(SELECTORS["top-k"](budget=4), VOTES[vote](), n_folds=2)
            policy.fit_table(pool)
            for threshold in policy.levels_:
                policy.threshold_ = threshold
                first, if_they_differ = in_sequence._when_it_stops(pool, policy)
                asked = policy.asked(pool.answers).sum(axis=1)
                agree = np.equal(*(pool.answers[:, j] for j in policy.columns_[:2]))
                assert first == asked.min()
                assert if_they_differ == (first == 2 and ((asked == 2) == agree).all())
                said.add((first, if_they_differ))
    assert {(2, True), (2, False)} <= said


def test_silence_of_both_is_nothing_that_they_agree_on():
    """Right whenever they answer: two that agree settle it, two that are silent do not."""
    y = np.array([0, 1] * 30)
    X = np.stack([y, np.where(np.arange(60) % 5, y, 1 - y), y, y], axis=1)

    def said(X):
        pool = PredictionTable(X, y, classes="ab", queries=[*"pqrs"])
        policy = Sequential(None, VOTES["majority"](), rule=StopsAtTwoAlike(), threshold=0.0)
        return in_sequence._when_it_stops(pool, policy.fit_table(pool))

    assert said(X) == (2, True)
    silent = X.copy()
    silent[7, :2] = -1
    assert said(silent) == (2, True)  # it goes on after two missing answers
    alone = X.copy()
    alone[7, 1] = -1
    assert said(alone) == (2, False)  # it stops after two of which one is missing


class StopsAtTwoAlike(StoppingRule):
    """After the second answer, unless two have come in that differ."""

    def scores(self, stages):
        scores = np.full((len(stages.codes), stages.n_stages - 1), 1.0)
        first, second = stages.codes[:, 0], stages.codes[:, 1]
        scores[:, 1] = (first != second) & (first >= 0) & (second >= 0)
        return scores


# -- a certificate --------------------------------------------------------------------------------


@pytest.mark.parametrize(("loss", "certified"), [(0.2, True), (0.005, False)])
def test_a_certificate_on_request(table, loss, certified):
    result = chosen(table, method="top-k", vote="weighted", loss=loss, confidence=0.9)
    found, policy = result.adaptive, result.recommended_policy
    assert isinstance(policy, CertifiedSequential)
    assert found.certificate is policy.certificate_
    own = found.certificate
    assert (own.loss, own.confidence, own.certified) == (loss, 0.9, certified)
    assert own.n_test == 80  # half of the labels
    data = result.to_dict()["adaptive"]["certificate"]
    assert (data["loss"], data["confidence"], data["certified"]) == (loss, 0.9, certified)
    if certified:
        assert data["mean_queries"] == own.mean_queries <= 3
        assert data["labels_needed"] is None
        assert policy.threshold_ == own.taken.threshold
        return
    # Nothing certified: everything is asked, here and held out.
    assert data["mean_queries"] is None
    assert data["labels_needed"] is None or data["labels_needed"] > 160
    assert (found.mean_queries, found.agreement_with_full) == ((3.0, 3.0, 3.0), 1.0)
    assert found.instruction.endswith("of every question")
    assert not found.is_recommended


def test_too_few_labels_to_certify_anything_are_refused_and_such_a_resample_is_passed_over(table):
    """Of two labels one teaches, and one is of one class."""
    first, second = (int(np.flatnonzero(table.labels == code)[0]) for code in (0, 1))
    train = np.array([first, second])
    test = np.setdiff1d(np.arange(160), train)
    setting = setting_of(table)
    certified = CertifiedSequential(SELECTORS["top-k"](budget=2), VOTES["weighted"](), loss=0.1)
    both = (
        Candidate("adaptive", "weighted", 2, policy=certified),
        Candidate("top-k", "weighted", 2, policy=setting.policy("top-k", None, 2, None)),
    )
    split = Split(train, test, np.random.SeedSequence(0))
    with pytest.raises(InputError, match="2 labels are too few to learn from some") as raised:
        in_sequence.judge_split(table, split, both)
    assert "\n" not in str(raised.value)
    drawn = Split(train, test, np.random.SeedSequence(0), np.array([1, 3]))
    assert in_sequence.judge_split(table, drawn, both) is None


# -- other tables ---------------------------------------------------------------------------------


def test_copies_of_a_question_stay_together(table):
    groups = np.arange(160) // 2
    grouped = table.replace(items=table.items.assign(group=groups))
    found = chosen(grouped, method="top-k", vote="weighted", loss=0.3).adaptive
    assert found.certificate.n_test == 40  # half of 80 questions
    for split in folds(grouped, 2, 1, 0):
        assert not set(groups[split.train]) & set(groups[split.test])


@settings(max_examples=20)
@given(st.integers(0, 2**16), st.integers(1, 4))
def test_draws_with_replacement_leave_the_judged_questions_out(seed, n_copies):
    pool = simulate(60, [0.2, 0.3], 0.0, random_state=seed)
    groups = np.arange(60) // n_copies
    pool = pool.replace(items=pool.items.assign(group=groups))
    splits = in_sequence.redrawn_splits(pool, 4, seed)
    assert 1 <= len(splits) <= 4
    for split in splits:
        assert not set(groups[split.train]) & set(groups[split.test])
        assert len(split.train) == len(split.weights)
        assert (split.weights > 0).all()
        # As many questions are drawn as there are; exact copies among them are drawn once.
        of_question = pd.Series(split.weights).groupby(groups[split.train]).max()
        assert of_question.sum() == pool.n_questions
        together = np.r_[np.unique(groups[split.train]), np.unique(groups[split.test])]
        assert sorted(together) == list(range(pool.n_questions))
    again = in_sequence.redrawn_splits(pool, 4, seed)
    for one, other in zip(splits, again, strict=True):
        np.testing.assert_array_equal(one.train, other.train)
        np.testing.assert_array_equal(one.weights, other.weights)


def test_open_answers():
    rng = np.random.default_rng(0)
    right = rng.integers(100, 1000, 60)
    wrong = right[:, None] + rng.integers(1, 4, (60, 4))
    given_ = np.where(rng.random((60, 4)) < 0.8, right[:, None], wrong)
    pool = PredictionTable.open(
        [[str(number) for number in row] for row in given_],
        [str(number) for number in right],
        queries=[*"pqrs"],
        reader="numbers",
    )
    result = chosen(pool, 4, method="top-k", vote="majority", adaptive=True)
    found = result.adaptive
    assert 1 <= found.mean_queries.value < 4
    assert found.policy.reader == "numbers"
    assert isinstance(found.policy.votes_[0], OPEN_VOTES["majority"])
    told = dict.fromkeys(found.queries[:2], "7")
    assert found.policy.answer(told).label == "7"


def test_a_verifier_stops_when_an_answer_passes():
    """It never errs: the same is solved as by asking all, with fewer queries."""
    pool = simulated(100).verdicts()
    found = chosen(pool, 3, verifier=True, method="greedy-coverage", adaptive=True).adaptive
    assert isinstance(found.policy, VerifiedSequence)
    assert found.loss_to_full.value == 0.0
    assert found.agreement_with_full is found.stops is found.certificate is None
    assert (found.first, found.if_they_differ) == (1, False)
    assert 1 <= found.mean_queries.value < 2
    errs = chosen(pool, 3, verifier=Verifier(0.3), method="greedy-coverage", adaptive=True).adaptive
    assert errs.accuracy.value < found.accuracy.value


def test_samples_of_one_model_are_asked_by_majority():
    pool = simulated(120)
    samples = PredictionTable(
        pool.answers, pool.labels, classes=pool.classes, queries=[f"m#{j}" for j in range(4)]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = chosen(samples, 4, adaptive=True).adaptive
    assert isinstance(found.policy.votes_[0], VOTES["majority"])
    assert sorted(found.queries) == sorted(samples.query_names)


def test_what_a_named_method_buys_is_asked_with_its_vote(table):
    found = chosen(table, 3, method="greedy-mi", adaptive=True).adaptive
    assert isinstance(found.policy.votes_[0], VOTES["map"])


def test_where_a_fold_cannot_fill_the_budget_it_says_so(small_pool, monkeypatch):
    """Whoever asked for it is told; a sentence that nobody asked for is left out."""
    monkeypatch.setattr(in_sequence, "judge_split", lambda *arguments: None)
    asked = {"n_boot": 2, "n_again": 1, "n_repeats": 1, "progress": False}
    with pytest.raises(InputError, match="3 queries cannot be bought without some fold"):
        select(small_pool, 3, adaptive=True, **asked)
    assert select(small_pool, 3, **asked).adaptive is None
