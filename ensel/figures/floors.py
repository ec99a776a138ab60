"""Why ensembles saturate: correlated errors, the four lines, co-failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from ensel.figures.style import DOUBLE_COLUMN, FLOOR_STYLE, RC

if TYPE_CHECKING:
    from ensel.error_model.floor_result import Floor


LINES = {
    "best single query": ("single", "best single query"),
    "uniform": ("uniform", "(a) uniform pool, majority"),
    "uniform floor": ("uniform_limit", "(a) its floor, endless copies"),
    "vote limit": ("vote", "(b) vote limit, one factor"),
    "bayes": ("bayes", "(c) best subset, best rule, copula"),
    "bayes, all queries": ("bayes", "(c) all queries"),
    "rule of (c)": ("observed", "(d) rule of (c), held out"),
    "top-k": ("top_k", "(d) held out: top-k + weighted"),
    "greedy-mi": ("greedy_mi", "(d) held out: greedy-mi + map"),
}
"""Lines of an error floor: style, and what the legend says."""
GREEDY = "(c) subset found greedily"


def floor_lines(result: Floor) -> pd.DataFrame:
    """The numbers behind the picture of an error floor.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    DataFrame
        `line` (of `LINES`), `size` (queries; NaN for what has none), `error` with `error_low` and
        `error_high` (NaN for model curves, whose ends have intervals), `exact` (for ``bayes``:
        whether all subsets were tried).
    """
    curve, n = result.curve, float(result.n_models)
    rows: list[dict[str, object]] = []

    def add(line: str, size: float, estimate: tuple[float, ...], exact: object = None) -> None:
        error, low, high = estimate
        rows.append(
            {
                "line": line,
                "size": size,
                "error": error,
                "error_low": low,
                "error_high": high,
                "exact": exact,
            }
        )

    add("best single query", np.nan, result.estimates["best_single_error"])
    add("uniform floor", np.nan, result.estimates["uniform_floor"])
    add("vote limit", np.nan, result.estimates["vote_limit"])
    for point in curve.itertuples():
        add("uniform", point.size, (point.uniform, np.nan, np.nan))
    for point in curve[curve["bayes"].notna()].itertuples():
        add("bayes", point.size, (point.bayes, np.nan, np.nan), bool(point.bayes_exact))
    add("bayes, all queries", n, result.estimates["bayes_error"])
    add("rule of (c)", n, result.rule_held_out)
    for line, column in (("top-k", "held_out_top_k"), ("greedy-mi", "held_out_greedy_mi")):
        names = [column, f"{column}_low", f"{column}_high"]
        known = curve[curve[column].notna()]
        for size, *estimate in known[["size", *names]].itertuples(index=False):
            add(line, size, tuple(estimate))
    return pd.DataFrame(rows)


def error_by_size_figure(result: Floor) -> Figure:
    """Error against ensemble size: the textbook pool, its limits, the best subset, real votes.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    Figure
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=(5.2, 3.9), layout="constrained")
        axis = figure.subplots()
        _draw_lines(axis, floor_lines(result))
        axis.set_xlabel("ensemble size (queries)")
        axis.set_ylabel("error (%)")
        figure.legend(loc="outside lower center", ncols=2, fontsize=7)
        figure.suptitle(
            f"{result.dataset}: {result.n_models} queries, n = {result.n_items:,} items; "
            "bands: 95 %",
            fontsize=8,
        )
    return figure


def floors_figure(rows: pd.DataFrame) -> Figure:
    """Error against ensemble size with the four floors: a panel per dataset.

    Axes start below the lowest line, not at 0.

    Parameters
    ----------
    rows : DataFrame
        `floor_lines` of one or more datasets, with `dataset` and `n_items`.

    Returns
    -------
    Figure
    """
    names = list(dict.fromkeys(rows["dataset"]))
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 3.6), layout="constrained")
        axes = figure.subplots(1, len(names), squeeze=False)[0]
        handles: dict[str, Any] = {}
        for axis, name in zip(axes, names, strict=True):
            own = rows[rows["dataset"] == name]
            _draw_lines(axis, own)
            n = int(own.loc[own["line"] == "uniform", "size"].max())
            axis.set_title(f"{name}: {n} queries,\nn = {own['n_items'].iloc[0]:,} items")
            axis.set_xlabel("ensemble size (queries)")
            axis.set_ylim(bottom=80 * float(own[["error", "error_low"]].min(axis=None)))
            handles |= dict(zip(*axis.get_legend_handles_labels()[::-1], strict=True))
        axes[0].set_ylabel("error (%)")
        figure.legend(handles.values(), list(handles), loc="outside lower center", ncols=3)
    return figure


