"""What a policy asked and spent, in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ensel.policies import Policy
from ensel.policies.of_tables import read_by
from ensel.table.prediction_table import PredictionTable

MOST_SHARES = 4
"""Numbers of queries that are listed one by one."""


def asked_in_words(policy: Policy, table: PredictionTable, asked: pd.Series) -> str:
    """How many queries a policy asked of each item, and what that cost.

    Parameters
    ----------
    policy : Policy
        Saved from a table, or loaded.
    table : PredictionTable
        Holds its queries' answers.
    asked : Series of int
        Queries of each item.

    Returns
    -------
    str
        One sentence, without its full stop.
    """
    most = len(policy.query_names)
    if asked.min() == asked.max() == most:
        what = "1 query" if most == 1 else f"all {most} queries"
        return f"asks {what} of every item{_spent(policy, table)}"
    counts = asked.value_counts(normalize=True).sort_index()
    listed = [
        f"{n} of {100 * share:.0f} % of the items" if place == 0 else f"{n} of {100 * share:.0f} %"
        for place, (n, share) in enumerate(counts.head(MOST_SHARES).items())
    ]
    if len(counts) > MOST_SHARES:
        listed.append(f"more of {100 * counts.iloc[MOST_SHARES:].sum():.0f} %")
    return (
        f"asks {asked.mean():.2f} queries an item on average instead of {most} "
        f"({', '.join(listed)}){_spent(policy, table)}"
    )


def _spent(policy: Policy, table: PredictionTable) -> str:
    """What was spent, by the prices that the policy was saved with."""
    prices: list[Any] = [query.get("cost") for query in policy.queries]
    if not prices or not all(isinstance(price, int | float) for price in prices):
        return ""
    costs = np.array(prices, dtype=float)
    spent = policy.costs_of(read_by(policy, table).codes, costs)
    whole = "" if np.allclose(spent, costs.sum()) else f" instead of {costs.sum():.3g}"
    unit = policy.about.get("cost_unit") or "the unit of the prices that it learned from"
    return f", at a cost of {spent.mean():.3g}{whole} ({unit})"
