"""What the laws of selectors are asked of: tables with budgets, ties, copies and prices."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ensel.information.candidates import information_with
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.testing.strategies import prediction_tables


def _budgets(**knobs: Any) -> Any:
    """Tables with budgets that they allow."""
    return prediction_tables(**knobs).flatmap(
        lambda table: st.fixed_dictionaries(
            {"table": st.just(table), "budget": st.integers(1, table.n_queries)}
        )
    )


def any_budget(selector: Any) -> Any:
    """Any table, and a budget that it allows."""
    return _budgets()


def held_out(selector: Any) -> Any:
    """A table, a budget below its pool's size, and how many of its first items to learn from."""
    return prediction_tables(min_items=4, min_queries=2).flatmap(
        lambda table: st.fixed_dictionaries(
            {
                "table": st.just(table),
                "budget": st.integers(1, table.n_queries - 1),
                "n_train": st.integers(2, table.n_items - 1),
            }
        )
    )


def priced(selector: Any) -> Any:
    """A table, and a sum of money that buys at least its cheapest query."""

    def with_money(table: PredictionTable) -> Any:
        costs = np.asarray(table.costs)
        money = st.integers(int(costs.min()), int(costs.sum())).map(float)
        return st.fixed_dictionaries({"table": st.just(table), "money": money})

    return prediction_tables(min_queries=2).flatmap(with_money)


def without_ties(selector: Any) -> Any:
    """A table without ties at the first purchase, and a budget."""
    return _budgets(min_queries=2, duplicates=False, costs=False, models=False).filter(
        lambda example: _all_differ(example["table"])
    )


def _all_differ(table: PredictionTable) -> bool:
    """No two queries are equally accurate or equally informative."""
    right = np.sort((table.answers == table.known_labels[:, None]).sum(axis=0))
    if (np.diff(right) == 0).any():
        return False
    none = np.zeros(table.n_items, dtype=int)
    bits = information_with(none, table.answers.astype(int), table.known_labels)
    return bool((np.diff(np.sort(bits)) > 1e-6).all())


def alike(selector: Any) -> Any:
    """A table of one query three times."""
    table = prediction_tables(
        min_items=4, min_queries=1, max_queries=1, missing=False, costs=False, models=False
    )
    return st.fixed_dictionaries({"table": table.map(_three_times)})


def _three_times(table: PredictionTable) -> PredictionTable:
    return PredictionTable(
        np.repeat(table.answers, 3, axis=1),
        table.labels,
        classes=table.classes,
        queries=["first", "second", "third"],
        name="one query three times",
    )


def better_first(selector: Any) -> Any:
    """A perfect query and two that add nothing to it, in any order; one of those is better."""
    # Eight items: a perfect query, one right on 6, one on 4. After the perfect one none adds.
    labels = np.array([0, 1] * 4)
    some, half = labels.copy(), labels.copy()
    some[:2], half[:4] = 1 - labels[:2], 1 - labels[:4]
    columns = {"perfect": labels, "better": some, "worse": half}

    def arranged(names: Any) -> PredictionTable:
        answers = np.column_stack([columns[name] for name in names])
        return PredictionTable(answers, labels, classes="01", queries=list(names))

    return st.fixed_dictionaries({"table": st.permutations(list(columns)).map(arranged)})


def silent(selector: Any) -> Any:
    """A perfect query and one that never answers, in either order."""

    def built(n_classes: int, repeats: int, place: int) -> PredictionTable:
        labels = np.tile(np.arange(n_classes), repeats)
        columns = [labels, np.full_like(labels, MISSING)]
        names = ["perfect", "silent"]
        return PredictionTable(
            np.column_stack(columns[::place]),
            labels,
            classes=[str(k) for k in range(n_classes)],
            queries=names[::place],
        )

    return st.fixed_dictionaries(
        {"table": st.builds(built, st.integers(2, 4), st.integers(2, 5), st.sampled_from([1, -1]))}
    )


def rarely(selector: Any) -> Any:
    """A query that is mostly right and one that is right on an item a class, in either order."""

    def built(n_classes: int, repeats: int, place: int) -> PredictionTable:
        # Of each class the first is answered wrong by the one; the other speaks of the last only.
        labels = np.repeat(np.arange(n_classes), repeats)
        number = np.tile(np.arange(repeats), n_classes)
        mostly = np.where(number == 0, (labels + 1) % n_classes, labels)
        rare = np.where(number == repeats - 1, labels, MISSING)
        names = ["mostly right", "right, but rare"]
        return PredictionTable(
            np.column_stack([mostly, rare][::place]),
            labels,
            classes=[str(k) for k in range(n_classes)],
            queries=names[::place],
        )

    return st.fixed_dictionaries(
        {"table": st.builds(built, st.integers(2, 3), st.integers(8, 12), st.sampled_from([1, -1]))}
    )


def noisy(selector: Any) -> Any:
    """Which of six simulated queries are good, how many classes, and a seed."""
    return st.fixed_dictionaries(
        {
            "good": st.lists(st.integers(0, 5), min_size=1, max_size=2, unique=True),
            "n_classes": st.integers(2, 4),
            "random_state": st.integers(0, 2**32 - 1),
        }
    )
