"""Laws of information estimators hold for the package's own, and name bugs put in on purpose."""

from functools import partial

import numpy as np
import pytest

from ensel.information import (
    conditional_mutual_information,
    entropy,
    information_terms,
    information_with,
    mutual_information,
    pattern_ids,
)
from ensel.information.kernels.joint_counts import JointCounts
from ensel.testing import check_information_estimator


def column_by_column(answers, labels):
    """The chain rule over the three terms."""
    columns = range(answers.shape[1])
    terms = [information_terms(answers, labels, list(range(j)), [j]).gain[0] for j in columns]
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
def test_plug_in_information(function, few):
    check_information_estimator(
        function, conditional=conditional_mutual_information, plug_in=True, max_examples=few
    )


def test_miller_madow_keeps_the_laws_that_it_should(few):
    corrected = {"correction": "miller-madow"}
    estimate = partial(mutual_information, **corrected)
    report = check_information_estimator(
        estimate,
        conditional=partial(conditional_mutual_information, **corrected),
        bias_corrected=True,
        max_examples=few,
        report=True,
    )
    assert report.broken == []
    assert report.skipped == ["range", "more queries", "merging answers", "plug-in"]
    # Taken for uncorrected it is caught: it may be negative.
    assert "range" in check_information_estimator(estimate, max_examples=few, report=True).broken


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
def test_information_bugs_are_named(function, law, broken):
    assert broken(check_information_estimator, function) == law


def test_a_wrong_chain_rule_is_named(broken):
    def not_given(answers, labels, given):
        return mutual_information(answers, labels)

    law = broken(check_information_estimator, mutual_information, conditional=not_given)
    assert law == "chain rule"
