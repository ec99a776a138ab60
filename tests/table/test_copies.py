"""Copies are found by their answers alone; samples of one model and mere likeness are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel import PredictionTable
from ensel.table.copies import FEWEST_ITEMS, MOST_LINES, find_copies


def drawn(accuracies, n_items=400, n_classes=4, seed=0):
    """Answers of models whose errors are independent."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, n_items)
    wrong = (labels[:, None] + rng.integers(1, n_classes, (n_items, len(accuracies)))) % n_classes
    right = rng.random(wrong.shape) < accuracies
    return np.where(right, labels[:, None], wrong)


def changed(column, n, n_classes=4):
    """A copy with other answers to the first few items."""
    other = column.copy()
    other[:n] = (other[:n] + 1) % n_classes
    return other


def found(answers, models=None, **details):
    names = [f"q{j}" for j in range(answers.shape[1])]
    return find_copies(answers, names, models or names, **details)


def hand_made():
    """100 items. The consensus is 0 throughout; a and b depart from it together.

    a is 0, 1, 2, 3, 0, 1, ...: 75 items are not 0. b is a, but for 2 in place of 1 on item 1.
    c, d, e are 0, but for eight items each of those on which a is 0: no two on the same.
    """
    a = np.arange(100) % 4
    b = a.copy()
    b[1] = 2
    others = np.zeros((100, 3), dtype=int)
    for place in range(24):
        others[4 * place, place % 3] = 1
    return np.column_stack([a, b, others])


def test_a_near_copy_by_hand():
    (copy,) = found(hand_made()).found
    assert (copy.query, copy.kept, copy.n_items, copy.n_differing) == ("q1", "q0", 100, 1)
    assert copy.agreement == 0.99  # 99 of 100
    assert str(copy) == "q1 is a copy of q0 (same answer on 99.0 % of 100 items): counted as one"


def test_one_difference_too_many_by_hand():
    answers = hand_made()
    answers[2, 1] = 3  # two of 100 differ: more than 1 %
    assert len(found(answers)) == 0


def test_with_two_answers_half_as_many_may_differ():
    answers = drawn([0.9, 0.8, 0.7, 0.6], n_items=1000, n_classes=2)
    for n, n_found in ((5, 1), (6, 0)):  # 0.5 % and 0.6 % of 1,000
        pool = np.column_stack([answers, changed(answers[:, 0], n, 2)])
        assert len(found(pool, two_answers=True)) == n_found


def test_missing_beside_given_is_a_difference_and_two_missing_are_nothing():
    answers = drawn([0.9, 0.8, 0.7, 0.6])
    other = answers[:, 0].copy()
    other[:3] = -1  # three of 390
    pool = np.column_stack([answers, other])
    pool[-10:, [0, 4]] = -1
    (copy,) = found(pool).found
    assert (copy.n_items, copy.n_differing) == (390, 3)
    pool[:5, 4] = -1  # five of 390: 1.3 %
    assert len(found(pool)) == 0


@pytest.mark.parametrize("accuracy", [0.95, 0.99, 0.995])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_strong_models_are_no_copies_of_each_other(accuracy, n_classes):
    answers = drawn([accuracy] * 8, n_items=2000, n_classes=n_classes)
    assert len(found(answers, two_answers=n_classes == 2)) == 0


def test_samples_of_one_model_are_no_copies():
    answers = drawn([0.9, 0.8, 0.7, 0.6])
    pool = np.column_stack([answers, answers[:, 0], changed(answers[:, 1], 1)])
    copies = found(pool, models=["a", "b", "c", "d", "a", "b"])
    assert len(copies) == 0
    assert copies.samples == (("q0", "q4"),)
    assert "q4 = q0" in copies.sample_lines()[0]


def test_the_first_is_kept_or_the_cheapest():
    answers = drawn([0.9, 0.8, 0.7, 0.6])
    pool = np.column_stack([answers, answers[:, 0], changed(answers[:, 0], 1)])
    assert {copy.kept for copy in found(pool).found} == {"q0"}
    assert {copy.kept for copy in found(pool, costs=np.ones(6)).found} == {"q0"}
    copies = found(pool, costs=np.array([3.0, 1, 1, 1, 3, 2])).found
    assert [(copy.query, copy.kept, copy.n_differing) for copy in copies] == [
        ("q0", "q5", 1),
        ("q4", "q5", 1),
    ]
    assert str(copies[0]).endswith("counted as one, q5 being cheaper")


