"""Accuracy against money: what each sum would buy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ensel.choosing.recommendation import select
from ensel.exceptions import InputError
from ensel.heldout.checks import DEFAULT_MOST, check_labelled, check_money, checked_budgets
from ensel.parallel import hidden
from ensel.results import plain
from ensel.table.prediction_table import PredictionTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVELS = 6
NO_MATTER = 0.0005
"""Accuracy that is not worth money: half of a tenth of a point, what is lost in printing."""


@dataclass(frozen=True, repr=False)
class Frontier:
    """Result of `frontier`.

    Attributes
    ----------
    dataset : str
    n_items : int
    rows : DataFrame
        One row per sum of money, ascending: `money`, `cost` (what is spent), `method`, `vote`,
        `queries` (a list), `accuracy` with `accuracy_low` and `accuracy_high`, `gain_vs_single`
        (over the best single query that the money buys) with `gain_vs_single_low` and
        `gain_vs_single_high`, `worth_it`: whether nothing cheaper is expected to be as accurate (to
        a tenth of a point).
    cost_unit : str or None
    """

    dataset: str
    n_items: int
    rows: pd.DataFrame
    cost_unit: str | None

    def to_json(self) -> str:
        """JSON text."""
        data: dict[str, Any] = {
            "dataset": self.dataset,
            "n_items": self.n_items,
            "cost_unit": self.cost_unit,
            "rows": self.rows.to_dict("records"),
        }
        return json.dumps(plain(data), indent=1, allow_nan=False)

    def figure(self) -> Figure:
        """Accuracy against cost."""
        from ensel.figures.frontiers import frontier_figure

        return frontier_figure(self)

    def __repr__(self) -> str:
        return f"Frontier({self.dataset}: {len(self.rows)} sums of money)"

    def _repr_html_(self) -> str:
        return self.rows.drop(columns="queries").round(4).to_html(index=False)


def frontier(
    table: PredictionTable,
    levels: Sequence[float] | None = None,
    *,
    budget: int | None = None,
    n_boot: int = 10,
    seed: int = 0,
    progress: bool | None = None,
) -> Frontier:
    """What `select` would buy for several sums of money.

    Parameters
    ----------
    table : PredictionTable
        Labelled, with a cost for every query.
    levels : sequence of float, optional
        Sums of money a question in the table's `cost_unit`. Default: six, evenly spaced on a log
        scale from the cheapest query to the dearest ones that a budget could hold; and 0, where
        queries are free.
    budget : int, optional
        Most queries; default min(8, pool).
    n_boot : int
        Resamples behind the intervals of each level.
    seed : int
    progress : bool, optional

    Returns
    -------
    Frontier

    Raises
    ------
    InputError
        Costs unknown, or a level below the cheapest query.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 100), queries=slice(0, None, 15))
    >>> frontier(pool, levels=[0.2], n_boot=2).rows["cost"].le(0.2).all()
    np.True_
    """
    from tqdm.auto import tqdm

    check_labelled(table)
    costs = table.costs
    if costs is None:
        raise InputError(f"{table.name}: not every query has a cost; give prices (--prices FILE)")
    budget = min(DEFAULT_MOST, table.n_queries) if budget is None else budget
    checked_budgets([budget], table)
    if levels is None:
        paid = costs[costs > 0]
        if len(paid) == 0:
            raise InputError(f"{table.name}: every query is free; money buys nothing more")
        most = np.sort(costs)[-budget:].sum()
        levels = np.geomspace(paid.min(), most, LEVELS).tolist()
        if costs.min() == 0:
            levels = [0.0, *levels]
    if len(levels) == 0:
        raise InputError("no sum of money; give one or more, like 0.5,1,2")
    for level in levels:
        check_money(level, table)
    rows = []
    for money in tqdm(sorted(set(levels)), desc="sums of money", disable=hidden(progress)):
        found = select(
            table,
            budget,
            money=float(money),
            n_boot=n_boot,
            n_again=1,
            seed=seed,
            progress=False,
        )
        gain = found.gain_vs_single
        rows.append(
            {
                "money": float(money),
                "cost": found.cost,
                "method": found.method,
                "vote": found.vote,
                "queries": found.queries,
                "accuracy": found.expected.value,
                "accuracy_low": found.expected.low,
                "accuracy_high": found.expected.high,
                "gain_vs_single": gain.value,
                "gain_vs_single_low": gain.low,
                "gain_vs_single_high": gain.high,
            }
        )
    frame = pd.DataFrame(rows)
    frame["worth_it"] = [
        not ((frame["cost"] < row.cost) & (frame["accuracy"] >= row.accuracy - NO_MATTER)).any()
        for row in frame.itertuples()
    ]
    return Frontier(table.name, table.n_items, frame, table.cost_unit)
