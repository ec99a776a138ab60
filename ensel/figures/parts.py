"""What figures have in common: bands, bars, frames, legends and short names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ZERO: dict[str, Any] = {"color": "#444444", "linewidth": 0.8}
"""The line of no difference."""


def names_in(rows: pd.DataFrame, column: str = "dataset") -> list[str]:
    """Values of a column, each once, in the order of the rows.

    Examples
    --------
    >>> import pandas as pd
    >>> names_in(pd.DataFrame({"dataset": ["mmlu", "imdb", "mmlu"]}))
    ['mmlu', 'imdb']
    """
    return list(dict.fromkeys(rows[column]))


def band(
    axis: Axes,
    rows: pd.DataFrame,
    x: str,
    quantity: str,
    *,
    color: str,
    alpha: float,
    scale: float = 100.0,
) -> None:
    """Shade the interval of a quantity, from its `_low` to its `_high`.

    Parameters
    ----------
    axis : Axes
    rows : DataFrame
        A row per point, in the order to draw.
    x, quantity : str
        Columns; the interval stands in ``quantity_low`` and ``quantity_high``.
    color : str
    alpha : float
        In [0, 1].
    scale : float
        Factor of the quantity: 100 for rates drawn in per cent; -1 mirrors.
    """
    axis.fill_between(
        rows[x],
        scale * rows[f"{quantity}_low"],
        scale * rows[f"{quantity}_high"],
        color=color,
        alpha=alpha,
        linewidth=0,
    )


def bars(rows: pd.DataFrame, quantity: str, *, scale: float = 100.0) -> np.ndarray:
    """Lengths of an interval below and above its value, as `Axes.errorbar` wants them.

    Parameters
    ----------
    rows : DataFrame
    quantity : str
        A column, beside ``quantity_low`` and ``quantity_high``.
    scale : float

    Returns
    -------
    ndarray of float, shape (2, n_rows)

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"share": [0.5], "share_low": [0.25], "share_high": [1.0]})
    >>> bars(rows, "share").tolist()
    [[25.0], [50.0]]
    """
    value = rows[quantity]
    return scale * np.array([value - rows[f"{quantity}_low"], rows[f"{quantity}_high"] - value])


def legend_entries(axes: Iterable[Axes]) -> tuple[list[Any], list[str]]:
    """Handles and labels of several panels, each label once."""
    entries: dict[str, Any] = {}
    for axis in axes:
        handles, labels = axis.get_legend_handles_labels()
        entries |= dict(zip(labels, handles, strict=True))
    return list(entries.values()), list(entries)


def zoom(axis: Axes, values: pd.Series) -> None:
    """Frame the values that matter: wide bands and far-off lines may leave the picture.

    Parameters
    ----------
    axis : Axes
    values : Series of float
        In the unit of the axis; none: the frame stays.
    """
    if len(values) == 0:
        return
    low, high = float(values.min()), float(values.max())
    margin = max(0.25 * (high - low), 0.5)
    axis.set_ylim(low - 2 * margin, high + margin)


def short_name(query: str) -> str:
    """A query's name without its provider and date, for a label.

    Examples
    --------
    >>> short_name("openai_gpt-4o-2024-05-13"), short_name("anthropic/claude-3-opus-20240229#2")
    ('gpt-4o', 'claude-3-opus#2')
    """
    name = re.sub(r"^[A-Za-z0-9]+[_/](?=[A-Za-z])", "", query)
    return re.sub(r"-(20\d{2}-?\d{2}-?\d{2})(?=#|@|$)", "", name)
