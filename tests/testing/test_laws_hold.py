"""The laws hold for what the package has, and catch bugs put in on purpose."""

import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator

from ensel.information import (
    conditional_mutual_information,
    entropy,
    information_terms,
    information_with,
    mutual_information,
    pattern_ids,
)
from ensel.information.kernels.joint_counts import JointCounts
from ensel.selection import SELECTORS
from ensel.testing import (
    INFORMATION_LAWS,
    SELECTOR_LAWS,
    VOTE_LAWS,
    BrokenLaw,
    check_information_estimator,
    check_selector,
    check_vote,
    copula_pools,
    degraded_queries,
    prediction_tables,
)
from ensel.voting import VOTES, MajorityVote

FEW = 20  # examples of each law
PAGE = Path(__file__).resolve().parents[2] / "docs" / "testing.md"
OF_THEIR_OWN = {"self-moa": {"fewer": True}, "random": {"random": True}}


def broken(check, subject, **flags):
    """The law that a subject breaks first; the example must be small."""
    with pytest.raises(BrokenLaw) as caught:
        check(subject, max_examples=FEW, **flags)
    table = caught.value.example["table"]
    assert table.answers.size <= 12  # tables of up to 48 answers are tried
    assert str(table.answers.tolist()) in str(caught.value)
    assert f"breaks {caught.value.law.name!r}" in str(caught.value)
    return caught.value.law.name


# -- the package's own ----------------------------------------------------------------------------


def column_by_column(answers, labels):
    """The chain rule over the three terms."""
    terms = [information_terms(answers, labels, list(range(j)), [j]).gain[0]
             for j in range(answers.shape[1])]  # fmt: skip
    return sum(terms)


def last_column_joined(answers, labels):
    bought = pattern_ids(answers[:, :-1]) if answers.shape[1] > 1 else np.zeros_like(labels)
    return information_with(bought, answers[:, -1:], labels)[0]


def counted(answers, labels):
    """By the compiled kernel."""
    ids = pattern_ids(labels)
    n_labels = int(ids.max()) + 1
    pattern = pattern_ids(answers[:, :-1]) if answers.shape[1] > 1 else np.zeros_like(labels)
    left = JointCounts(answers[:, -1:], ids).left(ids, n_labels, pattern, int(pattern.max()) + 1)
    return entropy(labels) - left[0] / len(labels)


@pytest.mark.parametrize(
    "function", [mutual_information, column_by_column, last_column_joined, counted]
)
def test_plug_in_information(function):
    check_information_estimator(
        function, conditional=conditional_mutual_information, plug_in=True, max_examples=FEW
    )


def test_miller_madow_keeps_the_laws_that_it_should():
    corrected = {"correction": "miller-madow"}
    estimate = partial(mutual_information, **corrected)
    report = check_information_estimator(
        estimate,
        conditional=partial(conditional_mutual_information, **corrected),
        bias_corrected=True,
        max_examples=FEW,
        report=True,
    )
    assert report.broken == []
    assert report.skipped == ["range", "more queries", "merging answers", "plug-in"]
    # Taken for uncorrected it is caught: it may be negative.
    assert "range" in check_information_estimator(estimate, max_examples=FEW, report=True).broken


@pytest.mark.parametrize("name", sorted(SELECTORS))
def test_selectors(name):
    check_selector(SELECTORS[name], max_examples=FEW, **OF_THEIR_OWN.get(name, {}))


@pytest.mark.parametrize("name", sorted(VOTES))
def test_votes(name):
    check_vote(VOTES[name], tolerance=1e-9, max_examples=FEW)


# -- information estimators with a bug ------------------------------------------------------------


def in_nats(answers, labels):
    return mutual_information(answers, labels) * np.log(2)


def without_missing(answers, labels):
    kept = (answers >= 0).all(axis=1)
    return mutual_information(answers[kept], labels[kept]) if kept.any() else 0.0


def missing_as_first_class(answers, labels):
    return mutual_information(np.maximum(answers, 0), labels)


