"""What `select` loses against its rivals: a summary of stored cells of ``benchmarks/regret.py``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ensel.exceptions import InputError
from ensel.figures.style import MEAN, REGRET_STYLE
from ensel.heldout.intervals import LEVEL, Z

LABELS = tuple(REGRET_STYLE)
"""Numbers of labels to learn from, ascending."""
LEAST_DATASETS = 3
"""Fewer have no mean over datasets: its interval would say nothing."""
VIEWS = {"": "as published", "statements": "statements", "no-best": "without its best model"}
RIVALS = {"regret": "regret", "vs_top_k": "top-k + weighted", "vs_single": "single best query"}
NEEDED = (
    "pool",
    "n_train",
    "budget",
    "regret",
    "vs_top_k",
    "se_vs_top_k",
    "vs_single",
    "se_vs_single",
)


def regret_summary(cells: pd.DataFrame) -> pd.DataFrame:
    """Means over budgets for each pool and number of labels, with intervals, and over datasets.

    Regret is how far `select` is behind the method that is best in hindsight; the differences are
    how far it is ahead of two simple rules. A difference's standard error is the mean over budgets
    of those of the cells: an upper limit, reached where budgets rise and fall together, as they
    nearly do (Cauchy-Schwarz). The cells have no standard error of the regret; its mean over
    datasets (views of one averaged first) has a t interval with the datasets as units, where there
    are three or more.

    Parameters
    ----------
    cells : DataFrame
        A row per pool, `n_train` and `budget`, as ``benchmarks/results/regret.csv`` holds them;
        budget 1, at which every method asks one query, is left out.

    Returns
    -------
    DataFrame
        `dataset` (the pool), `view`, `n_train`, `labels` (one of `LABELS`), `quantity`
        (``regret``, ``vs_top_k``, ``vs_single``), `value` with `value_low` and `value_high`, all as
        rates; `n_budgets`. Rows with the dataset ``mean of datasets`` are over datasets.

    Raises
    ------
    InputError
        A column is absent, or no cell has more than one query.

    Examples
    --------
    >>> cell = {"pool": "a", "n_train": 300, "budget": 2, "regret": 0.01, "vs_top_k": 0.02,
    ...         "se_vs_top_k": 0.01, "vs_single": 0.0, "se_vs_single": 0.01}
    >>> summary = regret_summary(pd.DataFrame([cell, cell | {"budget": 3, "regret": 0.03}]))
    >>> summary.loc[summary["quantity"] == "regret", "value"].round(3).tolist()
    [0.02]
    """
    absent = [name for name in NEEDED if name not in cells]
    if absent or not (cells["budget"] > 1).any():
        raise InputError(
            f"stored cells of regret: {'no column ' + ', '.join(absent) if absent else 'no cell'}; "
            f"the columns {', '.join(NEEDED)} and cells of two queries or more are needed"
        )
    cells = cells[cells["budget"] > 1]
    rows = []
    most = cells.groupby("pool")["n_train"].transform("max")
    for (pool, n_train), cell in cells.groupby(["pool", "n_train"], sort=True):
        largest = n_train == most[cell.index[0]]
        group = 0 if n_train < 300 else 1 if n_train == 300 else 3 if largest else 2
        for quantity in RIVALS:
            value = float(cell[quantity].mean())
            error = float(cell[f"se_{quantity}"].mean()) if f"se_{quantity}" in cell else np.nan
            view = str(pool).partition(":")[2]
            rows.append(
                {
                    "dataset": pool,
                    "view": VIEWS.get(view, view),
                    "n_train": n_train,
                    "labels": LABELS[group],
                    "quantity": quantity,
                    "value": value,
                    "value_low": value - Z * error,
                    "value_high": value + Z * error,
                    "n_budgets": len(cell),
                }
            )
    frame = pd.DataFrame(rows)
    means = []
    for quantity in RIVALS:
        for labels in LABELS:
            own = frame[(frame["labels"] == labels) & (frame["quantity"] == quantity)]
            if _base(own).nunique() >= LEAST_DATASETS:
                means.append(_over_datasets(own, labels, quantity))
    return pd.concat([frame, pd.DataFrame(means)], ignore_index=True)


def _base(rows: pd.DataFrame) -> pd.Series:
    """The dataset that a pool is a view of."""
    return rows["dataset"].str.split(":").str[0]


def _over_datasets(rows: pd.DataFrame, labels: str, quantity: str) -> dict[str, object]:
    from scipy import stats

    values = rows["value"].groupby(_base(rows)).mean()
    n, mean = len(values), float(values.mean())
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return {
        "dataset": MEAN,
        "view": f"{n} datasets",
        "n_train": round(float(rows["n_train"].median())),
        "labels": labels,
        "quantity": quantity,
        "value": mean,
        "value_low": mean - half,
        "value_high": mean + half,
        "n_budgets": round(float(rows["n_budgets"].mean())),
    }
