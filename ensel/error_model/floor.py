"""How low an ensemble's error can go: four lines, each with its assumption in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ensel.error_model import (
    CoFailure,
    GaussianCopulaErrors,
    co_failure,
    families_of,
    uniform_floor,
    uniform_information_limit,
    uniform_majority_error,
    vote_limit,
    within_and_across,
)
from ensel.error_model.copula import MOST_COMPARED
from ensel.error_model.floor_result import ESTIMATED, Floor, ratio
from ensel.error_model.joint_failure import joint_failure
from ensel.error_model.subsets import best_subsets
from ensel.exceptions import InputError
from ensel.heldout.checks import check_labelled
from ensel.heldout.comparison import compare
from ensel.heldout.intervals import Estimate, SplitScores, Z, accuracy_interval
from ensel.heldout.splits import check_seed, draw_with_replacement, folds
from ensel.parallel import run_all
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable

MOST_SUBSET = 8
SUSPECT_MISFIT = 0.1
CORRELATIONS = {"mean_tetrachoric", "mean_phi", "within_family", "across_family"}


def error_floor(
    table: PredictionTable,
    *,
    families: Sequence[tuple[str, str]] | None = None,
    cluster: str | None = None,
    n_boot: int | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> Floor:
    """Say how low the error of an ensemble of this pool can go.

    Parameters
    ----------
    table : PredictionTable
        Labelled, at least two queries that are sometimes right and sometimes wrong.
    families : sequence of (pattern, family), optional
        As `ensel.error_model.read_families` gives it; default the column `family` of the queries,
        else the shipped mapping.
    cluster : str, optional
        Column of `items`, such as ``"subject"``, whose groups the bootstrap draws whole.
    n_boot : int, optional
        Bootstrap replicates behind the intervals; default 100, or 10 for more than 150 queries.
    seed : int
    progress : bool, optional
        Show a progress bar; default only on a terminal.

    Returns
    -------
    Floor

    Raises
    ------
    InputError
        Unlabelled or one-class table, fewer than two usable queries, an unknown cluster column.

    Examples
    --------
    >>> from ensel.error_model import simulate
    >>> pool = simulate(2000, [0.2] * 5, 0.5, random_state=0)
    >>> round(error_floor(pool, n_boot=20).estimates["uniform_floor"].value, 2)
    0.12
    """
    check_labelled(table)
    check_seed(seed)
    if n_boot is None:
        n_boot = 100 if table.n_queries <= MOST_COMPARED else 10
    if n_boot < 2:
        raise InputError(f"{n_boot} resamples; at least 2 are needed for an interval")
    if cluster is not None:
        _check_cluster(table, cluster)
    if families is not None:
        names = families_of(table.models.tolist(), list(families))
    elif "family" in table.queries:
        names = [str(name) for name in table.queries["family"]]
    else:
        names = families_of(table.models.tolist())
    result = _floor(table, names, cluster, n_boot, seed, progress)
    if "error_type" not in table.items:
        return result
    ok = (table.items["error_type"] == "ok").to_numpy()
    if ok.all() or ok.sum() < 2 or len(np.unique(table.known_labels[ok])) < 2:
        return result
    again = _floor(table.subset(items=ok), names, cluster, n_boot, seed, progress)
    return Floor(**{**vars(result), "ok_items": again})


def _check_cluster(table: PredictionTable, cluster: str) -> None:
    if cluster not in table.items:
        columns = ", ".join(map(str, table.items.columns)) or "none"
        raise InputError(
            f"{table.name}: no item column {cluster!r} to cluster by; it has: {columns}"
        )
    of_item = table.items[cluster]
    if of_item.isna().any() or of_item.nunique() < 2:
        raise InputError(
            f"{table.name}: item column {cluster!r} has {of_item.nunique()} groups and "
            f"{int(of_item.isna().sum())} items without one; every item in one of two groups or "
            "more is needed"
        )


def _floor(
    table: PredictionTable,
    families: list[str],
    cluster: str | None,
    n_boot: int,
    seed: int,
    progress: bool | None,
) -> Floor:
    X, y = table.answers, table.known_labels.astype(np.int64)
    model = GaussianCopulaErrors(n_classes=table.n_classes).fit(X, y)
    whole = model.bayes_error(random_state=seed)
    point = _summary(model, X, y, table.models, families, whole.error)
    resampled = _bootstrap(table, model, families, cluster, n_boot, seed, progress)
    estimates = {name: _interval(name, point, resampled) for name in ESTIMATED}
    estimates["best_single_error"] = _best_of_many(point["best_single_error"], table)
    rule = _rule_held_out(table, model, seed)
    failed = co_failure(X, y)
    lost = pd.DataFrame({"item": table.items.index[failed.items]})
    if "error_type" in table.items:
        lost["error_type"] = table.items["error_type"].to_numpy()[failed.items]
        lost["suspect"] = lost["error_type"] != "ok"
    return Floor(
        dataset=table.name,
        n_models=table.n_queries,
        n_items=table.n_items,
        estimates=estimates,
        bayes_error_se=whole.standard_error,
        co_failure=failed,
        all_wrong_items=lost,
        curve=_curve(table, model, point, seed, progress),
        growth=joint_failure(table, model, seed),
        families=families,
        model=model,
        query_names=table.query_names,
        rule_held_out=rule,
        warnings=_warnings(table, model, point, failed, rule),
    )


def _summary(
    model: GaussianCopulaErrors,
    X: np.ndarray,
    y: np.ndarray,
    models: np.ndarray,
    families: list[str],
    bayes: float,
) -> dict[str, float]:
    """Every estimated number but the Bayes error, which is handed in."""
    rates = (y[:, None] != X).mean(axis=0)
    mean_error, rho = float(rates.mean()), _mean_pair(model.tetrachoric_.correlation)
    usable = 0 < mean_error <= 0.5 and rho >= 0
    within, across, _, _ = within_and_across(
        model.tetrachoric_.correlation, families, models.tolist()
    )
    never_wrong = bool((rates == 0).any())  # such a query is left out of the model
    shares = model.prior_ if model.by_class_ else np.ones(1)
    limits = [
        vote_limit(
            row,
            model.one_factor_.loadings[:, 0],
            popularity=model.popularity_,
            n_classes=model.n_classes_,
        )
        for row in model.error_rates_
    ]
    return {
        "mean_error": mean_error,
        "best_single_error": float(rates.min()),
        "mean_tetrachoric": rho,
        "mean_phi": _mean_pair(model.phi_),
        "uniform_floor": float(uniform_floor(mean_error, min(rho, 1.0))) if usable else np.nan,
        "mi_limit_bits": uniform_information_limit(mean_error, min(rho, 1.0)) if usable else np.nan,
        "vote_limit": float(shares @ np.array(limits)),
        "bayes_error": 0.0 if never_wrong else bayes,
        "all_wrong_predicted": 0.0 if never_wrong else float(model.all_wrong()[-1]),
        "within_family": within,
        "across_family": across,
        "family_difference": within - across,
    }


def _bootstrap(
    table: PredictionTable,
    model: GaussianCopulaErrors,
    families: list[str],
    cluster: str | None,
    n_boot: int,
    seed: int,
    progress: bool | None,
) -> list[dict[str, float]]:
    """Refit on questions (or clusters) drawn with replacement; the form of the model is kept."""
    from joblib import delayed

    X, y = table.answers, table.known_labels.astype(np.int64)
    groups = table.groups if cluster is None else pd.factorize(table.items[cluster])[0]
    children = np.random.SeedSequence([seed, 1]).spawn(n_boot)
    names, form = table.models, model.form
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
    rng = np.random.default_rng(seed)
    weights = draw_with_replacement(int(groups.max()) + 1, rng)
    rows = np.repeat(np.arange(len(y)), weights[groups])
    try:
        model = GaussianCopulaErrors(**form).fit(X[rows], y[rows])
    except InputError:  # a draw in which fewer than two models err
        return None
    bayes = model.bayes_error(n_draws=2000, random_state=int(rng.integers(2**31)))
    return _summary(model, X[rows], y[rows], names, families, bayes.error)


def _curve(
    table: PredictionTable,
    model: GaussianCopulaErrors,
    point: dict[str, float],
    seed: int,
    progress: bool | None,
) -> pd.DataFrame:
    sizes = np.arange(1, table.n_queries + 1)
    curve = pd.DataFrame({"size": sizes})
    floor_known = not math.isnan(point["uniform_floor"]) and point["mean_tetrachoric"] < 1
    curve["uniform"] = (
        uniform_majority_error(sizes, point["mean_error"], point["mean_tetrachoric"])
        if floor_known
        else np.nan
    )
    most = min(MOST_SUBSET, len(model.columns_))
    subsets = best_subsets(model, most, seed=seed, progress=progress)
    curve["bayes"] = pd.Series([s.error for s in subsets]).reindex(range(len(sizes)))
    curve["bayes_exact"] = pd.Series([s.exhaustive for s in subsets], dtype=object).reindex(
        range(len(sizes))
    )
    real = compare(
        table,
        methods=["top-k", "greedy-mi"],
        votes=["weighted", "map"],
        budgets=sizes[: min(MOST_SUBSET, len(sizes))].tolist(),
        seed=seed,
        progress=progress,
    ).rows
    for name, method, vote in (
        ("held_out_top_k", "top-k", "weighted"),
        ("held_out_greedy_mi", "greedy-mi", "map"),
    ):
        rows = real[(real["method"] == method) & (real["vote"] == vote)]
        for column, source in (
            ("", "accuracy"),
            ("_low", "accuracy_high"),
            ("_high", "accuracy_low"),
        ):
            errors = 1 - rows[source].to_numpy()
            curve[name + column] = pd.Series(errors).reindex(range(len(sizes)))
    return curve


def _warnings(
    table: PredictionTable,
    model: GaussianCopulaErrors,
    point: dict[str, float],
    failed: CoFailure,
    rule: Estimate,
) -> list[str]:
    found = []
    if rule.low > point["bayes_error"] + 0.005:
        found.append(
            f"the rule behind (c) errs on {100 * rule.value:.1f} % of held-out items, not "
            f"{100 * point['bayes_error']:.1f} %: real errors do not follow the fitted model so "
            "closely, and (c) is too low"
        )
    if math.isnan(point["uniform_floor"]):
        found.append(
            "(a) does not apply: it needs a mean error of at most 1/2 and a mean correlation of at "
            "least 0"
        )
    elif point["uniform_floor"] > point["best_single_error"]:
        found.append(
            f"(a) {point['uniform_floor']:.3f} lies above the best single query's error "
            f"{point['best_single_error']:.3f}: the textbook formula is no floor of this pool"
        )
    if model.factors_.misfit > SUSPECT_MISFIT / 2:
        found.append(
            f"{model.factors_.loadings.shape[1]} common factors still miss the correlations by "
            f"{model.factors_.misfit:.2f} on average (worst {model.factors_.worst:.2f}): take (c) "
            "with care"
        )
    if model.repair_.largest_change >= 0.0005:
        found.append(
            "the pairwise correlations are no correlation matrix (smallest eigenvalue "
            f"{model.repair_.smallest_before:.3f}); repaired, changing none by more than "
            f"{model.repair_.largest_change:.3f}"
        )
    if model.one_factor_.misfit > SUSPECT_MISFIT:
        found.append(
            f"one common factor misses the correlations by {model.one_factor_.misfit:.2f} on "
            "average: take (b) with care"
        )
    excess = ratio(failed.observed, point["all_wrong_predicted"])
    if excess > 1.5 and failed.low > point["all_wrong_predicted"]:
        found.append(
            f"all queries are wrong together {excess:.1f} times as often as the copula says: it "
            "has no tail dependence, and (c) may be too low"
        )
    degenerate = [table.query_names[j] for j in model.tetrachoric_.degenerate]
    if degenerate:
        found.append(f"always or never right, left out of the model: {', '.join(degenerate[:5])}")
    if model.tetrachoric_.duplicates:
        found.append(f"{len(model.tetrachoric_.duplicates)} pairs of queries err on the same items")
    kept = np.ix_(model.columns_, model.columns_)
    n_empty = int(np.triu(model.tetrachoric_.empty_cell[kept], k=1).sum())
    n_empty -= len(model.tetrachoric_.duplicates)
    if n_empty > 0:
        found.append(
            f"{n_empty} pairs have an empty cell (never both wrong, say): half an item was put in"
        )
    return found


def _interval(name: str, point: dict[str, float], resampled: list[dict[str, float]]) -> Estimate:
    """Normal interval with the bootstrap's standard deviation, kept within what is possible.

    Percentiles would centre on the resamples, which are biased where a number is a minimum or far
    from linear. Unknown where more than a twentieth of the resamples have no value.
    """
    draws = np.array([draw[name] for draw in resampled])
    known = draws[~np.isnan(draws)]
    if len(known) < max(2, 0.95 * len(draws)) or math.isnan(point[name]):
        return Estimate(point[name], math.nan, math.nan)
    half = Z * float(known.std(ddof=1))
    lowest = -2.0 if name == "family_difference" else -1.0 if name in CORRELATIONS else 0.0
    highest = 2.0 if name == "family_difference" else 1.0
    low, high = max(point[name] - half, lowest), min(point[name] + half, highest)
    return Estimate(point[name], low, high)


def _best_of_many(error: float, table: PredictionTable) -> Estimate:
    """Error of the best query, with an interval that allows for its being the best of N.

    Wilson, at a level that holds for all N queries at once (Bonferroni), so also for the chosen.
    """
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(
        round(error * table.n_items), table.n_items, alpha=0.05 / table.n_queries, method="wilson"
    )
    return Estimate(error, float(low), float(high))


def _rule_held_out(table: PredictionTable, model: GaussianCopulaErrors, seed: int) -> Estimate:
    """Error of the very rule behind (c) on held-out items: five folds, each fitted anew."""
    X, y = table.answers, table.known_labels.astype(np.int64)
    groups = table.groups
    splits = folds(table, min(5, table.n_questions), 1, seed)
    wrong = []
    for split in splits:
        try:
            fitted = GaussianCopulaErrors(**model.form).fit(X[split.train], y[split.train])
        except InputError:  # fewer than two models err among these items
            return Estimate(math.nan, math.nan, math.nan)
        said = fitted.predict_proba(X[split.test]).argmax(axis=1)
        answered = (X[split.test] != MISSING).any(axis=1)
        wrong.append(~((said == y[split.test]) & answered))
    tests = [split.test for split in splits]
    scores = SplitScores(table.n_items, tests, [w.astype(float) for w in wrong], groups)
    return accuracy_interval(scores, scores.item_variance())


def _mean_pair(matrix: np.ndarray) -> float:
    values = matrix[np.triu_indices(len(matrix), k=1)]
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
