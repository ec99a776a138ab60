"""Prices of models, and what a query then costs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, shorten
from ensel.formats.delimited import read_delimited
from ensel.table.prediction_table import PredictionTable

COST_UNIT = "USD per 1,000 questions"

PRICES = ("input", "output")
"""Columns of a file of prices, in USD per million tokens."""

TOKENS = ("input_tokens", "output_tokens")
"""Columns with the mean tokens of a question, in the order of `PRICES`."""


def read_prices(path: str | os.PathLike[str]) -> pd.DataFrame:
    r"""Read a CSV of prices: a row per model.

    Parameters
    ----------
    path : path-like
        Columns `model`, `input` and `output` (USD per million tokens), and, if known,
        `input_tokens` and `output_tokens` (mean per question; empty where unknown).

    Returns
    -------
    DataFrame
        Indexed by model; NaN where tokens are unknown.

    Raises
    ------
    InputError
        If it cannot be read, rows are ragged, a column is absent, a model is blank or occurs
        twice, or a number is negative or a price is missing.

    See Also
    --------
    with_prices : What a query then costs.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "prices.csv"
    ...     _ = path.write_text("model,input,output\nsmall,0.5,1.5\n")
    ...     read_prices(path).loc["small"].to_dict()
    {'input': 0.5, 'output': 1.5}
    """
    frame = read_delimited(Path(path))
    absent = [name for name in ("model", *PRICES) if name not in frame]
    if absent:
        raise InputError(
            f"{path}: no column {shorten(absent)}; prices need the columns model, input and output "
            "(USD per million tokens)"
        )
    _check_models(frame, path)
    numbers = [*PRICES, *(name for name in TOKENS if name in frame)]
    for name in numbers:
        frame[name] = _numbers_from_zero(frame, name, path)
    return frame.set_index("model")[numbers]


def _check_models(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Refuse rows without a model, and models with two rows."""
    models = frame["model"]
    if (models == "").any():
        row = ",".join(frame[models == ""].iloc[0])
        raise InputError(f"{path}: the row {row!r} names no model; every row of prices needs one")
    if models.duplicated().any():
        twice = models[models.duplicated()].iloc[0]
        raise InputError(f"{path}: model {twice!r} occurs twice; one row a model is needed")


def _numbers_from_zero(frame: pd.DataFrame, name: str, path: str | os.PathLike[str]) -> pd.Series:
    """A column as numbers; a price must be one, tokens may be empty (NaN)."""
    values = pd.to_numeric(frame[name], errors="coerce").astype(float)
    bad = ~(np.isfinite(values) & (values >= 0))
    if name in TOKENS:
        bad &= frame[name] != ""
    if bad.any():
        model, cell = frame.loc[bad, "model"].iloc[0], frame.loc[bad, name].iloc[0]
        raise InputError(
            f"{path}: {name} of {model!r} is {cell or 'empty'}; a number from 0 is needed"
        )
    return values


def with_prices(
    table: PredictionTable, prices: pd.DataFrame, tokens: tuple[float, float] | None = None
) -> PredictionTable:
    """The same table with the cost of each query, in USD per 1,000 questions.

    Parameters
    ----------
    table : PredictionTable
        Where its `queries` have `input_tokens` and `output_tokens`, those count.
    prices : DataFrame
        From `read_prices`.
    tokens : (float, float), optional
        Tokens in and out a question, for queries of which nothing better is known.

    Returns
    -------
    PredictionTable

    Raises
    ------
    InputError
        If a model has no price, or its tokens are unknown.

    See Also
    --------
    read_prices : Where prices come from.

    Examples
    --------
    >>> import pandas as pd
    >>> table = PredictionTable([[0, 1], [1, 1]], [0, 1], classes="ab", queries=["m#1", "m#2"])
    >>> prices = pd.DataFrame({"input": [2.0], "output": [10.0]}, index=["m"])
    >>> with_prices(table, prices, tokens=(500, 100)).costs  # 2 * 500 / 1000 + 10 * 100 / 1000
    array([2., 2.])
    """
    queries = table.queries
    models = pd.Series(table.models, index=queries.index)
    absent = [model for model in dict.fromkeys(models) if model not in prices.index]
    if absent:
        raise InputError(
            f"{table.name}: no price of {shorten(absent)}; the prices name "
            f"{shorten(list(prices.index), 6)}"
        )

    known = (queries, prices.reindex(models).set_index(queries.index))
    cost = np.zeros(len(queries))
    for price, column, general in zip(PRICES, TOKENS, tokens or (np.nan, np.nan), strict=True):
        count = pd.Series(np.nan, index=queries.index)
        for source in known:
            if column in source:
                count = count.fillna(source[column].astype(float))
        count = count.fillna(general)
        if count.isna().any():
            raise InputError(
                f"{table.name}: {column} of {count.index[count.isna()][0]} unknown; give a column "
                f"{column} in the prices, or tokens in and out a question (--tokens 500,200)"
            )
        # USD per million tokens, for the tokens of 1,000 questions.
        cost += prices[price].reindex(models).to_numpy() * count.to_numpy() / 1000

    return table.replace(queries=queries.assign(cost=cost), cost_unit=COST_UNIT)
