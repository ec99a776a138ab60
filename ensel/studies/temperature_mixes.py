"""Several samples of one model (Self-MoA) against mixtures, temperature by temperature.

At each temperature, k answers a question are voted by majority. They are k samples of the model
that is best on the training items at that temperature, or one sample of each of the k best models
there. At no temperature of its own stands one sample of the best model at each of k temperatures,
evenly spaced.

Samples of one model at one temperature are exchangeable. So each ensemble is averaged over ten ways
to take them, which takes luck out and adds none.

References
----------
Self-MoA: W. Li et al., "Rethinking Mixture-of-Agents: Is Mixing Different Large Language Models
Beneficial?", arXiv 2502.00674. That offline it is several voted samples of one model is our
reading.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ensel.exceptions import InputError
from ensel.heldout.intervals import SplitScores, accuracy_interval, difference_interval
from ensel.heldout.scoring import Exam
from ensel.heldout.splits import Split, random_splits
from ensel.parallel import over_splits
from ensel.studies.rows import interval_columns, scores_of, split_columns
from ensel.table.prediction_table import PredictionTable
from ensel.voting import MajorityVote

WAYS = 10
"""Ways to take samples that are averaged; fewer where there are fewer samples."""
SELF, MODELS = "self-moa", "different models"
TEMPERATURES, ONE = "different temperatures", "one sample"
MANY = -1
"""Stands for the number of a temperature where an ensemble has several."""

Key = tuple[str, int]
"""Ensemble, and number of the temperature."""


def temperature_mixes(
    table: PredictionTable,
    size: int = 5,
    *,
    n_splits: int = 20,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Held-out accuracy of Self-MoA and of mixtures at the temperatures that all models have.

    Parameters
    ----------
    table : PredictionTable
        Labelled, queries with `temperature` and `sample`; as many samples everywhere.
    size : int
        Queries a question, k.
    n_splits, seed : int
        Random halves: one to choose models on, one to judge.
    progress : bool, optional

    Returns
    -------
    DataFrame
        A row per ensemble and temperature (NaN for the mixture of temperatures): `size`,
        `accuracy` with `accuracy_low` and `accuracy_high`, and `difference` to Self-MoA at that
        temperature (for the mixture of temperatures: to the mean of Self-MoA over them), paired,
        with `difference_low` and `difference_high`; `n_train`, `n_splits`.

    Raises
    ------
    InputError
        If queries have no temperatures, or there are too few samples or temperatures.

    See Also
    --------
    ensel.figures.choices.temperature_figure : Its picture.
    """
    grid, temperatures = _grid(table)
    _check_size(table, size, grid)
    splits = random_splits(table, n_splits, 0.5, seed)
    by_split = over_splits(
        _mix_split, table, splits, grid, size, label="temperatures", progress=progress
    )
    for found in by_split:  # what the mixture of temperatures is compared to
        found[SELF, MANY] = np.mean([found[SELF, t] for t in range(len(temperatures))], axis=0)

    def scores(key: Key) -> SplitScores:
        return scores_of(table, splits, by_split, key)

    rows = []
    for name, t in by_split[0]:
        if (name, t) == (SELF, MANY):
            continue
        own = scores((name, t))
        difference = difference_interval(own - scores((SELF, t)), same=name == SELF)
        key = {
            "ensemble": name,
            "size": 1 if name == ONE else size,
            "temperature": np.nan if t == MANY else temperatures[t],
        }
        rows.append(
            split_columns(splits)
            | key
            | interval_columns("accuracy", accuracy_interval(own))
            | interval_columns("difference", difference)
        )
    return pd.DataFrame(rows)


def _check_size(table: PredictionTable, size: int, grid: np.ndarray) -> None:
    """Refuse to vote more queries than there are samples or temperatures."""
    _, n_temperatures, n_samples = grid.shape
    if not 1 <= size <= min(n_samples, n_temperatures):
        raise InputError(
            f"{table.name}: {size} queries of {n_samples} samples at {n_temperatures} common "
            "temperatures; no more than either can be voted"
        )


def _grid(table: PredictionTable) -> tuple[np.ndarray, list[float]]:
    """Columns by model, common temperature and sample, and those temperatures."""
    queries = table.queries
    if not {"temperature", "sample"} <= set(queries) or queries["temperature"].isna().any():
        raise InputError(f"{table.name}: every query needs a temperature and a sample number")
    place = pd.DataFrame(
        {
            "model": table.models,
            "temperature": queries["temperature"].to_numpy(dtype=float),
            "column": np.arange(table.n_queries),
        }
    )
    cells = place.groupby(["model", "temperature"])["column"].agg(list).unstack()
    cells = cells.loc[:, cells.notna().all()]

    n_samples = min((len(cell) for cell in cells.to_numpy().ravel()), default=0)
    if n_samples == 0:
        raise InputError(f"{table.name}: no temperature that all models have")
    grid = [[cell[:n_samples] for cell in row] for row in cells.to_numpy()]
    return np.array(grid), [float(t) for t in cells.columns]


def _mix_split(
    table: PredictionTable, split: Split, grid: np.ndarray, size: int
) -> dict[Key, np.ndarray]:
    """Mean score of each test item over the ways to take the samples, on one split."""
    exam = Exam(table, split)
    right = exam.training.y[:, None] == exam.training.X
    accuracies = right.mean(axis=0)[grid].mean(axis=2)  # (n_models, n_temperatures)
    lottery = split.rng(0).permutation(len(grid))
    sets = _ensembles(grid, size, accuracies, lottery)
    return {key: _mean_score(exam, ways) for key, ways in sets.items()}


def _ensembles(
    grid: np.ndarray, size: int, accuracies: np.ndarray, lottery: np.ndarray
) -> dict[Key, list[np.ndarray]]:
    """Columns of every ensemble, one array for each way to take its samples.

    Parameters
    ----------
    grid : ndarray of int, shape (n_models, n_temperatures, n_samples)
    size : int
    accuracies : ndarray of float, shape (n_models, n_temperatures)
        On the training items.
    lottery : ndarray of int, shape (n_models,)
        Settles ties between models.
    """
    n_models, n_temperatures, n_samples = grid.shape
    ways = range(min(WAYS, n_samples))
    sets: dict[Key, list[np.ndarray]] = {}

    for t in range(n_temperatures):
        ranked = np.lexsort((lottery, -accuracies[:, t]))
        of_best = grid[ranked[0], t]
        sets[ONE, t] = [of_best[[way]] for way in ways]
        sets[SELF, t] = [of_best[(way + np.arange(size)) % n_samples] for way in ways]
        if n_models >= size:
            sets[MODELS, t] = [grid[ranked[:size], t, way] for way in ways]

    best = np.lexsort((lottery, -accuracies.mean(axis=1)))[0]
    spread = np.linspace(0, n_temperatures - 1, size).round().astype(int)
    sets[TEMPERATURES, MANY] = [grid[best, spread, way] for way in ways]
    return sets


def _mean_score(exam: Exam, sets: Sequence[np.ndarray]) -> np.ndarray:
    """Score of each test item by the majority vote, a mean over sets of columns."""
    scored = [exam.voted(MajorityVote(), tuple(int(j) for j in columns))[0] for columns in sets]
    return np.asarray(scored, dtype=np.float32).mean(axis=0)
