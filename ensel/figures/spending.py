"""Accuracy against money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from ensel.figures.style import METHOD_STYLE, RC

if TYPE_CHECKING:
    from ensel.evaluation.spending import Frontier


def frontier_figure(result: Frontier) -> Figure:
    """Draw expected accuracy against what is spent, with 95 % intervals.

    What is worth its money is joined by a line; hollow marks are beaten by something cheaper. The
    number beside a mark is how many queries it buys.

    Parameters
    ----------
    result : Frontier

    Returns
    -------
    Figure
    """
    rows = result.rows.drop_duplicates(subset=["cost", "accuracy"])
    with mpl.rc_context(RC):
        figure = Figure(figsize=(3.6, 2.7), layout="constrained")
        axis = figure.subplots()
        axis.errorbar(
            rows["cost"],
            100 * rows["accuracy"],
            yerr=[
                100 * (rows["accuracy"] - rows["ci_low"]),
                100 * (rows["ci_high"] - rows["accuracy"]),
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
                row.cost, 100 * row.accuracy, marker="o", linestyle="", markersize=6, label=label,
                color=color, markerfacecolor=color if row.worth_it else "white",
            )  # fmt: skip
            axis.annotate(
                f"{len(row.queries)}", (row.cost, 100 * row.accuracy), xytext=(5, -9),
                textcoords="offset points", fontsize=7,
            )  # fmt: skip
        if (rows["cost"] > 0).all() and rows["cost"].max() > 10 * rows["cost"].min():
            axis.set_xscale("log")
        axis.set_xlabel(f"cost ({result.cost_unit or 'unit of the file'})")
        axis.set_ylabel("expected held-out accuracy (%)")
        axis.legend(loc="lower right")
        figure.supxlabel(
            f"{result.dataset}: n = {result.n_items:,} items; 95 % intervals; numbers: queries",
            fontsize=7,
        )
    return figure
