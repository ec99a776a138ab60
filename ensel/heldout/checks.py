"""Arguments of the front doors, checked: one line says what, where, and what would be right."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ensel.exceptions import InputError, shorten
from ensel.selection.exact import MOST_SETS, check_sets, sizes_to_search
from ensel.table.prediction_table import PredictionTable

DEFAULT_MOST = 8
EXACT = "exact-mi"


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
    present = np.unique(table.known_labels)
    if len(present) < 2:
        raise InputError(
            f"{table.name}: all labels are {table.classes[int(present[0])]!r}; "
            "at least two classes are needed"
        )


def known_names(names: Sequence[str] | None, known: dict[str, Any], what: str) -> list[str]:
    """Check names against a registry; None stands for all of it.

    Raises
    ------
    InputError
        Unknown names, or none.
    """
    chosen = list(known) if names is None else [names] if isinstance(names, str) else list(names)
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        near = difflib.get_close_matches(unknown[0], known, n=1) if unknown else []
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"no {what} {shorten(unknown)!r}; {hint}{what}s: {', '.join(known)}")
    return list(dict.fromkeys(chosen))


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


def check_money(money: float | None, table: PredictionTable) -> None:
    """Check that a sum of money buys at least one query of a table; None is no limit.

    Raises
    ------
    InputError
        Otherwise.
    """
    if money is None:
        return
    if table.costs is None:
        raise InputError(
            f"{table.name}: money {money}, but not every query has a cost; give prices "
            "(--prices FILE), or a column of costs"
        )
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


def check_searchable(
    table: PredictionTable, budgets: Sequence[int], money: float | None = None
) -> None:
    """Check that the sets which exact-mi would try are not too many.

    Raises
    ------
    InputError
        Otherwise.
    """
    costs = np.zeros(table.n_queries) if table.costs is None else table.costs
    limit = np.inf if money is None else money
    affordable = costs[costs <= limit * (1 + 1e-9)]
    for budget in budgets:
        try:
            check_sets(len(affordable), sizes_to_search(affordable, budget, limit), MOST_SETS)
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