def clipped_at_1(answers, labels):
    return min(mutual_information(answers, labels), 1.0)


def one_by_one(answers, labels):
    return sum(mutual_information(column, labels) for column in answers.T)


def recodes_in_place(answers, labels):
    answers[answers < 0] = answers.max() + 1
    return mutual_information(answers, labels)


def by_correlation(answers, labels):
    """Information of a normal pair: it takes codes for amounts."""
    if answers[:, 0].std() == 0 or labels.std() == 0:
        return 0.0
    r = np.corrcoef(answers[:, 0], labels)[0, 1]
    return float(min(-0.5 * np.log2(max(1 - r**2, 2.0**-2)), entropy(labels)))


@pytest.mark.parametrize(
    ("function", "law"),
    [
        (in_nats, "bits"),
        (clipped_at_1, "bits"),
        (by_correlation, "bits"),
        (without_missing, "missing is a symbol"),
        (missing_as_first_class, "missing is a symbol"),
        (one_by_one, "copies"),
        (recodes_in_place, "inputs kept"),
    ],
)
def test_information_bugs_are_named(function, law):
    assert broken(check_information_estimator, function) == law


def test_a_wrong_chain_rule_is_named():
    def not_given(answers, labels, given):
        return mutual_information(answers, labels)

    law = broken(check_information_estimator, mutual_information, conditional=not_given)
    assert law == "chain rule"


# -- selectors with a bug -------------------------------------------------------------------------


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


def test_what_the_bugs_are_put_into_has_none():
    assert check_selector(by_accuracy, max_examples=FEW, report=True).broken == []


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
def test_selector_bugs_are_named(selector, law):
    assert broken(check_selector, selector) == law


def test_a_selector_that_draws_without_a_seed_is_named():
    with pytest.raises(BrokenLaw, match="same seed") as caught:
        check_selector(unseeded, max_examples=FEW)
    assert "bought" in caught.value.found


def test_silence_taken_for_right_is_named():
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


# -- votes with a bug -----------------------------------------------------------------------------


def shares(answers, labels, asked, n_classes):
    """Shares of the votes, ties left alone: what the bugs are put into."""
    votes = (asked[:, :, None] == np.arange(n_classes)).sum(axis=1) + 1e-3
    return votes / votes.sum(axis=1, keepdims=True)


def unnormalised(answers, labels, asked, n_classes):
    return (asked[:, :, None] == np.arange(n_classes)).mean(axis=1)


def silence_is_the_last_class(answers, labels, asked, n_classes):
    return np.eye(n_classes)[asked].mean(axis=1)


def relative_to_the_others(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes)
    p = p / p.mean(axis=0)
    return p / p.sum(axis=1, keepdims=True)


def first_column_twice(answers, labels, asked, n_classes):
    return shares(answers, labels, asked[:, [0, *range(asked.shape[1])]], n_classes)


def leans_to_class_0(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes) + 0.2 * np.eye(n_classes)[0]
    return p / p.sum(axis=1, keepdims=True)


def knows_the_prior(answers, labels, train, n_classes):
    p = shares(answers, labels, answers, n_classes)
    p = p * (np.bincount(labels, minlength=n_classes) + 1)
    return p / p.sum(axis=1, keepdims=True)


def only_patterns_seen(answers, labels, asked, n_classes):
    seen = {tuple(row): label for row, label in zip(answers.tolist(), labels, strict=True)}
    speaks = (asked >= 0).sum(axis=1) == 1
    known = [seen.get(tuple(row), -1) for row in asked.tolist()]
    return np.where(speaks, asked.max(axis=1), known)


class Second(MajorityVote):
    """Predicts the class of the smallest probability."""

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmin(axis=1)]


@pytest.mark.parametrize(
    ("vote", "law"),
    [
        (unnormalised, "probabilities"),
        (Second, "most probable class"),
        (silence_is_the_last_class, "missing abstains"),
        (relative_to_the_others, "company of items"),
        (knows_the_prior, "held-out labels"),
        (leans_to_class_0, "names of classes"),
        (first_column_twice, "order of columns"),
        (only_patterns_seen, "silent item"),
    ],
)
def test_vote_bugs_are_named(vote, law):
    assert broken(check_vote, vote) == law


