"""What `select` loses against its rivals: a summary of stored cells of ``benchmarks/regret.py``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ensel.exceptions import InputError
from ensel.heldout.intervals import LEVEL, Estimate, Z
from ensel.studies.rows import interval_columns

LABELS = ("fewer than 300", "300", "1,000", "half of the items")
"""Numbers of labels to learn from, ascending."""
MEAN = "mean of datasets"
"""The dataset of rows that are means over datasets."""
LEAST_DATASETS = 3
"""Fewer have no mean over datasets: its interval would say nothing."""
VIEWS = {"": "as published", "statements": "statements", "no-best": "without its best model"}
QUANTITIES = ("regret", "vs_top_k", "vs_single")
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
    how far it is ahead of two simple rules.

    A difference's standard error is the mean over budgets of those of the cells. That is an upper
    limit (Cauchy-Schwarz), reached where budgets rise and fall together, as they nearly do. The
    cells have no standard error of the regret. Its mean over datasets, views of one averaged first,
    has a t interval with the datasets as units, where there are three or more.

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

    See Also
    --------
    ensel.figures.regret.regret_figure : Its picture.

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
    by_pool = _over_budgets(cells[cells["budget"] > 1])
    means = [
        _over_datasets(of_labels, labels, quantity)
        for quantity in QUANTITIES
        for labels in LABELS
        if _base(of_labels := _of(by_pool, labels, quantity)).nunique() >= LEAST_DATASETS
    ]
    return pd.concat([by_pool, pd.DataFrame(means)], ignore_index=True)


def _over_budgets(cells: pd.DataFrame) -> pd.DataFrame:
    """A row per pool, number of labels and quantity: means over budgets."""
    most = cells.groupby("pool")["n_train"].max()
    rows = []
    for (pool, n_train), cell in cells.groupby(["pool", "n_train"], sort=True):
        view = str(pool).partition(":")[2]
        key = {
            "dataset": pool,
            "view": VIEWS.get(view, view),
            "n_train": n_train,
            "labels": _labels(n_train, most[pool]),
        }
        for quantity in QUANTITIES:
            value = interval_columns("value", _mean_over_budgets(cell, quantity))
            rows.append(key | {"quantity": quantity} | value | {"n_budgets": len(cell)})
    return pd.DataFrame(rows)


def _labels(n_train: int, most: int) -> str:
    """Which of `LABELS` a number of labels counts as; the largest of a pool is half its items."""
    if n_train <= 300:
        return LABELS[0 if n_train < 300 else 1]
    return LABELS[3 if n_train == most else 2]


def _mean_over_budgets(cell: pd.DataFrame, quantity: str) -> Estimate:
    """Mean with the mean standard error, an upper limit; NaN where the cells have none."""
    value, column = float(cell[quantity].mean()), f"se_{quantity}"
    error = float(cell[column].mean()) if column in cell else np.nan
    return Estimate(value, value - Z * error, value + Z * error)


def _of(rows: pd.DataFrame, labels: str, quantity: str) -> pd.DataFrame:
    return rows[(rows["labels"] == labels) & (rows["quantity"] == quantity)]


def _base(rows: pd.DataFrame) -> pd.Series:
    """The dataset that a pool is a view of."""
    return rows["dataset"].str.split(":").str[0]


def _over_datasets(rows: pd.DataFrame, labels: str, quantity: str) -> dict[str, object]:
    """Mean over datasets, views of one averaged first, with a t interval."""
    from scipy import stats

    values = rows["value"].groupby(_base(rows)).mean()
    n, mean = len(values), float(values.mean())
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    key: dict[str, object] = {
        "dataset": MEAN,
        "view": f"{n} datasets",
        "n_train": round(float(rows["n_train"].median())),
        "labels": labels,
        "quantity": quantity,
    }
    value = interval_columns("value", Estimate(mean, mean - half, mean + half))
    return key | value | {"n_budgets": round(float(rows["n_budgets"].mean()))}
