"""Recipes: correlated errors, the floors they set, and items that all get wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ensel.error_model import GaussianCopulaErrors, families_of
from ensel.error_model.joint_failure import joint_failure
from ensel.figures.co_failure import co_failure_pools_figure
from ensel.figures.correlations import correlation_by_family_figure
from ensel.figures.floor_lines import floor_lines
from ensel.figures.floors import floors_figure
from ensel.heldout.intervals import Estimate, Z
from ensel.studies.paper.recipe import Recipe, labelled
from ensel.studies.paper.sources import Sources
from ensel.studies.rows import interval_columns
from ensel.table.prediction_table import PredictionTable

if TYPE_CHECKING:
    from ensel.error_model.floor_result import Floor

POOLS = ("mmlu", "medmcqa", "imdb-llm")
FAILING = ("mmlu", "mmlu-full", "medmcqa", "imdb-llm", "imdb-api", "imdb", "temperatures")
MEANS = {
    "within": "within_family",
    "across": "across_family",
    "difference": "family_difference",
}
"""Means of the correlation figure, and what a floor calls them."""


def correlation(sources: Sources) -> pd.DataFrame:
    """Pairs of queries ordered by family, and means within and across families."""

    def rows_of(floor: Floor, table: PredictionTable) -> pd.DataFrame:
        return pd.DataFrame([*_pairs(floor, table), *_means(floor)])

    return _of_floors(sources, rows_of)


def floors(sources: Sources) -> pd.DataFrame:
    """Error against ensemble size, with the four floors."""
    return _of_floors(sources, lambda floor, table: floor_lines(floor))


def _of_floors(
    sources: Sources, rows_of: Callable[[Floor, PredictionTable], pd.DataFrame]
) -> pd.DataFrame:
    parts = []
    for name in POOLS:
        table = sources.table(name)
        parts.append(labelled(rows_of(sources.floor(name), table), table))
    return pd.concat(parts, ignore_index=True)


def _pairs(floor: Floor, table: PredictionTable) -> Iterator[dict[str, Any]]:
    """Every pair of queries in both orders, by family and, within one, by accuracy."""
    found, families = floor.model.tetrachoric_, floor.families
    accuracies = table.accuracies.to_numpy()
    order = sorted(floor.model.columns_, key=lambda j: (families[j], -accuracies[j]))
    for i, j in product(order, repeat=2):
        yield {
            "kind": "pair",
            "query_a": table.query_names[i],
            "query_b": table.query_names[j],
            "family_a": families[i],
            "family_b": families[j],
            **_pair(float(found.correlation[i, j]), float(found.standard_error[i, j])),
        }


def _means(floor: Floor) -> Iterator[dict[str, Any]]:
    """Mean correlations within a family and across, and their difference."""
    for kind, key in MEANS.items():
        yield {"kind": kind, **interval_columns("correlation", floor.estimates[key])}


def _pair(value: float, error: float) -> dict[str, float]:
    """A correlation with its interval, by Fisher's transformation."""
    if abs(value) >= 1:
        return interval_columns("correlation", Estimate(value, value, value))
    half = Z * error / (1 - value**2)
    low, high = np.tanh(np.arctanh(value) + np.array([-half, half]))
    return interval_columns("correlation", Estimate(value, float(low), float(high)))


def one_query_a_model(table: PredictionTable) -> PredictionTable:
    """The first query of each model, at its lowest temperature where there are several.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> one_query_a_model(load_dataset("imdb")).n_queries
    18
    """
    queries = table.queries.assign(column=np.arange(table.n_queries))
    by = [name for name in ("temperature", "sample", "column") if name in queries]
    first = queries.sort_values(by, kind="stable").groupby("model", sort=False)["column"].first()
    return table.subset(queries=sorted(first.tolist()))


def co_failure(sources: Sources) -> pd.DataFrame:
    """All-wrong rates of subsets of every pool, one query a model."""
    seed = sources.effort.seed
    tables = [one_query_a_model(sources.table(name)) for name in FAILING]
    return pd.concat([labelled(_all_wrong(t, seed), t) for t in tables], ignore_index=True)


def _all_wrong(table: PredictionTable, seed: int) -> pd.DataFrame:
    labels = table.known_labels.astype(np.int64)
    model = GaussianCopulaErrors(n_classes=table.n_classes).fit(table.answers, labels)
    n_families = len(set(families_of(table.models.tolist())))
    return joint_failure(table, model, seed).assign(n_families=n_families)


RECIPES = [
    Recipe(
        "correlation",
        "Tetrachoric correlations of errors (cells in hundredths), models ordered by family and, "
        "within it, by accuracy; white lines part families. Last panel: mean over pairs within a "
        "family and across families, bars: 95 % by resampling items (no family has two models in "
        "imdb-llm). The numbers hold an interval for every pair, and for the difference of the "
        "two means.",
        POOLS,
        correlation,
        correlation_by_family_figure,
    ),
    Recipe(
        "error_floors",
        "Error against ensemble size. (a) the textbook pool of equal models with one "
        "correlation, two classes; (b) the limit of an equal-weight vote of endless copies of "
        "this pool; (c) the best rule for the best subset under the fitted Gaussian copula; (d) "
        "real ensembles, and the very rule of (c), on held-out items (bands and bar: 95 %). "
        "Intervals of the floors are in the numbers. (a) is no floor of a real pool; (c) is pale "
        "and dashed where its own rule refutes it. Axes do not start at 0.",
        POOLS,
        floors,
        floors_figure,
    ),
    Recipe(
        "co_failure",
        "Items that every query gets wrong, one query a model, subsets of growing size (means "
        "over ten random orders of the pool). Left: observed against what the fitted Gaussian "
        "copula predicts, subsets shrinking to single models at the top right; right: their "
        "ratio. Above the line, models fail together more often than the copula says. Bars and "
        "bands: 95 % of the observed rate for these subsets; the prediction is fitted to the "
        "same items, and its own error is not in them. The temperatures pool is at each model's "
        "lowest temperature.",
        FAILING,
        co_failure,
        co_failure_pools_figure,
    ),
]
