"""How often all queries of a growing pool are wrong together: observed, and as the copula says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ensel.error_model.copula import GaussianCopulaErrors
from ensel.heldout.intervals import SplitScores, accuracy_interval
from ensel.table.prediction_table import PredictionTable

ORDERS = 10


def joint_failure(
    table: PredictionTable, model: GaussianCopulaErrors, seed: int = 0
) -> pd.DataFrame:
    """Mean all-wrong rate of random subsets of growing size: ten random orders of the pool.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    model : GaussianCopulaErrors
        Fitted to the same table.
    seed : int

    Returns
    -------
    DataFrame
        `size`; `observed` with `observed_low` and `observed_high` (95 %, Wilson at the effective
        number of items, orders as drawn: so of these subsets); `predicted`.

    See Also
    --------
    ensel.error_model.co_failure : The whole pool, with the items themselves.

    References
    ----------
    Co-failure: arXiv 2606.27288, second version (theirs), https://arxiv.org/abs/2606.27288

    Examples
    --------
    >>> from ensel.error_model import simulate
    >>> pool = simulate(2000, [0.2] * 3, 0.5, random_state=0)
    >>> model = GaussianCopulaErrors().fit(pool.answers, pool.known_labels)
    >>> joint_failure(pool, model)["size"].tolist()
    [1, 2, 3]
    """
    rng = np.random.default_rng([seed, 2])
    columns = model.columns_
    wrong = table.answers[:, columns] != table.known_labels[:, None]
    failed = np.zeros(wrong.shape)
    predicted = np.zeros(len(columns))
    for _ in range(ORDERS):
        order = rng.permutation(len(columns))
        failed += np.logical_and.accumulate(wrong[:, order], axis=1)
        predicted += model.all_wrong(order)
    everything = [np.arange(table.n_items)]
    rows = []
    for size, (of_item, expected) in enumerate(zip(failed.T, predicted, strict=True), start=1):
        scores = SplitScores(table.n_items, everything, [of_item / ORDERS], table.groups)
        observed = accuracy_interval(scores)
        rows.append(
            {
                "size": size,
                "observed": float(of_item.mean()) / ORDERS,
                "observed_low": observed.low,
                "observed_high": observed.high,
                "predicted": expected / ORDERS,
            }
        )
    return pd.DataFrame(rows)
