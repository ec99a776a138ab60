"""Copies of one question count as one: folds, splits, intervals, shuffles, resamples."""

import numpy as np
import pandas as pd
import pytest

from ensel import InputError, PredictionTable, compare, select
from ensel.evaluation.evidence import assess_information
from ensel.evaluation.intervals import SplitScores, by_question
from ensel.evaluation.splits import folds, random_splits


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
        assert len(split.train) + len(split.test) == 168
    assert all(len(split.train) == 66 for split in splits[:4])
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
    assert copies.ci_high - copies.ci_low > 0.7 * (alone.ci_high - alone.ci_low)


def test_shuffles_keep_copies_together():
    """25 questions of 8 copies, a pattern a question: shuffled, the patterns still tell all."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(25), 8)
    labels = rng.integers(0, 2, 25)[groups]
    answers = np.stack([groups % 5, groups // 5], axis=1)
    kept = assess_information(answers, labels, groups=groups)
    assert kept.null_mean == pytest.approx(kept.label_entropy, abs=1e-9)
    assert kept.p_value == 1.0
    assert assess_information(answers, labels).null_mean < 0.3 * kept.null_mean
