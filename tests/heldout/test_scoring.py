"""What an exam charges where a verifier picks: a set for all it asks, a sequence as it goes."""

import numpy as np
import pandas as pd
import pytest

from ensel import InputError, PredictionTable, Verifier, compare
from ensel.formats.prices import with_prices
from ensel.heldout.candidates import Candidate, single_best
from ensel.heldout.scoring import Exam, score_split
from ensel.heldout.settings import setting_of
from ensel.heldout.splits import Split, random_splits
from ensel.policies import VerifiedSequence, VerifiedSet
from ensel.policies.verified_sequence import verified_sequence
from ensel.selection import GreedyCoverage

TRAIN = [[1, 0], [1, 0], [1, 0], [0, 1]]
TEST = [[1, 1], [0, 1], [0, 0], [None, 1]]
"""Queries p and q on the test items: p at once; then q; nothing; p silent, then q."""


def verdicts(**of_queries):
    queries = pd.DataFrame(of_queries, index=["p", "q"])
    return PredictionTable.of_verdicts(TRAIN + TEST, queries=queries, name="eight")


def halves():
    return Split(np.arange(4), np.arange(4, 8), np.random.SeedSequence(0))


def scored(table, policy):
    exam = Exam(table, halves())
    return exam.score(exam.fit(Candidate("mine", "verifier", 2, policy=policy)))


def test_a_sequence_is_charged_as_far_as_it_goes_and_a_set_for_all():
    """p costs 1, q costs 2, a look .5; p is right more often, and asked first.

    In sequence: p alone and one look 1.5; both 3 and two looks 4; the same; both and one look 3.5.
    As a set: 3 and one look at the first item, where p passes; the others are the same.
    """
    table = verdicts(cost=[1.0, 2.0])
    sequence = scored(table, VerifiedSequence(GreedyCoverage(2), verifier_cost=0.5))
    whole = scored(table, VerifiedSet(GreedyCoverage(2), verifier_cost=0.5))
    assert sequence.cost.tolist() == [1.5, 4.0, 4.0, 3.5]
    assert sequence.n_asked.tolist() == [1, 2, 2, 2]
    assert whole.cost.tolist() == [3.5, 4.0, 4.0, 3.5]
    assert whole.n_asked.tolist() == [2, 2, 2, 2]
    for one in (sequence, whole):
        assert one.correct.tolist() == [1, 1, 0, 1]
        assert np.isnan(one.log_loss).all()
        assert one.columns == (0, 1)


def test_a_verifier_that_errs_is_charged_in_expectation():
    """fa = .1, fr = .2: q is asked with .2, .9, .9 and 1; it is right on three items.

    Right: .8 + .2 x .8; .9 x .8; 0; .8. Costs: 1 + 2 x chance + .5 x looks.
    """
    sequence = scored(
        verdicts(cost=[1.0, 2.0]), VerifiedSequence(GreedyCoverage(2), 2, 0.1, 0.2, 0.5)
    )
    np.testing.assert_allclose(sequence.n_asked, [1.2, 1.9, 1.9, 2.0])
    np.testing.assert_allclose(sequence.correct, [0.96, 0.72, 0.0, 0.8], rtol=1e-6)
    np.testing.assert_allclose(sequence.cost, [2.0, 3.75, 3.75, 3.5])


def test_where_costs_are_unknown_only_queries_are_counted():
    sequence = scored(verdicts(model=["a", "b"]), VerifiedSequence(verifier_cost=0.5))
    assert np.isnan(sequence.cost).all()
    assert sequence.n_asked.tolist() == [1, 2, 2, 2]


def test_each_answer_costs_its_own_tokens():
    """At 1 USD per million tokens, answer i of p has 1,000 (i + 1) tokens: i + 1 per 1,000; q 1."""
    tokens = np.full((8, 2, 2), 0.0)
    tokens[:, 0, 0], tokens[:, 1, 0] = 1000 * np.arange(1, 9), 1000
    answers = np.array([[-1 if v is None else v for v in row] for row in TRAIN + TEST])
    table = PredictionTable(
        answers, np.ones(8, dtype=int), classes="ab", queries=["p", "q"], tokens=tokens
    )
    table = with_prices(table, {"p": (1, 1), "q": (1, 1)})
    assert table.costs.tolist() == [4.5, 1.0]
    # p is right on 3 of 4 and costs 4.5 on average: (3 + 3/4) / 5 / 4.5 = 1/6; q (1 + 1/4) / 5.
    sequence = scored(table, VerifiedSequence(verifier_cost=0.0))
    assert sequence.columns == (1, 0)
    # q is right on the first, second and last test item; the third asks p as well, its seventh.
    np.testing.assert_allclose(sequence.cost, [1.0, 1.0, 1.0 + 7.0, 1.0], rtol=1e-6)
    np.testing.assert_allclose(
        scored(table, VerifiedSet()).cost, [1.0 + n for n in (5, 6, 7, 8)], rtol=1e-6
    )


def test_the_setting_hands_on_what_a_look_costs():
    table = verdicts(cost=[1.0, 2.0])
    setting = setting_of(table, Verifier(cost=0.5))
    policy = setting.policy_of(GreedyCoverage(2), None, 2)
    assert scored(table, policy).cost.tolist() == [3.5, 4.0, 4.0, 3.5]
    # One query's answer is taken as it stands: nobody looks at it.
    alone = score_split(table, halves(), [single_best(setting=setting)])
    (single,) = alone.scored.values()
    assert single.cost.tolist() == [1.0] * 4
    for cost in (-1, float("nan"), float("inf"), "much", True):
        with pytest.raises(InputError, match=r"cost .*: a sum of money from 0 is needed"):
            Verifier(cost=cost)


def test_compared_a_look_costs_what_it_costs(small_pool):
    """The set's own cost is 3; the mean number of looks is counted on the test items."""
    pool = small_pool.verdicts()
    pool = pool.replace(queries=pool.queries.assign(cost=1.0))
    bare, checked = (
        compare(
            pool, methods=["greedy-coverage"], budgets=[3], n_splits=2, verifier=Verifier(cost=cost)
        ).rows.iloc[0]
        for cost in (0.0, 0.25)
    )
    assert (bare["accuracy"], bare["queries"]) == (checked["accuracy"], checked["queries"])
    assert (bare["cost"], bare["mean_queries"]) == (3.0, 3.0)
    looks = []
    for split, names in zip(random_splits(pool, 2), checked["queries"], strict=True):
        rows = pool.answers[split.test][:, [pool.query_names.index(name) for name in names]]
        looks += [np.mean([1 + (row[0] != 1) + (row[0] != 1 and row[1] != 1) for row in rows])]
    assert (pool.answers != -1).all()
    assert checked["cost"] == pytest.approx(3 + 0.25 * np.mean(looks))


def test_on_held_out_items_a_sequence_solves_what_the_set_solves_for_less(small_pool):
    pool = small_pool.verdicts()
    (split,) = random_splits(pool, 1)
    exam = Exam(pool, split)
    policies = VerifiedSet(GreedyCoverage(4)), verified_sequence(4, Verifier())
    whole, sequence = (
        exam.score(exam.fit(Candidate(str(n), "verifier", 4, policy=policy)))
        for n, policy in enumerate(policies)
    )
    np.testing.assert_array_equal(sequence.correct, whole.correct)
    assert set(sequence.columns) == set(whole.columns)
    assert sequence.n_asked.mean() < 2 < whole.n_asked.mean()
