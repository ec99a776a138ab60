"""Prices of models, and what a query then costs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from ensel.exceptions import InputError, shorten
from ensel.table.prediction_table import PredictionTable

COST_UNIT = "USD per 1,000 questions"
PRICES = ("input", "output")
TOKENS = ("input_tokens", "output_tokens")


def read_prices(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a CSV of prices: a row per model.

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
    """
    from ensel.formats.delimited import read_delimited

    frame = read_delimited(Path(path))
    absent = [name for name in ("model", *PRICES) if name not in frame]
    if absent:
        raise InputError(
            f"{path}: no column {shorten(absent)}; prices need the columns model, input and output "
            "(USD per million tokens)"
        )
    if (frame["model"] == "").any():
        row = ",".join(frame[frame["model"] == ""].iloc[0])
        raise InputError(f"{path}: the row {row!r} names no model; every row of prices needs one")
    if frame["model"].duplicated().any():
        twice = frame.loc[frame["model"].duplicated(), "model"].iloc[0]
        raise InputError(f"{path}: model {twice!r} occurs twice; one row a model is needed")
    numbers = [*PRICES, *(name for name in TOKENS if name in frame)]
    for name in numbers:
        values = pd.to_numeric(frame[name], errors="coerce").astype(float)
        bad = ~(np.isfinite(values) & (values >= 0))
        if name in TOKENS:
            bad &= frame[name] != ""
        if bad.any():
            model, found = frame.loc[bad, "model"].iloc[0], frame.loc[bad, name].iloc[0]
            raise InputError(
                f"{path}: {name} of {model!r} is {found or 'empty'}; a number from 0 is needed"
            )
        frame[name] = values
    return frame.set_index("model")[numbers]


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
    cost = np.zeros(len(queries))
    for price, count, given in zip(PRICES, TOKENS, tokens or (np.nan, np.nan), strict=True):
        known = pd.Series(np.nan, index=queries.index)
        for source in (queries, prices.reindex(models).set_index(queries.index)):
            if count in source:
                known = known.fillna(source[count].astype(float))
        known = known.fillna(given)
        if known.isna().any():
            raise InputError(
                f"{table.name}: {count} of {known.index[known.isna()][0]} unknown; give a column "
                f"{count} in the prices, or tokens in and out a question (--tokens 500,200)"
            )
        cost += prices[price].reindex(models).to_numpy() * known.to_numpy() / 1000
    return PredictionTable(
        table.answers,
        table.labels,
        classes=table.classes,
        queries=queries.assign(cost=cost),
        items=table.items,
        probabilities=table.probabilities,
        name=table.name,
        cost_unit=COST_UNIT,
        source=table.source,
    )
