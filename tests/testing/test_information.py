"""Laws of information estimators hold for the package's own, and name bugs put in on purpose."""

from functools import partial

import numpy as np
import pytest
from scipy.special import digamma

from ensel.information import (
    conditional_mutual_information,
    entropy,
    information_terms,
    information_with,
    mutual_information,
    pattern_ids,
)
from ensel.information.kernels.joint_counts import JointCounts
from ensel.testing import BrokenLaw, check_information_estimator


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


def of_entropies(entropy_of_counts):
    """I = H(Y) + H(X) - H(X, Y), each by an entropy of counts in bits."""

    def information(answers, labels):
        rows = (labels[:, None], answers, np.column_stack([answers, labels]))
        of_label, of_answers, of_both = (
            float(entropy_of_counts(np.bincount(pattern_ids(columns)))) for columns in rows
        )
        return of_label + of_answers - of_both

    information.__name__ = entropy_of_counts.__name__
    return information


def plug_in(counts):
    p = counts[counts > 0] / counts.sum()
    return -p @ np.log2(p)


def miller_madow(counts, times=1.0):
    return plug_in(counts) + times * (len(counts) - 1) / (2 * counts.sum() * np.log(2))


def jackknife(counts):
    """n H - (n - 1) times the mean of H with one item left out (Zahl 1977)."""
    n = counts.sum()
    one_less = [plug_in(counts - one) for one in np.eye(len(counts), dtype=int)]
    return n * plug_in(counts) - (n - 1) * (counts / n) @ one_less if n > 1 else 0.0


def g(counts):
    """Grassberger 2003 (arXiv physics/0307138): stands for log n."""
    halves = digamma((counts + 1) / 2) - digamma(counts / 2)
    return digamma(counts) + (-1.0) ** counts / 2 * halves


def grassberger(counts):
    n = counts.sum()
    return (np.log(n) - counts / n @ g(counts)) / np.log(2)


def grassberger_throughout(counts):
    n = counts.sum()
    return (g(n) - counts / n @ g(counts)) / np.log(2)


def chao_shen(counts):
    """Horvitz-Thompson sum of shares times the coverage (Chao & Shen 2003)."""
    n, once = counts.sum(), (counts == 1).sum()
    p = counts / n * (1 - min(once, n - 1) / n)
    return -(p * np.log2(p) / (1 - (1 - p) ** n)).sum()


def shrunken(counts):
    """Shares shrunken to equal ones (Hausser & Strimmer 2009), of the cells that occur."""
    n, p, equal = counts.sum(), counts / counts.sum(), 1 / len(counts)
    variance, distance = 1 - p @ p, (n - 1) * ((p - equal) ** 2).sum()
    weight = min(1.0, variance / distance) if distance > 0 else 1.0
    return plug_in(weight * equal + (1 - weight) * p)


CORRECTIONS = [miller_madow, jackknife, grassberger, grassberger_throughout, chao_shen, shrunken]


@pytest.mark.parametrize("entropy_of_counts", CORRECTIONS)
def test_bias_corrections_in_use_keep_the_laws(entropy_of_counts):
    function = of_entropies(entropy_of_counts)
    check_information_estimator(function, bias_corrected=True, max_examples=5)


def wrong_sign(counts):
    return miller_madow(counts, -1)


def doubled(counts):
    return miller_madow(counts, 2)


def base_10_above_16(counts):
    return plug_in(counts) / (np.log2(10) if len(counts) > 16 else 1)


def base_10_above_16_corrected(counts):
    return miller_madow(counts) / (np.log2(10) if len(counts) > 16 else 1)


def of_the_smaller_alphabet(answers, labels):
    """Right for a copy of the label, where all three alphabets are one; upwards everywhere."""
    fewest = min(pattern_ids(columns).max() for columns in (answers, labels))  # less one
    return mutual_information(answers, labels) + fewest / (2 * len(labels) * np.log(2))


