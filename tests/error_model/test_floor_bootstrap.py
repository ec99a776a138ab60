"""Intervals of an error floor."""

from ensel import error_floor
from ensel.error_model import simulate


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
    from ensel.error_model.floor_bootstrap import best_of_many

    return best_of_many(float(1 - pool.accuracies.max()), pool)
