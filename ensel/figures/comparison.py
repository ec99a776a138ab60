"""Held-out accuracy against budget, and the paired difference to top-k."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ensel.figures.parts import ZERO, band, legend_entries, names_in, zoom
from ensel.figures.sequences import NOTE as BARS
from ensel.figures.sequences import in_sequence, sequence_figure, with_vote
from ensel.figures.style import DOUBLE_COLUMN, METHOD_STYLE, RC, method_styles

if TYPE_CHECKING:
    from ensel.heldout.comparison import Comparison

SINGLE = "single-best"
"""The method that has one number, not one a budget."""
MAY_LEAVE = ("random", "gain-per-cost")
"""Methods that, at a budget in queries, may lie too far below to be framed."""
DIFFERENCE = "diff_vs_top_k"
BASELINE = "top-k + weighted vote"
LEAST_WIDTH = 4.2
"""Inches: what the note and the legend need, however few panels there are."""
NOTE_LETTERS = 17.5
"""Letters of the note below the picture that fit an inch."""
LETTER_WIDTH, MARK_WIDTH = 0.075, 0.55
"""Inches of a letter and of a line with its mark in the legend."""
HEIGHT, LEGEND_ROWS, ROW_HEIGHT = 4.6, 4, 0.17
"""Inches of the page with a legend of so many rows, and of each row more."""
ONE_PANEL_LETTERS = 75
"""Letters of a line of the note below one panel."""
OWN = "own"
"""What stands in the place of a vote where a method brings its own."""


def comparison_figure(result: Comparison) -> Figure:
    """Draw a comparison: a column of panels per vote.

    Parameters
    ----------
    result : Comparison

    Returns
    -------
    Figure

    See Also
    --------
    votes_figure : The same from rows.
    """
    return votes_figure(
        result.rows,
        dataset=result.dataset,
        n_items=result.n_items,
        n_train=result.n_train,
        n_splits=result.n_splits,
        baseline=result.baseline,
    )


def votes_figure(
    rows: pd.DataFrame,
    *,
    dataset: str,
    n_items: int,
    n_train: int,
    n_splits: int,
    baseline: str = BASELINE,
) -> Figure:
    """Draw all methods with all votes on one dataset: a column of panels per vote.

    Above, held-out accuracy against queries bought; below, the paired difference to top-k +
    weighted vote at the same budget, with 95 % bands. What asks in sequence has a vote of its own
    and asks fewer queries than its budget: it is a mark above, in every panel, at its mean queries,
    and not below. Where nothing else is compared, there is one panel (`sequence_figure`).

    Parameters
    ----------
    rows : DataFrame
        `Comparison.rows`: `method`, `vote`, `budget`, `accuracy`, `diff_vs_top_k` with
        `diff_vs_top_k_low` and `diff_vs_top_k_high`; rates, in [0, 1]. Of what asks in sequence
        also `mean_queries` and `diff_equal_queries`.
    dataset : str
    n_items, n_train, n_splits : int
        Said below the picture.
    baseline : str
        What differences are taken to.

    Returns
    -------
    Figure

    See Also
    --------
    budget_figure : Several datasets, one vote a method.
    """
    about = f"n = {n_items:,} items, {n_train:,} to learn from, {n_splits} random splits"
    sequences, sets = rows[in_sequence(rows)], rows[~in_sequence(rows)]
    if len(sequences) and (sets["method"] == SINGLE).all():
        note = fill(f"{about}; {BARS}", ONE_PANEL_LETTERS)
        return sequence_figure(rows.assign(dataset=dataset), note=note)

    sequences = sequences[sequences["budget"] > 1]  # who may ask one query asks what a set asks
    single, voted = sets[sets["method"] == SINGLE], sets[sets["method"] != SINGLE]
    # A method that brings its own vote stands in every panel, beside each vote of ours.
    brings_own = voted["vote"] == OWN
    votes = names_in(voted[~brings_own], "vote") or [OWN]
    styles = method_styles([*voted["method"], *sequences["method"]])
    with mpl.rc_context(RC):
        width = max(1.4 + 1.4 * len(votes), LEAST_WIDTH)
        figure = Figure(layout="constrained")
        axes = figure.subplots(2, len(votes), sharex=True, sharey="row", squeeze=False)

        for (above, below), vote in zip(axes.T, votes, strict=True):
            above.set_title(vote if vote == "verifier" else f"{vote} vote")
            if len(single):
                _draw_single(above, single, SINGLE)
            below.axhline(0, **ZERO)
            of_panel = voted[(voted["vote"] == vote) | brings_own]
            for method, line in of_panel.groupby("method", sort=False):
                _draw_method(above, below, line, str(method), styles)
            _draw_sequences(above, sequences, styles)
            _label_budgets(below)

        framed = voted[~voted["method"].isin(MAY_LEAVE)]
        if len(framed):
            zoom(axes[0, 0], 100 * pd.concat([framed["accuracy"], sequences["accuracy"]]))
            zoom(axes[1, 0], 100 * framed[DIFFERENCE])
        _label_rows(axes, baseline)
        hidden = "; what leaves the frame is not shown" if _leaves(axes[:, 0], voted) else ""
        note = f"{dataset}: {about}; bands: 95 % of the paired difference{hidden}"
        figure.supxlabel(fill(note, int(NOTE_LETTERS * width)), fontsize=7)
        _explain(figure, axes[0, 0], width)
    return figure


def _explain(figure: Figure, axis: Any, width: float) -> None:
    """Legend above, in as many columns as fit; a taller page where it has many rows."""
    handles, labels = axis.get_legend_handles_labels()
    longest = max(map(len, labels), default=1)
    ncols = max(1, min(len(labels), int(width / (LETTER_WIDTH * longest + MARK_WIDTH))))
    figure.legend(handles, labels, loc="outside upper center", ncols=ncols)
    beyond = max(0, -(-len(labels) // ncols) - LEGEND_ROWS)
    figure.set_size_inches(width, HEIGHT + ROW_HEIGHT * beyond)


def budget_figure(rows: pd.DataFrame) -> Figure:
    """Draw methods, each with one vote, on several datasets: a column of panels per dataset.

    Above, held-out accuracy against queries bought; below, the paired difference to top-k +
    weighted vote at the same budget, with 95 % bands.

    Parameters
    ----------
    rows : DataFrame
        `dataset`, `n_items`, and the columns of `Comparison.rows`; one vote a method.

    Returns
    -------
    Figure

    See Also
    --------
    votes_figure : One dataset, all votes.
    """
    names = names_in(rows)
    styles = method_styles(rows["method"])
    with mpl.rc_context(RC):
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.3), layout="constrained")
        axes = figure.subplots(2, len(names), sharex=True, squeeze=False)

        for (above, below), name in zip(axes.T, names, strict=True):
            of_dataset = rows[rows["dataset"] == name]
            above.set_title(f"{name}, n = {of_dataset['n_items'].iloc[0]:,}", fontsize=8)
            below.axhline(0, **ZERO)
            for method, line in of_dataset.groupby("method", sort=False):
                if method == SINGLE:
                    _draw_single(above, line, "single best query")
                else:
                    label = f"{method} + {line['vote'].iloc[0]}"
                    _draw_method(above, below, line, label, styles)

            framed = of_dataset[~of_dataset["method"].isin(MAY_LEAVE)]
            zoom(above, 100 * framed["accuracy"])
            zoom(below, 100 * framed.loc[framed["method"] != SINGLE, DIFFERENCE])
            _label_budgets(below)

        _label_rows(axes)
        entries = legend_entries(axes[0])
        figure.legend(*entries, loc="outside upper center", ncols=4, columnspacing=1.2)
    return figure


def _draw_single(above: Any, rows: pd.DataFrame, label: str) -> None:
    """The single best query costs one query at every budget: a level line."""
    style = METHOD_STYLE[SINGLE] | {"marker": None}
    above.axhline(100 * rows["accuracy"].iloc[0], label=label, **style)


def _draw_method(
    above: Any, below: Any, rows: pd.DataFrame, label: str, styles: dict[str, dict[str, Any]]
) -> None:
    """One method with one vote: its accuracy above, its difference with a band below."""
    # A set asks as many queries as its budget; who stops earlier stands at what it asks on average.
    asked = rows["mean_queries"] if "mean_queries" in rows else rows["budget"]
    rows = rows.assign(asked=asked).sort_values("asked")
    style = styles[str(rows["method"].iloc[0])]
    above.plot(rows["asked"], 100 * rows["accuracy"], label=label, **style)
    below.plot(rows["asked"], 100 * rows[DIFFERENCE], **style)
    band(below, rows, "asked", DIFFERENCE, color=style["color"], alpha=0.15)
    if len(rows) == 1:  # a band has no width there
        low, high = 100 * rows[f"{DIFFERENCE}_low"], 100 * rows[f"{DIFFERENCE}_high"]
        below.vlines(rows["asked"], low, high, color=style["color"], alpha=0.5)


def _draw_sequences(above: Any, sequences: pd.DataFrame, styles: dict[str, dict[str, Any]]) -> None:
    """What asks in sequence, each with its own vote, at its mean queries."""
    for method, rows in sequences.groupby("method", sort=False):
        style = styles[str(method)] | {"linestyle": ""}
        above.plot(
            rows["mean_queries"],
            100 * rows["accuracy"],
            label=with_vote(rows),
            zorder=3,
            **style,
        )


def _label_budgets(below: Any) -> None:
    below.set_xlabel("queries a question")
    below.xaxis.set_major_locator(MaxNLocator(integer=True))


def _label_rows(axes: Any, baseline: str = BASELINE) -> None:
    axes[0, 0].set_ylabel("held-out accuracy (%)")
    axes[1, 0].set_ylabel(f"difference to {baseline.replace('+ ', '+' + chr(10))} (points)")


def _leaves(column: Any, voted: pd.DataFrame) -> bool:
    """Whether a line or band leaves the frame."""
    above, below = column
    low, high = below.get_ylim()
    return bool(
        (100 * voted["accuracy"] < above.get_ylim()[0]).any()
        or (100 * voted[f"{DIFFERENCE}_low"] < low).any()
        or (100 * voted[f"{DIFFERENCE}_high"] > high).any()
    )
