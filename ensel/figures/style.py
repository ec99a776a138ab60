"""One look for every figure: colours that survive colour blindness, marks that survive grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SINGLE_COLUMN, DOUBLE_COLUMN = 3.4, 7.0
"""Widths of a printed page's columns, inches."""

METHOD_STYLE: dict[str, dict[str, Any]] = {
    # Colours: Okabe & Ito. Marks and dashes tell the lines apart without colour.
    "single-best": {"color": "#000000", "linestyle": (0, (1, 1.5)), "marker": ""},
    "random": {"color": "#7F7F7F", "linestyle": (0, (4, 2)), "marker": "x"},
    "top-k": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "mrmr": {"color": "#E69F00", "linestyle": (0, (5, 1, 1, 1)), "marker": "^"},
    "jmi": {"color": "#882255", "linestyle": (0, (1, 1, 4, 1)), "marker": "<"},
    "greedy-mi": {"color": "#D55E00", "linestyle": "-", "marker": "s"},
    "greedy-logit": {"color": "#56B4E9", "linestyle": (0, (7, 1.5)), "marker": "v"},
    "gain-per-cost": {"color": "#F0E442", "linestyle": (0, (3, 1, 1, 1)), "marker": "P"},
    "self-moa": {"color": "#009E73", "linestyle": (0, (2, 1)), "marker": "D"},
    "exact-mi": {"color": "#CC79A7", "linestyle": (0, (1, 1)), "marker": "*"},
}
"""Line style of each method, the same in every figure."""

FLOOR_STYLE: dict[str, dict[str, Any]] = {
    "single": METHOD_STYLE["single-best"] | {"marker": None},
    "uniform": {"color": "#7F7F7F", "linestyle": "-", "marker": "."},
    "uniform_limit": {"color": "#7F7F7F", "linestyle": (0, (6, 2))},
    "vote": {"color": "#CC79A7", "linestyle": (0, (4, 1.5, 1, 1.5))},
    "bayes": {"color": "#009E73", "linestyle": "-", "marker": "D"},
    "top_k": METHOD_STYLE["top-k"],
    "greedy_mi": METHOD_STYLE["greedy-mi"],
    "observed": {"color": "#000000", "linestyle": "-", "marker": "o"},
}
"""Line style of each of the lines of an error floor."""

TERM_STYLE: dict[str, dict[str, Any]] = {
    "relevance": {"color": "#0072B2", "linestyle": (0, (5, 1.5)), "marker": "^"},
    "redundancy": {"color": "#D55E00", "linestyle": (0, (2, 1)), "marker": "v"},
    "dependence": {"color": "#009E73", "linestyle": (0, (5, 1, 1, 1)), "marker": "D"},
    "information": {"color": "#000000", "linestyle": "-", "marker": "o"},
    "on training items": {"color": "#7F7F7F", "linestyle": (0, (1, 1)), "marker": "x"},
    "held-out bound": {"color": "#CC79A7", "linestyle": (0, (7, 1.5)), "marker": "s"},
    "relevance - redundancy": {"color": "#E69F00", "linestyle": (0, (2, 1)), "marker": "v"},
    "all three": METHOD_STYLE["greedy-mi"],
}
"""Line style of the terms of information, and of what is chosen by them."""

ENSEMBLE_STYLE: dict[str, dict[str, Any]] = {
    "self-moa": METHOD_STYLE["self-moa"],
    "different models": METHOD_STYLE["top-k"],
    "different temperatures": {"color": "#CC79A7", "linestyle": (0, (5, 1, 1, 1)), "marker": "^"},
    "one sample": METHOD_STYLE["single-best"],
}
"""Line style of samples of one model and of mixtures."""

POOL_STYLE: dict[str, dict[str, Any]] = {
    "imdb": {"color": "#000000", "linestyle": "-", "marker": "o"},
    "imdb-llm": {"color": "#E69F00", "linestyle": (0, (5, 1)), "marker": "s"},
    "imdb-api": {"color": "#CC79A7", "linestyle": (0, (3, 1, 1, 1)), "marker": "P"},
    "mmlu": {"color": "#0072B2", "linestyle": "-", "marker": "^"},
    "mmlu-full": {"color": "#56B4E9", "linestyle": (0, (4, 1.5)), "marker": "v"},
    "medmcqa": {"color": "#D55E00", "linestyle": "-", "marker": "D"},
    "temperatures": {"color": "#009E73", "linestyle": (0, (2, 1)), "marker": "x"},
    "medmcqa-temperatures": {"color": "#7F7F7F", "linestyle": (0, (1, 1)), "marker": "+"},
}
"""Line style of each dataset."""

RC: Any = {
    "figure.dpi": 150,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.8,
    "pdf.fonttype": 42,  # vector text that stays text
    "svg.fonttype": "none",
}
"""matplotlib settings, applied with `rc_context` so that a user's own stay theirs."""


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
