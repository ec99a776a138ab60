"""Entropies and information against values computed by hand, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from ensel.information import (
    conditional_mutual_information,
    entropy,
    entropy_of_counts,
    information_terms,
    information_with,
    mutual_information,
    pattern_ids,
)


def test_entropy_by_hand():
    # Shares 1/2, 1/4, 1/4: H = 1/2 * 1 + 2 * 1/4 * 2 = 1.5 bits.
    assert entropy([7, 7, 3, 5]) == pytest.approx(1.5, abs=1e-12)


def test_miller_madow_by_hand():
    # 4 items, 3 occupied cells: 1.5 + (3 - 1) / (2 * 4 * ln 2) = 1.5 + 0.36067...
    assert entropy([7, 7, 3, 5], correction="miller-madow") == pytest.approx(
        1.5 + 2 / (8 * np.log(2)), abs=1e-12
    )


def test_information_table_by_hand():
    # Joint counts of (label, answer):       answer 0   answer 1
    #                              label 0       3          1
    #                              label 1       1          3
    # H(Y) = H(X) = 1. H(X, Y) of shares 3/8, 1/8, 1/8, 3/8 = 2 (3/8 log2(8/3) + 1/8 log2 8)
    #  = 2 (0.375 * 1.4150375 + 0.375) = 1.8112781. I = 2 - 1.8112781 = 0.1887219.
    y = [0, 0, 0, 0, 1, 1, 1, 1]
    x = [0, 0, 0, 1, 0, 1, 1, 1]
    assert mutual_information(x, y) == pytest.approx(0.1887219, abs=1e-7)
    # Miller-Madow: (2-1) + (2-1) - (4-1) = -1 cells, over 2 * 8 * ln 2 = 11.0904: -0.0901684.
    assert mutual_information(x, y, correction="miller-madow") == pytest.approx(
        0.1887219 - 0.0901684, abs=1e-7
    )


def test_missing_is_a_symbol():
    # The query answers only on class 1, always 0 then: silence tells the class.
    assert mutual_information([-1, -1, 0, 0], [0, 0, 1, 1]) == pytest.approx(1.0)


def test_xor_has_no_parts():
    # Neither answer alone tells of the XOR; together they settle it (1 bit).
    a, b = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    y = a ^ b
    assert mutual_information(a, y) == 0
    assert mutual_information(np.column_stack([a, b]), y) == pytest.approx(1.0)
    assert conditional_mutual_information(a, y, given=b) == pytest.approx(1.0)


def test_no_queries_tell_nothing():
    assert mutual_information(np.empty((4, 0), dtype=int), [0, 1, 0, 1]) == 0


def test_weights_are_repetitions():
    x, y, times = [0, 1, 1], [0, 1, 0], np.array([3, 2, 1])
    assert mutual_information(x, y, weights=times) == pytest.approx(
        mutual_information(np.repeat(x, times), np.repeat(y, times))
    )


def test_candidates_at_once_equal_one_by_one(real):
    table = real("mmlu")
    X, y = table.answers[:1500], table.labels[:1500]
    pattern = pattern_ids(X[:, [0, 3]])
    for correction in ("plug-in", "miller-madow"):
        at_once = information_with(pattern, X, y, correction=correction)
        singly = [
            mutual_information(np.column_stack([X[:, [0, 3]], X[:, j]]), y, correction=correction)
            for j in range(X.shape[1])
        ]
        np.testing.assert_allclose(at_once, singly, atol=1e-12)


def test_agrees_with_scikit_learn(real):
    table = real("imdb-llm")
    for column in table.answers.T:
        theirs = mutual_info_score(table.labels, column) / np.log(2)
        assert mutual_information(column, table.labels) == pytest.approx(theirs, abs=1e-12)


def test_three_terms_by_hand():
    # Y = first bit; the candidate copies what is bought: I(Y;X) = 1, I(X;S) = 1, and given Y both
    # are constant, so the third term is 0: gain 1 - 1 + 0 = 0.
    y = np.array([0, 0, 1, 1])
    terms = information_terms(np.column_stack([y, y]), y, bought=[0], candidates=[1])
    assert [float(t[0]) for t in terms] == pytest.approx([1, 1, 0], abs=1e-12)
    assert terms.gain[0] == pytest.approx(0, abs=1e-12)


def test_long_patterns_do_not_overflow():
    rng = np.random.default_rng(0)
    wide = rng.integers(-1, 120, size=(200, 40))
    again = np.vstack([wide, wide])
    ids = pattern_ids(again)
    np.testing.assert_array_equal(ids[:200], ids[200:])
    assert len(np.unique(ids)) == len(np.unique(wide, axis=0))


def test_refuses_fractions_and_unknown_corrections():
    with pytest.raises(ValueError, match="integer codes"):
        mutual_information([0.5, 1.0], [0, 1])
    with pytest.raises(ValueError, match="'plug-in' or 'miller-madow'"):
        entropy_of_counts(np.array([1, 2]), "chao-shen")
