"""The estimated numbers of an error floor, and their intervals by resampling items."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from ensel.error_model.copula import GaussianCopulaErrors
from ensel.error_model.families import within_and_across
from ensel.error_model.floor_result import RANGES, RATES
from ensel.error_model.proportions import effective_items, exact_interval
from ensel.error_model.rule_held_out import rule_excess
from ensel.error_model.uniform import uniform_floor, uniform_information_limit
from ensel.error_model.vote_limit import vote_limit
from ensel.exceptions import InputError
from ensel.heldout.intervals import LEVEL, Estimate, Z
from ensel.heldout.splits import draw_with_replacement
from ensel.parallel import run_all
from ensel.table.prediction_table import PredictionTable

BAYES_DRAWS = 2000
"""Simulated items behind the Bayes error of one resample: its noise is small beside the items'."""
LEAST_KNOWN = 0.95
"""An interval is unknown where more than a twentieth of the resamples have no value."""


DECIDED_BY = ("rule_excess",)
"""Numbers whose interval decides something: it allows for the number of resamples."""


class Resampling(NamedTuple):
    """What the resamples of an error floor have in common."""

    families: list[str]
    """Family of each query."""
    cluster: str | None
    """Item column whose groups are drawn whole."""
    n_boot: int
    seed: int
    progress: bool | None

    def groups(self, table: PredictionTable) -> np.ndarray:
        """What is drawn whole, of each item, from 0: the cluster, else the question."""
        if self.cluster is None:
            return table.groups
        return pd.factorize(table.items[self.cluster])[0]


def estimates_with_intervals(
    table: PredictionTable, model: GaussianCopulaErrors, bayes: float, resampling: Resampling
) -> dict[str, Estimate]:
    """Every estimated number of a floor with its 95 % interval.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    model : GaussianCopulaErrors
        Fitted to the same table.
    bayes : float
        Its Bayes error.
    resampling : Resampling

    Returns
    -------
    dict of str to Estimate
        By the names in `ensel.error_model.floor_result.RANGES`.

    See Also
    --------
    ensel.error_floor : The front door.
    """
    X, y, groups = table.answers, table.known_labels.astype(np.int64), resampling.groups(table)
    point = _numbers(model, table.models, resampling.families, bayes)
    point["rule_excess"] = rule_excess(model, X, y, point["bayes_error"])
    resampled = _resampled_numbers(table, groups, model.form, resampling)
    n_groups = int(groups.max()) + 1
    estimates = {name: _interval(name, point, resampled, n_groups) for name in RANGES}
    estimates["best_single_error"] = best_of_many(point["best_single_error"], table, groups)
    return estimates


def best_of_many(
    error: float, table: PredictionTable, groups: np.ndarray | None = None
) -> Estimate:
    """Error of the best query, with an interval that allows for its being the best of N.

    Wilson, at a level that holds for all N queries at once (Bonferroni), so also for the chosen,
    and at the effective number of items: copies of a question are no further items.

    Parameters
    ----------
    error : float
        In [0, 1].
    table : PredictionTable
        Labelled.
    groups : ndarray of int, shape (n_items,), optional
        What is independent of each other, of each item; default the questions.

    Returns
    -------
    Estimate

    References
    ----------
    E. B. Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953 (the interval).
    `ensel.error_model.proportions.effective_items` (the number of items, derived there).
    """
    from statsmodels.stats.proportion import proportion_confint

    wrong = table.answers != table.known_labels[:, None]
    of_best = wrong[:, wrong.sum(axis=0).argmin()]
    n_items = effective_items(of_best, table.groups if groups is None else groups)
    n_wrong = round(error * table.n_items) * (n_items / table.n_items)
    low, high = proportion_confint(n_wrong, n_items, alpha=0.05 / table.n_queries, method="wilson")
    return Estimate(error, float(low), float(high))


def _numbers(
    model: GaussianCopulaErrors, models: np.ndarray, families: list[str], bayes: float
) -> dict[str, float]:
    """What a fitted model itself says, all but the Bayes error, which is handed in."""
    rates = model.tetrachoric_.error_rates
    mean_error, rho = float(rates.mean()), _mean_pair(model.tetrachoric_.correlation)
    uniform_applies = 0 < mean_error <= 0.5 and rho >= 0
    rho_of_floor = min(rho, 1.0)
    within, across, _, _ = within_and_across(
        model.tetrachoric_.correlation, families, models.tolist()
    )
    never_wrong = bool((rates == 0).any())  # such a query is left out of the correlations

    return {
        "mean_error": mean_error,
        "best_single_error": float(rates.min()),
        "mean_tetrachoric": rho,
        "mean_phi": _mean_pair(model.phi_),
        "uniform_floor": (
            float(uniform_floor(mean_error, rho_of_floor)) if uniform_applies else math.nan
        ),
        "mi_limit_bits": (
            uniform_information_limit(mean_error, rho_of_floor) if uniform_applies else math.nan
        ),
        "vote_limit": _vote_limit(model),
        "bayes_error": bayes,
        "all_wrong_predicted": 0.0 if never_wrong else float(model.all_wrong()[-1]),
        "within_family": within,
        "across_family": across,
        "family_difference": within - across,
    }


