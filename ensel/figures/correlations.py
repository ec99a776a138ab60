"""Errors that come together: correlations clustered in one pool, or by family in several."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from ensel.figures.parts import bars, names_in, short_name
from ensel.figures.style import DOUBLE_COLUMN, RC

MOST_NAMED, MOST_NUMBERED = 45, 16
"""Queries up to which a clustered matrix has names at its side, and numbers in its cells."""
MANY = 12
"""Queries from which the numbers in a family's matrix are set smaller."""
LEAST_SHADE = 0.4
"""Correlations at and below this share the darkest shade: what differs lies above."""
MEANS = {
    "within": ("within a family", "o", "#D55E00"),
    "across": ("across families", "s", "#0072B2"),
}
MEANING = "tetrachoric correlation of errors"


def clustered_figure(correlation: pd.DataFrame, *, dataset: str, n_items: int) -> Figure:
    """Heatmap of error correlations, queries ordered by average-linkage clustering.

    Parameters
    ----------
    correlation : DataFrame, shape (n_queries, n_queries)
        In [-1, 1]; index and columns are the names to write.
    dataset : str
    n_items : int
        Said above the picture.

    Returns
    -------
    Figure

    See Also
    --------
    correlation_by_family_figure : Several pools, queries ordered by family.
    """
    matrix, n = correlation.to_numpy(), len(correlation)
    order = clustered_order(matrix)
    ordered = matrix[np.ix_(order, order)]
    low = np.floor(10 * float(np.nanmin(ordered))) / 10
    with mpl.rc_context({**RC, "axes.grid": False}):
        size = min(3.2 + 0.16 * n, 8.5)
        figure = Figure(figsize=(size + 1.2, size), layout="constrained")
        axis = figure.subplots()
        image = axis.imshow(ordered, cmap="cividis", vmin=low, vmax=1)

        if n <= MOST_NAMED:
            axis.set_yticks(range(n), [correlation.index[j] for j in order], fontsize=5.5)
            axis.set_xticks(range(n), [str(i + 1) for i in range(n)], fontsize=5)
        else:
            axis.set_xlabel("queries, ordered by clustering")
        if n <= MOST_NUMBERED:
            _number_cells(axis, ordered, low, fontsize=5)

        figure.colorbar(image, ax=axis, label=MEANING, shrink=0.8)
        numbered = "; cells in hundredths" if n <= MOST_NUMBERED else ""
        axis.set_title(f"{dataset}: {n} queries, n = {n_items:,} items{numbered}", fontsize=8)
    return figure


def clustered_order(correlation: np.ndarray) -> np.ndarray:
    """Order in which queries that err together stand together: average linkage of 1 - r.

    Parameters
    ----------
    correlation : ndarray of float, shape (n_queries, n_queries)

    Returns
    -------
    ndarray of int, shape (n_queries,)

    Examples
    --------
    >>> r = np.array([[1, 0, 0.9], [0, 1, 0], [0.9, 0, 1]])
    >>> order = clustered_order(r).tolist()
    >>> abs(order.index(0) - order.index(2))
    1
    """
    if len(correlation) <= 2:
        return np.arange(len(correlation))
    distance = 1 - (correlation + correlation.T) / 2
    np.fill_diagonal(distance, 0)
    condensed = squareform(np.clip(distance, 0, 2), checks=False)
    return leaves_list(linkage(condensed, "average"))


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

    See Also
    --------
    clustered_figure : One pool, queries ordered by clustering.
    """
    names = names_in(rows)
    n_rows = (len(names) + 2) // 2
    pairs = rows[rows["kind"] == "pair"]
    low = max(LEAST_SHADE, np.floor(10 * float(pairs["correlation"].min())) / 10)
    with mpl.rc_context({**RC, "axes.grid": False}):
        figure = Figure(figsize=(DOUBLE_COLUMN, 2.75 * n_rows), layout="constrained")
        axes = figure.subplots(n_rows, 2, squeeze=False).ravel()

        for axis, name in zip(axes, names, strict=False):
            of_dataset = pairs[pairs["dataset"] == name]
            image = _draw_pairs(axis, of_dataset, low)
            axis.set_title(f"{name}, n = {of_dataset['n_items'].iloc[0]:,}")

        last = axes[len(names)]
        _draw_means(last, rows[rows["kind"].isin(list(MEANS))], names)
        bar = figure.colorbar(image, ax=last, location="bottom", shrink=0.9, extend="min")
        bar.set_label(MEANING)
        for axis in axes[len(names) + 1 :]:
            axis.remove()
    return figure


def _number_cells(axis: Any, matrix: np.ndarray, low: float, *, fontsize: float) -> None:
    """Write each known correlation into its cell, in hundredths: white on dark, black on light."""
    for i, j in np.argwhere(~np.isnan(matrix)):
        axis.text(
            j,
            i,
            f"{100 * matrix[i, j]:.0f}",
            ha="center",
            va="center",
            fontsize=fontsize,
            color="white" if matrix[i, j] < low + 0.6 * (1 - low) else "black",
        )


def _draw_pairs(axis: Any, pairs: pd.DataFrame, low: float) -> Any:
    """Heatmap of one pool, its families parted by white lines."""
    names = names_in(pairs, "query_a")
    matrix = pairs.pivot(index="query_a", columns="query_b", values="correlation")
    matrix = matrix.reindex(index=names, columns=names)
    image = axis.imshow(matrix, cmap="cividis", vmin=low, vmax=1)

    of_others = np.where(np.eye(len(names), dtype=bool), np.nan, matrix)
    _number_cells(axis, of_others, low, fontsize=5.0 if len(names) > MANY else 6.0)
    axis.set_yticks(range(len(names)), [short_name(name) for name in names], fontsize=6.5)
    axis.set_xticks([])
    axis.tick_params(length=0)

    families = pairs.drop_duplicates("query_a")["family_a"].tolist()
    for start in range(1, len(names)):
        if families[start] != families[start - 1]:
            axis.axhline(start - 0.5, color="white", linewidth=1.2)
            axis.axvline(start - 0.5, color="white", linewidth=1.2)
    for spine in axis.spines.values():
        spine.set_visible(False)
    return image


def _draw_means(axis: Any, rows: pd.DataFrame, names: list[str]) -> None:
    """Mean correlation of each pool, within a family and across families."""
    for number, (kind, (label, mark, color)) in enumerate(MEANS.items()):
        means = rows[rows["kind"] == kind].set_index("dataset").reindex(names)
        axis.errorbar(
            means["correlation"],
            np.arange(len(names)) + 0.2 * (number - 0.5),
            xerr=bars(means, "correlation", scale=1),
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
