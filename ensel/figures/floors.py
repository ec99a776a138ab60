"""Why ensembles saturate: correlated errors, the four lines, co-failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from ensel.figures.style import FLOOR_STYLE, RC

if TYPE_CHECKING:
    from ensel.evaluation.floor_result import Floor


def error_by_size_figure(result: Floor) -> Figure:
    """Error against ensemble size: the textbook pool, its limits, the best subset, real votes.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    Figure
    """
    curve = result.curve
    with mpl.rc_context(RC):
        figure = Figure(figsize=(5.2, 3.9), layout="constrained")
        axis = figure.subplots()
        value = {name: 100 * estimate.value for name, estimate in result.estimates.items()}
        axis.axhline(value["best_single_error"], **FLOOR_STYLE["single"], label="best single query")
        axis.plot(curve["size"], 100 * curve["uniform"], **FLOOR_STYLE["uniform"],
                  label="(a) uniform pool, majority")  # fmt: skip
        axis.axhline(value["uniform_floor"], **FLOOR_STYLE["uniform_limit"],
                     label="(a) its floor, endless copies")  # fmt: skip
        axis.axhline(value["vote_limit"], **FLOOR_STYLE["vote"],
                     label="(b) vote limit, one factor")  # fmt: skip
        axis.plot(curve["size"], 100 * curve["bayes"], **FLOOR_STYLE["bayes"],
                  label="(c) best subset, best rule, copula")  # fmt: skip
        exact = curve["bayes_exact"].eq(True)
        greedy = curve["bayes"].notna() & ~exact
        if greedy.any():
            axis.plot(curve["size"][greedy], 100 * curve["bayes"][greedy], linestyle="",
                      marker="D", color=FLOOR_STYLE["bayes"]["color"], markerfacecolor="white",
                      label="(c) subset found greedily")  # fmt: skip
        axis.plot([result.n_models], [value["bayes_error"]], linestyle="", marker="*",
                  markersize=8, color=FLOOR_STYLE["bayes"]["color"],
                  label="(c) all queries")  # fmt: skip
        rule = result.rule_held_out
        axis.errorbar(
            [result.n_models], [100 * rule.value],
            yerr=[[100 * (rule.value - rule.low)], [100 * (rule.high - rule.value)]],
            color="black", marker="_", capsize=3, linestyle="", label="(d) rule of (c), held out",
        )  # fmt: skip
        for name, key, label in (
            ("held_out_top_k", "top_k", "(d) held out: top-k + weighted"),
            ("held_out_greedy_mi", "greedy_mi", "(d) held out: greedy-mi + map"),
        ):
            axis.plot(curve["size"], 100 * curve[name], **FLOOR_STYLE[key], label=label)
            axis.fill_between(
                curve["size"], 100 * curve[f"{name}_low"], 100 * curve[f"{name}_high"],
                color=FLOOR_STYLE[key]["color"], alpha=0.12, linewidth=0,
            )  # fmt: skip
        shown = int(curve["bayes"].notna().sum())
        most = max(len(curve), shown)
        if most > 20:
            axis.set_xscale("log")
            axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        else:
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlim(0.8, most * 1.1 if most > 20 else most + 0.3)
        axis.set_ylim(bottom=0)
        axis.set_xlabel("ensemble size (queries)")
        axis.set_ylabel("error (%)")
        figure.legend(loc="outside lower center", ncols=2, fontsize=7)
        figure.suptitle(
            f"{result.dataset}: {result.n_models} queries, n = {result.n_items:,} items; "
            "bands: 95 %",
            fontsize=8,
        )
    return figure


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
                    axis.text(j, i, f"{100 * ordered[i, j]:.0f}", ha="center", va="center",
                              fontsize=5, color="white" if light else "black")  # fmt: skip
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
        axis.plot(seen["size"], 100 * seen["observed"], **FLOOR_STYLE["observed"],
                  label="observed")  # fmt: skip
        axis.plot(growth["size"], 100 * growth["predicted"], **FLOOR_STYLE["bayes"],
                  label="Gaussian copula")  # fmt: skip
        bottom = 100 * failed.low if failed.low > 0 else 100 * failed.high / 30
        axis.plot([growth["size"].iloc[-1]] * 2, [bottom, 100 * failed.high], color="black",
                  linewidth=1, marker="_")  # fmt: skip
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlabel("queries in the pool (mean of 10 random orders)")
        axis.set_ylabel("all of them wrong (% of items)")
        axis.legend(loc="lower left")
        axis.set_title(
            f"{result.dataset}: n = {result.n_items:,} items; bar: 95 % Clopper-Pearson",
            fontsize=8,
        )
    return figure
