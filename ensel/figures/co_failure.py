"""Items that all get wrong: one pool as it grows, and many pools against the prediction."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from ensel.figures.parts import ZERO, band, bars
from ensel.figures.style import DOUBLE_COLUMN, FLOOR_STYLE, RC, pool_style


def growth_figure(
    rows: pd.DataFrame,
    *,
    all_wrong_low: float,
    all_wrong_high: float,
    dataset: str,
    n_items: int,
) -> Figure:
    """Draw the all-wrong rate of one pool as it grows: observed, and as the copula predicts.

    Parameters
    ----------
    rows : DataFrame
        A row per `size`, ascending: `observed` with `observed_low` and `observed_high`,
        `predicted`; rates, in [0, 1].
    all_wrong_low, all_wrong_high : float
        Clopper-Pearson interval of the whole pool's rate, in [0, 1].
    dataset : str
    n_items : int
        Said above the picture.

    Returns
    -------
    Figure

    See Also
    --------
    co_failure_pools_figure : Many pools.
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=(4.2, 3.0), layout="constrained")
        axis = figure.subplots()
        _draw_growth(axis, rows)
        # On a logarithmic axis a bar that reaches 0 ends well below everything else.
        bottom = 100 * all_wrong_low if all_wrong_low > 0 else 100 * all_wrong_high / 30
        ends = [bottom, 100 * all_wrong_high]
        axis.plot([rows["size"].iloc[-1]] * 2, ends, color="black", linewidth=1, marker="_")

        axis.set_yscale("log")
        _plain_ticks(axis.yaxis, (1, 2, 5))
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlabel("queries in the pool (mean of 10 random orders)")
        axis.set_ylabel("all of them wrong (% of items)")
        axis.legend(loc="lower left")
        axis.set_title(
            f"{dataset}: n = {n_items:,} items; band: 95 %; bar: Clopper-Pearson", fontsize=8
        )
    return figure


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

    See Also
    --------
    growth_figure : One pool.
    """
    seen = rows[(rows["observed"] > 0) & (rows["predicted"] > 0)]  # a logarithm has no place for 0
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 3.3), layout="constrained")
        against, ratio = figure.subplots(1, 2)
        _label_against(against, seen)
        _label_ratio(ratio, seen["observed"] / seen["predicted"])

        for name, of_dataset in seen.groupby("dataset", sort=False):
            style = pool_style(str(name))
            _draw_against(against, of_dataset, str(name), style)
            _draw_ratio(ratio, of_dataset, style)

        entries = against.get_legend_handles_labels()
        figure.legend(*entries, loc="outside upper center", ncols=2)
    return figure


def _draw_growth(axis: Any, rows: pd.DataFrame) -> None:
    """Observed rates with their band, and predicted ones."""
    seen = rows[rows["observed"] > 0]  # a logarithm has no place for 0
    axis.plot(seen["size"], 100 * seen["observed"], **FLOOR_STYLE["observed"], label="observed")
    band(axis, rows, "size", "observed", color="black", alpha=0.12)
    copula = FLOOR_STYLE["bayes"]
    axis.plot(rows["size"], 100 * rows["predicted"], **copula, label="Gaussian copula")


def _draw_against(axis: Any, rows: pd.DataFrame, name: str, style: dict[str, Any]) -> None:
    """Observed rates of one pool against predicted ones."""
    axis.errorbar(
        100 * rows["predicted"],
        100 * rows["observed"],
        yerr=bars(rows, "observed"),
        label=f"{name}: {int(rows['size'].max())} queries, n = {rows['n_items'].iloc[0]:,}",
        linewidth=0.9,
        elinewidth=0.6,
        **style,
    )


def _draw_ratio(axis: Any, rows: pd.DataFrame, style: dict[str, Any]) -> None:
    """Observed over predicted rate of one pool; the interval is that of the observed rate."""
    parts = ("observed", "observed_low", "observed_high")
    ratio = rows.assign(**{name: rows[name] / rows["predicted"] for name in parts})
    axis.plot(ratio["size"], ratio["observed"], **style)
    band(axis, ratio, "size", "observed", color=style["color"], alpha=0.12, scale=1)


def _label_against(axis: Any, rows: pd.DataFrame) -> None:
    """Equal logarithmic axes, and the line on which the prediction is right."""
    rates = 100 * rows[["observed", "predicted"]]
    ends = [0.7 * float(rates.min(axis=None)), 1.4 * float(rates.max(axis=None))]
    axis.plot(ends, ends, zorder=1, **ZERO)
    axis.set_xscale("log")
    axis.set_yscale("log")
    for side in (axis.xaxis, axis.yaxis):
        _plain_ticks(side, (1, 3))
    axis.set_xlim(ends)
    axis.set_ylim(ends)
    axis.set_xlabel("all wrong, as the copula predicts (% of items)")
    axis.set_ylabel("all wrong, observed (% of items)")


def _label_ratio(axis: Any, ratio: pd.Series) -> None:
    """A logarithmic axis around 1, where the prediction is right."""
    axis.axhline(1, **ZERO)
    axis.set_yscale("log")
    _plain_ticks(axis.yaxis, (1, 2, 5))
    axis.set_ylim(min(0.5, 0.8 * float(ratio.min())), max(2, 1.5 * float(ratio.max())))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_xlabel("queries in the pool")
    axis.set_ylabel("observed / predicted")


def _plain_ticks(side: Any, steps: tuple[int, ...]) -> None:
    """Ticks of a logarithmic axis in plain numbers: 0.5, not 5 x 10^-1."""
    side.set_major_locator(LogLocator(subs=steps))
    side.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    side.set_minor_formatter(NullFormatter())
