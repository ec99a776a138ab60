"""Asking in sequence: accuracy against mean queries, and where questions stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ensel.figures.parts import ZERO, legend_entries, names_in
from ensel.figures.style import (
    DOUBLE_COLUMN,
    METHOD_STYLE,
    RC,
    RULE_STYLE,
    method_styles,
)

if TYPE_CHECKING:
    import pandas as pd

SINGLE, ADAPTIVE, VERIFIER = "single-best", "adaptive", "verifier"
DIFFERENCE = "diff_equal_queries"
"""Accuracy less that of fixed sets of as many queries on average; unknown of the sets."""
COLUMNS = {1: 1, 2: 2, 4: 2}
"""Columns of so many panels; of any other number, three."""
ONE_PANEL_WIDTH, LEAST_WIDTH = 4.4, 4.2
"""Inches of one panel with its legend; what the legend of stops needs."""
NOTE = (
    "bars: 95 % of the paired difference to fixed sets of as many queries on average, "
    "drawn from their line"
)
FEWEST = 0.002
"""Share of the questions below which nothing is drawn of how right they are: a handful."""
BLUE = "#0072B2"


def in_sequence(rows: pd.DataFrame) -> pd.Series:
    """Which rows are of something that asks in sequence.

    Parameters
    ----------
    rows : DataFrame
        `Comparison.rows`, or rows without any such column.

    Returns
    -------
    Series of bool

    Examples
    --------
    >>> import pandas as pd
    >>> in_sequence(pd.DataFrame({"diff_equal_queries": [float("nan"), 0.01]})).tolist()
    [False, True]
    """
    if DIFFERENCE in rows:
        return rows[DIFFERENCE].notna()
    return rows["method"].isna()  # nothing: every row has a method


def sequence_figure(
    rows: pd.DataFrame, curves: pd.DataFrame | None = None, *, note: str = NOTE
) -> Figure:
    """Draw accuracy against the mean number of queries: a panel per dataset.

    Fixed sets are lines; what asks in sequence is a mark at its mean, with the interval of its
    difference to fixed sets of as many queries on average: the bar is clear of their line where
    the difference is clear of 0. Where no fixed sets are given, their line is drawn through what
    the differences were taken to. Hollow: the mean number of queries was limited.

    Parameters
    ----------
    rows : DataFrame
        `dataset`, `method`, `vote`, `budget`, `mean_budget` (NaN: no limit), `accuracy`,
        `mean_queries`, and `diff_equal_queries` with `diff_equal_queries_low` and
        `diff_equal_queries_high` (NaN of fixed sets); optionally `n_items` and `n_train`. Rates, in
        [0, 1]. ``single-best`` is drawn level.
    curves : DataFrame, optional
        `dataset`, `rule`, `queries`, `accuracy`: what each learned rule gets at each mean number of
        queries, its threshold chosen in hindsight.
    note : str
        Said below the picture.

    Returns
    -------
    Figure

    See Also
    --------
    stops_figure : Where questions stop.
    """
    rows = rows[rows["accuracy"].notna()]
    names = names_in(rows)
    n_columns = COLUMNS.get(len(names), 3)
    n_rows = max(1, -(-len(names) // n_columns))
    with mpl.rc_context(RC):
        width = DOUBLE_COLUMN if n_columns > 1 else ONE_PANEL_WIDTH
        figure = Figure(figsize=(width, 1.4 + 2.1 * n_rows), layout="constrained")
        axes = figure.subplots(n_rows, n_columns, squeeze=False)
        styles = method_styles(rows["method"])

        for axis, name in zip(axes.ravel(), names, strict=False):
            of_dataset = rows[rows["dataset"] == name]
            if curves is not None:
                _draw_hindsight(axis, curves[curves["dataset"] == name])
            _draw_sets(axis, of_dataset, styles)
            _draw_policies(axis, of_dataset[in_sequence(of_dataset)], styles)
            axis.set_title(titled(of_dataset.iloc[0]), fontsize=8)
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))

        for axis in axes.ravel()[len(names) :]:
            axis.remove()
        for row in axes:
            row[0].set_ylabel("held-out accuracy (%)")
        for column in range(n_columns):
            _lowest(axes[:, column], n_columns, len(names), column).set_xlabel(
                "mean queries a question"
            )
        entries = legend_entries(axes.ravel()[: len(names)])
        ncols = 3 if n_columns > 1 else 2
        figure.legend(*entries, loc="outside upper center", ncols=ncols, fontsize=7)
        figure.supxlabel(note, fontsize=7)
    return figure


def _lowest(column: Any, n_columns: int, n_panels: int, place: int) -> Any:
    """The lowest panel of a column that is in use."""
    return column[(n_panels - 1 - place) // n_columns]


def titled(first: pd.Series) -> str:
    """Title of a panel: dataset, number of items, and of labels to learn from, as far as known.

    Parameters
    ----------
    first : Series
        A row with `dataset`, and where known `n_items` and `n_train`.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> print(titled(pd.Series({"dataset": "imdb", "n_items": 25000})))
    imdb
    n = 25,000
    """
    parts = []
    if "n_items" in first:
        parts.append(f"n = {int(first['n_items']):,}")
    if "n_train" in first:
        parts.append(f"{int(first['n_train']):,} labels")
    return "\n".join(filter(None, [str(first["dataset"]), ", ".join(parts)]))


def _draw_hindsight(axis: Any, curves: pd.DataFrame) -> None:
    """What each rule could get if its threshold were chosen on the test items."""
    for rule, line in curves.groupby("rule", sort=False):
        style = RULE_STYLE.get(str(rule), {"color": "#C0C0C0", "linewidth": 0.8})
        label = f"in hindsight: {rule}"
        axis.plot(line["queries"], 100 * line["accuracy"], label=label, zorder=1, **style)


def _draw_sets(axis: Any, rows: pd.DataFrame, styles: dict[str, dict[str, Any]]) -> None:
    """Fixed sets as lines; without any, the line that the differences were taken to."""
    others = rows[~in_sequence(rows)]
    single, sets = others[others["method"] == SINGLE], others[others["method"] != SINGLE]
    if len(single):
        style = METHOD_STYLE[SINGLE] | {"marker": None}
        accuracy = 100 * single["accuracy"].iloc[0]
        axis.axhline(accuracy, label="single best query", zorder=1, **style)

    for (method, vote), line in sets.groupby(["method", "vote"], sort=False):
        ordered = line.sort_values("mean_queries")
        axis.plot(
            ordered["mean_queries"],
            100 * ordered["accuracy"],
            label=f"fixed sets: {method} + {vote}",
            zorder=2,
            **styles[str(method)],
        )

    if len(sets) == 0:
        rivals = rows[in_sequence(rows)].sort_values("mean_queries")
        axis.plot(
            rivals["mean_queries"],
            100 * (rivals["accuracy"] - rivals[DIFFERENCE]),
            label="fixed sets of as many queries",
            color="#56B4E9",
            marker="_",
            markersize=8,
            zorder=2,
        )


def _draw_policies(axis: Any, rows: pd.DataFrame, styles: dict[str, dict[str, Any]]) -> None:
    """A mark at the mean queries of each policy, with its difference to fixed sets as a bar."""
    for method, of_method in rows.groupby("method", sort=False):
        style = styles[str(method)]
        limited = _limited(of_method)
        for part, label, hollow in (
            (of_method[~limited], with_vote(of_method), False),
            (of_method[limited], f"{with_vote(of_method)}, mean limited", True),
        ):
            if len(part) == 0:
                continue
            value = part["accuracy"]
            rival = value - part[DIFFERENCE]
            ends = [rival + part[f"{DIFFERENCE}_low"], rival + part[f"{DIFFERENCE}_high"]]
            axis.errorbar(
                part["mean_queries"],
                100 * value,
                yerr=100 * np.clip([value - ends[0], ends[1] - value], 0, None),
                label=label,
                elinewidth=0.8,
                zorder=4 if method == ADAPTIVE else 3,
                **(style | {"linestyle": ""} | ({"markerfacecolor": "white"} if hollow else {})),
            )


def with_vote(rows: pd.DataFrame) -> str:
    """A method with its vote, for a legend.

    Parameters
    ----------
    rows : DataFrame
        Of one method, with `method` and `vote`.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> with_vote(pd.DataFrame({"method": ["esc"], "vote": ["majority"]}))
    'esc + majority'
    """
    method, vote = str(rows["method"].iloc[0]), str(rows["vote"].iloc[0])
    return method if vote == VERIFIER else f"{method} + {vote}"


def _limited(rows: pd.DataFrame) -> pd.Series:
    """Of which the mean number of queries was limited."""
    if "mean_budget" in rows:
        return rows["mean_budget"].notna()
    return rows["method"].isna()


def stops_figure(stops: pd.DataFrame) -> Figure:
    """Draw where questions stop, and how right those are: a column of panels per dataset.

    Parameters
    ----------
    stops : DataFrame
        `dataset`, `asked` (queries), `share` of the questions that stop there, `accuracy` on those;
        in [0, 1]; optionally `n_items` and `n_train`. A row for each number of queries.

    Returns
    -------
    Figure

    See Also
    --------
    sequence_figure : What that is worth.
    """
    names = names_in(stops)
    with mpl.rc_context(RC):
        width = min(DOUBLE_COLUMN, max(1.6 + 1.8 * len(names), LEAST_WIDTH))
        figure = Figure(figsize=(width, 3.4), layout="constrained")
        axes = figure.subplots(2, len(names), sharex="col", sharey="row", squeeze=False)

        for (above, below), name in zip(axes.T, names, strict=True):
            rows = stops[stops["dataset"] == name].sort_values("asked")
            _draw_shares(above, rows)
            _draw_rightness(below, rows)
            above.set_title(titled(rows.iloc[0]), fontsize=8)
            below.xaxis.set_major_locator(MaxNLocator(integer=True))
            below.set_xlim(0.4, rows["asked"].max() + 0.6)
            below.set_xlabel("queries asked")

        axes[0, 0].set_ylabel("questions that\nstop there (%)")
        axes[1, 0].set_ylabel("of those,\nright (%)")
        entries = legend_entries(axes[1])
        figure.legend(*entries, loc="outside lower center", ncols=min(2, len(names)))
    return figure


def _draw_shares(axis: Any, rows: pd.DataFrame) -> None:
    """A bar for each number of queries, and the mean number."""
    axis.bar(rows["asked"], 100 * rows["share"], width=0.7, color=BLUE)
    mean = float((rows["asked"] * rows["share"]).sum() / rows["share"].sum())
    axis.axvline(mean, color="#000000", linewidth=0.9, linestyle=(0, (4, 2)))
    axis.annotate(
        f"mean {mean:.2f}",
        (mean, 1),
        xycoords=("data", "axes fraction"),
        xytext=(3, -2),
        textcoords="offset points",
        va="top",
        fontsize=7,
    )
    axis.grid(visible=False, axis="x")
    axis.set_axisbelow(True)


def _draw_rightness(axis: Any, rows: pd.DataFrame) -> None:
    """How right questions are, by where they stop; the area of a mark is their share."""
    shown = rows[rows["share"] >= FEWEST]
    axis.plot(shown["asked"], 100 * shown["accuracy"], color="#B0B0B0", linewidth=0.8, zorder=2)
    axis.scatter(
        shown["asked"],
        100 * shown["accuracy"],
        s=8 + 150 * shown["share"],
        color=BLUE,
        zorder=3,
        label="right, by where they stop (area: share of the questions)",
    )
    axis.margins(y=0.12)  # room for the marks
    overall = float((rows["share"] * rows["accuracy"]).sum() / rows["share"].sum())
    axis.axhline(100 * overall, label="all questions", **(ZERO | {"linestyle": (0, (4, 2))}))
