"""What `select` loses against its rivals, and gains on simple rules."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from ensel.figures.parts import ZERO, bars
from ensel.figures.style import DOUBLE_COLUMN, MEAN, RC, REGRET_STYLE, pool_style

FRAME = (-4.5, 6.5)
"""Points shown of the lower panels: pools of 100 items have bars that go further."""
TICKS = (50, 100, 300, 1000, 3000, 10000)
RIVAL_TITLES = {"vs_top_k": "top-k + weighted vote", "vs_single": "single best query"}
PUBLISHED = "as published"
"""The view of a pool that is drawn in full; statements and cut pools are drawn faintly."""
FAINT = 0.45


def regret_figure(rows: pd.DataFrame) -> Figure:
    """Draw a summary of regret: against labels by pool; and against two simple rules.

    Parameters
    ----------
    rows : DataFrame
        As `ensel.studies.regret.regret_summary` gives it: `dataset` (a pool, or `MEAN`), `view`,
        `n_train`, `labels` (of `REGRET_STYLE`), `quantity` (``regret``, ``vs_top_k``,
        ``vs_single``), `value` with `value_low` and `value_high`.

    Returns
    -------
    Figure
    """
    pools = sorted(
        set(rows.loc[rows["dataset"] != MEAN, "dataset"]),
        key=lambda pool: (pool.partition(":")[0], pool),
    )
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 3.4 + 0.19 * len(pools)), layout="constrained")
        heights = [2.3, 0.19 * len(pools) + 1.1]
        parts: Any = figure.subfigures(2, 1, height_ratios=heights)
        top, bottom = parts

        of_regret = rows[rows["quantity"] == "regret"]
        axis = top.subplots()
        _draw_pools(axis, of_regret[of_regret["dataset"] != MEAN])
        _draw_means(axis, of_regret[of_regret["dataset"] == MEAN])
        _label_regret(axis)

        axes = bottom.subplots(1, 2, sharey=True)
        for axis, (name, title) in zip(axes, RIVAL_TITLES.items(), strict=True):
            _draw_forest(axis, rows[rows["quantity"] == name], [*pools, MEAN])
            axis.set_title(f"select less {title}")
            axis.set_xlabel("difference (points)")
            axis.set_xlim(FRAME)
        _label_forest(bottom, axes[0])
    return figure


def _draw_pools(axis: Any, rows: pd.DataFrame) -> None:
    """Regret of each pool against labels; views of one dataset share its style."""
    axis.axhline(0, **ZERO)
    for pool, line in rows.groupby("dataset", sort=False):
        base = str(pool).partition(":")[0]
        style = pool_style(base)
        published = line["view"].iloc[0] == PUBLISHED
        axis.plot(
            line["n_train"],
            100 * line["value"],
            label=base if published else None,
            **(style | {"linewidth": 0.9 if published else 0.5, "markersize": 3.5}),
            alpha=1.0 if published else FAINT,
            markerfacecolor=style["color"] if published else "white",
        )


def _draw_means(axis: Any, means: pd.DataFrame) -> None:
    """Means over datasets, with their intervals."""
    axis.errorbar(
        means["n_train"],
        100 * means["value"],
        yerr=bars(means, "value"),
        fmt="_",
        color="#000000",
        markersize=13,
        markeredgewidth=2,
        elinewidth=2,
        capsize=3,
        zorder=5,
        label="mean of datasets, 95 %",
    )


def _label_regret(axis: Any) -> None:
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(TICKS))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.set_xlabel("labelled items to learn from")
    axis.set_ylabel("regret (points)")
    axis.set_title("select behind the best fixed method in hindsight; mean over budgets from 2 up")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7)


def _draw_forest(axis: Any, rows: pd.DataFrame, pools: list[str]) -> None:
    """Differences to one rival: a row per pool, a mark per number of labels."""
    axis.axvline(0, **ZERO)
    for labels, style in REGRET_STYLE.items():
        of_labels = rows[rows["labels"] == labels]
        places = np.array([pools.index(pool) for pool in of_labels["dataset"]])
        axis.errorbar(
            100 * of_labels["value"],
            places + style["offset"],
            xerr=bars(of_labels, "value"),
            fmt=style["marker"],
            color=style["color"],
            markersize=2.8,
            elinewidth=0.8,
            linestyle="",
            label=labels,
        )

    axis.set_yticks(range(len(pools)), pools, fontsize=7)
    axis.set_ylim(len(pools) - 0.4, -0.6)
    axis.axhline(len(pools) - 1.5, color="#444444", linewidth=0.6)
    axis.grid(visible=False, axis="y")


def _label_forest(bottom: Any, axis: Any) -> None:
    handles, labels = axis.get_legend_handles_labels()
    texts = [f"{label} labels" if label[0].isdigit() else label for label in labels]
    bottom.legend(handles, texts, loc="outside lower center", ncols=4)
