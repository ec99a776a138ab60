"""Errors that come together: correlations by family, and all-wrong items of many pools."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from ensel.figures.choices import short_name
from ensel.figures.style import DOUBLE_COLUMN, POOL_STYLE, RC

LEAST_SHADE = 0.4
"""Correlations at and below this share the darkest shade: what differs lies above."""
MEANS = {
    "within": ("within a family", "o", "#D55E00"),
    "across": ("across families", "s", "#0072B2"),
}


def correlation_by_family_figure(rows: pd.DataFrame) -> Figure:
    """Heatmaps of error correlations, ordered by family, and their means within and across.

    Parameters
    ----------
    rows : DataFrame
        `dataset`, `n_items`, `kind`: ``pair`` rows with `query_a`, `query_b`, `family_a`,
        `family_b` and `correlation`, in the order to draw; ``within`` and ``across`` rows with
        `correlation`, `correlation_low`, `correlation_high`.

    Returns
    -------
    Figure
    """
    names = list(dict.fromkeys(rows["dataset"]))
    n_rows = (len(names) + 2) // 2
    pairs = rows[rows["kind"] == "pair"]
    low = max(LEAST_SHADE, np.floor(10 * float(pairs["correlation"].min())) / 10)
    with mpl.rc_context({**RC, "axes.grid": False}):
        figure = Figure(figsize=(DOUBLE_COLUMN, 2.75 * n_rows), layout="constrained")
        axes = figure.subplots(n_rows, 2, squeeze=False).ravel()
        for axis, name in zip(axes, names, strict=False):
            image = _heatmap(axis, pairs[pairs["dataset"] == name], low)
            axis.set_title(
                f"{name}, n = {pairs.loc[pairs['dataset'] == name, 'n_items'].iloc[0]:,}"
            )
        own = axes[len(names)]
        _means(own, rows[rows["kind"].isin(list(MEANS))], names)
        figure.colorbar(
            image,
            ax=own,
            label="tetrachoric correlation of errors",
            location="bottom",
            shrink=0.9,
            extend="min",
        )
        for axis in axes[len(names) + 1 :]:
            axis.remove()
    return figure


def _heatmap(axis: Any, pairs: pd.DataFrame, low: float) -> Any:
    names = list(dict.fromkeys(pairs["query_a"]))
    matrix = pairs.pivot(index="query_a", columns="query_b", values="correlation")
    matrix = matrix.reindex(index=names, columns=names)
    image = axis.imshow(matrix, cmap="cividis", vmin=low, vmax=1)
    size = 5.0 if len(names) > 12 else 6.0
    for i in range(len(names)):
        for j in range(len(names)):
            value = matrix.iloc[i, j]
            if i != j and not np.isnan(value):
                light = value < low + 0.6 * (1 - low)
                axis.text(
                    j,
                    i,
                    f"{100 * value:.0f}",
                    ha="center",
                    va="center",
                    fontsize=size,
                    color="white" if light else "black",
                )
    axis.set_yticks(range(len(names)), [short_name(name) for name in names], fontsize=6.5)
    axis.set_xticks([])
    axis.tick_params(length=0)
    families = pairs.drop_duplicates("query_a")["family_a"].tolist()
    starts = [i for i in range(1, len(names)) if families[i] != families[i - 1]]
    for start in starts:
        axis.axhline(start - 0.5, color="white", linewidth=1.2)
        axis.axvline(start - 0.5, color="white", linewidth=1.2)
    for spine in axis.spines.values():
        spine.set_visible(False)
    return image


def _means(axis: Any, rows: pd.DataFrame, names: list[str]) -> None:
    for number, (kind, (label, mark, color)) in enumerate(MEANS.items()):
        own = rows[rows["kind"] == kind].set_index("dataset").reindex(names)
        value = own["correlation"].to_numpy(dtype=float)
        error = np.array([value - own["correlation_low"], own["correlation_high"] - value])
        axis.errorbar(
            value,
            np.arange(len(names)) + 0.2 * (number - 0.5),
            xerr=error,
            fmt=mark,
            color=color,
            linestyle="",
            capsize=2,
            label=label,
        )
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.set_xlabel("mean correlation of pairs, 95 %")
    axis.grid(visible=True, axis="x")
    axis.legend(loc="lower right")


def co_failure_pools_figure(rows: pd.DataFrame) -> Figure:
    """All-wrong rates of many pools: observed against predicted, and their ratio by size.

    Parameters
    ----------
    rows : DataFrame
        `ensel.error_model.joint_failure.joint_failure` of one or more datasets, with `dataset` and
        `n_items`.

    Returns
    -------
    Figure
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 3.3), layout="constrained")
        left, right = figure.subplots(1, 2)
        seen = rows[(rows["observed"] > 0) & (rows["predicted"] > 0)]
        ends = [
            0.7 * 100 * min(seen["observed"].min(), seen["predicted"].min()),
            1.4 * 100 * max(seen["observed"].max(), seen["predicted"].max()),
        ]
        left.plot(ends, ends, color="#444444", linewidth=0.8, zorder=1)
        right.axhline(1, color="#444444", linewidth=0.8)
        for name, own in seen.groupby("dataset", sort=False):
            style = POOL_STYLE.get(str(name), {"color": "#7F7F7F", "marker": "."})
            label = f"{name}: {int(own['size'].max())} queries, n = {own['n_items'].iloc[0]:,}"
            x, y = 100 * own["predicted"], 100 * own["observed"]
            left.errorbar(
                x,
                y,
                yerr=[y - 100 * own["observed_low"], 100 * own["observed_high"] - y],
                label=label,
                linewidth=0.9,
                elinewidth=0.6,
                **style,
            )
            right.plot(own["size"], y / x, **style)
            right.fill_between(
                own["size"],
                own["observed_low"] / own["predicted"],
                own["observed_high"] / own["predicted"],
                color=style["color"],
                alpha=0.12,
                linewidth=0,
            )
        plain = FuncFormatter(lambda value, _: f"{value:g}")
        left.set_xscale("log")
        left.set_yscale("log")
        for axis in (left.xaxis, left.yaxis):
            axis.set_major_locator(LogLocator(subs=(1, 3)))
            axis.set_major_formatter(plain)
            axis.set_minor_formatter(NullFormatter())
        left.set_xlim(ends)
        left.set_ylim(ends)
        left.set_xlabel("all wrong, as the copula predicts (% of items)")
        left.set_ylabel("all wrong, observed (% of items)")
        ratio = seen["observed"] / seen["predicted"]
        right.set_yscale("log")
        right.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        right.yaxis.set_major_formatter(plain)
        right.yaxis.set_minor_formatter(NullFormatter())
        right.set_ylim(min(0.5, 0.8 * float(ratio.min())), max(2, 1.5 * float(ratio.max())))
        right.xaxis.set_major_locator(MaxNLocator(integer=True))
        right.set_xlabel("queries in the pool")
        right.set_ylabel("observed / predicted")
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure
