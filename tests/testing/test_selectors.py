"""Laws of selectors hold for the package's own, and name bugs put in on purpose."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from ensel.information import entropy, mutual_information
from ensel.registry import SELECTORS
from ensel.testing import BrokenLaw, check_selector

OF_THEIR_OWN = {"self-moa": {"fewer": True}, "random": {"random": True}}


@pytest.mark.parametrize("name", sorted(SELECTORS))
def test_selectors(name, few):
    check_selector(SELECTORS[name], max_examples=few, **OF_THEIR_OWN.get(name, {}))


def by_accuracy(answers, labels, budget, random_state=0, costs=None):
    """Top-k with the package's tie rule: what the bugs are put into."""
    right = (answers == labels[:, None]).mean(axis=0)
    lottery = np.random.default_rng(random_state).permutation(answers.shape[1])
    cost = np.zeros(len(lottery)) if costs is None else costs
    return np.lexsort([lottery, cost, -right])[:budget]


class FirstOfTies(BaseEstimator):
    """Ties go to the first column."""

    def __init__(self, budget=1, random_state=0):
        self.budget = budget
        self.random_state = random_state

    def fit(self, X, y):
        right = (y[:, None] == X).mean(axis=0)
        self.order_ = np.argsort(-right, kind="stable")[: self.budget]
        return self


def any_of_ties(answers, labels, budget, costs, random_state=0):
    return by_accuracy(answers, labels, budget, random_state)


def sees_all_items(answers, labels, budget, train, random_state=0, costs=None):
    return by_accuracy(answers, labels, budget, random_state, costs)


def one_too_many(answers, labels, budget, random_state=0):
    return by_accuracy(answers, labels, budget + 1, random_state)


def one_too_few(answers, labels, budget, random_state=0):
    return by_accuracy(answers, labels, max(budget - 1, 1), random_state)


def same_column_again(answers, labels, budget, random_state=0):
    return np.repeat(by_accuracy(answers, labels, 1, random_state), budget)


def worst_first(answers, labels, budget, random_state=0):
    return by_accuracy(answers, labels, budget, random_state)[::-1]


def unseeded(answers, labels, budget):
    return np.random.default_rng().permutation(answers.shape[1])[:budget]


def sorts_in_place(answers, labels, budget, random_state=0, costs=None):
    order = by_accuracy(answers, labels, budget, random_state, costs)
    labels.sort()
    return order


def first_is_free(answers, labels, budget, costs, money=None, random_state=0):
    order = by_accuracy(answers, labels, budget, random_state, costs)
    spent = np.cumsum(costs[order]) - costs[order[0]]
    return order if money is None else order[spent <= money]


def test_what_the_bugs_are_put_into_has_none(few):
    assert check_selector(by_accuracy, max_examples=few, report=True).broken == []


@pytest.mark.parametrize(
    ("selector", "law"),
    [
        (FirstOfTies, "ties are drawn"),
        (FirstOfTies(), "ties are drawn"),
        (any_of_ties, "ties go to the cheaper"),
        (sees_all_items, "held-out items"),
        (one_too_many, "budget"),
        (one_too_few, "whole budget"),
        (same_column_again, "distinct columns"),
        (worst_first, "prefix"),
        (sorts_in_place, "inputs kept"),
        (first_is_free, "money"),
    ],
)
def test_selector_bugs_are_named(selector, law, broken):
    assert broken(check_selector, selector) == law


def test_a_selector_that_draws_without_a_seed_is_named(few):
    with pytest.raises(BrokenLaw, match="same seed") as caught:
        check_selector(unseeded, max_examples=few)
    assert "bought" in caught.value.found


def test_silence_taken_for_right_is_named(broken):
    def silence_is_right(answers, labels, budget, random_state=0, costs=None):
        filled = np.where(answers < 0, labels[:, None], answers)
        return by_accuracy(filled, labels, budget, random_state, costs)

    assert broken(check_selector, silence_is_right) == "silent query"


def test_a_selector_that_raises_breaks_the_law_asked():
    def no_missing(answers, labels, budget):
        if (answers < 0).any():
            raise ValueError("missing values")
        return list(range(budget))

    with pytest.raises(BrokenLaw, match="ValueError: missing values") as caught:
        check_selector(no_missing)
    assert caught.value.example["table"].n_items == 2


def by_accuracy_where_answered(answers, labels, budget, random_state=0, costs=None):
    """A query that answers rarely but rightly is the most accurate of all."""
    right, answered = (answers == labels[:, None]).sum(axis=0), (answers >= 0).sum(axis=0)
    lottery = np.random.default_rng(random_state).permutation(answers.shape[1])
    cost = np.zeros(len(lottery)) if costs is None else costs
    return np.lexsort([lottery, cost, -right / np.maximum(answered, 1)])[:budget]


def by_information_where_answered(answers, labels, budget, random_state=0, costs=None):
    """Each query's information on the items that it answers, as if there were no others."""
    bits = [
        mutual_information(x[x >= 0], labels[x >= 0]) if (x >= 0).any() else 0 for x in answers.T
    ]
    right = (answers == labels[:, None]).mean(axis=0)
    lottery = np.random.default_rng(random_state).permutation(answers.shape[1])
    cost = np.zeros(len(lottery)) if costs is None else costs
    return np.lexsort([lottery, cost, -right, -np.round(bits, 9)])[:budget]


@pytest.mark.parametrize("selector", [by_accuracy_where_answered, by_information_where_answered])
def test_a_selector_that_weighs_answered_items_only_is_named(selector, few):
    report = check_selector(selector, max_examples=few, report=True)
    assert report.broken == ["rare answers"]
    with pytest.raises(BrokenLaw, match="rare answers") as caught:
        check_selector(selector, max_examples=few)
    table = caught.value.example["table"]
    assert table.n_items == 16  # two classes: one right on 14 of 16, the other on 2, else silent
    assert caught.value.found == (
        "bought 'right, but rare' first; of all items 'mostly right' is so on 88%, "
        "'right, but rare' is so on 12%"
    )


def test_a_selector_by_gain_ratio_keeps_the_law(few):
    def by_gain_ratio(answers, labels, budget, random_state=0):
        bits = [mutual_information(x, labels) / max(entropy(x), 1e-9) for x in answers.T]
        return np.argsort(-np.array(bits), kind="stable")[:budget]

    report = check_selector(by_gain_ratio, ties=False, max_examples=few, report=True)
    assert "rare answers" not in report.broken
