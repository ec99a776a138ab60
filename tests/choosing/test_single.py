"""The single best query is one query; what it owes to having been picked is taken off."""

import numpy as np
import pytest

from ensel import PredictionTable, select
from ensel.choosing.single import single_of
from ensel.error_model import simulate


def best_of(table):
    return int(np.argmax(table.accuracies))


def test_the_luck_of_noise_is_what_it_is():
    """Simulated: eight queries right by chance on half; the best of them is expected to get .5."""
    found, naive = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        table = PredictionTable(
            rng.integers(2, size=(100, 8)),
            rng.integers(2, size=100),
            classes="ab",
            queries=list("pqrstuvw"),
        )
        single = single_of(table, best_of(table))
        naive.append(single.scores.mean())
        found.append(single.accuracy)
    assert np.mean(naive) > 0.56  # the largest of eight means with an error of 5 points
    assert np.mean(found) == pytest.approx(0.5, abs=0.015)


def test_a_clear_best_owes_nothing():
    pool = simulate(800, [0.1, 0.4, 0.4], 0.2, random_state=0)
    single = single_of(pool, best_of(pool))
    assert single.luck < 0.001
    assert single.accuracy == pytest.approx(pool.accuracies.max(), abs=0.001)


def test_of_one_query_there_is_no_luck():
    pool = simulate(100, [0.3, 0.3], 0.2, random_state=0).subset(queries=[0])
    assert single_of(pool, 0).luck < 0.005


def test_copies_of_a_question_are_one(real):
    table = real("mmlu").subset(items=slice(0, 400))
    single = single_of(table, best_of(table))
    assert len(single.scores) == table.n_questions
    assert single.scores.mean() == pytest.approx(table.accuracies.max())


def test_two_equal_queries_do_not_make_the_baseline_low():
    """Both are right on 90 of 100; every fold would take the one that is worse on it."""
    labels = np.arange(100) % 2
    answers = np.column_stack([labels, labels])
    answers[:10, 0] ^= 1
    answers[10:20, 1] ^= 1
    table = PredictionTable(answers, labels, classes="ab", queries=["a", "b"])
    result = select(table, 1, n_boot=5, n_again=1, progress=False)
    assert result.method == "single-best"
    # The better of two whose difference has an error of 4.5 points leads by half of .8 of that.
    assert 0.90 - 0.025 < result.single.value <= 0.90
    assert result.expected == result.single


def test_only_what_can_be_paid_is_a_rival():
    pool = simulate(200, [0.2, 0.21, 0.22], 0.2, random_state=0)
    priced = pool.replace(queries=pool.queries.assign(cost=[5.0, 1.0, 1.0]))
    cheap = single_of(priced, 1, money=2.0)
    assert cheap.luck <= single_of(priced, 0).luck + 1e-9


def test_what_rounding_alone_puts_above_the_money_can_be_paid():
    """0.1 + 0.2 is not 0.3, and is what three tenths buy."""
    pool = simulate(100, [0.4, 0.2, 0.3], 0.2, random_state=0)
    priced = pool.replace(queries=pool.queries.assign(cost=[0.1, 0.1 + 0.2, 0.2]))
    result = select(priced, 1, money=0.3, n_boot=5, n_again=1, progress=False)
    assert result.queries == [pool.query_names[1]]
