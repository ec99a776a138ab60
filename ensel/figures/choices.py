"""How sure a choice is: what resamples buy, what more labels bring, mixtures or one model."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from ensel.figures.style import DOUBLE_COLUMN, ENSEMBLE_STYLE, METHOD_STYLE, RC, zoom

MOST_QUERIES = 8


def stability_figure(rows: pd.DataFrame) -> Figure:
    """Draw the share of resamples that buy each query: a panel per dataset.

    Parameters
    ----------
    rows : DataFrame
        A row per dataset and query: `share` with `share_low` and `share_high`, `bought` (whether
        it is bought from all items), `method`, `vote`, `n_draws`, `n_items`.

    Returns
    -------
    Figure
    """
    names = list(dict.fromkeys(rows["dataset"]))
    n_rows = (len(names) + 1) // 2
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 0.5 + 1.85 * n_rows), layout="constrained")
        axes = figure.subplots(n_rows, 2, sharex=True, squeeze=False)
        for axis, name in zip(axes.ravel(), names, strict=False):
            own = rows[rows["dataset"] == name].head(MOST_QUERIES)
            first = own.iloc[0]
            places = np.arange(len(own))
            axis.barh(
                places,
                100 * own["share"],
                height=0.65,
                linewidth=0.8,
                edgecolor="#0072B2",
                color=["#0072B2" if bought else "#FFFFFF" for bought in own["bought"]],
                xerr=100
                * np.array([own["share"] - own["share_low"], own["share_high"] - own["share"]]),
                error_kw={"ecolor": "#000000", "elinewidth": 1},
            )
            axis.set_yticks(places, [short_name(query) for query in own["query"]], fontsize=7)
            axis.invert_yaxis()
            axis.grid(visible=False, axis="y")
            axis.set_axisbelow(True)
            axis.set_xlim(0, 100)
            vote = "" if first["method"] == "single-best" else f" + {first['vote']}"
            axis.set_title(
                f"{name}, n = {first['n_items']:,}\n{first['method']}{vote}, "
                f"{int(first['n_bought'])} of {int(first['budget'])} queries",
                fontsize=8,
            )
        for axis in axes.ravel()[len(names) :]:
            axis.remove()
        for axis in axes[-1]:
            axis.set_xlabel("resamples that buy it (%)")
    return figure


def short_name(query: str) -> str:
    """A query's name without its provider and date, for a label.

    Examples
    --------
    >>> short_name("openai_gpt-4o-2024-05-13"), short_name("anthropic/claude-3-opus-20240229#2")
    ('gpt-4o', 'claude-3-opus#2')
    """
    import re

    name = re.sub(r"^[A-Za-z0-9]+[_/](?=[A-Za-z])", "", query)
    return re.sub(r"-(20\d{2}-?\d{2}-?\d{2})(?=#|@|$)", "", name)


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
    names = list(dict.fromkeys(rows["dataset"]))
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.2), layout="constrained")
        axes = figure.subplots(2, len(names), sharex="col", squeeze=False)
        for (above, below), name in zip(axes.T, names, strict=True):
            own = rows[rows["dataset"] == name]
            above.set_title(f"{name}, n = {own['n_items'].iloc[0]:,}")
            below.axhline(0, color="#444444", linewidth=0.8)
            for method, line in own.groupby("method", sort=False):
                style = METHOD_STYLE[str(method)]
                single = method == "single-best"
                label = "single best query" if single else f"{method} + {line['vote'].iloc[0]}"
                above.plot(line["n_train"], 100 * line["accuracy"], label=label, **style)
                above.fill_between(
                    line["n_train"],
                    100 * line["accuracy_low"],
                    100 * line["accuracy_high"],
                    color=style["color"],
                    alpha=0.1,
                    linewidth=0,
                )
                below.plot(line["n_train"], 100 * line["difference"], **style)
                below.fill_between(
                    line["n_train"],
                    100 * line["difference_low"],
                    100 * line["difference_high"],
                    color=style["color"],
                    alpha=0.15,
                    linewidth=0,
                )
            zoom(above, 100 * own["accuracy"])
            zoom(below, 100 * own["difference"])
            for axis in (above, below):
                axis.set_xscale("log")
                ticks = sorted(set(own["n_train"]))
                axis.xaxis.set_major_locator(FixedLocator(_apart(ticks)))
                axis.xaxis.set_minor_locator(NullLocator())
                axis.xaxis.set_major_formatter("{x:,.0f}")
            below.set_xlabel("labelled items to learn from")
        axes[0, 0].set_ylabel("held-out accuracy (%)")
        axes[1, 0].set_ylabel("difference to top-k +\nweighted vote (points)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4)
    return figure


def _apart(ticks: list[int]) -> list[int]:
    """Ticks from the largest down, each less than half of the one before: room for text."""
    kept: list[int] = []
    for tick in reversed(ticks):
        if not kept or tick < 0.45 * kept[-1]:
            kept.append(tick)
    return kept


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
    names = list(dict.fromkeys(rows["dataset"]))
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.2), layout="constrained")
        axes = figure.subplots(2, len(names), sharex=True, sharey="row", squeeze=False)
        for (above, below), name in zip(axes.T, names, strict=True):
            own = rows[rows["dataset"] == name]
            models = int(own["n_models"].iloc[0])
            above.set_title(
                f"{name}: {models} model{'s' if models > 1 else ''}, n = {own['n_items'].iloc[0]:,}"
            )
            below.axhline(0, color="#444444", linewidth=0.8)
            ends = [own["temperature"].min(), own["temperature"].max()]
            for ensemble, line in own.groupby("ensemble", sort=False):
                style = ENSEMBLE_STYLE[str(ensemble)]
                size = int(line["size"].iloc[0])
                label = str(ensemble) if size == 1 else f"{size} queries: {ensemble}"
                if line["temperature"].isna().all():  # it has no temperature of its own
                    line = pd.concat([line, line]).assign(temperature=ends)
                    style = style | {"marker": None}
                above.plot(line["temperature"], 100 * line["accuracy"], label=label, **style)
                if ensemble == "self-moa":
                    above.fill_between(
                        line["temperature"],
                        100 * line["accuracy_low"],
                        100 * line["accuracy_high"],
                        color=style["color"],
                        alpha=0.12,
                        linewidth=0,
                    )
                    continue
                below.plot(line["temperature"], 100 * line["difference"], **style)
                if ensemble != "one sample":
                    below.fill_between(
                        line["temperature"],
                        100 * line["difference_low"],
                        100 * line["difference_high"],
                        color=style["color"],
                        alpha=0.15,
                        linewidth=0,
                    )
            below.set_xlabel("sampling temperature")
        axes[0, 0].set_ylabel("held-out accuracy (%)")
        axes[1, 0].set_ylabel("difference to self-moa\n(points)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4, columnspacing=1)
    return figure
