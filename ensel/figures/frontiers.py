"""Accuracy against money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from ensel.figures.parts import bars
from ensel.figures.style import RC, SINGLE_COLUMN, method_styles

if TYPE_CHECKING:
    from ensel.choosing.frontiers import Frontier


def frontier_figure(result: Frontier) -> Figure:
    """Draw what sums of money buy.

    Parameters
    ----------
    result : Frontier

    Returns
    -------
    Figure

    See Also
    --------
    money_figure : The same from rows.
    """
    return money_figure(
        result.rows,
        dataset=result.dataset,
        n_items=result.n_items,
        cost_unit=result.cost_unit,
    )


def money_figure(
    rows: pd.DataFrame, *, dataset: str, n_items: int, cost_unit: str | None = None
) -> Figure:
    """Draw expected accuracy against what is spent, with 95 % intervals.

    What is worth its money is joined by a line; hollow marks are beaten by something cheaper.
    Beside a mark stands what it buys: the first query, and how many more.

    Parameters
    ----------
    rows : DataFrame
        `Frontier.rows`: `cost`, `method`, `queries` (a list of names), `accuracy` with
        `accuracy_low` and `accuracy_high` (in [0, 1]), `worth_it`.
    dataset : str
    n_items : int
    cost_unit : str, optional

    Returns
    -------
    Figure
    """
    purchase = pd.DataFrame({"cost": rows["cost"], "set": rows["queries"].map(frozenset)})
    rows = rows[~purchase.duplicated()]
    with mpl.rc_context(RC):
        figure = Figure(figsize=(SINGLE_COLUMN, 2.7), layout="constrained")
        axis = figure.subplots()

        _draw_intervals(axis, rows)
        _draw_marks(axis, rows)
        _name_purchases(axis, rows)
        axis.margins(x=0.15, y=0.12)
        _scale_costs(axis, rows["cost"])

        axis.set_xlabel(f"cost ({cost_unit or 'unit of the file'})")
        axis.set_ylabel("expected held-out accuracy (%)")
        figure.legend(loc="outside upper center", ncols=3)
        figure.supxlabel(
            f"{dataset}: n = {n_items:,} items; 95 % intervals; + n: more queries", fontsize=7
        )
    return figure


def _draw_intervals(axis: Any, rows: pd.DataFrame) -> None:
    """Grey bars, and the line that joins what is worth its money."""
    axis.errorbar(
        rows["cost"],
        100 * rows["accuracy"],
        yerr=bars(rows, "accuracy"),
        fmt="none",
        ecolor="#B0B0B0",
        elinewidth=1,
    )
    worth = rows[rows["worth_it"]].sort_values("cost")
    axis.step(worth["cost"], 100 * worth["accuracy"], where="post", color="#000000", linewidth=1)


def _draw_marks(axis: Any, rows: pd.DataFrame) -> None:
    """A mark per purchase, in the colour of its method; each method once in the legend."""
    styles = method_styles(rows["method"])
    labelled: set[str] = set()
    for row in rows.itertuples():
        color = styles[row.method]["color"]
        axis.plot(
            row.cost,
            100 * row.accuracy,
            marker="o",
            linestyle="",
            markersize=6,
            label=row.method if row.method not in labelled else None,
            color=color,
            markerfacecolor=color if row.worth_it else "white",
        )
        labelled.add(row.method)


def _name_purchases(axis: Any, rows: pd.DataFrame) -> None:
    """What each sum buys, beside its mark; the dearest has its name to the left, inside."""
    costs = rows["cost"]
    for row in rows.itertuples():
        more = len(row.queries) - 1
        dearest = costs.nunique() > 1 and row.cost == costs.max()
        axis.annotate(
            f"{row.queries[0]}" + (f" + {more}" if more else ""),
            (row.cost, 100 * row.accuracy),
            xytext=(8, 9) if dearest else (4, -11),
            textcoords="offset points",
            fontsize=7,
            ha="right" if dearest else "left",
        )


def _scale_costs(axis: Any, costs: pd.Series) -> None:
    """Costs that span more than a factor of ten, none of them free, stand on a log axis."""
    if (costs > 0).all() and costs.max() > 10 * costs.min():
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter("")
