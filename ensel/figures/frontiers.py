"""Accuracy against money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from ensel.figures.style import METHOD_STYLE, RC, SINGLE_COLUMN

if TYPE_CHECKING:
    from ensel.choosing.frontiers import Frontier


def frontier_figure(result: Frontier) -> Figure:
    """Draw expected accuracy against what is spent, with 95 % intervals.

    What is worth its money is joined by a line; hollow marks are beaten by something cheaper.
    Beside a mark stands what it buys: the first query, and how many more.

    Parameters
    ----------
    result : Frontier

    Returns
    -------
    Figure
    """
    same = pd.DataFrame({"cost": result.rows["cost"], "set": result.rows["queries"].map(frozenset)})
    rows = result.rows[~same.duplicated()]
    with mpl.rc_context(RC):
        figure = Figure(figsize=(SINGLE_COLUMN, 2.7), layout="constrained")
        axis = figure.subplots()
        axis.errorbar(
            rows["cost"],
            100 * rows["accuracy"],
            yerr=[
                100 * (rows["accuracy"] - rows["accuracy_low"]),
                100 * (rows["accuracy_high"] - rows["accuracy"]),
            ],
            fmt="none",
            ecolor="#B0B0B0",
            elinewidth=1,
        )
        worth = rows[rows["worth_it"]].sort_values("cost")
        axis.step(
            worth["cost"], 100 * worth["accuracy"], where="post", color="#000000", linewidth=1
        )
        seen = set()
        for row in rows.itertuples():
            color = METHOD_STYLE[row.method]["color"]
            label = row.method if row.method not in seen else None
            seen.add(row.method)
            axis.plot(
                row.cost,
                100 * row.accuracy,
                marker="o",
                linestyle="",
                markersize=6,
                label=label,
                color=color,
                markerfacecolor=color if row.worth_it else "white",
            )
            more = len(row.queries) - 1
            left = rows["cost"].nunique() > 1 and row.cost == rows["cost"].max()
            axis.annotate(
                f"{row.queries[0]}" + (f" + {more}" if more else ""),
                (row.cost, 100 * row.accuracy),
                xytext=(4, -11) if not left else (8, 9),
                textcoords="offset points",
                fontsize=7,
                ha="right" if left else "left",
            )
        axis.margins(x=0.15, y=0.12)
        if (rows["cost"] > 0).all() and rows["cost"].max() > 10 * rows["cost"].min():
            axis.set_xscale("log")
            axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.xaxis.set_major_formatter("{x:g}")
            axis.xaxis.set_minor_formatter("")
        axis.set_xlabel(f"cost ({result.cost_unit or 'unit of the file'})")
        axis.set_ylabel("expected held-out accuracy (%)")
        figure.legend(loc="outside upper center", ncols=3)
        figure.supxlabel(
            f"{result.dataset}: n = {result.n_items:,} items; 95 % intervals; + n: more queries",
            fontsize=7,
        )
    return figure
