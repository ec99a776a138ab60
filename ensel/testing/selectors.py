"""Laws of query selectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.error_model.simulated import simulate
from ensel.table.prediction_table import PredictionTable
from ensel.testing.callers import Buyer
from ensel.testing.laws import LawReport, Laws, name_of, require, try_laws
from ensel.testing.selector_examples import (
    alike,
    any_budget,
    better_first,
    held_out,
    noisy,
    priced,
    rarely,
    silent,
    without_ties,
)

SELECTOR_LAWS = Laws()
"""What `check_selector` asks, in this order."""

SEEDS = 40  # three alike columns: the draw misses two of them all the time with chance 3^-39
MANY = 2000  # items on which noise does not look like information


@dataclass(frozen=True)
class _Selector:
    buyer: Buyer
    prefix: bool
    fewer: bool
    ties: bool
    random: bool

    def buy(self, table: PredictionTable, budget: int, **more: Any) -> list[int]:
        """Columns bought from a table; `more` replaces what the table says of its queries."""
        costs = np.ones(table.n_queries) if table.costs is None else table.costs
        known = {"costs": costs, "models": table.models} | more
        return self.buyer.buy(
            np.array(table.answers, dtype=int), np.array(table.labels, dtype=int), budget, **known
        )


def _needs(*options: str) -> Any:
    def skipped(selector: _Selector) -> str | None:
        lacking = [option for option in options if option not in selector.buyer.takes]
        return f"takes no {' and no '.join(lacking)}" if lacking else None

    return skipped


def _unless_random(selector: _Selector) -> str | None:
    return "buys at random" if selector.random else None


def _if_ties(selector: _Selector) -> str | None:
    if selector.random:
        return "buys at random"
    return None if selector.ties else "its ties are its own affair"


_law = SELECTOR_LAWS.add


@_law("distinct columns", "each bought query is a column of the table, bought once", any_budget)
def _distinct(selector: _Selector, table: PredictionTable, budget: int) -> None:
    order = selector.buy(table, budget)
    require(len(set(order)) == len(order), f"bought {order}")
    require(all(0 <= j < table.n_queries for j in order), f"bought {order}")


@_law("budget", "no more queries are bought than the budget allows, and at least one", any_budget)
def _budget(selector: _Selector, table: PredictionTable, budget: int) -> None:
    order = selector.buy(table, budget)
    most = selector.buyer.wanted(budget)
    require(1 <= len(order) <= most, f"bought {order} with a budget of {most}")


@_law(
    "whole budget",
    "as many queries are bought as the budget allows",
    any_budget,
    skipped=lambda selector: "may buy fewer" if selector.fewer else None,
)
def _whole(selector: _Selector, table: PredictionTable, budget: int) -> None:
    order = selector.buy(table, budget)
    most = selector.buyer.wanted(budget)
    require(len(order) == most, f"bought {order} with a budget of {most}")


@_law("same seed", "the same input and seed buy the same queries", any_budget)
def _same_seed(selector: _Selector, table: PredictionTable, budget: int) -> None:
    once, again = selector.buy(table, budget, seed=7), selector.buy(table, budget, seed=7)
    require(once == again, f"bought {once}, then {again}")


@_law(
    "prefix",
    "the first k queries bought are what a budget of k buys",
    any_budget,
    skipped=lambda selector: None if selector.prefix else "promises no prefix",
)
def _prefix(selector: _Selector, table: PredictionTable, budget: int) -> None:
    most, fewer = selector.buy(table, table.n_queries), selector.buy(table, budget)
    require(
        most[: len(fewer)] == fewer and len(fewer) == min(len(most), selector.buyer.wanted(budget)),
        f"bought {most} with a budget of {table.n_queries}, and {fewer} with {budget}",
    )


@_law("inputs kept", "answers, labels, costs and models are not modified", any_budget)
def _inputs_kept(selector: _Selector, table: PredictionTable, budget: int) -> None:
    given = {
        "answers": np.array(table.answers, dtype=int),
        "labels": np.array(table.labels, dtype=int),
        "costs": np.array(table.costs, dtype=float),
        "models": np.array(table.models),
    }
    before = {name: array.copy() for name, array in given.items()}
    selector.buyer.buy(
        given["answers"], given["labels"], budget, costs=given["costs"], models=given["models"]
    )
    for name, array in given.items():
        require(np.array_equal(array, before[name]), f"{name} became {array.tolist()}")


@_law("held-out items", "answers and labels outside the training items change nothing", held_out)
def _held_out_items(selector: _Selector, table: PredictionTable, budget: int, n_train: int) -> None:
    # Training items are the first rows of larger arrays, whose other rows change between calls.
    X, y = np.array(table.answers, dtype=int), np.array(table.labels, dtype=int)
    labels, answers = y.copy(), X.copy()
    labels[n_train:] = (y[n_train:] + 1) % table.n_classes
    answers[n_train:] = X[n_train:, ::-1]
    known: dict[str, Any] = {"costs": table.costs, "models": table.models, "n_train": n_train}
    before = selector.buyer.buy(X, y, budget, **known)
    for given, what in (((X, labels), "labels"), ((answers, y), "answers")):
        after = selector.buyer.buy(*given, budget, **known)
        require(after == before, f"bought {before}, but {after} with other held-out {what}")


@_law(
    "money",
    "the bought queries cost no more than the money, and it buys some",
    priced,
    skipped=_needs("costs", "money"),
)
def _money(selector: _Selector, table: PredictionTable, money: float) -> None:
    order = selector.buy(table, table.n_queries, money=money)
    assert table.costs is not None
    require(
        len(order) > 0, f"bought nothing for {money:g}; the cheapest costs {min(table.costs):g}"
    )
    spent = float(table.costs[order].sum())
    require(spent <= money * (1 + 1e-9), f"bought {order} for {spent:g}")


@_law(
    "ties are drawn",
    "among queries that are alike the seed decides, not the position",
    alike,
    skipped=lambda s: _if_ties(s) or _needs("random_state")(s),
    most_examples=10,
)
def _ties_drawn(selector: _Selector, table: PredictionTable) -> None:
    always = selector.buy(table, 1, seed=0)
    for seed in range(1, SEEDS):
        if selector.buy(table, 1, seed=seed) != always:
            return
    require(False, f"bought {always} of three equal ones with each of {SEEDS} seeds")


@_law(
    "ties go to the cheaper",
    "of queries that are alike the cheaper is bought",
    alike,
    skipped=lambda s: _if_ties(s) or _needs("costs")(s),
    most_examples=10,
)
def _ties_cheaper(selector: _Selector, table: PredictionTable) -> None:
    for cheap in range(3):
        costs = np.where(np.arange(3) == cheap, 1.0, 2.0)
        first = selector.buy(table, 1, costs=costs)[0]
        require(first == cheap, f"column {first} of three equal ones that cost {costs.tolist()}")


@_law(
    "ties go to the better",
    "of queries that add nothing the better one is bought",
    better_first,
    skipped=_if_ties,
)
def _ties_better(selector: _Selector, table: PredictionTable) -> None:
    order = selector.buy(table, min(2, table.n_queries), costs=np.ones(3))
    bought = [table.query_names[j] for j in order]
    require("worse" not in bought, f"bought {bought}")


@_law(
    "order of columns",
    "where there are no ties, the order of the columns does not matter",
    without_ties,
    skipped=_if_ties,
)
def _order_of_columns(selector: _Selector, table: PredictionTable, budget: int) -> None:
    costs = 2.0 ** np.arange(table.n_queries)  # no two sets cost the same: settles what is left
    mirrored = table.subset(queries=range(table.n_queries)[::-1])
    order = selector.buy(table, budget, costs=costs)
    other = [table.n_queries - 1 - j for j in selector.buy(mirrored, budget, costs=costs[::-1])]
    same = order == other if selector.prefix else sorted(order) == sorted(other)
    require(same, f"bought {order}; with the columns reversed, what was {other}")


@_law(
    "silent query",
    "a query that never answers is not preferred to one that is always right",
    silent,
    skipped=_unless_random,
)
def _silent_query(selector: _Selector, table: PredictionTable) -> None:
    first = table.query_names[selector.buy(table, 1)[0]]
    require(first == "perfect", f"bought {first!r} first")


@_law(
    "rare answers",
    "a query that is right where it answers, which is rarely, is not preferred to a good one",
    rarely,
    skipped=_unless_random,
)
def _rare_answers(selector: _Selector, table: PredictionTable) -> None:
    # Right on 7 items of 8, the good one tells .46 bits of two classes; the rare one, .13.
    first = table.query_names[selector.buy(table, 1)[0]]
    right = dict(zip(table.query_names, table.accuracies.tolist(), strict=True))
    shares = ", ".join(f"{name!r} is so on {share:.0%}" for name, share in right.items())
    require(first == "mostly right", f"bought {first!r} first; of all items {shares}")


@_law(
    "noise",
    "in a large simulated pool, informative queries are bought before noise",
    noisy,
    skipped=_unless_random,
    most_examples=10,
)
def _noise(selector: _Selector, good: list[int], n_classes: int, random_state: int) -> None:
    rates = np.full(6, 1 - 1 / n_classes)  # answers at random
    rates[good] = 0.2
    pool = simulate(MANY, rates, 0.0, n_classes=n_classes, random_state=random_state)
    order = selector.buy(pool, len(good))
    require(set(order) <= set(good), f"bought {order}; all but {good} answer at random")


def check_selector(
    selector: Any,
    *,
    prefix: bool | None = None,
    fewer: bool = False,
    ties: bool = True,
    random: bool = False,
    max_examples: int = 100,
    report: bool = False,
) -> LawReport:
    """Check a method that chooses which queries to buy.

    Laws: `SELECTOR_LAWS`. A law that needs an option the selector does not take (`random_state`,
    `costs`, `money`) is skipped.

    Parameters
    ----------
    selector : estimator, class of estimators, or callable
        An estimator has ``fit(X, y)``, `get_params`, and after fitting `order_`, the columns as
        bought, or `get_support`; of its parameters `budget`, `random_state` and `money` are set,
        and ``fit`` is given `costs` and `models` where it names them. One without a `budget` buys
        one query. A function is called as ``function(answers, labels, budget)`` and returns the
        columns as bought; `costs`, `models`, `money` and `random_state` are handed in by name
        where it has such a parameter. One with a parameter `train` is given *all* items, and in
        `train` the rows to learn from: so a procedure that sees a whole table is checked not to
        look at the other rows. What else a function can see, such as a table in an enclosing
        scope, cannot be checked from outside.
    prefix : bool, optional
        The first k queries bought are what budget k buys. An exhaustive search need not do so.
        Default: what the selector's attribute `nested` says; true where it has none.
    fewer : bool
        It may buy fewer than the budget, as one that buys samples of a single model does.
    ties : bool
        Ties are settled as they are in this package: better individual score, lower cost, drawn.
    random : bool
        It buys at random: no law on what is better is asked.
    max_examples : int
        Tables tried for each law.
    report : bool
        Try all laws, and raise nothing.

    Returns
    -------
    LawReport

    Raises
    ------
    BrokenLaw
        At the first broken law, unless `report`; it prints a small table that breaks it.

    See Also
    --------
    ensel.testing.check_policy : Laws of what also decides when to stop, and what to answer.

    Examples
    --------
    >>> from ensel.selection import TopK
    >>> check_selector(TopK, max_examples=20).broken
    []
    >>> def first_come(answers, labels, budget):
    ...     return list(range(budget))
    >>> check_selector(first_come, max_examples=20, report=True).broken
    ['ties go to the better', 'order of columns', 'silent query', 'rare answers', 'noise']
    """
    if prefix is None:
        prefix = bool(getattr(selector, "nested", True))
    subject = _Selector(Buyer(selector), prefix, fewer, ties, random)
    return try_laws(
        name_of(selector), SELECTOR_LAWS, subject, max_examples=max_examples, report=report
    )
