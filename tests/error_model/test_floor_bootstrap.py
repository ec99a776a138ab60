"""Intervals of an error floor."""

import numpy as np
import pytest

from ensel import PredictionTable, error_floor
from ensel.error_model import simulate
from ensel.error_model.floor_bootstrap import Resampling, best_of_many


def test_clustered_intervals_are_wider(real):
    table = real("mmlu").subset(queries=slice(0, 4))
    alone = error_floor(table, n_boot=60).estimates["mean_error"]
    grouped = error_floor(table, n_boot=60, cluster="subject").estimates["mean_error"]
    assert grouped.high - grouped.low > 1.5 * (alone.high - alone.low)


def test_interval_of_the_best_allows_for_the_choice():
    """Simulated: twenty equal models; the best of them is no better than .2."""
    covered = 0
    for seed in range(40):
        pool = simulate(300, [0.2] * 20, 0.5, random_state=seed)
        e = error_floor_best(pool)
        covered += e.low <= 0.2 <= e.high
    assert covered >= 37


def error_floor_best(pool):
    return best_of_many(float(1 - pool.accuracies.max()), pool)


def test_interval_of_the_best_counts_questions():
    """Every question three times: the interval of the questions counted once."""
    pool = simulate(100, [0.2, 0.3], 0.5, random_state=0)
    rows, error = np.repeat(np.arange(100), 3), float(1 - pool.accuracies.max())
    thrice = PredictionTable(
        pool.answers[rows], pool.labels[rows], classes=pool.classes, queries=pool.queries
    )
    once = best_of_many(error, pool, np.arange(100))
    assert best_of_many(error, thrice, rows) == pytest.approx(once)
    assert best_of_many(error, thrice, np.arange(300)).high < once.high


def test_what_is_drawn_whole(real):
    table = real("mmlu")
    clusters = Resampling([], "subject", 2, 0, False).groups(table)
    assert len(set(clusters)) == table.items["subject"].nunique()
    assert Resampling([], None, 2, 0, False).groups(table) is table.groups