def for_four_items_a_cell(counts):
    """The correction is that of one number of items for all numbers of them."""
    return plug_in(counts) + (len(counts) - 1) / (2 * 4 * len(counts) * np.log(2))


@pytest.mark.parametrize(
    ("function", "law", "found"),
    [
        # Plug-in's bias is -3/(2 x 16 ln 2) = -.135 to first order, -.145 in all; the correction
        # is .135 where all four classes occur. It goes the wrong way, and twice the right one.
        (of_entropies(wrong_sign), "smaller bias", "a bias of -0.2787 bits, plug-in's is -0.1452"),
        (of_entropies(doubled), "smaller bias", "a bias of +0.1216 bits, plug-in's is -0.1452"),
        (mutual_information, "smaller bias", "a bias of -0.1452 bits, plug-in's is -0.1452"),
        # Of two coins it adds 1/(2 x 24 ln 2) = .030 where it should take as much away.
        (
            of_the_smaller_alphabet,
            "no overcorrection",
            "a bias of +0.0626 bits, plug-in's is +0.0325",
        ),
        # log10 18 = 1.255, and 17/(2 x 18 x 128 ln 2 log2 10) = .0016 for the corrections.
        (of_entropies(base_10_above_16_corrected), "large alphabets", "1.25687 bits (base 10?)"),
    ],
)
def test_wrong_bias_corrections_are_named(function, law, found):
    with pytest.raises(BrokenLaw) as caught:
        check_information_estimator(function, bias_corrected=True, max_examples=5)
    assert caught.value.law.name == law
    assert found in caught.value.found


def test_a_correction_that_does_not_know_the_number_of_items_is_named():
    # Right at four items a cell, it is .0 there; at 96 items plug-in's bias is long gone.
    function = of_entropies(for_four_items_a_cell)
    report = check_information_estimator(function, bias_corrected=True, max_examples=5, report=True)
    assert report.broken[-1] == "shrinking bias"
    assert "smaller bias" not in report.broken


def test_a_correction_for_cells_that_never_occur_is_named():
    def for_all_cells(answers, labels):
        a, b = (pattern_ids(columns).max() for columns in (answers, labels))  # less one
        return mutual_information(answers, labels) - a * b / (2 * len(labels) * np.log(2))

    report = check_information_estimator(
        for_all_cells, bias_corrected=True, max_examples=5, report=True
    )
    assert report.broken == ["large alphabets", "smaller bias"]  # copies have no other cells
    detail = report.rows.set_index("law").loc["smaller bias", "detail"]
    # Where all four classes occur, -9/(2 x 16 ln 2) = -.406 on top of plug-in's -.145.
    assert "a bias of -0.5" in detail


def test_base_10_above_16_patterns_is_named():
    with pytest.raises(BrokenLaw, match="large alphabets") as caught:
        check_information_estimator(of_entropies(base_10_above_16), plug_in=True, max_examples=5)
    # log10 18 = 1.25527, log2 18 = 4.16993
    assert caught.value.found == (
        "1.25527 bits (base 10?) of 18 patterns and 18 classes; 4.16993 is true"
    )


def test_base_10_above_16_cells_of_both_is_named():
    def only_of_both(answers, labels):
        both = np.bincount(pattern_ids(np.column_stack([answers, labels])))
        return entropy(answers) + entropy(labels) - base_10_above_16(both)

    report = check_information_estimator(only_of_both, max_examples=5, report=True)
    assert "large alphabets" in report.broken


def test_the_chain_rule_is_asked_of_many_patterns():
    def base_10_above_16_given(answers, labels, given):
        value = conditional_mutual_information(answers, labels, given)
        many = len(np.unique(np.column_stack([answers, given]), axis=0)) > 16
        return value / (np.log2(10) if many else 1)

    with pytest.raises(BrokenLaw, match="large alphabets") as caught:
        check_information_estimator(
            mutual_information, conditional=base_10_above_16_given, max_examples=10
        )
    assert "the others add" in caught.value.found


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
