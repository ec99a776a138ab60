"""Bits: the three terms of what queries tell, and what choosing by fewer of them costs."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ensel.figures.style import DOUBLE_COLUMN, RC, TERM_STYLE

SIGNED = {"relevance": 1, "dependence": 1, "redundancy": -1, "information": 1}
LABELS = {
    "relevance": "relevance, $I(Y; X_j)$",
    "redundancy": "redundancy, $-I(X_j; X_S)$",
    "dependence": "dependence, $I(X_j; X_S | Y)$",
    "information": "sum: $I(Y; X_S)$, held-out items",
    "on training items": "$I(Y; X_S)$ as training items say",
    "held-out bound": "lower bound by the logit vote",
}


def terms_figure(rows: pd.DataFrame) -> Figure:
    """Draw information against budget: above, its three terms; below, three views of the sum.

    Parameters
    ----------
    rows : DataFrame
        `ensel.studies.ablation.information_by_term` of one or more datasets, with `dataset`,
        `n_items` and `label_entropy`.

    Returns
    -------
    Figure
    """
    names = list(dict.fromkeys(rows["dataset"]))
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.4), layout="constrained")
        axes = figure.subplots(2, len(names), sharex=True, squeeze=False)
        for (above, below), name in zip(axes.T, names, strict=True):
            own = rows[rows["dataset"] == name]
            above.set_title(_title(own))
            above.axhline(0, color="#444444", linewidth=0.8)
            for quantity, sign in SIGNED.items():
                _band(above, own, quantity, sign)
            for quantity in ("on training items", "information", "held-out bound"):
                _band(below, own, quantity, 1)
            most = float(own["label_entropy"].iloc[0])
            below.axhline(most, color="#444444", linewidth=0.8, linestyle=(0, (1, 2)))
            below.annotate(
                "H(Y)", (1, most), xytext=(0, -2), textcoords="offset points", va="top", fontsize=7
            )
            below.set_xlabel("queries a question")
            below.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes[0, 0].set_ylabel("sum over queries (bits)")
        axes[1, 0].set_ylabel("information (bits)")
        handles: dict[str, Any] = {}
        for axis in axes[:, 0]:
            handles |= dict(zip(*axis.get_legend_handles_labels()[::-1], strict=True))
        figure.legend(handles.values(), list(handles), loc="outside upper center", ncols=3)
    return figure


def ablation_figure(rows: pd.DataFrame) -> Figure:
    """Draw greedy on one, two and three terms: accuracy, its difference, and that in bits.

    Parameters
    ----------
    rows : DataFrame
        `ensel.studies.ablation.ablate_terms` of one or more datasets, with `dataset` and
        `n_items`.

    Returns
    -------
    Figure
    """
    names = list(dict.fromkeys(rows["dataset"]))
    panels = (
        ("accuracy", "value", 100.0, "held-out accuracy,\nmap vote (%)"),
        ("accuracy", "difference", 100.0, "difference to\nall three (points)"),
        ("information", "difference", 1.0, "held-out information,\ndifference (bits)"),
    )
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 5.4), layout="constrained")
        axes = figure.subplots(3, len(names), sharex=True, squeeze=False)
        for column, name in zip(axes.T, names, strict=True):
            own = rows[rows["dataset"] == name]
            column[0].set_title(_title(own))
            for axis, (quantity, kind, factor, _) in zip(column, panels, strict=True):
                of_kind = own[own["quantity"] == quantity]
                for variant, line in of_kind.groupby("variant", sort=False):
                    style = TERM_STYLE[str(variant)]
                    if kind == "difference" and variant == "all three":
                        axis.axhline(0, **(style | {"marker": None, "linewidth": 1}))
                        continue
                    axis.plot(line["budget"], factor * line[kind], label=variant, **style)
                    if kind == "difference":
                        axis.fill_between(
                            line["budget"],
                            factor * line["difference_low"],
                            factor * line["difference_high"],
                            color=style["color"],
                            alpha=0.2,
                            linewidth=0,
                        )
            column[-1].set_xlabel("queries a question")
            column[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        for axis, (_, _, _, label) in zip(axes[:, 0], panels, strict=True):
            axis.set_ylabel(label)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(
            handles, [f"greedy on {label}" for label in labels], loc="outside upper center", ncols=3
        )
    return figure


def _band(axis: Any, rows: pd.DataFrame, quantity: str, sign: int) -> None:
    line = rows[rows["quantity"] == quantity].sort_values("budget")
    style = TERM_STYLE[quantity]
    axis.plot(line["budget"], sign * line["value"], label=LABELS[quantity], **style)
    axis.fill_between(
        line["budget"],
        sign * line["value_low"],
        sign * line["value_high"],
        color=style["color"],
        alpha=0.2,
        linewidth=0,
    )


def _title(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"{first['dataset']}\nn = {first['n_items']:,} ({first['n_train']:,} to learn)"
