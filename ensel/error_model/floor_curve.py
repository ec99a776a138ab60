"""Error by ensemble size: the uniform pool, the best subset under the copula, real ensembles."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ensel.error_model.copula import GaussianCopulaErrors
from ensel.error_model.subsets import BestSubset, best_subsets
from ensel.error_model.uniform import uniform_majority_error
from ensel.heldout.comparison import compare
from ensel.table.kinds import CLOSED, OPEN, VERDICTS
from ensel.table.prediction_table import PredictionTable

MOST_SUBSET = 8
"""Largest size of best subsets and of real ensembles: beyond, curves are flat."""
REAL_ENSEMBLES = {
    "held_out_top_k": ("top-k", "weighted"),
    "held_out_greedy_mi": ("greedy-mi", "map"),
}
"""Method and vote behind each column of line (d)."""
OPEN_ENSEMBLES = {
    "held_out_top_k": ("top-k", "weighted"),
    "held_out_greedy_mi": ("greedy-mi", "logit"),
}
"""The same on open answers, where no table of patterns can be learned."""


def floor_curve(
    table: PredictionTable,
    model: GaussianCopulaErrors,
    point: dict[str, float],
    *,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Lines (a), (c) and (d) of an error floor, by ensemble size.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    model : GaussianCopulaErrors
        Fitted to the same table.
    point : dict of str to float
        Estimated numbers of the floor: its uniform floor, mean error and mean correlation.
    seed : int
    progress : bool, optional

    Returns
    -------
    DataFrame
        As `ensel.error_model.floor_result.Floor.curve`.

    See Also
    --------
    ensel.figures.floors.error_by_size_figure : Its picture.
    """
    sizes = np.arange(1, table.n_queries + 1)
    curve = pd.DataFrame({"size": sizes, "uniform": _uniform_errors(sizes, point)})

    subsets = []
    if table.kind == CLOSED:  # else it is not known which wrong answers agree
        subsets = _best_subsets(model, table.n_queries, seed, progress)
    rows = range(len(sizes))
    curve["bayes"] = pd.Series([s.error for s in subsets], dtype=float).reindex(rows)
    exact = pd.Series([s.exhaustive for s in subsets], dtype=object)
    curve["bayes_exact"] = exact.reindex(rows)

    return pd.concat([curve, _real_errors(table, sizes, seed, progress)], axis=1)


def _best_subsets(
    model: GaussianCopulaErrors, n_queries: int, seed: int, progress: bool | None
) -> list[BestSubset]:
    """The best set of each size; with a query that decides every item, all that hold it are."""
    if model.certain_.decides(model.n_classes_):
        best = BestSubset((), 0.0, 0.0, exhaustive=True)
        return [best] * min(MOST_SUBSET, n_queries)
    most = min(MOST_SUBSET, len(model.columns_))
    return best_subsets(model, most, seed=seed, progress=progress)


def _uniform_errors(sizes: np.ndarray, point: dict[str, float]) -> np.ndarray | float:
    """Majority of so many equal models; NaN where the uniform pool does not apply."""
    if math.isnan(point["uniform_floor"]) or point["mean_tetrachoric"] >= 1:
        return math.nan
    return uniform_majority_error(sizes, point["mean_error"], point["mean_tetrachoric"])


def _real_errors(
    table: PredictionTable, sizes: np.ndarray, seed: int, progress: bool | None
) -> pd.DataFrame:
    """Held-out error of real ensembles, NaN beyond the largest that is tried."""
    if table.kind == VERDICTS:  # nothing to vote on
        columns = [f"{name}{end}" for name in REAL_ENSEMBLES for end in ("", "_low", "_high")]
        return pd.DataFrame(math.nan, index=range(len(sizes)), columns=columns)
    ensembles = OPEN_ENSEMBLES if table.kind == OPEN else REAL_ENSEMBLES
    methods, votes = zip(*ensembles.values(), strict=True)
    compared = compare(
        table,
        methods=list(methods),
        votes=list(votes),
        budgets=sizes[:MOST_SUBSET].tolist(),
        copies="keep",  # what there was to merge is merged
        seed=seed,
        progress=progress,
    ).rows

    errors = {}
    for name, (method, vote) in ensembles.items():
        rows = compared[(compared["method"] == method) & (compared["vote"] == vote)]
        errors[name] = 1 - rows["accuracy"].to_numpy()
        errors[f"{name}_low"] = 1 - rows["accuracy_high"].to_numpy()
        errors[f"{name}_high"] = 1 - rows["accuracy_low"].to_numpy()
    return pd.DataFrame(errors).reindex(range(len(sizes)))
