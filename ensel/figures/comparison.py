"""Held-out accuracy against budget, and the paired difference to top-k."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ensel.figures.style import DOUBLE_COLUMN, METHOD_STYLE, RC, zoom

if TYPE_CHECKING:
    import pandas as pd

    from ensel.heldout.comparison import Comparison

MAY_LEAVE = ("random", "gain-per-cost")
"""Methods that, at a budget in queries, may lie too far below to be framed."""


def comparison_figure(result: Comparison) -> Figure:
    """Draw a comparison: a column of panels per vote.

    Above, held-out accuracy against queries bought; below, the paired difference to top-k +
    weighted vote at the same budget, with 95 % bands.

    Parameters
    ----------
    result : Comparison

    Returns
    -------
    Figure
    """
    single = result.rows[result.rows["method"] == "single-best"]
    voted = result.rows[result.rows["method"] != "single-best"]
    votes = list(dict.fromkeys(voted["vote"])) or ["majority"]
    with mpl.rc_context(RC):
        figure = Figure(figsize=(1.4 + 1.4 * len(votes), 4.6), layout="constrained")
        axes = figure.subplots(2, len(votes), sharex=True, sharey="row", squeeze=False)
        for column, vote in enumerate(votes):
            above, below = axes[:, column]
            above.set_title(f"{vote} vote")
            if len(single):
                above.axhline(
                    100 * single["accuracy"].iloc[0],
                    label="single-best",
                    **{**METHOD_STYLE["single-best"], "marker": None},
                )
            below.axhline(0, color="#444444", linewidth=0.8)
            of_vote = voted[voted["vote"] == vote]
            for method, rows in of_vote.groupby("method", sort=False):
                rows = rows.sort_values("budget")
                style = METHOD_STYLE[str(method)]
                above.plot(rows["budget"], 100 * rows["accuracy"], label=method, **style)
                below.plot(rows["budget"], 100 * rows["diff_vs_top_k"], **style)
                low, high = 100 * rows["diff_vs_top_k_low"], 100 * rows["diff_vs_top_k_high"]
                below.fill_between(
                    rows["budget"], low, high, color=style["color"], alpha=0.15, linewidth=0
                )
            below.set_xlabel("queries a question")
            below.xaxis.set_major_locator(MaxNLocator(integer=True))
        chosen = voted[~voted["method"].isin(MAY_LEAVE)]
        if len(chosen):
            zoom(axes[0, 0], 100 * chosen["accuracy"])
            zoom(axes[1, 0], 100 * chosen["diff_vs_top_k"])
        axes[0, 0].set_ylabel("held-out accuracy (%)")
        axes[1, 0].set_ylabel("difference to top-k +\nweighted vote (points)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=min(len(labels), 5))
        low, high = axes[1, 0].get_ylim()
        hidden = bool(
            (100 * voted["accuracy"] < axes[0, 0].get_ylim()[0]).any()
            or (100 * voted["diff_vs_top_k_low"] < low).any()
            or (100 * voted["diff_vs_top_k_high"] > high).any()
        )
        figure.supxlabel(
            f"{result.dataset}: n = {result.n_items:,} items, {result.n_train:,} to learn from, "
            f"{result.n_splits} random splits; bands: 95 % of the paired difference"
            + ("; what leaves the frame is not shown" if hidden else ""),
            fontsize=7,
        )
    return figure


def budget_figure(rows: pd.DataFrame) -> Figure:
    """Draw methods, each with one vote, on several datasets: a column of panels per dataset.

    Above, held-out accuracy against queries bought; below, the paired difference to top-k +
    weighted vote at the same budget, with 95 % bands.

    Parameters
    ----------
    rows : DataFrame
        `dataset`, `n_items`, `n_train`, and the columns of `Comparison.rows`; one vote a method.

    Returns
    -------
    Figure
    """
    names = list(dict.fromkeys(rows["dataset"]))
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.3), layout="constrained")
        axes = figure.subplots(2, len(names), sharex=True, squeeze=False)
        handles: dict[str, Any] = {}
        for (above, below), name in zip(axes.T, names, strict=True):
            own = rows[rows["dataset"] == name]
            above.set_title(f"{name}, n = {own['n_items'].iloc[0]:,}", fontsize=8)
            below.axhline(0, color="#444444", linewidth=0.8)
            for method, line in own.groupby("method", sort=False):
                style, line = METHOD_STYLE[str(method)], line.sort_values("budget")
                if method == "single-best":
                    handles["single best query"] = above.axhline(
                        100 * line["accuracy"].iloc[0], **(style | {"marker": None})
                    )
                    continue
                label = f"{method} + {line['vote'].iloc[0]}"
                handles[label] = above.plot(line["budget"], 100 * line["accuracy"], **style)[0]
                below.plot(line["budget"], 100 * line["diff_vs_top_k"], **style)
                low, high = 100 * line["diff_vs_top_k_low"], 100 * line["diff_vs_top_k_high"]
                below.fill_between(
                    line["budget"], low, high, color=style["color"], alpha=0.15, linewidth=0
                )
            framed = own[~own["method"].isin(MAY_LEAVE)]
            zoom(above, 100 * framed["accuracy"])
            zoom(below, 100 * framed.loc[framed["method"] != "single-best", "diff_vs_top_k"])
            below.set_xlabel("queries a question")
            below.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes[0, 0].set_ylabel("held-out accuracy (%)")
        axes[1, 0].set_ylabel("difference to top-k +\nweighted vote (points)")
        figure.legend(
            handles.values(), list(handles), loc="outside upper center", ncols=4, columnspacing=1.2
        )
    return figure
