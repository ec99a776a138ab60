"""Arguments of the front doors, checked: one line says what, where, and what would be right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from ensel.exceptions import InputError, shorten
from ensel.heldout.candidates import Candidate
from ensel.selection.exact import ExactMI, check_sets, sizes_to_search
from ensel.table.kinds import CLOSED
from ensel.table.prediction_table import PredictionTable

DEFAULT_MOST = 8


def check_labelled(table: PredictionTable) -> None:
    """Check that labels are there and hold at least two classes.

    Raises
    ------
    InputError
        Otherwise.
    """
    if not isinstance(table, PredictionTable):
        raise InputError(
            f"{type(table).__name__} given; a PredictionTable is needed: load_dataset(name) or "
            "PredictionTable.read(file)"
        )
    labels = table.known_labels
    if table.kind != CLOSED:
        return
    present = np.unique(labels)
    if len(present) < 2:
        raise InputError(
            f"{table.name}: all labels are {table.classes[int(present[0])]!r}; "
            "at least two classes are needed"
        )


def checked_budgets(budgets: Sequence[int] | int | None, table: PredictionTable) -> list[int]:
    """Check budgets against a pool; None stands for 1 to min(8, pool).

    Raises
    ------
    InputError
        Not whole numbers from 1 to the size of the pool.
    """
    if isinstance(budgets, int):
        budgets = [budgets]
    if budgets is None:
        return list(range(1, min(DEFAULT_MOST, table.n_queries) + 1))
    whole = [isinstance(b, int | np.integer) and not isinstance(b, bool) for b in budgets]
    if not all(whole):
        raise InputError(f"{table.name}: budgets {list(budgets)}; whole numbers are needed")
    chosen = sorted({int(budget) for budget in budgets})
    outside = [budget for budget in chosen if not 1 <= budget <= table.n_queries]
    if outside or not chosen:
        raise InputError(
            f"{table.name}: budget {shorten(outside)}; the pool has {table.n_queries} queries, "
            f"so a budget is from 1 to {table.n_queries}"
        )
    return chosen


def check_mean_budget(mean_budget: object) -> None:
    """Check a limit on the mean number of queries.

    Raises
    ------
    InputError
        If it is no number from 1: one query of every question is asked at least.
    """
    is_number = isinstance(mean_budget, int | float | np.number)
    if isinstance(mean_budget, bool) or not is_number or not 1 <= float(mean_budget) < math.inf:  # type: ignore[arg-type]
        raise InputError(
            f"mean budget {mean_budget!r}: a number from 1 is needed, since one query of every "
            "question is asked at least"
        )


def check_affordable(money: float | None, table: PredictionTable) -> None:
    """Check that a sum of money buys at least one query of a table; None is no limit.

    Raises
    ------
    InputError
        Otherwise.
    """
    if money is None:
        return
    if table.costs is None:
        raise InputError(f"{table.name}: money {money}, but {without_costs(table)}")
    if isinstance(money, bool) or not isinstance(money, int | float | np.number):
        raise InputError(f"money {money!r}; a number is needed")
    if not math.isfinite(money):
        raise InputError(f"money {money}; a finite number is needed (leave it out for no limit)")
    if not money >= table.costs.min():
        cheapest = table.query_names[int(table.costs.argmin())]
        raise InputError(
            f"{table.name}: money {money:g} buys nothing: the cheapest query, {cheapest}, costs "
            f"{table.costs.min():g} ({table.cost_unit or 'no unit given'})"
        )


def without_costs(table: PredictionTable) -> str:
    """Which queries have no cost, and what would help; for messages."""
    unknown = unpriced(table)
    if len(unknown) == table.n_queries:
        return "not every query has a cost; give prices (--prices FILE), or a column of costs"
    return (
        f"not every query has a cost: none is known of {len(unknown)} ({shorten(unknown)}); give "
        "it, or leave them out (table.subset(queries=...))"
    )


def unpriced(table: PredictionTable) -> list[str]:
    """Names of the queries whose cost is not known."""
    if "cost" not in table.queries:
        return table.query_names
    return table.queries.index[table.queries["cost"].isna()].tolist()


def check_searchable(table: PredictionTable, candidates: Iterable[Candidate]) -> None:
    """Check that no candidate would have to try too many sets.

    Parameters
    ----------
    table : PredictionTable
    candidates : iterable of Candidate

    Raises
    ------
    InputError
        Otherwise.
    """
    costs = np.zeros(table.n_queries) if table.costs is None else table.costs
    for candidate in candidates:
        selector = getattr(candidate.policy, "selector", None)
        if not isinstance(selector, ExactMI):
            continue
        limit = np.inf if candidate.money is None else candidate.money
        affordable = costs[costs <= limit * (1 + 1e-9)]
        sizes = sizes_to_search(affordable, candidate.budget, limit)
        try:
            check_sets(len(affordable), sizes, selector.most_sets)
        except ValueError as error:
            raise InputError(f"{table.name}: {error}") from None


def check_whole(number: object, what: str, least: int) -> None:
    """Check a whole number of something, such as resamples.

    Raises
    ------
    InputError
        If it is none, or below the least.
    """
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise InputError(f"{number!r} {what}; a whole number from {least} is needed")
