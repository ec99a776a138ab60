"""One look for every figure: colours that survive colour blindness, marks that survive grey."""

from __future__ import annotations

from typing import Any

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
