"""What labels can vouch for, and whether the promise is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from ensel.figures.parts import ZERO, legend_entries, names_in
from ensel.figures.sequences import titled
from ensel.figures.style import DOUBLE_COLUMN, LOSS_STYLES, RC

if TYPE_CHECKING:
    import pandas as pd

LABELS = (
    "mean queries,\ncertified at most",
    "repetitions with\na certificate (%)",
    "promise\nbroken (%)",
)
"""What the panels show, from above."""
CONFIDENCE = 0.95
"""Of a certificate, unless the rows say otherwise."""
NEIGHBOURS = 1.07
"""Factor between marks of two losses at the same number of labels."""


def certificate_figure(rows: pd.DataFrame) -> Figure:
    """Draw what labels can vouch for: a column of panels per dataset, a line per allowed loss.

    Above, the certified limit of the mean number of queries, and the true mean (thin), where
    anything is certified; in the middle, how often that is; below, how often the promise is broken,
    with an upper limit, beside how often it may be.

    Parameters
    ----------
    rows : DataFrame
        A row per dataset, number of labels and allowed loss: `dataset`, `n_labels`, `loss` (in
        [0, 1]), `share_certified` of the repetitions, `mean_queries_bound` (mean of the certified
        limits), and where known `mean_queries` (the true mean in the same repetitions),
        `violations` with `violations_high` (share of the repetitions in which a promise is broken,
        and its upper limit), `confidence` (default .95). What is NaN is not drawn.

    Returns
    -------
    Figure
    """
    names = names_in(rows)
    losses = sorted(set(rows["loss"]))
    styles = {loss: LOSS_STYLES[i % len(LOSS_STYLES)] for i, loss in enumerate(losses)}
    checked = "violations" in rows and bool(rows["violations"].notna().any())
    n_rows = 3 if checked else 2
    with mpl.rc_context(RC):
        width = min(DOUBLE_COLUMN, max(1.6 + 1.8 * len(names), 3.4))
        figure = Figure(figsize=(width, 0.8 + 1.45 * n_rows), layout="constrained")
        axes = figure.subplots(n_rows, len(names), sharex="col", sharey="row", squeeze=False)

        for column, name in zip(axes.T, names, strict=True):
            of_dataset = rows[rows["dataset"] == name]
            for place, loss in enumerate(losses):
                line = of_dataset[of_dataset["loss"] == loss].sort_values("n_labels")
                shift = NEIGHBOURS ** (place - (len(losses) - 1) / 2)
                _draw_certified(column, line, styles[loss], _points(loss), shift)
            if "mean_queries" in rows:
                column[0].plot([], [], color="#7F7F7F", linewidth=0.7, label="true mean")
            if checked:
                _draw_what_may_be(column[2], of_dataset)
            title = titled(of_dataset.iloc[0]).replace(" (", "\n(")
            column[0].set_title(title, fontsize=8)
            _scale_labels(column[-1], of_dataset["n_labels"])
            column[-1].set_xlabel("labels in all")

        for axis, text in zip(axes[:, 0], LABELS, strict=False):
            axis.set_ylabel(text)
        entries = legend_entries(axes.ravel())
        figure.legend(*entries, loc="outside upper center", ncols=3 if len(names) > 2 else 2)
    return figure


def _points(loss: float) -> str:
    """``loss of 0.5 points``."""
    return f"loss of {100 * loss:g} point{'' if round(100 * loss, 6) == 1 else 's'}"


def _draw_certified(
    column: Any, line: pd.DataFrame, style: dict[str, Any], label: str, shift: float
) -> None:
    """One allowed loss: the limit and the truth, how often, and how often it is broken."""
    x, faint = line["n_labels"], style | {"marker": "", "linewidth": 0.7, "alpha": 0.7}
    column[0].plot(x, line["mean_queries_bound"], label=label, **style)
    if "mean_queries" in line:
        column[0].plot(x, line["mean_queries"], **faint)
    column[1].plot(x, 100 * line["share_certified"], **style)
    column[1].set_ylim(-4, 104)
    if len(column) < 3:
        return
    x = x * shift  # side by side
    column[2].plot(x, 100 * line["violations"], **(style | {"linestyle": ""}))
    if "violations_high" in line:
        low, high = 100 * line["violations"], 100 * line["violations_high"]
        column[2].vlines(x, low, high, color=style["color"], linewidth=0.8)


def _draw_what_may_be(axis: Any, rows: pd.DataFrame) -> None:
    confidence = float(rows["confidence"].iloc[0]) if "confidence" in rows else CONFIDENCE
    style = ZERO | {"linestyle": (0, (4, 2))}
    axis.axhline(100 * (1 - confidence), label="may be broken so often", **style)
    axis.set_ylim(bottom=-0.05 * axis.get_ylim()[1])


def _scale_labels(axis: Any, n_labels: pd.Series) -> None:
    """A logarithmic axis with a tick at each number that was tried."""
    ticks = sorted(set(n_labels))
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(ticks))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.tick_params(axis="x", labelsize=7, rotation=45 if len(ticks) > 3 else 0)
