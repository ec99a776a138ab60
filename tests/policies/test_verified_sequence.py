"""Asking in sequence with a verifier: laws, the order by hand, and every verdict spelled out."""

import json
from fractions import Fraction
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel import InputError, PredictionTable, Verifier, load_policy
from ensel.policies import UnfilledBudget, VerifiedSequence, VerifiedSet
from ensel.policies.verified_sequence import verified_sequence
from ensel.selection import GreedyCoverage, SelfMoA, TopK
from ensel.voting.verifier import solved

RATES = st.sampled_from([0.0, 0.1, 0.5, 1.0])
PRICES = np.array([0.0, 0.5, 1.0, 1.0, 3.0])


@st.composite
def pools(draw, max_queries=4, max_items=6):
    """Answers of three classes, a fifth missing; some queries are twins, some are free."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(2, max_items)), draw(st.integers(1, max_queries))
    X = rng.integers(-1, 3, shape)
    X[:, -1] = X[:, 0] if draw(st.booleans()) else X[:, -1]
    y = rng.integers(0, 3, shape[0])
    return X, y, rng.choice(PRICES, shape[1])


@st.composite
def verifiers(draw):
    return {
        "false_accept": draw(RATES),
        "false_reject": draw(RATES),
        "verifier_cost": draw(st.sampled_from([0.0, 0.25])),
    }


def named(X):
    return pd.DataFrame(X, columns=[f"q{j}" for j in range(X.shape[1])])


def run(policy, verdicts):
    """All of one item that is asked live, one after the other, where verdicts are cached."""
    told = {}
    while wave := policy.next(dict(told)):
        (name,) = wave
        told[name] = verdicts[name]
    return told


# -- laws -----------------------------------------------------------------------------------------


@given(pools(), st.floats(0, 5))
def test_a_verifier_that_never_errs_solves_the_same_items_in_any_order(pool, verifier_cost):
    X, y, costs = pool
    policy = VerifiedSequence(verifier_cost=verifier_cost).fit(X, y, costs=costs)
    np.testing.assert_array_equal(policy.solve(X, y).right, (y[:, None] == X).any(axis=1))
    assert sorted(policy.columns_) == list(range(X.shape[1]))


@given(pools(), st.integers(0, 2**16), verifiers())
def test_a_sequence_asks_and_pays_no_more_than_the_set(pool, seed, verifier):
    X, y, costs = pool
    budget = 1 + seed % X.shape[1]
    parts = [
        kind(GreedyCoverage(random_state=seed), budget, **verifier).fit(X, y, costs=costs)
        for kind in (VerifiedSet, VerifiedSequence)
    ]
    whole, sequence = parts
    assert set(whole.columns_) == set(sequence.columns_)
    of_answers = np.random.default_rng(seed).random(X.shape)
    for paid in (costs, of_answers):
        most, spent = whole.spent(X, y, paid), sequence.spent(X, y, paid)
        assert (most.asked == budget).all()
        assert (spent.asked >= 1).all()
        assert (spent.asked <= budget + 1e-12).all()
        assert (spent.looked <= spent.asked + 1e-12).all()
        verifying = verifier["verifier_cost"]
        bare = most.cost - verifying * most.looked, spent.cost - verifying * spent.looked
        assert (bare[1] <= bare[0] + 1e-12).all()


@given(pools(), RATES)
def test_without_false_accepts_the_order_changes_no_items_chance(pool, false_reject):
    X, y, costs = pool
    found = [
        kind(false_reject=false_reject).fit(X, y, costs=costs).solve(X, y).right
        for kind in (VerifiedSet, VerifiedSequence)
    ]
    np.testing.assert_allclose(*found, atol=1e-12)


@given(pools())
def test_run_live_on_cached_verdicts_it_is_what_is_replayed(pool):
    """A verifier that never errs: its verdicts are what is right."""
    X, y, costs = pool
    frame = named(X)
    policy = VerifiedSequence(verifier_cost=0.25).fit(frame, y, costs=costs)
    spent, right = policy.spent(X, y, costs), policy.solve(X, y).right
    price = dict(zip(frame, costs, strict=True))
    for i, row in enumerate(X):
        verdicts = {
            n: None if c == -1 else bool(c == y[i]) for n, c in zip(frame, row, strict=True)
        }
        told = run(policy, verdicts)
        looked = sum(verdict is not None for verdict in told.values())
        assert (len(told), looked) == (spent.asked[i], spent.looked[i])
        assert sum(map(price.get, told)) + 0.25 * looked == pytest.approx(spent.cost[i])

        label, probability, settled = policy.answer(told)
        assert settled
        first = [name for name in (f"q{j}" for j in policy.columns_) if verdicts[name]][:1]
        assert [label] == (first or [None])
        assert probability == right[i] == float(bool(first))


@settings(max_examples=40)
@given(pools(max_items=3), verifiers())
def test_what_is_expected_is_the_mean_over_all_verdicts(pool, verifier):
    """Every verdict on every answer, run live, by its probability."""
    X, y, costs = pool
    frame = named(X)
    policy = VerifiedSequence(**verifier).fit(frame, y, costs=costs)
    spent, right_answers = policy.spent(X, y, costs), policy.solve(X, y).right
    for i, row in enumerate(X):
        accept = np.where(row == y[i], 1 - verifier["false_reject"], verifier["false_accept"])
        asked = looked = cost = right = 0.0
        for passed in product([False, True], repeat=len(row)):
            weight = np.where(passed, accept, 1 - accept)[row != -1].prod()
            if any(p for p, code in zip(passed, row, strict=True) if code == -1):
                continue  # what is missing has one verdict: none
            verdicts = {
                n: None if code == -1 else p
                for n, p, code in zip(frame, passed, row, strict=True)
            }  # fmt: skip
            told = run(policy, verdicts)
            seen = sum(verdict is not None for verdict in told.values())
            asked, looked = asked + weight * len(told), looked + weight * seen
            paid = sum(costs[int(name[1:])] for name in told)
            cost += weight * (paid + verifier["verifier_cost"] * seen)
            label = policy.answer(told).label
            right += weight * (label is not None and row[int(label[1:])] == y[i])
        found = spent.asked[i], spent.looked[i], spent.cost[i], right_answers[i]
        np.testing.assert_allclose(found, (asked, looked, cost, right), atol=1e-12)


# -- the order ------------------------------------------------------------------------------------


def slow_order(X, y, costs, weights, fa, fr, verifier_cost):
    """One item and one query at a time, in fractions."""
    exact = [Fraction(str(cost)) + Fraction(str(verifier_cost)) for cost in costs]
    fa, fr = Fraction(str(fa)), Fraction(str(fr))
    n_items, k = X.shape

    def chance(i, j):
        if X[i, j] == -1:
            return Fraction(0)
        return 1 - fr if X[i, j] == y[i] else fa

    def left_of(i, before):
        left = Fraction(int(weights[i]))
        for j in before:
            left *= 1 - chance(i, j)
        return left

    total = int(weights.sum())
    alone = [sum(int(weights[i]) * chance(i, j) for i in range(n_items)) / total for j in range(k)]
    right = [int((weights * (X[:, j] == y)).sum()) for j in range(k)]
    order = []
    while len(order) < k:
        ranks = {}
        for j in set(range(k)) - set(order):
            left = [left_of(i, order) for i in range(n_items)]
            passed = sum(left[i] * chance(i, j) for i in range(n_items)) + alone[j]
            passed /= sum(left) + 1
            free = exact[j] == 0 and passed > 0
            worth = passed / exact[j] if exact[j] else passed
            ranks[j] = free, worth, right[j], -costs[j], -j
        order.append(max(ranks, key=ranks.get))
    return tuple(order)


@given(pools(max_queries=5), verifiers(), st.integers(0, 2**16))
def test_the_order_is_that_of_a_slow_search(pool, verifier, seed):
    X, y, costs = pool
    weights = np.random.default_rng(seed).integers(0, 4, len(y))
    weights[0] += 1
    policy = VerifiedSequence(**verifier).fit(X, y, costs=costs, sample_weight=weights)
    assert policy.columns_ == slow_order(X, y, costs, weights, *verifier.values())


@given(pools(), verifiers(), st.integers(0, 2**16))
def test_a_weight_is_a_repeated_item(pool, verifier, seed):
    X, y, costs = pool
    weights = np.random.default_rng(seed).integers(0, 4, len(y))
    weights[0] += 1
    rows = np.repeat(np.arange(len(y)), weights)
    weighted = VerifiedSequence(**verifier).fit(X, y, costs=costs, sample_weight=weights)
    repeated = VerifiedSequence(**verifier).fit(X[rows], y[rows], costs=costs)
    assert weighted.columns_ == repeated.columns_
    np.testing.assert_allclose(weighted.precisions_, repeated.precisions_)


# Right (1) on six items; every label is 1. `twin` is right where `good` is.
GOOD, TWIN = [1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 0]
OTHER, CHEAP = [0, 0, 0, 0, 1, 0], [1, 1, 0, 0, 0, 0]
ONES = np.ones(6, dtype=int)


def order_of(*columns, **more):
    costs, weights = more.pop("costs", None), more.pop("weights", None)
    X = pd.DataFrame(dict(columns))
    policy = VerifiedSequence(**more).fit(X, ONES, costs=costs, sample_weight=weights)
    return [policy.query_names[j] for j in policy.columns_]


def test_order_by_hand_what_adds_to_what_was_asked_comes_first():
    """After `good`, items 4 and 5 are left: `other` (1 + 1/6) / 3 before `twin` (0 + 3/6) / 3."""
    columns = ("twin", TWIN), ("other", OTHER), ("good", GOOD)
    assert order_of(*columns) == ["good", "other", "twin"]


def test_order_by_hand_cheap_before_dear():
    """Chances (4 + 4/6) / 7 = 2/3 and (2 + 2/6) / 7 = 1/3: at 3 and 1, worth 2/9 and 1/3.

    At 1.5 for `good`, 4/9 and 1/3. With 10 for each look, 2/39 and 1/33 at the first prices.
    """
    columns = ("good", GOOD), ("cheap", CHEAP)
    assert order_of(*columns) == ["good", "cheap"]
    assert order_of(*columns, costs=[3.0, 1.0]) == ["cheap", "good"]
    assert order_of(*columns, costs=[1.5, 1.0]) == ["good", "cheap"]
    assert order_of(*columns, costs=[3.0, 1.0], verifier_cost=10.0) == ["good", "cheap"]


def test_order_by_hand_a_second_look_where_right_answers_are_rejected():
    """Rejected half of the time, each solved item is half there: 4 x .5 + 2 = 4 items' worth.

    `twin`: (3 x .5 x .5 + 3/6 x .5) / 5 = 1/5. `other`: (1 x .5 + 1/6 x .5) / 5 = 7/60.
    """
    columns = ("twin", TWIN), ("other", OTHER), ("good", GOOD)
    assert order_of(*columns, false_reject=0.5) == ["good", "twin", "other"]


def test_order_by_hand_weights_free_queries_and_ties():
    columns = ("cheap", CHEAP), ("other", OTHER)
    assert order_of(*columns) == ["cheap", "other"]
    assert order_of(*columns, weights=[1, 1, 1, 1, 3, 1]) == ["other", "cheap"]  # 2 and 3 of 8
    # Free ones first, by their chance; one that is never right does not come first for nothing.
    free = *columns, ("never", [0] * 6), ("good", GOOD)
    assert order_of(*free, costs=[2, 0, 0, 0]) == ["good", "other", "cheap", "never"]
    # Alike in every way: as bought.
    twins = ("a", GOOD), ("b", GOOD), ("c", GOOD)
    assert order_of(*twins) == ["a", "b", "c"]
    # As likely to pass as each other per price, 2/3 for 2 and 1/3 for 1: the more accurate one.
    assert order_of(("cheap", CHEAP), ("good", GOOD), costs=[1.0, 2.0]) == ["good", "cheap"]


def test_the_selector_says_which_and_the_order_when():
    X = np.column_stack([GOOD, TWIN, OTHER, CHEAP])
    costs = np.array([9.0, 1.0, 1.0, 1.0])
    bought = VerifiedSequence(GreedyCoverage(), 2).fit(X, ONES, costs=costs)
    # Coverage buys 0 (4 of 6) and 2; (1 + 1/6) / 7 for 1 is more than (4 + 4/6) / 7 for 9.
    assert bought.columns_ == (2, 0)
    assert bought.asked(X).sum(axis=1).tolist() == [2] * 6
    assert VerifiedSequence(TopK(), 2).fit(X, ONES, costs=costs).columns_ == (1, 0)
    with pytest.raises(UnfilledBudget):
        VerifiedSequence(SelfMoA(3)).fit(X, ONES, models=["m", "m", "k", "l"])


# -- money ----------------------------------------------------------------------------------------


def test_spent_by_hand():
    """Asked in the order p, q. Item 0: right, wrong. Item 1: missing, right. Item 2: wrong, wrong.

    fa = .1, fr = .2; p costs 1, q costs 2, a look .5. Passing p: .8, 0, .1; so q is asked with
    .2, 1, .9, and looked at wherever it is asked. Item 1 pays for p, but nobody looks at it.
    """
    X, y = np.array([[1, 0], [-1, 1], [0, 0]]), np.ones(3, dtype=int)
    policy = VerifiedSequence(false_accept=0.1, false_reject=0.2, verifier_cost=0.5)
    policy.fit(X, y, costs=[1.0, 2.0])
    assert policy.columns_ == (0, 1)
    spent = policy.spent(X, y, [1.0, 2.0])
    np.testing.assert_allclose(spent.asked, [1.2, 2.0, 1.9])
    np.testing.assert_allclose(spent.looked, [1.2, 1.0, 1.9])
    np.testing.assert_allclose(spent.cost, [1.4 + 0.6, 3.0 + 0.5, 2.8 + 0.95])
    # Each answer at its own price: 1 + .2 x 2; 3 + 4; 5 + .9 x 6.
    of_answers = np.arange(1.0, 7.0).reshape(3, 2)
    np.testing.assert_allclose(policy.spent(X, y, of_answers).cost, [2.0, 7.5, 11.35])
    assert np.isnan(policy.spent(X, y).cost).all()
    # Asked at once, everything is paid; the verifier still stops at the first that passes.
    whole = VerifiedSet(false_accept=0.1, false_reject=0.2, verifier_cost=0.5).fit(X, y)
    np.testing.assert_allclose(whole.spent(X, y, [1.0, 2.0]).cost, [3.6, 3.5, 3.95])
    np.testing.assert_array_equal(whole.spent(X, y).asked, [2, 2, 2])


# -- live -----------------------------------------------------------------------------------------


def live():
    X = pd.DataFrame({"cheap": CHEAP, "other": OTHER, "good": GOOD})
    return VerifiedSequence(false_accept=0.1).fit(X, ONES)  # asks good, other, cheap


def test_waves_stop_at_a_pass():
    policy = live()
    assert policy.next({}) == ("good",)
    assert policy.next({}, n=2) == ("good", "other")
    assert policy.next({"good": False}, n=5) == ("other", "cheap")
    assert policy.next({"good": None}) == ("other",)
    assert policy.next({"good": False, "other": np.True_}) == ()
    assert policy.next({"good": False, "other": False, "cheap": None}) == ()


def test_the_first_that_passes_is_the_answer():
    policy = live()
    label, probability, settled = policy.answer({"good": False, "cheap": True, "other": True})
    assert (label, settled) == ("other", True)
    assert probability == policy.precisions_[1]
    assert policy.answer({}) == (None, 0.0, False)
    assert policy.answer({"good": False, "other": None, "cheap": False}) == (None, 0.0, True)


def test_a_set_answers_as_a_sequence_but_asks_everything():
    X = pd.DataFrame({"cheap": CHEAP, "other": OTHER, "good": GOOD})
    policy = VerifiedSet(TopK(2)).fit(X, ONES)  # good, cheap
    assert policy.next({"good": True}) == ("cheap",)
    assert policy.answer({"good": True}) == ("good", 1.0, False)
    assert policy.answer({"good": True, "cheap": True}) == ("good", 1.0, True)
    assert policy.answer({"good": None, "cheap": True}) == ("cheap", 1.0, True)
    # What it does not ask means nothing to it.
    assert policy.answer({"other": True}) == (None, 0.0, False)
    sequence = VerifiedSequence(TopK(2)).fit(X, ONES)
    assert sequence.next({"other": True}) == ("good",)


def test_the_chance_of_being_right_by_hand():
    """Right, right, wrong, missing. fa = .1, fr = .2.

    Right of the answers: (2 + 1) / (3 + 2) = .6 overall, so (2 + .6) / (3 + 1) = .65 with one such
    item. Accepted: .65 x .8 = .52 right, .35 x .1 = .035 wrong: .52 / .555.
    """
    X, y = np.array([[1], [1], [0], [-1]]), np.ones(4, dtype=int)
    policy = VerifiedSequence(false_accept=0.1, false_reject=0.2).fit(X, y)
    assert policy.answer({"0": True}).probability == pytest.approx(0.52 / 0.555)
    assert VerifiedSequence(false_reject=0.2).fit(X, y).answer({"0": True}).probability == 1.0
    # One that accepts the wrong ones alone.
    worst = VerifiedSequence(false_accept=1.0, false_reject=1.0).fit(X, y)
    assert worst.answer({"0": True}).probability == 0.0


@given(pools(), st.sampled_from([0.1, 0.5]), st.sampled_from([0.0, 0.1, 0.5]))
def test_of_many_items_the_chance_is_the_share_that_is_right(pool, fa, fr):
    """What each further query adds to the right and to the wrong accepted ones."""
    X, y, _ = pool
    policy = VerifiedSequence(false_accept=fa, false_reject=fr)
    policy.fit(X, y, sample_weight=np.full(len(y), 10**7))
    added = [(0.0, 0.0)]
    for size in range(1, X.shape[1] + 1):
        answers = X[:, list(policy.columns_[:size])]
        right = answers == y[:, None]
        got = solved(right, answered=answers != -1, false_accept=fa, false_reject=fr)
        added.append((got.right.sum(), got.wrong.sum()))
    for (right, wrong), precision in zip(np.diff(added, axis=0), policy.precisions_, strict=True):
        if right + wrong > 1e-3:
            assert precision == pytest.approx(right / (right + wrong), abs=1e-3)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"good": "B"}, "answer 'B' of good: a verifier's verdict is needed, True"),
        ({"good": 1}, "answer 1 of good"),
        ({"gpt": True}, "answers of gpt, which the policy does not ask"),
        (["good"], "list given; answers by query name are needed"),
    ],
)
def test_what_is_no_verdict_is_refused(answers, said):
    for call in (live().next, live().answer):
        with pytest.raises(InputError, match=said) as raised:
            call(answers)
        assert "\n" not in str(raised.value)


# -- what it is given -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "costs", "said"),
    [
        ({"false_accept": 1.5}, None, r"false_accept=1\.5; a probability"),
        ({"false_reject": "low"}, None, "false_reject='low'; a probability"),
        ({"verifier_cost": -1}, None, "verifier_cost=-1; a sum of money from 0"),
        ({"verifier_cost": np.inf}, None, "verifier_cost=inf"),
        ({}, [1.0, -1.0], "costs of shape"),
        ({}, [1.0], r"costs of shape \(1,\); a number from 0 for each of 2 queries"),
    ],
)
def test_refuses(more, costs, said):
    with pytest.raises(InputError, match=said) as raised:
        VerifiedSequence(**more).fit([[1, 0], [0, 1]], [1, 1], costs=costs)
    assert "\n" not in str(raised.value)


def test_letters_are_read_by_name_and_silence_is_no_answer():
    letters = pd.DataFrame({"p": ["A", None, "B"], "q": ["", "B", "I think A"]})
    codes = pd.DataFrame({"p": [0, -1, 1], "q": [-1, 1, 2]})
    rates = {"false_accept": 0.3, "false_reject": 0.1}
    of_letters = VerifiedSequence(**rates).fit(letters, ["A", "B", "A"])
    of_codes = VerifiedSequence(**rates).fit(codes, [0, 1, 0])
    of_names = VerifiedSequence(**rates).fit(codes.clip(upper=1), ["A", "B", "A"])
    assert of_letters.columns_ == of_codes.columns_ == of_names.columns_
    assert of_letters.precisions_ == of_codes.precisions_ == of_names.precisions_
    found = of_letters.solve(letters.to_numpy(), ["A", "B", "A"])
    expected = of_codes.solve(codes.to_numpy(), [0, 1, 0])
    for name, values in vars(expected).items():
        np.testing.assert_array_equal(getattr(found, name), values)


def test_made_of_a_verifier():
    X = np.column_stack([GOOD, TWIN, OTHER])
    policy = verified_sequence(2, Verifier(false_accept=0.1, false_reject=0.2, cost=0.5))
    assert policy.get_params(deep=False)["verifier_cost"] == 0.5
    assert set(policy.fit(X, ONES).columns_) == {0, 2}
    assert policy.spent(X, ONES, [0.0, 0.0, 0.0]).cost[0] == pytest.approx(0.5 * (1 + 0.2))


# -- files ----------------------------------------------------------------------------------------


@pytest.fixture
def table():
    right = np.column_stack([CHEAP, OTHER, GOOD])
    return PredictionTable.of_verdicts(right, queries=["cheap", "other", "good"], name="six")


@pytest.mark.parametrize("kind", [VerifiedSequence, VerifiedSet])
def test_round_trip(tmp_path, table, kind):
    policy = kind(TopK(2), None, 0.1, 0.2, 0.5).fit_table(table)
    policy.save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    assert type(back) is kind
    assert back.to_data() == policy.to_data()
    assert back.next({}, n=3) == policy.next({}, n=3) == ("good", "cheap")
    told = {"good": False, "cheap": True}
    assert back.answer(told) == policy.answer(told)
    for part, other in zip(
        back.spent(table.answers, table.labels, [1.0, 2.0, 4.0]),
        policy.spent(table.answers, table.labels, [1.0, 2.0, 4.0]),
        strict=True,
    ):
        np.testing.assert_array_equal(part, other)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda d: d.update(asks=[0, 0]), r"asks \[0, 0\] of 3 queries"),
        (lambda d: d.update(asks=[0, 5]), r"asks \[0, 5\] of 3 queries"),
        (lambda d: d.update(asks=[]), "asks "),
        (lambda d: d["verifier"].update(false_accept=2), "false_accept=2; a probability"),
        (lambda d: d["verifier"].update(verifier_cost="much"), "verifier_cost='much'"),
        (lambda d: d.update(precisions=[0.5]), r"precisions \[0.5\] of 3 queries"),
        (lambda d: d.update(precisions=[0.5, 2, 1]), "precisions"),
        (lambda d: d.pop("verifier"), "absent or malformed"),
    ],
)
def test_damage_is_named(tmp_path, table, damage, said):
    path = tmp_path / "p.json"
    VerifiedSequence().fit_table(table).save(path)
    data = json.loads(path.read_text())
    damage(data)
    path.write_text(json.dumps(data))
    with pytest.raises(InputError, match=said) as raised:
        load_policy(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("false_accept", "chance"), [(0.0, 1.0), (0.1, np.nan)])
def test_files_of_before_say_what_can_be_said(tmp_path, table, false_accept, chance):
    """They knew no precisions and no cost of a verifier."""
    path = tmp_path / "p.json"
    VerifiedSet(false_accept=false_accept).fit_table(table).save(path)
    data = json.loads(path.read_text())
    del data["precisions"], data["verifier"]["verifier_cost"]
    path.write_text(json.dumps(data))
    back = load_policy(path)
    np.testing.assert_equal(back.answer({"good": True}).probability, chance)
    assert back.verifier_cost == 0
