"""Recipes: correlated errors, the floors they set, and items that all get wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ensel.error_model import GaussianCopulaErrors, families_of
from ensel.error_model.joint_failure import joint_failure
from ensel.figures.co_failure import co_failure_pools_figure
from ensel.figures.correlations import correlation_by_family_figure
from ensel.figures.floor_lines import floor_lines
from ensel.figures.floors import floors_figure
from ensel.heldout.intervals import Z
from ensel.studies.paper.recipe import Recipe, labelled
from ensel.studies.paper.sources import Sources
from ensel.table.prediction_table import PredictionTable

POOLS = ("mmlu", "medmcqa", "imdb-llm")
FAILING = ("mmlu", "mmlu-full", "medmcqa", "imdb-llm", "imdb-api", "imdb", "temperatures")


def correlation(sources: Sources) -> pd.DataFrame:
    """Pairs of queries ordered by family, and means within and across families."""
    parts = []
    for name in POOLS:
        result, table = sources.floor(name), sources.table(name)
        found = result.model.tetrachoric_
        kept = result.model.columns_
        accuracies = table.accuracies.to_numpy()
        order = sorted(kept, key=lambda j: (result.families[j], -accuracies[j]))
        rows = [
            {
                "kind": "pair",
                "query_a": table.query_names[i],
                "query_b": table.query_names[j],
                "family_a": result.families[i],
                "family_b": result.families[j],
                **_pair(float(found.correlation[i, j]), float(found.standard_error[i, j])),
            }
            for i in order
            for j in order
        ]
        for kind, key in (
            ("within", "within_family"),
            ("across", "across_family"),
            ("difference", "family_difference"),
        ):
            value, low, high = result.estimates[key]
            rows.append(
                {
                    "kind": kind,
                    "correlation": value,
                    "correlation_low": low,
                    "correlation_high": high,
                }
            )
        parts.append(labelled(pd.DataFrame(rows), table))
    return pd.concat(parts, ignore_index=True)


def _pair(value: float, error: float) -> dict[str, float]:
    """A correlation with its interval, by Fisher's transformation."""
    if abs(value) >= 1:
        return {"correlation": value, "correlation_low": value, "correlation_high": value}
    half = Z * error / (1 - value**2)
    return {
        "correlation": value,
        "correlation_low": float(np.tanh(np.arctanh(value) - half)),
        "correlation_high": float(np.tanh(np.arctanh(value) + half)),
    }


def floors(sources: Sources) -> pd.DataFrame:
    """Error against ensemble size, with the four floors."""
    parts = [labelled(floor_lines(sources.floor(name)), sources.table(name)) for name in POOLS]
    return pd.concat(parts, ignore_index=True)


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
    """All-wrong rates of subsets of every pool."""
    parts = []
    for name in FAILING:
        table = one_query_a_model(sources.table(name))
        model = GaussianCopulaErrors(n_classes=table.n_classes).fit(
            table.answers, table.known_labels.astype(np.int64)
        )
        families = len(set(families_of(table.models.tolist())))
        found = joint_failure(table, model, sources.effort.seed)
        parts.append(labelled(found.assign(n_families=families), table))
    return pd.concat(parts, ignore_index=True)


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
        "Intervals of the floors are in the numbers. (a) is no floor of a real pool. Axes do not "
        "start at 0.",
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
