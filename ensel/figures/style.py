"""One look for every figure: colours that survive colour blindness, marks that survive grey."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
    # What asks in sequence stands at its mean queries: marks without a line.
    "adaptive": {"color": "#000000", "linestyle": "", "marker": "*", "markersize": 7.5},
    "adaptive-consistency": {"color": "#CC6677", "linestyle": "", "marker": "d", "markersize": 5},
    "esc": {"color": "#44AA99", "linestyle": "", "marker": "H", "markersize": 5},
    "cannot-be-overturned": {"color": "#999933", "linestyle": "", "marker": "+"}
    | {"markersize": 6.5, "markeredgewidth": 1.8},
    "fixed-confidence": {"color": "#6F4C9B", "linestyle": "", "marker": "X", "markersize": 5.5},
}
"""Line style of each method, the same in every figure."""

RULE_STYLE: dict[str, dict[str, Any]] = {
    # Pale and thin: a threshold that is chosen in hindsight is nothing that anybody could buy.
    "overturn": {"color": "#C9A0C4", "linestyle": "-", "linewidth": 0.8},
    "gain": {"color": "#C9A0C4", "linestyle": (0, (4, 1.5)), "linewidth": 0.8},
    "posterior": {"color": "#C9A0C4", "linestyle": (0, (1, 1)), "linewidth": 1.0},
}
"""Line style of each rule that is learned, for what it could do in hindsight."""

LOSS_STYLES: tuple[dict[str, Any], ...] = (
    {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    {"color": "#D55E00", "linestyle": (0, (5, 1.5)), "marker": "s"},
    {"color": "#009E73", "linestyle": (0, (2, 1)), "marker": "D"},
    {"color": "#CC79A7", "linestyle": (0, (5, 1, 1, 1)), "marker": "^"},
)
"""Line styles of the losses that certificates allow, from small to large, taken in turn."""

OTHER_STYLES: tuple[dict[str, Any], ...] = (
    {"color": "#AA4499", "linestyle": "-", "marker": "X"},
    {"color": "#332288", "linestyle": (0, (4, 1)), "marker": ">"},
    {"color": "#661100", "linestyle": (0, (2, 1)), "marker": "p"},
    {"color": "#117733", "linestyle": (0, (6, 1, 1, 1)), "marker": "h"},
)
"""Line styles of methods that are not the package's own, taken in turn."""

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
"""Line style of each dataset; any other is grey."""

MEAN = "mean of datasets"
"""The dataset of rows that are means over datasets."""
REGRET_STYLE: dict[str, dict[str, Any]] = {
    # Marks stand side by side; pools of fewer than 300 labels have no second number to avoid.
    "fewer than 300": {"color": "#7F7F7F", "marker": "x", "offset": 0.0},
    "300": {"color": "#E69F00", "marker": "o", "offset": -0.24},
    "1,000": {"color": "#56B4E9", "marker": "s", "offset": 0.0},
    "half of the items": {"color": "#000000", "marker": "D", "offset": 0.24},
}
"""Marks of each number of labels to learn from, and how far they stand from the row's middle."""

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


def method_styles(methods: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Line style of each method; those that are not the package's own take turns.

    Examples
    --------
    >>> styles = method_styles(["top-k", "mine"])
    >>> styles["top-k"] == METHOD_STYLE["top-k"], styles["mine"] == OTHER_STYLES[0]
    (True, True)
    """
    names = list(dict.fromkeys(str(method) for method in methods))
    others = [name for name in names if name not in METHOD_STYLE]
    drawn = {name: OTHER_STYLES[i % len(OTHER_STYLES)] for i, name in enumerate(others)}
    return {name: METHOD_STYLE.get(name) or drawn[name] for name in names}


def pool_style(dataset: str) -> dict[str, Any]:
    """Line style of a dataset; grey dots for one that has none of its own.

    Examples
    --------
    >>> pool_style("mmlu")["marker"], pool_style("mine")["marker"]
    ('^', '.')
    """
    return POOL_STYLE.get(dataset, {"color": "#7F7F7F", "marker": "."})
