"""How many opinions a pool is: Kish by hand, intervals that cover, and tables of every kind."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import InputError, PredictionTable
from ensel.error_model import capa, count_opinions, effective_votes, gain_ceiling, simulate


def table_of(answers, labels, classes="abcd", **fields):
    names = [f"m{j}" for j in range(np.shape(answers)[1])]
    return PredictionTable(answers, labels, classes=classes, **({"queries": names} | fields))


def test_kish_by_hand():
    """9 / (1 + 8 * .5) = 1.8; uncorrelated votes all count; copies are one."""
    assert effective_votes(9, 0.5) == pytest.approx(1.8)
    assert effective_votes(9, 0.0) == 9
    assert effective_votes(9, 1.0) == 1
    assert effective_votes(3, -0.5) == 3  # their mean would not vary at all
    assert effective_votes(1, 0.7) == 1
    assert math.isnan(effective_votes(4, math.nan))


@given(st.integers(1, 50), st.floats(-1, 1), st.floats(0, 1))
def test_votes_stay_in_range_and_fall_with_correlation(n_votes, correlation, more):
    found = effective_votes(n_votes, correlation)
    assert 1 <= found <= n_votes
    assert effective_votes(n_votes, min(correlation + more, 1)) <= found


def test_a_pool_by_hand():
    """Four items, two classes. Errors 1100, 1010 and 1100: phi is 0, 1 and 0, the mean 1/3, and
    3 / (1 + 2/3) = 1.8. Votes: wrong, wrong, right, right. Best 1/2; one right on items 2, 3, 4."""
    wrong = np.array([[1, 1, 1], [1, 0, 1], [0, 1, 0], [0, 0, 0]])
    found = count_opinions(table_of(wrong, np.zeros(4, dtype=int), "ab"), copies="keep")
    assert found.error_correlation.value == pytest.approx(1 / 3)
    assert found.effective_votes.value == pytest.approx(1.8)
    assert found.majority_accuracy.value == 0.5
    assert found.independent_accuracy == pytest.approx(0.5)  # three fair coins
    assert (found.best_accuracy, found.any_right) == (0.5, 0.75)
    assert found.gain_ceiling == gain_ceiling(wrong == 0)


def test_votes_are_as_many_as_their_mean_varies():
    """Simulated, equal error rates: the variance of the share of wrong votes is that of n_eff."""
    pool = simulate(20_000, [0.3] * 7, 0.4, random_state=0)
    share = (pool.answers != pool.labels[:, None]).mean(axis=1)
    found = count_opinions(pool, n_boot=2).effective_votes.value
    assert found == pytest.approx(0.3 * 0.7 / share.var(), rel=0.02)


def test_the_interval_covers_what_many_items_say():
    """Simulated: 60 tables of 300 items; at 95 %, 50 covers or fewer have a chance below .001."""
    true = count_opinions(simulate(200_000, [0.2] * 5, 0.5, random_state=9), n_boot=2)
    covered = 0
    for seed in range(60):
        votes = count_opinions(
            simulate(300, [0.2] * 5, 0.5, random_state=seed), n_boot=60
        ).effective_votes
        assert votes.low <= votes.value <= votes.high
        covered += votes.low <= true.effective_votes.value <= votes.high
    assert covered >= 51


def test_copies_of_questions_are_one():
    """Every item twice: as one question the interval is that of the single items, else narrower."""
    pool = simulate(300, [0.2] * 4, 0.5, random_state=0)
    twice = np.repeat(np.arange(300), 2)
    answers, labels = pool.answers[twice], pool.labels[twice]

    def width(table):
        votes = count_opinions(table).effective_votes
        return votes.high - votes.low

    grouped = table_of(answers, labels, "ab", items=pd.DataFrame({"group": twice}))
    assert width(grouped) == pytest.approx(width(pool), rel=1e-6)
    assert width(table_of(answers, labels, "ab")) < 0.85 * width(grouped)
    by_hand = count_opinions(table_of(answers, labels, "ab"), groups=twice)
    assert by_hand.effective_votes == count_opinions(grouped).effective_votes


def test_copies_of_a_query_count_as_one(small_pool):
    first = small_pool.query_names[0]
    answers = np.column_stack([small_pool.answers, small_pool.answers[:, 0]])
    names = [*small_pool.query_names, "second name"]
    table = PredictionTable(answers, small_pool.labels, classes=small_pool.classes, queries=names)
    found = count_opinions(table)
    assert [copy.kept for copy in found.copies.found] == [first]
    assert found.effective_votes == count_opinions(small_pool).effective_votes
    assert count_opinions(table, copies="keep").n_queries == found.n_queries + 1


def test_always_or_never_right_has_no_correlation():
    pool = simulate(200, [0.3] * 3, 0.4, random_state=0)
    answers = np.column_stack([pool.answers, pool.labels, 1 - pool.labels])
    found = count_opinions(table_of(answers, pool.labels, "ab"))
    assert (found.n_queries, found.n_varying) == (5, 3)
    assert found.effective_votes == count_opinions(pool).effective_votes
    assert found.notes == ["always or never right, left out of the opinions: m3, m4"]

    alone = count_opinions(table_of(answers[:, [0, 3]], pool.labels, "ab"))
    assert math.isnan(alone.effective_votes.value)
    assert math.isnan(alone.error_correlation.low)
    assert alone.majority_accuracy.value > 0  # still a vote


def test_a_missing_answer_is_an_error():
    """Errors 11000 and 10100 whether an answer is wrong or missing: the same correlation."""
    labels = np.zeros(5, dtype=int)
    wrong = np.array([[1, 1], [1, 0], [0, 1], [0, 0], [0, 0]])
    missing = np.where(wrong == 1, -1, 0)
    found = [
        count_opinions(table_of(a, labels, copies_ok))
        for a, copies_ok in ((wrong, "ab"), (missing, "ab"))
    ]
    assert found[0].effective_votes == found[1].effective_votes
    # phi = (1/5 - 4/25) / (6/25) = 1/6; 2 / (1 + 1/6) = 12/7
    assert found[0].effective_votes.value == pytest.approx(12 / 7)


def test_one_query_and_unlabelled_tables():
    one = count_opinions(table_of([[0], [1]], [0, 0], "ab"))
    assert math.isnan(one.effective_votes.value)
    assert one.similarity is None
    with pytest.raises(InputError, match="no labels"):
        count_opinions(table_of([[0, 1], [1, 1]], None, "ab"))
    with pytest.raises(InputError, match="resamples"):
        count_opinions(table_of([[0, 1], [1, 1]], [0, 1], "ab"), n_boot=1)


def test_items_may_offer_fewer_options():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 50)
    answers = np.where(rng.random((50, 3)) < 0.6, labels[:, None], rng.integers(0, 4, (50, 3)))
    n_options = np.where(np.arange(50) < 20, 2.0, np.nan)
    items = pd.DataFrame({"n_options": n_options})
    found = count_opinions(table_of(answers, labels, items=items), copies="keep")
    expected = capa(answers, labels, np.where(np.arange(50) < 20, 2, 4))
    np.testing.assert_allclose(found.similarity, expected)
    with pytest.raises(InputError, match="item 3 has 1 options"):
        count_opinions(
            table_of(answers, labels, items=pd.DataFrame({"n_options": [2, 2, 2, 1] + [2] * 46}))
        )


def test_most_and_least_similar_pairs(real):
    found = count_opinions(real("mmlu"))
    values = found.similarity.to_numpy()[np.triu_indices(14, 1)]
    ordered = np.sort(values)[::-1]
    shown = found.pairs["similarity"].tolist()
    assert shown == pytest.approx([*ordered[:3], *ordered[-3:]])
    assert found.pairs["end"].tolist() == ["most"] * 3 + ["least"] * 3
    assert found.mean_similarity == pytest.approx(values.mean())
    assert (found.pairs["similarity_low"] < found.pairs["similarity"]).all()
    assert (found.pairs["similarity"] < found.pairs["similarity_high"]).all()


@pytest.mark.parametrize(("n_queries", "n_most", "n_least"), [(2, 1, 0), (3, 2, 1), (4, 3, 3)])
def test_no_pair_is_named_twice(n_queries, n_most, n_least):
    pool = simulate(200, [0.3] * n_queries, 0.4, random_state=0)
    data = count_opinions(pool).to_dict()
    assert (len(data["most_similar"]), len(data["least_similar"])) == (n_most, n_least)


def test_real_pools_are_few_opinions(real):
    """14 / (1 + 13 * .564) = 1.68 on mmlu: phi as `describe` has it, to three digits."""
    found = count_opinions(real("mmlu"))
    assert found.effective_votes.value == pytest.approx(14 / (1 + 13 * 0.564), abs=0.003)
    assert found.independent_accuracy > 0.99 > found.majority_accuracy.value
    assert found.any_right - found.best_accuracy < found.gain_ceiling


def test_open_answers_have_a_vote_and_no_capa(real):
    found = count_opinions(real("mgsm"))
    assert found.similarity is None
    assert len(found.pairs) == 0
    assert found.notes == [
        "CAPA is left out: open answers have no number of options that chance could be "
        "reckoned with"
    ]
    assert found.majority_accuracy.value < found.independent_accuracy <= 1


def test_right_and_wrong_alone_have_neither(real):
    found = count_opinions(real("humaneval"))
    assert math.isnan(found.majority_accuracy.value)
    assert math.isnan(found.independent_accuracy)
    assert found.similarity is None
    assert found.effective_votes.value > 1
    assert "the majority and CAPA are left out" in found.notes[0]


def test_json_has_every_number_with_its_interval(small_pool):
    data = json.loads(count_opinions(small_pool).to_json())
    for name in ("effective_votes", "error_correlation", "majority_accuracy"):
        assert data[f"{name}_low"] <= data[name] <= data[f"{name}_high"]
    assert 0 <= data["independent_accuracy"] <= 1
    assert data["most_similar"][0].keys() == {
        "first",
        "second",
        "similarity",
        "similarity_low",
        "similarity_high",
    }
    verdicts = json.loads(count_opinions(small_pool.verdicts()).to_json())
    assert verdicts["mean_similarity"] is None


def test_the_seed_moves_intervals_only(small_pool):
    one, same, other = (count_opinions(small_pool, seed=seed) for seed in (0, 0, 1))
    assert one.to_dict() == same.to_dict()
    assert one.effective_votes.value == other.effective_votes.value
    assert one.effective_votes.low != other.effective_votes.low
