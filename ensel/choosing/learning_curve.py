"""What more labels would bring: the same method with fewer of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ensel.exceptions import InputError
from ensel.heldout.intervals import SplitScores, accuracy_interval, difference_interval
from ensel.heldout.scoring import SINGLE_KEY, Key, Plan, score_split
from ensel.heldout.splits import Split, random_splits
from ensel.parallel import over_splits
from ensel.table.prediction_table import PredictionTable

N_SPLITS = 8
PARTS = (8, 4, 2)
FEWEST = 10
COLUMNS = (
    "n_train",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "single_best",
    "doubling",
    "doubling_low",
    "doubling_high",
)


def learning_curve(
    table: PredictionTable,
    key: Key,
    *,
    money: float | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Held-out accuracy of an ensemble's method with an eighth, a quarter and half of the items.

    In each of eight random splits, the smaller training sets are part of the larger ones, and all
    are judged on the other half of the items, so that what a doubling brings is a paired
    difference. Sizes below ten items, or with one class only, are left out.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    key : (method, vote, size)
    money : float, optional
        Most that the queries may cost together.
    seed : int
    progress : bool, optional

    Returns
    -------
    DataFrame
        One row per size: `n_train`, `accuracy` with `accuracy_low` and `accuracy_high`,
        `single_best` (the single best query chosen in the same way), `doubling` (gain over half
        the labels) with `doubling_low` and `doubling_high`; NaN in the first row.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> learning_curve(pool, ("top-k", "logit", 3))["n_train"].tolist()
    [62, 125, 250]
    """
    try:
        halves = random_splits(table, N_SPLITS, 0.5, seed)
    except InputError:  # too few items
        return pd.DataFrame(columns=list(COLUMNS))
    groups = table.groups
    plan = Plan((SINGLE_KEY, key) if key != SINGLE_KEY else (key,), money)
    rows: list[dict[str, float]] = []
    before: SplitScores | None = None
    for part in PARTS:
        splits = [_smaller(split, 2 / part, groups) for split in halves]
        classes = min(len(np.unique(table.known_labels[split.train])) for split in splits)
        if len(splits[0].train) < FEWEST or classes < 2:
            continue
        results = over_splits(
            score_split, table, splits, plan, label=f"learning from 1/{part}", progress=progress
        )
        if any(key not in result.scored for result in results):
            continue
        tests = [split.test for split in splits]
        scores, single = (
            SplitScores(table.n_items, tests, [r.scored[k].correct for r in results], groups)
            for k in (key, SINGLE_KEY)
        )
        learned = _questions(splits[0], groups)
        value = accuracy_interval(scores, scores.variance(learned))
        gain = (np.nan,) * 3
        if before is not None:
            gain = difference_interval(scores - before, (scores - before).variance(learned))
        rows.append(
            {
                "n_train": len(splits[0].train),
                "accuracy": value.value,
                "accuracy_low": value.low,
                "accuracy_high": value.high,
                "single_best": single.mean,
                "doubling": gain[0],
                "doubling_low": gain[1],
                "doubling_high": gain[2],
            }
        )
        before = scores
    return pd.DataFrame(rows, columns=list(COLUMNS))


def learning_curves(
    table: PredictionTable,
    keys: Sequence[Key],
    sizes: Sequence[int],
    *,
    baseline: Key,
    n_splits: int = N_SPLITS,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Held-out accuracy of several ensembles against the number of labelled items.

    As in `learning_curve`, smaller training sets are part of larger ones, and all are judged on
    the other half of the items, so that differences are paired.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    keys : sequence of (method, vote, size)
    sizes : sequence of int
        Numbers of training items; those below ten or above half of the items are left out, and
        half of the items is always among them.
    baseline : key
        What differences are taken to.
    n_splits, seed : int
    progress : bool, optional

    Returns
    -------
    DataFrame
        A row per number of training items and ensemble: `n_train`, `n_splits`, `method`, `vote`,
        `budget`, `accuracy` with `accuracy_low` and `accuracy_high`, `difference` with
        `difference_low` and `difference_high`.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> top = ("top-k", "weighted", 3)
    >>> learning_curves(pool, [top], [50, 100], baseline=top, n_splits=2)["n_train"].tolist()
    [50, 100, 250]
    """
    halves = random_splits(table, n_splits, 0.5, seed)
    most = len(halves[0].train)
    plan = Plan(tuple(dict.fromkeys([*keys, baseline])))
    tests = [split.test for split in halves]
    rows = []
    for n_train in sorted({n for n in sizes if FEWEST <= n < most} | {most}):
        splits = [_smaller(split, n_train / most, table.groups) for split in halves]
        if min(len(np.unique(table.known_labels[split.train])) for split in splits) < 2:
            continue
        results = over_splits(
            score_split, table, splits, plan, label=f"learning from {n_train}", progress=progress
        )
        scores = {
            key: SplitScores(
                table.n_items, tests, [r.scored[key].correct for r in results], table.groups
            )
            for key in plan.keys
            if all(key in result.scored for result in results)
        }
        for key in keys:
            if key not in scores:
                continue
            learned = _questions(splits[0], table.groups)
            value = accuracy_interval(scores[key], scores[key].variance(learned))
            difference = scores[key] - scores[baseline]
            apart = difference_interval(
                difference, difference.variance(learned), same=key == baseline
            )
            rows.append(
                {
                    "n_train": n_train,
                    "n_splits": n_splits,
                    "method": key[0],
                    "vote": key[1],
                    "budget": key[2],
                    "accuracy": value.value,
                    "accuracy_low": value.low,
                    "accuracy_high": value.high,
                    "difference": apart.value,
                    "difference_low": apart.low,
                    "difference_high": apart.high,
                }
            )
    return pd.DataFrame(rows)


def _questions(split: Split, groups: np.ndarray) -> int:
    """How many questions are learned from."""
    return len(np.unique(groups[split.train]))


def _smaller(split: Split, share: float, groups: np.ndarray) -> Split:
    """The same test items, and a random share of the training questions; larger hold smaller."""
    own = groups[split.train]
    order = split.rng(0).permutation(np.unique(own))
    kept = np.isin(own, order[: round(share * len(order))])
    return Split(split.train[kept], split.test, split.seed)
