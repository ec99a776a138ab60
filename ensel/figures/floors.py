"""Why ensembles saturate: the four lines of an error floor, and front doors of its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ensel.figures.co_failure import growth_figure
from ensel.figures.correlations import clustered_figure
from ensel.figures.floor_lines import floor_lines
from ensel.figures.parts import band, bars, legend_entries, names_in
from ensel.figures.style import DOUBLE_COLUMN, FLOOR_STYLE, RC

if TYPE_CHECKING:
    from ensel.error_model.floor_result import Floor

__all__ = [
    "co_failure_figure",
    "correlation_figure",
    "error_by_size_figure",
    "floor_lines",
    "floors_figure",
    "one_floor_figure",
]

LINES = {
    "best single query": ("single", "best single query"),
    "uniform": ("uniform", "(a) uniform pool, majority"),
    "uniform floor": ("uniform_limit", "(a) its floor, endless copies"),
    "vote limit": ("vote", "(b) vote limit, one factor"),
    "bayes": ("bayes", "(c) best subset, best rule, copula"),
    "bayes, all queries": ("bayes", "(c) all queries"),
    "bayes (refuted)": ("bayes_refuted", "(c) refuted: believed of best subset"),
    "bayes, all queries (refuted)": ("bayes_refuted", "(c) refuted: believed of all queries"),
    "rule of (c)": ("observed", "(d) rule of (c), held out"),
    "top-k": ("top_k", "(d) held out: top-k + weighted"),
    "greedy-mi": ("greedy_mi", "(d) held out: greedy-mi + map"),
}
"""Lines of an error floor: style, and what the legend says."""
STYLES = FLOOR_STYLE | {
    "bayes_refuted": {"color": "#A3BDB4", "linestyle": (0, (2, 1.5)), "marker": "D"},
}
"""Line style of each; what is refuted is pale and broken."""
GREEDY = "(c) subset found greedily"
MOST_LINEAR = 20
"""Pools of more queries stand on a logarithmic axis: what differs happens at small sizes."""


def error_by_size_figure(result: Floor) -> Figure:
    """Error against ensemble size: the textbook pool, its limits, the best subset, real votes.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    Figure

    See Also
    --------
    one_floor_figure : The same from rows.
    """
    return one_floor_figure(
        floor_lines(result),
        dataset=result.dataset,
        n_queries=result.n_models,
        n_items=result.n_items,
    )


def correlation_figure(result: Floor) -> Figure:
    """Tetrachoric correlations of errors, queries ordered by clustering.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    Figure

    See Also
    --------
    ensel.figures.correlations.clustered_figure : The same from a matrix.
    """
    kept = list(result.model.columns_)
    names = [f"{result.query_names[j]} ({result.families[j]})" for j in kept]
    correlation = result.model.tetrachoric_.correlation[kept][:, kept]
    return clustered_figure(
        pd.DataFrame(correlation, index=names, columns=names),
        dataset=result.dataset,
        n_items=result.n_items,
    )


def co_failure_figure(result: Floor) -> Figure:
    """All-wrong rate as pools grow: observed, and as the copula predicts.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    Figure

    See Also
    --------
    ensel.figures.co_failure.growth_figure : The same from rows.
    """
    return growth_figure(
        result.growth,
        all_wrong_low=result.co_failure.low,
        all_wrong_high=result.co_failure.high,
        dataset=result.dataset,
        n_items=result.n_items,
    )


def one_floor_figure(rows: pd.DataFrame, *, dataset: str, n_queries: int, n_items: int) -> Figure:
    """Error against ensemble size on one dataset; the axis starts at 0.

    Parameters
    ----------
    rows : DataFrame
        As `floor_lines` gives them.
    dataset : str
    n_queries, n_items : int
        Said above the picture.

    Returns
    -------
    Figure

    See Also
    --------
    floors_figure : Several datasets side by side.
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=(5.2, 3.9), layout="constrained")
        axis = figure.subplots()
        _draw_lines(axis, rows)
        axis.set_xlabel("ensemble size (queries)")
        axis.set_ylabel("error (%)")

        figure.legend(loc="outside lower center", ncols=2, fontsize=7)
        figure.suptitle(
            f"{dataset}: {n_queries} queries, n = {n_items:,} items; bands: 95 %", fontsize=8
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

    See Also
    --------
    one_floor_figure : One dataset.
    """
    names = names_in(rows)
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 3.6), layout="constrained")
        axes = figure.subplots(1, len(names), squeeze=False)[0]

        for axis, name in zip(axes, names, strict=True):
            of_dataset = rows[rows["dataset"] == name]
            _draw_lines(axis, of_dataset)
            n_items = of_dataset["n_items"].iloc[0]
            axis.set_title(f"{name}: {_largest(of_dataset)} queries,\nn = {n_items:,} items")
            axis.set_xlabel("ensemble size (queries)")
            axis.set_ylim(bottom=80 * float(of_dataset[["error", "error_low"]].min(axis=None)))

        axes[0].set_ylabel("error (%)")
        figure.legend(*legend_entries(axes), loc="outside lower center", ncols=3)
    return figure


def _largest(rows: pd.DataFrame) -> int:
    """Size of the largest ensemble: the uniform pool is drawn at every size."""
    return int(rows.loc[rows["line"] == "uniform", "size"].max())


def _draw_lines(axis: Any, rows: pd.DataFrame) -> None:
    for line, (key, label) in LINES.items():
        of_line = rows[rows["line"] == line]
        if not of_line["error"].isna().all():
            _draw_line(axis, of_line, line, label, STYLES[key])

    most = _largest(rows)
    if most > MOST_LINEAR:
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    else:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_xlim(0.8, most * 1.1 if most > MOST_LINEAR else most + 0.3)
    axis.set_ylim(bottom=0)


def _draw_line(axis: Any, rows: pd.DataFrame, line: str, label: str, style: dict[str, Any]) -> None:
    """One line of the floor: level, a star, a bar, or a curve with its band."""
    x, y, color = rows["size"].to_numpy(), 100 * rows["error"].to_numpy(), style["color"]

    if rows["size"].isna().all():
        axis.axhline(y[0], label=label, **style)
    elif line.startswith("bayes, all queries"):
        axis.plot(x, y, linestyle="", marker="*", markersize=8, color=color, label=label)
    elif line == "rule of (c)":
        bar = {"color": "black", "marker": "_", "capsize": 3, "linestyle": ""}
        axis.errorbar(x, y, yerr=bars(rows, "error"), label=label, **bar)
    else:
        axis.plot(x, y, label=label, **style)
        if rows["error_low"].notna().any():
            band(axis, rows, "size", "error", color=color, alpha=0.12)

    if line in ("bayes", "bayes (refuted)"):
        _mark_greedy(axis, rows[rows["exact"].astype(str) == "False"], color)


def _mark_greedy(axis: Any, rows: pd.DataFrame, color: str) -> None:
    """Hollow marks where not all subsets were tried."""
    if len(rows):
        hollow = {"linestyle": "", "marker": "D", "color": color, "markerfacecolor": "white"}
        axis.plot(rows["size"], 100 * rows["error"], label=GREEDY, **hollow)
