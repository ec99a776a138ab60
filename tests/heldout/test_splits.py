"""Splits and folds: every item where it belongs, and the same each time."""

import numpy as np
import pytest

from ensel import InputError, PredictionTable
from ensel.heldout.splits import folds, random_splits


def test_folds_test_every_item_once_a_repeat(small_pool):
    splits = folds(small_pool, n_folds=7, n_repeats=2, seed=3)
    assert len(splits) == 14
    for repeat in (splits[:7], splits[7:]):
        tested = np.concatenate([split.test for split in repeat])
        assert sorted(tested) == list(range(500))
    for split in splits:
        assert not set(split.train) & set(split.test)
        assert abs(small_pool.labels[split.test].sum() - 250 / 7) <= 1
    assert any((a.test != b.test).any() for a, b in zip(splits[:7], splits[7:], strict=True)
               if len(a.test) == len(b.test))  # fmt: skip


def test_rare_classes_are_dealt_out(real):
    table = PredictionTable(
        np.zeros((30, 2), dtype=int), [0] * 27 + [1] * 3, classes="ab", queries=["p", "q"]
    )
    tested = [np.bincount(table.labels[s.test], minlength=2)[1] for s in folds(table, 3, 1)]
    assert tested == [1, 1, 1]


def test_randomness_of_a_split_does_not_wear_out(small_pool):
    split = random_splits(small_pool, 1)[0]
    assert split.rng(2).random() == split.rng(2).random()
    assert split.rng(2).random() != split.rng(3).random()


def test_splits_differ_and_repeat(small_pool):
    a, b = random_splits(small_pool, 2, 0.5, seed=1)
    assert (a.test != b.test).any()
    again, _ = random_splits(small_pool, 2, 0.5, seed=1)
    np.testing.assert_array_equal(a.test, again.test)


def test_refuses(small_pool):
    with pytest.raises(InputError, match="2 to 500 folds"):
        folds(small_pool, n_folds=1)
    lonely = PredictionTable([[0]] * 9 + [[1]], [0] * 9 + [1], classes="ab", queries=["q"])
    with pytest.raises(InputError, match="only one class among"):
        folds(lonely, n_folds=5)
