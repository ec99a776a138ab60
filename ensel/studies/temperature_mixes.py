"""Several samples of one model (Self-MoA) against mixtures, temperature by temperature.

At each temperature, k answers a question are voted by majority: k samples of the model that is
best on the training items at that temperature; one sample of each of the k best models there; and,
at no temperature of its own, one sample of the best model at each of k temperatures, evenly spaced.
Samples of one model at one temperature are exchangeable, so each ensemble is averaged over ten ways
to take them, which takes luck out and adds none. Self-MoA: arXiv 2502.00674; that offline it is r
voted queries is our reading.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ensel.exceptions import InputError
from ensel.heldout.intervals import SplitScores, accuracy_interval, difference_interval
from ensel.heldout.scoring import VotingRoom
from ensel.heldout.splits import Split, random_splits
from ensel.parallel import over_splits
from ensel.table.prediction_table import PredictionTable

WAYS = 10
SELF, MODELS, TEMPERATURES, ONE = (
    "self-moa",
    "different models",
    "different temperatures",
    "one sample",
)


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
    """
    grid, temperatures = _grid(table)
    _, n_temperatures, n_samples = grid.shape
    if not 1 <= size <= min(n_samples, n_temperatures):
        raise InputError(
            f"{table.name}: {size} queries of {n_samples} samples at {n_temperatures} common "
            "temperatures; no more than either can be voted"
        )
    splits = random_splits(table, n_splits, 0.5, seed)
    found = over_splits(
        _mix_split, table, splits, grid, size, label="temperatures", progress=progress
    )
    tests = [split.test for split in splits]

    def scores(of: Callable[[dict[tuple[str, int], np.ndarray]], np.ndarray]) -> SplitScores:
        return SplitScores(table.n_items, tests, [of(one) for one in found], table.groups)

    rows = []
    for name, t in found[0]:
        own = scores(lambda one, key=(name, t): one[key])  # type: ignore[misc]
        if t >= 0:
            baseline = scores(lambda one, key=(SELF, t): one[key])  # type: ignore[misc]
        else:
            baseline = scores(
                lambda one: np.mean([one[SELF, s] for s in range(n_temperatures)], axis=0)
            )
        value = accuracy_interval(own)
        difference = difference_interval(own - baseline, same=name == SELF)
        rows.append(
            {
                "n_train": len(splits[0].train),
                "n_splits": n_splits,
                "ensemble": name,
                "size": 1 if name == ONE else size,
                "temperature": temperatures[t] if t >= 0 else np.nan,
                "accuracy": value.value,
                "accuracy_low": value.low,
                "accuracy_high": value.high,
                "difference": difference.value,
                "difference_low": difference.low,
                "difference_high": difference.high,
            }
        )
    return pd.DataFrame(rows)


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
) -> dict[tuple[str, int], np.ndarray]:
    """Mean score of each test item by (ensemble, temperature number); -1: of no temperature."""
    room = VotingRoom(table, split)
    n_models, n_temperatures, n_samples = grid.shape
    right = room.train == room.y_train[:, None]
    own = right.mean(axis=0)[grid].mean(axis=2)  # (n_models, n_temperatures)
    lottery = split.rng(0).permutation(n_models)
    ways = range(min(WAYS, n_samples))

    def mean(sets: list[np.ndarray]) -> np.ndarray:
        scored = [room.voted("majority", tuple(int(j) for j in columns))[0] for columns in sets]
        return np.asarray(scored, dtype=np.float32).mean(axis=0)

    def ranked(accuracies: np.ndarray) -> np.ndarray:
        return np.lexsort((lottery, -accuracies))

    found: dict[tuple[str, int], np.ndarray] = {}
    for t in range(n_temperatures):
        best = ranked(own[:, t])
        samples = [(way + np.arange(size)) % n_samples for way in ways]
        found[ONE, t] = mean([grid[best[0], t, [way]] for way in ways])
        found[SELF, t] = mean([grid[best[0], t, chosen] for chosen in samples])
        if n_models >= size:
            found[MODELS, t] = mean([grid[best[:size], t, way] for way in ways])
    best_of_all = ranked(own.mean(axis=1))[0]
    spread = np.linspace(0, n_temperatures - 1, size).round().astype(int)
    found[TEMPERATURES, -1] = mean([grid[best_of_all, spread, way] for way in ways])
    return found