def test_what_the_vote_bugs_are_put_into_has_none():
    assert check_vote(shares, max_examples=FEW, report=True).broken == []


def test_a_constant_vote_is_no_better_than_chance():
    def always_0(answers, labels, asked):
        return np.zeros(len(asked), dtype=int)

    report = check_vote(always_0, max_examples=FEW, report=True)
    assert report.broken == ["missing abstains", "better than chance"]
    assert report.skipped == [
        "probabilities", "most probable class", "names of classes", "order of columns",
    ]  # fmt: skip
    assert "gives classes, no probabilities" in str(report)
    assert "of 12 laws broken" in str(report)


# -- the page, the strategies, the extra ----------------------------------------------------------


def test_the_page_runs_and_lists_every_law():
    text, names = PAGE.read_text(encoding="utf-8"), {}
    for block in re.findall(r"```python\n(.*?)```", text, flags=re.S):
        exec(compile(block, str(PAGE), "exec"), names)
    listed = re.findall(r"^\| `([^`]+)` \| (.+?) \|$", text, flags=re.M)
    ours = [(law.name, law.says) for law in [*INFORMATION_LAWS, *SELECTOR_LAWS, *VOTE_LAWS]]
    assert listed == ours


@given(st.data())
def test_tables_are_what_the_knobs_say(data):
    table = data.draw(prediction_tables(
        min_items=3, max_items=5, min_queries=2, max_queries=3, max_classes=4,
        classes_seen="all", missing=False, duplicates=False, costs=False, models=False,
    ))  # fmt: skip
    assert table.n_items <= max(5, table.n_classes)
    assert 2 <= table.n_queries <= 3
    assert set(table.known_labels) == set(range(table.n_classes))
    assert (table.answers >= 0).all()
    assert table.costs is None
    other = data.draw(prediction_tables(classes_seen=2))
    assert len(set(other.known_labels)) >= 2
    assert set(other.costs) <= {0.0, 1.0, 2.0}


def test_tables_have_what_makes_trouble():
    found = dict.fromkeys(("missing", "duplicates", "samples", "skewed", "silent"), 0)

    @given(prediction_tables())
    def look(table):
        found["missing"] += (table.answers == -1).any()
        found["silent"] += (table.answers == -1).all(axis=0).any()
        found["duplicates"] += bool(table.duplicate_queries())
        found["samples"] += len(set(table.models)) < table.n_queries
        found["skewed"] += (table.known_labels == 0).mean() > 0.7

    look()
    assert min(found.values()) >= 1, found


@given(copula_pools(min_items=2000, max_items=2000))
def test_pools_err_as_often_as_they_should(pool):
    # Rates are in [.05, .45]; 5 standard errors of a share of 2,000 are at most .056.
    assert pool.accuracies.between(0.55 - 0.056, 0.95 + 0.056).all()


@given(degraded_queries(min_noise=1.0, max_noise=1.0, min_items=2000, max_items=2000))
def test_a_wholly_degraded_copy_is_noise(found):
    copy = found.table.answers[:, found.degraded]
    # Plug-in bias of independent variables with at most 5 x 4 cells: 12 / (2 n ln 2) = .004 bits.
    assert mutual_information(copy, found.table.labels) < 0.03


def test_the_same_examples_every_time():
    messages = []
    for _ in range(2):
        with pytest.raises(BrokenLaw) as caught:
            check_selector(one_too_few, max_examples=FEW)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_ensel_does_without_hypothesis():
    code = (
        "import sys; sys.modules['hypothesis'] = None; from ensel import PredictionTable\n"
        "try:\n    import ensel.testing\nexcept ImportError as error:\n    print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == (
        "ensel.testing needs hypothesis; pip install 'ensel[testing]' brings it"
    )


def test_what_can_be_no_subject_is_refused():
    with pytest.raises(TypeError, match="an estimator with get_params and fit"):
        check_selector(3)
