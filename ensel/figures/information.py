"""Bits: the three terms of what queries tell, and what choosing by fewer of them costs."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ensel.figures.parts import ZERO, band, legend_entries, names_in
from ensel.figures.style import DOUBLE_COLUMN, RC, TERM_STYLE

SIGNED = {"relevance": 1, "dependence": 1, "redundancy": -1, "information": 1}
"""What the upper panels add up, each with its sign in the sum."""
VIEWS = ("on training items", "information", "held-out bound")
"""The sum as three estimates see it: the lower panels."""
LABELS = {
    "relevance": "relevance, $I(Y; X_j)$",
    "redundancy": "redundancy, $-I(X_j; X_S)$",
    "dependence": "dependence, $I(X_j; X_S | Y)$",
    "information": "sum: $I(Y; X_S)$, held-out items",
    "on training items": "$I(Y; X_S)$ as training items say",
    "held-out bound": "lower bound by the logit vote",
}
ALL_TERMS = "all three"
"""The variant to which the others are compared."""
PANELS = (
    ("accuracy", "value", 100.0, "held-out accuracy,\nmap vote (%)"),
    ("accuracy", "difference", 100.0, "difference to\nall three (points)"),
    ("information", "difference", 1.0, "held-out information,\ndifference (bits)"),
)
"""Panels of the ablation, from above: quantity, column, factor of the unit, label."""


def terms_figure(rows: pd.DataFrame) -> Figure:
    """Draw information against budget: above, its three terms; below, three views of the sum.

    Parameters
    ----------
    rows : DataFrame
        `ensel.studies.terms.information_by_term` of one or more datasets, with `dataset`,
        `n_items` and `label_entropy` (bits).

    Returns
    -------
    Figure

    See Also
    --------
    ablation_figure : What choosing by fewer terms costs.
    """
    names = names_in(rows)
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.4), layout="constrained")
        axes = figure.subplots(2, len(names), sharex=True, squeeze=False)

        for (above, below), name in zip(axes.T, names, strict=True):
            of_dataset = rows[rows["dataset"] == name]
            above.set_title(_title(of_dataset))
            above.axhline(0, **ZERO)
            for quantity, sign in SIGNED.items():
                _draw_quantity(above, of_dataset, quantity, sign)
            for quantity in VIEWS:
                _draw_quantity(below, of_dataset, quantity, 1)
            _draw_entropy(below, float(of_dataset["label_entropy"].iloc[0]))
            _label_budgets(below)

        axes[0, 0].set_ylabel("sum over queries (bits)")
        axes[1, 0].set_ylabel("information (bits)")
        figure.legend(*legend_entries(axes[:, 0]), loc="outside upper center", ncols=3)
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

    See Also
    --------
    terms_figure : The terms themselves.
    """
    names = names_in(rows)
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 5.4), layout="constrained")
        axes = figure.subplots(len(PANELS), len(names), sharex=True, squeeze=False)

        for column, name in zip(axes.T, names, strict=True):
            of_dataset = rows[rows["dataset"] == name]
            column[0].set_title(_title(of_dataset))
            for axis, (quantity, kind, factor, _) in zip(column, PANELS, strict=True):
                of_quantity = of_dataset[of_dataset["quantity"] == quantity]
                _draw_variants(axis, of_quantity, kind, factor)
            _label_budgets(column[-1])

        for axis, (*_, label) in zip(axes[:, 0], PANELS, strict=True):
            axis.set_ylabel(label)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        texts = [f"greedy on {label}" for label in labels]
        figure.legend(handles, texts, loc="outside upper center", ncols=3)
    return figure


def _draw_quantity(axis: Any, rows: pd.DataFrame, quantity: str, sign: int) -> None:
    """One quantity against budget, with its band; what is subtracted is drawn downwards."""
    line = rows[rows["quantity"] == quantity].sort_values("budget")
    style = TERM_STYLE[quantity]
    axis.plot(line["budget"], sign * line["value"], label=LABELS[quantity], **style)
    band(axis, line, "budget", "value", color=style["color"], alpha=0.2, scale=sign)


def _draw_entropy(axis: Any, bits: float) -> None:
    """All there is to tell: the entropy of the label."""
    axis.axhline(bits, linestyle=(0, (1, 2)), **ZERO)
    axis.annotate(
        "H(Y)", (1, bits), xytext=(0, -2), textcoords="offset points", va="top", fontsize=7
    )


def _draw_variants(axis: Any, rows: pd.DataFrame, kind: str, factor: float) -> None:
    """Each variant against budget; where differences are drawn, the reference is a level line."""
    for variant, line in rows.groupby("variant", sort=False):
        style = TERM_STYLE[str(variant)]
        if kind == "difference" and variant == ALL_TERMS:
            axis.axhline(0, **(style | {"marker": None, "linewidth": 1}))
            continue
        axis.plot(line["budget"], factor * line[kind], label=variant, **style)
        if kind == "difference":
            band(axis, line, "budget", kind, color=style["color"], alpha=0.2, scale=factor)


def _label_budgets(axis: Any) -> None:
    axis.set_xlabel("queries a question")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))


def _title(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"{first['dataset']}\nn = {first['n_items']:,} ({first['n_train']:,} to learn)"
