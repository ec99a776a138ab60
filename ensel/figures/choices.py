"""How sure a choice is: what resamples buy, what more labels bring, mixtures or one model."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from ensel.figures.parts import ZERO, band, bars, names_in, short_name, zoom
from ensel.figures.style import DOUBLE_COLUMN, ENSEMBLE_STYLE, RC, method_styles

MOST_QUERIES = 8
"""Queries shown of a pool, the most bought first."""
BLUE = "#0072B2"
SINGLE = "single-best"
SELF_MOA, ONE_SAMPLE = "self-moa", "one sample"


def stability_figure(rows: pd.DataFrame) -> Figure:
    """Draw the share of resamples that buy each query: a panel per dataset.

    Parameters
    ----------
    rows : DataFrame
        A row per dataset and query, the most bought first: `share` (in [0, 1]) with `share_low`
        and `share_high`, `bought` (whether it is bought from all items), `method`, `vote`,
        `n_bought`, `budget`, `n_items`.

    Returns
    -------
    Figure
    """
    names = names_in(rows)
    n_rows = (len(names) + 1) // 2
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 0.5 + 1.85 * n_rows), layout="constrained")
        axes = figure.subplots(n_rows, 2, sharex=True, squeeze=False)

        for axis, name in zip(axes.ravel(), names, strict=False):
            most_bought = rows[rows["dataset"] == name].head(MOST_QUERIES)
            _draw_shares(axis, most_bought)
            axis.set_title(_what_is_bought(most_bought.iloc[0]), fontsize=8)

        for axis in axes.ravel()[len(names) :]:
            axis.remove()
        for axis in axes[-1]:
            axis.set_xlabel("resamples that buy it (%)")
    return figure


def learning_figure(rows: pd.DataFrame) -> Figure:
    """Draw accuracy against the number of labelled items: a column of panels per dataset.

    Parameters
    ----------
    rows : DataFrame
        `ensel.choosing.learning_curve.learning_curves` of one or more datasets, with `dataset`
        and `n_items`.

    Returns
    -------
    Figure
    """
    names = names_in(rows)
    styles = method_styles(rows["method"])
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.2), layout="constrained")
        axes = figure.subplots(2, len(names), sharex="col", squeeze=False)

        for (above, below), name in zip(axes.T, names, strict=True):
            of_dataset = rows[rows["dataset"] == name]
            above.set_title(f"{name}, n = {of_dataset['n_items'].iloc[0]:,}")
            below.axhline(0, **ZERO)
            for method, line in of_dataset.groupby("method", sort=False):
                _draw_learner(above, below, line, styles[str(method)])
            zoom(above, 100 * of_dataset["accuracy"])
            zoom(below, 100 * of_dataset["difference"])
            for axis in (above, below):
                _scale_labels(axis, of_dataset["n_train"])
            below.set_xlabel("labelled items to learn from")

        axes[0, 0].set_ylabel("held-out accuracy (%)")
        axes[1, 0].set_ylabel("difference to top-k +\nweighted vote (points)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4)
    return figure


def temperature_figure(rows: pd.DataFrame) -> Figure:
    """Draw Self-MoA and mixtures against temperature: a column of panels per dataset.

    Parameters
    ----------
    rows : DataFrame
        `ensel.studies.temperature_mixes.temperature_mixes` of one or more datasets, with
        `dataset`, `n_items` and `n_models`.

    Returns
    -------
    Figure
    """
    names = names_in(rows)
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.2), layout="constrained")
        axes = figure.subplots(2, len(names), sharex=True, sharey="row", squeeze=False)

        for (above, below), name in zip(axes.T, names, strict=True):
            of_dataset = rows[rows["dataset"] == name]
            n_models, n_items = int(of_dataset["n_models"].iloc[0]), of_dataset["n_items"].iloc[0]
            models = f"{n_models} model{'s' if n_models > 1 else ''}"
            above.set_title(f"{name}: {models}, n = {n_items:,}")
            below.axhline(0, **ZERO)
            ends = [of_dataset["temperature"].min(), of_dataset["temperature"].max()]
            for ensemble, line in of_dataset.groupby("ensemble", sort=False):
                _draw_ensemble(above, below, line, str(ensemble), ends)
            below.set_xlabel("sampling temperature")

        axes[0, 0].set_ylabel("held-out accuracy (%)")
        axes[1, 0].set_ylabel("difference to self-moa\n(points)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4, columnspacing=1)
    return figure


def _draw_shares(axis: Any, rows: pd.DataFrame) -> None:
    """A bar per query; filled: bought from all items."""
    places = np.arange(len(rows))
    axis.barh(
        places,
        100 * rows["share"],
        height=0.65,
        linewidth=0.8,
        edgecolor=BLUE,
        color=[BLUE if bought else "#FFFFFF" for bought in rows["bought"]],
        xerr=bars(rows, "share"),
        error_kw={"ecolor": "#000000", "elinewidth": 1},
    )
    axis.set_yticks(places, [short_name(query) for query in rows["query"]], fontsize=7)
    axis.invert_yaxis()
    axis.grid(visible=False, axis="y")
    axis.set_axisbelow(True)
    axis.set_xlim(0, 100)


def _what_is_bought(first: pd.Series) -> str:
    """Title of a pool: its size, what is chosen, and how many queries."""
    vote = "" if first["method"] == SINGLE else f" + {first['vote']}"
    return (
        f"{first['dataset']}, n = {first['n_items']:,}\n{first['method']}{vote}, "
        f"{int(first['n_bought'])} of {int(first['budget'])} queries"
    )


def _draw_learner(above: Any, below: Any, line: pd.DataFrame, style: dict[str, Any]) -> None:
    """One method against labels: its accuracy above, its difference below."""
    method, vote, color = line["method"].iloc[0], line["vote"].iloc[0], style["color"]
    label = "single best query" if method == SINGLE else f"{method} + {vote}"
    above.plot(line["n_train"], 100 * line["accuracy"], label=label, **style)
    band(above, line, "n_train", "accuracy", color=color, alpha=0.1)
    below.plot(line["n_train"], 100 * line["difference"], **style)
    band(below, line, "n_train", "difference", color=color, alpha=0.15)


def _scale_labels(axis: Any, n_train: pd.Series) -> None:
    """A logarithmic axis with a tick at some of the numbers that were tried."""
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(_spaced(sorted(set(n_train)))))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter("{x:,.0f}")


def _spaced(ticks: list[int]) -> list[int]:
    """Ticks from the largest down, each less than half of the one before: room for text."""
    kept: list[int] = []
    for tick in reversed(ticks):
        if not kept or tick < 0.45 * kept[-1]:
            kept.append(tick)
    return kept


def _draw_ensemble(
    above: Any, below: Any, line: pd.DataFrame, ensemble: str, ends: list[float]
) -> None:
    """One ensemble against temperature; bands only where they can be told from each other."""
    style = ENSEMBLE_STYLE[ensemble]
    size, color = int(line["size"].iloc[0]), style["color"]
    label = ensemble if size == 1 else f"{size} queries: {ensemble}"
    if line["temperature"].isna().all():  # it has no temperature of its own: a level line
        line = pd.concat([line, line]).assign(temperature=ends)
        style = style | {"marker": None}

    above.plot(line["temperature"], 100 * line["accuracy"], label=label, **style)
    if ensemble == SELF_MOA:  # what the others are compared to
        band(above, line, "temperature", "accuracy", color=color, alpha=0.12)
        return
    below.plot(line["temperature"], 100 * line["difference"], **style)
    if ensemble != ONE_SAMPLE:
        band(below, line, "temperature", "difference", color=color, alpha=0.15)
