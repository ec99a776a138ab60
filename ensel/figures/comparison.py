"""Held-out accuracy against budget, and the paired difference to top-k."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ensel.figures.style import METHOD_STYLE, RC

if TYPE_CHECKING:
    from ensel.evaluation.comparison import Comparison


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
        figure = Figure(figsize=(2.1 + 1.75 * len(votes), 4.6), layout="constrained")
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
                low, high = 100 * rows["diff_ci_low"], 100 * rows["diff_ci_high"]
                below.fill_between(
                    rows["budget"], low, high, color=style["color"], alpha=0.15, linewidth=0
                )
            below.set_xlabel("queries a question")
            below.xaxis.set_major_locator(MaxNLocator(integer=True))
        chosen = voted[voted["method"] != "random"]
        if len(chosen):
            _zoom(axes[0, 0], 100 * chosen["accuracy"])
            _zoom(axes[1, 0], 100 * chosen["diff_vs_top_k"])
        axes[0, 0].set_ylabel("held-out accuracy (%)")
        axes[1, 0].set_ylabel("difference to top-k +\nweighted vote (points)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=min(len(labels), 6))
        low, high = axes[1, 0].get_ylim()
        hidden = bool(
            (100 * voted["accuracy"] < axes[0, 0].get_ylim()[0]).any()
            or (100 * voted["diff_ci_low"] < low).any()
            or (100 * voted["diff_ci_high"] > high).any()
        )
        figure.supxlabel(
            f"{result.dataset}: n = {result.n_items:,} items, {result.n_train:,} to learn from, "
            f"{result.n_splits} random splits; bands: 95 % of the paired difference"
            + ("; what leaves the frame is not shown" if hidden else ""),
            fontsize=7,
        )
    return figure


def _zoom(axis: object, values: object) -> None:
    """Keep random draws from squashing the rest: they may leave the picture below."""
    low, high = float(values.min()), float(values.max())  # type: ignore[attr-defined]
    margin = max(0.25 * (high - low), 0.5)
    axis.set_ylim(low - 2 * margin, high + margin)  # type: ignore[attr-defined]