def test_a_group_is_of_copies_of_the_one_that_is_first():
    answers = drawn([0.9, 0.8, 0.7, 0.6])
    twins = [changed(answers[:, 0], n) for n in (1, 2, 2)]  # the last two are the same
    copies = found(np.column_stack([answers, *twins]))
    ((kept, group),) = copies.groups
    assert (kept, [copy.n_differing for copy in group]) == ("q0", [1, 2, 2])


def test_too_few_answers_prove_nothing():
    answers = drawn([0.9, 0.8, 0.7, 0.6], n_items=FEWEST_ITEMS)
    pool = np.column_stack([answers, answers[:, 0]])
    assert len(found(pool)) == 1
    assert len(found(pool[:-1])) == 0


def test_exact_copies_that_tell_little_are_said_to_be_so():
    all_pass = np.ones((100, 2), dtype=int)
    others = drawn([0.9, 0.9, 0.9], n_items=100, n_classes=2) * 0 + 1
    for place in range(3):
        others[place::10, place] = 0
    (copy,) = found(np.column_stack([all_pass, others]), two_answers=True).found
    assert not copy.proven
    assert str(copy).startswith("q1 cannot be told from q0 (same answer on all 100 items)")


def test_many_copies_take_few_lines():
    answers = drawn([0.9, 0.8, 0.7, 0.6])
    copies = found(np.column_stack([answers] * 10))
    assert len(copies) == 36
    lines = copies.lines()
    assert len(lines) == MOST_LINES + 1
    assert lines[-1].startswith("28 more queries are copies of 4 others")


@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 3, 20]), st.integers(2, 5))
@settings(max_examples=20)
def test_order_of_items_and_names_of_classes_do_not_matter(seed, n_changed, n_classes):
    rng = np.random.default_rng(seed)
    answers = drawn([0.9, 0.8, 0.7, 0.6], seed=seed, n_classes=n_classes)
    pool = np.column_stack([answers, changed(answers[:, 0], n_changed, n_classes)])
    pool[rng.random(pool.shape) < 0.002] = -1
    renamed = np.append(rng.permutation(n_classes), -1)[pool[rng.permutation(len(pool))]]
    two = n_classes == 2
    assert found(pool, two_answers=two) == found(renamed, two_answers=two)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_codes_of_open_answers_may_be_drawn_anew(seed):
    rng = np.random.default_rng(seed)
    answers = drawn([0.9, 0.8, 0.7, 0.6], seed=seed)
    pool = np.column_stack([answers, changed(answers[:, 0], 2)])
    codes = rng.permuted(np.tile(np.arange(4), (len(pool), 1)), axis=1)
    assert found(pool) == found(np.take_along_axis(codes, pool, axis=1))


def test_tables_know_their_copies():
    pool = hand_made()
    table = PredictionTable(pool, classes="ABCD", queries=list("abcde"))
    assert table.without_copies().query_names == list("acde")
    alone = table.without_copies()
    assert alone.without_copies() is alone
    (line,) = table.trouble()
    assert line.startswith("duplicate columns: b ~ a (same answer on 99.0 % of 100 items)")


def test_mmlu_has_one_model_under_two_names(real):
    copies = real("mmlu-full").copies()
    (copy,) = copies.found
    assert {copy.query, copy.kept} == {"google_text-unicorn@001", "writer_palmyra-x-v3"}
    assert "same answer on 99.8 % of 14,014 items" in copies.lines()[0]


@pytest.mark.parametrize(
    "name", ["mmlu", "medmcqa", "imdb-llm", "imdb-api", "temperatures", "mgsm"]
)
def test_other_real_pools_have_none(real, name):
    table = real(name)
    assert table.without_copies() is table


def test_bootstrap_samples_of_a_classifier_are_no_copies(imdb):
    table = imdb
    assert table.without_copies() is table
    names = [name.replace("#", "-") for name in table.query_names]  # 90 models, as it were
    alike = find_copies(table.answers, names, names, two_answers=True)
    assert {copy.kept.rpartition("-")[0] for copy in alike.found} == {"lexicon"}
