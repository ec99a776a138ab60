"""What `select` loses against its rivals, and gains on simple rules."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from ensel.figures.style import DOUBLE_COLUMN, POOL_STYLE, RC
from ensel.studies.regret import LABELS, MEAN

SHADES = ("#7F7F7F", "#E69F00", "#56B4E9", "#000000")
MARKS = ("x", "o", "s", "D")
OFFSETS = (0.0, -0.24, 0.0, 0.24)  # no pool of fewer than 300 has another number
FRAME = (-4.5, 6.5)
"""Points shown of the lower panels: pools of 100 items have bars that go further."""
TICKS = (50, 100, 300, 1000, 3000, 10000)
RIVAL_TITLES = {"vs_top_k": "top-k + weighted vote", "vs_single": "single best query"}
VIEW_ALPHA = {"as published": 1.0, "statements": 0.45, "without its best model": 0.45}


def regret_figure(rows: pd.DataFrame) -> Figure:
    """Draw a summary of regret: against labels by pool; and against two simple rules.

    Parameters
    ----------
    rows : DataFrame
        As `ensel.studies.regret.regret_summary` gives it.

    Returns
    -------
    Figure
    """
    found = set(rows.loc[rows["dataset"] != MEAN, "dataset"])
    pools = sorted(found, key=lambda pool: (pool.partition(":")[0], pool))
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 3.4 + 0.19 * len(pools)), layout="constrained")
        parts: Any = figure.subfigures(2, 1, height_ratios=[2.3, 0.19 * len(pools) + 1.1])
        top, bottom = parts
        _against_labels(top.subplots(), rows[rows["quantity"] == "regret"])
        axes = bottom.subplots(1, 2, sharey=True)
        for axis, (name, title) in zip(axes, RIVAL_TITLES.items(), strict=True):
            _forest(axis, rows[rows["quantity"] == name], [*pools, MEAN])
            axis.set_title(f"select less {title}")
            axis.set_xlabel("difference (points)")
            axis.set_xlim(FRAME)
        handles, labels = axes[0].get_legend_handles_labels()
        bottom.legend(
            handles,
            [f"{label} labels" if label[0].isdigit() else label for label in labels],
            loc="outside lower center",
            ncols=4,
        )
    return figure


def _against_labels(axis: Any, rows: pd.DataFrame) -> None:
    axis.axhline(0, color="#444444", linewidth=0.8)
    for pool, line in rows[rows["dataset"] != MEAN].groupby("dataset", sort=False):
        base = str(pool).partition(":")[0]
        style = POOL_STYLE.get(base, {"color": "#7F7F7F", "marker": "."})
        published = line["view"].iloc[0] == "as published"
        axis.plot(
            line["n_train"],
            100 * line["value"],
            label=base if published else None,
            **(style | {"linewidth": 0.9 if published else 0.5, "markersize": 3.5}),
            alpha=VIEW_ALPHA.get(line["view"].iloc[0], 0.45),
            markerfacecolor=style["color"] if published else "white",
        )
    means = rows[rows["dataset"] == MEAN]
    axis.errorbar(
        means["n_train"],
        100 * means["value"],
        yerr=100
        * np.array([means["value"] - means["value_low"], means["value_high"] - means["value"]]),
        fmt="_",
        color="#000000",
        markersize=13,
        markeredgewidth=2,
        elinewidth=2,
        capsize=3,
        zorder=5,
        label="mean of datasets, 95 %",
    )
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(TICKS))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.set_xlabel("labelled items to learn from")
    axis.set_ylabel("regret (points)")
    axis.set_title("select behind the best fixed method in hindsight; mean over budgets from 2 up")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7)


def _forest(axis: Any, rows: pd.DataFrame, pools: list[str]) -> None:
    axis.axvline(0, color="#444444", linewidth=0.8)
    for number, (labels, color, mark) in enumerate(zip(LABELS, SHADES, MARKS, strict=True)):
        own = rows[rows["labels"] == labels]
        places = np.array([pools.index(pool) for pool in own["dataset"]]) + OFFSETS[number]
        axis.errorbar(
            100 * own["value"],
            places,
            xerr=100
            * np.array([own["value"] - own["value_low"], own["value_high"] - own["value"]]),
            fmt=mark,
            color=color,
            markersize=2.8,
            elinewidth=0.8,
            linestyle="",
            label=labels,
        )
    axis.set_yticks(range(len(pools)), pools, fontsize=7)
    axis.set_ylim(len(pools) - 0.4, -0.6)
    axis.axhline(len(pools) - 1.5, color="#444444", linewidth=0.6)
    axis.grid(visible=False, axis="y")
