"""How studies lay out what they find: an estimate as three columns, scores of many splits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ensel.heldout.intervals import Estimate, SplitScores
from ensel.heldout.splits import Split
from ensel.table.prediction_table import PredictionTable


def interval_columns(name: str, estimate: Estimate) -> dict[str, float]:
    """An estimate in the one spelling of intervals: NAME, NAME_low, NAME_high.

    Examples
    --------
    >>> interval_columns("regret", Estimate(0.02, 0.01, 0.03))
    {'regret': 0.02, 'regret_low': 0.01, 'regret_high': 0.03}
    """
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def split_columns(splits: Sequence[Split]) -> dict[str, int]:
    """The columns that every row has: items to learn from, and the number of splits."""
    return {"n_train": len(splits[0].train), "n_splits": len(splits)}


def scores_of(
    table: PredictionTable,
    splits: Sequence[Split],
    by_split: Sequence[dict[Any, np.ndarray]],
    key: Any,
    *,
    learned: bool = False,
) -> SplitScores:
    """Scores under one key, of all splits.

    Parameters
    ----------
    table : PredictionTable
    splits : sequence of Split
    by_split : sequence of dict
        Of each split, scores of its items by key.
    key : hashable
    learned : bool
        The scores are those of the items to learn from, not of the held-out ones.

    Returns
    -------
    SplitScores
    """
    items = [split.train if learned else split.test for split in splits]
    return SplitScores(table.n_items, items, [scores[key] for scores in by_split], table.groups)