def _vote_limit(model: GaussianCopulaErrors) -> float:
    """Limit of the equal-weight vote, averaged over the classes where they have their own rates."""
    shares = model.prior_ if model.by_class_ else np.ones(1)
    constant = model.certain_.columns  # they vote, too, and no factor moves them
    always = model.tetrachoric_.error_rates[constant]
    loadings = np.append(model.one_factor_.loadings[:, 0], np.zeros(len(constant)))
    limits = [
        vote_limit(
            np.append(row, always),
            loadings,
            popularity=model.popularity_,
            n_classes=model.n_classes_,
        )
        for row in model.error_rates_
    ]
    return float(shares @ np.array(limits))


def _resampled_numbers(
    table: PredictionTable, groups: np.ndarray, form: dict[str, Any], resampling: Resampling
) -> list[dict[str, float]]:
    """Refit on questions (or clusters) drawn with replacement; the form of the model is kept."""
    from joblib import delayed

    families, _, n_boot, seed, progress = resampling
    X, y, names = table.answers, table.known_labels.astype(np.int64), table.models
    children = np.random.SeedSequence([seed, 1]).spawn(n_boot)
    jobs = (delayed(_replicate)(X, y, names, groups, families, form, child) for child in children)
    draws = run_all(
        jobs,
        n_boot,
        shared=[X, y, names, groups],
        label="resampling items",
        unit="draw",
        progress=progress,
    )
    return [draw for draw in draws if draw is not None]


def _replicate(
    X: np.ndarray,
    y: np.ndarray,
    names: np.ndarray,
    groups: np.ndarray,
    families: list[str],
    form: dict[str, Any],
    seed: np.random.SeedSequence,
) -> dict[str, float] | None:
    """The numbers of one resample; None where fewer than two models err in it."""
    rng = np.random.default_rng(seed)
    times = draw_with_replacement(int(groups.max()) + 1, rng)
    rows = np.repeat(np.arange(len(y)), times[groups])
    try:
        model = GaussianCopulaErrors(**form).fit(X[rows], y[rows])
    except InputError:
        return None
    bayes = model.bayes_error(n_draws=BAYES_DRAWS, random_state=int(rng.integers(2**31)))
    numbers = _numbers(model, names, families, bayes.error)
    drawn = np.flatnonzero(times[groups])
    how_often = times[groups][drawn]
    numbers["rule_excess"] = rule_excess(model, X[drawn], y[drawn], bayes.error, how_often)
    return numbers


def _interval(
    name: str, point: dict[str, float], resampled: list[dict[str, float]], n_groups: int
) -> Estimate:
    """Normal interval with the bootstrap's standard deviation, kept within what is possible.

    Percentiles would centre on the resamples, which are biased where a number is a minimum or far
    from linear. A rate of 0 (or 1) is one in all resamples; there the other end is the exact one
    (Clopper-Pearson), each group that is drawn whole counting once.
    """
    value = point[name]
    draws = np.array([draw[name] for draw in resampled])
    known = draws[~np.isnan(draws)]
    if len(known) < max(2, LEAST_KNOWN * len(draws)) or math.isnan(value):
        return Estimate(value, math.nan, math.nan)
    half = _quantile(name, len(known)) * float(known.std(ddof=1))
    lowest, highest = RANGES[name]
    low, high = max(value - half, lowest), min(value + half, highest)
    if name in RATES and value in (lowest, highest):
        exact = exact_interval(value, n_groups)
        low, high = min(low, exact[0]), max(high, exact[1])
    return Estimate(value, low, high)


def _quantile(name: str, n_draws: int) -> float:
    """Standard deviations to each side; more for what is decided by, where resamples are few."""
    if name in DECIDED_BY:
        return float(stats.t.ppf((1 + LEVEL) / 2, n_draws - 1))
    return Z


def _mean_pair(matrix: np.ndarray) -> float:
    """Mean over pairs of different models; NaN where no pair is known."""
    values = matrix[np.triu_indices(len(matrix), k=1)]
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan
