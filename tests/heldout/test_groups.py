"""Copies of one question count as one: folds, splits, intervals, shuffles, resamples."""

import numpy as np
import pandas as pd
import pytest

from ensel import InputError, PredictionTable, compare, describe, error_floor, select
from ensel.choosing.evidence import assess_information
from ensel.heldout.intervals import SplitScores, by_question
from ensel.heldout.splits import distinct_rows, folds, random_splits


def copied(table: PredictionTable, times: int) -> PredictionTable:
    """Every item several times, marked as copies."""
    rows = np.repeat(np.arange(table.n_items), times)
    items = pd.DataFrame({"group": rows}, index=np.arange(len(rows)))
    return PredictionTable(
        table.answers[rows], table.labels[rows], classes=table.classes, queries=table.queries,
        items=items, name="copies",
    )  # fmt: skip


def test_groups_number_questions_and_leave_items_without_one_alone():
    items = pd.DataFrame({"group": ["q", "", "q", np.nan, "", "r"]})
    table = PredictionTable([[0]] * 6, [0, 1] * 3, classes="ab", queries=["m"], items=items)
    assert table.groups.tolist() == [0, 1, 0, 2, 3, 4]


def test_parts_hold_whole_questions(small_pool):
    table = copied(small_pool.subset(items=slice(0, None, 9)), 3)
    splits = [*random_splits(table, 4, 0.4), *random_splits(table, 2, 50), *folds(table, 7, 2)]
    for split in splits:
        assert not set(table.groups[split.train]) & set(table.groups[split.test])
        # Exact copies are learned from once, and tested as often as they stand there.
        assert 3 * len(split.train) + len(split.test) == 168
    assert all(len(split.train) == 22 for split in splits[:4])
    first, second = table.split(0.5)
    assert not set(first.items["group"]) & set(second.items["group"])
    with pytest.raises(InputError, match="2 to 56 folds"):
        folds(table, 57, 1)


def test_copies_do_not_narrow_intervals():
    """Each score three times over: the variance is that of the scores once."""
    rng = np.random.default_rng(0)
    once = rng.integers(0, 2, 90).astype(float)
    alone = SplitScores(90, [np.arange(90)], [once])
    rows = np.repeat(np.arange(90), 3)
    thrice = SplitScores(270, [np.arange(270)], [once[rows]], rows)
    assert thrice.item_variance() == pytest.approx(alone.item_variance(), rel=1e-6)
    assert thrice.n_tested == 90
    parts = [np.arange(0, 60), np.arange(30, 90)]
    alone = SplitScores(90, parts, [once[:60], 1 - once[30:]])
    parts = [np.arange(0, 180), np.arange(90, 270)]
    thrice = SplitScores(270, parts, [once[rows][:180], 1 - once[rows][90:]], rows)
    assert thrice.training_variance() == pytest.approx(alone.training_variance(), rel=1e-6)


def test_by_question_keeps_the_mean():
    rng = np.random.default_rng(1)
    groups = np.unique(rng.integers(0, 40, 100), return_inverse=True)[1]
    values = rng.random((100, 3))
    np.testing.assert_allclose(by_question(values, groups).mean(axis=0), values.mean(axis=0))


def test_copies_teach_nothing_new(small_pool):
    """What is bought, fitted and promised from a table is what it is from its copies."""
    pool = small_pool.subset(items=slice(0, None, 4))
    one, many = (
        select(t, 3, method="greedy-logit", n_boot=2, n_repeats=1) for t in (pool, copied(pool, 5))
    )
    assert one.queries == many.queries
    np.testing.assert_array_equal(one.policy.vote_.weights_, many.policy.vote_.weights_)
    assert one.learning_curve["n_train"].tolist() == many.learning_curve["n_train"].tolist()


def test_near_copies_are_all_learned_from():
    items = pd.DataFrame({"group": [0, 0, 0, 1]})
    table = PredictionTable(
        [[0, 1], [0, 1], [0, 0], [0, 1]], [0, 0, 0, 1], classes="ab", queries=["m", "n"],
        items=items,
    )  # fmt: skip
    assert distinct_rows(table).tolist() == [0, 2, 3]


def test_describe_and_floor_count_questions(small_pool):
    pool = small_pool.subset(items=slice(0, None, 5))
    table = copied(pool, 6)
    one, many = (
        describe(t).queries[["accuracy_low", "accuracy_high"]].to_numpy() for t in (pool, table)
    )
    np.testing.assert_allclose(one, many, atol=1e-7)
    one, many = (error_floor(t, n_boot=40).estimates["mean_error"] for t in (pool, table))
    assert many.high - many.low > 0.7 * (one.high - one.low)


def test_too_few_questions(small_pool):
    table = small_pool.subset(items=slice(0, None, 10))
    few = PredictionTable(
        table.answers, table.labels, classes=table.classes, queries=table.queries,
        items=pd.DataFrame({"group": np.arange(50) % 4}), name="four",
    )  # fmt: skip
    with pytest.raises(InputError, match=r"4 questions \(by the column group\) are too few"):
        select(few, 2)
    one = PredictionTable(
        table.answers, table.labels, classes=table.classes, queries=table.queries,
        items=pd.DataFrame({"group": ["x"] * 50}), name="one",
    )  # fmt: skip
    with pytest.raises(InputError, match="copies of one question"):
        compare(one)


def test_select_and_compare_promise_no_more_for_copies(small_pool):
    pool = small_pool.subset(items=slice(0, None, 4))
    table = copied(pool, 4)
    one = select(pool, 3, n_boot=20)
    four = select(table, 3, n_boot=20)

    def width(estimate):
        return estimate.high - estimate.low

    assert width(four.expected) > 0.8 * width(one.expected)  # half as wide, if they were items
    assert width(four.single) > 0.8 * width(one.single)
    assert "copies of 125 questions" in " ".join(table.trouble())
    alone, copies = (
        compare(t, methods=["top-k"], votes=["weighted"], budgets=[1], train=0.5).rows.iloc[0]
        for t in (pool, table)
    )
    assert copies.accuracy_high - copies.accuracy_low > 0.7 * (
        alone.accuracy_high - alone.accuracy_low
    )


def test_shuffles_swap_the_labels_of_whole_questions():
    """25 questions of 8 copies, a pattern a question: shuffled, the patterns still tell all."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(25), 8)
    labels = rng.integers(0, 2, 25)[groups]
    answers = np.stack([groups % 5, groups // 5], axis=1)
    kept = assess_information(answers, labels, groups=groups)
    assert kept.null_mean == pytest.approx(kept.label_entropy, abs=1e-9)
    assert kept.p_value == 1.0
    assert assess_information(answers, labels).null_mean < 0.3 * kept.null_mean


def test_shuffles_leave_the_labels_of_the_table_as_they_are():
    """Copies that differ in label, and in number: noise tells as little as its null."""
    rng = np.random.default_rng(2)
    groups = np.concatenate([np.repeat(np.arange(40), 5), np.arange(40, 90)])
    labels = (np.arange(250) % 5 == 0).astype(int)
    good = np.where(rng.random((250, 2)) < 0.8, labels[:, None], 1 - labels[:, None])
    assert assess_information(good, labels, groups=groups).p_value < 0.05
    noise = rng.integers(0, 2, (250, 2))
    found = assess_information(noise, labels, groups=groups)
    assert found.p_value > 0.05
    assert found.null_mean < 0.05
