"""Samples that stand for all that are alike give the expected value over every single one."""

from itertools import product
from math import comb

import numpy as np
import pytest

from ensel.information import mutual_information
from ensel.testing.sample_spaces import copied_labels, independent_coins


def over_every_sequence(cells, n_items):
    """Mean of plug-in over all sequences of equally likely (answer, label) pairs."""
    values = [mutual_information(*np.array(items).T) for items in product(cells, repeat=n_items)]
    return np.mean(values)


@pytest.mark.parametrize(("n_classes", "n_items"), [(2, 5), (3, 5), (4, 4)])
def test_copies_are_those_of_every_sequence(n_classes, n_items):
    space = copied_labels(n_classes, n_items)
    expected = over_every_sequence([(k, k) for k in range(n_classes)], n_items)
    assert space.plug_in_bias == pytest.approx(expected - np.log2(n_classes), abs=1e-12)
    assert space.probabilities.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("n_items", [2, 3, 5])
def test_coins_are_those_of_every_sequence(n_items):
    space = independent_coins(n_items)
    expected = over_every_sequence(list(product(range(2), repeat=2)), n_items)
    assert space.plug_in_bias == pytest.approx(expected, abs=1e-12)
    assert space.probabilities.sum() == pytest.approx(1, abs=1e-12)


def test_plug_in_bias_of_many_items_is_that_of_the_sum_over_binomials():
    # E H = -K sum_j P(j of n) j/n log2(j/n), each class being there j times of n: K = 5, n = 20.
    share = np.arange(1, 21) / 20
    chance = np.array([comb(20, j) * 0.2**j * 0.8 ** (20 - j) for j in range(1, 21)])
    expected = -5 * (chance * share * np.log2(share)).sum()
    assert copied_labels(5, 20).plug_in_bias == pytest.approx(expected - np.log2(5), abs=1e-12)
