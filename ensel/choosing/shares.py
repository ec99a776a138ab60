"""How often resamples buy what is bought: query by query, and model by model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from ensel.heldout.intervals import LEVEL
from ensel.table.prediction_table import PredictionTable


def shares_bought(table: PredictionTable, draws: list[list[int]]) -> pd.DataFrame:
    """Share of resamples that buy each query.

    Parameters
    ----------
    table : PredictionTable
    draws : list of list of int
        From `buy_again`.

    Returns
    -------
    DataFrame
        One row per query bought at least once, most often bought first: `query`, `share`, and its
        exact binomial 95 % interval, `share_low` and `share_high`.
    """
    counts, n = np.bincount(np.concatenate(draws), minlength=table.n_queries), len(draws)
    low, high = proportion_confint(counts, n, alpha=1 - LEVEL, method="beta")
    frame = pd.DataFrame(
        {"query": table.query_names, "share": counts / n, "share_low": low, "share_high": high}
    )
    frame = frame[frame["share"] > 0]
    return frame.sort_values("share", ascending=False, kind="stable").reset_index(drop=True)


def shares_as_many(
    table: PredictionTable, order: Sequence[int], draws: list[list[int]]
) -> list[float]:
    """Share of resamples that buy each query of a set again, or as many samples of its model.

    Samples of one model at one temperature are exchangeable: which of them a resample buys is
    chance, and how many is not.

    Parameters
    ----------
    table : PredictionTable
    order : sequence of int
        The set, in the order of buying.
    draws : list of list of int
        From `buy_again`.

    Returns
    -------
    list of float
        For each query of the set, in [0, 1].

    Examples
    --------
    Two samples of m are bought. Both resamples buy one at least, and one of them both.

    >>> table = PredictionTable([[0, 0, 1]], [0], classes="ab", queries=["m#1", "m#2", "m#3"])
    >>> shares_as_many(table, [0, 1], [[2], [1, 2]])
    [1.0, 0.5]
    """
    names = [name for name in ("model", "temperature") if name in table.queries]
    sources = table.queries.groupby(names, sort=False, dropna=False).ngroup().to_numpy()
    bought = [Counter(sources[list(draw)].tolist()) for draw in draws]
    seen: Counter[int] = Counter()
    shares = []
    for column in order:
        source = int(sources[column])
        seen[source] += 1
        shares.append(sum(one[source] >= seen[source] for one in bought) / len(draws))
    return shares