def _draw_lines(axis: Any, rows: pd.DataFrame) -> None:
    most = int(rows.loc[rows["line"] == "uniform", "size"].max())
    for line, (key, label) in LINES.items():
        own, style = rows[rows["line"] == line], FLOOR_STYLE[key]
        x, y = own["size"].to_numpy(), 100 * own["error"].to_numpy()
        if np.isnan(y).all():
            continue
        if own["size"].isna().all():
            axis.axhline(y[0], label=label, **style)
        elif line == "bayes, all queries":
            axis.plot(
                x, y, linestyle="", marker="*", markersize=8, color=style["color"], label=label
            )
        elif line == "rule of (c)":
            low, high = 100 * own[["error_low", "error_high"]].to_numpy().T
            axis.errorbar(
                x,
                y,
                yerr=[y - low, high - y],
                color="black",
                marker="_",
                capsize=3,
                linestyle="",
                label=label,
            )
        else:
            axis.plot(x, y, label=label, **style)
            if own["error_low"].notna().any():
                axis.fill_between(
                    x,
                    100 * own["error_low"],
                    100 * own["error_high"],
                    color=style["color"],
                    alpha=0.12,
                    linewidth=0,
                )
        greedy = own["exact"].astype(str) == "False"
        if line == "bayes" and greedy.any():
            axis.plot(
                x[greedy],
                y[greedy],
                linestyle="",
                marker="D",
                color=style["color"],
                markerfacecolor="white",
                label=GREEDY,
            )
    if most > 20:
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    else:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_xlim(0.8, most * 1.1 if most > 20 else most + 0.3)
    axis.set_ylim(bottom=0)


def correlation_figure(result: Floor) -> Figure:
    """Tetrachoric correlations of errors, queries ordered by clustering.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    Figure
    """
    model = result.model
    matrix = model.tetrachoric_.correlation[np.ix_(model.columns_, model.columns_)]
    names = [result.query_names[j] for j in model.columns_]
    distance = 1 - (matrix + matrix.T) / 2
    np.fill_diagonal(distance, 0)
    order = (
        leaves_list(linkage(squareform(np.clip(distance, 0, 2), checks=False), "average"))
        if len(names) > 2
        else np.arange(len(names))
    )
    ordered = matrix[np.ix_(order, order)]
    with mpl.rc_context({**RC, "axes.grid": False}):
        size = min(3.2 + 0.16 * len(names), 8.5)
        figure = Figure(figsize=(size + 1.2, size), layout="constrained")
        axis = figure.subplots()
        low = np.floor(10 * float(np.nanmin(ordered))) / 10
        image = axis.imshow(ordered, cmap="cividis", vmin=low, vmax=1)
        labelled = len(names) <= 45
        if labelled:
            ticks = [f"{names[j]} ({result.families[model.columns_[j]]})" for j in order]
            axis.set_yticks(range(len(names)), ticks, fontsize=5.5)
            axis.set_xticks(range(len(names)), [str(i + 1) for i in range(len(names))], fontsize=5)
        else:
            axis.set_xlabel("queries, ordered by clustering")
        if len(names) <= 16:
            for i in range(len(names)):
                for j in range(len(names)):
                    light = ordered[i, j] < low + 0.6 * (1 - low)
                    axis.text(
                        j,
                        i,
                        f"{100 * ordered[i, j]:.0f}",
                        ha="center",
                        va="center",
                        fontsize=5,
                        color="white" if light else "black",
                    )
        figure.colorbar(image, ax=axis, label="tetrachoric correlation of errors", shrink=0.8)
        axis.set_title(
            f"{result.dataset}: {len(names)} queries, n = {result.n_items:,} items"
            + ("; cells in hundredths" if len(names) <= 16 else ""),
            fontsize=8,
        )
    return figure


def co_failure_figure(result: Floor) -> Figure:
    """All-wrong rate as pools grow: observed, and as the copula predicts.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    Figure
    """
    growth, failed = result.growth, result.co_failure
    with mpl.rc_context(RC):
        figure = Figure(figsize=(4.2, 3.0), layout="constrained")
        axis = figure.subplots()
        seen = growth[growth["observed"] > 0]  # a logarithm has no place for 0
        axis.plot(seen["size"], 100 * seen["observed"], **FLOOR_STYLE["observed"], label="observed")
        axis.fill_between(
            growth["size"],
            100 * growth["observed_low"],
            100 * growth["observed_high"],
            color="black",
            alpha=0.12,
            linewidth=0,
        )
        axis.plot(
            growth["size"],
            100 * growth["predicted"],
            **FLOOR_STYLE["bayes"],
            label="Gaussian copula",
        )
        bottom = 100 * failed.low if failed.low > 0 else 100 * failed.high / 30
        axis.plot(
            [growth["size"].iloc[-1]] * 2,
            [bottom, 100 * failed.high],
            color="black",
            linewidth=1,
            marker="_",
        )
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlabel("queries in the pool (mean of 10 random orders)")
        axis.set_ylabel("all of them wrong (% of items)")
        axis.legend(loc="lower left")
        axis.set_title(
            f"{result.dataset}: n = {result.n_items:,} items; band: 95 %; bar: Clopper-Pearson",
            fontsize=8,
        )
    return figure
