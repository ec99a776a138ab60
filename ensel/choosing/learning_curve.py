"""What more labels would bring: the same method with fewer of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ensel.exceptions import InputError
from ensel.heldout.candidates import Candidate, single_best
from ensel.heldout.intervals import (
    Estimate,
    SplitScores,
    accuracy_interval,
    difference_interval,
)
from ensel.heldout.scoring import SplitResult, score_split
from ensel.heldout.splits import Split, holds_two_classes, random_splits
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
    candidate: Candidate,
    *,
    single: Candidate | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Held-out accuracy of a candidate with an eighth, a quarter and half of the items.

    In each of eight random splits, the smaller training sets are part of the larger ones, and all
    are judged on the other half of the items, so that what a doubling brings is a paired
    difference. Sizes below ten items, or with one class only, are left out.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    candidate : Candidate
    single : Candidate, optional
        The single best query; default: that of a closed table.
    seed : int
    progress : bool, optional

    Returns
    -------
    DataFrame
        One row per size: `n_train`, `accuracy` with `accuracy_low` and `accuracy_high`,
        `single_best` (the single best query chosen in the same way), `doubling` (gain over half
        the labels) with `doubling_low` and `doubling_high`; NaN in the first row.

    See Also
    --------
    learning_curves : Several candidates at chosen sizes.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> from ensel.heldout.candidates import named_candidates
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> (candidate,) = named_candidates([("top-k", "logit")], [3])
    >>> learning_curve(pool, candidate)["n_train"].tolist()
    [62, 125, 250]
    """
    try:
        halves = random_splits(table, N_SPLITS, 0.5, seed)
    except InputError:  # too few items
        return pd.DataFrame(columns=list(COLUMNS))
    single = single_best(candidate.money) if single is None else single
    judged = tuple(dict.fromkeys([single, candidate]))
    rows: list[dict[str, float]] = []
    before: SplitScores | None = None
    for part in PARTS:
        splits = [_smaller(split, 2 / part, table.groups) for split in halves]
        if len(splits[0].train) < FEWEST or not _learnable(table, splits):
            continue
        results = over_splits(
            score_split, table, splits, judged, label=f"learning from 1/{part}", progress=progress
        )
        if any(candidate not in result.scored for result in results):
            continue
        scores = _scores(table, splits, results, candidate)
        alone = _scores(table, splits, results, single)
        rows.append(_row(scores, alone, before, splits[0], table.groups))
        before = scores
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(
    scores: SplitScores,
    alone: SplitScores,
    before: SplitScores | None,
    split: Split,
    groups: np.ndarray,
) -> dict[str, float]:
    learned = _questions(split, groups)
    accuracy = accuracy_interval(scores, scores.variance(learned))
    doubling = Estimate(np.nan, np.nan, np.nan)
    if before is not None:
        gained = scores - before
        doubling = difference_interval(gained, gained.variance(learned))
    return {
        "n_train": len(split.train),
        **accuracy.named("accuracy"),
        "single_best": alone.mean,
        **doubling.named("doubling"),
    }


def learning_curves(
    table: PredictionTable,
    candidates: Sequence[Candidate],
    sizes: Sequence[int],
    *,
    baseline: Candidate,
    n_splits: int = N_SPLITS,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Held-out accuracy of several candidates against the number of labelled items.

    As in `learning_curve`, smaller training sets are part of larger ones, and all are judged on
    the other half of the items, so that differences are paired.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    candidates : sequence of Candidate
    sizes : sequence of int
        Numbers of training items; those below ten or above half of the items are left out, and
        half of the items is always among them.
    baseline : Candidate
        What differences are taken to.
    n_splits, seed : int
    progress : bool, optional

    Returns
    -------
    DataFrame
        A row per number of training items and candidate: `n_train`, `n_splits`, `method`, `vote`,
        `budget`, `accuracy` with `accuracy_low` and `accuracy_high`, `difference` with
        `difference_low` and `difference_high`.

    See Also
    --------
    learning_curve : One candidate, as `select` prints it.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> from ensel.heldout.candidates import named_candidates
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> (top,) = named_candidates([("top-k", "weighted")], [3])
    >>> learning_curves(pool, [top], [50, 100], baseline=top, n_splits=2)["n_train"].tolist()
    [50, 100, 250]
    """
    halves = random_splits(table, n_splits, 0.5, seed)
    most = len(halves[0].train)
    judged = tuple(dict.fromkeys([*candidates, baseline]))
    rows = []
    for n_train in sorted({n for n in sizes if FEWEST <= n < most} | {most}):
        splits = [_smaller(split, n_train / most, table.groups) for split in halves]
        if not _learnable(table, splits):
            continue
        results = over_splits(
            score_split, table, splits, judged, label=f"learning from {n_train}", progress=progress
        )
        filled = [c for c in judged if all(c in result.scored for result in results)]
        scores = {c: _scores(table, splits, results, c) for c in filled}
        learned = _questions(splits[0], table.groups)
        rows += [
            {"n_train": n_train, "n_splits": n_splits}
            | _compared(candidate, baseline, scores, learned)
            for candidate in candidates
            if candidate in scores
        ]
    return pd.DataFrame(rows)


def _compared(
    candidate: Candidate,
    baseline: Candidate,
    scores: dict[Candidate, SplitScores],
    learned: int,
) -> dict[str, object]:
    own = scores[candidate]
    accuracy = accuracy_interval(own, own.variance(learned))
    difference = own - scores[baseline]
    apart = difference_interval(
        difference, difference.variance(learned), same=candidate == baseline
    )
    return {
        "method": candidate.method,
        "vote": candidate.vote,
        "budget": candidate.budget,
        **accuracy.named("accuracy"),
        **apart.named("difference"),
    }


def _scores(
    table: PredictionTable,
    splits: Sequence[Split],
    results: Sequence[SplitResult],
    candidate: Candidate,
) -> SplitScores:
    tests = [split.test for split in splits]
    correct = [result.scored[candidate].correct for result in results]
    return SplitScores(table.n_items, tests, correct, table.groups)


def _learnable(table: PredictionTable, splits: Sequence[Split]) -> bool:
    """Whether every training set holds two classes, where items share classes."""
    return all(holds_two_classes(table, split.train) for split in splits)


def _questions(split: Split, groups: np.ndarray) -> int:
    """How many questions are learned from."""
    return len(np.unique(groups[split.train]))


def _smaller(split: Split, share: float, groups: np.ndarray) -> Split:
    """The same test items, and a random share of the training questions; larger hold smaller."""
    own = groups[split.train]
    order = split.rng(0).permutation(np.unique(own))
    kept = np.isin(own, order[: round(share * len(order))])
    return Split(split.train[kept], split.test, split.seed)
