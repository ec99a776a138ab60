"""The numbers behind the picture of an error floor: a row per line and ensemble size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from ensel.error_model.floor_result import Floor

UNKNOWN = (np.nan, np.nan)
"""The interval of a point on a model curve: only the curves' ends have one."""
COLUMNS = ["line", "size", "error", "error_low", "error_high", "exact"]
LEVEL = {
    "best single query": "best_single_error",
    "uniform floor": "uniform_floor",
    "vote limit": "vote_limit",
}
"""Lines that have one error whatever the size, and the estimates that they are."""
REFUTED = " (refuted)"
"""Ends the name of a line (c) that is no floor: its own rule errs more than it says."""
HELD_OUT = {"top-k": "held_out_top_k", "greedy-mi": "held_out_greedy_mi"}
"""Lines of real ensembles, and their columns in the curve."""

Row = tuple[str, float, float, float, float, bool | None]


def floor_lines(result: Floor) -> pd.DataFrame:
    """Lay out an error floor as lines to draw.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    DataFrame
        `line` (of `ensel.figures.floors.LINES`), `size` (queries; NaN for what has none), `error`
        in [0, 1] with `error_low` and `error_high` (NaN for model curves, whose ends have
        intervals), `exact` (for ``bayes``: whether all subsets were tried; None elsewhere). Where
        the model is refuted, the names of its lines say so: ``bayes (refuted)``.
    """
    rows: list[Row] = [(line, np.nan, *result.estimates[key], None) for line, key in LEVEL.items()]
    refuted = REFUTED if result.model_refuted else ""
    rows += _model_curves(result.curve, f"bayes{refuted}")
    pool = float(result.n_models)
    rows.append((f"bayes, all queries{refuted}", pool, *result.estimates["bayes_error"], None))
    rows.append(("rule of (c)", pool, *result.rule_held_out, None))
    rows += _held_out(result.curve)
    return pd.DataFrame(rows, columns=COLUMNS)


def _model_curves(curve: pd.DataFrame, best: str) -> Iterator[Row]:
    """The uniform pool at every size, and the best subset at those it was found for."""
    for point in curve.itertuples():
        yield "uniform", point.size, point.uniform, *UNKNOWN, None
    for point in curve[curve["bayes"].notna()].itertuples():
        yield best, point.size, point.bayes, *UNKNOWN, bool(point.bayes_exact)


def _held_out(curve: pd.DataFrame) -> Iterator[Row]:
    """Real ensembles, at the sizes that were judged."""
    for line, column in HELD_OUT.items():
        judged = curve[curve[column].notna()]
        estimates = judged[["size", column, f"{column}_low", f"{column}_high"]]
        for size, error, low, high in estimates.itertuples(index=False):
            yield line, size, error, low, high, None
