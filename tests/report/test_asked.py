"""What a policy asked and spent, in a sentence."""

import numpy as np
import pandas as pd
import pytest

from ensel import PredictionTable
from ensel.policies import FixedSet, Sequential
from ensel.policies.stopping import StoppingRule
from ensel.report.asked import asked_in_words
from ensel.voting import MajorityVote


class StopsAtItsNumber(StoppingRule):
    """After as many answers as the class of the first says: 0 after one, 1 after two, and so on."""

    threshold = 0.0

    def scores(self, stages):
        return np.maximum(stages.codes[:, :1] - np.arange(stages.n_stages - 1), 0.0)


def table(firsts, n_queries=6, costs=None, classes="abcdef"):
    """Each item's first answer; all others are of the first class."""
    answers = np.zeros((len(firsts), n_queries), dtype=int)
    answers[:, 0] = firsts
    queries = pd.DataFrame(index=[f"q{j}" for j in range(n_queries)])
    if costs is not None:
        queries["cost"] = costs
    labels = np.arange(len(firsts)) % 2
    return PredictionTable(answers, labels, classes=classes, queries=queries)


def said(firsts, policy=None, **known):
    pool = table(firsts, **known)
    policy = Sequential(None, MajorityVote(), rule=StopsAtItsNumber()) if policy is None else policy
    policy.fit_table(pool)
    return asked_in_words(policy, pool, policy.replay(pool)["asked"])


def test_a_set_asks_all_of_every_item():
    everything = "asks all 6 queries of every item"
    assert said([0, 1], FixedSet(None, MajorityVote())) == everything
    assert said([0, 1], FixedSet(None), n_queries=1) == "asks 1 query of every item"
    assert said([5, 5]) == everything  # also where it might have stopped


def test_numbers_of_queries_by_hand():
    # Six of ten after one answer, three after two, one after four: (6 + 6 + 4) / 10.
    assert said([0] * 6 + [1] * 3 + [3]) == (
        "asks 1.60 queries an item on average instead of 6 (1 of 60 % of the items, "
        "2 of 30 %, 4 of 10 %)"
    )
    assert (
        said([1] * 4)
        == "asks 2.00 queries an item on average instead of 6 (2 of 100 % of the items)"
    )


def test_more_than_four_numbers_are_summed_up():
    # One of ten each after 1, 2 and 3, two after 4, and two of 5 and three of 6 together.
    assert said([0, 1, 2, 3, 3, 4, 4, 5, 5, 5]) == (
        "asks 4.20 queries an item on average instead of 6 "
        "(1 of 10 % of the items, 2 of 10 %, 3 of 10 %, 4 of 20 %, more of 50 %)"
    )
    assert "more" not in said([0, 1, 2, 3])


def test_what_was_spent_is_said_where_prices_are_known():
    costs = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    # Half stop after one, for 1; half after three, for 1 + 2 + 4. All would cost 63.
    assert said([0, 2], costs=costs) == (
        "asks 2.00 queries an item on average instead of 6 (1 of 50 % of the items, 3 of 50 %), at "
        "a cost of 4 instead of 63 (the unit of the prices that it learned from)"
    )
    assert said([0, 1], FixedSet(None, MajorityVote()), costs=costs) == (
        "asks all 6 queries of every item, at a cost of 63 (the unit of the prices that it learned "
        "from)"
    )
    # Free queries have a price, too.
    assert ", at a cost of 0 (the unit of" in said([0, 2], costs=[0.0] * 6)


@pytest.mark.parametrize("costs", [None, [1.0, np.nan, 1, 1, 1, 1]])
def test_nothing_is_said_of_prices_that_are_not_known(costs):
    assert said([0, 2], costs=costs) == (
        "asks 2.00 queries an item on average instead of 6 (1 of 50 % of the items, 3 of 50 %)"
    )


def test_prices_are_those_that_the_policy_was_saved_with_whatever_the_new_table_says():
    pool = table([0, 2], costs=[1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    policy = Sequential(None, MajorityVote(), rule=StopsAtItsNumber()).fit_table(pool)
    other = pool.subset(queries=pool.query_names[::-1])
    other = other.replace(queries=other.queries.assign(cost=100.0))
    assert ", at a cost of 4 instead of 63 (" in asked_in_words(
        policy, other, policy.replay(other)["asked"]
    )


def test_the_unit_of_costs_is_named_where_the_policy_knows_it():
    pool = table([0, 2], costs=[1.0] * 6)
    policy = Sequential(None, MajorityVote(), rule=StopsAtItsNumber())
    policy.fit_table(pool, cost_unit="USD per 1,000 questions")
    words = asked_in_words(policy, pool, policy.replay(pool)["asked"])
    assert words.endswith(", at a cost of 2 instead of 6 (USD per 1,000 questions)")
